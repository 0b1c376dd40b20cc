/* SPDX-License-Identifier: MIT */
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* what uv.h needs in strict C11 */
#endif

#include "test.h"

#include "holding.h"

#include "leaks.h"
#include "raw.h"

#include <sessio/handle_space.h>

#include "transport/transport_provider.h"

static void look(struct talk *talk, void *arg)
{
	talk_finish(talk);
	*(size_t *)arg = talk_provider(talk)->connection_count;
}

struct holding holding_take(struct talk *talk, size_t connections, unsigned sessions)
{
	struct raw raw;
	size_t count;

	/* Connections come in order: when this one is welcomed, all before it have come. */
	raw_greet(&raw, talk_pipe(talk));
	raw_close(&raw);
	do {
		talk_do(talk, look, &count);
	} while (count != connections);
	/* Answers from other threads that had just been posted have run after once more. */
	talk_do(talk, look, &count);
	talk_await_sessions(talk, sessions);
	return (struct holding){ leaks_live(), sessio_handle_space_count(sessio_handle_space_own()),
		descriptors() };
}

void holding_check(
	struct talk *talk, size_t connections, unsigned sessions, const struct holding *before)
{
	const struct holding now = holding_take(talk, connections, sessions);

	assert_int_equal(now.handles, before->handles);
	assert_int_equal(now.descriptors, before->descriptors);
	assert_int_equal(now.things, before->things);
}
