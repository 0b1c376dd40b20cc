/* SPDX-License-Identifier: MIT */
/* The parts of a pipe that depend on the operating system. */
#ifndef SI_TRANSPORT_PIPE_H
#define SI_TRANSPORT_PIPE_H

#include <uv.h>

#include <sessio/transport.h>

/* A pipe's name that nobody else serves. */
struct si_pipe_claim {
	int lock; /* a file next to the pipe, locked for as long as we listen; -1: none */
	char path[256]; /* of that file */
};

/*
 * Claims the name, binds it and listens. A pipe that a dead provider left is
 * replaced. SESSIO_OK, SESSIO_INVALID_ARG (the name is too long), SESSIO_EXISTS
 * (somebody serves it), SESSIO_NO_RIGHTS, SESSIO_NO_MEMORY, SESSIO_REFUSED.
 */
sessio_status si_pipe_listen(struct si_pipe_claim *claim, uv_pipe_t *pipe, const char *name,
	int backlog, uv_connection_cb on_connection);

/* After the pipe is closed: gives the name back. */
void si_pipe_release(struct si_pipe_claim *claim);

/* Whether a pipe can have this name at all. */
bool si_pipe_name_is_valid(const char *name);

/* The process at the other end, by the operating system. */
sessio_peer si_pipe_peer(uv_pipe_t *pipe);

/*
 * Blocks the signal that a write to a closed pipe sends to the calling thread; libuv
 * writes with it. A peer that goes away must not end the process.
 */
void si_pipe_block_signal(void);

/* An error of libuv's about a pipe. */
sessio_status si_pipe_status(int error);

#endif /* SI_TRANSPORT_PIPE_H */
