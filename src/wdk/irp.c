/* SPDX-License-Identifier: MIT */
/*
 * Requests.
 *
 * (irp-1) Locations are numbered from 1; CurrentLocation is StackCount + 1 before
 *      the request is sent and again after it was completed.
 * (irp-2) A driver's completion routine lies in the location of the driver below
 *      it. It is called with the device of the driver that set it.
 * (irp-3) Behind the locations is a guard, which is above the top. Behind that is a
 *      pointer for each location: the device that has the request there is held.
 *      Behind these stands where the memory is from.
 */
#include <stdatomic.h>

#include "platform/hooks.h"
#include "wdk/device.h"
#include "wdk/irp_build.h"
#include "wdk/thread.h"
#include "wdk/usage.h"

static _Atomic size_t live;
static KSPIN_LOCK cancel_lock;

static PIO_STACK_LOCATION guard_of(PIRP irp)
{
	return (PIO_STACK_LOCATION)(irp + 1) + irp->StackCount;
}

/* For each location the device that has the request there, from below (irp-3). */
static PDEVICE_OBJECT *holders_of(PIRP irp)
{
	return (PDEVICE_OBJECT *)(guard_of(irp) + 1);
}

static struct si_wdk_memory *memory_of(PIRP irp)
{
	return (struct si_wdk_memory *)(void *)(holders_of(irp) + irp->StackCount);
}

PIRP IoAllocateIrp(CCHAR stack_size, BOOLEAN charge_quota)
{
	size_t size = sizeof(IRP) + (size_t)stack_size * sizeof(IO_STACK_LOCATION);
	size_t more = sizeof(IO_STACK_LOCATION) + (size_t)stack_size * sizeof(PDEVICE_OBJECT) +
		sizeof(struct si_wdk_memory);
	PIRP irp;
	struct si_wdk_memory memory;

	UNREFERENCED_PARAMETER(charge_quota);
	if (stack_size < 1) {
		return NULL;
	}
	irp = si_wdk_take_memory(size + more, &memory); /* (irp-3) */
	if (irp == NULL) {
		return NULL;
	}
	memset(irp, 0, size + more);
	irp->Type = IO_TYPE_IRP;
	irp->Size = (USHORT)size;
	irp->StackCount = stack_size;
	*memory_of(irp) = memory;
	irp->CurrentLocation = (CHAR)(stack_size + 1);
	irp->Tail.Overlay.CurrentStackLocation = (PIO_STACK_LOCATION)(irp + 1) + stack_size;
	irp->Tail.Overlay.Thread = PsGetCurrentThread();
	InitializeListHead(&irp->ThreadListEntry);
	atomic_fetch_add_explicit(&live, 1, memory_order_relaxed);
	si_wdk_made(&(struct si_wdk_thing){ .kind = SI_WDK_REQUEST, .object = irp });
	return irp;
}

static PDEVICE_OBJECT *holder_of(PIRP irp)
{
	return &holders_of(irp)[irp->CurrentLocation - 1];
}

static void set_holder(PDEVICE_OBJECT *holder, PDEVICE_OBJECT device)
{
	PDEVICE_OBJECT before = *holder;

	*holder = device != NULL && si_wdk_device_hold(device) ? device : NULL;
	if (before != NULL) {
		si_wdk_device_release(before);
	}
}

static void check_guard(PIRP irp)
{
	(void)SI_WDK_MISUSED(guard_of(irp)->Control != 0, REQUEST, irp,
		"a request marked as pending above the top of its stack (irp-3)");
}

void IoFreeIrp(PIRP irp)
{
	if (SI_WDK_MISUSED(irp == NULL || irp->Type != IO_TYPE_IRP, REQUEST, irp,
		    "a request freed that is none")) {
		return;
	}
	check_guard(irp);
	si_wdk_gone(SI_WDK_REQUEST, irp);
	for (int i = 0; i < irp->StackCount; i++) {
		set_holder(&holders_of(irp)[i], NULL);
	}
	irp->Type = 0;
	atomic_fetch_sub_explicit(&live, 1, memory_order_relaxed);
	si_wdk_give_memory(*memory_of(irp), false);
}

size_t si_wdk_irp_usage(void)
{
	return atomic_load_explicit(&live, memory_order_relaxed);
}

NTSTATUS IofCallDriver(PDEVICE_OBJECT device, PIRP irp)
{
	PIO_STACK_LOCATION here;

	if (device == NULL || irp == NULL) {
		return STATUS_INVALID_PARAMETER;
	}
	if (SI_WDK_MISUSED(irp->CurrentLocation <= 1, REQUEST, irp,
		    "a request sent through more drivers than it is for")) {
		return STATUS_INVALID_PARAMETER;
	}
	IoSetNextIrpStackLocation(irp);
	here = IoGetCurrentIrpStackLocation(irp);
	here->DeviceObject = device;
	set_holder(holder_of(irp), device);
	if (SI_WDK_MISUSED(here->MajorFunction > IRP_MJ_MAXIMUM_FUNCTION, REQUEST, irp,
		    "a request for no function")) {
		return STATUS_INVALID_PARAMETER;
	}
	return device->DriverObject->MajorFunction[here->MajorFunction](device, irp);
}

