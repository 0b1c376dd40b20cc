/* SPDX-License-Identifier: MIT */
/*
 * The biased counts of src/base/fast.h (fast-1)-(fast-8), which an owner changes by plain
 * stores while others close. store_buffer.h says how memory is modelled.
 *
 * An owner grants its slot to a session, operates, nested or not, gives some operations
 * to another thread, and may take the slot back. The other thread counts on the
 * session's central word. A closer marks that word and takes the counts, and
 * completes the end. Checked:
 *
 *   (M1) no operation begins that was asked for after close() has returned;
 *   (M2) each end completes exactly once, and has when all are done;
 *   (M3) it never completes while an operation runs;
 *   (M4) all work of the operations is visible to the thread that completes it;
 *   (M5) completion frees the session: no later step of a release or of the closer
 *        touches it. The slot is not part of it;
 *   (M6) a slot is granted only when nobody else is at it;
 *   (M7) in the end no slot is left to a session that has ended.
 *
 * Nothing waits: a process that cannot go on is an invalid end state.
 *
 * Left out: stripes, which rundown.pml has, and the count of quiet operations before a
 * grant. A session has one slot here; more are taken one by one. With two sessions no
 * operation is given away.
 *
 *   sound -DOPS=2
 *   sound -DOPS=1 -DSESSIONS=2          the slot goes to another session
 *   sound -DOPS=1 -DREVOKER             another thread takes the bias before the close
 *   sound -DOPS=1 -DOWN_CLOSE           the owner closes, too, and needs no barrier
 *   sound -DOPS=1 -DHEIR                another thread gets the slot when its owner exits
 *   large -DOPS=2 -DREVOKER
 *   large -DOPS=2 -DSESSIONS=2
 *   large -DOPS=3
 *   fault -DF_NO_HEAVY                  a closer issues no barrier
 *   fault -DF_HEAVY_FIRST               it issues it before it takes the slot
 *   fault -DF_FORGET_SLOT               a closer takes no slot
 *   fault -DF_DROP_COUNT -DONLY_M3        a closer drops what it has read
 *   fault -DF_READ_FIRST                it reads the counts before the barrier
 *   fault -DF_HEAVY_HALF                the barrier does not reach the owner
 *   fault -DF_NO_SECOND_LOOK            an owner does not look again after it has counted
 *   fault -DF_LOOK_FIRST                it looks twice, and counts then
 *   fault -DF_NO_HARVEST                the closer trusts its own reading, the owner its own
 *   fault -DF_LOST_IS_COUNTED           an owner that lost takes its step for counted
 *   fault -DF_LOST_IS_NOT_COUNTED       an owner that lost takes its step for not counted
 *   fault -DF_WINNER_REFUSED            an owner that won takes its acquire for refused
 *   fault -DF_LOSER_KEEPS               a closer that lost does not read the counts again
 *   fault -DF_IN_SESSION                the slot is part of the session
 *   fault -DF_LOOK_RELAXED              its look at a slot that the owner took back is none
 *   fault -DF_RECYCLE_EARLY -DSESSIONS=2  an owner grants a slot that a closer is at
 *   fault -DF_GRANT_BLIND               a grant does not look at the mark
 *   fault -DF_GRANT_LATE                the slot names the session after the flag
 *   fault -DF_GRANT_BY_STORE            a grant does not look whether it was refused
 *   fault -DF_KEEP_SLOT                 a grant that was late leaves the slot as it is
 *   fault -DF_REVOKE_EARLY -DREVOKER    a slot is revoked before the grant is through
 *   fault -DF_TAKE_BACK_UNBALANCED      a slot is taken back with operations in it
 *   fault -DF_TAKE_BACK_BY_STORE -DSESSIONS=2  a slot is taken back by a store
 *   fault -DF_TRUST_REVOKER -DREVOKER   a closer does not ask whether the revoker's barrier was
 *   fault -DF_REVOKED_IS_GONE -DREVOKER a closer does not find a slot that was revoked
 *   fault -DF_CLOSE_TWICE               a closer counts the slot twice
 */
#ifndef OPS
#define OPS 1
#endif
#ifndef SESSIONS
#define SESSIONS 1
#endif

