/* SPDX-License-Identifier: MIT */
/* The share rule's counts against the rule itself; share_test.c does it through sessions. */
#include "test.h"

#include <string.h>

#include "resource/share_rule.h"
#include "share_rule.h"

static bool allows(const struct si_rights *rights, const struct party *newcomer)
{
	return !si_rights_conflict(rights, newcomer->required, newcomer->shared);
}

static void add(struct si_rights *rights, const struct party *party)
{
	si_rights_add(rights, party->required, party->shared);
}

static void remove_party(struct si_rights *rights, const struct party *party)
{
	si_rights_remove(rights, party->required, party->shared);
}

static void expect_nobody(const struct si_rights *rights)
{
	static const struct si_rights nobody;

	/* All counts are back, so nothing adds up over a long life. */
	assert_memory_equal(rights, &nobody, sizeof(nobody));
}

static void the_rows_of_the_documents_hold(void **state)
{
	(void)state;
	for (unsigned i = 0; i < SHARE_ROWS; i++) {
		struct si_rights rights = { 0 };

		assert_true(allows(&rights, &share_rows[i].first));
		add(&rights, &share_rows[i].first);
		assert_int_equal(allows(&rights, &share_rows[i].second), share_rows[i].allowed);
		/* The rows are also true of the statement that the other tests trust. */
		assert_int_equal(may_join(&share_rows[i].second, &share_rows[i].first, 1),
			share_rows[i].allowed);
	}
}

static void every_pair_over_four_rights_follows_the_rule(void **state)
{
	(void)state;
	for (uint32_t bits = 0; bits < 0x10000; bits++) {
		struct party first = { bits & 15, (bits >> 4) & 15 };
		struct party second = { (bits >> 8) & 15, bits >> 12 };
		struct si_rights rights = { 0 };

		add(&rights, &first);
		assert_int_equal(allows(&rights, &second), are_compatible(&second, &first));
		remove_party(&rights, &first);
		expect_nobody(&rights);
	}
}

static struct party party_of(uint32_t six_bits)
{
	/* The upper rights are never required; shared or not, they make mask large or small. */
	uint32_t rest = (six_bits & 32) != 0 ? ~UINT32_C(7) : 0;
	struct party party = { six_bits & 7, (six_bits >> 3) | rest };

	return party;
}

static void every_triple_over_three_rights_follows_the_rule(void **state)
{
	(void)state;
	for (uint32_t pair = 0; pair < 64 * 64; pair++) {
		struct party others[2] = { party_of(pair % 64), party_of(pair / 64) };
		struct si_rights rights = { 0 };

		/* Counted in whether they go together or not: the counts do not care. */
		add(&rights, &others[0]);
		add(&rights, &others[1]);
		for (uint32_t bits = 0; bits < 64; bits++) {
			struct party third = party_of(bits);

			assert_int_equal(allows(&rights, &third), may_join(&third, others, 2));
		}
		remove_party(&rights, &others[pair % 2]);
		for (uint32_t bits = 0; bits < 64; bits++) {
			struct party third = party_of(bits);

			assert_int_equal(allows(&rights, &third),
				are_compatible(&third, &others[1 - pair % 2]));
		}
		remove_party(&rights, &others[1 - pair % 2]);
		expect_nobody(&rights);
	}
}

#define PARTIES_MAX 40u

static void a_long_history_follows_the_rule_and_leaves_nothing(void **state)
{
	struct random random = { 2 };
	struct party parties[PARTIES_MAX];
	struct si_rights rights = { 0 };
	unsigned count = 0;
	unsigned allowed = 0;

	(void)state;
	for (unsigned step = 0; step < 60000; step++) {
		struct party newcomer = { random_mask(&random), random_mask(&random) };
		bool fits = may_join(&newcomer, parties, count);

		assert_int_equal(allows(&rights, &newcomer), fits);
		allowed += fits;
		/* Those that do not fit are counted, too, now and then: counts are counts. */
		if (count < PARTIES_MAX && (fits || random_below(&random, 4) == 0)) {
			add(&rights, &newcomer);
			parties[count++] = newcomer;
		}
		while (count > 0 && random_below(&random, 3) == 0) {
			unsigned out = random_below(&random, count);

			remove_party(&rights, &parties[out]);
			parties[out] = parties[--count];
		}
		if (count == 0) {
			expect_nobody(&rights);
		}
	}
	assert_true(allowed > 1000);
}

/* Where a mask stops being one of few rights is where the counting changes. */
static void masks_of_every_size_count_in_and_out(void **state)
{
	struct si_rights rights = { 0 };

	(void)state;
	for (unsigned size = 0; size <= 32; size++) {
		uint32_t shared = size == 32 ? UINT32_MAX : (UINT32_C(1) << size) - 1;
		struct party party = { 0, shared };

		for (unsigned right = 0; right < 32; right++) {
			struct party newcomer = { UINT32_C(1) << right, UINT32_MAX };

			add(&rights, &party);
			assert_int_equal(allows(&rights, &newcomer), right < size);
			add(&rights, &party);
			remove_party(&rights, &party);
			assert_int_equal(allows(&rights, &newcomer), right < size);
			remove_party(&rights, &party);
			assert_true(allows(&rights, &newcomer));
		}
		expect_nobody(&rights);
	}
}

/* Two corrections of one right cancel out, and one of them then goes. */
static void a_right_counts_again_after_its_corrections_cancelled_out(void **state)
{
	const struct party shares_few = { 0, 1 };
	const struct party shares_the_rest = { 0, ~UINT32_C(1) };
	const struct party passer_by = { 0, UINT32_MAX };
	const struct party newcomer = { 1, UINT32_MAX };
	struct si_rights rights = { 0 };

	(void)state;
	add(&rights, &shares_few);
	add(&rights, &shares_the_rest);
	add(&rights, &passer_by);
	remove_party(&rights, &passer_by);
	remove_party(&rights, &shares_few);
	assert_false(allows(&rights, &newcomer));
	remove_party(&rights, &shares_the_rest);
	expect_nobody(&rights);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_rows_of_the_documents_hold),
		cmocka_unit_test(every_pair_over_four_rights_follows_the_rule),
		cmocka_unit_test(every_triple_over_three_rights_follows_the_rule),
		cmocka_unit_test(a_long_history_follows_the_rule_and_leaves_nothing),
		cmocka_unit_test(masks_of_every_size_count_in_and_out),
		cmocka_unit_test(a_right_counts_again_after_its_corrections_cancelled_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
