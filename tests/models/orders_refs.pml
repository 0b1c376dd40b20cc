/* SPDX-License-Identifier: MIT */
/*
 * The memory orders of a reference count: each holder's put is a release, and the
 * last one acquires before it destroys. Two holders; see store_buffer.h for how
 * memory is modelled.
 *
 *   (M1) the destructor sees what every holder did;
 *   (M2) it runs once.
 *
 * Left out: counts that are full, and references taken from what is not held.
 *
 *   sound
 *   fault -DF_PUT_RELAXED        a put is no release
 *   fault -DF_LAST_RELAXED       the last put is no acquire
 *   fault -DF_LOAD_AGAIN         the last is found by a load after the put
 */
#define PROCESSES 2
#define VARIABLES 2

#include "store_buffer.h"

byte count = 2;
byte destroyed; /* ghost */

hidden byte M1, M2;

active proctype buffers()
{
	do
	LEAVE(0, 0)
	LEAVE(1, 1)
	:: timeout -> break
	od
}

proctype holder(byte me)
{
	byte before;
	byte saw;

	store(me, me, 1);
	may_load_early(me, 1 - me);
#ifndef F_PUT_RELAXED
	fence(me);
#endif
	atomic { before = count; count-- };
#ifdef F_LOAD_AGAIN
	before = count + 1;
#endif
	if
	:: before == 1 ->
		destroyed++;
		assert(M2 || destroyed == 1);
#ifndef F_LAST_RELAXED
		d_step { forget(me, 1 - me) };
#endif
		load(me, 1 - me, saw);
		assert(M1 || saw)
	:: else
	fi
}

init {
	atomic {
		run holder(0);
		run holder(1)
	}
}
