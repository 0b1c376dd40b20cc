/* SPDX-License-Identifier: MIT */
/*
 * Events, observations and adopted sessions. Each becomes an item of the queue,
 * on the stack of a poster that may wait, or in memory of its own (host-3, host-7).
 */
#include "base/text.h"
#include "user/host.h"

static struct si_event *of_item(struct si_queue_item *item)
{
	_Static_assert(offsetof(struct si_event, item) == 0, "the item comes first");
	return (struct si_event *)(void *)item;
}

static void deliver(struct sessio_host *host, struct si_queue_item *item) SI_LOCKED_HOST
{
	const struct si_event *event = of_item(item);

	si_user_session_apply_locked(host, event);
	if (si_dispatch_is_wanted_locked(host, event)) {
		si_dispatch_event_locked(host, event);
	}
}

/* Gives back what Terminated took from the map. */
static void done_on_stack(struct sessio_host *host, struct si_queue_item *item) SI_LOCKED_HOST
{
	const struct si_event *event = of_item(item);

	(void)host;
	if (si_state_is_terminal(event->after)) {
		sessio_user_session_unref(event->session);
	}
}

/* Fills the reserve first. */
static void free_event_locked(struct sessio_host *host, struct si_event *event) SI_LOCKED_HOST
{
	if (host->spare_event_count < SI_HOST_RESERVE) {
		si_list_prepend(&host->spare_events, &event->item.node);
		host->spare_event_count++;
	} else {
		si_platform_free(event);
	}
}

static void done_in_memory(struct sessio_host *host, struct si_queue_item *item) SI_LOCKED_HOST
{
	done_on_stack(host, item);
	free_event_locked(host, of_item(item));
}

static struct si_event *take_spare_locked(struct sessio_host *host) SI_LOCKED_HOST
{
	struct si_list_node *node = host->spare_events.first;

	if (node == NULL) {
		return NULL;
	}
	si_list_remove(&host->spare_events, node);
	host->spare_event_count--;
	return of_item(SI_LIST_ELEMENT(node, struct si_queue_item, node));
}

static struct si_event *create_event_locked(
	struct sessio_host *host, bool may_use_reserve) SI_LOCKED_HOST
{
	struct si_event *event = si_platform_alloc(sizeof(*event));

	return event == NULL && may_use_reserve ? take_spare_locked(host) : event;
}

bool si_post_fill_reserve_locked(struct sessio_host *host)
{
	while (host->spare_event_count < SI_HOST_RESERVE) {
		struct si_event *event = si_platform_alloc(sizeof(*event));

		if (event == NULL) {
			return false;
		}
		free_event_locked(host, event);
	}
	return si_user_session_fill_reserve_locked(host);
}

void si_post_free_reserve_locked(struct sessio_host *host)
{
	si_user_session_free_reserve_locked(host);
	while (!si_list_is_empty(&host->spare_events)) {
		si_platform_free(take_spare_locked(host));
	}
}

/* The session of an event that is known already, or becomes known; false: no memory. */
static bool find_session_locked(
	struct sessio_host *host, struct si_event *event, bool may_use_reserve) SI_LOCKED_HOST
{
	if (event->session == NULL) {
		event->session =
			si_user_session_create_locked(host, event->session_id, may_use_reserve);
		if (event->session == NULL) {
			return false;
		}
		si_user_session_add_locked(host, event->session);
	}
	event->session->planned = event->after;
	return true;
}

/* In a callback: the event goes into memory of its own, and follows the one in hand. */
static sessio_status defer_locked(struct sessio_host *host, struct si_worker *worker,
	const struct si_event *filled, bool may_use_reserve) SI_LOCKED_HOST
{
	struct si_event *event = create_event_locked(host, may_use_reserve);

	if (event == NULL) {
		return SESSIO_NO_MEMORY;
	}
	*event = *filled;
	if (!find_session_locked(host, event, may_use_reserve)) {
		free_event_locked(host, event);
		return SESSIO_NO_MEMORY;
	}
	event->item.deliver = deliver;
	event->item.done = done_in_memory;
	si_queue_defer_locked(host, worker, &event->item);
	return SESSIO_OK;
}

