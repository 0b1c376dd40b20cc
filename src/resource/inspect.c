/* SPDX-License-Identifier: MIT */
/* Snapshots of sessions, and the operations of tracked ones. */
#include <sessio/inspect.h>

#include "base/text.h"
#include "resource/walk.h"

/* An active operation of a tracked session. */
struct si_holder {
	struct si_holder *next; /* an older one */
	uint64_t thread;
	uint64_t since_ns;
};

_Atomic bool si_session_tracking;

void sessio_inspect_track(bool on)
{
	atomic_store_explicit(&si_session_tracking, on, memory_order_relaxed);
}

static uint64_t ms_since(uint64_t then_ns)
{
	/* Both readings are of the clock that lags a little, so neither runs ahead. */
	uint64_t now_ns = si_platform_stamp_ns();

	return now_ns > then_ns ? (now_ns - then_ns) / 1000000u : 0;
}

void si_session_began(struct si_session *session)
{
	si_mutex *lock = si_platform_lock_of(session);
	struct si_holder *holder = si_platform_alloc(sizeof(*holder));

	if (holder == NULL) {
		return; /* the operation counts all the same, it only has no name */
	}
	holder->thread = si_platform_thread_id();
	holder->since_ns = si_platform_stamp_ns();
	si_mutex_lock(lock);
	holder->next = session->cold->holders;
	session->cold->holders = holder;
	si_mutex_unlock(lock);
}

void si_session_done(struct si_session *session)
{
	si_mutex *lock = si_platform_lock_of(session);
	uint64_t thread = si_platform_thread_id();
	struct si_holder **found = NULL;
	struct si_holder *holder = NULL;

	si_mutex_lock(lock);
	for (struct si_holder **at = &session->cold->holders; *at != NULL; at = &(*at)->next) {
		found = at; /* the oldest, unless this thread has one */
		if ((*at)->thread == thread) {
			break;
		}
	}
	if (found != NULL) {
		holder = *found;
		*found = holder->next;
	}
	si_mutex_unlock(lock);
	si_platform_free(holder);
}

static sessio_session_phase phase_of(struct si_session *session)
{
	uint64_t central = atomic_load_explicit(&session->run.central, memory_order_acquire);
	uint8_t end = atomic_load_explicit(&session->end, memory_order_acquire);

	if (end >= SI_PINNED) {
		return SESSIO_SESSION_ENDED;
	}
	if (end == SI_COMPLETING) {
		return SESSIO_SESSION_COMPLETING;
	}
	if ((central & SI_RUN_PENDING) != 0) {
		return SESSIO_SESSION_OPENING;
	}
	return (central & SI_RUN_CLOSED) != 0 ? SESSIO_SESSION_ENDING : SESSIO_SESSION_OPEN;
}

/* The times and the opener, as far as they are known. */
static void inspect_cold_locked(const struct si_session *session, sessio_session_info *info)
{
	const struct si_session_cold *cold = session->cold;

	if (cold == NULL) {
		return;
	}
	info->opener_thread = cold->opener;
	info->opened_ms = cold->opened_ns == 0 ? 0 : ms_since(cold->opened_ns);
	info->ending_ms = cold->closed_ns == 0 ? 0 : ms_since(cold->closed_ns);
}

sessio_status sessio_session_inspect(void *session_context, sessio_session_info *out_info)
{
	struct si_session *session = si_session_of(session_context);
	sessio_session_info info = { .object = NULL };
	si_mutex *lock;

	if (session == NULL || out_info == NULL) {
		return SESSIO_INVALID_ARG;
	}
	lock = si_resource_of(session->object)->lock;
	si_mutex_lock(lock);
	info.phase = phase_of(session);
	inspect_cold_locked(session, &info);
	si_mutex_unlock(lock);
	info.object = session->object;
	info.object_name = si_object_name(session->object);
	info.tracked = session->tracked;
	info.required_rights = session->required;
	info.share_mode = session->shared;
	/* Until the open callback has returned they are its own. */
	info.handle_rights = si_rundown_is_pending(&session->run) ? 0 : session->handle_rights;
	info.references = si_object_references(session_context);
	info.operations = si_rundown_active(&session->run);
	*out_info = info;
	return SESSIO_OK;
}

sessio_end_reason sessio_session_end_reason(void *session_context)
{
	struct si_session *session = si_session_of(session_context);

	if (session == NULL) {
		return SESSIO_END_NONE;
	}
	/* Relaxed: the closing thread has written it for itself; for others it is a snapshot. */
	return (sessio_end_reason)atomic_load_explicit(&session->reason, memory_order_relaxed);
}

static void count_one(struct si_session *session, void *arg)
{
	sessio_object_info *info = arg;
	sessio_session_phase phase = phase_of(session);

	info->opening += phase == SESSIO_SESSION_OPENING;
	info->open += phase == SESSIO_SESSION_OPEN;
	info->ending += phase > SESSIO_SESSION_OPEN;
	info->operations += si_rundown_active(&session->run);
}

