/* SPDX-License-Identifier: MIT */
/* Handle spaces: numbers, their reuse, long lineages, and what is no handle. */
#include "test.h"

#include <string.h>

#include "leaks.h"
#include "random.h"
#include "resource/handle_space.h"
#include "two_peers.h"

#define MANY 100000u

static uint32_t give(sessio_handle_space *from, uint32_t handle, sessio_handle_space *to)
{
	const sessio_handle_desc received = two_peers_send(from, handle, to);

	assert_int_equal(received.dereferenced, 0);
	return received.handle;
}

static struct si_lineage_node *node_of(sessio_handle_space *space, uint32_t handle)
{
	struct si_handle_pin pin;

	assert_int_equal(si_handle_pin(space, handle, &pin), SESSIO_OK);
	(void)si_handle_unpin(space, &pin);
	return pin.node;
}

static void a_slot_is_two_words(void **state)
{
	(void)state;
	assert_in_range(sizeof(struct si_handle_slot), 1, 16);
	assert_in_range(sizeof(struct si_lineage_node), 1, 64);
}

static void a_closed_number_does_not_come_back_soon(void **state)
{
	uint32_t first;
	uint32_t next;

	(void)state;
	assert_int_equal(sessio_handle_space_copy(world.provider, world.root, TWO_PEERS_READ,
				 SESSIO_HANDLE_INVALID, &first),
		SESSIO_OK);
	assert_int_equal(sessio_handle_space_close(world.provider, first), SESSIO_OK);
	for (unsigned i = 0; i < 1000000; i++) {
		assert_int_equal(sessio_handle_space_copy(world.provider, world.root,
					 TWO_PEERS_READ, SESSIO_HANDLE_INVALID, &next),
			SESSIO_OK);
		if (next == first || next == SESSIO_HANDLE_INVALID) {
			fail_msg("it is back after %u others", i);
		}
		assert_int_equal(sessio_handle_space_close(world.provider, next), SESSIO_OK);
	}
	/* As many slots wait as must, and none beyond. */
	assert_int_equal(world.provider->made, 1 + SI_HANDLE_WAITING + 1);
	assert_int_equal(two_peers_status_of(world.provider, first), SESSIO_INVALID_ARG);
}

static void slots_are_reused_oldest_first(void **state)
{
	uint32_t handles[SI_HANDLE_WAITING + 8];
	uint32_t index_mask = (UINT32_C(1) << SI_HANDLE_INDEX_BITS) - 1;
	uint32_t secret = world.provider->secret;
	uint32_t next;

	(void)state;
	for (unsigned i = 0; i < SI_HANDLE_WAITING + 8; i++) {
		assert_int_equal(sessio_handle_space_copy(world.provider, world.root,
					 TWO_PEERS_READ, SESSIO_HANDLE_INVALID, &handles[i]),
			SESSIO_OK);
	}
	for (unsigned i = 0; i < SI_HANDLE_WAITING + 8; i++) {
		assert_int_equal(sessio_handle_space_close(world.provider, handles[i]), SESSIO_OK);
	}
	for (unsigned i = 0; i < 8; i++) {
		assert_int_equal(sessio_handle_space_copy(world.provider, world.root,
					 TWO_PEERS_READ, SESSIO_HANDLE_INVALID, &next),
			SESSIO_OK);
		assert_int_equal((next ^ secret) & index_mask, (handles[i] ^ secret) & index_mask);
		assert_int_not_equal(next, handles[i]);
	}
}

