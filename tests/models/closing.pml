/* SPDX-License-Identifier: MIT */
/*
 * An unregistration closes an object's sessions one after the other, each as a
 * close would, src/resource/walk.c; so does a bind's event, src/join. Spin model:
 * three sessions, an unregistration, and somebody who closes one of them.
 *
 * The close callback of session 0 closes session 1 and waits for its end, as a
 * callback may. A process that cannot go on is an
 * invalid end state.
 *
 *   (M1) when the unregistration has returned, every session is closed;
 *   (M2) each close callback runs once;
 *   (M3) no callback runs with the lock held.
 *
 * Left out: operations, pins and cursors (sessions.pml, walks.pml).
 *
 * The runs of run.sh. A fault must be caught:
 *
 *   sound
 *   fault -DF_ALL_AT_ONCE        all are closed before the first callback runs
 *   fault -DF_STOP_AT_CLOSED     it stops at one that others have closed
 *   fault -DF_LOCK_KEPT          callbacks run under the lock
 *   fault -DF_ALWAYS_OURS        it runs the callback of what others have closed
 */
#define SESSIONS 3

bool lock;
bool closed[SESSIONS];
bool ended[SESSIONS];

/* Ghosts. */
byte callbacks[SESSIONS];

hidden byte M1, M2, M3;

inline acquire()
{
	atomic { !lock -> lock = true }
}

inline run_callback(session)
{
	atomic {
		callbacks[session]++;
		assert(M2 || callbacks[session] == 1)
	}
}

/* The callback of session 0. */
inline close_the_other()
{
	atomic { won = !closed[1]; closed[1] = true };
	if
	:: won ->
		run_callback(1);
		ended[1] = true
	:: else
	fi;
	ended[1]
}

/* After it was closed by this process. */
inline end_it(session)
{
	run_callback(session);
	if
	:: session == 0 -> close_the_other()
	:: else
	fi;
	ended[session] = true
}

active proctype unregister()
{
	byte at;
	bool won, mine[SESSIONS];

#ifdef F_ALL_AT_ONCE
	d_step {
		do
		:: at < SESSIONS -> mine[at] = !closed[at]; closed[at] = true; at++
		:: else -> at = 0; break
		od
	};
#endif
	do
	:: at == SESSIONS -> break
	:: at < SESSIONS ->
#ifdef F_LOCK_KEPT
		acquire();
#endif
#ifndef F_ALL_AT_ONCE
		atomic { mine[at] = !closed[at]; closed[at] = true };
#endif
#ifdef F_ALWAYS_OURS
		mine[at] = true;
#endif
#ifdef F_STOP_AT_CLOSED
		if
		:: !mine[at] -> break
		:: else
		fi;
#endif
		if
		:: mine[at] ->
			assert(M3 || !lock);
			end_it(at)
		:: else
		fi;
#ifdef F_LOCK_KEPT
		lock = false;
#endif
		at++
	od;
	assert(M1 || (closed[0] && closed[1] && closed[2]))
}

active proctype closer()
{
	byte which;
	bool won, mine;

	if
	:: which = 0
	:: which = 1
	:: which = 2
	fi;
	atomic { mine = !closed[which]; closed[which] = true };
	if
	:: mine -> end_it(which)
	:: else
	fi
}
