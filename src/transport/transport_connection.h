/* SPDX-License-Identifier: MIT */
/*
 * One end of a pipe: frames in, frames out. Everything here runs on the loop's
 * thread.
 *
 *     OPEN    -> ENDING   [si_connection_end, a frame that breaks a rule, a full
 *                          queue, a greeting that does not come]  only a GOODBYE
 *                          is still sent
 *     OPEN    -> CLOSED   [the peer closed the pipe]
 *     ENDING  -> CLOSED   [all is sent, or LINGER_MS are over]
 *
 * (transport_connection-1) Frames are written at once as far as the pipe takes them. One
 *      write at most is under way for the rest. Notices go before all frames that no write has taken yet.
 * (transport_connection-2) The frames that wait never exceed queue_bytes, but for
 *      one GOODBYE. The frame that would exceed it is refused. The GOODBYE
 *      has its memory from the beginning.
 * (transport_connection-3) No frame is delivered after the connection has left
 *      OPEN; `closed` is called once, last, and may free the connection.
 * (transport_connection-4) No frame is delivered while the queue and `reserved` are
 *      more than queue_bytes. Then the pipe is not read either.
 * (transport_connection-5) A write that fails is not the end: the peer may have said
 *      why, and what it said is still read.
 * (transport_connection-6) Notices do not wait here: each write asks the owner for the
 *      next ones, and has memory for so many. So they need no queue, and are not refused.
 * (transport_connection-7) Frames that the owner sends during a delivery are corked: they go out
 *      in one write after it. They go earlier if the queue is full or the connection ends.
 *      So an answer and the notices before it wake the peer once.
 */
#ifndef SI_TRANSPORT_CONNECTION_H
#define SI_TRANSPORT_CONNECTION_H

#include <uv.h>

#include <sessio/status.h>

#include "base/list.h"
#include "transport/transport_frame.h"

struct si_connection;
struct si_output;

#define SI_CONNECTION_NOTICES 32u /* in one write */
#define SI_CONNECTION_NOTICE_BYTES 20u

struct si_connection_ops {
	/* A frame that is whole and keeps every rule of its kind; borrowed. */
	void (*frame)(struct si_connection *connection, const struct si_frame *frame);

	/* The owner's next notice, of SI_CONNECTION_NOTICE_BYTES at most. NULL: there are never any. */
	bool (*notice)(struct si_connection *connection, struct si_frame *out_frame);

	/* The end. The reason is the GOODBYE's, sent or received, or NONE. */
	void (*closed)(struct si_connection *connection, enum si_frame_reason reason, bool by_peer);
};

struct si_connection {
	uv_pipe_t pipe;
	uv_timer_t timer; /* of the greeting, then of the end */
	uv_write_t write;
	const struct si_connection_ops *ops;
	enum { SI_CONNECTION_OPEN, SI_CONNECTION_ENDING, SI_CONNECTION_CLOSED } state;
	enum si_frame_reason reason; /* why it leaves OPEN */
	bool by_peer; /* the peer ended it */
	unsigned open_handles; /* of libuv: the pipe and the timer */
	size_t frame_bytes; /* the largest frame to take */
	size_t peer_frame_bytes; /* the largest frame to send */
	size_t queue_bytes; /* the most that may wait */
	size_t queued; /* bytes that wait or are being written */
	size_t reserved; /* for answers to what was delivered; the owner's, 0 at first */
	bool throttled; /* the pipe is not read (transport_connection-4) */
	bool delivering; /* frames: the input must not move */
	bool deaf; /* a write has failed: nothing is sent any more */
	struct si_list waiting; /* frames */
	struct si_list writing; /* what the write has taken */
	bool is_writing; /* those, or notices */
	bool is_corked; /* (transport_connection-7) */
	struct si_output *goodbye; /* until it is sent */
	unsigned char *input; /* frame_bytes */
	size_t received; /* bytes in input */
	unsigned char notices[SI_CONNECTION_NOTICES * SI_CONNECTION_NOTICE_BYTES]; /* the write's */
};

/* Before anything else. SESSIO_OK, SESSIO_NO_MEMORY: then there is nothing to end. */
sessio_status si_connection_init(struct si_connection *connection, uv_loop_t *loop,
	const struct si_connection_ops *ops, size_t frame_bytes, size_t queue_bytes);

/* Once the pipe is connected: begins to read. False: it is closed, `closed` follows. */
bool si_connection_start(struct si_connection *connection);

/* A greeting is to come within this time; TIME is the reason if it does not. */
void si_connection_await_greeting(struct si_connection *connection, uint32_t timeout_ms);
void si_connection_greeted(struct si_connection *connection);

/* Whether frames have to wait (transport_connection-4). */
bool si_connection_is_full(const struct si_connection *connection);

/* After `reserved` has become less: goes on reading if that is possible now. */
void si_connection_relieve(struct si_connection *connection);

/*
 * Sends a frame. SESSIO_INVALID_ARG (it breaks a rule or is larger than the peer takes),
 * SESSIO_BAD_STATE (not open any more), SESSIO_LIMIT (the queue is full), SESSIO_NO_MEMORY.
 */
sessio_status si_connection_send(struct si_connection *connection, const struct si_frame *frame);

/* The same, and the last two end the connection, with QUEUE or MEMORY. */
sessio_status si_connection_must_send(
	struct si_connection *connection, const struct si_frame *frame);

/* The owner has notices: the next write asks for them. */
void si_connection_notify(struct si_connection *connection);

/*
 * Ends the connection from this side. With `goodbye` the peer gets the reason,
 * after the frames that wait, or instead of them if the reason is QUEUE.
 */
void si_connection_end(struct si_connection *connection, enum si_frame_reason reason, bool goodbye);

#endif /* SI_TRANSPORT_CONNECTION_H */
