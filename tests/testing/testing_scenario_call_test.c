/* SPDX-License-Identifier: MIT */
/*
 * Calls of a test as steps. A test that makes them by hand is recorded, and its recording does
 * the same again.
 */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sessio/testing_driver.h>
#include <sessio/testing_scenario.h>

#include "drivers/echo.h"

SESSIO_DRIVER(echo);
SESSIO_DRIVER(waiter);

#define HEAD "sessio-scenario 1\n"
#define NOBODY SESSIO_KIT_NO_SESSION
#define BUFFERED L"\\Device\\echoBuffered"

static sessio_kit *kit;
static sessio_kit_driver *driver;
static sessio_scenario_log *record;

static int set_up(void **state)
{
	(void)state;
	return sessio_kit_create(NULL, &kit) == SESSIO_OK &&
			sessio_kit_load(kit, echo, &driver) == STATUS_SUCCESS &&
			sessio_host_adopt(sessio_kit_host(kit), 1, SESSIO_USER_STATE_LOGGED_ON,
				0) == SESSIO_OK
		? 0
		: -1;
}

static int tear_down(void **state)
{
	size_t found = sessio_kit_finish(kit);

	(void)state;
	sessio_kit_destroy(kit);
	sessio_scenario_log_destroy(record);
	record = NULL;
	return found == 0 ? 0 : -1;
}

struct sink {
	char text[4096];
	size_t length;
};

static bool take(const char *text, size_t length, void *ctx)
{
	struct sink *sink = ctx;

	if (sink->length + length >= sizeof(sink->text)) {
		return false;
	}
	memcpy(sink->text + sink->length, text, length);
	sink->length += length;
	sink->text[sink->length] = '\0';
	return true;
}

static void assert_prints(const sessio_scenario *scenario, const char *text)
{
	struct sink sink = { .text = "" };

	assert_int_equal(sessio_scenario_print(scenario, take, &sink), SESSIO_OK);
	assert_string_equal(sink.text, text);
}

static sessio_scenario *parse(const char *text)
{
	sessio_scenario *scenario = NULL;
	sessio_scenario_error error;

	if (sessio_scenario_parse(text, strlen(text), &scenario, &error) != SESSIO_OK) {
		fail_msg("%u:%u: %s", (unsigned)error.line, (unsigned)error.column, error.text);
	}
	return scenario;
}

static const char by_hand[] = HEAD "rules documented\n"
				   "\n"
				   "session 1 is LoggedOn\n"
				   "session 1 open file-1 \"\\Device\\echoBuffered\"\n"
				   "session 1 open file-2 \"\\Device\\echoNeither\"\n"
				   "session 1 open file-3 \"\\Device\\Missing\" refused\n"
				   "open file-3 \"\\Device\\echoDirect\"\n"
				   "file file-1 write \"some text\"\n"
				   "wait 3 ms\n"
				   "file file-1 read 16\n"
				   "file file-1 control 0x222000 in 0001ff out 8\n"
				   "file file-1 control 0x222010 out 4\n"
				   "file file-1 control 0x222010 out 4\n"
				   "file file-1 control 0x222014 in \"))))\"\n"
				   "file file-1 await 1\n"
				   "file file-1 control 0x222010 out 4\n"
				   "file file-1 cancel 1\n"
				   "file file-1 cancel waits\n"
				   "file file-1 cleanup\n"
				   "file file-1 close\n"
				   "file file-2 close\n"
				   "fault allocation 1000\n"
				   "file file-3 close\n"
				   "driver echo unload\n"
				   "driver echo load\n";

static void read_and_write(sessio_kit_file *file)
{
	UCHAR in[] = { 0, 1, 255 }, out[16];

	assert_int_equal(sessio_kit_write(file, (PVOID)(ULONG_PTR) "some text", 9, NULL), 0);
	assert_int_equal(sessio_kit_pass_time(kit, 3000000), SESSIO_OK);
	assert_int_equal(sessio_kit_read(file, out, sizeof(out), NULL), STATUS_SUCCESS);
	assert_int_equal(sessio_kit_control(file, ECHO_BUFFERED, in, sizeof(in), out, 8, NULL), 0);
}

