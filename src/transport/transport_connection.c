/* SPDX-License-Identifier: MIT */
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* what uv.h needs in strict C11 */
#endif

#include "transport/transport_connection.h"

#include <string.h>

#include "base/bug.h"

/* How long a peer may take to read the last frame. */
#define LINGER_MS 1000u

/* A GOODBYE of ours has at most so many bytes. */
#define GOODBYE_BYTES 128u

/* How many frames one write takes at most. */
#define BATCH 32u

struct si_output {
	struct si_list_node node; /* waiting or writing */
	size_t size;
	unsigned char bytes[];
};

static struct si_output *of_node(struct si_list_node *node)
{
	return SI_LIST_ELEMENT(node, struct si_output, node);
}

static void drop_all(struct si_connection *connection, struct si_list *list)
{
	while (!si_list_is_empty(list)) {
		struct si_output *output = of_node(list->first);

		si_list_remove(list, &output->node);
		connection->queued -= output->size;
		si_platform_free(output);
	}
}

static void on_handle_closed(uv_handle_t *handle)
{
	struct si_connection *connection = handle->data;

	if (--connection->open_handles == 0) {
		drop_all(connection, &connection->waiting);
		drop_all(connection, &connection->writing);
		si_platform_free(connection->input);
		si_platform_free(connection->goodbye);
		connection->ops->closed(connection, connection->reason, connection->by_peer);
	}
}

static void close_now(struct si_connection *connection)
{
	if (connection->state == SI_CONNECTION_CLOSED) {
		return;
	}
	connection->state = SI_CONNECTION_CLOSED;
	/* A write under way is cancelled, and its callback runs before this one. */
	uv_close((uv_handle_t *)&connection->pipe, on_handle_closed);
	uv_close((uv_handle_t *)&connection->timer, on_handle_closed);
}

static void lose(struct si_connection *connection)
{
	if (connection->state == SI_CONNECTION_OPEN) {
		connection->by_peer = true;
	}
	close_now(connection);
}

static void on_time(uv_timer_t *timer)
{
	struct si_connection *connection = timer->data;

	if (connection->state == SI_CONNECTION_OPEN && !connection->deaf) {
		si_connection_end(connection, SI_FRAME_REASON_TIME, true);
	} else {
		lose(connection);
	}
}

/* The peer takes nothing any more; it may have said why (transport_connection-5). */
static void become_deaf(struct si_connection *connection)
{
	connection->deaf = true;
	drop_all(connection, &connection->waiting);
	drop_all(connection, &connection->writing);
	if (connection->state == SI_CONNECTION_OPEN) {
		(void)uv_timer_start(&connection->timer, on_time, LINGER_MS, 0);
	} else {
		close_now(connection);
	}
}

static void write_more(struct si_connection *connection);

static void on_written(uv_write_t *request, int status)
{
	struct si_connection *connection = request->data;

	connection->is_writing = false;
	drop_all(connection, &connection->writing);
	if (connection->state == SI_CONNECTION_CLOSED) {
		return;
	}
	if (status != 0) {
		become_deaf(connection);
	} else {
		write_more(connection);
	}
	si_connection_relieve(connection);
}

/* The next frames that wait, as many as one write takes (transport_connection-1). */
static unsigned take_frames(struct si_connection *connection, uv_buf_t *buffers, unsigned room)
{
	unsigned count = 0;

	while (count < room && !si_list_is_empty(&connection->waiting)) {
		struct si_output *output = of_node(connection->waiting.first);

		si_list_remove(&connection->waiting, &output->node);
		si_list_append(&connection->writing, &output->node);
		buffers[count++] = uv_buf_init((char *)output->bytes, (unsigned)output->size);
	}
	return count;
}

/* The owner's next notices, one behind the other (transport_connection-6). */
static size_t take_notices(struct si_connection *connection)
{
	struct si_frame notice;
	size_t used = 0;

	while (used < sizeof(connection->notices) && connection->ops->notice(connection, &notice)) {
		size_t size = si_frame_size(&notice, SI_CONNECTION_NOTICE_BYTES);

		SI_BUG_IF(size == 0, "a notice that is too long");
		si_frame_write(&notice, connection->notices + used);
		used += size;
	}
	return used;
}

static bool may_have_notices(const struct si_connection *connection)
{
	return connection->ops->notice != NULL &&
		(connection->state == SI_CONNECTION_OPEN ||
			connection->reason != SI_FRAME_REASON_QUEUE);
}

/* Takes the notices and frames of one write; how many buffers. */
static unsigned take_all(struct si_connection *connection, uv_buf_t *buffers)
{
	size_t notices = may_have_notices(connection) ? take_notices(connection) : 0;
	unsigned count = 0;

	if (notices != 0) {
		buffers[count++] = uv_buf_init((char *)connection->notices, (unsigned)notices);
	}
	if (notices < sizeof(connection->notices)) { /* those are all */
		count += take_frames(connection, buffers + count, BATCH);
	}
	return count;
}

