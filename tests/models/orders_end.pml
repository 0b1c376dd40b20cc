/* SPDX-License-Identifier: MIT */
/*
 * The memory orders of the operation counter's end, src/base/rundown.c. The work of
 * operations and of the close callback comes before the end, and a refused operation
 * sees the reason. There are two operations and one closer. store_buffer.h says how
 * memory is modelled. Words are as in rundown.pml, without stripes.
 *
 *   (M1) a refused operation sees the work done before the close;
 *   (M2) the end sees the work of the operations;
 *   (M3) the end sees the work of the close callback.
 *
 * Left out: how words are counted, which rundown.pml has. The release in
 * si_rundown_finish_release() is needed besides the one before it. That shows only
 * where stores of two processes may be seen in different orders, so not here.
 *
 *   sound
 *   fault -DF_RELEASE_RELAXED     an operation ends without a release
 *   fault -DF_BEGIN_RELAXED       an operation begins without an acquire
 *   fault -DF_CLOSE_NO_RELEASE    the close is no release
 *   fault -DF_CLOSE_NO_ACQUIRE    the close is no acquire
 *   fault -DF_FINISH_NO_ACQUIRE   the last release is no acquire
 *   fault -DF_CLOSER_NO_RELEASE   the closer's own release is no release
 *   fault -DF_CLOSER_NO_ACQUIRE   the closer's own release is no acquire
 */
#define PROCESSES 3
#define VARIABLES 4
#define CLOSER 2
#define WORK 0 /* and 1: the work of an operation */
#define REASON 2
#define CALLED 3

#include "store_buffer.h"

#define CLOSED 1
#define HELD 1
#define ONE 2

short central;
short drain = HELD;
bool begun[2]; /* ghost */

hidden byte M1, M2, M3;

#ifdef F_RELEASE_RELAXED
#define FENCE_RELEASE(p) skip
#else
#define FENCE_RELEASE(p) fence(p)
#endif
#ifdef F_BEGIN_RELAXED
#define BEGIN_ACQUIRES false
#else
#define BEGIN_ACQUIRES true
#endif
#ifdef F_CLOSE_NO_RELEASE
#define FENCE_CLOSE(p) skip
#else
#define FENCE_CLOSE(p) fence(p)
#endif
#ifdef F_CLOSE_NO_ACQUIRE
#define CLOSE_ACQUIRES false
#else
#define CLOSE_ACQUIRES true
#endif
#ifdef F_FINISH_NO_ACQUIRE
#define SETTLE_ACQUIRES false
#else
#define SETTLE_ACQUIRES true
#endif
#ifdef F_CLOSER_NO_RELEASE
#define FENCE_LET_GO(p) skip
#else
#define FENCE_LET_GO(p) fence(p)
#endif
#ifdef F_CLOSER_NO_ACQUIRE
#define LET_GO_ACQUIRES false
#else
#define LET_GO_ACQUIRES true
#endif

active proctype buffers()
{
	do
	LEAVE(0, WORK)
	LEAVE(1, WORK + 1)
	LEAVE(CLOSER, REASON)
	LEAVE(CLOSER, CALLED)
	:: timeout -> break
	od
}

inline forget_all(p, acquires)
{
	if
	:: acquires ->
		forget(p, WORK);
		forget(p, WORK + 1);
		forget(p, REASON);
		forget(p, CALLED)
	:: else
	fi
}

/* Runs in the process that brings the count to rest. */
inline complete(p)
{
	load(p, WORK, saw);
	assert(M2 || !begun[0] || saw);
	load(p, WORK + 1, saw);
	assert(M2 || !begun[1] || saw);
	load(p, CALLED, saw);
	assert(M3 || saw)
}

proctype worker(byte me)
{
	short met;
	byte saw;
	bool last;

	may_load_early(me, REASON);
	atomic {
		met = central;
		central = central + ONE;
		begun[me] = !(met & CLOSED);
		forget_all(me, BEGIN_ACQUIRES)
	};
	if
	:: met & CLOSED ->
		load(me, REASON, saw);
		assert(M1 || saw)
	:: else ->
		store(me, WORK + me, 1);
		FENCE_RELEASE(me);
		atomic { met = central; central = central - ONE };
		if
		:: met & CLOSED ->
			may_load_early(me, WORK + 1 - me);
			may_load_early(me, CALLED);
			fence(me);
			atomic {
				last = (drain == ONE);
				drain = drain - ONE;
				forget_all(me, SETTLE_ACQUIRES)
			};
			if
			:: last -> complete(me)
			:: else
			fi
		:: else
		fi
	fi
}

proctype closer()
{
	short met;
	byte saw;
	bool last;

	store(CLOSER, REASON, 1);
	may_load_early(CLOSER, WORK);
	FENCE_CLOSE(CLOSER);
	atomic {
		met = central;
		central = central | CLOSED;
		forget_all(CLOSER, CLOSE_ACQUIRES)
	};
	if
	:: met == 0 ->
		store(CLOSER, CALLED, 1);
		drain = 0;
		complete(CLOSER)
	:: else ->
		drain = drain + met;
		store(CLOSER, CALLED, 1);
		may_load_early(CLOSER, WORK);
		FENCE_LET_GO(CLOSER);
		atomic {
			last = (drain == HELD);
			drain = drain - HELD;
			forget_all(CLOSER, LET_GO_ACQUIRES)
		};
		if
		:: last -> complete(CLOSER)
		:: else
		fi
	fi
}

init {
	atomic {
		run worker(0);
		run worker(1);
		run closer()
	}
}
