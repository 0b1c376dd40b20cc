/* SPDX-License-Identifier: MIT */
#include "death.h"

#include <ntddk.h>

#include <sessio/host.h>

static void register_at_dispatch_level(void)
{
	(void)KeRaiseIrqlToDpcLevel();
	(void)IoRegisterContainerNotification(IoSessionStateNotification, NULL, NULL, 0, NULL);
}

static void unregister_at_dispatch_level(void)
{
	(void)KeRaiseIrqlToDpcLevel();
	IoUnregisterContainerNotification(NULL);
}

static void query_at_dispatch_level(void)
{
	(void)KeRaiseIrqlToDpcLevel();
	(void)IoGetContainerInformation(IoSessionStateInformation, NULL, NULL, 0);
}

static NTSTATUS come_back_higher(
	PVOID session, PVOID object, ULONG event, PVOID context, PVOID payload, ULONG length)
{
	(void)session;
	(void)object;
	(void)event;
	(void)context;
	(void)payload;
	(void)length;
	(void)KeRaiseIrqlToDpcLevel();
	return STATUS_SUCCESS;
}

static void come_back_at_another_level(void)
{
	static DRIVER_OBJECT driver = { .Type = IO_TYPE_DRIVER };
	IO_SESSION_STATE_NOTIFICATION ask = { sizeof(ask), 0, &driver, IO_SESSION_STATE_ALL_EVENTS,
		NULL };
	PVOID handle;

	(void)IoRegisterContainerNotification(IoSessionStateNotification,
		(PIO_CONTAINER_NOTIFICATION_FUNCTION)(void (*)(void))come_back_higher, &ask,
		sizeof(ask), &handle);
	(void)!sessio_host_post(sessio_host_default(), 1, SESSIO_USER_EVENT_CREATED, 0, NULL);
}

static void delete_a_registered_device(void)
{
	static DRIVER_OBJECT driver = { .Type = IO_TYPE_DRIVER };
	IO_SESSION_STATE_NOTIFICATION ask = { sizeof(ask), 0, NULL, IO_SESSION_STATE_ALL_EVENTS,
		NULL };
	PDEVICE_OBJECT device = NULL;
	PVOID handle;

	(void)IoCreateDevice(&driver, 0, NULL, 1, 0, FALSE, &device);
	ask.IoObject = device;
	(void)IoRegisterContainerNotification(IoSessionStateNotification,
		(PIO_CONTAINER_NOTIFICATION_FUNCTION)(void (*)(void))come_back_higher, &ask,
		sizeof(ask), &handle);
	IoDeleteDevice(device);
}

int main(int argc, char **argv)
{
	static const struct death cases[] = {
		DEATH(register_at_dispatch_level),
		DEATH(delete_a_registered_device),
		DEATH(unregister_at_dispatch_level),
		DEATH(query_at_dispatch_level),
		DEATH(come_back_at_another_level),
	};

	return death_main(argc, argv, cases, sizeof(cases) / sizeof(cases[0]));
}