static void pend_and_cancel(sessio_kit_file *file)
{
	ULONG answers[3], number = 0x29292929;
	sessio_kit_request *first, *second;

	assert_int_equal(
		sessio_kit_control(file, ECHO_PEND, NULL, 0, &answers[0], 4, NULL), STATUS_PENDING);
	first = sessio_kit_pended(file);
	assert_int_equal(
		sessio_kit_control(file, ECHO_PEND, NULL, 0, &answers[1], 4, NULL), STATUS_PENDING);
	second = sessio_kit_pended(file);
	/* A wait that comes to nothing changes nothing. */
	assert_int_equal(sessio_kit_wait(first, 0, NULL), STATUS_TIMEOUT);
	assert_int_equal(sessio_kit_control(file, ECHO_RELEASE, &number, 4, NULL, 0, NULL), 0);
	assert_int_equal(sessio_kit_wait(first, SESSIO_FOREVER, NULL), STATUS_SUCCESS);
	assert_int_equal(sessio_kit_wait(first, 0, NULL), STATUS_SUCCESS); /* nor does a second */
	assert_int_equal(
		sessio_kit_control(file, ECHO_PEND, NULL, 0, &answers[2], 4, NULL), STATUS_PENDING);
	assert_int_equal(sessio_kit_cancel(second, 0, NULL), STATUS_CANCELLED);
	assert_int_equal(
		sessio_kit_cancel(sessio_kit_pended(file), SESSIO_FOREVER, NULL), STATUS_CANCELLED);
}

static void do_all_by_hand(void)
{
	PDEVICE_OBJECT device = sessio_kit_driver_object(driver)->DeviceObject;
	sessio_kit_file *file, *other, *none = NULL;

	assert_int_equal(sessio_kit_open(kit, 1, BUFFERED, &file), STATUS_SUCCESS);
	assert_int_equal(sessio_kit_open_device(kit, 1, device, &other), STATUS_SUCCESS);
	assert_int_equal(
		sessio_kit_open(kit, 1, L"\\Device\\Missing", &none), STATUS_OBJECT_NAME_NOT_FOUND);
	assert_int_equal(sessio_kit_open(kit, NOBODY, L"\\Device\\echoDirect", &none), 0);
	read_and_write(file);
	pend_and_cancel(file);
	assert_int_equal(sessio_kit_unload(driver), STATUS_DEVICE_BUSY);
	assert_int_equal(sessio_kit_cleanup(file), STATUS_SUCCESS);
	assert_int_equal(sessio_kit_cleanup(file), STATUS_FILE_CLOSED);
	assert_int_equal(sessio_kit_read(file, NULL, 0, NULL), STATUS_FILE_CLOSED);
	assert_int_equal(sessio_kit_close(file), STATUS_SUCCESS);
	assert_int_equal(sessio_kit_close(other), STATUS_SUCCESS);
	assert_int_equal(sessio_kit_fault(kit, SESSIO_FAULT_ALLOCATION, 1000), SESSIO_OK);
	assert_int_equal(sessio_kit_close(none), STATUS_SUCCESS);
	assert_int_equal(sessio_kit_unload(driver), STATUS_SUCCESS);
	assert_int_equal(sessio_kit_load(kit, echo, &driver), STATUS_SUCCESS);
}

static void all_calls_by_hand_are_recorded(void **state)
{
	(void)state;
	assert_int_equal(sessio_kit_log(kit, &record), SESSIO_OK);
	do_all_by_hand();
	assert_prints(sessio_scenario_log_steps(record), by_hand);
	assert_int_equal(sessio_scenario_log_lost(record), 0);
}

static void a_recording_is_replayed_and_recorded_as_itself(void **state)
{
	sessio_scenario *scenario = parse(by_hand);
	sessio_scenario_options options = { 0 };
	sessio_scenario_result result;

	(void)state;
	sessio_kit_destroy(kit);
	assert_int_equal(sessio_kit_create(NULL, &kit), SESSIO_OK);
	assert_int_equal(sessio_kit_load(kit, echo, &driver), STATUS_SUCCESS);
	assert_int_equal(sessio_kit_log(kit, &record), SESSIO_OK);
	options.log = record;
	if (sessio_kit_run(kit, scenario, &options, &result) != SESSIO_OK) {
		fail_msg("%s", result.text);
	}
	assert_prints(sessio_scenario_log_steps(record), by_hand);
	sessio_scenario_destroy(scenario);
}

/* As a text of findings, which name places in the driver, too. */
static void take_findings(char *text, size_t size)
{
	const sessio_kit_finding *finding;
	size_t length = 0;

	text[0] = '\0';
	for (size_t i = 0; (finding = sessio_kit_get_finding(kit, i)) != NULL; i++) {
		length += (size_t)snprintf(text + length, size - length, "%d %s %s:%u\n",
			(int)finding->rule, finding->text, finding->at.file,
			(unsigned)finding->at.line);
		assert_in_range(length, 1, size - 1);
	}
}

static void begin_waiter(void)
{
	sessio_kit_destroy(kit);
	assert_int_equal(sessio_kit_create(NULL, &kit), SESSIO_OK);
	assert_int_equal(sessio_kit_load(kit, waiter, NULL), STATUS_SUCCESS);
}

