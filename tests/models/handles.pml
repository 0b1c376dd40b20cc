/* SPDX-License-Identifier: MIT */
/*
 * Lookup, transfer, close and revocation of one handle, as in
 * src/resource/handle_space.c and src/resource/lineage.c.
 *
 * The root is a provider's handle; A has a descendant of it in its slot. Two
 * threads of A look it up. One passes it on to B, the other closes it. The slot
 * is used again for another resource. Meanwhile B uses what it got, and the
 * provider revokes. Checked in every interleaving:
 *
 *   (M1) a slot is freed once for each close, and never while it is pinned;
 *   (M2) a lookup that succeeds has met the node of the handle, and it is there;
 *   (M3) a lookup that begins after the revocation has returned fails, in A and B;
 *   (M4) a node is freed once, and not while a handle or a descendant needs it;
 *   (M5) when all is closed, the child is gone and the root has no descendants.
 *
 * Left out: rights, badges, several spaces' locks, longer lineages, weaker memory
 * than sequential consistency.
 *
 * The runs of run.sh. A fault must be caught:
 *
 *   sound
 *   fault -DF_FREE_WHILE_PINNED   a close frees the slot at once
 *   fault -DF_FREE_TWICE          the last pin is trusted, without another look
 *   fault -DF_PINS_OVERWRITTEN    a new handle stores its word over stray pins
 *   fault -DF_NO_GENERATION       a lookup does not compare generations
 *   fault -DF_NUMBER_FORGOTTEN    a revocation does not raise the number
 *   fault -DF_NUMBER_READ_LATE    a lookup remembers a number newer than its verdict
 *   fault -DF_CHILD_UNLOCKED      a transfer trusts the lookup before the lock
 *   fault -DF_SPLICE_BLINDLY      a splice forgets that an edge was revoked
 *   fault -DF_PARENT_NOT_HELD     a descendant does not count on its parent
 *   fault -DF_DETACH_FORGOTTEN    a closed node keeps its place in the lineage
 */

#define FREE 0
#define LIVE 1
#define CLOSED 2

#ifdef F_SPLICE_BLINDLY
#define splice_blindly true
#else
#define splice_blindly false
#endif

#define NONE 0
#define ROOT 1
#define CHILD 2 /* A's */
#define GRANDCHILD 3 /* B's */
#define OTHER 4 /* of another resource */

/* A's slot. */
byte state = LIVE;
byte generation;
byte pins;
byte node = CHILD;
bool waits_for_reuse;

/* The lineage. */
bool lock;
byte number; /* revocations */
byte epoch[5];
byte parent[5];
byte born[5];
byte valid_at[5];
byte children[5]; /* that have not been detached */
bool node_closed[5];
bool there[5];

/* Ghosts. */
bool has_returned; /* the revocation */
bool passed; /* B has its handle */
bool decided; /* it has, or will never */
byte frees; /* of the slot */
byte closes;

hidden byte M1, M2, M3, M4, M5;

inline acquire()
{
	atomic {
		!lock;
		lock = true
	}
}

/* Gives up a node's place in the lineage; closed ancestors without children follow. */
inline detach(which)
{
	at = which;
	do
	:: at != NONE && node_closed[at] && children[at] == 0 && there[at] ->
		up = parent[at];
		parent[at] = NONE;
		there[at] = false;
		if
		:: up != NONE ->
			assert(M4 || there[up]);
#ifdef F_PARENT_NOT_HELD
			children[up] = (children[up] == 0 -> 0 : children[up] - 1)
#else
			children[up]--
#endif
		:: else
		fi;
		at = up
	:: else -> break
	od
}

/* Sets `good`; the lock is held. */
inline climb_child()
{
	good = (born[CHILD] == epoch[ROOT])
}

/* The same, and takes a closed parent out of the way. */
inline climb_grandchild()
{
	up = parent[GRANDCHILD];
	assert(M4 || there[up]);
	good = (born[GRANDCHILD] == epoch[up]);
	if
	:: up == CHILD && node_closed[CHILD] && (good || splice_blindly) ->
		born[GRANDCHILD] = (splice_blindly -> epoch[ROOT] : born[CHILD]);
		parent[GRANDCHILD] = ROOT;
		children[ROOT]++;
#ifndef F_PARENT_NOT_HELD
		children[CHILD]--;
#endif
		detach(CHILD);
		good = (born[GRANDCHILD] == epoch[ROOT])
	:: up == CHILD && !(node_closed[CHILD] && (good || splice_blindly)) ->
		good = good && born[CHILD] == epoch[ROOT]
	:: up == ROOT
	fi;
	at = NONE;
	up = NONE
}

