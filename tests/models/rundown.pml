/* SPDX-License-Identifier: MIT */
/*
 * The operation counter of src/base/rundown.h as a Spin model.
 *
 * Words are encoded as in C, flags below a signed count. Every load and every
 * read-modify-write is one step; ghosts are updated in the step that makes them
 * true, as early as the rule allows. The stripe of each step is chosen freely, so a
 * release may land elsewhere than its acquire. Whether a counter looks uncontended is
 * chosen freely, too. With TICKS each acquire ticks (rundown-9). Nothing waits: a process
 * that cannot go on is an invalid end state.
 *
 * Checked, in every interleaving of WORKERS threads that each try OPS operations,
 * SPLITTERS, CLOSERS, and one opener:
 *
 *   (M1) no operation begins after close() has returned (rundown-2);
 *   (M2) the end completes exactly once, and has completed when all are done (rundown-4);
 *   (M3) it never completes while an operation runs;
 *   (M4) the close callback has ended by then; it runs between close() and
 *        release_closer();
 *   (M5) completion frees the memory: no later step of a release or of the closer
 *        that won touches it. An acquire, a splitter and a late closer hold a
 *        reference from outside and may (rundown-3);
 *   (M6) a release finds its own operation on an open central word that is not split
 *        (rundown-1), whatever the ticks are (rundown-9);
 *   (M7) a thread that sees SPLIT, or is sent to the stripes, finds them (rundown-5,
 *        rundown-7);
 *   (M8) no operation begins before the open (rundown-6), and open() fails only when it
 *        was closed before. Then the closer stops at that, and the opener runs the
 *        close callback and releases the closer.
 *
 * Left out: the limit of 2^54 operations, and memory weaker than sequential
 * consistency, which orders_end.pml and orders_publish.pml have.
 *
 * The runs of run.sh. A sound run visits every state and every line of the model,
 * 8 million states here in all; --large adds three runs with many more. A fault must
 * be caught:
 *
 *   sound -DTICKS
 *   sound -DOPS=2 -DCLOSERS=1
 *   sound -DSPLITTERS=2 -DCLOSERS=1
 *   large -DWORKERS=3 -DCLOSERS=1
 *   large -DOPS=2
 *   large -DWORKERS=3
 *   fault -DF_NO_HOLD            drain starts at 0, so a release can end it alone
 *   fault -DF_RELEASE_FIRST      the hold goes before the counts are carried over
 *   fault -DF_COUNT_BEFORE_MARK  a stripe is read, then marked
 *   fault -DF_SKIP_A_STRIPE      one stripe is neither marked nor counted
 *   fault -DF_IDLE_BY_CENTRAL    idle is judged without the stripes
 *   fault -DF_TEST_THEN_SET      two closers both find it open
 *   fault -DF_TRUST_THE_LOAD     an acquire ignores the mark that its add met
 *   fault -DF_UNDO_INTO_DRAIN    a refused acquire is undone like a release
 *   fault -DF_FORGET_DRAIN       a release that met a mark does not finish
 *   fault -DF_CALL_LATE          the close callback comes after release_closer()
 *   fault -DF_OLD_FLAGS          a release judges by the flags that it looked at before
 *   fault -DF_TOUCH_AFTER        a release reads on after its last step
 *   fault -DF_SPLIT_BY_STORE     a split overwrites what came in between
 *   fault -DF_PUBLISH_LATE       the stripes come after the flag
 *   fault -DF_SEND_EARLY         threads are sent to the stripes before the flag
 *   fault -DF_FAST_BEFORE_OPEN   it looks uncontended before anybody has found it open
 *   fault -DF_TOUCH_AFTER_OPEN   the opener goes on after it has opened
 *   fault -DF_COUNT_TICKS -DTICKS   a close takes the ticks for operations
 *   fault -DF_FIND_TICKS -DTICKS    a release does not find its operation beside the ticks
 *   fault -DF_TICK_BELOW -DTICKS    ticks are carried into the count
 */

#define CLOSED 1
#define SPLIT 2
#define PENDING 4
#define FLAGS 7
#define ONE 8
#define HELD 1

/* The two highest bits of a word are ticks; spin's short has 16 bits, and an int 32. */
#ifndef TICKS
#define TICK 0
#elif defined(F_TICK_BELOW)
#define TICK (1 << 12)
#else
#define TICK (1 << 14)
#endif
#define SIGNED(word) (((word) & ~FLAGS) << 18)
#ifdef F_COUNT_TICKS
#define COUNT(word) (((word) & ~FLAGS) / ONE)
#else
#define COUNT(word) (SIGNED(word) / (1 << 18) / ONE)
#endif
#ifdef F_FIND_TICKS
#define HAS_COUNT(word) ((word) == ONE || (word) == 2 * ONE)
#else
#define HAS_COUNT(word) (COUNT(word) != 0)
#endif

