/* SPDX-License-Identifier: MIT */
/*
 * The join of user sessions and resource sessions: how a bind is built.
 *
 * Each bound session has a record, which lies in its cold part and is in its bind's
 * list. bind_record.c has the records and what an event does to them, bind_scope.c what
 * a thread opens, bind.c the life of a bind.
 *
 * (bind-1) A record is linked and unlinked with the session's resource lock and, inside
 *      it, the bind's lock held. It names its bind while it is linked.
 * (bind-2) A session takes its own record out before it drops the context's first
 *      reference, or gives a PENDING context back. While the bind's lock is held,
 *      a session in the list therefore is there. It can be referenced if it is
 *      not PENDING.
 * (bind-3) Each record that is linked, each scope, the watcher and the creator hold the
 *      bind. The thread that takes a record out drops its hold when it has released
 *      both locks. Some platforms touch a lock after it is free, and so need the bind.
 * (bind-4) When an event closes, and when a bind is detached, `closed` is set before
 *      the first session is; nothing is linked after that. Records are in the
 *      order of their numbers. A pass ends at the number that was the latest when
 *      it began, and so meets each session once.
 * (bind-5) An event closes a session, or notifies of it, with the bind's lock
 *      released, one after the other. In between anything may happen, the end of
 *      the bind included: the cursor is all that the pass relies on.
 *
 * Lock order: one resource lock, then one bind's lock.
 *
 * tests/models/join.pml checks (bind-1)-(bind-4) exhaustively.
 */
#ifndef SI_BIND_H
#define SI_BIND_H

#include <sessio/bind.h>

#include "base/list.h"
#include "base/refcount.h"
#include "resource/session.h"

struct sessio_bind {
	si_mutex lock;
	struct si_refcount refs; /* (bind-3) */
	sessio_user_session *user; /* counted */
	sessio_bind_policy policy;
	sessio_watch watch;
	bool closed; /* lock */
	uint64_t last_number; /* lock */
	size_t count; /* lock; of the list */
	struct si_list bound; /* lock */
};

void si_bind_ref(struct sessio_bind *bind);
void si_bind_unref(struct sessio_bind *bind);

/* Takes a session out of this bind; false if it is not in it. */
bool si_bind_detach(struct sessio_bind *bind, struct si_session *session);

/* Unbinds everything; nothing can be bound after that. */
void si_bind_detach_all(struct sessio_bind *bind);

/* Closes the bound sessions; none can be bound after that. */
void si_bind_close_all(struct sessio_bind *bind);

/* Calls the policy's callback for each bound session that is open. */
void si_bind_notify_all(struct sessio_bind *bind, const sessio_user_notice *notice);

/* The bind that this thread opens for, NULL if it is in none. */
struct sessio_bind *si_bind_entered(void);

/* Binds a session that is open. */
sessio_status si_bind_add(struct sessio_bind *bind, struct si_session *session);

/* The join's part in the life of a session, as struct si_session_join has it. */
sessio_status si_bind_attach_locked(struct sessio_bind *bind, struct si_session *session);
struct sessio_bind *si_bind_detach_locked(struct si_bound *bound);

#endif /* SI_BIND_H */
