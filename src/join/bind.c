/* SPDX-License-Identifier: MIT */
/* The life of a bind: its watcher, and what may be asked of it. */
#include "join/bind.h"

#include "base/lock_order.h"

#include "user/host.h"

static const char bind_name[] = "bind";

void si_bind_ref(struct sessio_bind *bind)
{
	(void)si_refcount_ref(&bind->refs, bind_name);
}

void si_bind_unref(struct sessio_bind *bind)
{
	if (si_refcount_unref(&bind->refs, bind_name)) {
		SI_BUG_IF(!si_list_is_empty(&bind->bound),
			"a bind went with sessions in it (bind-3)");
		sessio_user_session_unref(bind->user);
		si_mutex_fini(&bind->lock);
		si_platform_free(bind);
	}
}

static sessio_bind_action action_of(const sessio_bind_policy *policy, sessio_user_event event)
{
	switch (event) {
	case SESSIO_USER_EVENT_DISCONNECTED:
		return policy->on_disconnect;
	case SESSIO_USER_EVENT_LOGOFF:
		return policy->on_logoff;
	case SESSIO_USER_EVENT_TERMINATED:
		return policy->on_termination;
	default:
		return SESSIO_BIND_NOTHING;
	}
}

static void on_event(const sessio_user_notice *notice, void *ctx)
{
	struct sessio_bind *bind = ctx;
	sessio_bind_action action = action_of(&bind->policy, notice->event);

	if (notice->session != bind->user) {
		return; /* another session that has the id now */
	}
	if (action == SESSIO_BIND_CLOSE) {
		si_bind_close_all(bind);
	} else if (action == SESSIO_BIND_CALL) {
		si_bind_notify_all(bind, notice);
	}
	if (notice->event == SESSIO_USER_EVENT_TERMINATED) {
		si_bind_detach_all(bind);
		/* The id may come again, and has nothing to do with this bind then. */
		(void)si_host_unwatch_own(notice->host, bind->watch, bind);
	}
}

/* The watcher is gone: by us, by Terminated, or with the host. */
static void on_released(void *ctx)
{
	struct sessio_bind *bind = ctx;

	si_bind_detach_all(bind);
	si_bind_unref(bind);
}

static bool is_valid(const sessio_bind_policy *policy)
{
	const sessio_bind_action actions[] = { policy->on_disconnect, policy->on_logoff,
		policy->on_termination };

	for (unsigned i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
		if ((unsigned)actions[i] > SESSIO_BIND_CLOSE ||
			(actions[i] == SESSIO_BIND_CALL && policy->fn == NULL)) {
			return false;
		}
	}
	return true;
}

static sessio_status watch(struct sessio_bind *bind)
{
	const sessio_watch_options options = {
		.events = sessio_user_event_bit(SESSIO_USER_EVENT_DISCONNECTED) |
			sessio_user_event_bit(SESSIO_USER_EVENT_LOGOFF) |
			sessio_user_event_bit(SESSIO_USER_EVENT_TERMINATED),
		.flags = SESSIO_WATCH_ONE_SESSION,
		.session_id = sessio_user_session_id(bind->user),
		.released = on_released,
	};
	struct sessio_host *host = si_user_session_host(bind->user);
	sessio_status status;

	si_bind_ref(bind); /* the watcher's, which on_released() gives back */
	status = sessio_host_watch(host, &options, on_event, bind, &bind->watch);
	if (status != SESSIO_OK) {
		si_bind_unref(bind);
		return status;
	}
	/* Terminated may have come and gone before the watcher. */
	if (sessio_user_state_is_terminal(sessio_user_session_state(bind->user))) {
		(void)si_host_unwatch_own(host, bind->watch, bind);
		return SESSIO_BAD_STATE;
	}
	return SESSIO_OK;
}

static const struct si_session_join session_join = { si_bind_entered, si_bind_attach_locked,
	si_bind_detach_locked, si_bind_unref };

sessio_status sessio_bind_create(
	sessio_user_session *user, const sessio_bind_policy *policy, sessio_bind **out_bind)
{
	struct sessio_bind *bind;
	sessio_status status;

	if (user == NULL || policy == NULL || out_bind == NULL || !is_valid(policy)) {
		return SESSIO_INVALID_ARG;
	}
	bind = si_platform_alloc(sizeof(*bind));
	if (bind == NULL) {
		return SESSIO_NO_MEMORY;
	}
	*bind = (struct sessio_bind){ .policy = *policy };
	si_refcount_init(&bind->refs, 1);
	if (!si_mutex_init(&bind->lock, SI_RANK_BIND)) {
		si_platform_free(bind);
		return SESSIO_NO_MEMORY;
	}
	bind->user = sessio_user_session_ref(user);
	si_session_set_join(&session_join);
	status = watch(bind);
	if (status != SESSIO_OK) {
		si_bind_unref(bind);
		return status;
	}
	*out_bind = bind;
	return SESSIO_OK;
}

void sessio_bind_destroy(sessio_bind *bind)
{
	if (bind == NULL) {
		return;
	}
	/* Not found: the user session's end or the host's was first. */
	(void)si_host_unwatch_own(si_user_session_host(bind->user), bind->watch, bind);
	si_bind_detach_all(bind);
	si_bind_unref(bind);
}

sessio_status sessio_bind_add(sessio_bind *bind, void *session_context)
{
	struct si_session *session = si_session_of(session_context);

	if (bind == NULL || session == NULL) {
		return SESSIO_INVALID_ARG;
	}
	if (!si_rundown_is_open(&session->run)) {
		return SESSIO_BAD_STATE;
	}
	return si_bind_add(bind, session);
}

sessio_status sessio_bind_remove(sessio_bind *bind, void *session_context)
{
	struct si_session *session = si_session_of(session_context);

	if (bind == NULL || session == NULL) {
		return SESSIO_INVALID_ARG;
	}
	return si_bind_detach(bind, session) ? SESSIO_OK : SESSIO_NOT_FOUND;
}

size_t sessio_bind_count(sessio_bind *bind)
{
	size_t count;

	if (bind == NULL) {
		return 0;
	}
	si_mutex_lock(&bind->lock);
	count = bind->count;
	si_mutex_unlock(&bind->lock);
	return count;
}

sessio_user_session *sessio_bind_user(const sessio_bind *bind)
{
	return bind == NULL ? NULL : bind->user;
}
