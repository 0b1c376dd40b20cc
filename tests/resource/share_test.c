/* SPDX-License-Identifier: MIT */
/* The share rule as sessions meet it. */
#include "test.h"

#include <kos/session.h>

#include "provider.h"
#include "share_rule.h"

static Retcode open_as(void *file, const struct party *party, void **out_context)
{
	return KosSessionOpenObject(file, party->required, party->shared, NULL, out_context);
}

static void *must_open(const struct party *party)
{
	void *context = NULL;

	assert_int_equal(open_as(provider.file, party, &context), rcOk);
	return context;
}

static void must_close(void *context)
{
	assert_int_equal(KosSessionCloseObject(context), rcOk);
}

/* Clauses: OP-3, OP-4, OP-5, OP-6, OP-7, OP-8, SG-4 */
static void the_rows_of_the_documents_hold(void **state)
{
	(void)state;
	for (unsigned i = 0; i < SHARE_ROWS; i++) {
		void *first = must_open(&share_rows[i].first);
		void *second = NULL;

		if (share_rows[i].allowed) {
			must_close(must_open(&share_rows[i].second));
		} else {
			assert_int_equal(
				open_as(provider.file, &share_rows[i].second, &second), rcBusy);
			assert_null(second);
		}
		must_close(first);
	}
}

/* Clauses: OP-7, OP-8 */
static void every_pair_over_four_rights_follows_the_rule(void **state)
{
	(void)state;
	provider.silent = true;
	for (uint32_t bits = 0; bits < 0x10000; bits++) {
		/* Rights are the provider's own, so they sit anywhere in the mask. */
		unsigned shift = bits % 29;
		struct party first = { (bits & 15) << shift, ((bits >> 4) & 15) << shift };
		struct party second = { ((bits >> 8) & 15) << shift, (bits >> 12) << shift };
		void *context = must_open(&first);
		void *other = NULL;
		Retcode expected = are_compatible(&second, &first) ? rcOk : rcBusy;

		assert_int_equal(open_as(provider.file, &second, &other), expected);
		must_close(context);
		if (expected == rcOk) {
			must_close(other);
		}
	}
}

/* Clauses: OP-7, OP-8, OP-9 */
static void every_triple_over_two_rights_follows_the_rule(void **state)
{
	(void)state;
	provider.silent = true;
	for (uint32_t bits = 0; bits < 16 * 16 * 16; bits++) {
		struct party parties[3] = { { bits & 3, (bits >> 2) & 3 },
			{ (bits >> 4) & 3, (bits >> 6) & 3 },
			{ (bits >> 8) & 3, (bits >> 10) & 3 } };
		struct party open[3];
		void *contexts[3];
		unsigned count = 0;

		for (unsigned i = 0; i < 3; i++) {
			Retcode expected = may_join(&parties[i], open, count) ? rcOk : rcBusy;

			assert_int_equal(
				open_as(provider.file, &parties[i], &contexts[count]), expected);
			if (expected == rcOk) {
				open[count++] = parties[i];
			}
		}
		while (count > 0) {
			must_close(contexts[--count]);
		}
	}
}

/* A session of the history: open, or closed with an operation still running. */
struct member {
	void *context;
	bool ending;
};

#define MEMBERS_MAX 12u

struct history {
	struct random random;
	struct party parties[MEMBERS_MAX];
	struct member members[MEMBERS_MAX];
	unsigned count;
	unsigned refused_by_ending; /* refusals that no open session explains */
};

/* Mostly such as get along, or it would be a history of refusals. */
static struct party draw(struct history *history)
{
	struct random *random = &history->random;
	struct party party = { 0, random_mask(random) };

	switch (random_below(random, 4)) {
	case 0:
		party.required = random_mask(random);
		break;
	case 1:
		party.required = UINT32_C(1) << random_below(random, 32);
		break;
	default:
		break;
	}
	if (random_below(random, 8) != 0) {
		for (unsigned i = 0; i < history->count; i++) {
			party.shared |= history->parties[i].required;
		}
	}
	return party;
}

static void join(struct history *history)
{
	struct party newcomer = draw(history);
	bool fits = may_join(&newcomer, history->parties, history->count);
	struct member *member = &history->members[history->count];
	struct party open[MEMBERS_MAX];
	unsigned open_ones = 0;

	for (unsigned i = 0; i < history->count; i++) {
		if (!history->members[i].ending) {
			open[open_ones++] = history->parties[i];
		}
	}
	history->refused_by_ending += !fits && may_join(&newcomer, open, open_ones);
	assert_int_equal(open_as(provider.file, &newcomer, &member->context), fits ? rcOk : rcBusy);
	if (fits) {
		member->ending = false;
		history->parties[history->count++] = newcomer;
	}
}

