/* SPDX-License-Identifier: MIT */
/* A driver that makes each mistake on demand, and none by itself. */
#include <ntifs.h>

#include "faulty.h"

#define TAG 'tluF'

DRIVER_INITIALIZE DriverEntry;

static UNICODE_STRING DeviceName = RTL_CONSTANT_STRING(L"\\Device\\Faulty");
static UNICODE_STRING LinkName = RTL_CONSTANT_STRING(L"\\??\\Faulty");
static PDRIVER_OBJECT Self;
static PVOID Registration;
static BOOLEAN KeepIrql;
static BOOLEAN Forget;
static EX_PUSH_LOCK PushLock;
static FAST_MUTEX KeptMutex;
static KSPIN_LOCK SpinLock;

static NTSTATUS Notify(
	PVOID Session, PVOID Object, ULONG Event, PVOID Context, PVOID Payload, ULONG Length)
{
	UNREFERENCED_PARAMETER(Session);
	UNREFERENCED_PARAMETER(Object);
	UNREFERENCED_PARAMETER(Event);
	UNREFERENCED_PARAMETER(Context);
	UNREFERENCED_PARAMETER(Payload);
	UNREFERENCED_PARAMETER(Length);
	if (KeepIrql) {
		KIRQL Irql;

		KeRaiseIrql(APC_LEVEL, &Irql);
	}
	return STATUS_SUCCESS;
}

static PVOID RegisterWith(PVOID Object, PVOID Context)
{
	IO_SESSION_STATE_NOTIFICATION Wish = { 0 };
	PVOID Handle = NULL;

	Wish.Size = sizeof(Wish);
	Wish.IoObject = Object;
	Wish.Context = Context;
	Wish.EventMask = IO_SESSION_STATE_ALL_EVENTS;
	IoRegisterContainerNotification(IoSessionStateNotification,
		(PIO_CONTAINER_NOTIFICATION_FUNCTION)Notify, &Wish, sizeof(Wish), &Handle);
	return Handle;
}

static PVOID Register(PVOID Object)
{
	return RegisterWith(Object, NULL);
}

static PDEVICE_OBJECT MakeDevice(VOID)
{
	PDEVICE_OBJECT Device = NULL;

	IoCreateDevice(Self, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &Device);
	return Device;
}

static VOID ObjectMistake(enum faulty_mistake Mistake, PFILE_OBJECT File)
{
	PDEVICE_OBJECT Device;
	PVOID Handle;
	PUCHAR Block;

	switch (Mistake) {
	case FAULTY_LEAVE_REGISTRATION:
		Register(Self);
		break;
	case FAULTY_DELETE_REGISTERED:
		Device = MakeDevice();
		Handle = Register(Device);
		IoDeleteDevice(Device);
		IoUnregisterContainerNotification(Handle);
		break;
	case FAULTY_CLOSE_REGISTERED:
		Register(File);
		break;
	case FAULTY_UNREGISTER_TWICE:
		Handle = Register(Self);
		IoUnregisterContainerNotification(Handle);
		IoUnregisterContainerNotification(Handle);
		break;
	case FAULTY_UNREGISTER_NOTHING:
		IoUnregisterContainerNotification(Self);
		break;
	case FAULTY_FREE_CONTEXT:
		Block = (PUCHAR)ExAllocatePoolWithTag(PagedPool, 8, TAG);
		Registration = RegisterWith(Self, Block + 4);
		ExFreePoolWithTag(Block, TAG);
		break;
	case FAULTY_LEAVE_DEVICE:
		MakeDevice();
		Forget = TRUE;
		break;
	case FAULTY_DELETE_TWICE:
		Device = MakeDevice();
		IoDeleteDevice(Device);
		IoDeleteDevice(Device);
		break;
	case FAULTY_DELETE_DRIVER:
		IoDeleteDevice((PDEVICE_OBJECT)Self);
		break;
	case FAULTY_LEAVE_LINK:
		IoCreateSymbolicLink(&LinkName, &DeviceName);
		break;
	case FAULTY_LEAVE_REQUEST:
		IoAllocateIrp(1, FALSE);
		break;
	case FAULTY_LEAVE_WORK_ITEM:
		IoAllocateWorkItem(Self->DeviceObject);
		break;
	default:
		break;
	}
}

