/* SPDX-License-Identifier: MIT */
/*
 * The gate and its waiters, src/base/waiting.h and the gate of src/platform, as a
 * Spin model. No sleep ends by itself. So a process whose wake is lost cannot go on.
 *
 * Two waiters each wait for a condition of their own, and one of them may be cancelled
 * or time out. Two wakers make one condition true each. A waiter's count is stored
 * relaxed: it comes into memory at any time, at the latest when the waiter releases a
 * lock or the gate. A waker loads the count relaxed: at any time since it took a lock.
 *
 *   (M1) a wait that says done is done;
 *   (M2) in the end nobody is counted, and the gate is free.
 *
 * Left out: the meaning of the conditions, clocks, more than one lock.
 *
 *   sound
 *   fault -DF_COUNT_LATE         a waiter is counted after it has looked
 *   fault -DF_LOOK_UNLOCKED      a waiter looks without the lock
 *   fault -DF_MAKE_UNLOCKED      a condition becomes true without the lock
 *   fault -DF_ASK_FIRST          a waker asks who waits, then makes it true
 *   fault -DF_NO_WAKE            a waker wakes nobody
 *   fault -DF_WAKE_OUTSIDE       a wake does not enter the gate
 *   fault -DF_WAKE_ONE           a wake wakes one sleeper
 *   fault -DF_LOOK_ONCE          a woken waiter does not look again
 *   fault -DF_SLEEP_UNGATED      the gate is left before the sleep
 *   fault -DF_CANCEL_KEEPS_GATE  a cancelled waiter does not leave the gate
 *   fault -DF_CANCEL_KEEPS_COUNT a cancelled waiter stays counted
 */
#define WAITERS 2
#define NONE 2

bool gate;
bool lock;
bool condition[WAITERS];
bool asleep[WAITERS];
bool counted[WAITERS]; /* in memory */
bool counts[WAITERS]; /* as its owner has stored it */
byte finished;

hidden byte M1, M2;

#define ANYBODY (counted[0] || counted[1])

/* The stores of the counts, some time. */
active proctype buffers()
{
	do
	:: d_step { counted[0] != counts[0] -> counted[0] = counts[0] }
	:: d_step { counted[1] != counts[1] -> counted[1] = counts[1] }
	:: timeout -> break
	od
}

/* Also an acquire and a release: the owner's stores before it are in memory. */
inline enter(mutex)
{
	atomic { !mutex -> mutex = true }
}

inline leave(mutex, owner)
{
	counted[owner] == counts[owner];
	mutex = false
}

inline finish()
{
	atomic {
		finished++;
		if
		:: finished == 2 * WAITERS ->
			assert(M2 || !gate);
			assert(M2 || (!counts[0] && !counts[1]))
		:: else
		fi
	}
}

inline look()
{
#ifdef F_LOOK_UNLOCKED
	done = condition[me]
#else
	enter(lock);
	done = condition[me];
	leave(lock, me)
#endif
}

/* Releases the gate and sleeps in one step, and has the gate when it comes back. */
inline sleep()
{
#ifdef F_SLEEP_UNGATED
	leave(gate, me);
	asleep[me] = true;
#else
	atomic {
		counted[me] == counts[me] ->
		asleep[me] = true;
		gate = false
	};
#endif
	if
	:: !asleep[me]
	:: me == 1 -> cancelled = true; asleep[me] = false
	fi;
#ifdef F_CANCEL_KEEPS_GATE
	enter(gate);
	if
	:: cancelled -> goto gone
	:: else
	fi
#else
	enter(gate)
#endif
}

proctype waiter(byte me)
{
	bool done;
	bool cancelled;

#ifndef F_COUNT_LATE
	counts[me] = true;
#endif
	enter(gate);
	do
	:: true ->
		look();
#ifdef F_COUNT_LATE
		counts[me] = true;
#endif
		if
		:: done || cancelled -> break
		:: else
		fi;
		sleep();
#ifdef F_LOOK_ONCE
		done = true;
		break
#endif
	od;
	leave(gate, me);
#ifdef F_CANCEL_KEEPS_COUNT
	counts[me] = cancelled;
#else
	counts[me] = false;
#endif
	assert(M1 || !done || condition[me]);
#ifdef F_CANCEL_KEEPS_GATE
gone:
#endif
	finish()
}

/* A relaxed load that may happen at once, or later. */
inline may_ask()
{
	if
	:: atomic { asked = true; anybody = ANYBODY }
	:: true
	fi
}

proctype waker(byte which)
{
	bool asked;
	bool anybody;

#ifdef F_ASK_FIRST
	atomic { asked = true; anybody = ANYBODY };
#endif
#ifdef F_MAKE_UNLOCKED
	may_ask();
	condition[which] = true;
#else
	enter(lock);
#ifndef F_ASK_FIRST
	may_ask();
#endif
	condition[which] = true;
	lock = false;
#endif
	atomic {
		if
		:: !asked -> anybody = ANYBODY
		:: else
		fi;
#ifdef F_NO_WAKE
		anybody = false
#endif
	};
	if
	:: anybody ->
#ifndef F_WAKE_OUTSIDE
		enter(gate);
#endif
#ifdef F_WAKE_ONE
		if
		:: asleep[0] -> asleep[0] = false
		:: asleep[1] -> asleep[1] = false
		:: !asleep[0] && !asleep[1]
		fi;
#else
		d_step { asleep[0] = false; asleep[1] = false };
#endif
#ifndef F_WAKE_OUTSIDE
		gate = false
#endif
	:: else
	fi;
	finish()
}

init {
	atomic {
		run waiter(0);
		run waiter(1);
		run waker(0);
		run waker(1)
	}
}
