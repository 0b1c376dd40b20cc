/* SPDX-License-Identifier: MIT */
/*
 * Handles that are looked up, copied, passed on and closed by some threads while
 * another revokes them. Afterwards nothing must be left.
 */
#include "test.h"

#include <stdatomic.h>

#include <uv.h>

#include <sessio/handle_space.h>

#include "random.h"

#define WORKERS 3u
#define ROUNDS 20000u
#define ALL (SESSIO_HANDLE_TRANSFER | SESSIO_HANDLE_COPY | SESSIO_HANDLE_GET_SID | 1u)

static struct {
	sessio_handle_space *provider;
	sessio_handle_space *spaces[WORKERS + 1]; /* the last is the revoker's */
	uint32_t root;
	uint32_t badge;
	_Atomic uint32_t inbox[WORKERS]; /* handles that others have passed on */
	_Atomic unsigned next;
	_Atomic unsigned wrong;
	_Atomic unsigned used; /* lookups that succeeded */
	_Atomic unsigned revoked; /* lookups that did not, for that reason */
	_Atomic unsigned done; /* workers */
} crowd;

static void check(bool fine)
{
	if (!fine) {
		atomic_fetch_add_explicit(&crowd.wrong, 1, memory_order_relaxed);
	}
}

static sessio_handle_desc whole(uint32_t handle, uint32_t badge)
{
	return (sessio_handle_desc){
		.handle = handle, .rights = SESSIO_HANDLE_SAME_RIGHTS, .badge = badge
	};
}

static void use(sessio_handle_space *space, uint32_t handle)
{
	uint32_t rights = 0;
	sessio_status status = sessio_handle_space_rights(space, handle, &rights);

	if (status == SESSIO_OK) {
		check(rights == ALL);
		atomic_fetch_add_explicit(&crowd.used, 1, memory_order_relaxed);
	} else {
		check(status == SESSIO_REVOKED || status == SESSIO_INVALID_ARG);
		atomic_fetch_add_explicit(
			&crowd.revoked, status == SESSIO_REVOKED, memory_order_relaxed);
	}
}

/* A handle from the inbox is used, sent home, and closed. */
static void take_in(unsigned number)
{
	uint32_t handle = atomic_exchange(&crowd.inbox[number], SESSIO_HANDLE_INVALID);
	sessio_handle_desc sent = whole(handle, SESSIO_HANDLE_INVALID);
	sessio_handle_desc received;
	sessio_status status;

	if (handle == SESSIO_HANDLE_INVALID) {
		return;
	}
	use(crowd.spaces[number], handle);
	status = sessio_handle_space_transfer(
		crowd.spaces[number], &sent, crowd.provider, &received);
	check(status == SESSIO_REVOKED || (status == SESSIO_OK && received.dereferenced == 1));
	check(sessio_handle_space_close(crowd.spaces[number], handle) == SESSIO_OK);
}

static void hand_over(unsigned number, uint32_t handle)
{
	uint32_t before = atomic_exchange(&crowd.inbox[number], handle);

	if (before != SESSIO_HANDLE_INVALID) {
		check(sessio_handle_space_close(crowd.spaces[number], before) == SESSIO_OK);
	}
}

