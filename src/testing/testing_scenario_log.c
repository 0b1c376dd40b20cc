/* SPDX-License-Identifier: MIT */
/* Logs: rows, and what happens in them, in the order of time. */
#include "testing/testing_scenario_log.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "kos/objects.h"
#include "kos/session.h"
#include "platform/platform.h"
#include "sessio/inspect.h"

#define MS UINT64_C(1000000)

uint64_t si_scenario_log_time(const sessio_scenario_log *log)
{
	return log->host != NULL ? log->now(log) - log->start_ns : log->end_ns;
}

static uint64_t clock_now(const sessio_scenario_log *log)
{
	(void)log;
	return si_platform_now_ns();
}

/* Room for one more; false if there is none. */
static bool has_room(void **items, size_t count, size_t *room, size_t size, size_t most)
{
	size_t wanted = *room == 0 ? 16 : *room * 2;
	void *more;

	if (count < *room) {
		return true;
	}
	if (count >= most) {
		return false;
	}
	more = realloc(*items, wanted * size);
	if (more == NULL) {
		return false;
	}
	*items = more;
	*room = wanted;
	return true;
}

uint32_t si_scenario_log_row(
	sessio_scenario_log *log, enum si_log_row_kind kind, uintptr_t key, const char *name)
{
	void *rows = log->rows;
	struct si_log_row *row;
	struct si_text text;

	for (size_t i = log->row_count; i-- > 0;) {
		row = &log->rows[i];
		if (row->kind == kind && row->key == key && !row->ended) {
			row->met = true;
			return (uint32_t)i;
		}
	}
	if (!has_room(&rows, log->row_count, &log->row_room, sizeof(*row), SI_LOG_ROWS)) {
		log->lost++;
		return SI_LOG_NO_ROW;
	}
	log->rows = rows;
	row = &log->rows[log->row_count];
	memset(row, 0, sizeof(*row));
	row->kind = kind;
	row->key = key;
	row->met = true;
	text = si_text_start(row->name, sizeof(row->name));
	si_text_put(&text, name);
	return (uint32_t)log->row_count++;
}

static struct si_log_entry *new_entry(
	sessio_scenario_log *log, uint32_t row, enum si_log_kind kind, const char *text)
{
	void *entries = log->entries;
	size_t size = text != NULL ? strlen(text) + 1 : 0;
	char *copy = text != NULL ? malloc(size) : NULL;
	struct si_log_entry *entry;

	if (row == SI_LOG_NO_ROW || (text != NULL && copy == NULL) ||
		!has_room(&entries, log->count, &log->room, sizeof(*entry), SI_LOG_ENTRIES)) {
		free(copy);
		log->lost++;
		return NULL;
	}
	log->entries = entries;
	if (copy != NULL) {
		memcpy(copy, text, size);
	}
	entry = &log->entries[log->count++];
	*entry = (struct si_log_entry){ .ns = si_scenario_log_time(log),
		.step = log->step_count,
		.text = copy,
		.row = row,
		.kind = (uint8_t)kind };
	return entry;
}

void si_scenario_log_add(
	sessio_scenario_log *log, uint32_t row, enum si_log_kind kind, const char *text)
{
	(void)new_entry(log, row, kind, text);
}

static bool is_state(const sessio_scenario_log *log, const struct si_log_row *row,
	enum si_log_look look, const char *text)
{
	const struct si_log_entry *entry = row->state != 0 ? &log->entries[row->state - 1] : NULL;

	if (entry == NULL || entry->text == NULL || text == NULL) {
		return (entry == NULL || entry->text == NULL) && text == NULL;
	}
	return entry->look == look && strcmp(entry->text, text) == 0;
}

void si_scenario_log_state(
	sessio_scenario_log *log, uint32_t row, enum si_log_look look, const char *text)
{
	struct si_log_entry *entry;

	if (row == SI_LOG_NO_ROW || is_state(log, &log->rows[row], look, text)) {
		return;
	}
	entry = new_entry(log, row, SI_LOG_STATE, text);
	if (entry != NULL) {
		entry->look = (uint8_t)look;
		log->rows[row].state = log->count;
	}
}

void si_scenario_log_begin_meeting(sessio_scenario_log *log, enum si_log_row_kind kind)
{
	for (size_t i = 0; i < log->row_count; i++) {
		log->rows[i].met = log->rows[i].kind != kind;
	}
}

