/* SPDX-License-Identifier: MIT */
/*
 * The memory orders of `running`, `any_gone` and `gone`, src/user/host_walk.h and
 * host_watch.c (host-6). The thread that calls a watcher writes `running` and reads
 * `any_gone`, and `gone` only then. The thread that ends it does the reverse. A light barrier in the first and a
 * heavy one in the second make one of them see the other. The heavy one makes the
 * caller's stores visible and its later loads fresh, at some moment while it lasts.
 * store_buffer.h says how memory is modelled.
 *
 * The caller has two events for one watcher, which somebody ends meanwhile. It
 * counts its calls in a plain variable:
 *
 *   (M1) no call runs when the watcher is released, and none begins after it;
 *   (M2) it is released once, and somebody does;
 *   (M3) the thread that releases it reads what its calls have written.
 *
 * Left out: everything else about a host, which dispatcher.pml has.
 *
 *   sound
 *   sound -DFENCED               the platform has no heavy barrier: both are fences
 *   fault -DF_NO_HEAVY -DNO_M3   the ender issues no barrier
 *   fault -DF_HEAVY_FIRST        it issues it before it sets gone
 *   fault -DF_NO_LIGHT -DFENCED  the caller issues none, where the light one is a fence
 *   fault -DF_RUNNING_RELAXED    running is changed by a relaxed store
 *   fault -DF_NO_WALK_SEEN       the ender does not know that somebody walks
 *   fault -DF_ANY_LATE -DNO_M3   the ender says that any is gone after the barrier
 *   fault -DF_ANY_FIRST          the caller reads it before it says who runs
 *   fault -DF_ANY_CLEARED        it is cleared before the next watcher runs
 *   fault -DF_END_TWICE -DNO_M3  the caller does not ask whether it is to end it
 */
#define PROCESSES 2
#define VARIABLES 4
#define CALLER 0
#define ENDER 1
#define RUNNING 0
#define GONE 1
#define DATA 2
#define ANY 3 /* any_gone */

#include "store_buffer.h"

bool locked;
bool end_wanted; /* these two: under the lock */
bool walking;

/* Ghosts. */
bool calling;
byte releases;
byte calls;

hidden byte M1, M2, M3;

active proctype buffers()
{
	do
	LEAVE(CALLER, RUNNING)
	LEAVE(CALLER, DATA)
	LEAVE(CALLER, ANY)
	LEAVE(ENDER, GONE)
	LEAVE(ENDER, ANY)
	:: timeout -> break
	od
}

inline release(me)
{
	load(me, DATA, data);
	atomic {
		assert(M1 || !calling);
		assert(M2 || releases == 0);
#ifndef NO_M3
		assert(M3 || data == calls);
#endif
		releases++
	}
}

inline lock(me)
{
	atomic { !locked -> locked = true; forget(me, DATA); forget(me, RUNNING); forget(me, GONE); forget(me, ANY) }
}

inline unlock(me)
{
	fence(me);
	locked = false
}

/* set_running() */
inline set_running(value)
{
	/* The processor may have read these before it stores. */
	may_load_early(CALLER, GONE);
	may_load_early(CALLER, ANY);
#ifdef F_RUNNING_RELAXED
	store(CALLER, RUNNING, value);
#else
	store_release(CALLER, RUNNING, value);
#endif
#if defined(FENCED) && !defined(F_NO_LIGHT)
	atomic { fence(CALLER); forget(CALLER, GONE); forget(CALLER, ANY) }
#endif
}

/* Whether the watcher is gone, for the caller. */
inline look()
{
	load(CALLER, ANY, seen);
	if
	:: seen -> load(CALLER, GONE, seen)
	:: else
	fi
}

inline heavy()
{
#ifdef FENCED
	atomic { fence(ENDER); forget(ENDER, RUNNING) }
#else
	/* Full on this thread, before and after its moment on the caller's. */
	fence(ENDER);
	atomic { fence(CALLER); forget(CALLER, GONE); forget(CALLER, ANY) };
	forget(ENDER, RUNNING)
#endif
}

active proctype caller()
{
	byte seen;
	byte data;
	byte event;

	do
	:: event == 2 -> break
	:: event < 2 ->
		event++;
		lock(CALLER);
		load(CALLER, GONE, seen);
		if
		:: seen -> unlock(CALLER); break /* it is in no list any more */
		:: else -> walking = true; unlock(CALLER)
		fi;
#ifdef F_ANY_FIRST
		look();
		set_running(1);
#else
		set_running(1);
		look();
#endif
		if
		:: !seen ->
			atomic {
				assert(M1 || releases == 0);
				calling = true
			};
			load(CALLER, DATA, data);
			store(CALLER, DATA, data + 1);
			atomic { calls++; calling = false }
		:: else
		fi;
#ifdef F_ANY_CLEARED
		store(CALLER, ANY, 0);
#endif
		set_running(0);
		look();
		if
		:: seen ->
			lock(CALLER);
#ifdef F_END_TWICE
			release(CALLER);
#else
			if
			:: end_wanted ->
				end_wanted = false;
				release(CALLER)
			:: else
			fi;
#endif
			unlock(CALLER)
		:: else
		fi;
		lock(CALLER);
		walking = false;
		store(CALLER, ANY, 0);
		unlock(CALLER)
	od
}

active proctype ender()
{
	byte seen;
	byte data;

	lock(ENDER);
	/* The processor may read ahead, but not beyond the barrier. */
	may_load_early(ENDER, RUNNING);
	may_load_early(ENDER, DATA);
#ifdef F_HEAVY_FIRST
	heavy();
#endif
	store(ENDER, GONE, 1);
#ifndef F_NO_WALK_SEEN
	if
	:: walking ->
#ifndef F_ANY_LATE
		store(ENDER, ANY, 1);
#endif
#if !defined(F_NO_HEAVY) && !defined(F_HEAVY_FIRST)
		heavy();
#endif
#ifdef F_ANY_LATE
		store(ENDER, ANY, 1);
#endif
		atomic { load(ENDER, RUNNING, seen); forget(ENDER, DATA) }
	:: else
	fi;
#endif
	end_wanted = seen;
	unlock(ENDER);
	if
	:: !seen -> release(ENDER)
	:: else -> releases > 0 /* waits for the caller */
	fi
}
