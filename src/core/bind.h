/* SPDX-License-Identifier: MIT */
/* What resource sessions ask of the join; see bind.c for how it is built. */
#ifndef SI_BIND_H
#define SI_BIND_H

#include <sessio/bind.h>

#include "core/session.h"

/* The bind that this thread opens for, NULL if it is in none. */
struct sessio_bind *si_bind_entered(void);

/* Whether an event has closed it, or its user session or host is gone. */
bool si_bind_is_spent(struct sessio_bind *bind);

/* Binds a session that is open or about to be. */
sessio_status si_bind_attach(struct sessio_bind *bind, struct si_session *session);

/* What is left to do for a session that was bound, after it is taken out of its notes. */
void si_bound_drop(struct si_bound *bound);

#endif /* SI_BIND_H */