static void work(void *arg)
{
	unsigned number = atomic_fetch_add(&crowd.next, 1);
	struct random random = { number };
	sessio_handle_space *own = crowd.spaces[number];

	(void)arg;
	for (unsigned round = 0; round < ROUNDS; round++) {
		unsigned other = random_below(&random, WORKERS);
		sessio_handle_desc sent =
			whole(crowd.root, round % 2 == 0 ? crowd.badge : SESSIO_HANDLE_INVALID);
		sessio_handle_desc mine;
		sessio_handle_desc theirs;
		uint32_t copy = SESSIO_HANDLE_INVALID;

		if (sessio_handle_space_transfer(crowd.provider, &sent, own, &mine) != SESSIO_OK) {
			check(false);
			continue;
		}
		use(own, mine.handle);
		if (sessio_handle_space_copy(own, mine.handle, ALL, SESSIO_HANDLE_INVALID, &copy) ==
			SESSIO_OK) {
			if (random_below(&random, 2) == 0) {
				check(sessio_handle_space_close(own, mine.handle) == SESSIO_OK);
				mine.handle = copy;
				copy = SESSIO_HANDLE_INVALID;
			}
			sent = whole(mine.handle, SESSIO_HANDLE_INVALID);
			if (sessio_handle_space_transfer(
				    own, &sent, crowd.spaces[other], &theirs) == SESSIO_OK) {
				hand_over(other, theirs.handle);
			}
		}
		use(own, mine.handle);
		check(sessio_handle_space_close(own, mine.handle) == SESSIO_OK);
		if (copy != SESSIO_HANDLE_INVALID) {
			use(own, copy);
			check(sessio_handle_space_close(own, copy) == SESSIO_OK);
		}
		use(own, mine.handle); /* a stale number */
		take_in(number);
	}
	atomic_fetch_add(&crowd.done, 1);
}

/* A handle that was given before a revocation is revoked once that has returned. */
static void revoke_handles(void)
{
	sessio_handle_space *own = crowd.spaces[WORKERS];

	for (unsigned i = 0; atomic_load(&crowd.done) != WORKERS; i++) {
		const sessio_handle_desc sent =
			whole(crowd.root, i % 3 == 0 ? crowd.badge : SESSIO_HANDLE_INVALID);
		sessio_handle_desc mine;
		uint32_t rights;

		if (sessio_handle_space_transfer(crowd.provider, &sent, own, &mine) != SESSIO_OK) {
			check(false);
			continue;
		}
		if (i % 3 == 0) {
			check(sessio_handle_space_revoke_badge(
				      crowd.provider, crowd.root, crowd.badge) == SESSIO_OK);
		} else {
			check(sessio_handle_space_revoke(crowd.provider, crowd.root, false) ==
				SESSIO_OK);
		}
		check(sessio_handle_space_rights(own, mine.handle, &rights) == SESSIO_REVOKED);
		check(sessio_handle_space_close(own, mine.handle) == SESSIO_OK);
	}
}

static void handles_are_used_while_they_are_revoked(void **state)
{
	uv_thread_t threads[WORKERS];

	(void)state;
	assert_int_equal(sessio_handle_space_create(&crowd.provider), SESSIO_OK);
	for (unsigned i = 0; i <= WORKERS; i++) {
		assert_int_equal(sessio_handle_space_create(&crowd.spaces[i]), SESSIO_OK);
	}
	for (unsigned i = 0; i < WORKERS; i++) {
		atomic_init(&crowd.inbox[i], SESSIO_HANDLE_INVALID);
	}
	assert_int_equal(sessio_handle_space_create_object(crowd.provider, ALL, NULL, &crowd.root),
		SESSIO_OK);
	assert_int_equal(
		sessio_handle_space_create_badge(crowd.provider, NULL, &crowd.badge), SESSIO_OK);
	for (unsigned i = 0; i < WORKERS; i++) {
		assert_int_equal(uv_thread_create(&threads[i], work, NULL), 0);
	}
	revoke_handles();
	for (unsigned i = 0; i < WORKERS; i++) {
		assert_int_equal(uv_thread_join(&threads[i]), 0);
	}
	for (unsigned i = 0; i < WORKERS; i++) {
		take_in(i);
	}
	print_message(
		"%u used, %u revoked\n", atomic_load(&crowd.used), atomic_load(&crowd.revoked));
	assert_true(atomic_load(&crowd.used) != 0 && atomic_load(&crowd.revoked) != 0);
	assert_int_equal(atomic_load(&crowd.wrong), 0);
	assert_int_equal(sessio_handle_space_count(crowd.provider), 2);
	for (unsigned i = 0; i <= WORKERS; i++) {
		assert_int_equal(sessio_handle_space_count(crowd.spaces[i]), 0);
		sessio_handle_space_destroy(crowd.spaces[i]);
	}
	sessio_handle_space_destroy(crowd.provider);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(handles_are_used_while_they_are_revoked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
