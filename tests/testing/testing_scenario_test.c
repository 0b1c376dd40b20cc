/* SPDX-License-Identifier: MIT */
/* Scenarios as data and as text. A text that was printed is read again, and a mistake is located. */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sessio/testing_scenario.h>

struct sink {
	char text[4096];
	size_t length;
	size_t calls;
	size_t refuse_from; /* 0: never */
};

static bool take(const char *text, size_t length, void *ctx)
{
	struct sink *sink = ctx;

	sink->calls++;
	if (sink->refuse_from != 0 && sink->calls >= sink->refuse_from) {
		return false;
	}
	assert_true(sink->length + length < sizeof(sink->text));
	memcpy(sink->text + sink->length, text, length);
	sink->length += length;
	sink->text[sink->length] = '\0';
	return true;
}

static sessio_scenario *parse(const char *text)
{
	sessio_scenario *scenario = NULL;
	sessio_scenario_error error = { 0 };
	sessio_status status = sessio_scenario_parse(text, strlen(text), &scenario, &error);

	if (status != SESSIO_OK) {
		fail_msg("%s at %u:%u: %s", sessio_status_name(status), (unsigned)error.line,
			(unsigned)error.column, error.text);
	}
	return scenario;
}

static void assert_prints(const sessio_scenario *scenario, const char *text)
{
	struct sink sink = { .text = "" };

	assert_int_equal(sessio_scenario_print(scenario, take, &sink), SESSIO_OK);
	assert_string_equal(sink.text, text);
}

static const char every_step[] = "sessio-scenario 1\n"
				 "program lamp_test\n"
				 "bounds depth 6, sessions 2 # of 3\n"
				 "rules observed\n"
				 "\n"
				 "session 1 is LoggedOn\n"
				 "session 4294967295 is Created remote\n"
				 "session 2 Created remote\n"
				 "session 2 Connected remote refused\n"
				 "session 0 Terminated\n"
				 "session 2 observed Connected remote\n"
				 "session 1 observed Disconnected\n"
				 "session 1 remark RemoteControl\n"
				 "do open\n"
				 "do un-load_2.x 18446744073709551615\n"
				 "session 7 do open 7\n"
				 "wait 0 ns\n"
				 "wait 1001 us\n"
				 "wait 3 d\n"
				 "wait 18446744073709551615 ns\n"
				 "fault allocation 3\n"
				 "fault path 1\n"
				 "fault each-path\n"
				 "fault registration 1\n"
				 "fault open 2\n"
				 "fault slow 90 s\n"
				 "session 1 open log \"\\Device\\Log\\a # b\"\n"
				 "open none \"\\??\\None\" refused\n"
				 "file log read 1048576\n"
				 "file log write \"\"\n"
				 "file log write \"it's ~ 7\\\"\n"
				 "file log write 00ff1f7f80\n"
				 "file log control 0x0\n"
				 "file log control 0x22e004 in \"ab\" out 16\n"
				 "file log control 0xffffffff out 1\n"
				 "file log cancel\n"
				 "file log cancel 18446744073709551615 waits\n"
				 "file log cancel waits\n"
				 "file log await\n"
				 "file log await 1\n"
				 "file log cleanup\n"
				 "file log close\n"
				 "driver log_driver unload refused\n"
				 "driver log_driver load\n";

static void every_step_is_printed_as_it_was_read(void **state)
{
	sessio_scenario *scenario = parse(every_step);

	(void)state;
	assert_int_equal(sessio_scenario_count(scenario), 39);
	assert_string_equal(sessio_scenario_program(scenario), "lamp_test");
	assert_string_equal(sessio_scenario_bounds(scenario), "depth 6, sessions 2 # of 3");
	assert_int_equal(sessio_scenario_rules(scenario), SESSIO_RULES_OBSERVED);
	assert_prints(scenario, every_step);
	sessio_scenario_destroy(scenario);
}