static void guesses_hit_nothing(void **state)
{
	struct random random = { 20 };
	uint32_t handles[64];

	(void)state;
	world.peers[0]->secret = 0x5a17c0deu; /* the same in every run */
	for (unsigned i = 0; i < 64; i++) {
		handles[i] = give(world.provider, world.root, world.peers[0]);
	}
	for (unsigned i = 0; i < 2000000; i++) {
		assert_int_equal(
			two_peers_status_of(world.peers[0], (uint32_t)random_next(&random)),
			SESSIO_INVALID_ARG);
	}
	for (unsigned i = 0; i < 64; i++) {
		/* Every stale value of a slot but one of 4096 is refused, and each damaged bit. */
		for (unsigned bit = 0; bit < 32; bit++) {
			uint32_t damaged = handles[i] ^ (UINT32_C(1) << bit);
			bool known = false;

			for (unsigned j = 0; j < 64; j++) {
				known = known || handles[j] == damaged;
			}
			assert_int_equal(two_peers_status_of(world.peers[0], damaged),
				known ? SESSIO_OK : SESSIO_INVALID_ARG);
		}
	}
}

/* With a secret that makes it so, the number that is never a handle is passed over. */
static void the_invalid_number_is_never_given_out(void **state)
{
	uint32_t handle;

	(void)state;
	world.peers[0]->secret = SESSIO_HANDLE_INVALID; /* index 0, generation 0 */
	handle = give(world.provider, world.root, world.peers[0]);
	assert_int_not_equal(handle, SESSIO_HANDLE_INVALID);
	assert_int_equal(two_peers_status_of(world.peers[0], handle), SESSIO_OK);
	assert_int_equal(
		two_peers_status_of(world.peers[0], SESSIO_HANDLE_INVALID), SESSIO_INVALID_ARG);
}

static void a_full_space_refuses(void **state)
{
	uint32_t made = world.provider->made;
	uint32_t last;
	uint32_t more = 77;

	(void)state;
	world.provider->made = SESSIO_HANDLES_MAX - 1;
	assert_int_equal(sessio_handle_space_copy(world.provider, world.root, TWO_PEERS_READ,
				 SESSIO_HANDLE_INVALID, &last),
		SESSIO_OK);
	assert_int_equal(sessio_handle_space_copy(world.provider, world.root, TWO_PEERS_READ,
				 SESSIO_HANDLE_INVALID, &more),
		SESSIO_LIMIT);
	assert_int_equal(more, 77);
	/* One that waits is not enough to be used again. */
	assert_int_equal(sessio_handle_space_close(world.provider, last), SESSIO_OK);
	assert_int_equal(sessio_handle_space_copy(world.provider, world.root, TWO_PEERS_READ,
				 SESSIO_HANDLE_INVALID, &more),
		SESSIO_LIMIT);
	world.provider->made = made;
}

/* A consumer's handles cost the provider no numbers, and one revocation reaches all. */
static void many_descendants_cost_the_provider_nothing(void **state)
{
	static uint32_t handles[MANY];
	uint64_t before = atomic_load(&node_of(world.provider, world.root)->object->number);

	(void)state;
	for (unsigned i = 0; i < MANY; i++) {
		handles[i] = give(world.provider, world.root, world.peers[0]);
	}
	assert_int_equal(sessio_handle_space_count(world.provider), 1);
	assert_int_equal(sessio_handle_space_count(world.peers[0]), MANY);
	assert_int_equal(sessio_handle_space_revoke(world.provider, world.root, false), SESSIO_OK);
	assert_int_equal(
		atomic_load(&node_of(world.provider, world.root)->object->number), before + 1);
	for (unsigned i = 0; i < MANY; i++) {
		if (two_peers_status_of(world.peers[0], handles[i]) != SESSIO_REVOKED) {
			fail_msg("handle %u is not revoked", i);
		}
	}
}

/* Each looks at the handle that the one before has closed. */
static void passing_on_and_closing_leaves_no_chain(void **state)
{
	uint32_t handle = give(world.provider, world.root, world.peers[0]);

	(void)state;
	for (unsigned i = 0; i < MANY; i++) {
		uint32_t next = give(world.peers[i % 2], handle, world.peers[(i + 1) % 2]);

		assert_int_equal(sessio_handle_space_close(world.peers[i % 2], handle), SESSIO_OK);
		handle = next;
	}
	/* The one that was closed last may be in between. */
	assert_ptr_equal(node_of(world.peers[MANY % 2], handle)->parent->parent,
		node_of(world.provider, world.root));
	assert_int_equal(sessio_handle_space_revoke(world.provider, world.root, true), SESSIO_OK);
	assert_int_equal(two_peers_status_of(world.peers[MANY % 2], handle), SESSIO_REVOKED);
}

