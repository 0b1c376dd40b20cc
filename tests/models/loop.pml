/* SPDX-License-Identifier: MIT */
/*
 * Deliveries on a loop, src/transport/loop.c, as a Spin model.
 *
 * A host posts three events to a watch and may be destroyed before, between or after
 * them. For some there is no memory. A session ends once. The loop's thread delivers, and at any
 * time, in a delivery too, it may end a watch or stop. A wake is a flag that the loop
 * takes down before it looks; several are one.
 *
 *   (M1) events are delivered in order, and those without memory are counted in
 *        their place;
 *   (M2) nobody wakes a loop whose wake is closed;
 *   (M3) a watch that has ended is not called, and is released once;
 *   (M4) nobody touches a watch that is freed;
 *   (M5) when nothing moves any more, all that was posted is delivered or dropped, and
 *        what has ended is freed.
 *
 * Left out: several hosts and sessions, snapshots, the reserve of records.
 *
 *   sound
 *   fault -DF_WAKE_FIRST       a poster wakes the loop, then appends
 *   fault -DF_WAKE_UNLOCKED    a poster wakes the loop with the lock released
 *   fault -DF_POST_STOPPED     a poster does not ask whether the loop has stopped
 *   fault -DF_LOOK_FIRST       the loop looks, then takes the wake down
 *   fault -DF_NO_REF           what is queued has no reference to its watch
 *   fault -DF_CALL_ENDED       a delivery does not ask whether its watch has ended
 *   fault -DF_RELEASE_TWICE    the host's last post does not ask, either
 *   fault -DF_GAP_OPEN         events pass a gap that is still queued
 *   fault -DF_GAP_LOST         a gap that is delivered forgets what came meanwhile
 *   fault -DF_NO_WAIT          a watch's end does not wait for the host's call
 *   fault -DF_KEEP_QUEUE       a stop leaves the queue as it is
 *   fault -DF_END_TWICE        a watch's end takes a session's reference that is taken
 */
#define EVENTS 3
#define GAP 10
#define LAST 11
#define ENDED 12

#define EVENT_WATCH 0
#define END_WATCH 1

bool lock;
bool resource; /* the resource's lock */
bool wake;
bool closed; /* the wake */
bool stopped;
chan queue = [6] of { byte };

byte refs[2] = 2; /* the watch's own, and the host's or the session's */
bool ended[2];
byte released;
bool gap;
byte missed;
byte expected = 1;

bool gone; /* the host's watcher; nobody calls it any more */
bool calling;
bool over; /* the host has released it */
bool listed = true; /* with the session */

hidden byte M1, M2, M3, M4, M5;

inline enter(mutex)
{
	atomic { !mutex -> mutex = true }
}

inline drop(which)
{
	d_step {
		assert(M4 || refs[which] > 0);
		refs[which]--
	}
}

inline send()
{
	d_step {
		assert(M2 || !closed);
		wake = true
	}
}

inline append(what, which)
{
	d_step {
#ifndef F_NO_REF
		refs[which]++;
#endif
		queue ! what
	};
#if !defined(F_WAKE_FIRST) && !defined(F_WAKE_UNLOCKED)
	send();
#endif
	sent = true
}

inline leave_and_wake()
{
	lock = false;
#ifdef F_WAKE_UNLOCKED
	if
	:: sent -> send()
	:: else
	fi;
#endif
	sent = false
}

#ifdef F_POST_STOPPED
#define IS_OPEN(which) (!ended[which])
#else
#define IS_OPEN(which) (!stopped && !ended[which])
#endif

inline enter_to_post(which)
{
#ifdef F_WAKE_FIRST
	if
	:: IS_OPEN(which) -> send()
	:: else
	fi;
#endif
	enter(lock)
}

active proctype host()
{
	byte n = 1;
	bool memory;
	bool sent;
	bool mine;

	do
	:: n <= EVENTS ->
		atomic {
			if
			:: gone -> break
			:: !gone -> calling = true
			fi
		};
		if
		:: memory = true
		:: memory = false
		fi;
		enter_to_post(EVENT_WATCH);
		assert(M4 || refs[EVENT_WATCH] > 0);
		if
		:: IS_OPEN(EVENT_WATCH) ->
			if
#ifdef F_GAP_OPEN
			:: gap && !memory -> missed++
			:: memory -> append(n, EVENT_WATCH)
#else
			:: gap -> missed++
			:: !gap && memory -> append(n, EVENT_WATCH)
#endif
			:: !gap && !memory ->
				gap = true;
				missed = 1;
				append(GAP, EVENT_WATCH)
			fi
		:: else
		fi;
		leave_and_wake();
		calling = false;
		n++
	:: break
	od;
	atomic { mine = !gone; gone = true };
	if
	:: mine ->
		enter_to_post(EVENT_WATCH);
		assert(M4 || refs[EVENT_WATCH] > 0);
		if
		:: IS_OPEN(EVENT_WATCH) -> append(LAST, EVENT_WATCH)
		:: else
		fi;
		leave_and_wake();
		over = true;
		drop(EVENT_WATCH)
	:: else
	fi
}

