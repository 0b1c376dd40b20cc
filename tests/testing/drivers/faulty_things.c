/* SPDX-License-Identifier: MIT */
/* Mistakes with timers, resources and lookaside lists, and with memory of the system. */
#include <ntifs.h>

#include "faulty.h"

#define TAG 'hgnT'
#define EXTENSION_SIZE 20

static KTIMER Zeroed, Set;
static ERESOURCE Resource;
static PAGED_LOOKASIDE_LIST Lookaside;

static VOID TimerMistake(enum faulty_mistake Mistake)
{
	LARGE_INTEGER Due;
	PEX_TIMER Timer;

	Due.QuadPart = -10000;
	if (Mistake == FAULTY_SET_NO_TIMER) {
		KeSetTimer(&Zeroed, Due, NULL);
		KeCancelTimer(&Zeroed);
		return;
	}
	if (Mistake == FAULTY_INITIALIZE_SET_TIMER) {
		KeInitializeTimer(&Set);
		KeSetTimer(&Set, Due, NULL);
		KeInitializeTimer(&Set);
		return;
	}
	Timer = ExAllocateTimer(NULL, NULL, 0);
	if (Mistake == FAULTY_DELETE_EX_TIMER_TWICE) {
		ExDeleteTimer(Timer, TRUE, FALSE, NULL);
		ExDeleteTimer(Timer, TRUE, FALSE, NULL);
	}
}

static VOID ResourceMistake(enum faulty_mistake Mistake)
{
	PERESOURCE Own;

	switch (Mistake) {
	case FAULTY_LEAVE_RESOURCE:
		ExInitializeResourceLite(&Resource);
		break;
	case FAULTY_FREE_RESOURCE:
		Own = (PERESOURCE)ExAllocatePoolWithTag(NonPagedPoolNx, sizeof(*Own), TAG);
		ExInitializeResourceLite(Own);
		ExFreePoolWithTag(Own, TAG);
		break;
	default:
		ExInitializeResourceLite(&Resource);
		ExAcquireResourceExclusiveLite(&Resource, TRUE);
		ExReleaseResourceLite(&Resource);
		ExDeleteResourceLite(&Resource);
		break;
	}
}

static VOID DeviceMistake(enum faulty_mistake Mistake, PDRIVER_OBJECT Driver)
{
	PDEVICE_OBJECT Device = NULL;
	PUCHAR Extension;

	IoCreateDevice(Driver, EXTENSION_SIZE, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &Device);
	Extension = (PUCHAR)Device->DeviceExtension;
	if (Mistake == FAULTY_OVERRUN_EXTENSION) {
		Extension[EXTENSION_SIZE] = 1;
	}
	IoDeleteDevice(Device);
	if (Mistake == FAULTY_WRITE_DELETED_DEVICE) {
		Extension[EXTENSION_SIZE - 1] = 1;
	}
}

VOID ThingMistake(enum faulty_mistake Mistake, PDRIVER_OBJECT Driver)
{
	PIRP Irp;

	switch (Mistake) {
	case FAULTY_LEAVE_RESOURCE:
	case FAULTY_FREE_RESOURCE:
	case FAULTY_RESOURCE_OUTSIDE_REGION:
		ResourceMistake(Mistake);
		break;
	case FAULTY_LEAVE_LOOKASIDE:
		ExInitializePagedLookasideList(&Lookaside, NULL, NULL, 0, 8, TAG, 0);
		break;
	case FAULTY_WRITE_DELETED_DEVICE:
	case FAULTY_OVERRUN_EXTENSION:
		DeviceMistake(Mistake, Driver);
		break;
	case FAULTY_WRITE_FREED_REQUEST:
		Irp = IoAllocateIrp(1, FALSE);
		IoFreeIrp(Irp);
		Irp->IoStatus.Information = 1;
		break;
	default:
		TimerMistake(Mistake);
		break;
	}
}
