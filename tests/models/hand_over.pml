/* SPDX-License-Identifier: MIT */
/*
 * How the threads of a schedule hand over, src/testing/testing_threads_run.c, as a
 * Spin model: (testing_threads_run-1)-(testing_threads_run-4).
 *
 * The first thread starts two others. All use one lock, and any choice of the next
 * thread is made. A thread that finds the lock held waits until it was given back. The
 * first waits at its end for the two others.
 *
 *   (M1) one thread runs at a time;
 *   (M2) it is the one that was named;
 *   (M3) one thread has the lock;
 *   (M4) in the end all have ended, and the lock is free.
 *
 * Left out: sleeps, whose wake is as that of a held lock; failures of the system.
 *
 *   sound
 *   fault -DF_POST_FIRST     a thread posts before it names the next one
 *   fault -DF_POST_FORGETS   a post that comes before the wait is lost
 *   fault -DF_NO_WAIT        a thread that has handed over runs on
 *   fault -DF_BEGIN_AT_ONCE  a new thread does not wait for its turn
 *   fault -DF_END_KEEPS      a thread that has ended hands over to nobody
 *   fault -DF_CHOOSE_ENDED   a thread that has ended may be chosen
 *   fault -DF_CHOOSE_HELD    a thread that waits for the lock may be chosen, and has it then
 *   fault -DF_NO_MARK        giving back the lock makes nobody ready
 *   fault -DF_JOIN_ONCE      the first does not look again whether all have ended
 */
#define THREADS 3
#define READY 0
#define HELD 1
#define JOINING 2
#define ENDED 3
#define ABSENT 4

byte status[THREADS] = ABSENT;
byte turn[THREADS]; /* semaphores */
bool waits[THREADS]; /* for its semaphore */
byte named; /* the active thread */
byte running; /* threads between a wait and a hand-over */
bool lock;
byte owners;

hidden byte M1, M2, M3, M4;

#ifdef F_CHOOSE_ENDED
#define MAY(i) (status[i] == READY || status[i] == ENDED)
#else
#ifdef F_CHOOSE_HELD
#define MAY(i) (status[i] == READY || status[i] == HELD)
#else
#define MAY(i) (status[i] == READY)
#endif
#endif

inline take_turn()
{
	atomic { waits[me] = true; turn[me] > 0 -> turn[me]--; waits[me] = false };
	atomic {
		running++;
		assert(M1 || running == 1);
		assert(M2 || named == me)
	}
}

inline post(i)
{
#ifdef F_POST_FORGETS
	atomic {
		if
		:: waits[i] -> turn[i]++
		:: else
		fi
	}
#else
	turn[i]++
#endif
}

/* Any thread that can run is chosen. With none the model hangs, which a search finds. */
inline hand_over()
{
	if
	:: MAY(0) -> next = 0
	:: MAY(1) -> next = 1
	:: MAY(2) -> next = 2
	fi;
	if
	:: next == me
	:: else ->
		running--;
#ifdef F_POST_FIRST
		post(next);
		named = next;
#else
		named = next;
		post(next);
#endif
#ifdef F_NO_WAIT
		running++;
		assert(M1 || running == 1);
		assert(M2 || named == me)
#else
		take_turn()
#endif
	fi
}

inline work()
{
	hand_over();
	do
	:: lock ->
		status[me] = HELD;
		hand_over();
#ifdef F_CHOOSE_HELD
		status[me] = READY;
		break
#endif
	:: else -> break
	od;
	lock = true;
	owners++;
	assert(M3 || owners == 1);
	hand_over();
	owners--;
	lock = false;
#ifndef F_NO_MARK
	d_step {
		if
		:: status[0] == HELD -> status[0] = READY
		:: else
		fi;
		if
		:: status[1] == HELD -> status[1] = READY
		:: else
		fi;
		if
		:: status[2] == HELD -> status[2] = READY
		:: else
		fi
	};
#endif
	hand_over()
}

proctype thread(byte me)
{
	byte next;

#ifdef F_BEGIN_AT_ONCE
	atomic { running++; assert(M1 || running == 1) };
#else
	take_turn();
#endif
	work();
	status[me] = ENDED;
	if
	:: status[0] == JOINING -> status[0] = READY
	:: else
	fi;
#ifdef F_END_KEEPS
	running--
#else
	/* It stays until the process ends. */
	if
	:: MAY(0) -> next = 0
	:: MAY(1) -> next = 1
	:: MAY(2) -> next = 2
	fi;
	running--;
	named = next;
	post(next)
#endif
}

init {
	byte me = 0;
	byte next;

	status[0] = READY;
	running = 1;
	status[1] = READY;
	run thread(1);
	hand_over();
	status[2] = READY;
	run thread(2);
	work();
#ifdef F_JOIN_ONCE
	if
#else
	do
#endif
	:: status[1] != ENDED || status[2] != ENDED ->
		status[0] = JOINING;
		hand_over()
#ifdef F_JOIN_ONCE
	:: else
	fi;
#else
	:: else -> break
	od;
#endif
	assert(M4 || (status[1] == ENDED && status[2] == ENDED && !lock));
}