#define OWNER 0
#define OTHER 1
#define CLOSER 2 /* of session 0; then of session 1 */
#define EXTRA (CLOSER + SESSIONS) /* the revoker, or the heir */
#define PROCESSES (EXTRA + 1)

#define VARIABLES 5
#define KEY 0
#define BEGUN 1
#define ENDED 2
#define HARVEST 3
#define DATA 4

#include "store_buffer.h"

/* Keys: none, or a session, with a flag perhaps. */
#define NOBODY 0
#define KEY_OF(s) (1 + (s) * 4)
#define REVOKED(s) (KEY_OF(s) + 1)
#define BARRED(s) (KEY_OF(s) + 2)
#define PREPARED(s) (KEY_OF(s) + 3)

#define CLOSED 1
#define BIASED 2
#define ONE 4
#define HELD 1

short central[SESSIONS];
short drain[SESSIONS] = HELD;

/* Operations that wait for the other thread to end them. */
byte given[SESSIONS];

hidden byte M1, M2, M3, M4, M5, M6, M7;

/* Ghosts. */
byte running[SESSIONS];
bool returned[SESSIONS];
bool completed[SESSIONS];
byte worked;
byte at_slot;
byte finished;

#if defined(REVOKER) || defined(HEIR)
#define EVERYBODY 4
#else
#define EVERYBODY 3
#endif

active proctype buffers()
{
	do
	LEAVE(OWNER, KEY)
	LEAVE(OWNER, BEGUN)
	LEAVE(OWNER, ENDED)
	LEAVE(OWNER, HARVEST)
#if SESSIONS == 1
	LEAVE(OWNER, DATA)
#endif
	LEAVE(CLOSER, KEY)
#if SESSIONS > 1
	LEAVE(CLOSER + 1, KEY)
#endif
#ifdef HEIR
	LEAVE(EXTRA, KEY)
	LEAVE(EXTRA, BEGUN)
	LEAVE(EXTRA, ENDED)
	LEAVE(EXTRA, HARVEST)
	LEAVE(EXTRA, DATA)
#endif
	:: timeout ->
		assert(M7 || !completed[0] || memory[KEY] == NOBODY);
		break
	od
}

inline touch(s)
{
#ifdef ONLY_M3
	skip
#else
	assert(M5 || !completed[s])
#endif
}

inline complete(s)
{
	assert(M2 || !completed[s]);
	assert(M3 || running[s] == 0);
	completed[s] = true;
#if SESSIONS == 1 && !defined(ONLY_M3)
	/* An acquire has come before, so the load is fresh. */
	assert(M4 || (early[AT(me, DATA)] -> loaded[AT(me, DATA)] : VISIBLE(me, DATA)) == worked);
#endif
	early[AT(me, DATA)] = false;
	loaded[AT(me, DATA)] = 0
}

inline finish()
{
	finished++;
#ifndef ONLY_M3
	assert(M2 || finished < EVERYBODY || (completed[0] && completed[SESSIONS - 1]))
#endif
}

inline begin(s)
{
	assert(M1 || !late);
	running[s]++
}

/* A release that met a mark. */
inline finish_release(s)
{
	fence(me);
	atomic {
		touch(s);
		forget(me, DATA);
		drain[s] = drain[s] - ONE;
		if
		:: drain[s] == 0 -> complete(s)
		:: else
		fi
	}
}

inline acquire_central(s)
{
	atomic {
		if
		:: central[s] & CLOSED -> ok = false
		:: else ->
			central[s] = central[s] + ONE;
			ok = true;
			begin(s)
		fi
	}
}

inline release_central(s)
{
	fence(me);
	atomic {
		touch(s);
		if
		:: central[s] & CLOSED -> ok = false
		:: else ->
			central[s] = central[s] - ONE;
			ok = true
		fi
	};
	if
	:: ok
	:: else -> finish_release(s)
	fi
}

/* The compare-exchange of both sides: the sum of the counts, from 1 on. */
inline harvest()
{
	fence(me);
	atomic {
		forget(me, BEGUN);
		forget(me, ENDED);
		forget(me, DATA);
		if
		:: memory[HARVEST] == 0 ->
			memory[HARVEST] = begun + ended + 1;
			won = true
		:: else ->
			won = false
		fi
	}
}