/* A long lineage whose middle is closed from its old end to its young one, or the other way. */
static void expect_long_lineage(bool old_first)
{
	static uint32_t handles[1000];
	const unsigned count = 1000;

	handles[0] = give(world.provider, world.root, world.peers[0]);
	for (unsigned i = 1; i < count; i++) {
		assert_int_equal(sessio_handle_space_copy(world.peers[0], handles[i - 1],
					 TWO_PEERS_ALL, SESSIO_HANDLE_INVALID, &handles[i]),
			SESSIO_OK);
	}
	for (unsigned i = 0; i < count - 1; i++) {
		assert_int_equal(sessio_handle_space_close(
					 world.peers[0], handles[old_first ? i : count - 2 - i]),
			SESSIO_OK);
	}
	assert_int_equal(two_peers_status_of(world.peers[0], handles[count - 1]), SESSIO_OK);
	assert_int_equal(sessio_handle_space_revoke(world.provider, world.root, false), SESSIO_OK);
	assert_int_equal(two_peers_status_of(world.peers[0], handles[count - 1]), SESSIO_REVOKED);
	assert_int_equal(sessio_handle_space_close(world.peers[0], handles[count - 1]), SESSIO_OK);
	assert_int_equal(sessio_handle_space_count(world.peers[0]), 0);
}

static void a_long_lineage_is_revoked_at_its_young_end(void **state)
{
	(void)state;
	expect_long_lineage(true);
	expect_long_lineage(false);
}

static void a_lookup_after_a_revocation_elsewhere_takes_closed_nodes_out(void **state)
{
	uint32_t middle = give(world.provider, world.root, world.peers[0]);
	uint32_t last = give(world.peers[0], middle, world.peers[1]);
	uint32_t beside = give(world.provider, world.root, world.peers[0]);

	(void)state;
	assert_int_equal(sessio_handle_space_close(world.peers[0], middle), SESSIO_OK);
	assert_ptr_not_equal(
		node_of(world.peers[1], last)->parent, node_of(world.provider, world.root));
	assert_int_equal(sessio_handle_space_revoke(world.peers[0], beside, true), SESSIO_OK);
	assert_int_equal(two_peers_status_of(world.peers[1], last), SESSIO_OK);
	assert_ptr_equal(
		node_of(world.peers[1], last)->parent, node_of(world.provider, world.root));
}

static void a_pinned_handle_goes_with_its_last_pin(void **state)
{
	uint32_t handle = give(world.provider, world.root, world.peers[0]);
	struct si_handle_pin pins[2];

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(si_handle_pin(world.peers[0], handle, &pins[i]), SESSIO_OK);
	}
	assert_int_equal(sessio_handle_space_close(world.peers[0], handle), SESSIO_OK);
	assert_int_equal(two_peers_status_of(world.peers[0], handle), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_handle_space_close(world.peers[0], handle), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_handle_space_count(world.peers[0]), 1);
	(void)si_handle_unpin(world.peers[0], &pins[0]);
	assert_int_equal(sessio_handle_space_count(world.peers[0]), 1);
	assert_true(pins[1].node != NULL && !pins[1].node->closed);
	(void)si_handle_unpin(world.peers[0], &pins[1]);
	assert_int_equal(sessio_handle_space_count(world.peers[0]), 0);
}

