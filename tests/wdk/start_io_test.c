/* SPDX-License-Identifier: MIT */
#pragma GCC diagnostic ignored "-Wpedantic"
#include "test.h"

#include <ntddk.h>
#include <sessio_nt.h>

#include "inside.h"

static DRIVER_OBJECT driver;
static PDEVICE_OBJECT device;
static PIRP begun[4];
static int count, cancelled;

static void start(PDEVICE_OBJECT where, PIRP irp)
{
	note_that(where == device && device->CurrentIrp == irp);
	note_that(KeGetCurrentIrql() == DISPATCH_LEVEL);
	begun[count++] = irp;
}

static void cancel(PDEVICE_OBJECT where, PIRP irp)
{
	note_that(
		KeRemoveEntryDeviceQueue(&where->DeviceQueue, &irp->Tail.Overlay.DeviceQueueEntry));
	IoReleaseCancelSpinLock(irp->CancelIrql);
	cancelled++;
}

static PIRP make(void)
{
	PIRP irp = IoAllocateIrp(1, FALSE);

	IoSetNextIrpStackLocation(irp);
	IoGetCurrentIrpStackLocation(irp)->DeviceObject = device;
	return irp;
}

static void next(void)
{
	KIRQL before;

	KeRaiseIrql(DISPATCH_LEVEL, &before);
	IoStartNextPacket(device, TRUE);
	KeLowerIrql(before);
}

static void a_device_has_one_request_at_a_time(void **state)
{
	PIRP irps[4];

	(void)state;
	assert_int_equal(sessio_nt_init_driver(&driver, NULL), SESSIO_OK);
	driver.DriverStartIo = start;
	assert_int_equal(IoCreateDevice(&driver, 0, NULL, 0, 0, FALSE, &device), STATUS_SUCCESS);
	for (size_t i = 0; i < RTL_NUMBER_OF(irps); i++) {
		irps[i] = make();
	}
	assert_false(IoCancelIrp(irps[3]));
	for (size_t i = 0; i < RTL_NUMBER_OF(irps); i++) {
		IoStartPacket(device, irps[i], NULL, cancel);
	}
	assert_int_equal(count, 1);
	assert_int_equal(cancelled, 1); /* the last one was, before it came */
	assert_true(IoCancelIrp(irps[1]));
	assert_int_equal(cancelled, 2);
	next();
	assert_int_equal(count, 2);
	assert_ptr_equal(begun[0], irps[0]);
	assert_ptr_equal(begun[1], irps[2]);
	next();
	assert_null(device->CurrentIrp);
	assert_false(device->DeviceQueue.Busy);
	for (size_t i = 0; i < RTL_NUMBER_OF(irps); i++) {
		IoFreeIrp(irps[i]);
	}
	IoDeleteDevice(device);
	sessio_nt_fini_driver(&driver);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_device_has_one_request_at_a_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
