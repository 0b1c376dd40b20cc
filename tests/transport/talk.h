/* SPDX-License-Identifier: MIT */
/*
 * A provider with one object, "lamp", on a thread of its own. Every wait here ends
 * with the awaited thing, or with the test's time.
 */
#ifndef SESSIO_TESTS_TALK_H
#define SESSIO_TESTS_TALK_H

#include <sessio/transport.h>

#include "transport/transport_frame.h"

/* The provider's operations. */
enum talk_operation {
	OP_ECHO = 7, /* answers with the bytes that came */
	OP_LATER = 8, /* is answered by OP_FINISH, in the order of coming */
	OP_FINISH = 9, /* answers all that wait, then itself */
	OP_ELSEWHERE = 10, /* is answered by another thread */
	OP_MUCH = 11, /* the bytes say how many bytes the answer has */
	OP_UNTIL_CANCELLED = 12, /* is answered with 42 when it is cancelled */
	OP_HOLD = 13, /* is given to talk_take() */
	OP_AGAIN = 14, /* answers with a copy of the first handle that came */
	OP_AFTERWARDS = 17, /* answers, then opens the lamp, fills a container and closes it */
	OP_WASTE = 16, /* opens the lamp, and answers without the container */
	OP_CROSSED = 18, /* waits for a cancellation, and is answered by another thread */
	OP_HANG_UP = 15 /* ends the connection and answers */
};

#define LAMP_READ 1u
#define LAMP_WRITE 2u

struct talk;

/* Starts a provider with these limits; NULL: the defaults. */
struct talk *talk_start(const sessio_transport_limits *limits);

/* The same on a pipe of this name, where a killed provider may have been. */
struct talk *talk_start_at(const char *pipe, const sessio_transport_limits *limits);

/* Stops the provider, and checks that nothing of it is left. */
void talk_stop(struct talk *talk);

/* The same in two steps: stops and lets held requests be answered afterwards. */
void talk_stop_provider(struct talk *talk);

const char *talk_pipe(const struct talk *talk);

/* Runs a function on the provider's thread, and waits for it. */
void talk_do(struct talk *talk, void (*fn)(struct talk *talk, void *arg), void *arg);

sessio_provider *talk_provider(struct talk *talk);

/* Waits until there are so many connections that `connected` let in. */
void talk_await_connections(struct talk *talk, unsigned count);

/* How many calls have come since the start; waits until there are so many. */
unsigned talk_calls(struct talk *talk);
void talk_await_calls(struct talk *talk, unsigned count);

/* On the provider's thread: answers each OP_LATER that waits. */
void talk_finish(struct talk *talk);

/* The request of the last OP_HOLD; waits for one. */
sessio_request *talk_take(struct talk *talk);

/* How many sessions the lamp has now; on any thread. */
unsigned talk_sessions(struct talk *talk);
void talk_await_sessions(struct talk *talk, unsigned count);

/* The answer of `connected` from now on, and the last peer that it saw. */
void talk_refuse(struct talk *talk, sessio_status status);
sessio_peer talk_last_peer(struct talk *talk);

/* Binds what new consumers open to a user; NULL: no more. */
void talk_bind(struct talk *talk, sessio_user_session *user);

/* The object itself, and a container of a session that this thread opens for a request. */
void *talk_lamp(struct talk *talk);
struct sessio_handle_desc talk_contain(struct talk *talk, sessio_request *request);

/* Unregisters the lamp, on this thread; registers it again. */
void talk_withdraw(struct talk *talk);
void talk_offer(struct talk *talk);

#endif /* SESSIO_TESTS_TALK_H */
