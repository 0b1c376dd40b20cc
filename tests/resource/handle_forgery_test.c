/* SPDX-License-Identifier: MIT */
/*
 * Values that a peer was not given, by the million. The secrets are fixed, so every
 * run meets the same ones.
 */
#include "test.h"

#include <stdlib.h>
#include <string.h>

#include <sessio/handle_space.h>

#include "base/map.h"
#include "random.h"
#include "resource/handle_space.h"

#define GUESSES 2000000u
#define FEW 64u
#define MANY 100000u
#define ROUNDS 20u
#define A_ROUND 50000u
#define SPACES 16000u

/* A handle that was given, found by its value. */
struct given {
	struct si_map_node node;
	uint32_t rights;
};

static struct given *given;
static struct si_map by_value;

static sessio_handle_space *new_space(uint32_t secret)
{
	sessio_handle_space *space;

	assert_int_equal(sessio_handle_space_create(&space), SESSIO_OK);
	space->secret = secret;
	return space;
}

static uint32_t new_handle(sessio_handle_space *space, uint32_t rights)
{
	uint32_t value;

	assert_int_equal(sessio_handle_space_create_object(space, rights, NULL, &value), SESSIO_OK);
	return value;
}

/* Each with rights of its own. */
static sessio_handle_space *new_crowd(unsigned count)
{
	sessio_handle_space *space = new_space(UINT32_C(0x5e551077));
	struct random random = { 8 };

	given = calloc(count, sizeof(*given));
	assert_non_null(given);
	si_map_init(&by_value);
	for (unsigned i = 0; i < count; i++) {
		given[i].rights = (uint32_t)random_next(&random);
		si_map_add(&by_value, &given[i].node, new_handle(space, given[i].rights));
	}
	assert_int_equal(sessio_handle_space_count(space), count);
	return space;
}

static void end_crowd(sessio_handle_space *space)
{
	si_map_fini(&by_value);
	free(given);
	sessio_handle_space_destroy(space);
}

/* A guess that hits is one of the peer's own handles, with no right more than that has. */
static void check_hit(sessio_handle_space *space, uint32_t guess, uint32_t rights)
{
	const struct given *hit = (const struct given *)si_map_find(&by_value, guess);
	uint32_t copy = 77;

	assert_non_null(hit);
	assert_int_equal(rights, hit->rights);
	if (rights != UINT32_MAX) {
		assert_int_equal(
			sessio_handle_space_copy(space, guess, rights | (~rights & (rights + 1)),
				SESSIO_HANDLE_INVALID, &copy),
			SESSIO_NO_RIGHTS);
		assert_int_equal(copy, 77);
	}
}

static unsigned guess_all(sessio_handle_space *space)
{
	struct random random = { 2026 };
	unsigned hits = 0;

	for (unsigned i = 0; i < GUESSES; i++) {
		uint32_t guess = (uint32_t)random_next(&random);
		uint32_t rights = 0;
		sessio_status status = sessio_handle_space_rights(space, guess, &rights);

		if (status == SESSIO_OK) {
			check_hit(space, guess, rights);
			hits++;
		} else if (status != SESSIO_INVALID_ARG || si_map_find(&by_value, guess) != NULL) {
			fail_msg("guess %u was answered with %d", i, status);
		}
	}
	return hits;
}

static void no_guess_hits_one_of_few_handles(void **state)
{
	sessio_handle_space *space = new_crowd(FEW);

	(void)state;
	assert_int_equal(guess_all(space), 0);
	assert_int_equal(sessio_handle_space_count(space), FEW);
	end_crowd(space);
}

/* 47 are to be expected, with a deviation of 7: four times that is allowed. */
static void guesses_hit_many_handles_as_chance_has_it(void **state)
{
	sessio_handle_space *space = new_crowd(MANY);
	unsigned hits;

	(void)state;
	hits = guess_all(space);
	print_message("%u of %u guesses hit one of %u handles\n", hits, GUESSES, MANY);
	assert_in_range(hits, 19, 75);
	end_crowd(space);
}

