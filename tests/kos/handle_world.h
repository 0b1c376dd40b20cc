/* SPDX-License-Identifier: MIT */
/* One provider, a consumer and a third process, each with a handle space of its own. */
#ifndef SESSIO_TESTS_HANDLE_WORLD_H
#define SESSIO_TESTS_HANDLE_WORLD_H

#include <coresrv/handle/handle_api.h>
#include <coresrv/handle/notice_api.h>
#include <kos/session.h>
#include <nk/types.h>
#include <sessio/inspect.h>
#include <sessio/object.h>
#include <sessio/wait.h>

#include "provider.h"

#define READ OCAP_HANDLE_SPEC(0)
#define WRITE OCAP_HANDLE_SPEC(1)
#define MASK (READ | OCAP_HANDLE_TRANSFER | OCAP_HANDLE_COPY)
#define OWN_RIGHTS (OCAP_HANDLE_ALL_GENERAL | 0xffffu)

struct handle_world {
	sessio_handle_space *provider;
	sessio_handle_space *consumer;
	sessio_handle_space *third;
	sessio_handle_scope scope; /* the test's thread is in the provider */
};

extern struct handle_world world;

int world_start(void **state);
int world_stop(void **state);

nk_handle_desc_t world_contain(void *context);

sessio_status world_send(sessio_handle_space *from, nk_handle_desc_t sent, sessio_handle_space *to,
	nk_handle_desc_t *received);

/* A handle of another space; the transfer must succeed. */
Handle world_give(sessio_handle_space *from, nk_handle_desc_t sent, sessio_handle_space *to);

/* Opens the file for the consumer, as a request to open does. */
Handle world_open(const char *name, void **context);

/* The container that the provider gets with a request that carries this handle. */
nk_handle_desc_t world_request(sessio_handle_space *from, Handle handle);

sessio_status world_status(sessio_handle_space *space, Handle handle);

void world_close(sessio_handle_space *space, Handle handle);

Handle world_own_handle(void);

#endif /* SESSIO_TESTS_HANDLE_WORLD_H */
