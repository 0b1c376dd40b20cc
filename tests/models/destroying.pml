/* SPDX-License-Identifier: MIT */
/*
 * The end of a host, src/user/host.c and host_watch.c, as a Spin model. A watcher
 * starts with a snapshot. Meanwhile two threads post an event each, one ends the
 * watcher and one destroys the host. A poster that meets another thread takes its turn
 * and looks again before it queues its event (host-12). They may come at any moment
 * while there is a host: a caller must not use one that is gone.
 *
 *   (M1) no thread touches a host that is gone;
 *   (M2) a watcher is not called when `released` has begun;
 *   (M3) a watcher that was started is released once, before the host is gone;
 *   (M4) all that was accepted is delivered before the host is gone.
 *
 * Left out: how threads sleep (waiting.pml), how long a post waits (dispatcher.pml),
 * and callbacks that destroy.
 *
 * The runs of run.sh. A fault must be caught:
 *
 *   sound
 *   fault -DF_NOT_QUIET          the destruction does not wait for deliveries
 *   fault -DF_NO_WAITERS         it does not wait for posters that sleep
 *   fault -DF_NOT_COUNTED        it does not wait for posters that look again
 *   fault -DF_COUNTED_TWICE      a poster counts itself each time it meets a delivery
 *   fault -DF_TURN_LATE          it gives up its turn when it no longer has the lock
 *   fault -DF_TURN_KEPT          it does not give it up
 *   fault -DF_TURN_INSIDE        it waits for its turn with the lock held
 *   fault -DF_NOT_UNUSED         it does not wait for the thread that ends a watcher
 *   fault -DF_NOT_CLOSING        posts are accepted until the host is gone
 *   fault -DF_SNAPSHOT_OF_GONE   a snapshot is delivered to a watcher that has ended
 *   fault -DF_NO_RELEASE         the destruction forgets a watcher and does not release it
 */
bool locked;
bool busy;
bool closing;
bool freed;
byte waiters;
bool turn; /* of the one poster that looks again */
byte holding_off; /* posters that look again, or wait for that, and have met a delivery */
chan queue = [3] of { byte };
bool done[3]; /* items: 0 the snapshot, 1 and 2 the events */
byte accepted;
byte delivered;

/* The watcher. */
bool known; /* in the host's map */
bool listed;
bool running;
bool walking;
bool retired;
bool gone;
bool end_wanted;
bool ended;
bool releasing;
byte refs;
bool in_call; /* ghosts, as the next two */
bool started;
byte released;

hidden byte M1, M2, M3, M4;

inline lock()
{
	atomic { !locked -> assert(M1 || !freed); locked = true }
}

inline unlock()
{
	locked = false
}

/* The first lock of a call. */
inline come()
{
	atomic {
		!locked;
		if
		:: freed -> goto away
		:: else -> locked = true
		fi
	}
}

inline sleep_until(condition)
{
	atomic { waiters++; locked = false };
	atomic { !locked && (condition) -> assert(M1 || !freed); locked = true; waiters-- }
}

inline release()
{
	atomic { releasing = true; locked = false };
	atomic { assert(M2 || !in_call); assert(M3 || released == 0); released++ };
	lock();
	atomic { releasing = false; known = false; ended = true }
}

inline end_watcher()
{
	atomic {
		gone = true;
		end_wanted = running;
		if
		:: listed && walking -> retired = true
		:: listed && !walking -> listed = false; refs--
		:: else
		fi
	}
}

/* The lock is released meanwhile. */
inline call()
{
	atomic { walking = true; locked = false };
	running = true;
	if
	:: !gone ->
		atomic { assert(M2 || released == 0); in_call = true };
		in_call = false
	:: else
	fi;
	running = false;
	if
	:: gone ->
		lock();
		if
		:: end_wanted -> end_wanted = false; release()
		:: else
		fi;
		unlock()
	:: else
	fi;
	lock();
	atomic {
		walking = false;
		if
		:: retired -> retired = false; listed = false; refs--
		:: else
		fi
	}
}

