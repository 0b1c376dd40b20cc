/* SPDX-License-Identifier: MIT */
/*
 * The memory orders of `running` and `gone`, src/user/host_dispatch.c and
 * host_watch.c (host-6). The thread that calls a watcher writes `running` and reads
 * `gone`; the thread that ends it does the reverse. Only sequential consistency makes
 * one of them see the other. store_buffer.h says how memory is modelled.
 *
 * The caller has two events for one watcher, which somebody ends meanwhile:
 *
 *   (M1) no call runs when the watcher is released, and none begins after it;
 *   (M2) it is released once, and somebody does.
 *
 * Left out: everything else about a host, which dispatcher.pml has.
 *
 *   sound
 *   fault -DF_GONE_RELEASE       gone is stored by a release
 *   fault -DF_RUNNING_RELEASE    running is set by a release
 *   fault -DF_IDLE_RELEASE       running is cleared by a release
 *   fault -DF_GONE_EARLY         the caller loads gone relaxed
 *   fault -DF_RUNNING_EARLY      the ender loads running relaxed
 *   fault -DF_END_TWICE          the caller does not ask whether it is to end it
 */
#define PROCESSES 2
#define VARIABLES 2
#define CALLER 0
#define ENDER 1
#define RUNNING 0
#define GONE 1

#include "store_buffer.h"

bool locked;
bool end_wanted; /* under the lock */

/* Ghosts. */
bool calling;
byte releases;

hidden byte M1, M2;

#ifdef F_GONE_RELEASE
#define store_gone store_release
#else
#define store_gone store_seq_cst
#endif
#ifdef F_RUNNING_RELEASE
#define store_running store_release
#else
#define store_running store_seq_cst
#endif
#ifdef F_IDLE_RELEASE
#define store_idle store_release
#else
#define store_idle store_seq_cst
#endif

active proctype buffers()
{
	do
	LEAVE(CALLER, RUNNING)
	LEAVE(ENDER, GONE)
	:: timeout -> break
	od
}

inline release()
{
	atomic {
		assert(M1 || !calling);
		assert(M2 || releases == 0);
		releases++
	}
}

inline load_gone()
{
	load(CALLER, GONE, seen)
}

active proctype caller()
{
	byte seen;
	byte event;

	do
	:: event == 2 -> break
	:: event < 2 ->
		event++;
#ifdef F_GONE_EARLY
		may_load_early(CALLER, GONE);
#endif
		store_running(CALLER, RUNNING, 1);
		load_gone();
		if
		:: !seen ->
			atomic {
				assert(M1 || releases == 0);
				calling = true
			};
			calling = false
		:: else
		fi;
		store_idle(CALLER, RUNNING, 0);
		load_gone();
		if
		:: seen ->
			atomic { !locked -> locked = true };
#ifdef F_END_TWICE
			release();
#else
			if
			:: end_wanted ->
				end_wanted = false;
				release()
			:: else
			fi;
#endif
			fence(CALLER);
			locked = false
		:: else
		fi
	od
}

active proctype ender()
{
	byte seen;

	atomic { !locked -> locked = true };
#ifdef F_RUNNING_EARLY
	may_load_early(ENDER, RUNNING);
#endif
	store_gone(ENDER, GONE, 1);
	load(ENDER, RUNNING, seen);
	end_wanted = seen;
	fence(ENDER);
	locked = false;
	if
	:: !seen -> release()
	:: else -> releases > 0 /* waits for the caller */
	fi
}
