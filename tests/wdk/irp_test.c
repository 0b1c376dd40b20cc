/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <ntddk.h>
#include <sessio_nt.h>

#include "inside.h"

static struct sessio_nt_usage usage(void)
{
	struct sessio_nt_usage now;

	sessio_nt_get_usage(&now);
	return now;
}

static NTSTATUS control(PDEVICE_OBJECT device, PIRP irp)
{
	PIO_STACK_LOCATION here = IoGetCurrentIrpStackLocation(irp);

	note_that(here->DeviceObject == device);
	if (here->Parameters.DeviceIoControl.IoControlCode == 1) {
		IoMarkIrpPending(irp);
		return STATUS_PENDING;
	}
	irp->IoStatus.Status = STATUS_SUCCESS;
	irp->IoStatus.Information = here->Parameters.DeviceIoControl.InputBufferLength;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return STATUS_SUCCESS;
}

/* A driver above: its extension is the device below. */
static NTSTATUS note(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	assert_non_null(device);
	if (irp->PendingReturned) {
		IoMarkIrpPending(irp);
	}
	++*(int *)context;
	return STATUS_CONTINUE_COMPLETION;
}

static int noted;

static NTSTATUS pass_on(PDEVICE_OBJECT device, PIRP irp)
{
	IoCopyCurrentIrpStackLocationToNext(irp);
	IoSetCompletionRoutine(irp, note, &noted, TRUE, TRUE, TRUE);
	return IoCallDriver(*(PDEVICE_OBJECT *)device->DeviceExtension, irp);
}

