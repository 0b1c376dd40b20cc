/* SPDX-License-Identifier: MIT */
/* Drivers loaded and driven by the kit, which make no mistake. */
#include "test.h"

#include <sessio/testing_driver.h>
#include <sessio/testing_scenario.h>

#include "drivers/echo.h"

SESSIO_DRIVER(echo);
SESSIO_DRIVER(echo_twin);
SESSIO_DRIVER(session_log);

#define READ_LOG CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800, METHOD_BUFFERED, FILE_READ_ACCESS)
#define NOBODY SESSIO_KIT_NO_SESSION

/* This is a whole test, of 15 lines. */
static void a_log_driver_hands_out_what_happened(void **state)
{
	sessio_kit *kit;
	sessio_kit_driver *driver;
	sessio_kit_file *file;
	char record[256];

	(void)state;
	assert_int_equal(sessio_kit_create(NULL, &kit), SESSIO_OK);
	assert_int_equal(sessio_kit_load(kit, session_log, &driver), STATUS_SUCCESS);
	assert_int_equal(sessio_kit_post(kit, 2, SESSIO_USER_EVENT_CREATED, 0), SESSIO_OK);
	assert_int_equal(sessio_kit_open(kit, 2, L"\\??\\SessionLog", &file), STATUS_SUCCESS);
	assert_int_equal(sessio_kit_control(file, READ_LOG, NULL, 0, record, sizeof(record), NULL),
		STATUS_SUCCESS);
	assert_int_equal(sessio_kit_close(file), STATUS_SUCCESS);
	assert_int_equal(sessio_kit_unload(driver), STATUS_SUCCESS);
	assert_string_equal(sessio_kit_report(kit), "");
	sessio_kit_destroy(kit);
}

static sessio_kit *kit;
static sessio_kit_driver *driver;

static int set_up(void **state)
{
	(void)state;
	return sessio_kit_create(NULL, &kit) == SESSIO_OK &&
			sessio_kit_load(kit, echo, &driver) == STATUS_SUCCESS
		? 0
		: -1;
}

static int tear_down(void **state)
{
	size_t found = sessio_kit_finish(kit);

	(void)state;
	sessio_kit_destroy(kit);
	return found == 0 ? 0 : -1;
}

static sessio_kit_file *open_echo(PCWSTR name)
{
	sessio_kit_file *file = NULL;

	assert_int_equal(sessio_kit_open(kit, NOBODY, name, &file), STATUS_SUCCESS);
	assert_non_null(file);
	return file;
}

static ULONG ask(sessio_kit_file *file, ULONG code)
{
	ULONG answer = 0;

	assert_int_equal(sessio_kit_control(file, code, NULL, 0, &answer, sizeof(answer), NULL),
		STATUS_SUCCESS);
	return answer;
}

static void controls_reach_the_driver_by_all_four_methods(void **state)
{
	static const ULONG codes[] = { ECHO_BUFFERED, ECHO_IN_DIRECT, ECHO_OUT_DIRECT,
		ECHO_NEITHER };
	sessio_kit_file *file = open_echo(L"\\Device\\echoBuffered");

	(void)state;
	for (size_t i = 0; i < RTL_NUMBER_OF(codes); i++) {
		char in[] = "words", out[8] = "????";
		ULONG_PTR length = 0;

		assert_int_equal(sessio_kit_control(
					 file, codes[i], in, sizeof(in), out, sizeof(out), &length),
			STATUS_SUCCESS);
		assert_int_equal(length, sizeof(in));
		assert_string_equal(out, "words");
	}
	assert_int_equal(
		sessio_kit_control(file, 1, NULL, 0, NULL, 0, NULL), STATUS_INVALID_DEVICE_REQUEST);
}

