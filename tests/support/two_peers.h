/* SPDX-License-Identifier: MIT */
/* A provider's handle space with one object, and the empty spaces of two peers. */
#ifndef SESSIO_TESTS_TWO_PEERS_H
#define SESSIO_TESTS_TWO_PEERS_H

#include <sessio/handle_space.h>

#define TWO_PEERS_READ 1u
/* The rights of the object's handle. */
#define TWO_PEERS_ALL (SESSIO_HANDLE_TRANSFER | SESSIO_HANDLE_COPY | TWO_PEERS_READ)

struct two_peers {
	sessio_handle_space *provider;
	sessio_handle_space *peers[2];
	uint32_t root; /* the object's handle */
	char context; /* of the object */
};

/* Of the test that runs. */
extern struct two_peers world;

/* For cmocka_unit_test_setup_teardown(). */
int two_peers_start(void **state);
int two_peers_stop(void **state);

/* Sends a handle on with the rights that it has. */
sessio_handle_desc two_peers_send(
	sessio_handle_space *from, uint32_t handle, sessio_handle_space *to);

/* SESSIO_OK if the handle is good for something. */
sessio_status two_peers_status_of(sessio_handle_space *space, uint32_t handle);

#endif /* SESSIO_TESTS_TWO_PEERS_H */