/* Queues an event that is filled in, and delivers it if its poster may. */
static sessio_status submit_locked(
	struct sessio_host *host, struct si_event *event, bool may_use_reserve) SI_LOCKED_HOST
{
	struct si_worker *worker = si_host_worker();

	if (worker != NULL) {
		return defer_locked(host, worker, event, may_use_reserve);
	}
	if (!find_session_locked(host, event, may_use_reserve)) {
		return SESSIO_NO_MEMORY;
	}
	event->item.deliver = deliver;
	event->item.done = done_on_stack;
	if (host->busy || !si_list_is_empty(&host->queue)) {
		si_queue_run_locked(host, &event->item);
	} else if (si_dispatch_is_wanted_locked(host, event)) {
		si_queue_run_now_locked(host, &event->item); /* (host-10) */
	} else {
		si_user_session_apply_locked(host, event);
		done_on_stack(host, &event->item);
	}
	return SESSIO_OK;
}

/* A terminal may come with the event. */
static inline bool may_set_local(sessio_user_event event)
{
	return event == SESSIO_USER_EVENT_CREATED || event == SESSIO_USER_EVENT_CONNECTED;
}

static inline bool flags_are_valid(sessio_user_event event, unsigned flags)
{
	return flags == 0 || (flags == SESSIO_POST_REMOTE && may_set_local(event));
}

static struct si_event fill(
	uint32_t id, struct sessio_user_session *known, sessio_user_event event, unsigned flags)
{
	struct si_event filled = { 0 };

	filled.session = known;
	filled.session_id = id;
	filled.event = event;
	filled.list = (unsigned)event;
	filled.before = known == NULL ? SESSIO_USER_STATE_INITIALIZED : known->planned;
	filled.after = si_rules_target(filled.before, event);
	filled.sets_local = may_set_local(event);
	filled.local = (flags & SESSIO_POST_REMOTE) == 0;
	return filled;
}

static void fill_refusal(
	sessio_refusal *refusal, uint32_t id, sessio_user_state state, sessio_user_event event)
{
	if (refusal != NULL) {
		refusal->session_id = id;
		refusal->state = state;
		refusal->event = event;
	}
}

/* An event that goes through the queue or has to be refused. The lock is released. */
static sessio_status post_queued(struct sessio_host *host, uint32_t session_id,
	sessio_user_event event, unsigned flags, sessio_refusal *refusal) SI_RELEASES(&host->lock)
{
	struct sessio_user_session *session = si_user_session_planned_locked(host, session_id);
	struct si_event filled = fill(session_id, session, event, flags);
	sessio_status status;

	if (host->closing) {
		fill_refusal(refusal, session_id, filled.before, SESSIO_USER_EVENT_NONE);
		status = SESSIO_BAD_STATE;
	} else if (!si_rules_allow(host->rules, filled.before, event)) {
		fill_refusal(refusal, session_id, filled.before, event);
		status = SESSIO_BAD_STATE;
	} else {
		status = submit_locked(host, &filled, false);
	}
	si_host_unlock(host);
	return status;
}

/* The session of an event that can be delivered directly (host-10); NULL: it cannot. */
static inline struct sessio_user_session *find_direct_locked(
	struct sessio_host *host, uint32_t session_id, sessio_user_event event) SI_LOCKED_HOST
{
	struct sessio_user_session *session = host->latest;
	sessio_user_state after;

	if (si_unlikely(session == NULL || session->by_id.key != session_id || host->busy ||
		    host->closing || !si_list_is_empty(&host->queue) || host->filters.count != 0)) {
		return NULL;
	}
	/* Nothing is queued: this is also what is planned. */
	after = si_rules_target(host->latest_state, event);
	if (si_unlikely(!si_rules_allow(host->rules, host->latest_state, event) ||
		    si_state_is_terminal(after))) {
		return NULL;
	}
	return session;
}

