/* SPDX-License-Identifier: MIT */
/* Every allocation of the Windows face fails once, and for ever from there on. */
#include "test.h"

#include <fltKernel.h>
#include <sessio_nt.h>

#include <sessio/host.h>

#include "alloc_fail.h"

static NTSTATUS ignore(
	PVOID session, PVOID object, ULONG event, PVOID context, PVOID payload, ULONG length)
{
	(void)session;
	(void)object;
	(void)event;
	(void)context;
	(void)payload;
	(void)length;
	return STATUS_SUCCESS;
}

static NTSTATUS enroll(PVOID object, PVOID *handle)
{
	IO_SESSION_STATE_NOTIFICATION ask = { sizeof(ask), 0, object, IO_SESSION_STATE_ALL_EVENTS,
		NULL };

	return IoRegisterContainerNotification(IoSessionStateNotification,
		(PIO_CONTAINER_NOTIFICATION_FUNCTION)(void (*)(void))ignore, &ask, sizeof(ask),
		handle);
}

static void registering(struct alloc_fail *tester, void *ctx)
{
	DRIVER_OBJECT driver;
	PVOID handle = NULL;
	size_t before = sessio_host_watch_count(sessio_host_default());
	NTSTATUS status;

	(void)ctx;
	sessio_nt_init_driver(&driver, NULL);
	alloc_fail_on(tester);
	status = enroll(&driver, &handle);
	if (alloc_fail_off(tester, !NT_SUCCESS(status))) {
		assert_int_equal(status, STATUS_INSUFFICIENT_RESOURCES);
		assert_null(handle);
		assert_int_equal(sessio_host_watch_count(sessio_host_default()), before);
		return;
	}
	IoUnregisterContainerNotification(handle);
}

/* The second registration's answer comes first, with memory or without. */
static void registering_twice(struct alloc_fail *tester, void *ctx)
{
	DRIVER_OBJECT driver;
	PVOID first = NULL;
	PVOID second = NULL;
	NTSTATUS status;

	(void)ctx;
	sessio_nt_init_driver(&driver, NULL);
	assert_int_equal(enroll(&driver, &first), STATUS_SUCCESS);
	alloc_fail_on(tester);
	status = enroll(&driver, &second);
	(void)alloc_fail_off(tester, alloc_fail_fired(tester));
	assert_int_equal(status, STATUS_ALREADY_COMMITTED);
	assert_null(second);
	IoUnregisterContainerNotification(first);
}

static void making_devices(struct alloc_fail *tester, void *ctx)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\A");
	UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\??\\A");
	DRIVER_OBJECT driver;
	PDEVICE_OBJECT device = NULL;
	NTSTATUS status;

	(void)ctx;
	sessio_nt_init_driver(&driver, NULL);
	alloc_fail_on(tester);
	status = IoCreateDevice(&driver, 10, &name, 1, 0, FALSE, &device);
	if (alloc_fail_off(tester, !NT_SUCCESS(status))) {
		assert_int_equal(status, STATUS_INSUFFICIENT_RESOURCES);
		assert_null(device);
		assert_null(driver.DeviceObject);
		return;
	}
	alloc_fail_on(tester);
	status = IoCreateSymbolicLink(&link, &name);
	if (alloc_fail_off(tester, !NT_SUCCESS(status))) {
		assert_int_equal(status, STATUS_INSUFFICIENT_RESOURCES);
	} else {
		assert_int_equal(IoDeleteSymbolicLink(&link), STATUS_SUCCESS);
	}
	IoDeleteDevice(device);
}

static void making_strings(struct alloc_fail *tester, void *ctx)
{
	UNICODE_STRING wide = RTL_CONSTANT_STRING(L"abc");
	ANSI_STRING narrow = { 9, 9, NULL };
	UNICODE_STRING copy = { 9, 9, NULL };
	NTSTATUS status;

	(void)ctx;
	alloc_fail_on(tester);
	status = RtlUnicodeStringToAnsiString(&narrow, &wide, TRUE);
	if (alloc_fail_off(tester, !NT_SUCCESS(status))) {
		assert_int_equal(status, STATUS_NO_MEMORY);
		assert_int_equal(narrow.MaximumLength, 9);
	} else {
		RtlFreeAnsiString(&narrow);
	}
	alloc_fail_on(tester);
	status = RtlDuplicateUnicodeString(0, &wide, &copy);
	if (alloc_fail_off(tester, !NT_SUCCESS(status))) {
		assert_int_equal(status, STATUS_NO_MEMORY);
		assert_int_equal(copy.Length, 9);
	} else {
		RtlFreeUnicodeString(&copy);
	}
}