static void blanks_comments_and_defaults_do_not_matter(void **state)
{
	sessio_scenario *scenario = parse("# before\r\n\r\n\tsessio-scenario  1 # of 1\r\n"
					  "session 3\tCreated remote  refused # no\r\n"
					  "wait 2min\n"
					  "fault open\n"
					  "session 03 do x 007");
	const sessio_step *step = sessio_scenario_step(scenario, 0);

	(void)state;
	assert_int_equal(step->kind, SESSIO_STEP_EVENT);
	assert_int_equal(step->session_id, 3);
	assert_int_equal(step->event, SESSIO_USER_EVENT_CREATED);
	assert_int_equal(step->flags, SESSIO_STEP_REMOTE | SESSIO_STEP_REFUSED);
	step = sessio_scenario_step(scenario, 1);
	assert_int_equal(step->kind, SESSIO_STEP_WAIT);
	assert_true(step->number == UINT64_C(120000000000));
	step = sessio_scenario_step(scenario, 2);
	assert_int_equal(step->fault, SESSIO_FAULT_OPEN);
	assert_int_equal(step->number, 1);
	step = sessio_scenario_step(scenario, 3);
	assert_int_equal(step->flags, SESSIO_STEP_FOR_SESSION);
	assert_int_equal(step->session_id, 3);
	assert_int_equal(step->number, 7);
	assert_string_equal(step->action, "x");
	assert_null(sessio_scenario_step(scenario, 4));
	assert_string_equal(sessio_scenario_program(scenario), "");
	assert_int_equal(sessio_scenario_rules(scenario), SESSIO_RULES_DOCUMENTED);
	sessio_scenario_destroy(scenario);
}

#define HEAD "sessio-scenario 1\n"
#define HEAD_ROOM 32