inline heavy()
{
	i = 0;
	do
	:: i == PROCESSES -> break
#ifdef F_HEAVY_HALF
	:: i == OWNER -> i++
	:: i < PROCESSES && i != OWNER ->
#else
	:: i < PROCESSES ->
#endif
		atomic {
			waiting[i] == 0 ->
			forget(i, KEY);
			forget(i, BEGUN);
			forget(i, ENDED);
			forget(i, HARVEST);
			i++
		}
	od;
	i = 0
}

inline read_counts()
{
	atomic { load(me, ENDED, ended); forget(me, BEGUN) };
	load(me, BEGUN, begun)
}

/* The marking thread takes the slot, with a barrier unless it is the owner. */
inline take_slot(s, barrier)
{
	fence(me);
	atomic {
		found = memory[KEY];
		if
		:: found == KEY_OF(s) -> memory[KEY] = REVOKED(s); at_slot++
#ifdef F_REVOKED_IS_GONE
		:: found == REVOKED(s) || found == BARRED(s) -> found = NOBODY
#else
#ifdef REVOKER
		:: found == REVOKED(s) || found == BARRED(s) -> at_slot++
#endif
#endif
		:: found == PREPARED(s) -> memory[KEY] = NOBODY; found = NOBODY
		:: else -> found = NOBODY
		fi;
#ifndef F_LOOK_RELAXED
		forget(me, DATA);
#endif
		forget(me, ENDED)
	};
	if
	:: found != NOBODY ->
		may_load_early(me, DATA);
#ifdef F_READ_FIRST
		read_counts();
#endif
#if !defined(F_NO_HEAVY) && !defined(F_HEAVY_FIRST)
		if
#ifdef F_TRUST_REVOKER
		:: barrier && found == KEY_OF(s) -> heavy()
#else
		:: barrier && found != BARRED(s) -> heavy()
#endif
		:: else
		fi;
#endif
#ifndef F_READ_FIRST
		read_counts();
#endif
		harvest();
		if
#if !defined(F_LOSER_KEEPS) && !defined(F_NO_HARVEST)
		:: !won -> read_counts()
#endif
		:: else
		fi;
#ifdef F_CLOSE_TWICE
		count = count + begun - ended;
#endif
#ifndef F_DROP_COUNT
		count = count + begun - ended;
#endif
		d_step { begun = 0; ended = 0; won = false };
		atomic { at_slot--; store_release(me, KEY, NOBODY) }
	:: else
	fi;
	found = 0
}

/* Of the thread whose mark was the first. */
inline close_marked(s, barrier)
{
	if
	:: seen & BIASED ->
		may_load_early(me, DATA);
#ifdef F_FORGET_SLOT
		skip
#else
		take_slot(s, barrier)
#endif
	:: else
	fi;
	atomic {
		touch(s);
		drain[s] = drain[s] + count * ONE;
		idle = (count == 0);
		returned[s] = true
	};
	fence(me);
	atomic {
		touch(s);
		if
		:: idle -> idle = false
		:: else -> forget(me, DATA)
		fi;
		drain[s] = drain[s] - HELD;
		if
		:: drain[s] == 0 -> complete(s)
		:: else
		fi
	}
}

inline close(s, barrier)
{
	/* An early look at what the operations have written. */
	may_load_early(me, DATA);
#ifdef F_HEAVY_FIRST
	heavy();
#endif
	fence(me);
	atomic {
		forget(me, KEY);
		forget(me, DATA);
		seen = central[s];
		central[s] = central[s] | CLOSED;
		count = (seen & ~(CLOSED | BIASED)) / ONE;
		assert(M5 || (seen & CLOSED) || !completed[s])
	};
	if
#ifdef OWN_CLOSE
	:: seen & CLOSED -> skip /* another thread was first */
#endif
	:: !(seen & CLOSED) -> close_marked(s, barrier)
	fi;
	d_step { seen = 0; count = 0 }
}

