/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <ntddk.h>
#include <ntstrsafe.h>
#include <sessio_nt.h>

#include "wdk/device.h"

static struct sessio_nt_usage usage(void)
{
	struct sessio_nt_usage now;

	sessio_nt_get_usage(&now);
	return now;
}

static void devices_have_names_and_extensions(void **state)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Sessions");
	UNICODE_STRING again = RTL_CONSTANT_STRING(L"\\DEVICE\\sessions");
	DRIVER_OBJECT driver;
	PDEVICE_OBJECT a = NULL;
	PDEVICE_OBJECT b = NULL;
	PDEVICE_OBJECT c = NULL;

	(void)state;
	sessio_nt_init_driver(&driver, &name);
	assert_int_equal(driver.Type, IO_TYPE_DRIVER);
	assert_int_equal(driver.Size, sizeof(driver));
	assert_int_equal(IoCreateDevice(&driver, 33, &name, FILE_DEVICE_UNKNOWN,
				 FILE_DEVICE_SECURE_OPEN, TRUE, &a),
		STATUS_SUCCESS);
	assert_int_equal(a->Type, IO_TYPE_DEVICE);
	assert_int_equal((ULONG_PTR)a->DeviceExtension % MEMORY_ALLOCATION_ALIGNMENT, 0);
	assert_int_equal(((UCHAR *)a->DeviceExtension)[32], 0);
	assert_int_equal(a->Flags, DO_DEVICE_INITIALIZING | DO_DEVICE_HAS_NAME | DO_EXCLUSIVE);
	assert_int_equal(
		IoCreateDevice(&driver, 0, &again, 1, 0, FALSE, &b), STATUS_OBJECT_NAME_COLLISION);
	assert_null(b);
	assert_int_equal(IoCreateDevice(&driver, 0, NULL, 1, 0, FALSE, &b), STATUS_SUCCESS);
	assert_int_equal(IoCreateDevice(&driver, 0, NULL, 1, 0, FALSE, &c), STATUS_SUCCESS);
	assert_null(b->DeviceExtension);
	assert_ptr_equal(driver.DeviceObject, c);
	assert_ptr_equal(c->NextDevice, b);
	assert_int_equal(usage().devices, 3);
	IoDeleteDevice(b);
	assert_ptr_equal(c->NextDevice, a);
	IoDeleteDevice(a);
	IoDeleteDevice(c);
	assert_null(driver.DeviceObject);
	assert_int_equal(usage().devices, 0);
	sessio_nt_fini_driver(&driver);
}

static void links_are_names_too(void **state)
{
	UNICODE_STRING device = RTL_CONSTANT_STRING(L"\\Device\\D");
	UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\DosDevices\\L");
	UNICODE_STRING empty = { 0, 0, NULL };
	DRIVER_OBJECT driver;
	PDEVICE_OBJECT made;

	(void)state;
	sessio_nt_init_driver(&driver, NULL);
	assert_int_equal(IoCreateDevice(&driver, 0, &device, 1, 0, FALSE, &made), STATUS_SUCCESS);
	assert_int_equal(IoCreateSymbolicLink(&link, &device), STATUS_SUCCESS);
	assert_int_equal(IoCreateSymbolicLink(&link, &device), STATUS_OBJECT_NAME_COLLISION);
	assert_int_equal(IoCreateSymbolicLink(&device, &link), STATUS_OBJECT_NAME_COLLISION);
	assert_int_equal(IoCreateSymbolicLink(&empty, &device), STATUS_OBJECT_NAME_INVALID);
	assert_int_equal(IoCreateSymbolicLink(&link, &empty), STATUS_OBJECT_NAME_INVALID);
	assert_int_equal(usage().symbolic_links, 1);
	assert_int_equal(IoDeleteSymbolicLink(&device), STATUS_OBJECT_NAME_NOT_FOUND);
	assert_int_equal(IoDeleteSymbolicLink(&link), STATUS_SUCCESS);
	assert_int_equal(IoDeleteSymbolicLink(&link), STATUS_OBJECT_NAME_NOT_FOUND);
	IoDeleteDevice(made);
	assert_int_equal(usage().symbolic_links, 0);
	sessio_nt_fini_driver(&driver);
}

