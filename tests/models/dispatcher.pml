/* SPDX-License-Identifier: MIT */
/*
 * How a host delivers, as a Spin model: the baton, the queue, the watcher that is
 * running, and the end of a watcher. The code is in src/user/host_queue.c,
 * host_dispatch.c and host_watch.c.
 *
 * A step is a load, a store or a read-modify-write without the lock. Under the
 * lock, only changes that others can see without it are steps. Sleeping at the gate
 * and being woken are modelled. So a process whose wake is forgotten cannot go on,
 * and that is an invalid end state.
 *
 * Two posters each post an event. The first watcher answers one of them with a
 * post of its own, from inside; at the other it may end the second watcher. The
 * second watcher may also end itself, and ENDERS end it from outside. A third
 * watcher comes at any time. When its own post is delivered to it, the first
 * watcher waits for the other poster to return, if that one's event came before.
 * Checked in every interleaving:
 *
 *   (M1) one event at a time, and one call;
 *   (M2) when the end of a watcher has returned outside, no call of it runs, and
 *        none begins;
 *   (M3) a watcher that has ended itself, or that was ended by another watcher,
 *        is in its last call, if in any;
 *   (M4) a watcher that ends is released once, when no call of it runs, and before
 *        the first thread that ended it outside returns;
 *   (M5) a watcher that stays gets every event once, in order, before its post returns;
 *        so it gets those posted because of it;
 *   (M6) a watcher that comes during an event does not get it;
 *   (M7) a watcher that has been freed is not touched.
 *
 * Left out: filters, and waiting across hosts. destroying.pml has snapshots and the
 * end of a host. Also left out is memory weaker than sequential consistency: orders_running.pml
 * has the orders of the end.
 *
 * The runs of run.sh. A fault must be caught:
 *
 *   sound -DENDERS=1
 *   large -DENDERS=2
 *   fault -DF_TWO_BATONS         a poster delivers although another does
 *   fault -DF_GONE_UNREAD        a call begins without reading gone
 *   fault -DF_GONE_FIRST         gone is read, then the watcher put into running
 *   fault -DF_RUNNING_FIRST      running is read, then gone is set
 *   fault -DF_END_WITHOUT_WAIT   an end outside does not wait for the call
 *   fault -DF_FORGET_TO_FINISH   the caller does not end a watcher that is gone
 *   fault -DF_FINISH_EARLY       it looks whether to, before it clears running
 *   fault -DF_BOTH_RELEASE       the ender releases a watcher that its caller will
 *   fault -DF_RELEASE_LATE       the watcher has ended before it is released
 *   fault -DF_UNLINK_AT_ONCE     a watcher is freed while the lists are walked
 *   fault -DF_NO_LIMIT           a walk goes on to a watcher that came during it
 *   fault -DF_OWN_EVENT_ONLY     a callback's post does not count for its completion
 *   fault -DF_WAIT_INSIDE        a watcher that ends itself waits for itself
 *   fault -DF_POST_WAITS         a post from inside waits to be delivered
 *   fault -DF_NO_WAKE_FOR_OTHERS a poster whose event another delivered is not woken
 *   fault -DF_NO_WAKE_AT_END     a thread that puts the baton down wakes nobody
 *   fault -DF_COUNT_LATE         a waiter is counted after it has looked
 *   fault -DF_STAY_INSIDE        a watcher that is ended inside is not gone
 *   fault -DF_DIRECT_BUSY        an event overtakes the one that is being delivered
 *   fault -DF_DIRECT_QUEUE -DPOSTERS=3 an event overtakes those in the queue
 *   fault -DF_DIRECT_LEAVES      its poster leaves what callbacks posted in the queue
 *   fault -DF_DIRECT_UNCOUNTED   what callbacks post does not count for a direct event
 *   fault -DF_NO_WAKE_FOR_QUEUE  the baton is put down before a queue, and nobody is woken
 *   fault -DF_CALL_WHEN_GONE     a watcher that is gone is called until it has ended
 */

#ifndef ENDERS
#define ENDERS 1
#endif

#ifndef POSTERS
#define POSTERS 2
#endif
#define PROCESSES (POSTERS + ENDERS + 1)
#define WATCHERS 3 /* 0: stays; 1: is ended; 2: comes late */
#define NONE 7
#define NESTED POSTERS /* the item that watcher 0 posts; the posters' come before */
#define ITEMS (POSTERS + 1)
#define BIT(i) (1 << (i))

