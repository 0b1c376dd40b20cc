/* SPDX-License-Identifier: MIT */
#include "testing/provider.h"

#include <stdio.h>
#include <stdlib.h>

#include "sessio/diag.h"
#include "wdk/irp_build.h"
#include "wdk/timer.h"
#include "wdk/work.h"

static sessio_kit *_Atomic current;
static _Atomic bool broken; /* the library stopped, so its state is unknown */

sessio_kit *si_kit_current(void)
{
	return atomic_load_explicit(&current, memory_order_acquire);
}

/* The thread in a step of the current kit, or NULL. */
static _Atomic(const void *) step_thread;

/* Leads a stop out of the step. Elsewhere the program stops as without a kit. */
static void on_stop(const char *file, int line, const char *what, const char *why)
{
	sessio_kit *kit = si_kit_current();
	char text[256];

	atomic_store(&broken, true);
	if (kit == NULL || atomic_load(&step_thread) != si_wdk_thread() ||
		atomic_load(&kit->stopped)) {
		return;
	}
	(void)snprintf(text, sizeof(text), "%s (%s:%d: %s)", why, file, line, what);
	si_kit_find(kit, SESSIO_KIT_RULE_STOPPED, NULL, text);
	si_kit_leave_step(kit);
}

void si_kit_leave_step(sessio_kit *kit)
{
	atomic_store(&broken, true);
	atomic_store(&kit->stopped, true);
	si_platform_thread_set(kit->step_frame);
	longjmp(kit->step, 1);
}

bool si_kit_is_in_schedule(void)
{
	const struct si_hooks *hooks = si_hooks_get();

	return hooks != NULL && hooks->asleep != NULL;
}

bool si_kit_is_only_caller(void)
{
	sessio_kit *kit = si_kit_current();

	/* First the thread: any other may see a kit that is about to be freed. */
	return atomic_load(&step_thread) == si_wdk_thread() && kit != NULL && !kit->unverified &&
		!si_kit_is_in_schedule();
}

bool si_kit_step(sessio_kit *kit, si_kit_step_fn *fn, void *arg)
{
	struct si_wdk_standing before = si_wdk_standing();

	if (atomic_load(&kit->stopped) || kit->finished) {
		return false;
	}
	if (kit->in_step) {
		fn(arg);
		return true;
	}
	atomic_store(&step_thread, si_wdk_thread());
	kit->step_frame = si_platform_thread_get();
	kit->in_step = true;
	if (setjmp(kit->step) == 0) {
		fn(arg);
	} else {
		si_wdk_thread()->level = before.level;
		si_wdk_thread()->regions = before.regions;
		si_wdk_thread()->locks = before.locks;
	}
	kit->in_step = false;
	atomic_store(&step_thread, NULL);
	return !atomic_load(&kit->stopped);
}

static sessio_status make_host(sessio_kit *kit, sessio_rules rules)
{
	sessio_status status = sessio_host_create(rules, &kit->host);

	if (status != SESSIO_OK) {
		return status;
	}
	status = sessio_host_set_default(kit->host);
	if (status != SESSIO_OK) {
		(void)sessio_host_destroy(kit->host);
	}
	return status;
}

sessio_status sessio_kit_create(const sessio_kit_options *options, sessio_kit **out_kit)
{
	sessio_rules rules =
		options != NULL && options->rules != 0 ? options->rules : SESSIO_RULES_DOCUMENTED;
	sessio_kit *kit, *nobody = NULL;
	sessio_status status;

	if (out_kit == NULL) {
		return SESSIO_INVALID_ARG;
	}
	if (atomic_load(&broken)) {
		return SESSIO_BAD_STATE;
	}
	kit = calloc(1, sizeof(*kit));
	if (kit == NULL) {
		return SESSIO_NO_MEMORY;
	}
	if (!atomic_compare_exchange_strong(&current, &nobody, kit)) {
		free(kit);
		return SESSIO_BUSY;
	}
	kit->unverified = options != NULL && options->unverified;
	kit->guarded = options != NULL && options->guarded;
	si_kit_ledger_init(kit);
	si_kit_things_init(kit);
	si_kit_begin_faults();
	si_wdk_cancel_lock_begin();
	status = make_host(kit, rules);
	if (status != SESSIO_OK) {
		atomic_store(&current, NULL);
		free(kit);
		return status;
	}
	atomic_store(&si_hook_stopping, on_stop);
	si_wdk_hooks_set(&si_kit_hooks);
	/* A schedule has a clock of its own, which goes on when no thread can run. */
	si_wdk_timers_hold(!si_kit_is_in_schedule());
	*out_kit = kit;
	return SESSIO_OK;
}