void si_scenario_log_end_meeting(sessio_scenario_log *log, enum si_log_row_kind kind)
{
	for (size_t i = 0; i < log->row_count; i++) {
		struct si_log_row *row = &log->rows[i];

		if (row->kind == kind && !row->met && !row->ended) {
			si_scenario_log_state(log, (uint32_t)i, SI_LOG_THERE, NULL);
			row->ended = true;
		}
	}
}

static bool add_step(sessio_scenario_log *log, const sessio_step *step)
{
	bool added = step != NULL && sessio_scenario_add(log->steps, step) == SESSIO_OK;

	log->lost += added ? 0u : 1u;
	log->step_count++;
	return added;
}

/* A step that came by hand: the time before it is a step, too, in whole milliseconds. NULL: one
 * that cannot be kept. */
static bool add_step_by_hand(sessio_scenario_log *log, const sessio_step *step)
{
	uint64_t passed = si_scenario_log_time(log) - log->step_ns;

	if (log->kit == NULL) {
		passed -= passed % MS;
	}
	if (passed != 0) {
		(void)add_step(log, &(sessio_step){ .kind = SESSIO_STEP_WAIT, .number = passed });
		log->step_ns += passed;
	}
	return add_step(log, step);
}

static uint32_t session_row(sessio_scenario_log *log, uint32_t session_id)
{
	char name[32];
	struct si_text text = si_text_start(name, sizeof(name));

	si_text_put(&text, "user session ");
	si_text_put_number(&text, session_id);
	return si_scenario_log_row(log, SI_LOG_SESSION, session_id, name);
}

static enum si_log_look look_of(sessio_user_state state)
{
	switch (state) {
	case SESSIO_USER_STATE_LOGGED_ON:
		return SI_LOG_USER;
	case SESSIO_USER_STATE_CONNECTED:
		return SI_LOG_TERMINAL;
	case SESSIO_USER_STATE_DISCONNECTED_LOGGED_ON:
		return SI_LOG_AWAY;
	case SESSIO_USER_STATE_LOGGED_OFF:
		return SI_LOG_ENDING;
	default:
		return SI_LOG_THERE;
	}
}

static void log_state(sessio_scenario_log *log, uint32_t row, const sessio_user_notice *notice)
{
	char text[48];
	struct si_text out = si_text_start(text, sizeof(text));
	sessio_user_state state = notice->state;
	bool attached = state == SESSIO_USER_STATE_CONNECTED ||
		state == SESSIO_USER_STATE_LOGGED_ON || state == SESSIO_USER_STATE_LOGGED_OFF;

	si_text_put(&out, sessio_user_state_name(state));
	if (attached && !notice->local) {
		si_text_put(&out, ", remote");
	}
	si_scenario_log_state(
		log, row, look_of(state), sessio_user_state_is_terminal(state) ? NULL : text);
}

/* The step that makes the same happen again. */
static sessio_step step_of(const sessio_user_notice *notice)
{
	sessio_step step = { .session_id = notice->session_id };
	bool attaches = notice->event == SESSIO_USER_EVENT_CONNECTED ||
		notice->event == SESSIO_USER_EVENT_CREATED ||
		(notice->flags & SESSIO_NOTICE_SNAPSHOT) != 0;

	if (notice->remark != SESSIO_USER_REMARK_NONE) {
		step.kind = SESSIO_STEP_REMARK;
		step.remark = notice->remark;
		return step;
	}
	step.flags = attaches && !notice->local ? SESSIO_STEP_REMOTE : 0u;
	if ((notice->flags & SESSIO_NOTICE_SNAPSHOT) != 0) {
		step.kind = SESSIO_STEP_EXISTS;
		step.state = notice->state;
		return step;
	}
	step.kind = SESSIO_STEP_EVENT;
	step.event = notice->event;
	step.flags |= (notice->flags & SESSIO_NOTICE_OBSERVED) != 0 ? SESSIO_STEP_OBSERVED : 0u;
	return step;
}

static void on_notice(const sessio_user_notice *notice, void *ctx)
{
	sessio_scenario_log *log = ctx;
	uint32_t row = session_row(log, notice->session_id);
	sessio_step step = step_of(notice);

	if (!log->in_step) {
		(void)add_step_by_hand(log, &step);
	}
	if (step.kind == SESSIO_STEP_REMARK) {
		si_scenario_log_add(
			log, row, SI_LOG_EVENT, sessio_user_remark_name(notice->remark));
		return;
	}
	if (step.kind == SESSIO_STEP_EVENT) {
		si_scenario_log_add(log, row, SI_LOG_EVENT, sessio_user_event_name(notice->event));
	}
	log_state(log, row, notice);
}

