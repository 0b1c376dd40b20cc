/* SPDX-License-Identifier: MIT */
/*
 * The lock of src/platform/uv/lock.h (uv_lock-1)-(uv_lock-5): unlocking is a plain
 * store and a look, and only a thread that has to wait pays for a barrier. That
 * barrier makes every other thread's stores visible and its later loads fresh, at
 * some moment while it lasts. store_buffer.h says how memory is modelled.
 *
 * Each thread takes the lock once or twice and counts in a plain variable. A
 * thread that sleeps and is never woken is an invalid end state. Checked:
 *
 *   (M1) one thread at a time holds the lock;
 *   (M2) what one holder wrote, the next one reads.
 *
 * Left out: spinning before a thread waits, and wakes that come without a reason,
 * which the loop takes like any other.
 *
 *   sound -DLOCKERS=3
 *   sound -DLOCKERS=2 -DROUNDS=2
 *   sound -DLOCKERS=3 -DFENCED       the platform has no heavy barrier
 *   large -DLOCKERS=3 -DROUNDS=2
 *   fault -DF_NO_HEAVY               a waiter issues no barrier
 *   fault -DF_HEAVY_FIRST            it issues it before it is counted
 *   fault -DF_HEAVY_HALF             the barrier does not reach all threads
 *   fault -DF_SLEEP_BLIND            it sleeps without a look at the word
 *   fault -DF_COUNT_ONCE -DLOCKERS=3 it is not counted while it sleeps again
 *   fault -DF_LOOK_FIRST             an unlock looks before it stores
 *   fault -DF_NO_FENCE -DFENCED      without the heavy barrier the light one does nothing
 *   fault -DF_WAKE_NOBODY            an unlock that sees a waiter wakes none
 *   fault -DF_UNLOCK_RELAXED         the store of an unlock is no release
 *   fault -DF_LOCK_RELAXED           taking the lock is no acquire
 *   fault -DF_LOAD_AND_STORE -DNO_M2 taking the lock is a load and a store
 */
#ifndef LOCKERS
#define LOCKERS 2
#endif
#ifndef ROUNDS
#define ROUNDS 1
#endif

#define PROCESSES LOCKERS
#define VARIABLES 3
#define WORD 0 /* 1: held */
#define WAITERS 1
#define DATA 2

#include "store_buffer.h"

bool asleep[LOCKERS];

/* Ghosts. */
byte holders;
byte sections;

hidden byte M1, M2;

active proctype buffers()
{
	do
	LEAVE(0, WORD)
	LEAVE(0, DATA)
	LEAVE(1, WORD)
	LEAVE(1, DATA)
#if LOCKERS > 2
	LEAVE(2, WORD)
	LEAVE(2, DATA)
#endif
	:: timeout -> break
	od
}

/* The compare-exchange: acquire, on memory. */
inline try_lock()
{
#ifdef F_LOAD_AND_STORE
	taken = (memory[WORD] == 0);
	if
	:: taken -> memory[WORD] = 1
	:: else
	fi
#else
	atomic {
		taken = (memory[WORD] == 0 && !buffered[AT(me, WORD)]);
		if
		:: taken ->
			memory[WORD] = 1;
#ifndef F_LOCK_RELAXED
			forget(me, DATA);
#endif
			forget(me, WAITERS)
		:: else
		fi
	}
#endif
}

inline heavy()
{
	i = 0;
	do
#ifdef F_HEAVY_HALF
	:: i == LOCKERS - 1 -> break
	:: i < LOCKERS - 1 ->
#else
	:: i == LOCKERS -> break
	:: i < LOCKERS ->
#endif
		/* Its moment on thread i. */
		atomic { waiting[i] == 0 -> forget(i, WAITERS); forget(i, DATA); i++ }
	od;
	i = 0
}

inline announce()
{
	fence(me);
	atomic { memory[WAITERS] = memory[WAITERS] + 1 }
}

inline lock_slowly()
{
#ifdef F_HEAVY_FIRST
	heavy();
	announce();
#else
	announce();
#if !defined(F_NO_HEAVY) && !defined(FENCED)
	heavy();
#endif
#endif
	do
	:: try_lock();
		if
		:: taken -> break
		:: else
		fi;
		/* The system compares the word and puts the thread to sleep in one step. */
#ifdef F_SLEEP_BLIND
		asleep[me] = true;
#else
		if
		:: atomic { memory[WORD] == 1 -> asleep[me] = true }
		:: atomic { memory[WORD] == 0 -> skip }
		fi;
#endif
		!asleep[me];
#ifdef F_COUNT_ONCE
		atomic { counted -> memory[WAITERS] = memory[WAITERS] - 1; counted = false }
#endif
	od;
#ifdef F_COUNT_ONCE
	if
	:: counted -> atomic { memory[WAITERS] = memory[WAITERS] - 1 }
	:: else
	fi
#else
	atomic { memory[WAITERS] = memory[WAITERS] - 1 }
#endif
}

/* Any one of those that sleep; the system call comes after all stores before it. */
inline wake_one()
{
	fence(me);
	if
	:: atomic { asleep[0] -> asleep[0] = false }
	:: atomic { asleep[1] -> asleep[1] = false }
#if LOCKERS > 2
	:: atomic { asleep[2] -> asleep[2] = false }
	:: atomic { !asleep[0] && !asleep[1] && !asleep[2] -> skip }
#else
	:: atomic { !asleep[0] && !asleep[1] -> skip }
#endif
	fi
}

inline unlock()
{
	/* The processor may have read the count before it stores. */
	may_load_early(me, WAITERS);
#ifdef F_LOOK_FIRST
	load(me, WAITERS, seen);
#endif
#ifdef F_UNLOCK_RELAXED
	store(me, WORD, 0);
#else
	store_release(me, WORD, 0);
#endif
#if defined(FENCED) && !defined(F_NO_FENCE)
	atomic { fence(me); forget(me, WAITERS) };
#endif
#ifndef F_LOOK_FIRST
	load(me, WAITERS, seen);
#endif
	if
	:: seen != 0 ->
#ifndef F_WAKE_NOBODY
		wake_one();
#endif
		seen = 0
	:: else
	fi
}

inline section()
{
	atomic {
		assert(M1 || holders == 0);
		holders++
	};
	load(me, DATA, seen);
#ifndef NO_M2
	assert(M2 || seen == sections);
#endif
	store(me, DATA, seen + 1);
	atomic { seen = 0; sections++; holders-- }
}

proctype locker(byte me)
{
	byte i, seen, round;
	bool taken;
#ifdef F_COUNT_ONCE
	bool counted;
#endif

	do
	:: round == ROUNDS -> break
	:: round < ROUNDS ->
		round++;
#ifdef F_COUNT_ONCE
		counted = true;
#endif
		/* The processor may read ahead into the section. */
		may_load_early(me, DATA);
		try_lock();
		if
		:: taken -> skip
		:: else -> lock_slowly()
		fi;
		section();
		unlock()
	od
}

init {
	atomic {
		run locker(0);
		run locker(1);
#if LOCKERS > 2
		run locker(2);
#endif
	}
}