static void a_replay_has_the_findings_of_the_recording(void **state)
{
	char found[512], again[512];
	sessio_kit_file *file;
	UCHAR byte = 0;

	(void)state;
	begin_waiter();
	assert_int_equal(sessio_kit_log(kit, &record), SESSIO_OK);
	assert_int_equal(sessio_kit_post(kit, 1, SESSIO_USER_EVENT_CREATED, 0), SESSIO_OK);
	assert_int_equal(sessio_kit_open(kit, 1, L"\\Device\\Waiter", &file), STATUS_SUCCESS);
	assert_int_equal(sessio_kit_read(file, &byte, 1, NULL), STATUS_PENDING);
	(void)sessio_kit_cancel(sessio_kit_pended(file), 0, NULL);
	assert_int_equal(sessio_kit_write(file, &byte, 1, NULL), STATUS_SUCCESS);
	assert_int_equal(sessio_kit_close(file), STATUS_SUCCESS);
	(void)sessio_kit_finish(kit);
	take_findings(found, sizeof(found));
	assert_non_null(strstr(found, "a read request was completed, which had been completed"));
	begin_waiter();
	assert_int_equal(
		sessio_kit_run(kit, sessio_scenario_log_steps(record), NULL, NULL), SESSIO_OK);
	(void)sessio_kit_finish(kit);
	take_findings(again, sizeof(again));
	assert_string_equal(again, found);
	sessio_kit_destroy(kit);
	assert_int_equal(set_up(NULL), 0);
}

static sessio_status open_in_an_action(
	sessio_kit *in, uint32_t session_id, uint64_t number, void *ctx)
{
	sessio_kit_file *file;

	(void)number;
	(void)ctx;
	return NT_SUCCESS(sessio_kit_open(in, session_id, BUFFERED, &file)) ? SESSIO_OK
									    : SESSIO_BUSY;
}

static void calls_inside_of_an_action_are_not_recorded_and_its_files_have_names(void **state)
{
	static const sessio_step_action action = { "open-it", open_in_an_action };
	const sessio_step step = { .kind = SESSIO_STEP_ACTION,
		.flags = SESSIO_STEP_FOR_SESSION,
		.session_id = 1,
		.action = "open-it" };
	sessio_scenario_options options = { .actions = &action, .action_count = 1 };

	(void)state;
	assert_int_equal(sessio_kit_log(kit, &record), SESSIO_OK);
	options.log = record;
	assert_int_equal(sessio_kit_run_step(kit, &step, &options, NULL), SESSIO_OK);
	assert_int_equal(sessio_kit_close(sessio_kit_find_file(kit, 1)), STATUS_SUCCESS);
	assert_prints(sessio_scenario_log_steps(record),
		HEAD "rules documented\n\nsession 1 is LoggedOn\nsession 1 do open-it\n"
		     "file file-1 close\n");
}

static void a_call_that_no_step_can_be_is_counted_as_lost(void **state)
{
	static UCHAR much[SESSIO_SCENARIO_MAX_DATA + 1];
	sessio_kit_file *file, *none = NULL;

	(void)state;
	assert_int_equal(sessio_kit_open(kit, NOBODY, BUFFERED, &file), STATUS_SUCCESS);
	assert_int_equal(sessio_kit_log(kit, &record), SESSIO_OK);
	assert_int_equal(sessio_kit_write(file, much, sizeof(much), NULL), STATUS_SUCCESS);
	assert_int_equal(sessio_scenario_log_lost(record), 1);
	assert_int_equal(sessio_kit_open(kit, NOBODY, L"\\Device\\\x444", &none),
		STATUS_OBJECT_NAME_NOT_FOUND);
	assert_int_equal(sessio_scenario_log_lost(record), 2);
	assert_int_equal(sessio_kit_write(file, much, SESSIO_SCENARIO_MAX_DATA, NULL), 0);
	assert_int_equal(sessio_scenario_log_lost(record), 2);
	assert_int_equal(sessio_scenario_count(sessio_scenario_log_steps(record)), 2);
	assert_int_equal(sessio_kit_close(file), STATUS_SUCCESS);
}