static NTSTATUS keep(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	note_that(device == NULL);
	*(PIRP *)context = irp;
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static PIRP make_request(CCHAR stack, UCHAR major, ULONG code)
{
	PIRP irp = IoAllocateIrp(stack, FALSE);
	PIO_STACK_LOCATION next = IoGetNextIrpStackLocation(irp);

	next->MajorFunction = major;
	next->Parameters.DeviceIoControl.IoControlCode = code;
	next->Parameters.DeviceIoControl.InputBufferLength = 77;
	return irp;
}

static void a_request_goes_down_and_comes_back(void **state)
{
	DRIVER_OBJECT lower, upper;
	PDEVICE_OBJECT below, above;
	IO_STATUS_BLOCK block;
	KEVENT done;
	PIRP irp;
	PIRP kept = NULL;

	(void)state;
	sessio_nt_init_driver(&lower, NULL);
	sessio_nt_init_driver(&upper, NULL);
	lower.MajorFunction[IRP_MJ_DEVICE_CONTROL] = control;
	upper.MajorFunction[IRP_MJ_DEVICE_CONTROL] = pass_on;
	assert_int_equal(IoCreateDevice(&lower, 0, NULL, 1, 0, FALSE, &below), STATUS_SUCCESS);
	assert_int_equal(
		IoCreateDevice(&upper, sizeof(PVOID), NULL, 1, 0, FALSE, &above), STATUS_SUCCESS);
	*(PDEVICE_OBJECT *)above->DeviceExtension = below;

	irp = make_request(2, IRP_MJ_DEVICE_CONTROL, 0);
	KeInitializeEvent(&done, NotificationEvent, FALSE);
	irp->UserIosb = &block;
	irp->UserEvent = &done;
	assert_int_equal(IoCallDriver(above, irp), STATUS_SUCCESS);
	assert_int_equal(noted, 1);
	assert_int_equal(KeReadStateEvent(&done), 1);
	assert_int_equal(block.Information, 77);
	assert_int_equal(usage().requests, 1);
	IoFreeIrp(irp);

	irp = make_request(2, IRP_MJ_DEVICE_CONTROL, 1);
	IoSetCompletionRoutine(irp, keep, &kept, FALSE, TRUE, FALSE);
	assert_int_equal(IoCallDriver(above, irp), STATUS_PENDING);
	irp->IoStatus.Status = STATUS_UNSUCCESSFUL;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	assert_ptr_equal(kept, irp);
	assert_true(irp->PendingReturned);
	assert_int_equal(noted, 2);
	IoFreeIrp(irp);

	irp = make_request(1, IRP_MJ_POWER, 0);
	assert_int_equal(IoCallDriver(below, irp), STATUS_INVALID_DEVICE_REQUEST);
	assert_int_equal(irp->IoStatus.Status, STATUS_INVALID_DEVICE_REQUEST);
	assert_int_equal(IoGetRequestorProcessId(irp), HandleToULong(PsGetCurrentProcessId()));
	IoFreeIrp(irp);
	assert_null(IoAllocateIrp(0, FALSE));
	assert_int_equal(usage().requests, 0);
	IoDeleteDevice(below);
	IoDeleteDevice(above);
	sessio_nt_fini_driver(&lower);
	sessio_nt_fini_driver(&upper);
}

static void cancel_it(PDEVICE_OBJECT device, PIRP irp)
{
	note_that(device == NULL);
	note_that(KeGetCurrentIrql() == DISPATCH_LEVEL);
	IoReleaseCancelSpinLock(irp->CancelIrql);
	noted = 100;
}

static NTSTATUS pass_through(PDEVICE_OBJECT device, PIRP irp)
{
	IoCopyCurrentIrpStackLocationToNext(irp);
	return IoCallDriver(*(PDEVICE_OBJECT *)device->DeviceExtension, irp);
}

static void pending_and_cancelled_requests_are_reported_upwards(void **state)
{
	DRIVER_OBJECT lower, upper;
	PDEVICE_OBJECT below, above;
	PIRP irp = make_request(2, IRP_MJ_DEVICE_CONTROL, 1);
	PIRP kept = NULL;

	(void)state;
	sessio_nt_init_driver(&lower, NULL);
	sessio_nt_init_driver(&upper, NULL);
	lower.MajorFunction[IRP_MJ_DEVICE_CONTROL] = control;
	upper.MajorFunction[IRP_MJ_DEVICE_CONTROL] = pass_through;
	assert_int_equal(IoCreateDevice(&lower, 0, NULL, 1, 0, FALSE, &below), STATUS_SUCCESS);
	assert_int_equal(
		IoCreateDevice(&upper, sizeof(PVOID), NULL, 1, 0, FALSE, &above), STATUS_SUCCESS);
	*(PDEVICE_OBJECT *)above->DeviceExtension = below;
	IoSetCompletionRoutine(irp, keep, &kept, FALSE, FALSE, TRUE);
	assert_int_equal(IoCallDriver(above, irp), STATUS_PENDING);
	assert_false(IoCancelIrp(irp));
	irp->IoStatus.Status = STATUS_CANCELLED;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	assert_ptr_equal(kept, irp);
	assert_true(irp->PendingReturned);
	IoFreeIrp(irp);
	IoDeleteDevice(below);
	IoDeleteDevice(above);
	sessio_nt_fini_driver(&lower);
	sessio_nt_fini_driver(&upper);
}

static void cancelling_calls_the_routine_once(void **state)
{
	PIRP irp = IoAllocateIrp(1, FALSE);

	(void)state;
	assert_null(IoSetCancelRoutine(irp, cancel_it));
	assert_true(IoCancelIrp(irp));
	assert_int_equal(noted, 100);
	assert_true(irp->Cancel);
	assert_false(IoCancelIrp(irp));
	assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
	IoFreeIrp(irp);
}

static PDEVICE_OBJECT make_device(PDRIVER_OBJECT driver)
{
	PDEVICE_OBJECT device = NULL;

	assert_int_equal(
		IoCreateDevice(driver, sizeof(PVOID), NULL, 1, 0, FALSE, &device), STATUS_SUCCESS);
	return device;
}

/* Without a completion routine the mark moves up by itself, and ends at the top. */
static void a_pending_mark_does_not_leave_the_stack(void **state)
{
	DRIVER_OBJECT driver;
	PDEVICE_OBJECT device;
	PIRP irp = make_request(1, IRP_MJ_DEVICE_CONTROL, 1);
	PIO_STACK_LOCATION above = IoGetCurrentIrpStackLocation(irp);
	IO_STACK_LOCATION before = *above;

	(void)state;
	sessio_nt_init_driver(&driver, NULL);
	driver.MajorFunction[IRP_MJ_DEVICE_CONTROL] = control;
	device = make_device(&driver);
	assert_int_equal(IoCallDriver(device, irp), STATUS_PENDING);
	irp->IoStatus.Status = STATUS_SUCCESS;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	assert_true(irp->PendingReturned);
	assert_memory_equal(above, &before, sizeof(before));
	IoFreeIrp(irp);
	IoDeleteDevice(device);
	sessio_nt_fini_driver(&driver);
}

static void a_request_keeps_its_deleted_device(void **state)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Kept");
	DRIVER_OBJECT driver;
	PDEVICE_OBJECT device, other;
	PIRP irp = make_request(1, IRP_MJ_DEVICE_CONTROL, 1);

	(void)state;
	sessio_nt_init_driver(&driver, NULL);
	driver.MajorFunction[IRP_MJ_DEVICE_CONTROL] = control;
	assert_int_equal(IoCreateDevice(&driver, 8, &name, 1, 0, FALSE, &device), STATUS_SUCCESS);
	assert_int_equal(IoCallDriver(device, irp), STATUS_PENDING);
	IoDeleteDevice(device);
	assert_null(driver.DeviceObject);
	assert_int_equal(usage().devices, 1);
	*(LONG64 *)device->DeviceExtension = 1; /* it is still there */
	assert_int_equal(IoCreateDevice(&driver, 0, &name, 1, 0, FALSE, &other),
		STATUS_OBJECT_NAME_COLLISION);
	irp->IoStatus.Status = STATUS_SUCCESS;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	assert_int_equal(usage().devices, 0);
	IoFreeIrp(irp);
	assert_int_equal(IoCreateDevice(&driver, 0, &name, 1, 0, FALSE, &other), STATUS_SUCCESS);
	IoDeleteDevice(other);
	sessio_nt_fini_driver(&driver);
}

