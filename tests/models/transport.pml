/* SPDX-License-Identifier: MIT */
/*
 * The threads round a provider, src/transport, as a Spin model.
 *
 * The loop's thread gives a consumer a handle, and serves a request of it. Another
 * thread answers that request, some time. A third ends the session of the handle. The
 * connection may end and the provider may stop at any time, in any order with these. A
 * request may end the session, too, on the loop's thread, which wakes nobody for it.
 *
 *   (M1) nobody touches a request, a connection, a provider or a record that is freed;
 *   (M2) nobody wakes a loop whose wake is closed;
 *   (M3) a request is answered once at most, and nothing is sent after the connection's
 *        end;
 *   (M4) a consumer that is still there hears once that its handle is revoked;
 *   (M5) when nothing moves any more, a stopped provider and all of its is freed.
 *
 * Left out: the bytes, several connections, requests and sessions, and the memory of
 * notices, which only the loop's thread has.
 *
 *   sound
 *   fault -DF_ASK_UNLOCKED     a poster asks whether the loop is awake, then takes the lock
 *   fault -DF_WAKE_UNLOCKED    a poster wakes the loop with the lock released
 *   fault -DF_QUEUE_ALWAYS     a post is queued after the stop, too
 *   fault -DF_LEAVE_POSTS      the stop leaves the posts that are queued
 *   fault -DF_NO_REF           a request has no reference to its connection
 *   fault -DF_NO_PROVIDER_REF  a connection has no reference to its provider
 *   fault -DF_ANSWER_ALWAYS    an answer does not ask whether the connection has ended
 *   fault -DF_STAY_LISTED      a provider that stops can still be found by revocations
 *   fault -DF_NO_LOOK          a handle that was given is not looked at again
 *   fault -DF_LOOK_FIRST       it is looked at before it has a record
 *   fault -DF_HEAR_TWICE       a look forgets that the consumer has been notified
 *   fault -DF_NO_TELL          a frame that ends the session is not followed by a look
 *   fault -DF_KEEP_PENDING     a record goes while its session waits for a look
 */
bool lock; /* the provider's */
bool registry; /* the revocations' lock */
bool wake;
bool closed; /* the wake */
bool awake = true;
bool post; /* is queued */
bool in_registry = true; /* the provider */

#ifdef F_NO_PROVIDER_REF
byte provider = 1;
#else
byte provider = 2; /* references: its owner's, the connection's */
#endif
#ifdef F_NO_REF
byte connection = 1;
#else
byte connection = 2; /* the pipe's, the request's */
#endif
bool request = true; /* is there */
bool listed = true; /* the request, with its connection */
bool is_up = true; /* the connection */
byte answers;

bool revoked; /* the session's handles */
bool record; /* of the handle, in the map */
bool pending; /* its session waits for a look */
bool knows; /* its consumer has been notified */
byte heard;
bool is_over; /* the provider has stopped */

hidden byte M1, M2, M3, M4, M5;

inline enter(mutex)
{
	atomic { !mutex -> mutex = true }
}

inline send_wake()
{
	d_step {
		assert(M2 || !closed);
		wake = true
	}
}

inline unref_provider()
{
	d_step {
		assert(M1 || provider > 0);
		provider--
	}
}

inline unref_connection()
{
	atomic {
		assert(M1 || connection > 0);
		connection--;
		if
#ifndef F_NO_PROVIDER_REF
		:: connection == 0 -> unref_provider()
#endif
		:: else
		fi
	}
}

/* A post that runs, on the loop's thread or on the poster's. */
inline run_answer()
{
	assert(M1 || request);
	assert(M1 || connection > 0);
	if
#ifdef F_ANSWER_ALWAYS
	:: true ->
#else
	:: listed ->
#endif
		assert(M3 || is_up);
		answers++;
		assert(M3 || answers == 1);
		listed = false
#ifndef F_ANSWER_ALWAYS
	:: else
#endif
	fi;
	request = false;
#ifndef F_NO_REF
	unref_connection()
#endif
}