static void a_mistake_has_a_line_a_column_and_a_sentence(void **state)
{
	static const struct {
		const char *text;
		size_t line, column;
		const char *sentence;
	} mistakes[] = {
		{ "", 1, 1, "A scenario begins with the line \"sessio-scenario 1\"." },
		{ "# no", 1, 5, "A scenario begins with the line \"sessio-scenario 1\"." },
		{ "\n# no\n", 3, 1, "A scenario begins with the line \"sessio-scenario 1\"." },
		{ "\n  session 1 Created\n", 2, 3,
			"A scenario begins with the line \"sessio-scenario 1\"." },
		{ "sessio-scenario 2\n", 1, 17,
			"\"2\" is not a version that is known: there is 1." },
		{ "sessio-scenario 1 2\n", 1, 19, "The line should end before this word." },
		{ "sessio-scenario\n", 1, 16,
			"The line ends before a number: it has digits only." },
		{ HEAD "\nevent 1\n", 3, 1,
			"\"event\" is not the beginning of a line: there are session, do, open, "
			"file, driver, wait, fault, program, bounds, rules, and no others." },
		{ HEAD "open a\n", 2, 7,
			"The line ends before the name of a device: it stands between quotation "
			"marks." },
		{ HEAD "session 1 open a \\Device\\X\n", 2, 18,
			"\"\\Device\\X\" is not the name of a device: it stands between "
			"quotation marks." },
		{ HEAD "open a/b \"c\"\n", 2, 6,
			"\"a/b\" is not the name of a file: it has letters, digits and the signs"
			" _ - . only, 63 at most." },
		{ HEAD "open a \"c\n", 2, 8, "There is no second quotation mark on this line." },
		{ HEAD "open a \"c\"x\n", 2, 11,
			"There should be a blank behind the quotation mark." },
		{ HEAD "open a \"\"\n", 2, 9, "The name of a device has 1 to 255 bytes." },
		{ HEAD "open a \"\xd1\x81\"\n", 2, 9,
			"A text between quotation marks has printable ASCII only." },
		{ HEAD "open a \"c\" remote\n", 2, 12, "The line should end before this word." },
		{ HEAD "file a say\n", 2, 8,
			"\"say\" is not a call for a file: there are read, write, control, "
			"cancel, await, cleanup, close, and no others." },
		{ HEAD "file a open\n", 2, 8,
			"\"open\" is not a call for a file: there are read, write, control, "
			"cancel, await, cleanup, close, and no others." },
		{ HEAD "file a read\n", 2, 12,
			"The line ends before a number: it has digits only." },
		{ HEAD "file a read 1048577\n", 2, 13,
			"\"1048577\" is not a possible size: 1048576 bytes are the most." },
		{ HEAD "file a write 123\n", 2, 14,
			"\"123\" is not data: it is a text between quotation marks, or pairs of "
			"hexadecimal digits." },
		{ HEAD "file a write 12 34\n", 2, 17, "The line should end before this word." },
		{ HEAD "file a control 0x\n", 2, 16,
			"\"0x\" is not a number: it has digits only." },
		{ HEAD "file a control 0x100000000\n", 2, 16,
			"\"0x100000000\" is not a control code: it has eight hexadecimal digits "
			"at most." },
		{ HEAD "file a control 1 in out 3\n", 2, 21,
			"\"out\" is not data: it is a text between quotation marks, or pairs of "
			"hexadecimal digits." },
		{ HEAD "file a cancel -1\n", 2, 15, "The line should end before this word." },
		{ HEAD "file a await waits\n", 2, 14, "The line should end before this word." },
		{ HEAD "driver a start\n", 2, 10,
			"\"start\" is not a call for a driver: there are load, unload, and no "
			"others." },
		{ HEAD "session 1 Logged\n", 2, 11,
			"\"Logged\" is not an event: there are Created, Terminated, Connected,"
			" Disconnected, Logon, Logoff, and no others." },
		{ HEAD "session 1 observed", 2, 19,
			"The line ends before an event: there are Created, "
			"Terminated,"
			" Connected, Disconnected, Logon, Logoff, and no others." },
		{ HEAD "session 1 observed Logon refused\n", 2, 26,
			"The line should end before this word." },
		{ HEAD "session 1 is Terminated\n", 2, 14,
			"\"Terminated\" is not a state of a session that exists." },
		{ HEAD "session 1 is Logon\n", 2, 14,
			"\"Logon\" is not a state: there are Created, Initialized, Connected,"
			" Disconnected, DisconnectedLoggedOn, LoggedOn, LoggedOff, Terminated, and "
			"no"
			" others." },
		{ HEAD "session 1 remark Lock\n", 2, 18,
			"\"Lock\" is not a remark: there are Locked, Unlocked, RemoteControl, and "
			"no"
			" others." },
		{ HEAD "session -1 Logon\n", 2, 9, "\"-1\" is not a number: it has digits only." },
		{ HEAD "session 1x Logon\n", 2, 9, "\"1x\" is not a number: it has digits only." },
		{ HEAD "session 4294967296 Logon\n", 2, 9,
			"\"4294967296\" is not a number of that size: 4294967295 is the largest "
			"here." },
		{ HEAD "do x 18446744073709551616\n", 2, 6,
			"\"18446744073709551616\" is not a number of that size: "
			"18446744073709551615 is"
			" the largest." },
		{ HEAD "do x 1 2\n", 2, 8, "The line should end before this word." },
		{ HEAD "do a/b\n", 2, 4,
			"\"a/b\" is not the name of an action: it has letters, digits and the signs"
			" _ - . only, 63 at most." },
		{ HEAD "wait 1 month\n", 2, 8,
			"\"month\" is not a unit of time: there are ns, us, ms, s, min, h, d, and "
			"no"
			" others." },
		{ HEAD "wait 213504 d\n", 2, 6,
			"\"213504\" is not a possible time: 18446744073709551615 ns is the "
			"longest." },
		{ HEAD "fault disk\n", 2, 7,
			"\"disk\" is not a fault: there are allocation, path, each-path, "
			"registration,"
			" open, slow, late, and no others." },
		{ HEAD "fault path 0\n", 2, 12,
			"\"0\" is not the number of a failure: they count from 1." },
		{ HEAD "fault each-path 1\n", 2, 17, "The line should end before this word." },
		{ HEAD "rules real\n", 2, 7,
			"\"real\" is not a set of rules: there are documented, observed, and no"
			" others." },
		{ HEAD "do x\nrules observed\n", 3, 1, "This line belongs before the steps." },
		{ HEAD "program a\nprogram a\n", 3, 1, "There is such a line already." },
		{ HEAD "do x\rdo y\n", 2, 5, "There is a control character, which is no text." },
		{ HEAD "do "
		       "0123456789012345678901234567890123456789/\n",
			2, 4,
			"\"0123456789012345678901234567890123456789...\" is not the name of an "
			"action:"
			" it has letters, digits and the signs _ - . only, 63 at most." },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
		sessio_scenario *scenario = NULL;
		sessio_scenario_error error = { 0 };

		assert_int_equal(sessio_scenario_parse(mistakes[i].text, strlen(mistakes[i].text),
					 &scenario, &error),
			SESSIO_INVALID_ARG);
		assert_null(scenario);
		assert_string_equal(error.text, mistakes[i].sentence);
		assert_int_equal(error.line, mistakes[i].line);
		assert_int_equal(error.column, mistakes[i].column);
	}
}