/* The lock is released. */
static inline sessio_status post_directly(struct sessio_host *host,
	struct sessio_user_session *session, sessio_user_event event, unsigned flags)
	SI_RELEASES(&host->lock)
{
	sessio_user_state before = host->latest_state;
	sessio_user_state after = si_rules_target(before, event);

	host->latest_state = after;
	session->planned = after;
	if (may_set_local(event)) {
		atomic_store_explicit(
			&session->local, (flags & SESSIO_POST_REMOTE) == 0, memory_order_relaxed);
	}
	/* Release: as in si_user_session_apply_locked(). */
	atomic_store_explicit(&session->state, (unsigned char)after, memory_order_release);
	if (host->all.lists[event].first == NULL) {
		si_mutex_unlock(&host->lock); /* nobody waits for this */
		return SESSIO_OK;
	}
	return si_deliver_directly(host, session, event, before, after);
}

/* After a wait for the lock or the baton. The lock is released. */
static sessio_status post_again(struct sessio_host *host, uint32_t session_id,
	sessio_user_event event, unsigned flags, sessio_refusal *refusal) SI_RELEASES(&host->lock)
{
	struct sessio_user_session *session = find_direct_locked(host, session_id, event);

	/* A thread that waits for the host's work also waits for this poster to go on. */
	if (session != NULL && host->waiters == 0) {
		return post_directly(host, session, event, flags);
	}
	return post_queued(host, session_id, event, flags, refusal);
}

/* Outside any callback, where an event cannot be delivered directly yet. The lock is released. */
static SI_NOINLINE sessio_status post_slowly(struct sessio_host *host, uint32_t session_id,
	sessio_user_event event, unsigned flags, sessio_refusal *refusal) SI_RELEASES(&host->lock)
{
	if (host->busy) {
		si_crowd_hold_off_locked(host);
		return post_again(host, session_id, event, flags, refusal);
	}
	return post_queued(host, session_id, event, flags, refusal);
}

/* Outside any callback, where another thread has the lock. */
static SI_COLD sessio_status post_in_crowd(struct sessio_host *host, uint32_t session_id,
	sessio_user_event event, unsigned flags, sessio_refusal *refusal) SI_UNLOCKED_HOST
{
	si_crowd_lock(host);
	return post_again(host, session_id, event, flags, refusal);
}

/* Outside any callback. Nothing is kept over a call, so that the way to nobody pushes nothing. */
static inline sessio_status post_outside(struct sessio_host *host, uint32_t session_id,
	sessio_user_event event, unsigned flags, sessio_refusal *refusal) SI_UNLOCKED_HOST
{
	struct sessio_user_session *session;

	if (si_unlikely(!si_mutex_try_lock(&host->lock))) {
		return post_in_crowd(host, session_id, event, flags, refusal);
	}
	session = find_direct_locked(host, session_id, event);
	if (si_unlikely(session == NULL)) {
		return post_slowly(host, session_id, event, flags, refusal);
	}
	return post_directly(host, session, event, flags);
}

/* The thread is in a callback, or acts for a session, or puts work off. */
static SI_NOINLINE sessio_status post_in_frame(struct sessio_host *host, uint32_t session_id,
	sessio_user_event event, unsigned flags, sessio_refusal *refusal) SI_UNLOCKED_HOST
{
	if (si_host_worker() == NULL) {
		return post_outside(host, session_id, event, flags, refusal);
	}
	si_mutex_lock(&host->lock);
	return post_queued(host, session_id, event, flags, refusal);
}

sessio_status sessio_host_post(sessio_host *host, uint32_t session_id, sessio_user_event event,
	unsigned flags, sessio_refusal *refusal)
{
	if (host == NULL || !si_event_is_valid(event) || !flags_are_valid(event, flags)) {
		return SESSIO_INVALID_ARG;
	}
	if (si_unlikely(si_platform_thread_get() != NULL)) {
		return post_in_frame(host, session_id, event, flags, refusal);
	}
	return post_outside(host, session_id, event, flags, refusal);
}

