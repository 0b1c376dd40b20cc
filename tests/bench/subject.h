/* SPDX-License-Identifier: MIT */
/* sessio itself, through its public headers alone. */
#ifndef SESSIO_BENCH_SUBJECT_H
#define SESSIO_BENCH_SUBJECT_H

#include "bench.h"

/* A registered object with this many sessions; never given back. */
void *subject_create(size_t sessions);
bench_fn subject_ref_put; /* on the first session, with type check and object out; called */
bench_fn subject_ref_put_inline; /* the same inline */
bench_fn subject_ref_put_counted; /* the same on the counter, as where no thread has slots */
bench_fn subject_open_close; /* on top of the sessions that are there */
/* The same as documented: the opener has a reference, which the open callback took. */
bench_fn subject_open_keep_close;
bench_fn subject_refused; /* an open that the share rule forbids */
bench_fn subject_walk; /* one time is a walk of all sessions */

/* A host with a session and this many watchers of all events, or of none that happens. */
void *subject_host_create(size_t watchers, bool interested);
bench_fn subject_post; /* one event */
/* The same by several threads at once, each with a user session of its own. */
bench_fn subject_post_own;

/* A user, and an object for this many sessions at once; one time opens and binds them, and logs off. */
void *subject_bind_create(size_t sessions);
bench_fn subject_logoff;

/* Bytes that sessio asked for and keeps, per session or per registered object. */
double subject_session_bytes(void);
double subject_object_bytes(void);

#endif /* SESSIO_BENCH_SUBJECT_H */
