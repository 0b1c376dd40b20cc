/* SPDX-License-Identifier: MIT */
/* What resource sessions ask of the join; see bind.c for how it is built. */
#ifndef SI_BIND_H
#define SI_BIND_H

#include <sessio/bind.h>

#include "resource/session.h"

extern _Atomic uint32_t si_bind_scopes; /* entered and not left, by all threads */

struct sessio_bind *si_bind_find_entered(void);

/* The bind that this thread opens for, NULL if it is in none. */
static inline struct sessio_bind *si_bind_entered(void)
{
	/* Relaxed: a thread sees its own count. */
	if (si_likely(atomic_load_explicit(&si_bind_scopes, memory_order_relaxed) == 0)) {
		return NULL;
	}
	return si_bind_find_entered();
}

/* Binds a session that is open or about to be. */
sessio_status si_bind_attach(struct sessio_bind *bind, struct si_session *session);

/* What is left to do for a session that was bound, after it is taken out of its notes. */
void si_bound_drop(struct si_bound *bound);

#endif /* SI_BIND_H */