active proctype session()
{
	bool mine;
	bool sent;

	enter(resource);
	mine = listed;
	listed = false;
	resource = false;
	if
	:: mine ->
		enter_to_post(END_WATCH);
		assert(M4 || refs[END_WATCH] > 0);
		if
		:: IS_OPEN(END_WATCH) -> append(ENDED, END_WATCH)
		:: else
		fi;
		leave_and_wake();
		drop(END_WATCH)
	:: else
	fi
}

inline release()
{
	released++;
	assert(M3 || released == 1);
	drop(EVENT_WATCH)
}

/* On the loop's thread. */
inline end_events()
{
	enter(lock);
	mine = !ended[EVENT_WATCH];
	ended[EVENT_WATCH] = true;
	lock = false;
	if
	:: mine ->
		atomic { was_gone = gone; gone = true };
		if
		:: was_gone -> over
		:: else ->
#ifndef F_NO_WAIT
			!calling;
#endif
			drop(EVENT_WATCH)
		fi;
		release()
	:: else
	fi
}

inline end_session()
{
	enter(lock);
	mine = !ended[END_WATCH];
	ended[END_WATCH] = true;
	lock = false;
	if
	:: mine ->
		enter(resource);
#ifdef F_END_TWICE
		was_gone = true;
#else
		was_gone = listed;
#endif
		listed = false;
		resource = false;
		if
		:: was_gone -> drop(END_WATCH)
		:: else
		fi;
		drop(END_WATCH)
	:: else
	fi
}

inline stop()
{
	enter(lock);
	stopped = true;
	lock = false;
#ifndef F_KEEP_QUEUE
	do
	:: queue ? what ->
#ifndef F_NO_REF
		if
		:: what == ENDED -> drop(END_WATCH)
		:: else -> drop(EVENT_WATCH)
		fi
#endif
	:: empty(queue) -> break
	od;
#endif
	end_events();
	end_session();
	closed = true
}

inline deliver()
{
	assert(M4 || refs[EVENT_WATCH + (what == ENDED)] > 0);
	if
#ifdef F_CALL_ENDED
	:: what <= EVENTS ->
#else
	:: what <= EVENTS && !ended[EVENT_WATCH] ->
#endif
		assert(M3 || !ended[EVENT_WATCH]);
		assert(M1 || what == expected);
		expected++
	:: what == GAP && !ended[EVENT_WATCH] ->
#ifdef F_GAP_LOST
		expected = expected + missed;
#endif
		enter(lock);
#ifndef F_GAP_LOST
		expected = expected + missed;
#endif
		missed = 0;
		gap = false;
		lock = false
#ifdef F_RELEASE_TWICE
	:: what == LAST ->
#else
	:: what == LAST && !ended[EVENT_WATCH] ->
#endif
		ended[EVENT_WATCH] = true;
		release()
	:: what == ENDED && !ended[END_WATCH] ->
		ended[END_WATCH] = true;
		drop(END_WATCH)
	:: else
	fi;
	/* Inside of the callback. */
	if
	:: end_events()
	:: end_session()
	:: stop()
	:: true
	fi;
#ifndef F_NO_REF
	if
	:: kind == ENDED -> drop(END_WATCH)
	:: else -> drop(EVENT_WATCH)
	fi
#endif
}

active proctype loop()
{
	byte what;
	byte kind;
	byte count;
	bool mine;
	bool was_gone;
	bool hurries;

	if
	:: hurries = true
	:: hurries = false
	fi;
	do
	:: wake ->
#ifdef F_LOOK_FIRST
		count = len(queue);
		wake = false;
#else
		wake = false;
		enter(lock);
		count = len(queue);
		lock = false;
#endif
		do
		:: count > 0 && !stopped ->
			enter(lock);
			queue ? what;
			lock = false;
			kind = what;
			deliver();
			count--
		:: count == 0 || stopped -> break
		od;
		if
		:: stopped -> break
		:: else
		fi
	:: hurries -> stop(); break
	:: timeout ->
		assert(M5 || empty(queue));
		stop();
		break
	od;
	/* The host and the session are done some time. */
	timeout;
	assert(M5 || empty(queue));
	assert(M5 || (refs[EVENT_WATCH] == 0 && refs[END_WATCH] == 0))
}