static VOID PoolMistake(enum faulty_mistake Mistake, PUCHAR Output)
{
	PUCHAR Block;

	if (Mistake == FAULTY_OVERRUN_SYSTEM_BUFFER) {
		Output[FAULTY_LENGTH] = 1;
		return;
	}
	if (Mistake == FAULTY_FREE_NO_BLOCK) {
		ExFreePoolWithTag(&KeepIrql, TAG);
		return;
	}
	Block = (PUCHAR)ExAllocatePoolWithTag(NonPagedPoolNx, 40, TAG);
	if (Mistake == FAULTY_OVERRUN) {
		Block[40] = 1;
	}
	if (Mistake == FAULTY_FREE_UNDER_ANOTHER_TAG) {
		ExFreePoolWithTag(Block, 'rhto');
	} else if (Mistake != FAULTY_LEAVE_POOL) {
		ExFreePoolWithTag(Block, TAG);
	}
	if (Mistake == FAULTY_FREE_TWICE) {
		ExFreePoolWithTag(Block, TAG);
	}
	if (Mistake == FAULTY_WRITE_AFTER_FREE) {
		Block[39] = 1;
	}
}

static VOID LevelMistake(enum faulty_mistake Mistake)
{
	IO_SESSION_STATE_INFORMATION Information;
	FAST_MUTEX Mutex;
	KSEMAPHORE Semaphore;
	KIRQL Irql;

	switch (Mistake) {
	case FAULTY_QUERY_AT_DISPATCH:
		KeRaiseIrql(DISPATCH_LEVEL, &Irql);
		IoGetContainerInformation(
			IoSessionStateInformation, NULL, &Information, sizeof(Information));
		KeLowerIrql(Irql);
		break;
	case FAULTY_KEEP_IRQL:
		KeRaiseIrql(APC_LEVEL, &Irql);
		break;
	case FAULTY_KEEP_IRQL_IN_CALLBACK:
		Registration = Register(Self);
		KeepIrql = TRUE;
		break;
	case FAULTY_TAKE_TWICE:
		ExInitializeFastMutex(&Mutex);
		ExAcquireFastMutexUnsafe(&Mutex);
		ExAcquireFastMutexUnsafe(&Mutex);
		ExReleaseFastMutexUnsafe(&Mutex);
		break;
	case FAULTY_KEEP_LOCK:
		ExAcquirePushLockExclusive(&PushLock);
		break;
	case FAULTY_KEEP_MUTEX:
		ExInitializeFastMutex(&KeptMutex);
		ExAcquireFastMutex(&KeptMutex);
		break;
	case FAULTY_KEEP_CANCEL_LOCK:
		IoAcquireCancelSpinLock(&Irql);
		break;
	case FAULTY_KEEP_REGION:
		KeEnterCriticalRegion();
		break;
	case FAULTY_RELEASE_TOO_OFTEN:
		KeInitializeSemaphore(&Semaphore, 1, 1);
		KeReleaseSemaphore(&Semaphore, IO_NO_INCREMENT, 1, FALSE);
		break;
	case FAULTY_BREAK:
		DbgBreakPoint();
		break;
	case FAULTY_BUG_CHECK:
		KeBugCheck(0x1234);
		break;
	default:
		break;
	}
}

static NTSTATUS Complete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
	Irp->IoStatus.Status = Status;
	Irp->IoStatus.Information = Information;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return Status;
}

static VOID CancelNothing(PDEVICE_OBJECT Device, PIRP Irp)
{
	UNREFERENCED_PARAMETER(Device);
	IoReleaseCancelSpinLock(Irp->CancelIrql);
}

