/* SPDX-License-Identifier: MIT */
/*
 * A bound session's record, which lies in its memory, as in src/join/bind_record.c and
 * src/resource/session.c. One session is opened in a bind, and all that may
 * end the two comes at once.
 *
 * The opener binds the session while it is PENDING, may take it back, opens it
 * and closes it. The constructor or the open callback may refuse, the latter after
 * it has taken a reference. An event notifies of the session. A logoff closes what
 * is bound, an unregistration closes all. Somebody with a reference unbinds the
 * session, and the bind is destroyed. Checked in every interleaving:
 *
 *   (M1) the record is taken out of the list once, and before its memory goes;
 *   (M2) a session whose context has gone is not touched;
 *   (M3) when a logoff has returned, nothing that is bound is open, or comes to be;
 *   (M4) when the bind is destroyed, nothing is bound, or comes to be;
 *   (M5) a session that has been opened ends once, one that was refused never;
 *   (M6) when an unregistration has returned, nothing is open, or comes to be;
 *   (M7) nobody touches a bind that nobody holds, and in the end nobody holds it.
 *
 * Left out: operations (rundown.pml has them), who waits for the host's callback
 * (dispatcher.pml), several sessions, weaker memory than sequential
 * consistency.
 *
 * The runs of run.sh. A fault must be caught:
 *
 *   sound
 *   fault -DF_DETACH_BY_REFERENCE      a destroyer references a PENDING session
 *   fault -DF_UNLINK_LATER             a record is unlinked without the resource lock
 *   fault -DF_RECORD_HOLDS_NOTHING     a record does not hold its bind
 *   fault -DF_RECORD_HOLDS_FOR_EVER    a record that is taken out leaves its hold behind
 *   fault -DF_NOT_LOOKED_AGAIN         a destroyer trusts what it saw before the locks
 *   fault -DF_BIND_CLOSED_LATE         a logoff tells the sessions, then spends the bind
 *   fault -DF_PENDING_LEFT             a logoff leaves a session that is being opened
 *   fault -DF_UNLINK_LAST              an end drops its reference before its record
 *   fault -DF_BIND_LEFT_OPEN           who destroys does not spend the bind
 *   fault -DF_CLOSE_ANYWAY             a logoff closes what has been closed already
 *   fault -DF_NOTIFY_BARE              a notification has no reference
 *   fault -DF_NOTIFY_PENDING           a notification of a session that is being opened
 *   fault -DF_REFUSED_STAYS_BOUND      a refused session is not taken out of its bind
 *   fault -DF_REFUSED_ENDS             a refused session runs its end
 *   fault -DF_UNREGISTER_OPEN_ONLY     an unregistration leaves a session that is being opened
 */

#define PENDING 0
#define OPEN 1
#define CLOSED 2

bool resource; /* the two locks */
bool lock;

/* The session. */
byte state = PENDING;
byte refs = 1;
bool there = true; /* its context */

/* The bind. */
bool linked; /* the record is in its list */
bool closed;
byte holds = 5; /* creator, scope, watcher for two events, remover */
byte finished;

/* Ghosts. */
bool left; /* the logoff has returned */
bool destroyed;
byte ends;

/* The rules by number: never true. */
hidden byte M1, M2, M3, M4, M5, M6, M7;
bool unregistered; /* ghost: it has returned */
bool was_refused; /* ghost */

inline acquire(mutex)
{
	atomic {
		!mutex;
		mutex = true
	}
}

inline touch()
{
	assert(M2 || there)
}

inline put()
{
	atomic {
		touch();
		refs--;
		there = refs > 0;
		assert(M1 || there || !linked)
	}
}

inline acquire_bind()
{
	acquire(lock);
	assert(M7 || holds > 0)
}

/* Some locks are touched after they are free. */
inline release_bind()
{
	lock = false;
	assert(M7 || holds > 0)
}

inline drop_hold()
{
	atomic {
		assert(M7 || holds > 0);
		holds--
	}
}

inline finish()
{
	atomic {
		finished++;
		assert(M7 || finished < 6 || holds == 0)
	}
}

inline unlink()
{
	assert(M1 || linked);
	linked = false;
	mine = true
}

/* Takes the record out, if it is in the bind. */
inline take()
{
	acquire(resource);
	touch();
	if
	:: linked ->
#ifdef F_UNLINK_LATER
		resource = false;
		acquire_bind();
		unlink();
		release_bind()
#else
		acquire_bind();
		unlink();
		release_bind();
		resource = false
#endif
	:: else -> resource = false
	fi
}

/* The record's hold, with both locks released. */
inline drop()
{
	if
	:: mine ->
#if !defined(F_RECORD_HOLDS_NOTHING) && !defined(F_RECORD_HOLDS_FOR_EVER)
		drop_hold();
#endif
		mine = false
	:: else
	fi
}

/* The end of a session that this process has closed. */
inline complete()
{
	ends++;
	assert(M5 || (ends == 1 && !was_refused));
#ifdef F_UNLINK_LAST
	put();
	take();
	drop()
#else
	take();
	drop();
	put()
#endif
}