bool locked;
byte waiters;
byte waiting_posters; /* (host-11) */
bool wakes_posters;
bool asleep[PROCESSES];

bool busy;
byte holder = NONE;
chan queue = [ITEMS] of { byte };
byte completion_of[ITEMS];
byte pending[POSTERS];
byte current = NONE;

bool walking;
byte running = NONE;
byte last_number = 2;
bool linked[WATCHERS];
bool gone; /* all of these: watcher 1's */
bool end_wanted;
bool known = true;
bool ended;
bool retired;
byte refs = 1;

/* The rules by number: never true, named in an assertion so that pan names it. */
hidden byte M1, M2, M3, M4, M5, M6, M7;

/* Ghosts: the truth, for the assertions alone. */
byte calls;
bool in_call; /* of watcher 1 */
bool end_returned; /* outside */
bool last_call; /* ended inside */
byte releases;
bool freed;
byte appended; /* items so far */
byte position[ITEMS]; /* of an item in the queue, from 1 on */
byte seen; /* the position of the last item that watcher 0 got */
bool returned; /* the post of item 1 */
byte was; /* bit per watcher that was there when the event began */
byte finished;

inline touch(w)
{
	assert(M7 || w != 1 || !freed)
}

inline lock()
{
	atomic { !locked -> locked = true }
}

inline wake_all()
{
	d_step {
		i = 0;
		do
		:: i < PROCESSES -> asleep[i] = false; i++
		:: else -> break
		od;
		i = 0
	}
}

/* si_host_unlock() */
inline unlock()
{
	atomic {
		locked = false;
#ifndef F_NO_WAKE_AT_END
		if
		:: waiters > waiting_posters || (wakes_posters && waiters > 0) -> wake = true
		:: else
		fi;
		wakes_posters = false
#endif
	};
	if
	:: wake -> atomic { wake_all(); wake = false }
	:: else
	fi
}

/* si_host_wait_locked(): gate and lock are held from the look to the sleep. */
inline wait_until(condition, posters)
{
	atomic {
#ifndef F_COUNT_LATE
		waiters++;
		waiting_posters = waiting_posters + posters;
#endif
		locked = false
	};
	do
	:: atomic {
		!locked ->
		if
		:: condition -> locked = true; break
		:: else -> asleep[_pid - 1] = true
		fi
	   };
#ifdef F_COUNT_LATE
	   atomic { waiters++; waiting_posters = waiting_posters + posters };
#endif
	   !asleep[_pid - 1];
#ifdef F_COUNT_LATE
	   atomic { waiters--; waiting_posters = waiting_posters - posters }
#endif
	od;
#ifndef F_COUNT_LATE
	atomic { waiters--; waiting_posters = waiting_posters - posters }
#endif
}

inline drop_ref()
{
	refs--;
	if
	:: refs == 0 -> freed = true
	:: else
	fi
}

inline release_it()
{
	atomic {
		assert(M4 || (releases == 0 && !in_call));
		releases++
	}
}

/* release_locked() */
inline release_locked()
{
	atomic { known = false; locked = false };
#ifdef F_RELEASE_LATE
	lock();
	ended = true;
	unlock();
#endif
	release_it();
	lock();
	ended = true
}

/* end_locked(), by the first thread: no call of watcher 1 begins from here on. */
inline end_locked()
{
	refs++;
#ifdef F_RUNNING_FIRST
	end_wanted = (running == 1);
	gone = true
#else
#ifdef F_STAY_INSIDE
	gone = (_pid > POSTERS);
#else
	gone = true;
#endif
	end_wanted = (running == 1)
#endif
}

/* sessio_host_unwatch() by a thread that delivers: the lists are being walked. */
inline end_inside()
{
	lock();
	if
	:: known && !gone ->
		end_locked();
		atomic {
#ifdef F_UNLINK_AT_ONCE
			linked[1] = false;
			drop_ref()
#else
			retired = true
#endif
		};
		if
		:: !end_wanted -> release_locked()
		:: else ->
#ifdef F_BOTH_RELEASE
			release_it();
#endif
#ifdef F_WAIT_INSIDE
			wait_until(ended, 0);
#endif
			skip
		fi;
		atomic { refs--; last_call = true }
	:: else /* somebody is first: inside, there is no waiting */
	fi;
	unlock()
}