static void mark_pending(PIRP irp)
{
	PIO_STACK_LOCATION here = IoGetCurrentIrpStackLocation(irp);

	here->Control = (UCHAR)(here->Control | SL_PENDING_RETURNED);
}

void IoMarkIrpPending(PIRP irp)
{
	si_hook_meeting(irp);
	mark_pending(irp);
}

static bool wants_completion(PIRP irp, const IO_STACK_LOCATION *below)
{
	UCHAR when = NT_SUCCESS(irp->IoStatus.Status) ? SL_INVOKE_ON_SUCCESS : SL_INVOKE_ON_ERROR;

	if (irp->Cancel) {
		when |= SL_INVOKE_ON_CANCEL;
	}
	return below->CompletionRoutine != NULL && (below->Control & when) != 0;
}

/* The sender's part of a completion. */
static void deliver(PIRP irp)
{
	PKEVENT event = irp->UserEvent;
	bool frees_itself = (irp->AllocationFlags & SI_WDK_IRP_FREES_ITSELF) != 0;

	check_guard(irp);
	if (frees_itself) {
		si_wdk_irp_finish(irp);
	}
	if (irp->UserIosb != NULL) {
		*irp->UserIosb = irp->IoStatus;
	}
	if (frees_itself) {
		IoFreeIrp(irp);
	}
	if (event != NULL) {
		(void)KeSetEvent(event, EVENT_INCREMENT, FALSE);
	}
}

void IofCompleteRequest(PIRP irp, CCHAR boost)
{
	UNREFERENCED_PARAMETER(boost);
	si_hook_meeting(irp);
	if (SI_WDK_MISUSED(irp->CurrentLocation > irp->StackCount, REQUEST_TWICE, irp,
		    "a request completed twice")) {
		return;
	}
	(void)SI_WDK_MISUSED(irp->IoStatus.Status == STATUS_PENDING, REQUEST, irp,
		"a request completed as pending");
	/* A cancellation that comes now would get a request that is gone. */
	(void)SI_WDK_MISUSED(__atomic_load_n(&irp->CancelRoutine, __ATOMIC_SEQ_CST) != NULL,
		REQUEST, irp, "a request completed with its cancel routine set");
	(void)SI_WDK_MISUSED(si_wdk_hooks_get() != NULL && si_wdk_thread()->spin_locks != 0,
		REQUEST, irp, "a request completed with a spin lock held");
	while (irp->CurrentLocation <= irp->StackCount) {
		PIO_STACK_LOCATION below = IoGetCurrentIrpStackLocation(irp);
		bool top;

		set_holder(holder_of(irp), NULL);
		IoSkipCurrentIrpStackLocation(irp); /* (irp-2) */
		top = irp->CurrentLocation > irp->StackCount;
		irp->PendingReturned = (below->Control & SL_PENDING_RETURNED) != 0;
		if (wants_completion(irp, below)) {
			PDEVICE_OBJECT device =
				top ? NULL : IoGetCurrentIrpStackLocation(irp)->DeviceObject;

			if (below->CompletionRoutine(device, irp, below->Context) ==
				STATUS_MORE_PROCESSING_REQUIRED) {
				return;
			}
		} else if (irp->PendingReturned && !top) {
			mark_pending(irp);
		}
	}
	deliver(irp);
}

PDRIVER_CANCEL IoSetCancelRoutine(PIRP irp, PDRIVER_CANCEL routine)
{
	PDRIVER_CANCEL before;

	si_hook_meeting(irp);
	before = __atomic_exchange_n(&irp->CancelRoutine, routine, __ATOMIC_SEQ_CST);
	if (routine != NULL) {
		si_hook_meeting(irp); /* it can be cancelled from here on */
	}
	return before;
}

void si_wdk_cancel_lock_begin(void)
{
	KeInitializeSpinLock(&cancel_lock);
}

void IoAcquireCancelSpinLock(PKIRQL before)
{
	*before = KeAcquireSpinLockRaiseToDpc(&cancel_lock);
}

void IoReleaseCancelSpinLock(KIRQL before)
{
	KeReleaseSpinLock(&cancel_lock, before);
}

BOOLEAN IoCancelIrp(PIRP irp)
{
	PDRIVER_CANCEL routine;
	KIRQL before;

	IoAcquireCancelSpinLock(&before);
	irp->Cancel = TRUE;
	routine = IoSetCancelRoutine(irp, NULL);
	if (routine == NULL) {
		IoReleaseCancelSpinLock(before);
		return FALSE;
	}
	irp->CancelIrql = before;
	/* The routine gives the lock back. */
	routine(irp->CurrentLocation <= irp->StackCount
			? IoGetCurrentIrpStackLocation(irp)->DeviceObject
			: NULL,
		irp);
	return TRUE;
}

PEPROCESS IoGetRequestorProcess(PIRP irp)
{
	UNREFERENCED_PARAMETER(irp);
	return PsGetCurrentProcess();
}

ULONG IoGetRequestorProcessId(PIRP irp)
{
	return HandleToULong(PsGetProcessId(IoGetRequestorProcess(irp)));
}