static void reads_and_writes_reach_the_driver_by_each_device_s_way(void **state)
{
	static const PCWSTR names[] = { L"\\Device\\echoBuffered", L"\\Device\\echoDirect",
		L"\\Device\\echoNeither" };

	(void)state;
	for (size_t i = 0; i < RTL_NUMBER_OF(names); i++) {
		sessio_kit_file *file = open_echo(names[i]);
		char in[] = "kept", out[ECHO_BYTES];
		ULONG_PTR length = 0;

		assert_int_equal(sessio_kit_write(file, in, sizeof(in), &length), STATUS_SUCCESS);
		assert_int_equal(length, sizeof(in));
		assert_int_equal(sessio_kit_read(file, out, sizeof(out), &length), STATUS_SUCCESS);
		assert_int_equal(length, ECHO_BYTES);
		assert_string_equal(out, "kept");
	}
}

static void a_pended_request_is_waited_for(void **state)
{
	sessio_kit_file *file = open_echo(L"\\Device\\echoBuffered");
	sessio_kit_request *first, *second;
	ULONG a = 0, b = 0, number = 41;
	ULONG_PTR length = 0;

	(void)state;
	assert_null(sessio_kit_pended(file));
	assert_int_equal(
		sessio_kit_control(file, ECHO_PEND, NULL, 0, &a, sizeof(a), NULL), STATUS_PENDING);
	first = sessio_kit_pended(file);
	assert_int_equal(
		sessio_kit_control(file, ECHO_PEND, NULL, 0, &b, sizeof(b), NULL), STATUS_PENDING);
	second = sessio_kit_pended(file);
	assert_ptr_not_equal(first, second);
	assert_int_equal(sessio_kit_wait(first, 0, NULL), STATUS_TIMEOUT);
	assert_int_equal(
		sessio_kit_control(file, ECHO_RELEASE, &number, sizeof(number), NULL, 0, NULL),
		STATUS_SUCCESS);
	assert_int_equal(a, 0);
	assert_int_equal(sessio_kit_wait(first, SESSIO_FOREVER, &length), STATUS_SUCCESS);
	assert_int_equal(length, sizeof(a));
	assert_int_equal(a, 41);
	assert_int_equal(sessio_kit_wait(first, 0, NULL), STATUS_SUCCESS);
	assert_ptr_equal(sessio_kit_pended(file), second);
	assert_int_equal(sessio_kit_cancel(second, SESSIO_FOREVER, NULL), STATUS_CANCELLED);
	assert_int_equal(b, 0);
	assert_null(sessio_kit_pended(file));
	assert_int_equal(sessio_kit_wait(NULL, 0, NULL), STATUS_INVALID_PARAMETER);
	assert_int_equal(sessio_kit_cancel(NULL, 0, NULL), STATUS_INVALID_PARAMETER);
}

static void a_pended_request_is_cancelled_when_its_file_is_closed(void **state)
{
	sessio_kit_file *file = open_echo(L"\\Device\\echoBuffered");
	ULONG answer;

	(void)state;
	assert_int_equal(
		sessio_kit_control(file, ECHO_PEND, NULL, 0, &answer, 4, NULL), STATUS_PENDING);
	assert_int_equal(sessio_kit_cleanup(file), STATUS_SUCCESS);
	assert_int_equal(sessio_kit_cleanup(file), STATUS_FILE_CLOSED);
	assert_int_equal(sessio_kit_read(file, &answer, 1, NULL), STATUS_FILE_CLOSED);
	assert_non_null(sessio_kit_pended(file));
	assert_int_equal(sessio_kit_close(file), STATUS_SUCCESS);
	assert_int_equal(sessio_kit_close(file), STATUS_FILE_CLOSED);
	assert_null(sessio_kit_pended(file));
}

/* Windows has requests for cleanup and close even then. */
static void a_file_is_closed_without_any_memory(void **state)
{
	sessio_kit_file *file = open_echo(L"\\Device\\echoBuffered");

	(void)state;
	assert_int_equal(sessio_kit_fault(kit, SESSIO_FAULT_ALLOCATION, 1), SESSIO_OK);
	assert_int_equal(sessio_kit_cleanup(file), STATUS_SUCCESS);
	assert_int_equal(sessio_kit_fault(kit, SESSIO_FAULT_ALLOCATION, 1), SESSIO_OK);
	assert_int_equal(sessio_kit_close(file), STATUS_SUCCESS);
}

