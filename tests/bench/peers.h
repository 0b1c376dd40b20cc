/* SPDX-License-Identifier: MIT */
/*
 * Sessio is measured against floors, which nobody gets below on this machine, and
 * against peers, which do the same job in another way.
 *
 * A peer's ref and put come as a pair on one counter; its state is what its
 * create function returns and is never given back.
 */
#ifndef SESSIO_BENCH_PEERS_H
#define SESSIO_BENCH_PEERS_H

#include "bench.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Floors. */
bench_fn floor_two_increments; /* state: a zeroed line of one's own */
bench_fn floor_malloc_free; /* no state */
bench_fn floor_indirect_call; /* no state */
void *floor_blocks_create(size_t blocks); /* as large as a bound session */
bench_fn floor_blocks; /* allocated and written to, looked at and freed in order */
void *floor_list_create(size_t nodes);
bench_fn floor_list_walk; /* one time is a walk of all nodes */
void *floor_mutex_create(void);
bench_fn floor_mutex; /* a word of all threads is counted up under the C library's mutex */

/* A word with a closed bit and a count, retried until a compare-exchange succeeds. */
void *peer_cas_create(void);
bench_fn peer_cas;

/* liburcu's reference counter, taken unless it is zero. */
void *peer_urcu_create(void);
bench_fn peer_urcu;

/* GLib's objects and its counted boxes. */
void *peer_gobject_create(void);
bench_fn peer_gobject;
void *peer_rc_box_create(void);
bench_fn peer_rc_box;

/* An emission of a GLib signal to this many handlers. */
void *peer_signal_create(size_t handlers);
bench_fn peer_signal;

/* A copy of a std::shared_ptr. */
void *peer_shared_ptr_create(void);
bench_fn peer_shared_ptr;

/*
 * The plain way: a mutex per object around a list of its sessions. Opening scans
 * the list for the share rule. The mutex guards each session's counter, too.
 */
void *peer_list_create(size_t sessions);
bench_fn peer_list_ref_put; /* on the first session */
bench_fn peer_list_open_close; /* on top of the sessions that are there */
bench_fn peer_list_refused; /* an open that the share rule forbids */
bench_fn peer_list_walk; /* one time is a walk of all sessions */

/*
 * Numbers that stand for counted things with rights. A thing is found, referenced and
 * put: in liburcu's rculfhash, or in an array of slots with generations and a mutex.
 */
void *peer_lookup_create(size_t things);
bench_fn peer_lookup_hash; /* always the same number */
bench_fn peer_lookup_hash_anywhere; /* numbers that are far apart */
bench_fn peer_lookup_array;
bench_fn peer_lookup_array_anywhere;

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_BENCH_PEERS_H */
