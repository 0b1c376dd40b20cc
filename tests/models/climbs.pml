/* SPDX-License-Identifier: MIT */
/*
 * Lookups in a long lineage, as in src/resource/lineage.c: a climb releases the lock
 * on its way, and what it found is read without the lock.
 *
 * The root is a provider's handle. X descends from it with a badge, Y from X, Z from Y.
 * Z is looked up twice; each step of its climb is a hold of the lock of its own.
 * Meanwhile X and Y are closed, the provider revokes, and closes its handle.
 * Checked in every interleaving:
 *
 *   (M1) a lookup that begins after the revocation has returned fails;
 *   (M2) a lookup fails only if the revocation has begun;
 *   (M3) a climb meets only nodes that are there;
 *   (M4) a lookup that begins after the provider's handle is closed does not give it;
 *   (M5) the tie that a lookup reads is there;
 *   (M6) when all is closed, nothing is left.
 *
 * Left out: the slots (handles.pml has them), several resources, weaker memory than
 * sequential consistency.
 *
 * The runs of run.sh. A fault must be caught:
 *
 *   sound
 *   fault -DF_RESUMED_BLINDLY    a climb takes a node that was spliced out for revoked
 *   fault -DF_NOT_HELD           a climb has no reference while the lock is free
 *   fault -DF_NUMBER_READ_LATE   the number of the verdict is that of the climb's end
 *   fault -DF_STOP_ANYWHERE      a climb stops at a node that was valid once
 *   fault -DF_QUIET_CLOSE        the close of the provider's handle raises no number
 *   fault -DF_ORIGIN_LAST        the origin is stored after the number
 *   fault -DF_TIE_NOT_HELD       a tie is freed with its end
 *   fault -DF_DETACH_FORGOTTEN   a closed node keeps its place in the lineage
 */

#define NONE 0
#define ROOT 1
#define X 2
#define Y 3
#define Z 4

bool lock;
byte number;
byte parent[5];
byte epoch[5];
byte born[5];
byte live[5]; /* children with a valid edge */
byte refs[5];
bool node_closed[5];
bool revoked[5]; /* or detached */
bool there[5];
byte valid_at[5];
byte origin[5]; /* ROOT, or NONE */
bool at_home = true; /* the root's handle is open */
byte tie_refs;

/* Ghosts. */
bool revocation_begun;
bool revocation_returned;
bool home_closed;
byte looked;

hidden byte M1, M2, M3, M4, M5, M6;

#ifdef F_TIE_NOT_HELD
#define TIE_GOES true
#else
#define TIE_GOES false
#endif

#ifdef F_STOP_ANYWHERE
#define STOPS at != Z && valid_at[at] + 1 >= began
#else
#define STOPS at != Z && valid_at[at] >= began
#endif

inline acquire()
{
	atomic {
		!lock;
		lock = true
	}
}

inline unref(which)
{
	assert(M3 || refs[which] > 0);
	refs[which]--;
	if
	:: refs[which] == 0 ->
		there[which] = false;
		if
		:: which != ROOT && tie_refs > 0 -> tie_refs--
		:: else
		fi
	:: else
	fi
}

/* A node gives up its place, and so do closed ancestors that have no other valid child. */
inline detach(which)
{
	d_node = which;
	d_held = false;
	do
	:: d_node != NONE && !revoked[d_node] ->
		revoked[d_node] = true;
		if
		:: d_node == X -> tie_refs = (TIE_GOES -> 0 : tie_refs - 1)
		:: else
		fi;
		d_up = parent[d_node];
		parent[d_node] = NONE;
		if
		:: d_up != NONE && born[d_node] == epoch[d_up] -> live[d_up]--
		:: else
		fi;
		if
		:: d_held -> unref(d_node)
		:: else
		fi;
		if
		:: d_up != NONE && node_closed[d_up] && live[d_up] == 0 && !revoked[d_up] ->
			d_held = true;
			d_node = d_up
		:: d_up != NONE && !(node_closed[d_up] && live[d_up] == 0 && !revoked[d_up]) ->
			unref(d_up);
			d_node = NONE
		:: else -> d_node = NONE
		fi
	:: else -> break
	od;
	d_node = NONE;
	d_up = NONE;
	d_held = false
}

/* A closed parent goes out of the way, unless it has the tie; X has it here. */
inline splice(which)
{
	d_par = parent[which];
	parent[which] = parent[d_par];
	born[which] = born[d_par];
	refs[parent[d_par]]++;
	live[parent[d_par]]++;
	live[d_par]--;
	if
	:: live[d_par] == 0 -> detach(d_par)
	:: else
	fi;
	unref(d_par);
	d_par = NONE
}

#define CLIMBING 0
#define VALID 1
#define INVALID 2

