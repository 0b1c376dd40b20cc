/* SPDX-License-Identifier: MIT */
#ifndef SI_DIAG_H
#define SI_DIAG_H

#include <stdatomic.h>

#include <sessio/diag.h>

/* Tells the sink, if there is one. No lock is held. */
void si_diag_report(
	sessio_diag_kind kind, const void *object, const void *context, const char *text);

/* Whether sessions opened now are tracked: a flag, nothing depends on its moment. */
extern _Atomic bool si_tracking;

static inline bool si_diag_tracking(void)
{
	return atomic_load_explicit(&si_tracking, memory_order_relaxed);
}

#endif /* SI_DIAG_H */
