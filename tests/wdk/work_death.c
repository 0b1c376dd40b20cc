/* SPDX-License-Identifier: MIT */
#include "death.h"

#include <ntddk.h>
#include <sessio_nt.h>

static DRIVER_OBJECT driver;

static PDEVICE_OBJECT make_device(void)
{
	PDEVICE_OBJECT device = NULL;

	(void)sessio_nt_init_driver(&driver, NULL);
	(void)IoCreateDevice(&driver, 0, NULL, 1, 0, FALSE, &device);
	return device;
}

static void ignore(PDEVICE_OBJECT device, PVOID context)
{
	(void)device;
	(void)context;
}

static void queue_for_a_deleted_device(void)
{
	PDEVICE_OBJECT device = make_device();
	PIO_WORKITEM item = IoAllocateWorkItem(device);

	IoDeleteDevice(device);
	IoQueueWorkItem(item, ignore, DelayedWorkQueue, NULL);
}

static void hang(PDEVICE_OBJECT device, PVOID context)
{
	(void)device;
	(void)KeWaitForSingleObject(context, Executive, KernelMode, FALSE, NULL);
}

static void free_a_queued_item(void)
{
	KEVENT never;
	PIO_WORKITEM first = IoAllocateWorkItem(NULL);
	PIO_WORKITEM second = IoAllocateWorkItem(NULL);

	KeInitializeEvent(&never, NotificationEvent, FALSE);
	IoQueueWorkItem(first, hang, DelayedWorkQueue, &never);
	IoQueueWorkItem(second, hang, DelayedWorkQueue, &never);
	IoFreeWorkItem(second);
}

static void raise_level(PDEVICE_OBJECT device, PVOID context)
{
	KIRQL before;

	(void)device;
	(void)context;
	KeRaiseIrql(DISPATCH_LEVEL, &before);
}

static void come_back_at_another_level(void)
{
	IoQueueWorkItem(IoAllocateWorkItem(NULL), raise_level, DelayedWorkQueue, NULL);
	sessio_nt_wait_for_work();
}

static void queue_an_item_twice(void)
{
	KEVENT never;
	PIO_WORKITEM first = IoAllocateWorkItem(NULL);
	PIO_WORKITEM second = IoAllocateWorkItem(NULL);

	KeInitializeEvent(&never, NotificationEvent, FALSE);
	IoQueueWorkItem(first, hang, DelayedWorkQueue, &never);
	IoQueueWorkItem(second, hang, DelayedWorkQueue, &never);
	IoQueueWorkItem(second, hang, DelayedWorkQueue, &never);
}

static void free_no_item(void)
{
	IoFreeWorkItem(NULL);
}

int main(int argc, char **argv)
{
	static const struct death cases[] = {
		DEATH(queue_for_a_deleted_device),
		DEATH(free_a_queued_item),
		DEATH(queue_an_item_twice),
		DEATH(come_back_at_another_level),
		DEATH(free_no_item),
	};

	return death_main(argc, argv, cases, sizeof(cases) / sizeof(cases[0]));
}
