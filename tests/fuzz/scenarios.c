/* SPDX-License-Identifier: MIT */
/*
 * Scenarios from any bytes. A text either has a mistake at a place in it, or it is a
 * scenario that prints to itself. Its events go to a host, and the log of that host is
 * drawn and traced.
 *
 * (scenarios-1) An input that begins with a byte below 32 is a recipe for a text of
 *      words that scenarios have. Any other is a text.
 */
#include "fuzz.h"

#include <sessio/testing_scenario.h>

#define MOST ((size_t)2 << 20) /* bytes of a picture */

struct text {
	size_t length;
	char at[MOST];
};

static struct text made, printed, again, drawn;

static bool take(const char *part, size_t length, void *ctx)
{
	struct text *text = ctx;

	FUZZ_CHECK(length <= MOST - text->length);
	memcpy(text->at + text->length, part, length);
	text->length += length;
	return true;
}

static void put(const char *part)
{
	(void)take(part, strlen(part), &made);
}

/* (scenarios-1) */
static void make_text(struct fuzz_input *in)
{
	static const char *const words[] = { "session", "do", "wait", "fault", "program", "bounds",
		"rules", "is", "remark", "observed", "refused", "remote", "documented", "Created",
		"Connected", "Disconnected", "Logon", "Logoff", "Terminated", "LoggedOn",
		"Initialized", "Locked", "allocation", "path", "each-path", "registration", "open",
		"slow", "late", "ns", "ms", "min", "d", "0", "1", "2", "4294967295", "4294967296",
		"18446744073709551615", "18446744073709551616", "213503", "x.y-z_", "# no",
		"sessio-scenario", "\xd1\x81", "\"", "file", "driver", "a", "read", "write",
		"control", "cancel", "await", "cleanup", "close", "load", "unload", "waits", "in",
		"out", "\"\\Device\\X\"", "\"\"", "0x22e004", "0xg", "00ff", "0fF", "1048576",
		"1048577" };
	static const char *const ends[] = { " ", " ", " ", "\n", "\n", "\r\n", "\t", "" };
	static const char *const lines[] = { "session 1 Created\n", "session 1 Connected remote\n",
		"session 2 observed Logon\n", "session 1 do open 3\n", "wait 7 us\n",
		"fault slow 3 d\n", "session 3 is LoggedOn\n", "open a \"\\Device\\X\" refused\n",
		"file a control 0x1 in 0a0b out 9\n", "file a write \"b\"\n",
		"file a cancel 1 waits\n" };

	put(fuzz_below(in, 16) != 0 ? "sessio-scenario 1\n" : "");
	while (fuzz_has_more(in) && made.length < 60000) {
		if (fuzz_below(in, 64) != 0) {
			put(lines[fuzz_below(in, sizeof(lines) / sizeof(lines[0]))]);
			continue;
		}
		for (unsigned n = fuzz_below(in, 6); n != 0; n--) {
			put(words[fuzz_below(in, sizeof(words) / sizeof(words[0]))]);
			put(ends[fuzz_below(in, sizeof(ends) / sizeof(ends[0]))]);
		}
		put("\n");
	}
}

static size_t count_lines(void)
{
	size_t lines = 1;

	for (size_t i = 0; i < made.length; i++) {
		lines += made.at[i] == '\n' ? 1 : 0;
	}
	return lines;
}

static void check_mistake(sessio_status status, const sessio_scenario_error *error)
{
	FUZZ_CHECK(status == SESSIO_INVALID_ARG || status == SESSIO_LIMIT);
	FUZZ_CHECK(error->line >= 1 && error->line <= count_lines());
	FUZZ_CHECK(error->column >= 1 && error->column <= SESSIO_SCENARIO_MAX_LINE + 1);
	FUZZ_CHECK(error->text[0] != '\0' && error->text[strlen(error->text) - 1] == '.');
}

static void check_print(const sessio_scenario *scenario)
{
	sessio_scenario *copy = NULL;

	printed.length = 0;
	again.length = 0;
	FUZZ_CHECK(sessio_scenario_print(scenario, take, &printed) == SESSIO_OK);
	FUZZ_CHECK(sessio_scenario_parse(printed.at, printed.length, &copy, NULL) == SESSIO_OK);
	FUZZ_CHECK(sessio_scenario_print(copy, take, &again) == SESSIO_OK);
	FUZZ_CHECK(printed.length == again.length);
	FUZZ_CHECK(memcmp(printed.at, again.at, printed.length) == 0);
	FUZZ_CHECK(sessio_scenario_count(copy) == sessio_scenario_count(scenario));
	sessio_scenario_destroy(copy);
}

/* The host has its own opinion of each; none may be lost. */
static void do_step(sessio_host *host, const sessio_step *step)
{
	unsigned flags = (step->flags & SESSIO_STEP_REMOTE) != 0 ? SESSIO_POST_REMOTE : 0u;

	if (step->kind == SESSIO_STEP_EXISTS) {
		(void)!sessio_host_adopt(host, step->session_id, step->state, flags);
	} else if (step->kind == SESSIO_STEP_REMARK) {
		(void)!sessio_host_remark(host, step->session_id, step->remark);
	} else if (step->kind == SESSIO_STEP_EVENT) {
		FUZZ_CHECK(sessio_host_observe(host, step->session_id, step->event, flags) ==
			SESSIO_OK);
	}
}

static void check_log(const sessio_scenario *scenario)
{
	sessio_host *host;
	sessio_scenario_log *log;
	const sessio_step *step;

	FUZZ_CHECK(sessio_host_create(sessio_scenario_rules(scenario), &host) == SESSIO_OK);
	FUZZ_CHECK(sessio_scenario_log_host(host, &log) == SESSIO_OK);
	for (size_t i = 0; (step = sessio_scenario_step(scenario, i)) != NULL; i++) {
		do_step(host, step);
	}
	sessio_scenario_log_stop(log);
	FUZZ_CHECK(sessio_scenario_log_lost(log) == 0);
	drawn.length = 0;
	FUZZ_CHECK(sessio_scenario_log_svg(log, sessio_scenario_program(scenario), take, &drawn) ==
		SESSIO_OK);
	drawn.length = 0;
	FUZZ_CHECK(sessio_scenario_log_trace(log, take, &drawn) == SESSIO_OK);
	check_print(sessio_scenario_log_steps(log));
	sessio_scenario_log_destroy(log);
	FUZZ_CHECK(sessio_host_destroy(host) == SESSIO_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, data + size };
	sessio_scenario_error error = { 0 };
	sessio_scenario *scenario = NULL;
	sessio_status status;

	made.length = 0;
	if (size != 0 && data[0] < 32) {
		make_text(&in);
	} else if (size < MOST) {
		(void)take((const char *)data, size, &made);
	}
	status = sessio_scenario_parse(made.at, made.length, &scenario, &error);
	if (status != SESSIO_OK) {
		FUZZ_CHECK(scenario == NULL);
		check_mistake(status, &error);
		return 0;
	}
	check_print(scenario);
	if (sessio_scenario_count(scenario) < 10000) {
		check_log(scenario);
	}
	sessio_scenario_destroy(scenario);
	return 0;
}