active proctype finisher()
{
	bool was_awake;

	assert(M1 || connection > 0);
	assert(M1 || provider > 0);
#ifdef F_ASK_UNLOCKED
	was_awake = awake;
	enter(lock);
#else
	enter(lock);
	was_awake = awake;
#endif
	assert(M1 || provider > 0);
#ifdef F_QUEUE_ALWAYS
	post = true;
	if
	:: was_awake -> send_wake()
	:: else
	fi;
	lock = false
#else
	if
	:: was_awake ->
		post = true;
#ifdef F_WAKE_UNLOCKED
		lock = false;
		send_wake()
#else
		send_wake();
		lock = false
#endif
	:: else ->
		lock = false;
		run_answer()
	fi
#endif
}

/* The session ends once; then its handles' consumers are to be notified. */
inline queue_look(wakes)
{
	enter(registry);
	if
	:: in_registry ->
		assert(M1 || provider > 0);
		if
		:: record && !pending ->
			pending = true;
			if
			:: wakes -> send_wake()
			:: else
			fi
		:: else
		fi
	:: else
	fi;
	registry = false
}

active proctype revoker()
{
	atomic {
		if
		:: !revoked -> revoked = true
		:: else -> goto done
		fi
	};
	queue_look(true);
done:
	skip
}

inline look()
{
	if
#ifdef F_HEAR_TWICE
	:: record && revoked ->
#else
	:: record && revoked && !knows ->
#endif
		assert(M3 || is_up);
		knows = true;
		heard++
	:: else
	fi
}

/* The handle is made, unless its session has ended by then. */
inline give()
{
	if
	:: !revoked ->
#ifdef F_LOOK_FIRST
		look();
#endif
		enter(registry);
		record = true;
		registry = false;
#if !defined(F_NO_LOOK) && !defined(F_LOOK_FIRST)
		look()
#endif
	:: else
	fi
}

inline tell()
{
	enter(registry);
	if
	:: pending ->
		assert(M1 || record);
		pending = false;
		registry = false;
		look()
	:: else -> registry = false
	fi
}

/* A frame that closes the session. */
inline serve()
{
	atomic {
		if
		:: !revoked -> revoked = true; ends = true
		:: else
		fi
	};
	if
	:: ends -> queue_look(false)
	:: else
	fi;
#ifndef F_NO_TELL
	tell()
#endif
}

inline run_posts()
{
	enter(lock);
	do
	:: post ->
		post = false;
		lock = false;
		run_answer();
		enter(lock)
	:: else -> break
	od;
	lock = false
}

inline end_connection()
{
	listed = false;
	enter(registry);
	record = false;
#ifndef F_KEEP_PENDING
	pending = false;
#endif
	registry = false;
	is_up = false;
	unref_connection()
}

inline stop()
{
	enter(registry);
#ifndef F_STAY_LISTED
	in_registry = false;
#endif
	registry = false;
	enter(lock);
	awake = false;
	lock = false;
#ifndef F_LEAVE_POSTS
	run_posts();
#endif
	closed = true;
	is_over = true;
	unref_provider()
}

active proctype loop()
{
	bool gave;
	bool hurries;
	bool served;
	bool ends; /* the frame's is the session's end */

	if
	:: hurries = true
	:: hurries = false
	fi;
	do
	:: !gave && is_up -> gave = true; give()
	:: !served && is_up -> served = true; serve()
	:: wake ->
		wake = false;
		tell();
		run_posts()
	:: hurries && is_up -> end_connection()
	:: hurries && !is_up -> break
	:: timeout -> break
	od;
	assert(M4 || !is_up || !record || heard == revoked);
	assert(M4 || heard <= 1);
	if
	:: is_up -> end_connection()
	:: else
	fi;
	stop();
	timeout;
	assert(M5 || (provider == 0 && connection == 0 && !request && !post))
}