/* Sets `good`. */
inline validate_child()
{
	assert(M2 || there[CHILD]);
	seen = number;
	if
	:: valid_at[CHILD] == seen -> good = true
	:: else ->
		acquire();
		climb_child();
#ifdef F_NUMBER_READ_LATE
		lock = false;
#endif
		if
		:: good -> valid_at[CHILD] = number
		:: else
		fi;
#ifndef F_NUMBER_READ_LATE
		lock = false
#endif
	fi
}

inline validate_grandchild()
{
	assert(M2 || there[GRANDCHILD]);
	seen = number;
	if
	:: valid_at[GRANDCHILD] == seen -> good = true
	:: else ->
		acquire();
		climb_grandchild();
#ifdef F_NUMBER_READ_LATE
		lock = false;
#endif
		if
		:: good -> valid_at[GRANDCHILD] = number
		:: else
		fi;
#ifndef F_NUMBER_READ_LATE
		lock = false
#endif
	fi
}

/* Looks A's handle up; sets `good`. Pinned in any case. */
inline look_up()
{
	late = has_returned;
	atomic {
		pins++;
#ifdef F_NO_GENERATION
		good = (state == LIVE)
#else
		good = (state == LIVE && generation == 0)
#endif
	};
	if
	:: good ->
		assert(M2 || node == CHILD);
		validate_child();
		assert(M3 || !good || !late)
	:: else
	fi
}

inline unpin()
{
	atomic {
		assert(M1 || pins > 0);
		pins--;
		last = (pins == 0 && state == CLOSED)
	};
#ifdef F_FREE_TWICE
	if
	:: last -> state = FREE; generation = 1
	:: else
	fi;
#else
	atomic {
		last = (last && state == CLOSED && pins == 0);
		if
		:: last ->
			state = FREE;
			generation = 1
		:: else
		fi
	};
#endif
	free_if_last()
}

inline free_if_last()
{
	if
	:: last ->
		frees++;
		assert(M1 || frees <= closes);
		acquire();
		assert(M4 || there[CHILD]);
		node_closed[CHILD] = true;
#ifndef F_DETACH_FORGOTTEN
		detach(CHILD);
#endif
		at = NONE;
		up = NONE;
		lock = false;
		waits_for_reuse = true;
		last = false
	:: else
	fi
}

proctype passer()
{
	bool good, last, late;
	byte at, up, seen;

	look_up();
	if
	:: good ->
		acquire();
#ifndef F_CHILD_UNLOCKED
		climb_child();
		good = good && !node_closed[CHILD];
#endif
		if
		:: good ->
			assert(M4 || there[CHILD]);
			there[GRANDCHILD] = true;
			parent[GRANDCHILD] = CHILD;
#ifndef F_PARENT_NOT_HELD
			children[CHILD]++;
#endif
			born[GRANDCHILD] = epoch[CHILD];
			valid_at[GRANDCHILD] = number;
			passed = true
		:: else
		fi;
		lock = false
	:: else
	fi;
	decided = true;
	unpin()
}

proctype closer()
{
	bool good, last, late;
	byte at, up, seen;

	atomic {
		pins++;
		good = (state == LIVE && generation == 0)
	};
	if
	:: good ->
		atomic {
			closes++;
			state = CLOSED
		}
#ifdef F_FREE_WHILE_PINNED
		;
		state = FREE;
		generation = 1;
		last = true;
		free_if_last()
#endif
	:: else
	fi;
	unpin()
}

/* Another handle takes the slot. */
proctype reuser()
{
	waits_for_reuse;
	assert(M1 || state == FREE);
	node = OTHER;
#ifdef F_PINS_OVERWRITTEN
	atomic {
		pins = 0;
		state = LIVE
	}
#else
	state = LIVE
#endif
}

proctype revoker()
{
	acquire();
	number++; /* elsewhere in the lineage */
	lock = false;
	acquire();
	epoch[ROOT]++;
#ifndef F_NUMBER_FORGOTTEN
	number++;
#endif
	lock = false;
	has_returned = true
}

/* B uses its handle, and closes it. */
proctype receiver()
{
	bool good, late;
	byte at, up, seen;

	decided;
	if
	:: passed ->
		late = has_returned;
		validate_grandchild();
		assert(M3 || !good || !late);
		late = has_returned;
		validate_grandchild();
		assert(M3 || !good || !late);
		acquire();
		node_closed[GRANDCHILD] = true;
		detach(GRANDCHILD);
		lock = false
	:: else
	fi
}

/* A looks again, with the old value. */
proctype looker()
{
	bool good, last, late;
	byte at, up, seen;

	look_up();
	unpin()
}

init {
	atomic {
		there[ROOT] = true;
		there[CHILD] = true;
		there[OTHER] = true;
		parent[CHILD] = ROOT;
		children[ROOT] = 1;
		run passer();
		run closer();
		run reuser();
		run revoker();
		run receiver();
		run looker()
	};
	(_nr_pr == 1);
	assert(M5 || (!there[CHILD] && children[ROOT] == 0))
}