sessio_status sessio_host_observe(
	sessio_host *host, uint32_t session_id, sessio_user_event event, unsigned flags)
{
	struct sessio_user_session *session;
	struct si_event filled;
	sessio_status status = SESSIO_BAD_STATE;

	if (host == NULL || !si_event_is_valid(event) || !flags_are_valid(event, flags)) {
		return SESSIO_INVALID_ARG;
	}
	si_mutex_lock(&host->lock);
	if (!host->closing) {
		session = si_user_session_planned_locked(host, session_id);
		filled = fill(session_id, session, event, flags);
		filled.flags = SESSIO_NOTICE_OBSERVED;
		if (!si_rules_allow(host->rules, filled.before, event)) {
			filled.flags |= SESSIO_NOTICE_OUTSIDE;
		}
		status = submit_locked(host, &filled, true);
		(void)si_post_fill_reserve_locked(host);
	}
	si_host_unlock(host);
	return status;
}

sessio_status sessio_host_remark(sessio_host *host, uint32_t session_id, sessio_user_remark remark)
{
	struct si_event filled = { 0 };
	sessio_status status;

	if (host == NULL || (int)remark <= SESSIO_USER_REMARK_NONE ||
		remark >= SESSIO_USER_REMARK_MAX) {
		return SESSIO_INVALID_ARG;
	}
	filled.session_id = session_id;
	filled.remark = remark;
	filled.list = SI_LIST_REMARKS;
	filled.flags = SESSIO_NOTICE_OBSERVED;
	si_mutex_lock(&host->lock);
	filled.session = si_user_session_planned_locked(host, session_id);
	if (host->closing) {
		status = SESSIO_BAD_STATE;
	} else if (filled.session == NULL) {
		status = SESSIO_NOT_FOUND;
	} else {
		filled.before = filled.session->planned;
		filled.after = filled.before;
		status = submit_locked(host, &filled, true);
		(void)si_post_fill_reserve_locked(host);
	}
	si_host_unlock(host);
	return status;
}

const char *sessio_user_remark_name(sessio_user_remark remark)
{
	switch (remark) {
#define XX(name, value, text)           \
	case SESSIO_USER_REMARK_##name: \
		return text;
		SESSIO_USER_REMARK_MAP(XX)
#undef XX
	case SESSIO_USER_REMARK_NONE:
	case SESSIO_USER_REMARK_MAX:
		break;
	}
	return "?";
}

sessio_status sessio_host_adopt(
	sessio_host *host, uint32_t session_id, sessio_user_state state, unsigned flags)
{
	struct si_event filled = { 0 };
	sessio_status status;

	if (host == NULL || !si_state_is_valid(state) || si_state_is_terminal(state) ||
		(flags & ~SESSIO_POST_REMOTE) != 0) {
		return SESSIO_INVALID_ARG;
	}
	filled.session_id = session_id;
	filled.event = SESSIO_USER_EVENT_NONE;
	filled.before = state;
	filled.after = state;
	filled.flags = SESSIO_NOTICE_SNAPSHOT;
	filled.sets_local = true;
	filled.local = (flags & SESSIO_POST_REMOTE) == 0;
	si_mutex_lock(&host->lock);
	if (host->closing) {
		status = SESSIO_BAD_STATE;
	} else if (si_user_session_planned_locked(host, session_id) != NULL) {
		status = SESSIO_EXISTS;
	} else {
		status = submit_locked(host, &filled, true);
	}
	si_host_unlock(host);
	return status;
}

size_t sessio_refusal_text(const sessio_refusal *refusal, char *text, size_t size)
{
	struct si_text line = si_text_start(text, size);

	if (refusal == NULL) {
		return 0;
	}
	si_text_put(&line, "session ");
	si_text_put_number(&line, refusal->session_id);
	si_text_put(&line, ": ");
	if (refusal->event == SESSIO_USER_EVENT_NONE) {
		si_text_put(&line, "its host is being destroyed");
	} else {
		si_text_put(&line, sessio_user_event_name(refusal->event));
		si_text_put(&line, " is refused in state ");
		si_text_put(&line, sessio_user_state_name(refusal->state));
		/* Then the host follows the documented rules (rules-2). */
		if (sessio_user_state_next(SESSIO_RULES_OBSERVED, refusal->state, refusal->event) !=
			SESSIO_USER_STATE_NONE) {
			si_text_put(&line, "; the observed rules would allow it");
		}
	}
	return line.length;
}