/* Closes one, which may stay busy, or ends the operation that kept one busy. */
static void leave(struct history *history)
{
	unsigned out = random_below(&history->random, history->count);
	struct member *member = &history->members[out];

	if (!member->ending && random_below(&history->random, 2) == 0) {
		assert_int_equal(KosSessionRef(member->context, NULL, NULL), rcOk);
		must_close(member->context);
		member->ending = true;
		return;
	}
	if (member->ending) {
		KosSessionPut(member->context);
	} else {
		must_close(member->context);
	}
	history->members[out] = history->members[--history->count];
	history->parties[out] = history->parties[history->count];
}

/* Clauses: OP-7, OP-8, OP-9, OP-10 */
static void a_long_history_with_busy_ends_follows_the_rule(void **state)
{
	struct history history = { .random = { 3 } };

	(void)state;
	provider.silent = true;
	for (unsigned step = 0; step < 40000; step++) {
		if (history.count < MEMBERS_MAX && random_below(&history.random, 2) == 0) {
			join(&history);
		} else if (history.count > 0) {
			leave(&history);
		}
	}
	while (history.count > 0) {
		leave(&history);
	}
	assert_true(history.refused_by_ending > 100);
	must_close(must_open(&(struct party){ UINT32_MAX, 0 }));
}

/* Clauses: OP-9 */
static void an_ending_session_counts_until_its_last_operation_is_done(void **state)
{
	struct party all = { 3, 0 };
	void *first = must_open(&all);
	void *second = NULL;

	(void)state;
	assert_int_equal(KosSessionRef(first, NULL, NULL), rcOk);
	assert_int_equal(KosSessionRef(first, NULL, NULL), rcOk);
	must_close(first);
	assert_int_equal(open_as(provider.file, &all, &second), rcBusy);
	KosSessionPut(first);
	assert_int_equal(open_as(provider.file, &all, &second), rcBusy);
	KosSessionPut(first);
	must_close(must_open(&all));
}

/* Clauses: OP-9 */
static void sessions_of_another_object_do_not_matter(void **state)
{
	struct party all = { UINT32_MAX, 0 };
	void *other_file = provider_make_file("other");
	void *first = must_open(&all);
	void *second = NULL;

	(void)state;
	assert_int_equal(open_as(other_file, &all, &second), rcOk);
	must_close(second);
	must_close(first);
	assert_int_equal(KosSessionUnregisterObject(other_file), rcOk);
	KosPutObject(other_file);
}

/* Clauses: OP-10, CB-3 */
static void a_refused_session_takes_no_rights(void **state)
{
	struct party all = { 3, 0 };
	void *context = NULL;

	(void)state;
	provider.open_result = rcNotReady;
	assert_int_equal(open_as(provider.file, &all, &context), rcNotReady);
	provider.open_result = rcOk;
	provider.construct_result = rcAbort;
	assert_int_equal(open_as(provider.file, &all, &context), rcAbort);
	provider.construct_result = rcOk;
	assert_null(context);
	must_close(must_open(&all));
}

/* Clauses: OP-10 */
static void a_sharing_violation_calls_nobody(void **state)
{
	void *first = must_open(&(struct party){ 1, 0 });
	void *second = &first;

	(void)state;
	provider_forget();
	assert_int_equal(open_as(provider.file, &(struct party){ 1, 1 }, &second), rcBusy);
	assert_ptr_equal(second, &first);
	provider_expect("");
	must_close(first);
}

#define PROVIDED(test) cmocka_unit_test_setup_teardown(test, provider_start, provider_stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PROVIDED(the_rows_of_the_documents_hold),
		PROVIDED(every_pair_over_four_rights_follows_the_rule),
		PROVIDED(every_triple_over_two_rights_follows_the_rule),
		PROVIDED(a_long_history_with_busy_ends_follows_the_rule),
		PROVIDED(an_ending_session_counts_until_its_last_operation_is_done),
		PROVIDED(sessions_of_another_object_do_not_matter),
		PROVIDED(a_refused_session_takes_no_rights),
		PROVIDED(a_sharing_violation_calls_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