/* The same by a thread that does not. */
inline end_outside()
{
	lock();
	if
	:: !known -> skip
	:: known && gone ->
		refs++;
		wait_until(ended, 0);
		end_returns()
	:: known && !gone ->
		end_locked();
		atomic {
			if
#ifndef F_UNLINK_AT_ONCE
			:: walking -> retired = true
#endif
			:: else -> linked[1] = false; refs--
			fi
		};
		if
		:: !end_wanted -> release_locked()
		:: else ->
#ifdef F_BOTH_RELEASE
			release_it();
#endif
#ifndef F_END_WITHOUT_WAIT
			wait_until(ended, 0);
#endif
			skip
		fi;
		end_returns()
	fi;
	unlock()
}

inline end_returns()
{
	atomic {
		assert(M2 || !in_call);
		assert(M4 || releases == 1);
		end_returned = true;
		drop_ref()
	}
}

/* si_watch_finish(): the watcher before, if it is gone, may be for us to end. */
inline finish_before()
{
	if
	:: before == 1 ->
		atomic {
			touch(before);
			leave = !gone
		};
		if
		:: leave -> leave = false
		:: else ->
#ifndef F_FORGET_TO_FINISH
			lock();
			if
			:: end_wanted ->
				atomic { end_wanted = false; refs++ };
				release_locked();
				refs--
			:: else
			fi;
			unlock()
#endif
		fi
	:: else
	fi
}

inline append(item, owner)
{
	d_step {
		completion_of[item] = owner;
		pending[owner]++;
		appended++;
		position[item] = appended
	};
	queue!item
}

/* (host-10) */
inline begin_direct()
{
	d_step {
		completion_of[me] = me;
		appended++;
		position[me] = appended
	};
	atomic { busy = true; holder = me }
}

/* The callbacks of the watchers. */
inline act()
{
	if
	:: at == 0 && item == 0 ->
		lock();
#ifdef F_OWN_EVENT_ONLY
		atomic { append(NESTED, holder); pending[holder]-- };
#else
		if
#ifdef F_DIRECT_UNCOUNTED
		:: current == NONE -> atomic { append(NESTED, holder); pending[holder]-- }
#else
		:: current == NONE -> append(NESTED, holder)
#endif
		:: else -> append(NESTED, completion_of[current])
		fi;
#endif
		unlock();
#ifdef F_POST_WAITS
		lock();
		wait_until(seen >= position[NESTED], 1);
		unlock()
#endif
	:: at == 0 && item == NESTED && position[1] != 0 && position[1] < position[NESTED] ->
		returned /* an event that was delivered before: its post returns */
	:: (at == 0 && item == 1) || at == 1 -> end_inside()
	:: !(at == 0 && item == NESTED && position[1] != 0 && position[1] < position[NESTED]) -> skip
	fi
}

inline call()
{
	atomic {
		touch(at);
		assert(M1 || calls == 0);
		assert(M6 || (was & BIT(at)));
		calls++;
		if
		:: at == 0 ->
			assert(M5 || position[item] == seen + 1);
			seen = position[item]
		:: at == 1 ->
			assert(M2 || !end_returned);
			assert(M3 || !last_call);
			in_call = true
		:: else
		fi
	};
	act();
	atomic {
		calls--;
		if
		:: at == 1 -> in_call = false
		:: else
		fi
	}
}

/* The watcher after `before` in the list, up to the limit. */
inline next_of()
{
	atomic {
		touch(before);
		at = before + 1;
		do
		:: at < WATCHERS && !linked[at] -> at++
		:: else -> break
		od;
		if
#ifdef F_NO_LIMIT
		:: at >= WATCHERS -> at = NONE
#else
		:: at >= limit -> at = NONE
#endif
		:: else
		fi
	}
}

