/* SPDX-License-Identifier: MIT */
/* All subjects share one type of objects and sessions. Its callbacks do nothing. */
#ifndef SESSIO_BENCH_SUBJECT_TYPE_H
#define SESSIO_BENCH_SUBJECT_TYPE_H

#include <kos/session.h>
#include <sessio/host.h>

#include "bench.h"

#define SUBJECT_READ 1u
#define SUBJECT_WRITE 2u

/* As real ones have some, objects and sessions have a payload. */
#define SUBJECT_PAYLOAD 16u

/* The open callback takes a reference for an opener that gives this, as kos/session.h says. */
extern char subject_keeps[];

/* Consumers' handles may read, and may be passed on. */
KosSessionType *subject_session_type(void);
void *subject_registered_object(void);

/* A host where user session SUBJECT_USER is created. */
#define SUBJECT_USER 1u
sessio_host *subject_host(void);

static inline void subject_host_post(sessio_host *host, sessio_user_event event)
{
	bench_require(sessio_host_post(host, SUBJECT_USER, event, 0, NULL) == SESSIO_OK,
		"an event was refused");
}

#endif /* SESSIO_BENCH_SUBJECT_TYPE_H */
