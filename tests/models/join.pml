/* SPDX-License-Identifier: MIT */
/*
 * Taking a bound session's record, as in src/join/bind_record.c and
 * src/resource/session.c. One session is opened in a bind, and all that may
 * end the two comes at once.
 *
 * The opener binds the session while it is PENDING, may take it back, opens it
 * and closes it. The constructor or the open callback may refuse, the latter after
 * it has taken a reference. An event notifies of the session. A logoff closes what
 * is bound, an unregistration closes all. Somebody with a reference unbinds the
 * session, and the bind is destroyed. Checked in every interleaving:
 *
 *   (M1) the record is taken out of the list, and freed, once;
 *   (M2) a session whose context has gone is not touched;
 *   (M3) when a logoff has returned, nothing that is bound is open, or comes to be;
 *   (M4) when the bind is destroyed, nothing is bound, or comes to be;
 *   (M5) a session that has been opened ends once, one that was refused never;
 *   (M6) when an unregistration has returned, nothing is open, or comes to be.
 *
 * Left out: operations (rundown.pml has them), who waits for the host's callback
 * (dispatcher.pml), several sessions, weaker memory than sequential
 * consistency.
 *
 * The runs of run.sh. A fault must be caught:
 *
 *   sound
 *   fault -DF_DETACH_BY_REFERENCE  a destroyer references a PENDING session
 *   fault -DF_FREE_WHAT_IS_TAKEN   a destroyer does not look whether it is taken
 *   fault -DF_NOT_LOOKED_AGAIN     a destroyer trusts what it saw before the locks
 *   fault -DF_BIND_CLOSED_LATE     a logoff tells the sessions, then spends the bind
 *   fault -DF_PENDING_LEFT         a logoff leaves a session that is being opened
 *   fault -DF_UNLINK_LAST          an end drops its reference before its record
 *   fault -DF_BIND_LEFT_OPEN       who destroys does not spend the bind
 *   fault -DF_CLOSE_ANYWAY         a logoff closes what has been closed already
 *   fault -DF_NOTIFY_BARE          a notification has no reference
 *   fault -DF_NOTIFY_PENDING       a notification of a session that is being opened
 *   fault -DF_REFUSED_STAYS_BOUND  a refused session is not taken out of its bind
 *   fault -DF_REFUSED_ENDS         a refused session runs its end
 *   fault -DF_UNREGISTER_OPEN_ONLY an unregistration leaves a session that is being opened
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
bool noted; /* its notes point to the record */

/* The bind. */
bool linked; /* the record is in its list */
bool closed;

/* Ghosts. */
bool left; /* the logoff has returned */
bool destroyed;
byte freed;
byte ends;

/* The rules by number: never true. */
hidden byte M1, M2, M3, M4, M5, M6;
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
		there = refs > 0
	}
}

inline unlink()
{
	assert(M1 || linked);
	linked = false
}

inline free_record()
{
	freed++;
	assert(M1 || freed == 1)
}

/* Takes the record out of the notes; the rest of it is drop(). */
inline take()
{
	acquire(resource);
	touch();
	mine = noted;
	noted = false;
	resource = false
}

inline drop()
{
	if
	:: mine ->
		acquire(lock);
		unlink();
		lock = false;
		free_record();
		mine = false
	:: else
	fi
}

/* The end of a session that this process has closed. */
inline complete()
{
	ends++;
	assert(M5 || (ends == 1 && !was_refused));
	take();
#ifdef F_UNLINK_LAST
	put();
	drop()
#else
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
	acquire(lock);
	if
	:: !closed ->
		assert(M3 || !left);
		assert(M4 || !destroyed);
		linked = true;
		noted = true;
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
			assert(M3 || !left || !noted);
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
	there = false; /* it was PENDING: nobody else has a reference */
done:
	skip
}

proctype logoff()
{
	bool mine;
	bool close;

	acquire(lock);
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
		assert(M3 || !noted || state != OPEN)
	}
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
	fi
}

/* An event whose action is a call. */
proctype notifier()
{
	bool referenced;

	acquire(lock);
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
	fi
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
	}
}

#ifdef F_DETACH_BY_REFERENCE
proctype destroyer()
{
	bool mine;
	bool referenced;

	acquire(lock);
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
	fi
}
#else
proctype destroyer()
{
	bool found;
	bool mine;

	acquire(lock);
#ifndef F_BIND_LEFT_OPEN
	closed = true;
#endif
	found = linked;
	lock = false;
	if
	:: found ->
		acquire(resource);
		acquire(lock);
		if
#ifdef F_NOT_LOOKED_AGAIN
		:: true ->
#else
		:: linked ->
#endif
			touch();
			if
#ifdef F_FREE_WHAT_IS_TAKEN
			:: true ->
#else
			:: noted ->
#endif
				noted = false;
				unlink();
				mine = true
			:: else
			fi
		:: else
		fi;
		lock = false;
		resource = false;
		if
		:: mine -> free_record()
		:: else
		fi
	:: else
	fi;
	atomic {
		destroyed = true;
		assert(M4 || !noted)
	}
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
