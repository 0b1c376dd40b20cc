/* SPDX-License-Identifier: MIT */
/*
 * Memory for models of weak orders, to be included after PROCESSES and VARIABLES.
 *
 * Each process has a store buffer, from which stores come into memory in any
 * order; a release store leaves after all that were before it. A process may also
 * have loaded a variable early. An acquire forgets early loads, so a plain or relaxed
 * load after it is fresh. A read-modify-write acts on memory in one step, after
 * fence() if it is a release.
 *
 * Left out: stores that come before a load that decides about them. Also left out
 * are machines on which two processes see others' stores in different orders.
 *
 * The including model lists its processes' entries in a process of its own:
 *
 *	active proctype buffers() { do LEAVE(0, X) LEAVE(1, Y) :: timeout -> break od }
 */
#define AT(p, v) ((p) * VARIABLES + (v))
#define MASK(v) (1 << (v))

byte memory[VARIABLES];
bool buffered[PROCESSES * VARIABLES];
byte stored[PROCESSES * VARIABLES];
byte behind[PROCESSES * VARIABLES]; /* stores that must leave first, a bit per variable */
byte waiting[PROCESSES]; /* stores in the buffer, a bit per variable */
bool early[PROCESSES * VARIABLES];
byte loaded[PROCESSES * VARIABLES];

#define VISIBLE(p, v) (buffered[AT(p, v)] -> stored[AT(p, v)] : memory[v])

#define LEAVE(p, v) \
	:: atomic { \
		buffered[AT(p, v)] && !(behind[AT(p, v)] & waiting[p]) -> \
		memory[v] = stored[AT(p, v)]; \
		stored[AT(p, v)] = 0; \
		behind[AT(p, v)] = 0; \
		buffered[AT(p, v)] = false; \
		waiting[p] = waiting[p] & ~MASK(v) \
	}

/* A plain or relaxed store. */
inline store(p, v, value)
{
	d_step {
		buffered[AT(p, v)] = true;
		stored[AT(p, v)] = value;
		waiting[p] = waiting[p] | MASK(v);
		early[AT(p, v)] = false;
		loaded[AT(p, v)] = 0
	}
}

inline store_release(p, v, value)
{
	d_step {
		behind[AT(p, v)] = behind[AT(p, v)] | (waiting[p] & ~MASK(v));
		buffered[AT(p, v)] = true;
		stored[AT(p, v)] = value;
		waiting[p] = waiting[p] | MASK(v);
		early[AT(p, v)] = false;
		loaded[AT(p, v)] = 0
	}
}

/* All stores so far are in memory. */
inline fence(p)
{
	waiting[p] == 0
}

inline store_seq_cst(p, v, value)
{
	store_release(p, v, value);
	fence(p)
}

/* From here on a later plain or relaxed load may have happened. */
inline may_load_early(p, v)
{
	if
	:: d_step { early[AT(p, v)] = true; loaded[AT(p, v)] = VISIBLE(p, v) }
	:: true
	fi
}

/* A plain or relaxed load. */
inline load(p, v, value)
{
	d_step {
		value = (early[AT(p, v)] -> loaded[AT(p, v)] : VISIBLE(p, v));
		early[AT(p, v)] = false;
		loaded[AT(p, v)] = 0
	}
}

/* Part of an acquire: to be in one step with its load. */
inline forget(p, v)
{
	early[AT(p, v)] = false;
	loaded[AT(p, v)] = 0
}