static NTSTATUS send_skipping(PDEVICE_OBJECT device, PIRP irp)
{
	IoSkipCurrentIrpStackLocation(irp);
	return IoCallDriver(*(PDEVICE_OBJECT *)device->DeviceExtension, irp);
}

static void a_skipped_location_lets_go_of_its_device(void **state)
{
	DRIVER_OBJECT lower, upper;
	PDEVICE_OBJECT below, above;
	PIRP irp = make_request(1, IRP_MJ_DEVICE_CONTROL, 1);

	(void)state;
	sessio_nt_init_driver(&lower, NULL);
	sessio_nt_init_driver(&upper, NULL);
	lower.MajorFunction[IRP_MJ_DEVICE_CONTROL] = control;
	upper.MajorFunction[IRP_MJ_DEVICE_CONTROL] = send_skipping;
	below = make_device(&lower);
	above = make_device(&upper);
	*(PDEVICE_OBJECT *)above->DeviceExtension = below;
	assert_int_equal(IoCallDriver(above, irp), STATUS_PENDING);
	IoDeleteDevice(above);
	assert_int_equal(usage().devices, 1);
	IoDeleteDevice(below);
	assert_int_equal(usage().devices, 1);
	irp->IoStatus.Status = STATUS_SUCCESS;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	assert_int_equal(usage().devices, 0);
	IoFreeIrp(irp);
	sessio_nt_fini_driver(&lower);
	sessio_nt_fini_driver(&upper);
}

static void a_freed_request_lets_go_of_its_device(void **state)
{
	DRIVER_OBJECT driver;
	PDEVICE_OBJECT device;
	PIRP irp = make_request(3, IRP_MJ_DEVICE_CONTROL, 1);

	(void)state;
	sessio_nt_init_driver(&driver, NULL);
	driver.MajorFunction[IRP_MJ_DEVICE_CONTROL] = control;
	device = make_device(&driver);
	assert_int_equal(IoCallDriver(device, irp), STATUS_PENDING);
	IoDeleteDevice(device);
	assert_int_equal(usage().devices, 1);
	IoFreeIrp(irp);
	assert_int_equal(usage().devices, 0);
	sessio_nt_fini_driver(&driver);
}

static void a_request_to_no_device_is_refused(void **state)
{
	DEVICE_OBJECT device;
	PIRP irp = make_request(1, IRP_MJ_DEVICE_CONTROL, 1);
	CHAR location = irp->CurrentLocation;

	(void)state;
	memset(&device, 0, sizeof(device));
	assert_int_equal(IoCallDriver(NULL, irp), STATUS_INVALID_PARAMETER);
	assert_int_equal(IoCallDriver(&device, NULL), STATUS_INVALID_PARAMETER);
	assert_int_equal(irp->CurrentLocation, location);
	IoFreeIrp(irp);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_goes_down_and_comes_back),
		cmocka_unit_test(pending_and_cancelled_requests_are_reported_upwards),
		cmocka_unit_test(cancelling_calls_the_routine_once),
		cmocka_unit_test(a_pending_mark_does_not_leave_the_stack),
		cmocka_unit_test(a_request_keeps_its_deleted_device),
		cmocka_unit_test(a_skipped_location_lets_go_of_its_device),
		cmocka_unit_test(a_freed_request_lets_go_of_its_device),
		cmocka_unit_test(a_request_to_no_device_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