sessio_host *sessio_kit_host(sessio_kit *kit)
{
	return kit != NULL ? kit->host : NULL;
}

struct post {
	sessio_host *host;
	uint32_t session_id;
	sessio_user_event event;
	unsigned flags;
	sessio_status status;
};

static void post(void *arg)
{
	struct post *step = arg;

	step->status =
		sessio_host_post(step->host, step->session_id, step->event, step->flags, NULL);
}

sessio_status sessio_kit_post(
	sessio_kit *kit, uint32_t session_id, sessio_user_event event, unsigned flags)
{
	struct post step = { .session_id = session_id, .event = event, .flags = flags };

	if (kit == NULL) {
		return SESSIO_INVALID_ARG;
	}
	step.host = kit->host;
	return si_kit_step(kit, post, &step) ? step.status : SESSIO_BAD_STATE;
}

static void finish(void *arg)
{
	sessio_kit *kit = arg;

	si_kit_end_consumers(kit);
	si_kit_end_providers(kit);
	si_kit_close_files(kit);
	si_kit_unplug_all(kit);
	si_kit_free_processes(kit);
	si_kit_end_drivers(kit);
	si_kit_free_files(kit, NULL);
	si_kit_sweep(kit, NULL, true);
	si_kit_check_quarantine(kit);
}

/* A watcher that the test has left keeps the host in its place. */
static void give_host_back(sessio_kit *kit)
{
	if (sessio_host_set_default(NULL) == SESSIO_OK) {
		(void)sessio_host_destroy(kit->host);
	} else {
		si_kit_find(kit, SESSIO_KIT_RULE_REGISTRATION_LEFT, kit->host,
			"something of the test itself still watches the kit's host");
	}
	kit->host = NULL;
}

static void end_log(sessio_kit *kit, bool finished)
{
	if (kit->log != NULL) {
		kit->log_ends(kit->log, finished);
	}
}

size_t sessio_kit_finish(sessio_kit *kit)
{
	if (kit == NULL) {
		return 0;
	}
	if (!kit->finished) {
		end_log(kit, false);
		si_kit_end_faults();
	}
	if (si_kit_step(kit, finish, kit)) {
		si_wdk_work_hold(false);
		si_kit_things_ignore(kit);
		si_kit_free_quarantine(kit);
		si_wdk_timers_hold(false);
		si_wdk_hooks_set(NULL);
		atomic_store(&si_hook_stopping, NULL);
		give_host_back(kit);
	}
	kit->finished = true;
	end_log(kit, true);
	return sessio_kit_finding_count(kit);
}

bool sessio_kit_passes(sessio_kit *kit)
{
	bool passes;

	if (kit == NULL) {
		return false;
	}
	passes = sessio_kit_finish(kit) == 0;
	(void)fputs(sessio_kit_report(kit), stdout);
	(void)fflush(stdout);
	sessio_kit_destroy(kit);
	return passes;
}

void sessio_kit_destroy(sessio_kit *kit)
{
	if (kit == NULL) {
		return;
	}
	(void)sessio_kit_finish(kit);
	if (kit->looked_at < kit->finding_count) {
		const char *text = sessio_kit_report(kit);

		si_platform_print(text, strlen(text));
	}
	if (atomic_load(&kit->stopped)) {
		return; /* threads of the library may still be about, and call its hooks */
	}
	si_kit_free_drivers(kit);
	si_kit_free_consumers(kit);
	si_kit_free_providers(kit);
	si_kit_things_fini(kit);
	si_kit_free_findings(kit);
	si_kit_ledger_fini(kit);
	atomic_store(&current, NULL);
	free(kit->report);
	free(kit);
}
