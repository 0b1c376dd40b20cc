/* SPDX-License-Identifier: MIT */
/* Lineages: which handle comes home, and what happens while a climb lets others in. */
#include "test.h"

#include "leaks.h"
#include "platform/hooks.h"
#include "resource/handle_space.h"
#include "resource/lineage_tree.h"
#include "two_peers.h"

#define LONG 1000u

static uint32_t lineage[LONG]; /* a long one in the first peer's space, the oldest first */

static uint32_t copy(sessio_handle_space *space, uint32_t handle)
{
	uint32_t made;

	assert_int_equal(sessio_handle_space_copy(
				 space, handle, TWO_PEERS_ALL, SESSIO_HANDLE_INVALID, &made),
		SESSIO_OK);
	return made;
}

static void make_long_lineage(void)
{
	lineage[0] = two_peers_send(world.provider, world.root, world.peers[0]).handle;
	for (unsigned i = 1; i < LONG; i++) {
		lineage[i] = copy(world.peers[0], lineage[i - 1]);
	}
}

/* No lookup is quick after it. */
static void revoke_elsewhere(void)
{
	uint32_t beside = copy(world.provider, world.root);

	assert_int_equal(sessio_handle_space_revoke(world.provider, beside, true), SESSIO_OK);
}

/* A handle that comes home is dereferenced to this one, whichever way it went. */
static void expect_home(uint32_t near, uint32_t far, uint32_t expected)
{
	const sessio_handle_desc a = two_peers_send(world.peers[0], near, world.provider);
	const sessio_handle_desc b = two_peers_send(world.peers[1], far, world.provider);

	assert_int_equal(a.dereferenced, 1);
	assert_int_equal(b.dereferenced, 1);
	assert_int_equal(a.handle, expected);
	assert_int_equal(b.handle, expected);
	assert_int_equal(a.badge, (uintptr_t)&world.context);
}

static void a_handle_comes_home_as_the_nearest_open_one(void **state)
{
	uint32_t middle = copy(world.provider, world.root);
	uint32_t near = two_peers_send(world.provider, middle, world.peers[0]).handle;
	uint32_t far = two_peers_send(world.peers[0], near, world.peers[1]).handle;

	(void)state;
	expect_home(near, far, middle);
	revoke_elsewhere();
	expect_home(near, far, middle);
	assert_int_equal(sessio_handle_space_close(world.provider, middle), SESSIO_OK);
	expect_home(near, far, world.root);
	assert_int_equal(sessio_handle_space_close(world.provider, world.root), SESSIO_OK);
	expect_home(near, far, SESSIO_HANDLE_INVALID);
}

static void the_providers_own_handle_is_itself_at_home(void **state)
{
	uint32_t middle = copy(world.provider, world.root);

	(void)state;
	assert_int_equal(two_peers_send(world.provider, middle, world.provider).handle, middle);
	revoke_elsewhere();
	assert_int_equal(two_peers_send(world.provider, middle, world.provider).handle, middle);
}

/* --- What others do while a climb lets them in --- */

static struct {
	unsigned locks;
	unsigned when; /* at this lock of the lineage the intruder comes */
	void (*intruder)(void);
	const void *lock;
} hook;

static void before_lock(const void *mutex)
{
	void (*intruder)(void) = hook.intruder;

	if (mutex == hook.lock && ++hook.locks == hook.when && intruder != NULL) {
		hook.intruder = NULL;
		intruder();
	}
}

static const struct si_hooks hooks = { .before_lock = before_lock };

static void expect_intruder(unsigned when, void (*intruder)(void))
{
	struct si_handle_pin pin;

	assert_int_equal(si_handle_pin(world.provider, world.root, &pin), SESSIO_OK);
	hook.lock = pin.node == NULL ? NULL : &pin.node->object->lock;
	(void)si_handle_unpin(world.provider, &pin);
	hook.locks = 0;
	hook.when = when;
	hook.intruder = intruder;
	leaks_hook(&hooks);
}

static void a_long_climb_lets_others_in(void **state)
{
	(void)state;
	make_long_lineage();
	revoke_elsewhere();
	expect_intruder(0, NULL);
	assert_int_equal(two_peers_status_of(world.peers[0], lineage[LONG - 1]), SESSIO_OK);
	leaks_hook(NULL);
	assert_in_range(hook.locks, LONG / SI_LINEAGE_STEPS, 2 * LONG / SI_LINEAGE_STEPS);
	/* The next lookup is quick. */
	expect_intruder(0, NULL);
	assert_int_equal(two_peers_status_of(world.peers[0], lineage[LONG - 1]), SESSIO_OK);
	leaks_hook(NULL);
	assert_int_equal(hook.locks, 0);
}

