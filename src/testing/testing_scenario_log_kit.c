/* SPDX-License-Identifier: MIT */
/* Logs of kits: devices and findings besides the user sessions, and the kit's time. */
#include "testing/kit.h"

#include <string.h>

#include "base/text.h"
#include "testing/file.h"
#include "testing/testing_scenario_log.h"

static uint64_t kit_now(const sessio_scenario_log *log)
{
	return sessio_kit_time(log->kit);
}

static size_t open_files(const sessio_kit *kit, const void *device)
{
	size_t count = 0;

	for (struct si_list_node *node = kit->files.first; node != NULL; node = node->next) {
		const sessio_kit_file *file = SI_LIST_ELEMENT(node, sessio_kit_file, link);

		count += file->device == device && !file->closed ? 1u : 0u;
	}
	return count;
}

static void look_at_device(sessio_scenario_log *log, const struct si_kit_record *record)
{
	size_t files = open_files(log->kit, record->object);
	char text[SI_LOG_NAME + 16];
	struct si_text out = si_text_start(text, sizeof(text));
	uint32_t row;

	si_text_put(&out, record->name[0] != '\0' ? record->name : "a device without a name");
	row = si_scenario_log_row(log, SI_LOG_DEVICE, (uintptr_t)record->object, text);
	out = si_text_start(text, sizeof(text));
	if (files == 0) {
		si_text_put(&out, "not open");
	} else {
		si_text_put(&out, "open, files: ");
		si_text_put_number(&out, files);
	}
	si_scenario_log_state(log, row, files == 0 ? SI_LOG_THERE : SI_LOG_USER, text);
}

static void look_at_devices(sessio_scenario_log *log)
{
	sessio_kit *kit = log->kit;

	si_scenario_log_begin_meeting(log, SI_LOG_DEVICE);
	si_wdk_lock(&kit->lock);
	for (struct si_list_node *node = kit->made[SI_WDK_DEVICE].first; node != NULL;
		node = node->next) {
		look_at_device(log, SI_LIST_ELEMENT(node, struct si_kit_record, link));
	}
	si_wdk_unlock(&kit->lock);
	si_scenario_log_end_meeting(log, SI_LOG_DEVICE);
}

static void add_finding(sessio_scenario_log *log, const sessio_kit_finding *finding)
{
	char text[512];
	struct si_text out = si_text_start(text, sizeof(text));

	si_text_put(&out, sessio_kit_rule_text(finding->rule));
	si_text_put(&out, ": ");
	si_text_put(&out, finding->text);
	si_scenario_log_add(log, 0, SI_LOG_FINDING, text);
}

/* The test has not looked at them by this: findings that it has not seen are printed at the end. */
static void look_at_findings(sessio_scenario_log *log)
{
	for (; log->findings < log->kit->finding_count; log->findings++) {
		add_finding(log, &log->kit->findings[log->findings]->face);
	}
}

static void look_at_kit(sessio_scenario_log *log)
{
	log->broken = atomic_load(&log->kit->stopped);
	if (!log->broken) {
		look_at_devices(log);
	}
	look_at_findings(log);
}

static uint32_t session_of_file(const sessio_scenario_log *log, const char *name)
{
	const sessio_kit_file *file = si_kit_file_of_name(log->kit, name);

	return file != NULL ? si_kit_file_session(file) : SESSIO_KIT_NO_SESSION;
}

static void forget_kit(sessio_scenario_log *log)
{
	log->kit->log = NULL;
	log->kit = NULL;
}

/* The host goes between the two calls, and what is left becomes findings. */
static void on_end(sessio_scenario_log *log, bool finished)
{
	if (!finished) {
		si_scenario_log_unfollow(log);
		return;
	}
	look_at_findings(log);
	forget_kit(log);
}

sessio_status sessio_kit_log(sessio_kit *kit, sessio_scenario_log **out_log)
{
	sessio_scenario_log *log;
	sessio_status status;

	if (kit == NULL || out_log == NULL) {
		return SESSIO_INVALID_ARG;
	}
	if (kit->finished || atomic_load(&kit->stopped)) {
		return SESSIO_BAD_STATE;
	}
	if (kit->log != NULL) {
		return SESSIO_EXISTS;
	}
	log = si_scenario_log_make(sessio_host_rules(kit->host));
	if (log == NULL) {
		return SESSIO_NO_MEMORY;
	}
	log->kit = kit;
	log->now = kit_now;
	log->look_at_kit = look_at_kit;
	log->forget_kit = forget_kit;
	kit->log = log;
	log->session_of_file = session_of_file;
	kit->log_ends = on_end;
	kit->log_begins_call = si_scenario_log_begin_call;
	kit->log_ends_call = si_scenario_log_end_call;
	status = si_scenario_log_follow(log, kit->host);
	if (status != SESSIO_OK) {
		sessio_scenario_log_destroy(log);
		return status;
	}
	sessio_scenario_log_look(log);
	*out_log = log;
	return SESSIO_OK;
}