sessio_status sessio_object_inspect(void *object, sessio_object_info *out_info)
{
	struct si_resource *resource = si_resource_of(object);
	sessio_object_info info = { .name = NULL };

	if (resource == NULL || out_info == NULL) {
		return SESSIO_INVALID_ARG;
	}
	info.name = si_object_name(object);
	info.type_name = si_object_type(object)->name;
	info.references = si_object_references(object);
	info.registered = atomic_load_explicit(&resource->type, memory_order_relaxed) != NULL;
	si_walk_look(resource, count_one, &info);
	*out_info = info;
	return SESSIO_OK;
}

sessio_status sessio_session_holders(
	void *session_context, sessio_holder *holders, size_t capacity, size_t *out_count)
{
	struct si_session *session = si_session_of(session_context);
	size_t count = 0;
	si_mutex *lock;

	if (session == NULL || out_count == NULL || (holders == NULL && capacity != 0)) {
		return SESSIO_INVALID_ARG;
	}
	if (!session->tracked) {
		return SESSIO_UNSUPPORTED;
	}
	lock = si_platform_lock_of(session);
	si_mutex_lock(lock);
	for (struct si_holder *at = session->cold->holders; at != NULL; at = at->next, count++) {
		if (count < capacity) {
			holders[count].thread = at->thread;
			holders[count].for_ms = ms_since(at->since_ns);
		}
	}
	si_mutex_unlock(lock);
	*out_count = count;
	return SESSIO_OK;
}

/* As many holders as a line has room for. */
#define HOLDERS_TOLD 8u

static void put_holders(struct si_text *text, void *context)
{
	sessio_holder holders[HOLDERS_TOLD];
	size_t count;

	if (sessio_session_holders(context, holders, HOLDERS_TOLD, &count) != SESSIO_OK) {
		return;
	}
	for (size_t i = 0; i < count && i < HOLDERS_TOLD; i++) {
		si_text_put(text, i == 0 ? ": thread " : ", thread ");
		si_text_put_number(text, holders[i].thread);
		si_text_put(text, " for ");
		si_text_put_number(text, holders[i].for_ms);
		si_text_put(text, " ms");
	}
	if (count > HOLDERS_TOLD) {
		si_text_put(text, ", and more");
	}
}

static void put_operations(struct si_text *text, const sessio_session_info *info)
{
	si_text_put_number(text, info->operations);
	si_text_put(text, info->operations == 1 ? " operation" : " operations");
}

static void put_open(struct si_text *text, const sessio_session_info *info)
{
	si_text_put(text, "open");
	if (info->opener_thread != 0) {
		si_text_put(text, " for ");
		si_text_put_number(text, info->opened_ms);
		si_text_put(text, " ms, ");
	} else {
		si_text_put(text, " (not tracked), ");
	}
}

static void put_ending(struct si_text *text, const sessio_session_info *info)
{
	si_text_put(text, "ending");
	if (info->ending_ms != 0) {
		si_text_put(text, " for ");
		si_text_put_number(text, info->ending_ms);
		si_text_put(text, " ms");
	}
	si_text_put(text, ", waits for ");
}

static void put_phase(struct si_text *text, const sessio_session_info *info)
{
	switch (info->phase) {
	case SESSIO_SESSION_OPENING:
		si_text_put(text, "its open callback has not let it begin");
		return;
	case SESSIO_SESSION_OPEN:
		put_open(text, info);
		put_operations(text, info);
		return;
	case SESSIO_SESSION_ENDING:
		put_ending(text, info);
		if (info->operations == 0) {
			si_text_put(text, "its close callback");
		} else {
			put_operations(text, info);
		}
		return;
	case SESSIO_SESSION_COMPLETING:
		put_ending(text, info);
		si_text_put(text, "its closeComplete callback");
		return;
	case SESSIO_SESSION_ENDED:
		si_text_put(text, "ended, ");
		si_text_put_number(text, info->references);
		si_text_put(text, info->references == 1 ? " reference" : " references");
		return;
	}
}

size_t sessio_session_describe(void *session_context, char *text, size_t size)
{
	struct si_text line = si_text_start(text, size);
	sessio_session_info info;

	if (sessio_session_inspect(session_context, &info) != SESSIO_OK) {
		return 0;
	}
	si_text_put(&line, "session on ");
	if (info.object_name != NULL) {
		si_text_put(&line, "\"");
		si_text_put(&line, info.object_name);
		si_text_put(&line, "\"");
	} else {
		si_text_put(&line, "an object without a name");
	}
	si_text_put(&line, " (rights ");
	si_text_put_hex(&line, info.required_rights);
	si_text_put(&line, ", share ");
	si_text_put_hex(&line, info.share_mode);
	si_text_put(&line, "): ");
	put_phase(&line, &info);
	put_holders(&line, session_context);
	return line.length;
}
