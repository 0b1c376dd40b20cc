/* SPDX-License-Identifier: MIT */
/* Devices that take one request at a time, by their driver's StartIo routine. */
#ifndef SESSIO_NT_START_IO_H
#define SESSIO_NT_START_IO_H

#include "irp.h"

#ifdef __cplusplus
extern "C" {
#endif

/** An empty queue of a device that is not busy. */
void KeInitializeDeviceQueue(PKDEVICE_QUEUE queue);
/** FALSE if the device was not busy: it is now, and the caller begins with the entry. */
BOOLEAN KeInsertDeviceQueue(PKDEVICE_QUEUE queue, PKDEVICE_QUEUE_ENTRY entry);
/** The next entry; NULL if there is none, and the device is not busy any more. */
PKDEVICE_QUEUE_ENTRY KeRemoveDeviceQueue(PKDEVICE_QUEUE queue);
/** Takes an entry from the queue; FALSE if it is not there. */
BOOLEAN KeRemoveEntryDeviceQueue(PKDEVICE_QUEUE queue, PKDEVICE_QUEUE_ENTRY entry);

/**
 * Calls StartIo with the request at DISPATCH_LEVEL, or queues it while the device is busy.
 * The key has to be NULL: there is no order but that of time. The routine, if any, cancels.
 */
void IoStartPacket(PDEVICE_OBJECT device, PIRP irp, PULONG key, PDRIVER_CANCEL cancel);
/** Calls StartIo with the next request. With `cancelable` it may be cancelled. */
void IoStartNextPacket(PDEVICE_OBJECT device, BOOLEAN cancelable);

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_NT_START_IO_H */