#ifndef WORKERS
#define WORKERS 2
#endif
#ifndef OPS
#define OPS 1
#endif
#ifndef SPLITTERS
#define SPLITTERS 1
#endif
#ifndef CLOSERS
#define CLOSERS 2
#endif
#ifdef F_NO_HOLD
#define HOLD 0
#else
#define HOLD HELD
#endif
#define STRIPES 2
#define EVERYBODY (WORKERS + SPLITTERS + CLOSERS + 1)

short central = PENDING;
short drain = HOLD;
short stripe[STRIPES];

bool split_ready; /* the stripes are in place */
bool on_stripes; /* last_here may be SI_RUN_ON_STRIPES */
#ifdef F_FAST_BEFORE_OPEN
bool met = true;
#else
bool met; /* somebody has found it open: last_here is not 0 */
#endif

/* The rules by number: never true, named in an assertion so that pan names it. */
hidden byte M1, M2, M3, M4, M5, M6, M7, M8;

/* Ghosts: the truth, for the assertions alone. */
byte running; /* operations that began and have not called release */
bool returned; /* close() has returned to the closer that won */
bool called; /* the close callback has ended */
bool completed; /* and freed */
byte finished; /* processes */

inline touch()
{
	assert(M5 || !completed)
}

inline begin()
{
	assert(M1 || !returned);
	running++
}

inline complete()
{
	assert(M2 || !completed);
	assert(M3 || running == 0);
	assert(M4 || called);
	completed = true
}

/* The close callback runs on the memory that completion frees. */
inline call()
{
	atomic {
		touch();
		called = true
	}
}

inline finish()
{
	finished++;
	assert(M2 || finished < EVERYBODY || completed)
}

inline choose(i)
{
	if
	:: i = 0
	:: i = 1
	fi;
	assert(M7 || split_ready)
}

inline finish_release(seen)
{
	atomic {
		touch();
		seen = drain;
		drain = drain - ONE;
		assert(M6 || !HOLD || (seen & HELD) || seen >= ONE);
		if
		:: seen == ONE -> complete()
		:: else
		fi
	}
}

proctype worker()
{
	short seen;
	byte left = OPS;
	byte i;

acquire:
	if
	:: met -> goto acquire_central
	:: on_stripes -> goto acquire_striped
	:: true /* another thread was here last */
	fi;

acquire_slow:
	atomic {
		seen = central;
		if
		:: seen & (CLOSED | PENDING) -> goto refused
		:: !(seen & (CLOSED | PENDING)) && (seen & SPLIT) ->
			on_stripes = true;
			goto acquire_striped
		:: !(seen & FLAGS) -> seen = 0
		fi
	};
	met = true;

acquire_central:
	atomic {
		seen = central;
		central = central + ONE + TICK;
#ifdef F_TRUST_THE_LOAD
		begin();
		goto release
#else
		if
		:: seen & CLOSED -> goto refused_late
		:: else ->
			assert(M8 || !(seen & PENDING));
			begin();
			goto release
		fi
#endif
	};

refused_late:
#ifdef F_UNDO_INTO_DRAIN
	finish_release(seen);
#endif
	goto refused;

acquire_striped:
	atomic {
		choose(i);
		seen = stripe[i];
		stripe[i] = stripe[i] + ONE + TICK;
		i = 0;
		if
		:: seen & CLOSED -> goto refused
		:: else -> begin(); goto release
		fi
	};

release:
	atomic {
		touch();
		running--;
		if
		:: met -> goto release_central
		:: on_stripes -> goto release_striped
		:: true -> goto release_slow
		fi
	};

release_slow:
	atomic {
		touch();
		seen = central;
		if
		:: seen & CLOSED -> goto drained
		:: !(seen & CLOSED) && (seen & SPLIT) ->
			on_stripes = true;
			goto release_striped
		:: else -> seen = 0
		fi
	};
#ifdef F_OLD_FLAGS
	atomic {
		touch();
		seen = central;
		central = central - ONE;
		assert(M6 || (seen & CLOSED) || HAS_COUNT(seen));
		if
		:: seen & CLOSED -> goto drained
		:: else -> goto released
		fi
	};
#endif

release_central:
	atomic {
		touch();
		seen = central;
		central = central - ONE;
		if
		:: seen & CLOSED -> goto drained
		:: else ->
			assert(M6 || (seen & SPLIT) || HAS_COUNT(seen));
			goto released
		fi
	};

release_striped:
	atomic {
		touch();
		choose(i);
		seen = stripe[i];
		stripe[i] = stripe[i] - ONE;
		i = 0;
		if
		:: seen & CLOSED -> goto drained
		:: else -> goto released
		fi
	};

drained:
#ifndef F_FORGET_DRAIN
	finish_release(seen);
#endif
#ifdef F_TOUCH_AFTER
	atomic {
		touch();
		seen = central
	};
#endif
released:
refused:
	atomic {
		seen = 0;
		left--;
		if
		:: left > 0 -> goto acquire
		:: else -> finish()
		fi
	}
}