static void each_load_begins_with_the_same_variables(void **state)
{
	sessio_kit_file *file = open_echo(L"\\Device\\echoBuffered");

	(void)state;
	assert_int_equal(ask(file, ECHO_CREATES), 111);
	assert_int_equal(sessio_kit_control(file, ECHO_SPOIL, NULL, 0, NULL, 0, NULL), 0);
	assert_int_equal(ask(file, ECHO_CREATES), 710);
	assert_int_equal(sessio_kit_unload(driver), STATUS_DEVICE_BUSY);
	assert_int_equal(sessio_kit_close(file), STATUS_SUCCESS);
	assert_int_equal(sessio_kit_load(kit, echo, NULL), STATUS_OBJECT_NAME_COLLISION);
	assert_int_equal(sessio_kit_unload(driver), STATUS_SUCCESS);
	assert_int_equal(sessio_kit_unload(driver), STATUS_INVALID_PARAMETER);
	assert_int_equal(sessio_kit_load(kit, echo, &driver), STATUS_SUCCESS);
	assert_int_equal(ask(open_echo(L"\\Device\\echoBuffered"), ECHO_CREATES), 111);
}

static void two_drivers_with_the_same_names_are_apart(void **state)
{
	sessio_kit_driver *twin;
	sessio_kit_file *file, *other;

	(void)state;
	assert_int_equal(sessio_kit_load(kit, echo_twin, &twin), STATUS_SUCCESS);
	assert_ptr_not_equal(sessio_kit_driver_object(driver), sessio_kit_driver_object(twin));
	file = open_echo(L"\\Device\\echoBuffered");
	other = open_echo(L"\\Device\\echo_twinBuffered");
	assert_int_equal(sessio_kit_control(file, ECHO_SPOIL, NULL, 0, NULL, 0, NULL), 0);
	assert_int_equal(ask(file, ECHO_CREATES), 710);
	assert_int_equal(ask(other, ECHO_CREATES), 111);
}

static void a_request_acts_for_the_session_that_opened_the_file(void **state)
{
	sessio_kit_file *file, *mine;
	ULONG answer;

	(void)state;
	assert_int_equal(sessio_kit_open(kit, 5, L"\\Device\\echoDirect", &file),
		STATUS_NO_SUCH_LOGON_SESSION);
	assert_int_equal(sessio_kit_post(kit, 5, SESSIO_USER_EVENT_LOGON, 0), SESSIO_BAD_STATE);
	assert_int_equal(sessio_kit_post(kit, 5, SESSIO_USER_EVENT_CREATED, 0), SESSIO_OK);
	assert_int_equal(sessio_kit_open(kit, 5, L"\\Device\\echoDirect", &mine), STATUS_SUCCESS);
	file = open_echo(L"\\Device\\echoDirect");
	assert_int_equal(ask(mine, ECHO_SESSION), 5);
	assert_int_equal(sessio_kit_control(file, ECHO_SESSION, NULL, 0, &answer, 4, NULL),
		STATUS_NOT_FOUND);
	assert_int_equal(sessio_kit_post(kit, 5, SESSIO_USER_EVENT_TERMINATED, 0), SESSIO_OK);
	assert_int_equal(ask(mine, ECHO_SESSION), 5);
}

static void opening_follows_the_device_s_flags(void **state)
{
	PDEVICE_OBJECT device = sessio_kit_driver_object(driver)->DeviceObject;
	sessio_kit_file *file, *other = NULL;

	(void)state;
	/* The latest is the exclusive one. */
	assert_int_equal(sessio_kit_open_device(kit, NOBODY, device, &file), STATUS_SUCCESS);
	assert_ptr_equal(sessio_kit_file_object(file)->DeviceObject, device);
	assert_ptr_equal(sessio_kit_find_file(kit, SESSIO_KIT_NO_SESSION), file);
	assert_null(sessio_kit_find_file(kit, 1));
	assert_int_equal(sessio_kit_open_device(kit, NOBODY, device, &other), STATUS_ACCESS_DENIED);
	assert_int_equal(sessio_kit_close(file), STATUS_SUCCESS);
	assert_int_equal(sessio_kit_open_device(kit, NOBODY, device, &file), STATUS_SUCCESS);
	device->NextDevice->Flags |= DO_DEVICE_INITIALIZING;
	assert_int_equal(sessio_kit_open_device(kit, NOBODY, device->NextDevice, &other),
		STATUS_NO_SUCH_DEVICE);
	assert_int_equal(sessio_kit_open(kit, NOBODY, L"\\Device\\none", &other),
		STATUS_OBJECT_NAME_NOT_FOUND);
	assert_null(other);
	other = open_echo(L"\\Device\\echoBuffered\\a");
	assert_int_equal(ask(other, ECHO_NAME_LENGTH), 2 * sizeof(WCHAR));
}

