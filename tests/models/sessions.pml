/* SPDX-License-Identifier: MIT */
/*
 * The end of a resource session, src/resource/session.c and walk.c, as a Spin model.
 * There is one open session, and everything that may end it or hold it at once.
 *
 * The context's first reference belongs to the end (`owned`), until the last
 * handle takes it away. A put that finds the last reference asks: if the session
 * has not ended, that reference becomes the end's, and the put begins the end. A
 * close, an unregistration and a bind's event begin it, too. A walker pins.
 * Checked in every interleaving:
 *
 *   (M1) what has been freed is not touched, and no count goes from 0 to 1;
 *   (M2) close runs once and closeComplete once, in this order, if ever;
 *   (M3) in the end nobody has a reference, and the session has ended and is freed
 *        once;
 *   (M4) no operation runs in closeComplete;
 *   (M5) when an unregistration or an event has returned, no operation begins.
 *
 * In the code `owned` is `!first_dropped` (session-11). While the first reference is
 * there, a put after the end has begun is one too many (session-7).
 *
 * Left out: how operations are counted (rundown.pml), openings and unbinding
 * (join.pml), several sessions and cursors (walks.pml), weak memory (orders_*.pml).
 *
 * The runs of run.sh. Each sound run leaves some of them out. A fault must be caught:
 *
 *   sound -DWALKERS=0
 *   sound -DEVENTS=0 -DUNREGISTERS=0
 *   sound -DHOLDERS=1
 *   large
 *   fault -DF_PUT_ASKS_NOBODY -DWALKERS=0   the last put frees what has not ended
 *   fault -DF_PUT_FROM_ZERO -DHOLDERS=1     the last put comes back from 0 to begin the end
 *   fault -DF_PUT_TWO_STEPS -DWALKERS=0     a put loads the count, then stores it
 *   fault -DF_TAKEN_UNSAID -DWALKERS=0      the last put begins the end and leaves it no reference
 *   fault -DF_ASK_UNLOCKED -DWALKERS=0      the last put looks at the end without the lock
 *   fault -DF_ASK_THEN_CLOSE -DWALKERS=0    the last put gives its reference away, then closes
 *   fault -DF_OWNED_EARLY -DWALKERS=0       the end looks too early whether it has a reference
 *   fault -DF_HANDLE_BLIND -DWALKERS=0      the last handle drops what the end has dropped
 *   fault -DF_UNBIND_LATE -DWALKERS=0       the end drops its reference, then leaves the bind
 *   fault -DF_PINS_UNSEEN -DHOLDERS=1       the end does not look for pins
 *   fault -DF_LEFT_IS_OVER -DHOLDERS=1      a pinned end counts as over
 *   fault -DF_UNPIN_FORGETS -DHOLDERS=1     the last pin forgets what was left to it
 *   fault -DF_PIN_ENDED -DHOLDERS=1         a walker pins what has ended
 *   fault -DF_TEST_THEN_CLOSE -DWALKERS=0   two closers both find it open
 *   fault -DF_COMPLETE_BUSY -DWALKERS=0     the closer completes with an operation running
 *   fault -DF_UNREGISTER_LATE -DHOLDERS=1   an unregistration returns before it has closed
 */
#ifndef HOLDERS
#define HOLDERS 2 /* have a reference; operate, or close, or do nothing, and put */
#endif
#ifndef WALKERS
#define WALKERS 1
#endif
#ifndef EVENTS
#define EVENTS 1
#endif
#ifndef UNREGISTERS
#define UNREGISTERS 1
#endif
#define HANDLES 1
#define PROCESSES (HOLDERS + WALKERS + EVENTS + UNREGISTERS + HANDLES)

#define LIVE 0
#define COMPLETING 1
#define LEFT 2
#define ENDED 3

bool resource; /* the two locks */
bool bind;

byte count = 1 + HOLDERS;
bool owned = true; /* the end has a reference to drop; under the resource lock */
byte end; /* under the resource lock */
byte pins; /* the same */
bool in_list = true; /* the same */
bool bound = true; /* under the bind's lock */

bool closed; /* the operation counter */
bool held = true;
byte operations;