proctype splitter()
{
	short seen;

	seen = central;
	if
	:: seen & FLAGS -> goto done
	:: else
	fi;
#ifdef F_SEND_EARLY
	on_stripes = true;
#endif
#ifndef F_PUBLISH_LATE
	split_ready = true; /* splitters that come later use the same */
#endif
	seen = central;
#ifdef F_SPLIT_BY_STORE
	if
	:: !(seen & FLAGS) -> central = seen | SPLIT
	:: else
	fi;
#else
	if
	:: !(seen & FLAGS) ->
		atomic {
			if
			:: central == seen -> central = seen | SPLIT
			:: else
			fi
		}
	:: else
	fi;
#endif
#ifdef F_PUBLISH_LATE
	split_ready = true;
#endif
done:
	atomic {
		seen = 0;
		finish()
	}
}

inline harvest(i)
{
#ifdef F_COUNT_BEFORE_MARK
	count = count + COUNT(stripe[i]);
	atomic {
		touch();
		stripe[i] = stripe[i] | CLOSED
	}
#else
	atomic {
		touch();
		count = count + COUNT(stripe[i]);
		stripe[i] = stripe[i] | CLOSED
	}
#endif
}

/* Nothing was running: there is nothing to wait for. */
inline release_closer_idle()
{
	atomic {
		touch();
		drain = 0;
		complete()
	}
}

/* Takes the hold away, and completes if nothing is left. */
inline release_closer_busy()
{
	atomic {
		touch();
		drain = drain - HOLD;
		if
		:: drain == 0 -> complete()
		:: else
		fi
	}
}

proctype closer()
{
	short seen;
	short count;
	bool idle;

#ifdef F_TEST_THEN_SET
	seen = central;
	central = central | CLOSED;
#else
	atomic {
		seen = central;
		central = central | CLOSED
	};
#endif
	if
	:: seen & CLOSED -> goto late
	:: !(seen & CLOSED) && (seen & PENDING) ->
		returned = true;
		goto late
	:: !(seen & (CLOSED | PENDING)) -> count = COUNT(seen)
	fi;
#ifdef F_IDLE_BY_CENTRAL
	idle = (count == 0);
#endif
#ifdef F_RELEASE_FIRST
	call();
	release_closer_busy();
#endif
	if
	:: seen & SPLIT ->
		assert(M7 || split_ready);
		harvest(0);
#ifndef F_SKIP_A_STRIPE
		harvest(1)
#endif
	:: else
	fi;
	atomic {
		touch();
#ifndef F_IDLE_BY_CENTRAL
		idle = (count == 0);
#endif
		drain = drain + count * ONE;
		count = 0;
		returned = true
	};
#ifndef F_CALL_LATE
	call();
#endif
#ifndef F_RELEASE_FIRST
	if
	:: idle -> release_closer_idle()
	:: else -> release_closer_busy()
	fi;
#endif
#ifdef F_CALL_LATE
	call();
#endif
late:
	atomic {
		seen = 0;
		count = 0;
		idle = false;
		finish()
	}
}

/* If it was closed before it is opened, the opener ends it: nothing else will. */
proctype opener()
{
	atomic {
		if
		:: central == PENDING ->
			central = 0;
#ifdef F_TOUCH_AFTER_OPEN
			goto touch_after
#else
			finish();
			goto opened
#endif
		:: else -> assert(M8 || (central & CLOSED))
		fi
	};
	atomic {
		touch();
		central = central & ~PENDING
	};
	call();
	release_closer_idle();
	atomic {
		finish()
	};
#ifdef F_TOUCH_AFTER_OPEN
	goto opened;
touch_after:
	atomic {
		touch();
		met = true;
		finish()
	};
#endif
opened:
}

init {
	byte n;

	atomic {
		for (n : 1 .. WORKERS) {
			run worker()
		};
		for (n : 1 .. SPLITTERS) {
			run splitter()
		};
		for (n : 1 .. CLOSERS) {
			run closer()
		};
		run opener();
		n = 0
	}
}