/* Every call with a value that is none. */
static void try_everything(sessio_handle_space *space, sessio_handle_space *other, uint32_t own,
	uint32_t badge, uint32_t guess)
{
	const sessio_handle_desc sent = {
		.handle = guess, .rights = SESSIO_HANDLE_SAME_RIGHTS, .badge = SESSIO_HANDLE_INVALID
	};
	const sessio_handle_desc tied = {
		.handle = own, .rights = SESSIO_HANDLE_SAME_RIGHTS, .badge = guess
	};
	sessio_handle_desc received;
	uint32_t out;

	assert_int_equal(sessio_handle_space_copy(space, guess, 0, SESSIO_HANDLE_INVALID, &out),
		SESSIO_INVALID_ARG);
	assert_int_equal(
		sessio_handle_space_transfer(space, &sent, other, &received), SESSIO_INVALID_ARG);
	assert_int_equal(
		sessio_handle_space_transfer(space, &sent, space, &received), SESSIO_INVALID_ARG);
	assert_int_equal(
		sessio_handle_space_transfer(space, &tied, other, &received), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_handle_space_close(space, guess), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_handle_space_revoke(space, guess, true), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_handle_space_revoke_badge(space, guess, badge), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_handle_space_revoke_badge(space, own, guess), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_handle_space_sid(space, guess, &out), SESSIO_INVALID_ARG);
}

static void a_guess_can_do_nothing(void **state)
{
	sessio_handle_space *space = new_space(1);
	sessio_handle_space *other = new_space(UINT32_C(0x80000001));
	struct random random = { 3 };
	uint32_t own = new_handle(space, SESSIO_HANDLE_TRANSFER | SESSIO_HANDLE_COPY);
	uint32_t badge;
	uint32_t rights;

	(void)state;
	assert_int_equal(sessio_handle_space_create_badge(space, NULL, &badge), SESSIO_OK);
	for (unsigned i = 0; i < GUESSES / 40; i++) {
		uint32_t guess = (uint32_t)random_next(&random);

		if (guess != own && guess != badge && guess != SESSIO_HANDLE_INVALID) {
			try_everything(space, other, own, badge, guess);
		}
	}
	for (unsigned bit = 0; bit < 32; bit++) {
		uint32_t guess = own ^ UINT32_C(1) << bit;

		if (guess != badge && guess != SESSIO_HANDLE_INVALID) {
			try_everything(space, other, own, badge, guess);
		}
	}
	assert_int_equal(sessio_handle_space_count(space), 2);
	assert_int_equal(sessio_handle_space_count(other), 0);
	assert_int_equal(sessio_handle_space_rights(space, own, &rights), SESSIO_OK);
	sessio_handle_space_destroy(space);
	sessio_handle_space_destroy(other);
}

/* A million values, most of them in slots that are in use again. */
static void a_stale_value_stays_stale(void **state)
{
	sessio_handle_space *space = new_space(UINT32_C(0xabcdef01));
	uint32_t *values = calloc((size_t)ROUNDS * A_ROUND, sizeof(*values));
	uint32_t rights;

	(void)state;
	assert_non_null(values);
	for (unsigned round = 0; round < ROUNDS; round++) {
		uint32_t *made = values + (size_t)round * A_ROUND;

		for (unsigned i = 0; i < A_ROUND; i++) {
			made[i] = new_handle(space, round);
		}
		for (unsigned i = 0; round != ROUNDS - 1 && i < A_ROUND; i++) {
			assert_int_equal(sessio_handle_space_close(space, made[i]), SESSIO_OK);
		}
	}
	for (unsigned i = 0; i < ROUNDS * A_ROUND; i++) {
		bool stale = i < (ROUNDS - 1) * A_ROUND;

		if (sessio_handle_space_rights(space, values[i], &rights) !=
				(stale ? SESSIO_INVALID_ARG : SESSIO_OK) ||
			(!stale && rights != ROUNDS - 1)) {
			fail_msg("value %u was taken for another", i);
		}
	}
	assert_int_equal(sessio_handle_space_count(space), A_ROUND);
	free(values);
	sessio_handle_space_destroy(space);
}

/* A million values, each tried in the space that comes after its own. */
static void a_value_of_one_space_is_nothing_in_the_next(void **state)
{
	struct random random = { 77 };
	uint32_t values[FEW] = { 0 };

	(void)state;
	for (unsigned i = 0; i < SPACES; i++) {
		sessio_handle_space *space = new_space((uint32_t)random_next(&random));
		uint32_t own[FEW];
		uint32_t rights;

		for (unsigned at = 0; at < FEW; at++) {
			own[at] = new_handle(space, at);
		}
		for (unsigned at = 0; i != 0 && at < FEW; at++) {
			if (sessio_handle_space_rights(space, values[at], &rights) !=
				SESSIO_INVALID_ARG) {
				fail_msg("value %u of space %u reached the next", at, i);
			}
		}
		memcpy(values, own, sizeof(values));
		sessio_handle_space_destroy(space);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_guess_hits_one_of_few_handles),
		cmocka_unit_test(guesses_hit_many_handles_as_chance_has_it),
		cmocka_unit_test(a_guess_can_do_nothing),
		cmocka_unit_test(a_stale_value_stays_stale),
		cmocka_unit_test(a_value_of_one_space_is_nothing_in_the_next),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