/* Ghosts. */
bool freed;
byte closes;
byte completes;
bool refused; /* an unregistration or an event has returned */
byte finished;

hidden byte M1, M2, M3, M4, M5;

inline touch()
{
	assert(M1 || !freed)
}

inline acquire(mutex)
{
	atomic { !mutex -> mutex = true }
}

inline ref()
{
	atomic {
		touch();
		assert(M1 || count > 0);
		count++
	}
}

inline destroy()
{
	acquire(resource);
	atomic {
		assert(M3 || end == ENDED);
		assert(M1 || pins == 0);
		in_list = false
	};
	atomic {
		resource = false;
		assert(M3 || !freed);
		freed = true
	}
}

/* One step of a put: fills last, or it is done. */
inline put_unless_last()
{
	last = false;
	do
	:: atomic { touch(); seen = count };
#ifdef F_PUT_TWO_STEPS
	   if
	   :: seen == 1 -> last = true; break
	   :: else -> count = seen - 1; break
	   fi
#else
	   if
	   :: seen == 1 -> last = true; break
	   :: else ->
		atomic {
			touch();
			if
			:: count == seen -> count--; break
			:: else
			fi
		}
	   fi
#endif
	od
}

/* After the end said that it is over. */
inline put_over()
{
	atomic {
		touch();
		count--;
		last = (count == 0)
	};
	if
	:: last -> destroy()
	:: else
	fi
}

/* A put of a session that has ended: the question is answered by no. */
inline put_ended()
{
	put_unless_last();
	if
	:: last ->
		acquire(resource);
		atomic { touch(); resource = false };
		put_over()
	:: else
	fi
}

/* The last step of a session. */
inline complete()
{
	acquire(resource);
	atomic { touch(); end = COMPLETING };
#ifdef F_OWNED_EARLY
	atomic { drop = owned; owned = false };
#endif
	resource = false;
#ifndef F_UNBIND_LATE
	unbind();
#endif
	atomic {
		touch();
		assert(M4 || operations == 0);
		assert(M2 || (closes == 1 && completes == 0));
		completes++
	};
	acquire(resource);
	atomic {
		touch();
		if
#ifndef F_PINS_UNSEEN
		:: pins > 0 -> end = LEFT; drop = false
#endif
		:: else ->
			end = ENDED;
#ifndef F_OWNED_EARLY
			drop = owned;
			owned = false
#endif
		fi
	};
	resource = false;
	if
	:: drop -> put_ended(); drop = false
	:: else
	fi;
#ifdef F_UNBIND_LATE
	unbind()
#endif
}

inline unbind()
{
	acquire(bind);
	atomic { touch(); bound = false };
	bind = false
}

/* si_rundown_close(), and what follows for the one that closes. */
inline mark()
{
#ifdef F_TEST_THEN_CLOSE
	atomic { touch(); won = !closed };
	closed = true
#else
	atomic { touch(); won = !closed; closed = true }
#endif
}

inline let_end()
{
	if
	:: won ->
		atomic {
			touch();
			assert(M2 || (closes == 0 && completes == 0));
			closes++
		};
		atomic {
			touch();
			held = false;
#ifndef F_COMPLETE_BUSY
			won = (operations == 0)
#endif
		};
		if
		:: won -> complete()
		:: else
		fi;
		won = false
	:: else
	fi
}

inline close()
{
	mark();
	let_end()
}

/*
 * last_reference(): true in taken if the reference has become the end's. Another
 * thread's end may drop it at any time. So this thread marks the session closed
 * under the same lock, and touches it afterwards only if it is the closer.
 */
inline ask()
{
#ifndef F_ASK_UNLOCKED
	acquire(resource);
#endif
	atomic {
		touch();
#ifdef F_LEFT_IS_OVER
		taken = (end < LEFT)
#else
		taken = (end < ENDED)
#endif
	};
	if
	:: taken ->
#ifndef F_TAKEN_UNSAID
		owned = true;
#endif
#ifndef F_ASK_THEN_CLOSE
		mark()
#endif
	:: else
	fi;
#ifndef F_ASK_UNLOCKED
	resource = false;
#endif
	if
	:: taken ->
#ifdef F_ASK_THEN_CLOSE
		mark();
#endif
		let_end()
	:: else
	fi
}

