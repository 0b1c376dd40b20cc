/* SPDX-License-Identifier: MIT */
/* Every allocation of the stand-ins fails once, and for ever from there on. */
#pragma GCC diagnostic ignored "-Wpedantic"
#include "test.h"

#include <fltKernel.h>
#include <sessio_nt.h>

#include "alloc_fail.h"

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
		sessio_nt_fini_driver(&driver);
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
	sessio_nt_fini_driver(&driver);
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
		assert_memory_equal(narrow.Buffer, "abc", 3);
		RtlFreeAnsiString(&narrow);
	}
	alloc_fail_on(tester);
	status = RtlDuplicateUnicodeString(0, &wide, &copy);
	if (alloc_fail_off(tester, !NT_SUCCESS(status))) {
		assert_int_equal(status, STATUS_NO_MEMORY);
		assert_int_equal(copy.Length, 9);
	} else {
		assert_memory_equal(copy.Buffer, wide.Buffer, wide.Length);
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
	sessio_nt_fini_driver(&driver);
}

static void every_allocation_fails_cleanly(void **state)
{
	(void)state;
	alloc_fail_sweep(making_devices, NULL);
	alloc_fail_sweep(making_strings, NULL);
	alloc_fail_sweep(making_all_else, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(every_allocation_fails_cleanly, alloc_fail_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
