/* SPDX-License-Identifier: MIT */
/* Which sources there are, and what all of them have in common (source-3). */
#include "source/source.h"
#if defined(SESSIO_NT_KERNEL)
#include "source/windows_kernel.h"
#elif defined(SESSIO_WINDOWS)
#include "source/windows_sessions.h"
#include "source/windows_wts.h"
#endif

#include <sessio/status.h>

#include "base/waiting.h"
#include "user/host.h"

/* The preferred ones first. The last is offered everywhere. */
static const struct si_source_ops *const sources[] = {
#if defined(SESSIO_NT_KERNEL)
	&si_source_windows_kernel,
#elif defined(SESSIO_WINDOWS)
	&si_source_windows_wts,
	&si_source_windows_service,
#endif
	&si_source_manual,
};

#define SOURCES (sizeof(sources) / sizeof(sources[0]))

static bool names_are_equal(const char *a, const char *b)
{
	while (*a != '\0' && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

static const struct si_source_ops *find(const char *name)
{
	for (size_t i = 0; i < SOURCES; i++) {
		if (names_are_equal(sources[i]->name, name)) {
			return sources[i];
		}
	}
	return NULL;
}

const char *sessio_source_name_at(size_t index)
{
	return index < SOURCES ? sources[index]->name : NULL;
}

sessio_rules sessio_source_rules(const char *name)
{
	const struct si_source_ops *ops = name == NULL ? NULL : find(name);

	return ops == NULL ? SESSIO_RULES_DOCUMENTED : ops->rules;
}

/* The last report has ended: the closer may free the source, so it is not touched after this. */
static void become_idle(sessio_source *source)
{
	/* Release: the reports come before the end. */
	atomic_store_explicit(&source->idle, true, memory_order_release);
	si_gate_wake();
}

static bool is_idle(void *arg)
{
	/* Acquire: with the release in become_idle(). */
	return atomic_load_explicit(&((sessio_source *)arg)->idle, memory_order_acquire);
}

bool si_source_begin_report(sessio_source *source)
{
	return si_rundown_acquire(&source->reports) == SI_RUN_OK;
}

void si_source_end_report(sessio_source *source)
{
	if (si_rundown_release(&source->reports)) {
		become_idle(source);
	}
}

sessio_status si_source_no_post(sessio_source *source, uint32_t session_id, sessio_user_event event,
	unsigned flags, sessio_refusal *refusal)
{
	(void)source;
	(void)session_id;
	(void)event;
	(void)flags;
	(void)refusal;
	return SESSIO_UNSUPPORTED;
}

void si_source_no_fini(void *state)
{
	(void)state;
}

/* Refuses reports, ends the source, waits for reports that run (source-3). */
static void shut(sessio_source *source, bool started)
{
	enum si_run_close found = si_rundown_close(&source->reports);

	if (started) {
		source->ops->stop(source->state);
	}
	if (si_rundown_release_closer(&source->reports, found)) {
		become_idle(source);
	}
	si_wait_surely(is_idle, source);
	if (started) {
		source->ops->fini(source->state);
	}
	si_rundown_fini(&source->reports);
	si_platform_free(source);
}

sessio_status si_source_open(
	const struct si_source_ops *ops, sessio_host *host, sessio_source **out_source)
{
	sessio_source *source;
	sessio_status status;

	if (!ops->is_offered()) {
		return SESSIO_UNSUPPORTED;
	}
	source = si_platform_alloc(sizeof(*source));
	if (source == NULL) {
		return SESSIO_NO_MEMORY;
	}
	source->ops = ops;
	source->host = host;
	source->state = NULL;
	atomic_init(&source->idle, false);
	si_rundown_init(&source->reports);
	(void)si_rundown_open(&source->reports); /* nobody else knows it yet */
	status = ops->start(source, &source->state);
	if (status != SESSIO_OK) {
		shut(source, false);
		return status;
	}
	*out_source = source;
	return SESSIO_OK;
}

sessio_status sessio_source_open(const char *name, sessio_host *host, sessio_source **out_source)
{
	const struct si_source_ops *ops;

	if (name == NULL || host == NULL || out_source == NULL) {
		return SESSIO_INVALID_ARG;
	}
	ops = find(name);
	return ops == NULL ? SESSIO_NOT_FOUND : si_source_open(ops, host, out_source);
}

sessio_status sessio_source_default(sessio_host *host, sessio_source **out_source)
{
	sessio_status status = SESSIO_UNSUPPORTED;

	if (host == NULL || out_source == NULL) {
		return SESSIO_INVALID_ARG;
	}
	for (size_t i = 0; i < SOURCES && status == SESSIO_UNSUPPORTED; i++) {
		if (!sources[i]->only_by_name) {
			status = si_source_open(sources[i], host, out_source);
		}
	}
	return status;
}

const char *sessio_source_name(const sessio_source *source)
{
	return source == NULL ? NULL : source->ops->name;
}

sessio_status sessio_source_post(sessio_source *source, uint32_t session_id,
	sessio_user_event event, unsigned flags, sessio_refusal *refusal)
{
	sessio_status status = SESSIO_BAD_STATE;

	if (source == NULL) {
		return SESSIO_INVALID_ARG;
	}
	if (si_source_begin_report(source)) {
		status = source->ops->post(source, session_id, event, flags, refusal);
		si_source_end_report(source);
	}
	return status;
}

sessio_status si_source_observe(
	sessio_source *source, uint32_t session_id, sessio_user_event event, unsigned flags)
{
	sessio_status status = SESSIO_BAD_STATE;

	if (si_source_begin_report(source)) {
		status = sessio_host_observe(source->host, session_id, event, flags);
		si_source_end_report(source);
	}
	return status;
}

sessio_status si_source_adopt(
	sessio_source *source, uint32_t session_id, sessio_user_state state, unsigned flags)
{
	sessio_status status = SESSIO_BAD_STATE;

	if (si_source_begin_report(source)) {
		status = sessio_host_adopt(source->host, session_id, state, flags);
		si_source_end_report(source);
	}
	return status;
}

sessio_status si_source_remark(
	sessio_source *source, uint32_t session_id, sessio_user_remark remark)
{
	sessio_status status = SESSIO_BAD_STATE;

	if (si_source_begin_report(source)) {
		status = sessio_host_remark(source->host, session_id, remark);
		si_source_end_report(source);
	}
	return status;
}

sessio_status sessio_source_close(sessio_source *source)
{
	if (source == NULL) {
		return SESSIO_INVALID_ARG;
	}
	if (si_host_worker() != NULL) {
		return SESSIO_BUSY;
	}
	shut(source, true);
	return SESSIO_OK;
}