inline put()
{
#ifdef F_PUT_ASKS_NOBODY
	put_over();
#else
#ifdef F_PUT_FROM_ZERO
	atomic { touch(); count--; last = (count == 0) };
	if
	:: last ->
		ref();
		ask();
		if
		:: taken -> taken = false
		:: else -> put_over()
		fi
	:: else
	fi;
#else
	put_unless_last();
	if
	:: last ->
		ask();
		if
		:: taken -> taken = false
		:: else -> put_over()
		fi
	:: else
	fi;
#endif
#endif
	last = false
}

inline finish()
{
	atomic {
		seen = 0;
		finished++;
		if
		:: finished == PROCESSES ->
			assert(M3 || (freed && count == 0 && !in_list));
			assert(M2 || (closes == 1 && completes == 1))
		:: else
		fi
	}
}

/* KosSessionRef() and KosSessionPut(). */
inline operate()
{
	atomic {
		touch();
		if
		:: !closed ->
			assert(M5 || !refused);
			operations++;
			won = true
		:: else
		fi
	};
	if
	:: won ->
		atomic {
			touch();
			operations--;
			won = (closed && !held && operations == 0)
		};
		if
		:: won -> complete()
		:: else
		fi;
		won = false
	:: else
	fi
}

proctype holder()
{
	byte seen;
	bool last, taken, won, drop;

	if
	:: operate()
	:: close()
	:: true
	fi;
	put();
	finish()
}

/* The last handle goes: it drops the first reference, unless the end has. */
proctype handle()
{
	byte seen;
	bool last, taken, won, drop, mine;

	acquire(resource);
	/* The handle's own share keeps the pointer valid as long as the end has not begun to go. */
	atomic {
#ifdef F_HANDLE_BLIND
		mine = true;
#else
		mine = owned && in_list && end == LIVE;
#endif
		if
		:: mine -> owned = false
		:: else
		fi
	};
	resource = false;
	if
	:: mine -> mine = false; put()
	:: else
	fi;
	finish()
}

/* Under the lock a session that is in the list is there. */
inline pin()
{
	acquire(resource);
	atomic {
		if
#ifdef F_PIN_ENDED
		:: in_list && !freed ->
#else
		:: in_list && end < LEFT ->
#endif
			touch();
			pins++;
			pinned = true
		:: else
		fi
	};
	resource = false
}

inline unpin()
{
	acquire(resource);
	atomic {
		touch();
		pins--;
		pinned = false;
		if
		:: pins == 0 && end == LEFT ->
			end = ENDED;
			drop = owned;
#ifdef F_UNPIN_FORGETS
			drop = false;
#endif
			owned = false
		:: else
		fi
	};
	resource = false;
	if
	:: drop -> put_ended(); drop = false
	:: else
	fi
}

#if WALKERS
proctype walker()
{
	byte seen;
	bool last, drop, pinned;

	pin();
	if
	:: pinned ->
		touch(); /* its handler */
		unpin()
	:: else
	fi;
	finish()
}
#endif

#if UNREGISTERS
proctype unregister()
{
	byte seen;
	bool last, won, drop, pinned;

	pin();
	if
	:: pinned ->
#ifdef F_UNREGISTER_LATE
		refused = true;
#endif
		close();
		unpin()
	:: else
	fi;
	refused = true;
	finish()
}
#endif

#if EVENTS
/* A bind's event closes. */
proctype event()
{
	byte seen;
	bool last, taken, won, drop, mine;

	acquire(bind);
	atomic {
		if
		:: bound ->
			ref();
			mine = true
		:: else
		fi
	};
	bind = false;
	if
	:: mine ->
		mine = false;
		close();
		put()
	:: else
	fi;
	refused = true;
	finish()
}
#endif

init {
	byte i;

	atomic {
		run handle();
		do
		:: i < HOLDERS -> run holder(); i++
		:: else -> break
		od;
#if WALKERS
		run walker();
#endif
#if UNREGISTERS
		run unregister();
#endif
#if EVENTS
		run event();
#endif
		i = 0
	}
}