static void a_zero_byte_and_a_long_line_are_mistakes(void **state)
{
	char text[2 * SESSIO_SCENARIO_MAX_LINE] = HEAD;
	size_t head = strlen(HEAD);
	sessio_scenario *scenario = NULL;
	sessio_scenario_error error = { 0 };

	(void)state;
	assert_int_equal(
		sessio_scenario_parse(text, head + 1, &scenario, &error), SESSIO_INVALID_ARG);
	assert_int_equal(error.line, 2);
	assert_int_equal(error.column, 1);
	assert_string_equal(error.text, "There is a zero byte, which is no text.");
	memset(text + head, '#', SESSIO_SCENARIO_MAX_LINE + 1);
	assert_int_equal(
		sessio_scenario_parse(text, head + SESSIO_SCENARIO_MAX_LINE + 1, &scenario, &error),
		SESSIO_INVALID_ARG);
	assert_int_equal(error.column, SESSIO_SCENARIO_MAX_LINE + 1);
	assert_string_equal(error.text, "This line is longer than 4096 bytes.");
	assert_null(scenario);
	assert_int_equal(
		sessio_scenario_parse(text, head + SESSIO_SCENARIO_MAX_LINE, &scenario, NULL),
		SESSIO_OK);
	sessio_scenario_destroy(scenario);
}

static void what_is_no_step_is_not_added(void **state)
{
	static const sessio_step bad[] = {
		{ 0 },
		{ .kind = (sessio_step_kind)8 },
		{ .kind = SESSIO_STEP_CALL },
		{ .kind = SESSIO_STEP_EVENT },
		{ .kind = SESSIO_STEP_EVENT, .event = SESSIO_USER_EVENT_MAX },
		{ .kind = SESSIO_STEP_EVENT, .event = SESSIO_USER_EVENT_LOGON, .flags = 1u << 3 },
		{ .kind = SESSIO_STEP_EVENT,
			.event = SESSIO_USER_EVENT_LOGON,
			.flags = SESSIO_STEP_OBSERVED | SESSIO_STEP_REFUSED },
		{ .kind = SESSIO_STEP_EXISTS, .state = SESSIO_USER_STATE_TERMINATED },
		{ .kind = SESSIO_STEP_EXISTS },
		{ .kind = SESSIO_STEP_REMARK, .remark = SESSIO_USER_REMARK_MAX },
		{ .kind = SESSIO_STEP_ACTION },
		{ .kind = SESSIO_STEP_ACTION, .action = "" },
		{ .kind = SESSIO_STEP_ACTION, .action = "a b" },
		{ .kind = SESSIO_STEP_WAIT, .flags = SESSIO_STEP_REMOTE },
		{ .kind = SESSIO_STEP_FAULT },
		{ .kind = SESSIO_STEP_FAULT, .fault = SESSIO_FAULT_OPEN },
	};
	static const char all[SESSIO_SCENARIO_MAX_DEVICE + 2] = { [0] = 'x', [1] = '"' };
	const sessio_step_call calls[] = {
		{ .call = SESSIO_CALL_READ },
		{ .call = SESSIO_CALL_READ, .name = "a b" },
		{ .call = SESSIO_CALL_READ, .name = "a", .room = SESSIO_SCENARIO_MAX_ROOM + 1 },
		{ .call = SESSIO_CALL_WRITE, .name = "a", .length = 1 },
		{ .call = SESSIO_CALL_WRITE,
			.name = "a",
			.length = SESSIO_SCENARIO_MAX_DATA + 1,
			.data = all },
		{ .call = SESSIO_CALL_OPEN, .name = "a" },
		{ .call = SESSIO_CALL_OPEN, .name = "a", .device = "" },
		{ .call = SESSIO_CALL_OPEN, .name = "a", .device = all },
		{ .call = (sessio_call)11, .name = "a" },
		{ .name = "a" },
	};
	const sessio_step_call good = { .call = SESSIO_CALL_CLOSE, .name = "a" };
	sessio_step step = { .kind = SESSIO_STEP_CALL };
	sessio_scenario *scenario;
	char text[8] = "before";

	(void)state;
	assert_int_equal(sessio_scenario_create(SESSIO_RULES_DOCUMENTED, &scenario), SESSIO_OK);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(sessio_scenario_add(scenario, &bad[i]), SESSIO_INVALID_ARG);
	}
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		step.call = &calls[i];
		assert_int_equal(sessio_scenario_add(scenario, &step), SESSIO_INVALID_ARG);
	}
	step.call = &good;
	step.flags = SESSIO_STEP_REFUSED;
	assert_int_equal(sessio_scenario_add(scenario, &step), SESSIO_INVALID_ARG);
	step.flags = SESSIO_STEP_WAITS;
	assert_int_equal(sessio_scenario_add(scenario, &step), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_step_text(&bad[0], text, sizeof(text)), 0);
	assert_int_equal(sessio_scenario_count(scenario), 0);
	sessio_scenario_destroy(scenario);
}