/* The owner's first look. */
inline look(s)
{
	load(me, KEY, found);
	mine = (found == KEY_OF(s));
	found = 0;
	if
	:: mine ->
		/* The processor may look again before it has stored. */
		may_load_early(me, KEY)
	:: else
	fi
}

inline look_again(s)
{
#ifdef F_NO_SECOND_LOOK
	ok = true;
#else
	load(me, KEY, found);
	ok = (found == KEY_OF(s));
#endif
	found = 0
}

/* Whether an owner's step that met a lost slot is counted. */
inline settle()
{
#ifdef F_NO_HARVEST
	ok = true;
#else
	load(me, BEGUN, begun);
	load(me, ENDED, ended);
	harvest();
	atomic {
#ifdef F_WINNER_REFUSED
		ok = (!won && memory[HARVEST] == begun + ended + 1);
#else
#if defined(F_LOST_IS_COUNTED)
		ok = true;
#elif defined(F_LOST_IS_NOT_COUNTED)
		ok = won;
#else
		ok = (won || memory[HARVEST] == begun + ended + 1);
#endif
#endif
		begun = 0;
		ended = 0;
		won = false
	}
#endif
}

inline acquire(s)
{
	late = returned[s];
	look(s);
	if
	:: mine ->
#ifdef F_LOOK_FIRST
		look_again(s);
#endif
		load(me, BEGUN, begun);
		store(me, BEGUN, begun + 1);
		begun = 0;
#ifndef F_LOOK_FIRST
		look_again(s);
#endif
		if
		:: ok
		:: else -> settle()
		fi;
		if
		:: ok -> begin(s)
		:: else
		fi
	:: else -> acquire_central(s)
	fi;
	mine = false
}

inline touch_slot(s)
{
#ifdef F_IN_SESSION
	touch(s)
#else
	skip
#endif
}

inline release(s)
{
	touch(s);
	atomic { running[s]--; held-- };
	look(s);
	if
	:: mine ->
#ifdef F_LOOK_FIRST
		look_again(s);
#endif
		load(me, ENDED, ended);
		/* Not even a release: the barrier makes all visible that was before the look. */
		store(me, ENDED, ended + 1);
		ended = 0;
		touch_slot(s);
#ifndef F_LOOK_FIRST
		look_again(s);
#endif
		if
		:: ok
		:: else -> settle()
		fi;
		if
		:: ok
		:: else -> finish_release(s)
		fi
	:: else -> release_central(s)
	fi;
	mine = false
}

inline set_biased(s)
{
	fence(me);
	atomic {
#ifdef F_GRANT_BLIND
		central[s] = central[s] | BIASED;
		ok = true;
#else
		ok = !(central[s] & CLOSED);
		if
		:: ok -> central[s] = central[s] | BIASED
		:: else
		fi;
#endif
		forget(me, KEY);
		forget(me, HARVEST)
	}
}

/* A closer may have refused the grant. */
inline go_through(s)
{
#ifdef F_GRANT_BY_STORE
	store_release(me, KEY, KEY_OF(s))
#else
	fence(me);
	atomic {
		if
		:: memory[KEY] == PREPARED(s) -> memory[KEY] = KEY_OF(s)
		:: else
		fi;
		forget(me, KEY)
	}
#endif
}

inline give_up(s, key)
{
	fence(me);
	atomic {
		if
		:: memory[KEY] == key -> memory[KEY] = NOBODY
		:: else
		fi;
		forget(me, KEY)
	}
}

inline grant(s)
{
	atomic { load(me, KEY, found); forget(me, HARVEST) };
	if
#ifdef F_RECYCLE_EARLY
	:: found != KEY_OF(s) ->
#else
	:: found == NOBODY ->
#endif
		assert(M6 || at_slot == 0);
		store(me, BEGUN, 0);
		store(me, ENDED, 0);
		store(me, HARVEST, 0);
#ifdef F_GRANT_LATE
		set_biased(s);
		if
		:: ok -> store_release(me, KEY, KEY_OF(s))
		:: else
		fi
#else
#ifdef F_REVOKE_EARLY
		store_release(me, KEY, KEY_OF(s));
		set_biased(s);
		if
		:: ok
		:: else -> give_up(s, KEY_OF(s))
		fi
#else
		store_release(me, KEY, PREPARED(s));
		set_biased(s);
		if
		:: ok -> go_through(s)
#ifdef F_KEEP_SLOT
		:: else
#else
		:: else -> store_release(me, KEY, NOBODY)
#endif
		fi
#endif
#endif
	:: else
	fi;
	found = 0
}

