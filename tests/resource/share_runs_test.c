/* SPDX-License-Identifier: MIT */
/*
 * The share rule counts neighbours with the same rights once: the summaries are compared with
 * a plain list. Few kinds of rights make long runs, which openings and ends join and part.
 */
#include "test.h"

#include <kos/session.h>

#include "random.h"
#include "resource/session.h"
#include "share_rule.h"

#define MEMBERS_MAX 12u

/* All may be open together, and no two look the same in the summaries. */
static const struct party kinds[] = {
	{ 1, UINT32_MAX - 8 },
	{ 2, UINT32_MAX - 16 },
	{ 0, UINT32_C(0x7f) },
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

struct member {
	void *context;
	unsigned kind;
	bool busy; /* closed, with an operation that runs still */
	bool kept; /* somebody has a reference, so that it outlives its end */
};

static struct {
	struct random random;
	void *object;
	struct member members[MEMBERS_MAX];
	unsigned count;
	unsigned nested; /* steps inside of a callback */
	bool acts; /* the callback makes a step */
} history;

static Retcode on_open(void *object, void *context, void *arg, rtl_uint32_t *rights)
{
	(void)object;
	*rights = 0;
	if (arg != NULL) {
		KosRefObject(context);
	}
	return rcOk;
}

static Retcode on_close(void *object, void *context)
{
	(void)object;
	(void)context;
	return rcOk;
}

static void expect_what_a_list_says(void)
{
	const struct si_rights *rights = &si_resource_of(history.object)->rights;
	uint32_t required = 0;
	uint32_t unshared = 0;

	for (unsigned i = 0; i < history.count; i++) {
		required |= kinds[history.members[i].kind].required;
		unshared |= ~kinds[history.members[i].kind].shared;
	}
	assert_int_equal(atomic_load(&rights->required_any), required);
	assert_int_equal(atomic_load(&rights->unshared_any), unshared);
}

static void join(void)
{
	struct member member = { .kind = random_below(&history.random, KINDS),
		.kept = random_below(&history.random, 3) == 0 };

	assert_int_equal(
		KosSessionOpenObject(history.object, kinds[member.kind].required,
			kinds[member.kind].shared, member.kept ? &member : NULL, &member.context),
		rcOk);
	history.members[history.count++] = member;
}

/* Closes one, which may stay busy, or ends the operation that kept one busy. */
static void leave(void)
{
	unsigned out = random_below(&history.random, history.count);
	struct member member = history.members[out];

	if (!member.busy && random_below(&history.random, 3) == 0) {
		assert_int_equal(KosSessionRef(member.context, NULL, NULL), rcOk);
		assert_int_equal(KosSessionCloseObject(member.context), rcOk);
		history.members[out].busy = true;
		return;
	}
	/* Before its end, which may make a step. */
	history.members[out] = history.members[--history.count];
	if (member.busy) {
		KosSessionPut(member.context);
	} else {
		assert_int_equal(KosSessionCloseObject(member.context), rcOk);
	}
	if (member.kept) {
		KosPutObject(member.context);
	}
}

static void make_a_step(void)
{
	if (history.count == 0 ||
		(history.count < MEMBERS_MAX && random_below(&history.random, 2) == 0)) {
		join();
	} else {
		leave();
	}
	expect_what_a_list_says();
}

/* The session is in the list still, and counts no more. */
static void on_complete(void *object, void *context)
{
	(void)object;
	(void)context;
	expect_what_a_list_says();
	if (history.acts && history.count > 0 && random_below(&history.random, 2) == 0) {
		history.nested++;
		make_a_step();
	}
}

static void play(const KosSessionOps *ops, unsigned steps)
{
	KosObjectType *object_type;
	KosSessionType *type;

	memset(&history, 0, sizeof(history));
	history.random.state = 7;
	history.acts = true;
	assert_int_equal(
		KosCreateObjectType("run", kosSessionBaseObjectType, 0, NULL, NULL, &object_type),
		rcOk);
	assert_int_equal(
		KosSessionCreateType(object_type, kosSessionBaseSessionType, ops, &type), rcOk);
	assert_int_equal(KosCreateObject(object_type, NULL, NULL, &history.object), rcOk);
	assert_int_equal(KosSessionRegisterObject(type, history.object), rcOk);
	for (unsigned i = 0; i < steps; i++) {
		make_a_step();
	}
	history.acts = false;
	while (history.count > 0) {
		leave();
		expect_what_a_list_says();
	}
	assert_int_equal(KosSessionUnregisterObject(history.object), rcOk);
	KosPutObject(history.object);
	KosSessionDestroyType(type);
	sessio_object_type_unref(object_type);
}

/* Clauses: OP-7, OP-8, OP-9 */
static void ends_that_call_nobody_count_out_and_go_at_once(void **state)
{
	static const KosSessionOps ops = { on_open, on_close, RTL_NULL };

	(void)state;
	play(&ops, 20000);
}

/* Clauses: OP-7, OP-8, OP-9 */
static void ends_that_are_not_complete_part_their_neighbours(void **state)
{
	static const KosSessionOps ops = { on_open, on_close, on_complete };

	(void)state;
	play(&ops, 20000);
	assert_true(history.nested > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ends_that_call_nobody_count_out_and_go_at_once),
		cmocka_unit_test(ends_that_are_not_complete_part_their_neighbours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