proctype opener()
{
	bool mine;
	bool closed_while_opening;
	bool close;
	bool kept;

	acquire(resource);
	acquire_bind();
	if
	:: !closed ->
		assert(M3 || !left);
		assert(M4 || !destroyed);
		linked = true;
#ifndef F_RECORD_HOLDS_NOTHING
		holds++;
#endif
		lock = false;
		resource = false
	:: else ->
		lock = false;
		resource = false;
		goto refused
	fi;
	if
	:: goto refused /* by the constructor */
	:: goto refused_late /* by the open callback */
	:: true
	fi;
	atomic {
		touch();
		if
		:: state == PENDING ->
			assert(M3 || !left || !linked);
			assert(M6 || !unregistered);
			state = OPEN;
			refs++ /* its user's */
		:: else ->
			closed_while_opening = true
		fi
	};
	if
	:: closed_while_opening -> complete()
	:: else ->
		atomic {
			close = (state == OPEN);
			state = CLOSED
		};
		if
		:: close -> complete()
		:: else
		fi;
		put()
	fi;
	goto done;
refused_late:
	atomic {
		touch();
		if
		:: refs++; kept = true /* for somebody else */
		:: true
		fi;
		was_refused = true;
		state = CLOSED
	};
#ifdef F_REFUSED_ENDS
	complete();
#else
#ifndef F_REFUSED_STAYS_BOUND
	take();
	drop();
#endif
	put();
#endif
	if
	:: kept -> put()
	:: else
	fi;
	goto done;
refused:
	take();
	drop();
	atomic {
		there = false; /* it was PENDING: nobody else has a reference */
		assert(M1 || !linked)
	}
done:
	drop_hold(); /* the scope's */
	finish()
}

proctype logoff()
{
	bool mine;
	bool close;

	acquire_bind();
#ifndef F_BIND_CLOSED_LATE
	closed = true;
#endif
	if
	:: linked ->
		touch();
		atomic {
			if
#ifdef F_PENDING_LEFT
			:: state == PENDING
#else
			:: state == PENDING -> state = CLOSED /* its opener runs the end */
#endif
#ifdef F_CLOSE_ANYWAY
			:: state != PENDING ->
#else
			:: state == OPEN ->
#endif
				state = CLOSED; /* the end is ours: it needs no reference */
				close = true
			:: else
			fi
		}
	:: else
	fi;
	lock = false;
	if
	:: close -> complete()
	:: else
	fi;
#ifdef F_BIND_CLOSED_LATE
	acquire(lock);
	closed = true;
	lock = false;
#endif
	atomic {
		left = true;
		assert(M3 || !linked || state != OPEN)
	};
	drop_hold();
	finish()
}

/* Somebody with a reference on the open session. */
proctype remover()
{
	bool mine;

	if
	:: atomic { there && state == OPEN -> refs++ };
		take();
		drop();
		put()
	:: true
	fi;
	drop_hold();
	finish()
}

/* An event whose action is a call. */
proctype notifier()
{
	bool referenced;

	acquire_bind();
	atomic {
		if
#ifdef F_NOTIFY_PENDING
		:: linked && state != CLOSED ->
#else
		:: linked && state == OPEN && refs > 0 ->
#endif
			touch();
#ifndef F_NOTIFY_BARE
			refs++;
#endif
			referenced = true
		:: else
		fi
	};
	lock = false;
	if
	:: referenced ->
		touch(); /* the call */
#ifndef F_NOTIFY_BARE
		put()
#endif
	:: else
	fi;
	drop_hold();
	finish()
}

/* Under the resource lock a session of the object that is there stays there. */
proctype unregister()
{
	bool mine;
	bool close;

	acquire(resource);
	atomic {
		if
#ifndef F_UNREGISTER_OPEN_ONLY
		:: there && state == PENDING -> state = CLOSED /* its opener runs the end */
#endif
		:: there && state == OPEN ->
			state = CLOSED;
			close = true
		:: else
		fi
	};
	resource = false;
	if
	:: close -> complete()
	:: else
	fi;
	atomic {
		unregistered = true;
		assert(M6 || !there || state != OPEN)
	};
	finish()
}

#ifdef F_DETACH_BY_REFERENCE
proctype destroyer()
{
	bool mine;
	bool referenced;

	acquire_bind();
	closed = true;
	if
	:: linked ->
		atomic {
			touch();
			refs++;
			referenced = true
		}
	:: else
	fi;
	lock = false;
	if
	:: referenced ->
		take();
		drop();
		put()
	:: else
	fi;
	drop_hold();
	finish()
}
#else
proctype destroyer()
{
	bool found;
	bool mine;

	acquire_bind();
#ifndef F_BIND_LEFT_OPEN
	closed = true;
#endif
	found = linked;
	lock = false;
	if
	:: found ->
		acquire(resource);
		acquire_bind();
		if
#ifdef F_NOT_LOOKED_AGAIN
		:: true ->
#else
		:: linked ->
#endif
			touch();
			unlink()
		:: else
		fi;
		lock = false;
		resource = false;
		drop()
	:: else
	fi;
	atomic {
		destroyed = true;
		assert(M4 || !linked)
	};
	drop_hold();
	finish()
}
#endif

init {
	atomic {
		run opener();
		run logoff();
		run remover();
		run notifier();
		run unregister();
		run destroyer()
	}
}