/* The slot is given up, for another session perhaps. */
inline take_back(s)
{
	load(me, KEY, found);
	load(me, BEGUN, begun);
	load(me, ENDED, ended);
	if
#ifdef F_TAKE_BACK_UNBALANCED
	:: found == KEY_OF(s) ->
#else
	:: found == KEY_OF(s) && begun == ended ->
#endif
#ifdef F_TAKE_BACK_BY_STORE
		store_release(me, KEY, NOBODY)
#else
		give_up(s, KEY_OF(s))
#endif
	:: else
	fi;
	d_step { found = 0; begun = 0; ended = 0 }
}

#if SESSIONS == 1
#define WORK atomic { worked++; store(me, DATA, worked) }
#else
#define WORK skip
#endif

proctype owner(byte me)
{
	byte begun, ended, found, held, i, left, s;
	bool ok, mine, won, late;
#ifdef OWN_CLOSE
	short seen, count;
	bool closed, idle;
#endif

	do
	:: s == SESSIONS -> break
	:: s < SESSIONS ->
		if
		:: grant(s)
		:: true
		fi;
		left = OPS;
		do
		:: left > 0 && held < 2 ->
			left--;
			acquire(s);
			if
			:: ok -> held++; WORK
			:: else -> left = 0
			fi;
			ok = false
		:: held > 0 -> release(s); ok = false
#if SESSIONS == 1
		:: held > 0 ->
			/* Giving it away orders what both threads do. */
			fence(me);
			atomic { held--; given[s]++ }
#endif
		:: held == 0 && left < OPS -> take_back(s); break
#ifdef OWN_CLOSE
		:: !closed && left < OPS -> closed = true; close(s, false)
#endif
		:: held == 0 && left == 0 -> break
		od;
		s++
	od;
	atomic { s = 0; left = 0; finish() };
#ifdef HEIR
	if
	:: me == OWNER -> fence(me); run owner(EXTRA)
	:: else
	fi
#endif
}

#if SESSIONS == 1
proctype other()
{
	byte me = OTHER;
	bool ok, late, own;

	do
	:: atomic { given[0] > 0 -> given[0]-- };
		touch(0);
		running[0]--;
		release_central(0);
		ok = false
	:: !own ->
		own = true;
		late = returned[0];
		acquire_central(0);
		if
		:: ok ->
			atomic { touch(0); running[0]-- };
			release_central(0)
		:: else
		fi;
		ok = false;
		late = false
	:: given[0] == 0 && finished >= EVERYBODY - 1 -> break
	od;
	atomic { own = false; finish() }
}
#endif

proctype closer(byte me; byte s)
{
	short seen, count;
	byte begun, ended, found, i;
	bool won, idle;

	close(s, true);
	atomic { finish() }
}

#ifdef REVOKER
/* Of a batch; its list keeps the session in memory. */
proctype revoker(byte me)
{
	byte found, i;

	atomic {
		found = memory[KEY];
		if
		:: found == KEY_OF(0) -> memory[KEY] = REVOKED(0)
		:: else
		fi
	};
	if
	:: found == KEY_OF(0) ->
		heavy();
		atomic {
			if
			:: memory[KEY] == REVOKED(0) && !buffered[AT(me, KEY)] -> memory[KEY] = BARRED(0)
			:: else
			fi
		}
	:: else
	fi;
	atomic { found = 0; finish() }
}
#endif

init {
	atomic {
		run owner(OWNER);
#if SESSIONS == 1
		run other();
#endif
		run closer(CLOSER, 0);
#if SESSIONS > 1
		run closer(CLOSER + 1, 1);
#endif
#ifdef REVOKER
		run revoker(EXTRA)
#endif
	}
}