static void a_step_has_only_the_members_of_its_kind(void **state)
{
	const sessio_step full = { .kind = SESSIO_STEP_WAIT,
		.session_id = 3,
		.event = SESSIO_USER_EVENT_LOGON,
		.action = "x",
		.number = 5 };
	sessio_scenario *scenario;
	const sessio_step *step;
	char text[8];

	(void)state;
	assert_int_equal(sessio_scenario_create(SESSIO_RULES_DOCUMENTED, &scenario), SESSIO_OK);
	assert_int_equal(sessio_scenario_add(scenario, &full), SESSIO_OK);
	step = sessio_scenario_step(scenario, 0);
	assert_int_equal(step->session_id, 0);
	assert_int_equal(step->event, SESSIO_USER_EVENT_NONE);
	assert_null(step->action);
	assert_int_equal(step->number, 5);
	assert_int_equal(sessio_step_text(step, text, sizeof(text)), strlen("wait 5 ns"));
	assert_string_equal(text, "wait 5 ");
	assert_int_equal(sessio_step_text(step, NULL, 0), strlen("wait 5 ns"));
	sessio_scenario_destroy(scenario);
}

static void a_call_is_copied_with_the_members_that_it_names(void **state)
{
	char name[] = "log", data[] = "ab";
	const sessio_step_call call = { .call = SESSIO_CALL_WRITE,
		.name = name,
		.device = "x",
		.code = 1,
		.room = 2,
		.length = 2,
		.data = data };
	const sessio_step step = { .kind = SESSIO_STEP_CALL, .number = 5, .call = &call };
	sessio_scenario *scenario;
	const sessio_step *kept;

	(void)state;
	assert_int_equal(sessio_scenario_create(SESSIO_RULES_DOCUMENTED, &scenario), SESSIO_OK);
	assert_int_equal(sessio_scenario_add(scenario, &step), SESSIO_OK);
	name[0] = 'x';
	data[0] = 'x';
	kept = sessio_scenario_step(scenario, 0);
	assert_int_equal(kept->number, 0);
	assert_string_equal(kept->call->name, "log");
	assert_null(kept->call->device);
	assert_int_equal(kept->call->code, 0);
	assert_int_equal(kept->call->room, 0);
	assert_int_equal(kept->call->length, 2);
	assert_memory_equal(kept->call->data, "ab", 2);
	sessio_scenario_destroy(scenario);
}