inline walk()
{
	at = 0;
	do
	:: at == NONE -> break
	:: else ->
#ifdef F_GONE_FIRST
		leave = (at == 1 && gone);
		running = at;
		notify = !leave;
		leave = false;
		finish_before();
#else
#ifdef F_FINISH_EARLY
		finish_before();
		running = at;
#else
		running = at;
		finish_before();
#endif
		notify = (at != 1 || !gone);
#ifdef F_GONE_UNREAD
		notify = true;
#endif
#ifdef F_CALL_WHEN_GONE
		notify = (at != 1 || !gone || !ended);
#endif
#endif
		if
		:: notify -> call()
		:: else
		fi;
		atomic { notify = false; before = at };
		next_of()
	od;
#ifdef F_FINISH_EARLY
	finish_before();
	running = NONE
#else
	running = NONE;
	finish_before()
#endif
}

/* Calls the watchers for the item in hand; the lock is held before and after. */
inline deliver_item()
{
	atomic {
		limit = last_number;
		was = linked[0] * BIT(0) + linked[1] * BIT(1) + linked[2] * BIT(2);
		walking = true;
		locked = false
	};
	walk();
	lock();
	atomic {
		walking = false;
		before = NONE;
		if
		:: retired -> retired = false; linked[1] = false; drop_ref()
		:: else
		fi
	}
}

/* deliver_next_locked() */
inline deliver_next()
{
	atomic {
		assert(M1 || current == NONE);
		queue?item;
		current = item
	};
	deliver_item();
	atomic {
		current = NONE;
		pending[completion_of[item]]--;
#ifndef F_NO_WAKE_FOR_OTHERS
		leave = (pending[completion_of[item]] == 0 && completion_of[item] != holder && waiters > 0);
#endif
		item = NONE;
		locked = !leave
	};
	/* Others come between the wake and the next item. */
	if
	:: leave ->
		atomic { wake_all(); leave = false };
		lock()
	:: else
	fi
}

/* deliver_until_locked() */
inline deliver_own()
{
	do
	:: pending[me] == 0 -> break
#ifdef F_TWO_BATONS
	:: pending[me] != 0 && len(queue) == 0 -> break
	:: pending[me] != 0 && len(queue) != 0 -> deliver_next()
#else
	:: pending[me] != 0 -> deliver_next()
#endif
	od;
	atomic {
		busy = false;
		holder = NONE;
#ifndef F_NO_WAKE_FOR_QUEUE
		wakes_posters = (len(queue) != 0)
#endif
	}
}

inline finish_process()
{
	atomic {
		finished++;
		if
		:: finished == PROCESSES ->
			assert(M4 || gone == (releases == 1));
			assert(M4 || gone == freed);
			assert(M5 || seen == appended)
		:: else
		fi
	}
}

proctype poster(byte me)
{
	byte i, item = NONE, at = NONE, before = NONE, limit;
	bool wake, leave, notify;

	lock();
	if
#ifdef F_DIRECT_BUSY
	:: len(queue) == 0 ->
#else
#ifdef F_DIRECT_QUEUE
	:: !busy ->
#else
	:: !busy && len(queue) == 0 ->
#endif
#endif
		begin_direct();
		item = me;
		deliver_item();
		item = NONE;
#ifdef F_DIRECT_LEAVES
		pending[me] = 0;
#endif
		deliver_own()
	:: else -> append(me, me)
	fi;
	do
	:: pending[me] == 0 -> break
#ifndef F_TWO_BATONS
	:: pending[me] != 0 && busy -> wait_until(pending[me] == 0 || !busy, 1)
	:: pending[me] != 0 && !busy ->
#else
	:: pending[me] != 0 && len(queue) == 0 -> wait_until(pending[me] == 0, 1)
	:: pending[me] != 0 && len(queue) != 0 ->
#endif
		atomic { busy = true; holder = me };
		deliver_own()
	od;
	atomic {
		assert(M5 || seen >= position[me]);
		assert(M5 || me != 0 || seen >= position[NESTED])
	};
	unlock();
	if
	:: me == 1 -> returned = true
	:: else
	fi;
	finish_process()
}

proctype ender()
{
	byte i;
	bool wake;

	end_outside();
	finish_process()
}

proctype newcomer()
{
	byte i;
	bool wake;

	lock();
	atomic { linked[2] = true; last_number = 3 };
	unlock();
	finish_process()
}

init {
	byte i;

	atomic {
		linked[0] = true;
		linked[1] = true;
		run poster(0);
		run poster(1);
#if POSTERS > 2
		run poster(2);
#endif
		run newcomer();
		do
		:: i < ENDERS -> run ender(); i++
		:: else -> break
		od
	}
}