/* One step from `at`; sets `verdict`. */
inline step()
{
	assert(M3 || there[at]);
	up = parent[at];
	if
	:: revoked[at] -> verdict = INVALID
	:: !revoked[at] && up == NONE -> verdict = VALID
	:: !revoked[at] && up != NONE && (STOPS) ->
		found = origin[at];
		verdict = VALID
	:: !revoked[at] && up != NONE && !(STOPS) ->
		if
		:: born[at] != epoch[up] || revoked[up] -> verdict = INVALID
		:: else ->
			if
			:: node_closed[up] && up == Y ->
				if
				:: born[up] != epoch[parent[up]] -> verdict = INVALID
				:: else -> splice(at)
				fi
			:: else ->
				at = up;
				found = (up == ROOT && at_home -> ROOT : NONE)
			fi
		fi
	fi;
	up = NONE
}

/* A climb from Z with the lock released after each step; the lock is held after it. */
inline climb()
{
	acquire();
	atomic {
		began = number;
		at = Z;
		verdict = CLIMBING;
		found = NONE;
		step()
	};
	do
	:: verdict == CLIMBING ->
		held = at;
#ifndef F_NOT_HELD
		refs[held]++;
#endif
		lock = false;
		acquire();
		atomic {
			assert(M3 || there[held]);
			if
			:: revoked[held] ->
#ifdef F_RESUMED_BLINDLY
				verdict = INVALID;
#endif
				at = Z;
				found = NONE
			:: else
			fi;
#ifndef F_NOT_HELD
			unref(held);
#endif
			held = NONE;
			if
			:: verdict == CLIMBING -> step()
			:: else
			fi
		}
	:: else -> break
	od
}

inline look_up()
{
	late = revocation_returned;
	home_late = home_closed;
	seen = number;
	if
	:: valid_at[Z] == seen -> good = true
	:: else ->
		climb();
		good = (verdict == VALID);
#ifdef F_NUMBER_READ_LATE
		began = number;
#endif
		if
		:: good && valid_at[Z] <= began ->
#ifdef F_ORIGIN_LAST
			valid_at[Z] = began;
			origin[Z] = found
#else
			origin[Z] = found;
			valid_at[Z] = began
#endif
		:: good && valid_at[Z] > began
		:: !good ->
			assert(M2 || revocation_begun);
			atomic { detach(Z) }
		fi;
		lock = false
	fi;
	assert(M1 || !good || !late);
	if
	:: good ->
		got = origin[Z];
		assert(M4 || !home_late || got == NONE);
		assert(M5 || tie_refs > 0)
	:: else
	fi
}

proctype looker()
{
	bool good, late, home_late, d_held;
	byte seen, began, at, up, verdict, found, held, got, d_node, d_up, d_par;

	look_up();
	looked++;
	(looked == 2);
	acquire();
	atomic {
		if
		:: node_closed[Z] /* the other looker was first */
		:: else ->
			node_closed[Z] = true;
			detach(Z);
			unref(Z)
		fi
	};
	lock = false
}

/* The slot of a node is gone. */
inline close_node(which)
{
	acquire();
	atomic {
		node_closed[which] = true;
		if
#ifndef F_DETACH_FORGOTTEN
		:: live[which] == 0 -> detach(which)
#endif
		:: else
		fi;
		unref(which)
	};
	lock = false
}

/* Looks Y up, perhaps, and closes both. */
proctype closer()
{
	bool d_held;
	byte d_node, d_up;

	if
	:: acquire();
		atomic {
			if
			:: !revoked[Y] && born[Y] == epoch[X] && born[X] == epoch[ROOT] ->
				origin[Y] = (at_home -> ROOT : NONE);
				valid_at[Y] = number
			:: else
			fi
		};
		lock = false
	:: skip
	fi;
	if
	:: close_node(Y); close_node(X)
	:: close_node(X); close_node(Y)
	fi
}

proctype revoker()
{
	byte d_node;

	revocation_begun = true;
	acquire();
	atomic {
		if
		:: true -> d_node = ROOT
		:: !node_closed[X] && !revoked[X] -> d_node = X
		fi;
		epoch[d_node]++;
		live[d_node] = 0;
		d_node = NONE;
		number++
	};
	lock = false;
	revocation_returned = true
}

proctype home()
{
	bool d_held;
	byte d_node, d_up;

	acquire();
	atomic {
		at_home = false;
		node_closed[ROOT] = true;
		if
		:: live[ROOT] == 0 -> detach(ROOT)
		:: else ->
#ifdef F_QUIET_CLOSE
			skip
#else
			number++
#endif
		fi;
		unref(ROOT)
	};
	lock = false;
	home_closed = true
}

init {
	atomic {
		parent[X] = ROOT;
		parent[Y] = X;
		parent[Z] = Y;
		refs[ROOT] = 2;
		refs[X] = 2;
		refs[Y] = 2;
		refs[Z] = 1;
		live[ROOT] = 1;
		live[X] = 1;
		live[Y] = 1;
		there[ROOT] = true;
		there[X] = true;
		there[Y] = true;
		there[Z] = true;
		origin[X] = ROOT;
		origin[Y] = ROOT;
		origin[Z] = ROOT;
		tie_refs = 4;
		run looker();
		run looker();
		run closer();
		run revoker();
		run home()
	};
	(_nr_pr == 1);
	assert(M6 || (!there[X] && !there[Y] && !there[Z] && !there[ROOT] && tie_refs == 0))
}
