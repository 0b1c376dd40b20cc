/* SPDX-License-Identifier: MIT */
/*
 * The numbers of sessions that have been sent, as in src/resource/session_number.c.
 *
 * A session gets a number while another thread closes it. Then one thread finds it
 * without a write, two threads pin it and reference its context, and its end
 * removes it. The slot is used again for another session. Checked in every interleaving:
 *
 *   (M1) a find that succeeds has the context of the session with that number;
 *   (M2) a pin that succeeds keeps the context until it is taken off;
 *   (M3) the slot and the context are each given up once;
 *   (M4) a find that begins after the close has returned meets a closed session;
 *   (M5) when all is done the other session has the slot, and nobody a pin.
 *
 * Left out: the lock of the free slots, several generations, and weaker memory than
 * sequential consistency. Facts are stored with release and loaded with acquire. So a
 * thread that meets new facts meets the new generation after them.
 *
 * The runs of run.sh. A fault must be caught:
 *
 *   sound
 *   fault -DF_ONE_LOOK            a find does not look at the word again
 *   fault -DF_NO_GENERATION       neither look compares generations
 *   fault -DF_REMOVED_BLINDLY     a removal frees the slot although it is pinned
 *   fault -DF_NO_REFERENCE        a removal leaves the pins without a reference
 *   fault -DF_FREED_TWICE         the last pin is trusted, without another look
 *   fault -DF_PINS_OVERWRITTEN    a new session stores its word over stray pins
 *   fault -DF_REMOVAL_FORGOTTEN   a removal leaves the slot as it is
 *   fault -DF_PIN_STAYS           a pin that failed is not taken off
 *   fault -DF_CLOSE_UNSEEN        the sender does not look for a close
 *   fault -DF_SENT_UNSEEN         the closer does not look for a number
 */

#define FREE 0
#define LIVE 1
#define CLOSED 2
#define REMOVED 3

#define NONE 0
#define OURS 1
#define OTHER 2

/* The slot. */
byte state = FREE;
byte generation;
byte pins;
byte context = NONE;

/* Our session. */
bool is_closed; /* its operation counter */
bool sent;
byte references = 1; /* to the context: the end's */
bool there = true;

/* Ghosts. */
bool filled;
bool close_returned;
byte frees;

hidden byte M1, M2, M3, M4, M5;

inline put()
{
	atomic {
		assert(M3 || references > 0);
		references--;
		there = (references > 0)
	}
}

inline is_number(result)
{
#ifdef F_NO_GENERATION
	result = (state == LIVE || state == CLOSED)
#else
	result = ((state == LIVE || state == CLOSED) && generation == 0)
#endif
}

/* With no pin on a removed slot. */
inline free_slot()
{
	atomic {
		if
#ifdef F_FREED_TWICE
		:: true ->
#else
		:: state == REMOVED && generation == 0 && pins == 0 ->
#endif
			state = FREE;
			generation = 1;
			frees++;
			assert(M3 || frees == 1);
			last = true
		:: else -> last = false
		fi
	};
	if
#ifndef F_NO_REFERENCE
	:: last -> put() /* the pins' reference */
#endif
	:: else
	fi
}

inline unpin()
{
	atomic {
		assert(M2 || pins > 0);
		pins--;
		last = (pins == 0 && state == REMOVED && generation == 0)
	};
	if
	:: last -> free_slot()
	:: else
	fi
}

inline mark_closed()
{
	atomic {
		if
		:: state == LIVE && generation == 0 -> state = CLOSED
		:: else
		fi
	}
}

/* Has an operation of the session, for which its end waits. */
proctype sender()
{
	context = OURS;
	state = LIVE;
	sent = true;
#ifndef F_CLOSE_UNSEEN
	if
	:: is_closed -> mark_closed()
	:: else
	fi;
#endif
	filled = true
}

proctype closer()
{
	bool last;
	byte before;

	is_closed = true;
#ifndef F_SENT_UNSEEN
	if
	:: sent -> mark_closed()
	:: else
	fi;
#endif
	close_returned = true;
	filled; /* the sender's operation is over: the end completes */
#ifndef F_REMOVAL_FORGOTTEN
	atomic { /* without pins nothing else is needed */
		if
#ifdef F_REMOVED_BLINDLY
		:: true ->
#else
		:: pins == 0 ->
#endif
			state = FREE;
			generation = 1;
			frees++;
			before = 255
		:: else
		fi
	};
	if
	:: before != 255 ->
#ifndef F_NO_REFERENCE
		atomic {
			assert(M2 || references > 0);
			references++
		};
#endif
		atomic {
			state = REMOVED;
			before = pins
		};
		if
		:: before == 0 -> free_slot()
		:: else
		fi
	:: else
	fi;
#else
	frees++;
#endif
	put() /* the end's */
}

/* Only loads. */
proctype finder()
{
	bool closed_before, found;
	byte met;

	filled;
	closed_before = close_returned;
	atomic {
		is_number(found);
		found = (found && state == LIVE)
	};
	if
	:: found ->
		met = context;
#ifndef F_ONE_LOOK
		atomic {
			is_number(found);
			found = (found && state == LIVE)
		};
#endif
		assert(M1 || !found || met == OURS);
		assert(M4 || !found || !closed_before)
	:: else
	fi
}

proctype pinner()
{
	bool good, last;

	filled;
	atomic {
		pins++;
		is_number(good)
	};
	if
	:: good ->
		assert(M2 || there);
		atomic {
			assert(M2 || references > 0);
			references++
		};
		unpin();
		put()
	:: else ->
#ifndef F_PIN_STAYS
		unpin()
#endif
	fi
}

/* Another session takes the slot. */
proctype reuser()
{
	frees > 0;
#ifndef F_REMOVAL_FORGOTTEN
	context = OTHER;
#ifdef F_PINS_OVERWRITTEN
	atomic {
		pins = 0;
		state = LIVE
	}
#else
	state = LIVE
#endif
#endif
}

init {
	atomic {
		run sender();
		run closer();
		run finder();
		run pinner();
		run pinner();
		run reuser()
	};
	(_nr_pr == 1);
#ifndef F_REMOVAL_FORGOTTEN
	assert(M5 || (state == LIVE && context == OTHER && pins == 0));
#endif
	assert(M3 || !there)
}
