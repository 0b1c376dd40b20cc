/* SPDX-License-Identifier: MIT */
/*
 * The memory orders by which something is published. store_buffer.h says how memory
 * is modelled. The code that publishes so:
 *
 * - src/base/rundown.c: the stripes, the open, last_here;
 * - src/resource/session_type.c: the type of a registered object;
 * - src/user/host_list.c: the next watcher;
 * - src/user/host.c: the default host.
 *
 * The writer fills something, stores the pointer, then sets the flag that sends
 * others there. One reader goes by the pointer. Another goes by the flag, then
 * loads the pointer relaxed, and leaves a hint; a third goes by the hint alone.
 *
 *   (M1) the content behind the pointer, the flag or the hint is complete;
 *   (M2) behind the flag there is a pointer.
 *
 * Left out: a hint that is stored relaxed. It is wrong in C, but shows only where
 * stores of two processes may be seen in different orders.
 *
 *   sound
 *   fault -DF_POINTER_RELAXED      the pointer is stored relaxed
 *   fault -DF_POINTER_LOAD_RELAXED a reader of the pointer loads it relaxed
 *   fault -DF_FLAG_RELAXED         the flag is set relaxed
 *   fault -DF_FLAG_LOAD_RELAXED    a reader of the flag loads it relaxed
 *   fault -DF_HINT_LOAD_RELAXED    the hint is loaded relaxed
 */
#define PROCESSES 4
#define VARIABLES 4
#define WRITER 0
#define BY_POINTER 1
#define BY_FLAG 2
#define BY_HINT 3
#define CONTENT 0
#define POINTER 1
#define FLAG 2
#define HINT 3

#include "store_buffer.h"

hidden byte M1, M2;

active proctype buffers()
{
	do
	LEAVE(WRITER, CONTENT)
	LEAVE(WRITER, POINTER)
	LEAVE(WRITER, FLAG)
	LEAVE(BY_FLAG, HINT)
	:: timeout -> break
	od
}

/* An acquire load if `acquires`. */
inline load_first(p, v, value, acquires)
{
	atomic {
		value = VISIBLE(p, v);
		if
		:: acquires -> forget(p, CONTENT); forget(p, POINTER)
		:: else
		fi
	}
}

active proctype writer()
{
	store(WRITER, CONTENT, 1);
#ifdef F_POINTER_RELAXED
	store(WRITER, POINTER, 1);
#else
	store_release(WRITER, POINTER, 1);
#endif
#ifdef F_FLAG_RELAXED
	store(WRITER, FLAG, 1)
#else
	store_release(WRITER, FLAG, 1)
#endif
}

#ifdef F_POINTER_LOAD_RELAXED
#define POINTER_ACQUIRES false
#else
#define POINTER_ACQUIRES true
#endif
#ifdef F_FLAG_LOAD_RELAXED
#define FLAG_ACQUIRES false
#else
#define FLAG_ACQUIRES true
#endif
#ifdef F_HINT_LOAD_RELAXED
#define HINT_ACQUIRES false
#else
#define HINT_ACQUIRES true
#endif

active proctype by_pointer()
{
	byte seen;

	may_load_early(BY_POINTER, CONTENT);
	load_first(BY_POINTER, POINTER, seen, POINTER_ACQUIRES);
	if
	:: seen ->
		load(BY_POINTER, CONTENT, seen);
		assert(M1 || seen)
	:: else
	fi
}

active proctype by_flag()
{
	byte seen;

	may_load_early(BY_FLAG, CONTENT);
	may_load_early(BY_FLAG, POINTER);
	load_first(BY_FLAG, FLAG, seen, FLAG_ACQUIRES);
	if
	:: seen ->
		load(BY_FLAG, POINTER, seen);
		assert(M2 || seen);
		load(BY_FLAG, CONTENT, seen);
		assert(M1 || seen);
		store_release(BY_FLAG, HINT, 1)
	:: else
	fi
}

active proctype by_hint()
{
	byte seen;

	may_load_early(BY_HINT, CONTENT);
	load_first(BY_HINT, HINT, seen, HINT_ACQUIRES);
	if
	:: seen ->
		load(BY_HINT, CONTENT, seen);
		assert(M1 || seen)
	:: else
	fi
}
