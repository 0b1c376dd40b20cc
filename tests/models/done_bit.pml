/* SPDX-License-Identifier: MIT */
/*
 * Why the counter has a drain word: the scheme that (rundown-4) of src/base/rundown.h
 * replaces.
 *
 * There, closing adds a bias to the one word, and a refused acquire is undone like a
 * release. The thread that brings the closed word to 0 claims the end by a
 * compare-exchange of a done bit. The claim is a second step. Between a release's
 * decrement and its claim, a refused acquire can bring the word to 0 once more, and
 * claim, complete and free. Then the release claims in freed memory. With that touch
 * forgiven the scheme is sound: nothing else is wrong with it.
 *
 *   sound
 *   fault -DF_CLAIM_AFTER        the scheme as it was
 */

#define CLOSED 1
#define DONE 2
#define ONE 4
#define BIAS 1024
#define WORKERS 2

short central;

/* Ghosts. */
byte running;
bool returned;
bool completed;
byte finished;

/* The rules of rundown.pml by number: never true. */
hidden byte M1, M2, M3, M5;

inline touch(outside)
{
#ifdef F_CLAIM_AFTER
	assert(M5 || outside || !completed)
#else
	skip
#endif
}

/* Takes away what was added, and claims the end if that leaves 0. */
inline take(amount, outside)
{
	atomic {
		touch(outside);
		central = central - amount;
		zero = (central == CLOSED)
	};
	if
	:: zero ->
		atomic {
			touch(outside);
			if
			:: central == CLOSED ->
				central = CLOSED | DONE;
				assert(M2 || !completed);
				assert(M3 || running == 0);
				completed = true
			:: else
			fi
		}
	:: else
	fi
}

inline finish()
{
	atomic {
		finished++;
		assert(M2 || finished <= WORKERS || completed)
	}
}

proctype worker()
{
	short seen;
	bool zero;

	seen = central;
	if
	:: seen & CLOSED -> goto refused
	:: else
	fi;
	atomic {
		seen = central;
		central = central + ONE;
		if
		:: seen & CLOSED
		:: else ->
			assert(M1 || !returned);
			running++
		fi
	};
	if
	:: seen & CLOSED -> take(ONE, true)
	:: else ->
		running--;
		take(ONE, false)
	fi;
refused:
	finish()
}

proctype closer()
{
	bool zero;

	atomic {
		central = (central | CLOSED) + BIAS;
		returned = true
	};
	take(BIAS, false);
	finish()
}

init {
	atomic {
		run worker();
		run worker();
		run closer()
	}
}