static NTSTATUS RequestMistake(enum faulty_mistake Mistake, PIRP Irp)
{
	KIRQL Irql;

	switch (Mistake) {
	case FAULTY_FORGET_REQUEST:
		return STATUS_SUCCESS;
	case FAULTY_KEEP_REQUEST:
		IoMarkIrpPending(Irp);
		return STATUS_PENDING;
	case FAULTY_COMPLETE_TWICE:
		Complete(Irp, STATUS_SUCCESS, 0);
		return Complete(Irp, STATUS_SUCCESS, 0);
	case FAULTY_COMPLETE_CANCELABLE:
		IoSetCancelRoutine(Irp, CancelNothing);
		return Complete(Irp, STATUS_SUCCESS, 0);
	case FAULTY_PEND_UNMARKED:
		Complete(Irp, STATUS_SUCCESS, 0);
		return STATUS_PENDING;
	case FAULTY_MARK_UNPENDED:
		IoMarkIrpPending(Irp);
		return Complete(Irp, STATUS_SUCCESS, 0);
	case FAULTY_ANSWER_OTHERWISE:
		Complete(Irp, STATUS_UNSUCCESSFUL, 0);
		return STATUS_SUCCESS;
	case FAULTY_COMPLETE_WITH_LOCK:
		KeAcquireSpinLock(&SpinLock, &Irql);
		Complete(Irp, STATUS_SUCCESS, 0);
		KeReleaseSpinLock(&SpinLock, Irql);
		return STATUS_SUCCESS;
	case FAULTY_CLAIM_TOO_MUCH:
		return Complete(Irp, STATUS_SUCCESS, FAULTY_LENGTH + 1);
	default:
		return Complete(Irp, STATUS_SUCCESS, 0);
	}
}

static PUCHAR OutputOf(PIRP Irp)
{
	return (PUCHAR)(Irp->MdlAddress != NULL
			? MmGetSystemAddressForMdlSafe(Irp->MdlAddress, NormalPagePriority)
			: Irp->AssociatedIrp.SystemBuffer);
}

static NTSTATUS FaultyControl(PDEVICE_OBJECT Device, PIRP Irp)
{
	PIO_STACK_LOCATION Stack = IoGetCurrentIrpStackLocation(Irp);
	ULONG Code = Stack->Parameters.DeviceIoControl.IoControlCode;
	enum faulty_mistake Mistake = (enum faulty_mistake)((Code >> 2 & 0xfff) - 0x800);

	UNREFERENCED_PARAMETER(Device);
	if (Mistake >= FAULTY_FORGET_REQUEST && Mistake <= FAULTY_CLAIM_TOO_MUCH) {
		return RequestMistake(Mistake, Irp);
	}
	if (Mistake >= FAULTY_LEAVE_POOL && Mistake <= FAULTY_WRITE_AFTER_FREE) {
		PoolMistake(Mistake, OutputOf(Irp));
	} else if (Mistake >= FAULTY_SET_NO_TIMER && Mistake < FAULTY_BUG_CHECK) {
		ThingMistake(Mistake, Self);
	} else if (Mistake >= FAULTY_LEAVE_REFERENCE && Mistake < FAULTY_BUG_CHECK) {
		HolderMistake(Mistake, Self);
	} else if (Mistake >= FAULTY_QUERY_AT_DISPATCH) {
		LevelMistake(Mistake);
	} else {
		ObjectMistake(Mistake, Stack->FileObject);
	}
	return Complete(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS FaultyDone(PDEVICE_OBJECT Device, PIRP Irp)
{
	UNREFERENCED_PARAMETER(Device);
	return Complete(Irp, STATUS_SUCCESS, 0);
}

static VOID FaultyUnload(PDRIVER_OBJECT Driver)
{
	HolderUnload();
	if (Registration != NULL) {
		IoUnregisterContainerNotification(Registration);
	}
	if (Forget) {
		IoDeleteDevice(Driver->DeviceObject->NextDevice);
		return;
	}
	while (Driver->DeviceObject != NULL) {
		PDEVICE_OBJECT Device = Driver->DeviceObject;

		IoDeleteDevice(Device);
		if (Driver->DeviceObject == Device) {
			break; /* it could not be deleted */
		}
	}
}

NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
	PDEVICE_OBJECT Device;

	UNREFERENCED_PARAMETER(RegistryPath);
	Self = Driver;
	ExInitializePushLock(&PushLock);
	Driver->DriverUnload = FaultyUnload;
	Driver->MajorFunction[IRP_MJ_CREATE] = FaultyDone;
	Driver->MajorFunction[IRP_MJ_CLEANUP] = FaultyDone;
	Driver->MajorFunction[IRP_MJ_CLOSE] = FaultyDone;
	Driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = FaultyControl;
	return IoCreateDevice(Driver, 0, &DeviceName, FILE_DEVICE_UNKNOWN, 0, FALSE, &Device);
}
