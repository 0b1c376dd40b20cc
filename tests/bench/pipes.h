/* SPDX-License-Identifier: MIT */
/* Round trips through a pipe: sessio's requests, and a bare libuv echo. */
#ifndef SESSIO_BENCH_PIPES_H
#define SESSIO_BENCH_PIPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct uv_loop_s;

/* So many wait for their answer at a time where throughput is measured. */
#define PIPES_IN_FLIGHT 32u

/* So much travels each way in the echo, about as in a small request. */
#define PIPES_ECHO_BYTES 40u

/* Round trips that were timed one by one. */
struct trips {
	void (*go)(void *pipe); /* one, there and back */
	void *pipe;
	double percentile;
	double fast_ns; /* a tenth is faster, in the fastest slice so far */
	double *ns;
	size_t count, room;
};

void *trips_create(void (*go)(void *pipe), void *pipe, double percentile);

/* A case's run and own_ns: makes n trips, and the percentile of the last n. */
void trips_run(void *state, uint64_t n);
double trips_percentile(void *state);

/* After trips_percentile(): whether that trip is near the fast ones, so nothing delayed it. */
bool trips_are_quiet(void *state);

/* An echo, and a client of it. */
void *peer_echo_create(void);
void peer_echo_go(void *echo);
void peer_echo_many(void *echo, uint64_t n); /* PIPES_IN_FLIGHT at a time */

/* A provider, and a consumer of it with an open session. */
void *subject_pipe_create(void);
void subject_pipe_operate(void *pipe);
void subject_pipe_open_close(void *pipe); /* two trips */
void subject_pipe_many(void *pipe, uint64_t n);

/* The path of a pipe that nobody else uses. */
void pipes_path(char *path, size_t size);

/*
 * Calls `begin` on the thread that serves all pipes, whose loop runs for ever. With one
 * thread for all of them it does not matter which core a thread happens to have.
 */
void pipes_serve(void (*begin)(struct uv_loop_s *loop, void *arg), void *arg);

#endif /* SESSIO_BENCH_PIPES_H */