static void a_session_is_given_to_devices_of_ours_only(void **state)
{
	DRIVER_OBJECT driver;
	DEVICE_OBJECT foreign;
	PDEVICE_OBJECT device;

	(void)state;
	memset(&foreign, 0, sizeof(foreign));
	sessio_nt_init_driver(&driver, NULL);
	assert_int_equal(IoCreateDevice(&driver, 0, NULL, 1, 0, FALSE, &device), STATUS_SUCCESS);
	assert_int_equal(sessio_nt_set_device_session(device, 3), SESSIO_OK);
	assert_int_equal(sessio_nt_set_device_session(&foreign, 3), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_nt_set_device_session(NULL, 3), SESSIO_INVALID_ARG);
	IoDeleteDevice(device);
	sessio_nt_fini_driver(&driver);
}

static void dosdevices_is_another_name_for_question_marks(void **state)
{
	UNICODE_STRING device = RTL_CONSTANT_STRING(L"\\Device\\D");
	UNICODE_STRING dos = RTL_CONSTANT_STRING(L"\\DosDevices\\Link");
	UNICODE_STRING marks = RTL_CONSTANT_STRING(L"\\??\\LINK");
	UNICODE_STRING other = RTL_CONSTANT_STRING(L"\\??\\LINKS");
	UNICODE_STRING plain = RTL_CONSTANT_STRING(L"Link");
	UNICODE_STRING folder = RTL_CONSTANT_STRING(L"\\DosDevices");

	(void)state;
	assert_int_equal(IoCreateSymbolicLink(&dos, &device), STATUS_SUCCESS);
	assert_int_equal(IoCreateSymbolicLink(&marks, &device), STATUS_OBJECT_NAME_COLLISION);
	assert_int_equal(IoDeleteSymbolicLink(&other), STATUS_OBJECT_NAME_NOT_FOUND);
	assert_int_equal(IoDeleteSymbolicLink(&plain), STATUS_OBJECT_NAME_NOT_FOUND);
	assert_int_equal(IoDeleteSymbolicLink(&folder), STATUS_OBJECT_NAME_NOT_FOUND);
	assert_int_equal(IoDeleteSymbolicLink(&marks), STATUS_SUCCESS);
	assert_int_equal(IoCreateSymbolicLink(&marks, &device), STATUS_SUCCESS);
	assert_int_equal(IoCreateSymbolicLink(&plain, &device), STATUS_SUCCESS);
	assert_int_equal(IoDeleteSymbolicLink(&dos), STATUS_SUCCESS);
	assert_int_equal(IoDeleteSymbolicLink(&plain), STATUS_SUCCESS);
	assert_int_equal(usage().symbolic_links, 0);
}

/* Comparisons of whole names, which a look-up makes for names of the same hash. */
static unsigned compared;

BOOLEAN __real_RtlEqualUnicodeString(PCUNICODE_STRING a, PCUNICODE_STRING b, BOOLEAN ignore_case);
BOOLEAN __wrap_RtlEqualUnicodeString(PCUNICODE_STRING a, PCUNICODE_STRING b, BOOLEAN ignore_case);

BOOLEAN __wrap_RtlEqualUnicodeString(PCUNICODE_STRING a, PCUNICODE_STRING b, BOOLEAN ignore_case)
{
	compared++;
	return __real_RtlEqualUnicodeString(a, b, ignore_case);
}

#define LINKS 2000

static void name_link(UNICODE_STRING *name, unsigned i)
{
	assert_int_equal(RtlUnicodeStringPrintf(name, L"\\??\\Link%u", i), STATUS_SUCCESS);
}

static void a_name_is_found_without_comparing_it_with_all(void **state)
{
	UNICODE_STRING device = RTL_CONSTANT_STRING(L"\\Device\\D");
	DECLARE_UNICODE_STRING_SIZE(name, 32);

	(void)state;
	compared = 0;
	for (unsigned i = 0; i < LINKS; i++) {
		name_link(&name, i);
		assert_int_equal(IoCreateSymbolicLink(&name, &device), STATUS_SUCCESS);
	}
	assert_int_equal(usage().symbolic_links, LINKS);
	for (unsigned i = 0; i < LINKS; i++) {
		name_link(&name, i);
		assert_int_equal(IoDeleteSymbolicLink(&name), STATUS_SUCCESS);
	}
	assert_in_range(compared, LINKS, 2 * LINKS);
}

