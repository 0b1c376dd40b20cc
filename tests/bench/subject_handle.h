/* SPDX-License-Identifier: MIT */
/* Handles of sessio, through its public headers alone. */
#ifndef SESSIO_BENCH_SUBJECT_HANDLE_H
#define SESSIO_BENCH_SUBJECT_HANDLE_H

#include "bench.h"

/* A provider with this many sessions, of which a consumer has a handle each. */
void *subject_handles_create(size_t handles);
/*
 * A consumer's handle comes home, its rights and type are checked, and an operation
 * begins and ends: sessio_handle_space_transfer(), KosSessionIpcHandleToSession(),
 * KosSessionRef(), KosSessionPut().
 */
bench_fn subject_handle_operate; /* by the first handle */
bench_fn subject_handle_operate_anywhere; /* by one handle after the other, far apart */

/* On top of the handles that are there. */
bench_fn subject_handle_create_close; /* of a resource that nobody else has */
bench_fn subject_handle_transfer_close; /* to another consumer */
bench_fn
	subject_handle_send_close; /* as documented: a session is sent, which ends with its handle */

/*
 * Handles with this many descendants each, beside this many handles that are no
 * descendants of theirs. All are made anew before each measurement.
 */
#define SUBJECT_REVOKED 8u
void *subject_revoke_create(size_t descendants, size_t others);
void subject_revoke_prepare(void *state);
bench_fn subject_revoke; /* one time revokes SUBJECT_REVOKED handles */

/* Bytes per handle that sessio asked for and keeps: its slot, and its lineage node. */
void subject_handle_bytes(double *out_slot, double *out_node);

#endif /* SESSIO_BENCH_SUBJECT_HANDLE_H */
