/* SPDX-License-Identifier: MIT */
/*
 * Work for later: one thread runs the queued items, in order, at PASSIVE_LEVEL.
 * A queued item keeps its device, if that is deleted, until the item has run.
 * sessio_nt_wait_for_work() waits until it has run out of work.
 */
#ifndef SESSIO_NT_WORK_H
#define SESSIO_NT_WORK_H

#include "object.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct _IO_WORKITEM *PIO_WORKITEM;
typedef enum _WORK_QUEUE_TYPE {
	CriticalWorkQueue,
	DelayedWorkQueue,
	HyperCriticalWorkQueue,
	NormalWorkQueue,
	MaximumWorkQueue
} WORK_QUEUE_TYPE;

typedef void IO_WORKITEM_ROUTINE(PDEVICE_OBJECT DeviceObject, PVOID Context);
typedef IO_WORKITEM_ROUTINE *PIO_WORKITEM_ROUTINE;
typedef void IO_WORKITEM_ROUTINE_EX(PVOID IoObject, PVOID Context, PIO_WORKITEM IoWorkItem);
typedef IO_WORKITEM_ROUTINE_EX *PIO_WORKITEM_ROUTINE_EX;

/** An item for a device or driver object, or NULL. */
PIO_WORKITEM IoAllocateWorkItem(PDEVICE_OBJECT object);
/** Frees an item that is not queued; its own routine may. */
void IoFreeWorkItem(PIO_WORKITEM item);
/** Queues an item that is not queued; all queues are one. */
void IoQueueWorkItem(
	PIO_WORKITEM item, PIO_WORKITEM_ROUTINE routine, WORK_QUEUE_TYPE type, PVOID context);
/** The same for a routine that is given its item, too. */
void IoQueueWorkItemEx(
	PIO_WORKITEM item, PIO_WORKITEM_ROUTINE_EX routine, WORK_QUEUE_TYPE type, PVOID context);

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_NT_WORK_H */