/* The climb waits at a node that another lookup takes out of the lineage. */
static void take_the_node_out(void)
{
	const unsigned waits_at = LONG - 1 - SI_LINEAGE_STEPS;

	(void)sessio_handle_space_close(world.peers[0], lineage[waits_at]);
	(void)two_peers_status_of(world.peers[0], lineage[waits_at + 1]);
}

static void a_climb_goes_on_when_its_node_was_taken_out(void **state)
{
	(void)state;
	make_long_lineage();
	revoke_elsewhere();
	expect_intruder(2, take_the_node_out);
	assert_int_equal(two_peers_status_of(world.peers[0], lineage[LONG - 1]), SESSIO_OK);
	leaks_hook(NULL);
	assert_null(hook.intruder);
	assert_int_equal(sessio_handle_space_revoke(world.provider, world.root, false), SESSIO_OK);
	assert_int_equal(two_peers_status_of(world.peers[0], lineage[LONG - 1]), SESSIO_REVOKED);
}

static void revoke_near_the_end(void)
{
	(void)sessio_handle_space_revoke(world.peers[0], lineage[LONG - 3], false);
}

static void a_revocation_behind_a_climb_is_seen_by_the_next(void **state)
{
	(void)state;
	make_long_lineage();
	revoke_elsewhere();
	expect_intruder(2, revoke_near_the_end);
	(void)two_peers_status_of(world.peers[0], lineage[LONG - 1]);
	leaks_hook(NULL);
	assert_null(hook.intruder);
	assert_int_equal(two_peers_status_of(world.peers[0], lineage[LONG - 1]), SESSIO_REVOKED);
}

/* A badge's tie is not made when the revocation's sweep has passed already. */
static void a_revocation_behind_a_transfer_is_seen_by_it(void **state)
{
	sessio_handle_desc sent = { .rights = SESSIO_HANDLE_SAME_RIGHTS };
	sessio_handle_desc received;
	uint32_t badge;

	(void)state;
	make_long_lineage();
	assert_int_equal(sessio_handle_space_create_badge(world.peers[0], &world.context, &badge),
		SESSIO_OK);
	sent.handle = lineage[LONG - 1];
	sent.badge = badge;
	revoke_elsewhere();
	/* The first climb is the lookup's, the second one the transfer's own. */
	assert_int_equal(two_peers_status_of(world.peers[0], lineage[LONG - 1]), SESSIO_OK);
	expect_intruder(1, revoke_near_the_end);
	assert_int_equal(
		sessio_handle_space_transfer(world.peers[0], &sent, world.peers[1], &received),
		SESSIO_REVOKED);
	leaks_hook(NULL);
	assert_null(hook.intruder);
	assert_int_equal(sessio_handle_space_count(world.peers[1]), 0);
}

/* Closed from the young end, all but the youngest stay in place, and go with it. */
static void many_closed_ancestors_go_in_several_holds(void **state)
{
	(void)state;
	make_long_lineage();
	for (unsigned i = LONG - 1; i > 0; i--) {
		assert_int_equal(
			sessio_handle_space_close(world.peers[0], lineage[i - 1]), SESSIO_OK);
	}
	expect_intruder(0, NULL);
	assert_int_equal(sessio_handle_space_close(world.peers[0], lineage[LONG - 1]), SESSIO_OK);
	leaks_hook(NULL);
	assert_in_range(hook.locks, LONG / SI_LINEAGE_STEPS, 2 * LONG / SI_LINEAGE_STEPS);
	assert_int_equal(sessio_handle_space_count(world.peers[0]), 0);
}

#define SUITE(test) cmocka_unit_test_setup_teardown(test, two_peers_start, two_peers_stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SUITE(a_handle_comes_home_as_the_nearest_open_one),
		SUITE(the_providers_own_handle_is_itself_at_home),
		SUITE(a_long_climb_lets_others_in),
		SUITE(a_climb_goes_on_when_its_node_was_taken_out),
		SUITE(a_revocation_behind_a_climb_is_seen_by_the_next),
		SUITE(a_revocation_behind_a_transfer_is_seen_by_it),
		SUITE(many_closed_ancestors_go_in_several_holds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