/* Writes as much as the pipe takes at once; how many buffers are left. The first may be cut. */
static unsigned write_now(struct si_connection *connection, uv_buf_t **buffers, unsigned count)
{
	int written =
		count == 0 ? 0 : uv_try_write((uv_stream_t *)&connection->pipe, *buffers, count);
	size_t size = written < 0 ? 0 : (size_t)written; /* uv_write() says what is wrong */

	while (count != 0 && size >= (*buffers)->len) {
		size -= (*buffers)->len;
		(*buffers)++;
		count--;
	}
	if (count != 0) {
		(*buffers)->base += size;
		(*buffers)->len -= (unsigned)size;
	}
	return count;
}

static void write_more(struct si_connection *connection)
{
	uv_buf_t taken[1 + BATCH];
	uv_buf_t *buffers = taken;
	unsigned count;

	if (connection->is_writing || connection->is_corked || connection->deaf) {
		return;
	}
	count = write_now(connection, &buffers, take_all(connection, taken));
	if (count == 0) {
		drop_all(connection, &connection->writing);
		/* More waits for the loop's next turn, and others have theirs before. */
		buffers = taken;
		count = take_all(connection, taken);
	}
	if (count == 0) {
		if (connection->state == SI_CONNECTION_ENDING) {
			close_now(connection);
		}
		return;
	}
	connection->write.data = connection;
	connection->is_writing = true;
	if (uv_write(&connection->write, (uv_stream_t *)&connection->pipe, buffers, count,
		    on_written) != 0) {
		connection->is_writing = false;
		become_deaf(connection);
	}
}

void si_connection_notify(struct si_connection *connection)
{
	if (connection->state != SI_CONNECTION_CLOSED) {
		write_more(connection);
	}
}

static sessio_status enqueue(struct si_connection *connection, const struct si_frame *frame)
{
	size_t size = si_frame_size(frame, connection->peer_frame_bytes);
	struct si_output *output;

	if (size == 0) {
		return SESSIO_INVALID_ARG;
	}
	if (size > connection->queue_bytes - connection->queued) {
		return SESSIO_LIMIT;
	}
	output = si_platform_alloc(sizeof(*output) + size);
	if (output == NULL) {
		return SESSIO_NO_MEMORY;
	}
	output->size = size;
	si_frame_write(frame, output->bytes);
	si_list_append(&connection->waiting, &output->node);
	connection->queued += size;
	return SESSIO_OK;
}

sessio_status si_connection_send(struct si_connection *connection, const struct si_frame *frame)
{
	sessio_status status;

	if (connection->state != SI_CONNECTION_OPEN || connection->deaf) {
		return SESSIO_BAD_STATE;
	}
	status = enqueue(connection, frame);
	if (status == SESSIO_OK) {
		write_more(connection);
	}
	return status;
}

sessio_status si_connection_must_send(
	struct si_connection *connection, const struct si_frame *frame)
{
	sessio_status status = si_connection_send(connection, frame);

	if (status == SESSIO_LIMIT) {
		si_connection_end(connection, SI_FRAME_REASON_QUEUE, true);
	} else if (status == SESSIO_NO_MEMORY) {
		si_connection_end(connection, SI_FRAME_REASON_MEMORY, true);
	}
	return status;
}

/* The last frame, which always fits (transport_connection-2). */
static void say_goodbye(struct si_connection *connection)
{
	struct si_frame frame = { .kind = SI_FRAME_GOODBYE,
		.reason = (uint16_t)connection->reason };
	struct si_output *output = connection->goodbye;

	frame.name = si_frame_reason_text(frame.reason);
	frame.name_size = strlen(frame.name);
	output->size = si_frame_size(&frame, GOODBYE_BYTES);
	SI_BUG_IF(output->size == 0, "a reason with a text that is too long");
	si_frame_write(&frame, output->bytes);
	si_list_append(&connection->waiting, &output->node);
	connection->queued += output->size;
	connection->goodbye = NULL;
}

static void uncork(struct si_connection *connection)
{
	if (connection->is_corked) {
		connection->is_corked = false;
		if (connection->state != SI_CONNECTION_CLOSED) {
			write_more(connection);
		}
	}
}

void si_connection_end(struct si_connection *connection, enum si_frame_reason reason, bool goodbye)
{
	if (connection->state != SI_CONNECTION_OPEN) {
		return;
	}
	uncork(connection);
	connection->state = SI_CONNECTION_ENDING;
	connection->reason = reason;
	(void)uv_read_stop((uv_stream_t *)&connection->pipe);
	if (!goodbye || connection->deaf) {
		close_now(connection);
		return;
	}
	if (reason == SI_FRAME_REASON_QUEUE) {
		drop_all(connection, &connection->waiting);
	}
	say_goodbye(connection);
	(void)uv_timer_start(&connection->timer, on_time, LINGER_MS, 0);
	write_more(connection);
}

