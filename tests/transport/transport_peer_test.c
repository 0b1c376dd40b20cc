/* SPDX-License-Identifier: MIT */
/* The handles of a consumer, without a consumer. */
#include "test.h"

#include "leaks.h"
#include "transport/transport_peer.h"

/* It is at home in neither of the two spaces, so there is nobody here to serve it. */
static void a_handle_of_another_space_is_refused_and_closed(void **state)
{
	const sessio_transport_limits limits = { .handles = 10, .passed = 10 };
	struct si_revocations revocations = { 0 };
	struct sessio_handle_space *elsewhere;
	struct sessio_handle_desc received;
	struct sessio_handle_desc sent = { .rights = SESSIO_HANDLE_SAME_RIGHTS,
		.badge = SESSIO_HANDLE_INVALID };
	struct si_peer peer;
	size_t before;

	(void)state;
	assert_non_null(sessio_handle_space_own());
	leaks_allow(3); /* the process's own space, its lock and its first slots */
	before = sessio_handle_space_count(sessio_handle_space_own());
	assert_int_equal(si_peer_init(&peer, &revocations, &limits), SESSIO_OK);
	assert_int_equal(sessio_handle_space_create(&elsewhere), SESSIO_OK);
	assert_int_equal(sessio_handle_space_create_object(
				 elsewhere, SESSIO_HANDLE_TRANSFER | 1u, NULL, &sent.handle),
		SESSIO_OK);
	assert_int_equal(
		sessio_handle_space_transfer(elsewhere, &sent, peer.space, &received), SESSIO_OK);
	assert_int_equal(received.dereferenced, 0);
	assert_int_equal(si_peer_receive(&peer, received.handle, &received), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_handle_space_count(sessio_handle_space_own()), before);
	assert_int_equal(sessio_handle_space_count(peer.space), 1);
	si_peer_close_all(&peer);
	sessio_handle_space_destroy(elsewhere);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_handle_of_another_space_is_refused_and_closed),
	};

	return cmocka_run_group_tests_name("transport_peer", tests, NULL, NULL);
}