/* The longest step there is, as bytes and as a text, is a line that can be read. */
static void the_most_data_fits_into_a_line(void **state)
{
	char text[HEAD_ROOM + SESSIO_SCENARIO_MAX_LINE];
	char data[SESSIO_SCENARIO_MAX_DATA + 1], name[SESSIO_SCENARIO_MAX_NAME + 1];
	const sessio_step_call call = { .call = SESSIO_CALL_CONTROL,
		.name = name,
		.code = UINT32_MAX,
		.room = SESSIO_SCENARIO_MAX_ROOM,
		.length = SESSIO_SCENARIO_MAX_DATA,
		.data = data };
	const sessio_step step = { .kind = SESSIO_STEP_CALL, .call = &call };
	sessio_scenario *scenario = NULL;
	sessio_scenario_error error = { 0 };

	(void)state;
	memset(name, 'n', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	for (int letter = 0; letter <= 'x'; letter += 'x') {
		memset(data, letter, sizeof(data));
		(void)strcpy(text, HEAD);
		assert_in_range(
			sessio_step_text(&step, text + strlen(HEAD), SESSIO_SCENARIO_MAX_LINE),
			1000, SESSIO_SCENARIO_MAX_LINE - 1);
		assert_int_equal(
			sessio_scenario_parse(text, strlen(text), &scenario, &error), SESSIO_OK);
		assert_memory_equal(sessio_scenario_step(scenario, 0)->call->data, data,
			SESSIO_SCENARIO_MAX_DATA);
		sessio_scenario_destroy(scenario);
	}
	memset(text, '0', sizeof(text));
	memcpy(text, HEAD "file a write ", strlen(HEAD "file a write "));
	text[strlen(HEAD "file a write ") + 2 * sizeof(data)] = '\0';
	assert_int_equal(
		sessio_scenario_parse(text, strlen(text), &scenario, &error), SESSIO_INVALID_ARG);
	assert_string_equal(error.text, "This is more data than 1024 bytes.");
	assert_int_equal(error.column, 14);
	text[strlen(HEAD "file a write ")] = '"';
	text[strlen(HEAD "file a write ") + sizeof(data) + 1] = '"';
	text[strlen(HEAD "file a write ") + sizeof(data) + 2] = '\0';
	assert_int_equal(
		sessio_scenario_parse(text, strlen(text), &scenario, &error), SESSIO_INVALID_ARG);
	assert_string_equal(error.text, "This is more data than 1024 bytes.");
	assert_int_equal(error.column, 15);
}

static void a_name_of_an_action_is_copied(void **state)
{
	char name[] = "open";
	sessio_step step = { .kind = SESSIO_STEP_ACTION, .action = name };
	sessio_scenario *scenario;

	(void)state;
	assert_int_equal(sessio_scenario_create(SESSIO_RULES_DOCUMENTED, &scenario), SESSIO_OK);
	assert_int_equal(sessio_scenario_add(scenario, &step), SESSIO_OK);
	assert_int_equal(sessio_scenario_add(scenario, &step), SESSIO_OK);
	name[0] = 'x';
	assert_string_equal(sessio_scenario_step(scenario, 0)->action, "open");
	assert_ptr_equal(sessio_scenario_step(scenario, 0)->action,
		sessio_scenario_step(scenario, 1)->action);
	for (unsigned i = 1; i < SESSIO_SCENARIO_MAX_ACTIONS; i++) {
		char other[16];

		(void)snprintf(other, sizeof(other), "a%u", i);
		step.action = other;
		assert_int_equal(sessio_scenario_add(scenario, &step), SESSIO_OK);
	}
	step.action = "one-too-many";
	assert_int_equal(sessio_scenario_add(scenario, &step), SESSIO_LIMIT);
	assert_int_equal(sessio_scenario_count(scenario), SESSIO_SCENARIO_MAX_ACTIONS + 1);
	sessio_scenario_destroy(scenario);
}

static void too_many_steps_are_refused(void **state)
{
	static const char line[5] = { 'd', 'o', ' ', 'x', '\n' };
	size_t length = strlen(HEAD) + sizeof(line) * (SESSIO_SCENARIO_MAX_STEPS + 1);
	char *text = malloc(length + 1);
	sessio_scenario *scenario = NULL;
	sessio_scenario_error error = { 0 };

	(void)state;
	assert_non_null(text);
	(void)strcpy(text, HEAD);
	for (size_t i = 0; i <= SESSIO_SCENARIO_MAX_STEPS; i++) {
		memcpy(text + strlen(HEAD) + i * sizeof(line), line, sizeof(line));
	}
	assert_int_equal(sessio_scenario_parse(text, length, &scenario, &error), SESSIO_LIMIT);
	assert_null(scenario);
	assert_int_equal(error.line, SESSIO_SCENARIO_MAX_STEPS + 2);
	assert_int_equal(
		sessio_scenario_parse(text, length - sizeof(line), &scenario, &error), SESSIO_OK);
	assert_int_equal(sessio_scenario_count(scenario), SESSIO_SCENARIO_MAX_STEPS);
	sessio_scenario_destroy(scenario);
	free(text);
}

static void an_origin_is_one_line(void **state)
{
	char text[SESSIO_SCENARIO_MAX_TEXT + 2];
	sessio_scenario *scenario;

	(void)state;
	assert_int_equal(sessio_scenario_create(SESSIO_RULES_DOCUMENTED, &scenario), SESSIO_OK);
	assert_int_equal(sessio_scenario_set_origin(scenario, " a b\t", NULL), SESSIO_OK);
	assert_string_equal(sessio_scenario_program(scenario), "a b");
	assert_string_equal(sessio_scenario_bounds(scenario), "");
	assert_int_equal(sessio_scenario_set_origin(scenario, "a\nb", "c"), SESSIO_INVALID_ARG);
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(sessio_scenario_set_origin(scenario, "d", text), SESSIO_INVALID_ARG);
	assert_string_equal(sessio_scenario_program(scenario), "a b");
	text[sizeof(text) - 2] = '\0';
	assert_int_equal(sessio_scenario_set_origin(scenario, NULL, text), SESSIO_OK);
	assert_string_equal(sessio_scenario_program(scenario), "");
	assert_string_equal(sessio_scenario_bounds(scenario), text);
	sessio_scenario_destroy(scenario);
}

static void a_writer_can_end_the_print(void **state)
{
	sessio_scenario *scenario = parse(HEAD "do x\ndo y\n");
	struct sink sink = { .refuse_from = 3 };

	(void)state;
	assert_int_equal(sessio_scenario_print(scenario, take, &sink), SESSIO_REFUSED);
	assert_int_equal(sink.calls, 3);
	sessio_scenario_destroy(scenario);
}

static void null_is_refused(void **state)
{
	sessio_scenario *scenario = NULL;
	sessio_step step = { .kind = SESSIO_STEP_WAIT };
	struct sink sink = { .length = 0 };

	(void)state;
	assert_int_equal(sessio_scenario_create(SESSIO_RULES_DOCUMENTED, NULL), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_scenario_create((sessio_rules)0, &scenario), SESSIO_INVALID_ARG);
	assert_null(scenario);
	sessio_scenario_destroy(NULL);
	assert_int_equal(sessio_scenario_add(NULL, &step), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_scenario_set_origin(NULL, "a", "b"), SESSIO_INVALID_ARG);
	assert_string_equal(sessio_scenario_program(NULL), "");
	assert_string_equal(sessio_scenario_bounds(NULL), "");
	assert_int_equal(sessio_scenario_rules(NULL), 0);
	assert_int_equal(sessio_scenario_count(NULL), 0);
	assert_null(sessio_scenario_step(NULL, 0));
	assert_int_equal(sessio_step_text(NULL, NULL, 0), 0);
	assert_int_equal(sessio_scenario_print(NULL, take, &sink), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_scenario_parse(NULL, 0, &scenario, NULL), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_scenario_parse(HEAD, strlen(HEAD), NULL, NULL), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_scenario_create(SESSIO_RULES_DOCUMENTED, &scenario), SESSIO_OK);
	assert_int_equal(sessio_scenario_add(scenario, NULL), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_scenario_print(scenario, NULL, NULL), SESSIO_INVALID_ARG);
	sessio_scenario_destroy(scenario);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_step_is_printed_as_it_was_read),
		cmocka_unit_test(blanks_comments_and_defaults_do_not_matter),
		cmocka_unit_test(a_mistake_has_a_line_a_column_and_a_sentence),
		cmocka_unit_test(a_zero_byte_and_a_long_line_are_mistakes),
		cmocka_unit_test(what_is_no_step_is_not_added),
		cmocka_unit_test(a_step_has_only_the_members_of_its_kind),
		cmocka_unit_test(a_call_is_copied_with_the_members_that_it_names),
		cmocka_unit_test(the_most_data_fits_into_a_line),
		cmocka_unit_test(a_name_of_an_action_is_copied),
		cmocka_unit_test(too_many_steps_are_refused),
		cmocka_unit_test(an_origin_is_one_line),
		cmocka_unit_test(a_writer_can_end_the_print),
		cmocka_unit_test(null_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
