/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "two_peers.h"

struct two_peers world;

int two_peers_start(void **state)
{
	(void)state;
	return sessio_handle_space_create(&world.provider) != SESSIO_OK ||
		sessio_handle_space_create(&world.peers[0]) != SESSIO_OK ||
		sessio_handle_space_create(&world.peers[1]) != SESSIO_OK ||
		sessio_handle_space_create_object(
			world.provider, TWO_PEERS_ALL, &world.context, &world.root) != SESSIO_OK;
}

int two_peers_stop(void **state)
{
	(void)state;
	sessio_handle_space_destroy(world.peers[0]);
	sessio_handle_space_destroy(world.provider);
	sessio_handle_space_destroy(world.peers[1]);
	return 0;
}

sessio_handle_desc two_peers_send(
	sessio_handle_space *from, uint32_t handle, sessio_handle_space *to)
{
	const sessio_handle_desc sent = { .handle = handle,
		.rights = SESSIO_HANDLE_SAME_RIGHTS,
		.badge = SESSIO_HANDLE_INVALID };
	sessio_handle_desc received;

	assert_int_equal(sessio_handle_space_transfer(from, &sent, to, &received), SESSIO_OK);
	return received;
}

sessio_status two_peers_status_of(sessio_handle_space *space, uint32_t handle)
{
	uint32_t rights;

	return sessio_handle_space_rights(space, handle, &rights);
}
