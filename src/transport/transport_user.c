/* SPDX-License-Identifier: MIT */
/*
 * Consumers that act for a user. A bind closes what they have opened. The rest of their
 * handles is revoked here, on the loop's thread.
 */
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* what uv.h needs in strict C11 */
#endif

#include <sessio/bind.h>

#include "transport/transport_provider.h"
#include "user/host.h"

static void withdraw(struct sessio_connection *connection)
{
	if (!connection->peer.user_has_left) {
		si_peer_withdraw_all(&connection->peer);
		si_revocations_tell(&connection->provider->revocations);
	}
}

static void on_event(const sessio_user_notice *notice, void *ctx)
{
	struct sessio_connection *connection = ctx;

	/* Another session may have the number by now. */
	if (notice->session == sessio_bind_user(connection->peer.bind)) {
		withdraw(connection);
	}
}

/* Every event that is watched takes the handles, so which one does not matter. */
static void on_missed(void *ctx, size_t count)
{
	(void)count;
	withdraw(ctx);
}

static void on_released(void *ctx)
{
	((struct sessio_connection *)ctx)->user_watch = NULL;
}

static uint32_t bit_if(sessio_bind_action action, sessio_user_event event)
{
	return action == SESSIO_BIND_CLOSE ? sessio_user_event_bit(event) : 0;
}

static sessio_status watch(
	struct sessio_connection *connection, const sessio_user_session *user, uint32_t events)
{
	const sessio_loop_options options = {
		.events = events,
		.flags = SESSIO_WATCH_ONE_SESSION,
		.session_id = sessio_user_session_id(user),
		.event = on_event,
		.missed = on_missed,
		.released = on_released,
		.ctx = connection,
	};
	struct sessio_provider *provider = connection->provider;

	if (provider->deliveries == NULL) {
		sessio_status status = sessio_loop_start(provider->loop, &provider->deliveries);

		if (status != SESSIO_OK) {
			return status;
		}
	}
	return sessio_loop_watch_host(provider->deliveries, si_user_session_host(user), &options,
		&connection->user_watch);
}

sessio_status sessio_connection_bind(sessio_connection *connection, sessio_user_session *user,
	const struct sessio_bind_policy *policy)
{
	sessio_status status = SESSIO_OK;
	uint32_t events;

	if (connection == NULL || user == NULL || policy == NULL) {
		return SESSIO_INVALID_ARG;
	}
	if (connection->peer.bind != NULL) {
		return SESSIO_EXISTS;
	}
	events = bit_if(policy->on_disconnect, SESSIO_USER_EVENT_DISCONNECTED) |
		bit_if(policy->on_logoff, SESSIO_USER_EVENT_LOGOFF) |
		bit_if(policy->on_termination, SESSIO_USER_EVENT_TERMINATED);
	/* First: so no event closes the bind and leaves the other handles. */
	if (events != 0) {
		status = watch(connection, user, events);
	}
	if (status == SESSIO_OK) {
		status = sessio_bind_create(user, policy, &connection->peer.bind);
	}
	if (status != SESSIO_OK) {
		sessio_loop_unwatch(connection->user_watch);
	}
	return status;
}