/* A transfer that began before a revocation makes nothing after it. */
static void a_pinned_handle_that_is_revoked_has_no_more_descendants(void **state)
{
	uint32_t handle = give(world.provider, world.root, world.peers[0]);
	struct si_handle_place place = { .space = 1, .value = 1 };
	struct si_lineage_node *child = NULL;
	struct si_handle_pin pin;

	(void)state;
	assert_int_equal(si_handle_pin(world.peers[0], handle, &pin), SESSIO_OK);
	assert_int_equal(sessio_handle_space_revoke(world.peers[0], handle, true), SESSIO_OK);
	assert_int_equal(si_lineage_create_child(pin.node, NULL, &place, &child), SESSIO_REVOKED);
	assert_null(child);
	(void)si_handle_unpin(world.peers[0], &pin);
	assert_int_equal(sessio_handle_space_count(world.peers[0]), 0);
}

/* A thread that was asleep with an old number has a pin on the slot's next handle. */
static void a_stray_pin_stays_when_a_slot_is_used_again(void **state)
{
	uint32_t handle = give(world.provider, world.root, world.peers[0]);
	struct si_handle_pin pin;
	struct si_handle_slot *slot;

	(void)state;
	assert_int_equal(si_handle_pin(world.peers[0], handle, &pin), SESSIO_OK);
	slot = pin.slot;
	(void)si_handle_unpin(world.peers[0], &pin);
	assert_int_equal(sessio_handle_space_close(world.peers[0], handle), SESSIO_OK);
	(void)atomic_fetch_add(&slot->word, SI_SLOT_PIN);
	for (unsigned i = 0; i <= SI_HANDLE_WAITING; i++) {
		handle = give(world.provider, world.root, world.peers[0]);
		if (i < SI_HANDLE_WAITING) {
			assert_int_equal(
				sessio_handle_space_close(world.peers[0], handle), SESSIO_OK);
		}
	}
	assert_int_equal(si_handle_pin(world.peers[0], handle, &pin), SESSIO_OK);
	assert_ptr_equal(pin.slot, slot);
	assert_int_equal(atomic_load(&slot->word) & SI_SLOT_PINS, 2 * SI_SLOT_PIN);
	assert_int_equal(sessio_handle_space_close(world.peers[0], handle), SESSIO_OK);
	(void)si_handle_unpin(world.peers[0], &pin);
	assert_int_equal(sessio_handle_space_count(world.peers[0]), 1);
	(void)si_handle_unpin(world.peers[0], &pin); /* the stray one */
	assert_int_equal(sessio_handle_space_count(world.peers[0]), 0);
}

static void too_many_pins_are_refused(void **state)
{
	uint32_t handle = give(world.provider, world.root, world.peers[0]);
	struct si_handle_pin pin;
	struct si_handle_pin another;

	(void)state;
	assert_int_equal(si_handle_pin(world.peers[0], handle, &pin), SESSIO_OK);
	(void)atomic_fetch_add(&pin.slot->word, SI_SLOT_PINS_MAX - SI_SLOT_PIN);
	assert_int_equal(si_handle_pin(world.peers[0], handle, &another), SESSIO_LIMIT);
	(void)atomic_fetch_sub(&pin.slot->word, SI_SLOT_PINS_MAX - SI_SLOT_PIN);
	(void)si_handle_unpin(world.peers[0], &pin);
	assert_int_equal(two_peers_status_of(world.peers[0], handle), SESSIO_OK);
}

static void a_thread_may_use_another_space(void **state)
{
	sessio_handle_scope scopes[2];
	sessio_handle_space *own = sessio_handle_space_own();

	(void)state;
	memset(scopes, 0xa5, sizeof(scopes));
	assert_non_null(own);
	assert_ptr_equal(sessio_handle_space_entered(), own);
	assert_int_equal(sessio_handle_space_enter(world.peers[0], &scopes[0]), SESSIO_OK);
	assert_int_equal(sessio_handle_space_enter(world.peers[1], &scopes[1]), SESSIO_OK);
	assert_int_equal(sessio_handle_space_enter(world.peers[1], &scopes[0]), SESSIO_BAD_STATE);
	assert_ptr_equal(sessio_handle_space_entered(), world.peers[1]);
	sessio_handle_space_leave(&scopes[1]);
	assert_ptr_equal(sessio_handle_space_entered(), world.peers[0]);
	sessio_handle_space_leave(&scopes[0]);
	assert_ptr_equal(sessio_handle_space_entered(), own);
}

