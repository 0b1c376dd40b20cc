/* SPDX-License-Identifier: MIT */
/*
 * Posts across hosts, src/user/host_queue.c, as a Spin model. One host has two
 * posters of its own. Callbacks of two other hosts, on two other threads, post to
 * it, too: they only queue, and their threads owe the delivery.
 *
 * On a busy host such an item counts in the completion of the item in hand. On an
 * idle host the thread of the callback pays after its callback, unless others have
 * delivered by then. Sleeping and being woken are as in dispatcher.pml.
 *
 *   (M1) one event at a time;
 *   (M2) in the end everything has been delivered, and in the order of the queue;
 *   (M3) a post returns when its event has been delivered;
 *   (M4) a completion on the stack of a post is not touched after the post.
 *
 * Left out: a third host, and ends of watchers and of hosts.
 *
 * The runs of run.sh. A fault must be caught:
 *
 *   sound
 *   fault -DF_NEVER_PAY          the thread of the callback leaves its debt
 *   fault -DF_PAY_BUSY           it delivers although another thread does
 *   fault -DF_TRUST_THE_HOLDER   it trusts that the thread which delivers comes to its item
 *   fault -DF_WAKE_LATE          a completion is looked at after it came to 0
 *   fault -DF_LAST_FIRST         a poster's event goes before what was queued
 *   fault -DF_RETURN_EARLY       a post returns when its event is being delivered
 */
#define POSTERS 2
#define CALLBACKS 2
#define PROCESSES (POSTERS + CALLBACKS)
#define OWED POSTERS /* the completion of what is owed */
#define NONE 7

bool locked;
byte waiters;
bool asleep[PROCESSES];

bool busy;
bool is_owed;
byte holder = NONE; /* a completion, as the next two */
byte current = NONE;
byte counts_in[PROCESSES]; /* each process posts one item, of its own number */
byte pending[POSTERS + 1];
chan queue = [PROCESSES] of { byte };

/* Ghosts. */
byte calls;
byte delivered;
byte appended;
byte place[PROCESSES];
#ifdef F_LAST_FIRST
byte counts_first;
#endif
bool done[PROCESSES]; /* item by item */
bool returned[POSTERS];
byte finished;

hidden byte M1, M2, M3, M4;

inline lock()
{
	atomic { !locked -> locked = true }
}

inline wake_all()
{
	d_step { asleep[0] = false; asleep[1] = false; asleep[2] = false; asleep[3] = false }
}

/* si_host_unlock() */
inline unlock()
{
	atomic { locked = false; wake = (waiters > 0) };
	if
	:: wake -> atomic { wake_all(); wake = false }
	:: else
	fi
}

inline append(item, completion)
{
	atomic {
		counts_in[item] = completion;
		pending[completion]++;
		appended++;
		place[item] = appended;
#ifdef F_LAST_FIRST
		if
		:: completion < POSTERS && len(queue) == 1 ->
			queue?counts_first;
			queue!item;
			queue!counts_first
		:: else -> queue!item
		fi
#else
		queue!item
#endif
	}
}

/*
 * Takes the baton, and puts it down when `own` is at 0. A thread that wanted to pay
 * and met a delivery has left that to it.
 */
inline deliver_until(own)
{
	atomic { busy = true; holder = own };
	do
#ifdef F_TRUST_THE_HOLDER
	:: pending[own] == 0 -> break
#else
	:: pending[own] == 0 && (is_owed || pending[OWED] == 0) -> break
#endif
	:: else ->
		atomic {
			assert(M1 || current == NONE);
			queue?item;
			completion = counts_in[item];
			current = completion;
#ifdef F_RETURN_EARLY
			pending[completion]--;
#endif
			locked = false
		};
		atomic {
			assert(M1 || calls == 0);
			assert(M2 || place[item] == delivered + 1);
			calls++
		};
		atomic {
			calls--;
			delivered++;
			done[item] = true
		};
		lock();
		atomic {
			current = NONE;
			assert(M4 || completion == OWED || !returned[completion]);
#ifndef F_RETURN_EARLY
			pending[completion]--;
#endif
			wake_it = (pending[completion] == 0 && completion != holder)
		};
		if
		:: wake_it ->
			wake_it = false;
			unlock();
			lock();
#ifdef F_WAKE_LATE
			assert(M4 || completion == OWED || !returned[completion]); /* a look at it */
#endif
		:: else
		fi;
		atomic { item = NONE; completion = NONE }
	od;
	atomic { busy = false; holder = NONE }
}

inline finish()
{
	atomic {
		finished++;
		if
		:: finished == PROCESSES ->
			assert(M2 || (len(queue) == 0 && delivered == PROCESSES))
		:: else
		fi
	}
}

proctype poster(byte me)
{
	byte item = NONE, completion = NONE;
	bool wake, wake_it;

	lock();
	append(me, me);
	do
	:: pending[me] == 0 -> break
	:: pending[me] != 0 && busy ->
		/* si_host_wait_locked() */
		atomic { waiters++; locked = false };
		do
		:: atomic {
			!locked ->
			if
			:: pending[me] == 0 || !busy -> locked = true; break
			:: else -> asleep[me] = true
			fi
		   };
		   !asleep[me]
		od;
		waiters--
	:: pending[me] != 0 && !busy -> deliver_until(me)
	od;
	atomic {
		assert(M3 || done[me]);
		returned[me] = true
	};
	unlock();
	finish()
}

/* A callback of another host, and what its thread does after it. */
proctype callback(byte me)
{
	byte item = NONE, completion = NONE;
	bool wake, wake_it, owes;

	lock();
	if
	:: busy ->
		if
		:: current != NONE -> append(me, current)
		:: else -> append(me, holder)
		fi
	:: else ->
		append(me, OWED);
		if
		:: !is_owed -> atomic { is_owed = true; owes = true }
		:: else
		fi
	fi;
	unlock();
	if
#ifdef F_NEVER_PAY
	:: false ->
#else
	:: owes ->
#endif
		lock();
		is_owed = false;
		if
#ifdef F_PAY_BUSY
		:: pending[OWED] != 0 -> deliver_until(OWED)
#else
		:: !busy && pending[OWED] != 0 -> deliver_until(OWED)
#endif
		:: else
		fi;
		unlock()
	:: else
	fi;
	finish()
}

init {
	atomic {
		run poster(0);
		run poster(1);
		run callback(POSTERS);
		run callback(POSTERS + 1)
	}
}