/* Queues an item, and returns when it is delivered. */
inline run_item(own)
{
	atomic { queue!own; accepted++ };
	do
	:: done[own] -> break
	:: !done[own] && busy -> sleep_until(done[own] || !busy)
	:: !done[own] && !busy ->
		busy = true;
		do
		:: done[own] -> break
		:: else ->
			queue?item;
			if
#ifdef F_SNAPSHOT_OF_GONE
			:: item == 0 -> atomic { listed = true; refs++; gone = false }; call()
#else
			:: item == 0 && !gone -> atomic { listed = true; refs++ }; call()
			:: item == 0 && gone
#endif
			:: item != 0 && listed -> call()
			:: item != 0 && !listed -> unlock(); lock() /* another watcher */
			fi;
			atomic {
				done[item] = true;
				delivered++;
				if
				:: item == 0 -> refs-- /* the item's */
				:: else
				fi
			}
		od;
		busy = false
	od
}

proctype starter()
{
	byte item;

	come();
	if
	:: closing
	:: else ->
		atomic { known = true; started = true; refs = 1 };
		run_item(0)
	fi;
	unlock();
away:	skip
}

/* The lock is held, and somebody delivers. */
inline count_once()
{
	atomic {
		if
#ifdef F_COUNTED_TWICE
		:: true -> holding_off++; counted = true
#else
		:: !counted -> holding_off++; counted = true
		:: else
#endif
		fi;
#ifndef F_TURN_INSIDE
		locked = false
#endif
	}
}

/* As come(), unless the poster is counted. */
#define GONE (freed && !counted)

/* The lock is held afterwards. */
inline take_turn()
{
	atomic {
		!turn;
		if
		:: GONE -> goto away
		:: else -> assert(M1 || !freed); turn = true
		fi
	};
#ifdef F_TURN_INSIDE
	if
	:: counted -> locked = false
	:: else
	fi;
#endif
	do
	:: atomic {
		!locked;
		if
		:: GONE -> turn = false; goto away
		:: else -> assert(M1 || !freed); locked = true
		fi
	   };
	   if
	   :: !busy -> break
	   :: busy -> break /* it has looked for long enough */
	   :: busy -> count_once()
#ifdef F_TURN_INSIDE
		; locked = false
#endif
	   fi
	od;
#if !defined(F_TURN_LATE) && !defined(F_TURN_KEPT)
	turn = false;
#endif
	if
	:: counted -> holding_off--
	:: else
	fi
}

proctype poster(byte me)
{
	byte item;
	bool counted;

	atomic {
		if
		:: freed -> goto away
		:: !freed && locked -> goto crowded
		:: else -> locked = true
		fi
	};
	if
	:: busy ->
		count_once();
crowded:	take_turn()
	:: else
	fi;
	if
#ifndef F_NOT_CLOSING
	:: closing
#endif
	:: !closing -> run_item(me)
#ifdef F_NOT_CLOSING
	:: closing -> run_item(me)
#endif
	fi;
	unlock();
#ifdef F_TURN_LATE
	if
	:: turn -> atomic { assert(M1 || !freed); turn = false }
	:: else
	fi;
#endif
away:	skip
}

proctype ender()
{
	bool first;

	come();
	if
	:: !known
	:: else ->
		refs++;
		first = !gone;
		if
		:: first -> end_watcher()
		:: else
		fi;
		if
		:: first && !end_wanted -> release()
		:: else -> sleep_until(ended)
		fi;
		refs--
	fi;
	unlock();
away:	skip
}

#define IDLE (!busy && len(queue) == 0 && !releasing)
#ifdef F_NO_WAITERS
#define QUIET(mine) (IDLE && holding_off == 0)
#else
#ifdef F_NOT_COUNTED
#define QUIET(mine) (IDLE && waiters == mine)
#else
#define QUIET(mine) (IDLE && waiters == mine && holding_off == 0)
#endif
#endif

proctype destroyer()
{
	lock();
#ifndef F_NOT_QUIET
	do
	:: QUIET(0) -> break
	:: else -> sleep_until(QUIET(1))
	od;
#endif
	closing = true;
	if
	:: known && !gone ->
		refs++;
		end_watcher();
#ifdef F_NO_RELEASE
		atomic { known = false; ended = true };
#else
		release();
#endif
		refs--
	:: else
	fi;
#ifndef F_NOT_UNUSED
	do
	:: refs == 0 && !known -> break
	:: else -> sleep_until(refs == 0 && !known)
	od;
#endif
	atomic {
		assert(M3 || !started || released == 1);
		assert(M4 || delivered == accepted);
		locked = false;
		freed = true
	}
}

init {
	atomic {
		run starter();
		run poster(1);
		run poster(2);
		run ender();
		run destroyer()
	}
}