static void a_call_that_fails_ends_the_run_and_is_named(void **state)
{
	static const struct {
		const char *steps, *text;
	} runs[] = {
		{ "open a \"\\Device\\No\"\n",
			"step 1, open a \"\\Device\\No\": it cannot be opened" },
		{ "open a \"\\Device\\echoBuffered\" refused\nfile a close\n",
			"step 1, open a \"\\Device\\echoBuffered\" refused: it can be opened, and "
			"should not" },
		{ "open a2 \"\\Device\\echoDirect\"\nopen a2 \"\\Device\\echoDirect\"\n",
			"step 2, open a2 \"\\Device\\echoDirect\": a file of this name is open" },
		{ "file b read 1\n", "step 1, file b read 1: there is no open file of this name" },
		{ "open c \"\\Device\\echoDirect\"\nfile c cancel\n",
			"step 2, file c cancel: there is no such pended request of this file" },
		{ "driver waiter unload\n",
			"step 1, driver waiter unload: there is no loaded driver of this name" },
		{ "driver echo unload\n", "step 1, driver echo unload: it cannot be unloaded" },
		{ "driver echo load\n",
			"step 1, driver echo load: there is no driver of this name that was "
			"unloaded" },
		{ "session 9 open d \"\\Device\\echoDirect\"\n",
			"step 1, session 9 open d \"\\Device\\echoDirect\": it cannot be opened" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++) {
		char text[256] = HEAD;
		sessio_scenario *scenario = parse(strcat(text, runs[i].steps));
		sessio_scenario_result result;

		assert_int_not_equal(sessio_kit_run(kit, scenario, NULL, &result), SESSIO_OK);
		assert_string_equal(result.text, runs[i].text);
		sessio_scenario_destroy(scenario);
	}
}

/* The buffers of a request that the driver keeps outlive the step, and the scenario. */
static void a_pended_request_keeps_its_buffers(void **state)
{
	sessio_scenario *scenario = parse(HEAD "open a \"\\Device\\echoBuffered\"\n"
					       "file a control 0x222010 in 0102030405 out 1000\n");
	ULONG number = 7;
	ULONG_PTR length = 0;
	sessio_kit_file *file;

	(void)state;
	assert_int_equal(sessio_kit_run(kit, scenario, NULL, NULL), SESSIO_OK);
	sessio_scenario_destroy(scenario);
	file = sessio_kit_find_file(kit, NOBODY);
	assert_int_equal(sessio_kit_control(file, ECHO_RELEASE, &number, 4, NULL, 0, NULL), 0);
	assert_int_equal(sessio_kit_wait(sessio_kit_pended(file), 0, &length), STATUS_SUCCESS);
	assert_int_equal(length, 4);
	assert_int_equal(sessio_kit_close(file), STATUS_SUCCESS);
}

/* The k-th allocation of the C library fails, once. */
static size_t allocations, failing;
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);

static bool fails(void)
{
	return ++allocations == failing;
}

void *__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
	return fails() ? NULL : __real_realloc(old, size);
}

static void each_allocation_of_a_text_can_fail(void **state)
{
	sessio_scenario *scenario = NULL;
	sessio_status status = SESSIO_NO_MEMORY;

	(void)state;
	for (size_t k = 1; status != SESSIO_OK; k++) {
		allocations = 0;
		failing = k;
		status = sessio_scenario_parse(by_hand, strlen(by_hand), &scenario, NULL);
		failing = 0;
		assert_int_equal(status, scenario != NULL ? SESSIO_OK : SESSIO_NO_MEMORY);
	}
	assert_in_range(allocations, 24, 1000);
	sessio_scenario_destroy(scenario);
}

/* A step without memory is lost, and the test goes on as if there were no log. */
static void each_allocation_of_a_record_can_fail(void **state)
{
	size_t k = 0;

	(void)state;
	do {
		UCHAR byte = 0;
		sessio_kit_file *file;

		assert_int_equal(sessio_kit_log(kit, &record), SESSIO_OK);
		assert_int_equal(sessio_kit_open(kit, 1, BUFFERED, &file), STATUS_SUCCESS);
		allocations = 0;
		failing = ++k;
		(void)sessio_kit_write(file, &byte, 1, NULL);
		failing = 0;
		assert_int_equal(sessio_kit_close(file), STATUS_SUCCESS);
		sessio_scenario_log_destroy(record);
		record = NULL;
	} while (allocations >= k);
	assert_in_range(k, 4, 100);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(all_calls_by_hand_are_recorded),
		TEST(a_recording_is_replayed_and_recorded_as_itself),
		TEST(a_replay_has_the_findings_of_the_recording),
		TEST(calls_inside_of_an_action_are_not_recorded_and_its_files_have_names),
		TEST(a_call_that_no_step_can_be_is_counted_as_lost),
		TEST(a_call_that_fails_ends_the_run_and_is_named),
		TEST(a_pended_request_keeps_its_buffers),
		TEST(each_allocation_of_a_text_can_fail),
		TEST(each_allocation_of_a_record_can_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
