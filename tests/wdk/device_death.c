/* SPDX-License-Identifier: MIT */
#include "death.h"

#include <ntddk.h>
#include <sessio_nt.h>

#include "wdk/device.h"

static DRIVER_OBJECT driver;

static PDEVICE_OBJECT make_device(void)
{
	PDEVICE_OBJECT device = NULL;

	(void)sessio_nt_init_driver(&driver, NULL);
	(void)IoCreateDevice(&driver, 0, NULL, 1, 0, FALSE, &device);
	return device;
}

static void delete_a_device_twice(void)
{
	PDEVICE_OBJECT device = make_device();

	IoDeleteDevice(device);
	IoDeleteDevice(device);
}

static NTSTATUS pend(PDEVICE_OBJECT device, PIRP irp)
{
	(void)device;
	IoMarkIrpPending(irp);
	return STATUS_PENDING;
}

static void delete_a_pending_device_twice(void)
{
	PDEVICE_OBJECT device = make_device();
	PIRP irp = IoAllocateIrp(1, FALSE);

	driver.MajorFunction[IRP_MJ_CREATE] = pend;
	(void)IoCallDriver(device, irp);
	IoDeleteDevice(device);
	IoDeleteDevice(device);
}

static void delete_a_driver_object(void)
{
	IoDeleteDevice(make_device());
	IoDeleteDevice((PDEVICE_OBJECT)(PVOID)&driver);
}

static void delete_nothing(void)
{
	IoDeleteDevice(NULL);
}

static void release_what_is_not_held(void)
{
	si_wdk_device_release(make_device());
}

int main(int argc, char **argv)
{
	static const struct death cases[] = {
		DEATH(delete_a_device_twice),
		DEATH(delete_a_pending_device_twice),
		DEATH(delete_a_driver_object),
		DEATH(delete_nothing),
		DEATH(release_what_is_not_held),
	};

	return death_main(argc, argv, cases, sizeof(cases) / sizeof(cases[0]));
}