static void objects_that_are_not_given_are_refused(void **state)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\D");
	DRIVER_OBJECT driver;
	PDEVICE_OBJECT device = NULL;

	(void)state;
	assert_int_equal(sessio_nt_init_driver(&driver, NULL), SESSIO_OK);
	assert_int_equal(
		IoCreateDevice(NULL, 0, &name, 1, 0, FALSE, &device), STATUS_INVALID_PARAMETER);
	assert_int_equal(
		IoCreateDevice(&driver, 0, &name, 1, 0, FALSE, NULL), STATUS_INVALID_PARAMETER);
	assert_null(device);
	assert_int_equal(usage().devices, 0);
	assert_int_equal(IoCreateSymbolicLink(NULL, &name), STATUS_INVALID_PARAMETER);
	assert_int_equal(IoCreateSymbolicLink(&name, NULL), STATUS_INVALID_PARAMETER);
	assert_int_equal(IoDeleteSymbolicLink(NULL), STATUS_INVALID_PARAMETER);
	sessio_nt_fini_driver(&driver);
}

/* Opens this name; the rest that is behind the device's own must be this. */
static void expect_opened(PCWSTR text, const DEVICE_OBJECT *device, PCWSTR rest)
{
	UNICODE_STRING name, expected, seen = { 0, 0, NULL };

	RtlInitUnicodeString(&name, text);
	RtlInitUnicodeString(&expected, rest);
	assert_ptr_equal(si_wdk_device_open(&name, &seen), device);
	if (device != NULL) {
		assert_true(RtlEqualUnicodeString(&seen, &expected, FALSE));
		si_wdk_device_release(device);
	}
}

static void a_device_is_opened_by_its_name_or_a_link(void **state)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Opened");
	UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\??\\First");
	UNICODE_STRING second = RTL_CONSTANT_STRING(L"\\??\\Second");
	UNICODE_STRING round = RTL_CONSTANT_STRING(L"\\??\\Round");
	DRIVER_OBJECT driver;
	PDEVICE_OBJECT device;

	(void)state;
	sessio_nt_init_driver(&driver, &name);
	assert_int_equal(IoCreateDevice(&driver, 0, &name, 1, 0, FALSE, &device), STATUS_SUCCESS);
	assert_int_equal(IoCreateSymbolicLink(&link, &name), STATUS_SUCCESS);
	assert_int_equal(IoCreateSymbolicLink(&second, &link), STATUS_SUCCESS);
	assert_int_equal(IoCreateSymbolicLink(&round, &round), STATUS_SUCCESS);
	expect_opened(L"\\device\\OPENED", device, L"");
	expect_opened(L"\\Device\\Opened\\a\\b", device, L"\\a\\b");
	expect_opened(L"\\DosDevices\\Second\\c", device, L"\\c");
	expect_opened(L"\\Device\\Opene", NULL, NULL);
	expect_opened(L"\\??\\Round", NULL, NULL);
	expect_opened(L"", NULL, NULL);
	assert_true(si_wdk_device_hold(device));
	IoDeleteDevice(device);
	expect_opened(L"\\Device\\Opened", NULL, NULL);
	si_wdk_device_release(device);
	expect_opened(L"\\??\\First", NULL, NULL);
	assert_int_equal(IoDeleteSymbolicLink(&link), STATUS_SUCCESS);
	assert_int_equal(IoDeleteSymbolicLink(&second), STATUS_SUCCESS);
	assert_int_equal(IoDeleteSymbolicLink(&round), STATUS_SUCCESS);
	sessio_nt_fini_driver(&driver);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(devices_have_names_and_extensions),
		cmocka_unit_test(links_are_names_too),
		cmocka_unit_test(a_session_is_given_to_devices_of_ours_only),
		cmocka_unit_test(dosdevices_is_another_name_for_question_marks),
		cmocka_unit_test(a_name_is_found_without_comparing_it_with_all),
		cmocka_unit_test(objects_that_are_not_given_are_refused),
		cmocka_unit_test(a_device_is_opened_by_its_name_or_a_link),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
