/* SPDX-License-Identifier: MIT */
/*
 * A program reads from a driver that answers at the next logon. Then its user comes by
 * remote desktop and takes the session over, which is no logon. The program ends, and
 * its request is never completed. Prints the picture of all that.
 */
#include <stdio.h>

#include <sessio/testing_driver.h>
#include <sessio/testing_scenario.h>

SESSIO_DRIVER(silent); /* driver_mistakes/silent.c */

static sessio_kit_file *file;
static char byte;

static sessio_status read_device(sessio_kit *kit, uint32_t session, uint64_t number, void *ctx)
{
	(void)number;
	(void)ctx;
	if (!NT_SUCCESS(sessio_kit_open(kit, session, L"\\Device\\NextLogon", &file))) {
		return SESSIO_REFUSED;
	}
	return sessio_kit_read(file, &byte, 1, NULL) == STATUS_PENDING ? SESSIO_OK : SESSIO_REFUSED;
}

static sessio_status end_program(sessio_kit *kit, uint32_t session, uint64_t number, void *ctx)
{
	(void)kit;
	(void)session;
	(void)number;
	(void)ctx;
	return NT_SUCCESS(sessio_kit_close(file)) ? SESSIO_OK : SESSIO_REFUSED;
}

static bool print(const char *text, size_t length, void *ctx)
{
	return fwrite(text, 1, length, ctx) == length;
}

/* The documented sequence. The program reads once its session exists, and ends at last. */
static bool run(const sessio_scenario *sequence, sessio_kit *kit, sessio_scenario_log *log)
{
	static const sessio_step_action actions[] = { { "read", read_device },
		{ "end", end_program } };
	static const sessio_step reads = { .kind = SESSIO_STEP_ACTION,
		.flags = SESSIO_STEP_FOR_SESSION,
		.session_id = 1,
		.action = "read" };
	static const sessio_step ends = { .kind = SESSIO_STEP_ACTION,
		.flags = SESSIO_STEP_FOR_SESSION,
		.session_id = 1,
		.action = "end" };
	const sessio_scenario_options options = {
		.actions = actions, .action_count = 2, .log = log
	};
	const sessio_step *step = sessio_scenario_step(sequence, 0);
	bool well = sessio_kit_run_step(kit, step, &options, NULL) == SESSIO_OK &&
		sessio_kit_run_step(kit, &reads, &options, NULL) == SESSIO_OK;

	for (size_t i = 1; (step = sessio_scenario_step(sequence, i)) != NULL; i++) {
		well = well && sessio_kit_run_step(kit, step, &options, NULL) == SESSIO_OK;
	}
	return well && sessio_kit_run_step(kit, &ends, &options, NULL) == SESSIO_OK;
}

int main(void)
{
	const sessio_kit_options wishes = { .rules = SESSIO_RULES_OBSERVED };
	sessio_kit *kit;
	sessio_kit_driver *driver;
	sessio_scenario *sequence;
	sessio_scenario_log *log;
	bool well;

	if (sessio_scenario_documented("remote-take-over", &sequence) != SESSIO_OK ||
		sessio_kit_create(&wishes, &kit) != SESSIO_OK ||
		!NT_SUCCESS(sessio_kit_load(kit, silent, &driver)) ||
		sessio_kit_log(kit, &log) != SESSIO_OK) {
		return 1;
	}
	well = run(sequence, kit, log) && sessio_kit_finish(kit) == 1 &&
		sessio_kit_get_finding(kit, 0)->rule == SESSIO_KIT_RULE_REQUEST_NOT_COMPLETED &&
		sessio_scenario_log_svg(log,
			"A remote take-over, and a request that is never completed", print,
			stdout) == SESSIO_OK;
	sessio_kit_destroy(kit);
	sessio_scenario_log_destroy(log);
	sessio_scenario_destroy(sequence);
	return well ? 0 : 1;
}
