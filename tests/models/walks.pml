/* SPDX-License-Identifier: MIT */
/*
 * Walks over an object's sessions, src/resource/walk.c, as a Spin model. Two walkers
 * have a cursor each; one session stays, one ends, one comes and ends.
 *
 * A walker takes some sessions under the lock, remembers them in its batch, moves its
 * cursor behind them, and visits them without the lock. An end looks into all batches.
 * It leaves the list, and leaves the rest to the last walker that has the session.
 * One step is all that happens under the lock.
 *
 *   (M1) nothing is visited, and nothing led to, that has been freed, or is a cursor;
 *   (M2) a session that stays is met once by each walk;
 *   (M3) no session is met twice by a walk;
 *   (M4) in the end the list has what stays, and nothing else.
 *
 * Left out: how a session ends (sessions.pml), walks inside walks, weak memory.
 *
 * The runs of run.sh. A fault must be caught:
 *
 *   sound
 *   fault -DF_NO_CURSOR          a walker remembers the session where it was
 *   fault -DF_CURSOR_STAYS       a cursor is not moved behind what was taken
 *   fault -DF_CURSOR_TAKEN       the other walker's cursor is taken for a session
 *   fault -DF_BATCHES_UNSEEN     an end does not look into batches
 *   fault -DF_ONE_BATCH          an end looks into one batch only
 *   fault -DF_STOP_SHORT         a walk ends where nothing was left to take
 *   fault -DF_CURSOR_LEFT        a walk leaves its cursor behind
 *   fault -DF_LAST_FORGETS       the last walker does not finish the end
 */
#define STAYS 0
#define ENDS 1
#define COMES 2
#define SESSIONS 3
#define WALKERS 2
#define NODES (SESSIONS + WALKERS)
#define NIL 7
#define BATCH 1

byte head = NIL;
byte next[NODES];
byte batch[WALKERS]; /* the session that each walker has */
byte pins[SESSIONS]; /* walkers that had it when it ended, and still have */
bool left[SESSIONS]; /* its end is over but for a walker */
bool over[SESSIONS];
bool freed[SESSIONS]; /* ghost */
byte finished;

hidden byte M1, M2, M3, M4;

inline link_first(node)
{
	next[node] = head;
	head = node
}

inline link_after(place, node)
{
	next[node] = next[place];
	next[place] = node
}

inline unlink(node)
{
	if
	:: head == node -> head = next[node]
	:: else ->
		i = head;
		do
		:: next[i] == node -> next[i] = next[node]; break
		:: else -> i = next[i]
		od
	fi;
	next[node] = NIL
}

inline finish()
{
	atomic {
		finished++;
		if
		:: finished == WALKERS + 2 ->
			assert(M4 || (head == STAYS && next[STAYS] == NIL));
			assert(M4 || (freed[ENDS] && freed[COMES]))
		:: else
		fi
	}
}

proctype walker(byte cursor)
{
	byte taken = NIL;
	byte at, last, i;
	byte met[SESSIONS];

	atomic { link_first(cursor); last = cursor };
	do
	:: true ->
		atomic {
			at = next[last];
			do
			:: at == NIL -> break
			:: at != NIL && at >= SESSIONS ->
#ifdef F_CURSOR_TAKEN
				break
#else
				last = at;
#ifdef F_STOP_SHORT
				at = NIL
#else
				at = next[at]
#endif
#endif
			:: at != NIL && at < SESSIONS -> last = at; break
			od;
			if
			:: at != NIL ->
				assert(M1 || at < SESSIONS);
				taken = at;
				batch[cursor - SESSIONS] = at
			:: else
			fi;
#ifdef F_CURSOR_STAYS
			last = cursor;
#endif
#ifndef F_NO_CURSOR
			if
			:: last != cursor ->
				unlink(cursor);
				link_after(last, cursor);
				last = cursor
			:: else
			fi
#endif
		};
		if
		:: taken == NIL -> break
		:: else
		fi;
		/* Its visit. */
		atomic {
			assert(M1 || !freed[taken]);
			met[taken]++;
			assert(M3 || met[taken] == 1)
		};
		atomic {
			batch[cursor - SESSIONS] = NIL;
			if
			:: left[taken] ->
				pins[taken]--;
				if
				:: pins[taken] == 0 ->
					left[taken] = false;
#ifndef F_LAST_FORGETS
					freed[taken] = true
#endif
				:: else
				fi
			:: else
			fi;
			taken = NIL
		};
#ifdef F_NO_CURSOR
		assert(M1 || last >= SESSIONS || !freed[last])
#endif
	od;
#ifndef F_CURSOR_LEFT
	atomic { unlink(cursor) };
#endif
	assert(M2 || met[STAYS] == 1);
	finish()
}

/* The end of a session: over, or left to a walker. */
inline end_it(session)
{
	atomic {
#ifndef F_BATCHES_UNSEEN
		pins[session] = (batch[0] == session -> 1 : 0);
#ifndef F_ONE_BATCH
		pins[session] = pins[session] + (batch[1] == session -> 1 : 0);
#endif
#endif
		unlink(session);
		if
		:: pins[session] > 0 -> left[session] = true
		:: else -> over[session] = true
		fi
	};
	/* Its destructor, later. */
	atomic {
		if
		:: over[session] && !freed[session] -> freed[session] = true
		:: else
		fi
	}
}

proctype ender(byte session)
{
	byte i;

	end_it(session);
	finish()
}

proctype opener()
{
	byte i;

	atomic { link_first(COMES) };
	end_it(COMES);
	finish()
}

init {
	atomic {
		batch[0] = NIL;
		batch[1] = NIL;
		link_first(STAYS);
		link_first(ENDS)
	};
	atomic {
		run walker(SESSIONS);
		run walker(SESSIONS + 1);
		run ender(ENDS);
		run opener()
	}
}