static void making_all_else(struct alloc_fail *tester, void *ctx)
{
	FLT_REGISTRATION registration = { .Size = sizeof(registration),
		.Version = FLT_REGISTRATION_VERSION };
	PAGED_LOOKASIDE_LIST list;
	DRIVER_OBJECT driver;
	PFLT_FILTER filter = NULL;
	PIO_WORKITEM item;
	PVOID block;
	PIRP irp;

	(void)ctx;
	sessio_nt_init_driver(&driver, NULL);
	alloc_fail_on(tester);
	irp = IoAllocateIrp(1, FALSE);
	if (!alloc_fail_off(tester, irp == NULL)) {
		IoFreeIrp(irp);
	}
	alloc_fail_on(tester);
	item = IoAllocateWorkItem(NULL);
	if (!alloc_fail_off(tester, item == NULL)) {
		IoFreeWorkItem(item);
	}
	alloc_fail_on(tester);
	block = ExAllocatePoolZero(PagedPool, 8, 'aaaa');
	if (!alloc_fail_off(tester, block == NULL)) {
		ExFreePool(block);
	}
	ExInitializePagedLookasideList(&list, NULL, NULL, 0, 8, 'aaaa', 0);
	alloc_fail_on(tester);
	block = ExAllocateFromPagedLookasideList(&list);
	if (!alloc_fail_off(tester, block == NULL)) {
		ExFreeToPagedLookasideList(&list, block);
	}
	ExDeletePagedLookasideList(&list);
	alloc_fail_on(tester);
	if (!alloc_fail_off(
		    tester, FltRegisterFilter(&driver, &registration, &filter) != STATUS_SUCCESS)) {
		FltUnregisterFilter(filter);
	} else {
		assert_null(filter);
	}
}

/* Clauses: W-7 */
static void registering_fails_cleanly(void **state)
{
	(void)state;
	alloc_fail_sweep(registering, NULL);
	alloc_fail_sweep(registering_twice, NULL);
}

static void everything_else_fails_cleanly(void **state)
{
	(void)state;
	alloc_fail_sweep(making_devices, NULL);
	alloc_fail_sweep(making_strings, NULL);
	alloc_fail_sweep(making_all_else, NULL);
}

/* Stands between the calls and the default host, for which there may be no memory. */
sessio_host *__real_sessio_host_default(void);
sessio_host *__wrap_sessio_host_default(void);
static bool no_host;

sessio_host *__wrap_sessio_host_default(void)
{
	return no_host ? NULL : __real_sessio_host_default();
}

/* Clauses: W-7 */
static void without_memory_for_the_host_nothing_works_and_nothing_breaks(void **state)
{
	IO_SESSION_STATE_INFORMATION info;
	DRIVER_OBJECT driver;
	PVOID handle = NULL;

	(void)state;
	sessio_nt_init_driver(&driver, NULL);
	no_host = true;
	assert_int_equal(enroll(&driver, &handle), STATUS_INSUFFICIENT_RESOURCES);
	assert_null(handle);
	assert_int_equal(
		IoGetContainerInformation(IoSessionStateInformation, NULL, &info, sizeof(info)),
		STATUS_INVALID_PARAMETER_2);
	IoUnregisterContainerNotification(&driver);
	no_host = false;
	assert_int_equal(enroll(&driver, &handle), STATUS_SUCCESS);
	IoUnregisterContainerNotification(handle);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_memory_for_the_host_nothing_works_and_nothing_breaks),
		cmocka_unit_test_teardown(registering_fails_cleanly, alloc_fail_say),
		cmocka_unit_test_teardown(everything_else_fails_cleanly, alloc_fail_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