static Retcode meet(void *object, void *context, void *ctx)
{
	sessio_scenario_log *log = ctx;
	sessio_session_info info;
	char name[SI_LOG_NAME];
	struct si_text text = si_text_start(name, sizeof(name));
	size_t before = log->row_count;
	uint32_t row;

	(void)object;
	if (sessio_session_inspect(context, &info) != SESSIO_OK) {
		return rcOk;
	}
	si_text_put(&text, info.object_name != NULL ? info.object_name : "resource");
	si_text_put(&text, ", session ");
	si_text_put_number(&text, log->resources + 1);
	row = si_scenario_log_row(log, SI_LOG_RESOURCE, (uintptr_t)context, name);
	log->resources += log->row_count - before;
	if (info.phase == SESSIO_SESSION_ENDING || info.phase == SESSIO_SESSION_COMPLETING) {
		si_scenario_log_state(log, row, SI_LOG_ENDING, "ending");
		return rcOk;
	}
	text = si_text_start(name, sizeof(name));
	si_text_put(&text, "open, rights ");
	si_text_put_hex(&text, info.required_rights);
	si_scenario_log_state(log, row, SI_LOG_USER, name);
	return rcOk;
}

void sessio_scenario_log_look(sessio_scenario_log *log)
{
	if (log == NULL || log->host == NULL) {
		return;
	}
	if (log->look_at_kit != NULL) {
		log->look_at_kit(log);
	}
	if (log->object_count != 0 && !log->broken) {
		si_scenario_log_begin_meeting(log, SI_LOG_RESOURCE);
		for (size_t i = 0; i < log->object_count; i++) {
			(void)KosSessionWalk(log->objects[i], meet, log);
		}
		si_scenario_log_end_meeting(log, SI_LOG_RESOURCE);
	}
}

/* The row of the user session that a step is for, or the test's own. */
static uint32_t row_of(sessio_scenario_log *log, const sessio_step *step)
{
	uint32_t session_id = SESSIO_KIT_NO_SESSION;

	if ((step->flags & SESSIO_STEP_FOR_SESSION) != 0) {
		session_id = step->session_id;
	} else if (step->kind == SESSIO_STEP_CALL && log->session_of_file != NULL) {
		session_id = log->session_of_file(log, step->call->name);
	}
	return session_id != SESSIO_KIT_NO_SESSION ? session_row(log, session_id) : 0;
}

/* "read file-1", without data: it is read at a glance. */
static void mark_call(sessio_scenario_log *log, const sessio_step *step)
{
	const sessio_step_call *call = step->call;
	char text[2 * SESSIO_SCENARIO_MAX_NAME];
	struct si_text out = si_text_start(text, sizeof(text));

	si_text_put(&out, si_scenario_call_word(call->call));
	si_text_put(&out, " ");
	si_text_put(&out, call->name);
	if (call->call == SESSIO_CALL_CONTROL) {
		si_text_put(&out, " ");
		si_text_put_hex(&out, call->code);
	}
	si_scenario_log_add(log, row_of(log, step), SI_LOG_ACTION, text);
}

/* The line of a step of the test itself, without its first word. */
static void mark_step(sessio_scenario_log *log, const sessio_step *step)
{
	char text[SESSIO_SCENARIO_MAX_LINE];
	const char *shown;

	if (sessio_step_text(step, text, sizeof(text)) == 0) {
		return; /* a call that no step can be */
	}
	if (step->kind == SESSIO_STEP_FAULT) {
		si_scenario_log_add(log, 0, SI_LOG_FAULT, text + strlen("fault "));
	} else if (step->kind == SESSIO_STEP_ACTION) {
		shown = strstr(text, "do ") + strlen("do ");
		si_scenario_log_add(log, row_of(log, step), SI_LOG_ACTION, shown);
	} else if (step->kind == SESSIO_STEP_CALL) {
		mark_call(log, step);
	}
}

void si_scenario_log_begin_step(sessio_scenario_log *log, const sessio_step *step)
{
	if (log->host != NULL) {
		log->in_step = true;
		(void)add_step(log, step);
		mark_step(log, step);
	}
}

bool si_scenario_log_begin_call(sessio_scenario_log *log, const sessio_step *step)
{
	if (log->host == NULL || log->in_step) {
		return false;
	}
	log->in_step = true;
	log->call_is_step = add_step_by_hand(log, step);
	if (step != NULL) {
		mark_step(log, step);
	}
	return true;
}