bool si_connection_is_full(const struct si_connection *connection)
{
	return connection->queued + connection->reserved > connection->queue_bytes;
}

static void on_read(uv_stream_t *stream, ssize_t got, const uv_buf_t *buffer);

/* Whether a frame may be delivered. A full queue is written first. */
static bool has_room(struct si_connection *connection)
{
	if (si_connection_is_full(connection)) {
		uncork(connection);
		connection->is_corked = true;
	}
	return !si_connection_is_full(connection);
}

/* Delivers the whole frames of the input; how many bytes they took. */
static size_t deliver(struct si_connection *connection)
{
	size_t at = 0;

	while (connection->state == SI_CONNECTION_OPEN && has_room(connection)) {
		struct si_frame frame;
		enum si_frame_reason reason;
		size_t size;
		enum si_frame_result result = si_frame_parse(connection->input + at,
			connection->received - at, connection->frame_bytes, &frame, &size, &reason);

		if (result == SI_FRAME_PARTIAL) {
			break;
		}
		if (result == SI_FRAME_BROKEN) {
			si_connection_end(connection, reason, true);
			break;
		}
		at += size;
		connection->ops->frame(connection, &frame);
	}
	return at;
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
	struct si_connection *connection = handle->data;

	(void)suggested;
	/* There is always room: a frame that fills the input is whole, and delivered. */
	*buffer = uv_buf_init((char *)connection->input + connection->received,
		(unsigned)(connection->frame_bytes - connection->received));
}

static void on_read(uv_stream_t *stream, ssize_t got, const uv_buf_t *buffer);

/* Delivers what can be, and reads on unless the peer has to take something first. */
static void go_on(struct si_connection *connection)
{
	bool full;
	size_t used;

	connection->delivering = true;
	connection->is_corked = true;
	used = deliver(connection);
	uncork(connection);
	connection->delivering = false;
	connection->received -= used;
	if (used != 0 && connection->received != 0) {
		memmove(connection->input, connection->input + used, connection->received);
	}
	full = si_connection_is_full(connection);
	if (connection->state != SI_CONNECTION_OPEN || full == connection->throttled) {
		return;
	}
	connection->throttled = full;
	if (full) {
		(void)uv_read_stop((uv_stream_t *)&connection->pipe);
	} else if (uv_read_start((uv_stream_t *)&connection->pipe, on_alloc, on_read) != 0) {
		lose(connection);
	}
}

static void on_read(uv_stream_t *stream, ssize_t got, const uv_buf_t *buffer)
{
	struct si_connection *connection = stream->data;

	(void)buffer;
	if (got < 0) {
		lose(connection);
	} else if (got > 0) {
		connection->received += (size_t)got;
		go_on(connection);
	}
}

void si_connection_relieve(struct si_connection *connection)
{
	if (connection->throttled && !connection->delivering &&
		connection->state == SI_CONNECTION_OPEN && !si_connection_is_full(connection)) {
		go_on(connection);
	}
}

void si_connection_await_greeting(struct si_connection *connection, uint32_t timeout_ms)
{
	(void)uv_timer_start(&connection->timer, on_time, timeout_ms, 0);
}

void si_connection_greeted(struct si_connection *connection)
{
	(void)uv_timer_stop(&connection->timer);
}

sessio_status si_connection_init(struct si_connection *connection, uv_loop_t *loop,
	const struct si_connection_ops *ops, size_t frame_bytes, size_t queue_bytes)
{
	unsigned char *input = si_platform_alloc(frame_bytes);
	struct si_output *goodbye = si_platform_alloc(sizeof(*goodbye) + GOODBYE_BYTES);

	if (input == NULL || goodbye == NULL) {
		si_platform_free(input);
		si_platform_free(goodbye);
		return SESSIO_NO_MEMORY;
	}
	memset(connection, 0, sizeof(*connection));
	connection->input = input;
	connection->goodbye = goodbye;
	connection->ops = ops;
	connection->frame_bytes = frame_bytes;
	connection->peer_frame_bytes = SI_FRAME_BYTES_MIN; /* until the greeting */
	connection->queue_bytes = queue_bytes;
	connection->open_handles = 2;
	/* Neither fails: they only fill in their structures. */
	(void)uv_pipe_init(loop, &connection->pipe, 0);
	(void)uv_timer_init(loop, &connection->timer);
	connection->pipe.data = connection;
	connection->timer.data = connection;
	return SESSIO_OK;
}

bool si_connection_start(struct si_connection *connection)
{
	if (uv_read_start((uv_stream_t *)&connection->pipe, on_alloc, on_read) != 0) {
		lose(connection);
		return false;
	}
	return true;
}
