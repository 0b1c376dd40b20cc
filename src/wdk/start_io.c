/* SPDX-License-Identifier: MIT */
#include "nt/sessio_nt/start_io.h"

#include "platform/hooks.h"
#include "wdk/thread.h"

void KeInitializeDeviceQueue(PKDEVICE_QUEUE queue)
{
	memset(queue, 0, sizeof(*queue));
	queue->Size = sizeof(*queue);
	InitializeListHead(&queue->DeviceListHead);
}

BOOLEAN KeInsertDeviceQueue(PKDEVICE_QUEUE queue, PKDEVICE_QUEUE_ENTRY entry)
{
	BOOLEAN was_busy;

	si_hook_meeting(queue);
	si_wdk_lock(&queue->Lock);
	was_busy = queue->Busy;
	queue->Busy = TRUE;
	if (was_busy) {
		InsertTailList(&queue->DeviceListHead, &entry->DeviceListEntry);
	}
	entry->Inserted = was_busy;
	si_wdk_unlock(&queue->Lock);
	return was_busy;
}

PKDEVICE_QUEUE_ENTRY KeRemoveDeviceQueue(PKDEVICE_QUEUE queue)
{
	PKDEVICE_QUEUE_ENTRY entry = NULL;

	si_hook_meeting(queue);
	si_wdk_lock(&queue->Lock);
	if (IsListEmpty(&queue->DeviceListHead)) {
		queue->Busy = FALSE;
	} else {
		entry = CONTAINING_RECORD(RemoveHeadList(&queue->DeviceListHead),
			KDEVICE_QUEUE_ENTRY, DeviceListEntry);
		entry->Inserted = FALSE;
	}
	si_wdk_unlock(&queue->Lock);
	return entry;
}

BOOLEAN KeRemoveEntryDeviceQueue(PKDEVICE_QUEUE queue, PKDEVICE_QUEUE_ENTRY entry)
{
	BOOLEAN was_there;

	si_hook_meeting(queue);
	si_wdk_lock(&queue->Lock);
	was_there = entry->Inserted;
	if (was_there) {
		(void)RemoveEntryList(&entry->DeviceListEntry);
		entry->Inserted = FALSE;
	}
	si_wdk_unlock(&queue->Lock);
	return was_there;
}

/* The cancel lock comes first, so that a request is cancelled in the queue or begun. */
static void lock_cancel(BOOLEAN cancelable, PKIRQL before)
{
	if (cancelable) {
		IoAcquireCancelSpinLock(before);
	}
}

static void unlock_cancel(BOOLEAN cancelable, KIRQL before)
{
	if (cancelable) {
		IoReleaseCancelSpinLock(before);
	}
}

static void begin(PDEVICE_OBJECT device, PIRP irp)
{
	KIRQL before = KfRaiseIrql(DISPATCH_LEVEL);

	device->DriverObject->DriverStartIo(device, irp);
	KeLowerIrql(before);
}

void IoStartPacket(PDEVICE_OBJECT device, PIRP irp, PULONG key, PDRIVER_CANCEL cancel)
{
	BOOLEAN cancelable = cancel != NULL;
	KIRQL before = PASSIVE_LEVEL;
	BOOLEAN queued;

	SI_WDK_LEVEL(DISPATCH_LEVEL, "IoStartPacket");
	(void)SI_WDK_MISUSED(key != NULL, REQUEST, irp, "IoStartPacket() got a key to sort by");
	lock_cancel(cancelable, &before);
	if (cancelable) {
		(void)IoSetCancelRoutine(irp, cancel);
	}
	queued = KeInsertDeviceQueue(&device->DeviceQueue, &irp->Tail.Overlay.DeviceQueueEntry);
	if (!queued) {
		device->CurrentIrp = irp;
	}
	if (queued && cancelable && irp->Cancel && IoSetCancelRoutine(irp, NULL) != NULL) {
		irp->CancelIrql = before;
		cancel(device, irp); /* which gives the lock back */
		return;
	}
	unlock_cancel(cancelable, before);
	if (!queued) {
		begin(device, irp);
	}
}

void IoStartNextPacket(PDEVICE_OBJECT device, BOOLEAN cancelable)
{
	KIRQL before = PASSIVE_LEVEL;
	PKDEVICE_QUEUE_ENTRY entry;
	PIRP irp = NULL;

	SI_WDK_LEVEL(DISPATCH_LEVEL, "IoStartNextPacket");
	lock_cancel(cancelable, &before);
	device->CurrentIrp = NULL;
	entry = KeRemoveDeviceQueue(&device->DeviceQueue);
	if (entry != NULL) {
		irp = CONTAINING_RECORD(entry, IRP, Tail.Overlay.DeviceQueueEntry);
		device->CurrentIrp = irp;
	}
	unlock_cancel(cancelable, before);
	if (irp != NULL) {
		begin(device, irp);
	}
}