static void nothing_is_driven_without_a_driver(void **state)
{
	PDEVICE_OBJECT device = sessio_kit_driver_object(driver)->DeviceObject;
	sessio_kit *another = NULL;
	sessio_kit_file *file;

	(void)state;
	assert_int_equal(sessio_kit_create(NULL, &another), SESSIO_BUSY);
	assert_int_equal(sessio_kit_create(NULL, NULL), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_kit_load_image(kit, NULL, NULL), STATUS_INVALID_PARAMETER);
	assert_int_equal(sessio_kit_load_image(NULL, &sessio_driver_image_of_echo, NULL),
		STATUS_INVALID_PARAMETER);
	assert_int_equal(sessio_kit_open(NULL, NOBODY, L"\\Device\\echoDirect", &file),
		STATUS_INVALID_PARAMETER);
	assert_int_equal(sessio_kit_open(kit, NOBODY, L"\\Device\\echoDirect", NULL),
		STATUS_INVALID_PARAMETER);
	assert_int_equal(
		sessio_kit_open_device(NULL, NOBODY, device, &file), STATUS_INVALID_PARAMETER);
	assert_int_equal(
		sessio_kit_open_device(kit, NOBODY, device, NULL), STATUS_INVALID_PARAMETER);
	assert_int_equal(
		sessio_kit_control(NULL, 0, NULL, 0, NULL, 0, NULL), STATUS_INVALID_PARAMETER);
	assert_int_equal(sessio_kit_unload(NULL), STATUS_INVALID_PARAMETER);
	assert_int_equal(sessio_kit_open(kit, NOBODY, NULL, &file), STATUS_INVALID_PARAMETER);
	assert_int_equal(
		sessio_kit_open_device(kit, NOBODY, NULL, &file), STATUS_INVALID_PARAMETER);
	assert_int_equal(sessio_kit_read(NULL, NULL, 0, NULL), STATUS_INVALID_PARAMETER);
	assert_int_equal(sessio_kit_write(NULL, NULL, 0, NULL), STATUS_INVALID_PARAMETER);
	assert_int_equal(sessio_kit_close(NULL), STATUS_SUCCESS);
	assert_int_equal(sessio_kit_cleanup(NULL), STATUS_SUCCESS);
	assert_null(sessio_kit_pended(NULL));
	assert_null(sessio_kit_driver_object(NULL));
	assert_null(sessio_kit_file_object(NULL));
	assert_null(sessio_kit_find_file(NULL, 1));
	assert_int_equal(sessio_kit_finish(kit), 0);
	assert_int_equal(sessio_kit_load(kit, echo, NULL), STATUS_UNSUCCESSFUL);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_log_driver_hands_out_what_happened),
		TEST(controls_reach_the_driver_by_all_four_methods),
		TEST(reads_and_writes_reach_the_driver_by_each_device_s_way),
		TEST(a_pended_request_is_waited_for),
		TEST(a_pended_request_is_cancelled_when_its_file_is_closed),
		TEST(a_file_is_closed_without_any_memory),
		TEST(each_load_begins_with_the_same_variables),
		TEST(two_drivers_with_the_same_names_are_apart),
		TEST(a_request_acts_for_the_session_that_opened_the_file),
		TEST(opening_follows_the_device_s_flags),
		TEST(nothing_is_driven_without_a_driver),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