static void null_is_refused(void **state)
{
	const sessio_handle_desc sent = { .handle = world.root, .badge = SESSIO_HANDLE_INVALID };
	sessio_handle_desc received;
	sessio_handle_scope scope;
	sessio_handle_space *space = world.provider;
	uint32_t out;

	(void)state;
	assert_int_equal(sessio_handle_space_create(NULL), SESSIO_INVALID_ARG);
	sessio_handle_space_destroy(NULL);
	sessio_handle_space_leave(NULL);
	assert_int_equal(sessio_handle_space_count(NULL), 0);
	assert_int_equal(sessio_handle_space_enter(NULL, &scope), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_handle_space_enter(space, NULL), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_handle_space_create_object(NULL, TWO_PEERS_ALL, NULL, &out),
		SESSIO_INVALID_ARG);
	assert_int_equal(sessio_handle_space_create_object(space, TWO_PEERS_ALL, NULL, NULL),
		SESSIO_INVALID_ARG);
	assert_int_equal(sessio_handle_space_create_badge(NULL, NULL, &out), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_handle_space_create_badge(space, NULL, NULL), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_handle_space_copy(
				 NULL, world.root, TWO_PEERS_READ, SESSIO_HANDLE_INVALID, &out),
		SESSIO_INVALID_ARG);
	assert_int_equal(sessio_handle_space_copy(
				 space, world.root, TWO_PEERS_READ, SESSIO_HANDLE_INVALID, NULL),
		SESSIO_INVALID_ARG);
	assert_int_equal(
		sessio_handle_space_transfer(NULL, &sent, space, &received), SESSIO_INVALID_ARG);
	assert_int_equal(
		sessio_handle_space_transfer(space, NULL, space, &received), SESSIO_INVALID_ARG);
	assert_int_equal(
		sessio_handle_space_transfer(space, &sent, NULL, &received), SESSIO_INVALID_ARG);
	assert_int_equal(
		sessio_handle_space_transfer(space, &sent, space, NULL), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_handle_space_close(NULL, world.root), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_handle_space_revoke(NULL, world.root, true), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_handle_space_revoke_badge(NULL, world.root, 1), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_handle_space_rights(NULL, world.root, &out), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_handle_space_rights(space, world.root, NULL), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_handle_space_sid(NULL, world.root, &out), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_handle_space_sid(space, world.root, NULL), SESSIO_INVALID_ARG);
}

#define SUITE(test) cmocka_unit_test_setup_teardown(test, two_peers_start, two_peers_stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_slot_is_two_words),
		SUITE(a_closed_number_does_not_come_back_soon),
		SUITE(slots_are_reused_oldest_first),
		SUITE(guesses_hit_nothing),
		SUITE(the_invalid_number_is_never_given_out),
		SUITE(a_full_space_refuses),
		SUITE(many_descendants_cost_the_provider_nothing),
		SUITE(passing_on_and_closing_leaves_no_chain),
		SUITE(a_long_lineage_is_revoked_at_its_young_end),
		SUITE(a_lookup_after_a_revocation_elsewhere_takes_closed_nodes_out),
		SUITE(a_pinned_handle_goes_with_its_last_pin),
		SUITE(a_pinned_handle_that_is_revoked_has_no_more_descendants),
		SUITE(a_stray_pin_stays_when_a_slot_is_used_again),
		SUITE(too_many_pins_are_refused),
		SUITE(a_thread_may_use_another_space),
		SUITE(null_is_refused),
	};

	leaks_allow(2); /* the process's own space and its lock */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
