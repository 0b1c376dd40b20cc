/* SPDX-License-Identifier: MIT */
/* A driver that leaves a device. */
#include <ntddk.h>

DRIVER_INITIALIZE DriverEntry;

static VOID Unload(PDRIVER_OBJECT Driver)
{
	UNREFERENCED_PARAMETER(Driver);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
	PDEVICE_OBJECT Device;

	UNREFERENCED_PARAMETER(RegistryPath);
	Driver->DriverUnload = Unload;
	return IoCreateDevice(Driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &Device);
}