void si_scenario_log_end_call(sessio_scenario_log *log, bool counts, unsigned flags)
{
	if (log->call_is_step && counts) {
		si_scenario_mark_last(log->steps, flags);
	} else if (log->call_is_step) {
		si_scenario_drop_last(log->steps);
		log->step_count--;
	}
	log->call_is_step = false;
	si_scenario_log_end_step(log, NULL);
}

void si_scenario_log_end_step(sessio_scenario_log *log, const char *failure)
{
	if (log->host == NULL) {
		return;
	}
	sessio_scenario_log_look(log);
	if (failure != NULL) {
		si_scenario_log_add(log, 0, SI_LOG_FINDING, failure);
	}
	log->in_step = false;
	log->step_ns = si_scenario_log_time(log);
}

sessio_scenario_log *si_scenario_log_make(sessio_rules rules)
{
	sessio_scenario_log *log = calloc(1, sizeof(*log));

	if (log == NULL) {
		return NULL;
	}
	if (sessio_scenario_create(rules, &log->steps) != SESSIO_OK ||
		si_scenario_log_row(log, SI_LOG_TEST, 0, "the test") != 0) {
		sessio_scenario_log_destroy(log);
		return NULL;
	}
	log->now = clock_now;
	return log;
}

sessio_status si_scenario_log_follow(sessio_scenario_log *log, sessio_host *host)
{
	const sessio_watch_options options = { .events = SESSIO_USER_EVENTS_ALL,
		.flags = SESSIO_WATCH_SNAPSHOT | SESSIO_WATCH_REMARKS };
	sessio_status status;

	log->start_ns = log->now(log);
	log->host = host;
	status = sessio_host_watch(host, &options, on_notice, log, &log->watch);
	if (status != SESSIO_OK) {
		log->host = NULL;
	}
	return status;
}

sessio_status sessio_scenario_log_host(sessio_host *host, sessio_scenario_log **out_log)
{
	sessio_scenario_log *log;
	sessio_status status;

	if (host == NULL || out_log == NULL) {
		return SESSIO_INVALID_ARG;
	}
	log = si_scenario_log_make(sessio_host_rules(host));
	if (log == NULL) {
		return SESSIO_NO_MEMORY;
	}
	status = si_scenario_log_follow(log, host);
	if (status != SESSIO_OK) {
		sessio_scenario_log_destroy(log);
		return status;
	}
	*out_log = log;
	return SESSIO_OK;
}

sessio_status sessio_scenario_log_object(sessio_scenario_log *log, void *object)
{
	sessio_object_info info;

	if (log == NULL || sessio_object_inspect(object, &info) != SESSIO_OK) {
		return SESSIO_INVALID_ARG;
	}
	if (log->host == NULL) {
		return SESSIO_BAD_STATE;
	}
	if (log->object_count == SI_LOG_OBJECTS) {
		return SESSIO_LIMIT;
	}
	KosRefObject(object);
	log->objects[log->object_count++] = object;
	return SESSIO_OK;
}

void si_scenario_log_unfollow(sessio_scenario_log *log)
{
	sessio_scenario_log_look(log);
	log->end_ns = si_scenario_log_time(log);
	if (!log->broken) {
		(void)sessio_host_unwatch(log->host, log->watch);
	}
	for (size_t i = 0; i < log->object_count && !log->broken; i++) {
		KosPutObject(log->objects[i]);
	}
	log->object_count = 0;
	log->host = NULL;
}

void sessio_scenario_log_stop(sessio_scenario_log *log)
{
	if (log == NULL) {
		return;
	}
	if (log->host != NULL) {
		si_scenario_log_unfollow(log);
	}
	if (log->kit != NULL) {
		log->forget_kit(log);
	}
}

const sessio_scenario *sessio_scenario_log_steps(const sessio_scenario_log *log)
{
	return log != NULL ? log->steps : NULL;
}

size_t sessio_scenario_log_lost(const sessio_scenario_log *log)
{
	return log != NULL ? log->lost : 0;
}

void sessio_scenario_log_destroy(sessio_scenario_log *log)
{
	if (log == NULL) {
		return;
	}
	sessio_scenario_log_stop(log);
	if (log->broken) {
		return; /* its watcher may still be called */
	}
	for (size_t i = 0; i < log->count; i++) {
		free(log->entries[i].text);
	}
	free(log->entries);
	free(log->rows);
	sessio_scenario_destroy(log->steps);
	free(log);
}
