/* SPDX-License-Identifier: MIT */
/*
 * Requests: an IRP with a stack of locations, one for each driver that it goes
 * through, sent with IoCallDriver() and given back with IoCompleteRequest().
 */
#ifndef SESSIO_NT_IRP_H
#define SESSIO_NT_IRP_H

#include "object.h"
#include "pnp.h"
#include "process.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct _MDL *PMDL;
typedef struct _IO_SECURITY_CONTEXT *PIO_SECURITY_CONTEXT;

typedef struct DECLSPEC_ALIGN(MEMORY_ALLOCATION_ALIGNMENT) _IRP {
	CSHORT Type;
	USHORT Size;
	PMDL MdlAddress;
	ULONG Flags;
	union {
		struct _IRP *MasterIrp;
		LONG IrpCount;
		PVOID SystemBuffer;
	} AssociatedIrp;
	LIST_ENTRY ThreadListEntry;
	IO_STATUS_BLOCK IoStatus;
	KPROCESSOR_MODE RequestorMode;
	BOOLEAN PendingReturned;
	CHAR StackCount;
	CHAR CurrentLocation;
	BOOLEAN Cancel;
	KIRQL CancelIrql;
	CCHAR ApcEnvironment;
	UCHAR AllocationFlags;
	PIO_STATUS_BLOCK UserIosb;
	PKEVENT UserEvent;
	union {
		struct {
			PVOID UserApcRoutine;
			PVOID UserApcContext;
		} AsynchronousParameters;
		LARGE_INTEGER AllocationSize;
	} Overlay;
	PDRIVER_CANCEL volatile CancelRoutine;
	PVOID UserBuffer;
	union {
		struct {
			__extension__ union {
				KDEVICE_QUEUE_ENTRY DeviceQueueEntry;
				__extension__ struct {
					PVOID DriverContext[4];
				};
			};
			PETHREAD Thread;
			PCHAR AuxiliaryBuffer;
			LIST_ENTRY ListEntry;
			struct _IO_STACK_LOCATION *CurrentStackLocation;
			PFILE_OBJECT OriginalFileObject;
		} Overlay;
		PVOID CompletionKey;
		ULONG_PTR Reserved[sizeof(void *) == 8 ? 11 : 12]; /* the size of an APC */
	} Tail;
} IRP, *PIRP;

SESSIO_NT_SIZE(IRP, 208, 112);
SESSIO_NT_OFFSET(IRP, AssociatedIrp, 24, 12);
SESSIO_NT_OFFSET(IRP, IoStatus, 48, 24);
SESSIO_NT_OFFSET(IRP, RequestorMode, 64, 32);
SESSIO_NT_OFFSET(IRP, UserIosb, 72, 40);
SESSIO_NT_OFFSET(IRP, CancelRoutine, 104, 56);
SESSIO_NT_OFFSET(IRP, Tail, 120, 64);

/* On 64 bits each 32-bit parameter after the first has eight bytes for itself. */
#define SESSIO_NT_POINTER_ALIGN DECLSPEC_ALIGN(sizeof(void *))

/* On 32 bits nothing in it is aligned to more than four. */
#if UINTPTR_MAX == UINT32_MAX
#pragma pack(push, 4)
#endif
typedef struct _IO_STACK_LOCATION {
	UCHAR MajorFunction;
	UCHAR MinorFunction;
	UCHAR Flags;
	UCHAR Control;
	union {
		struct {
			PIO_SECURITY_CONTEXT SecurityContext;
			ULONG Options;
			USHORT SESSIO_NT_POINTER_ALIGN FileAttributes;
			USHORT ShareAccess;
			ULONG SESSIO_NT_POINTER_ALIGN EaLength;
		} Create;
		struct {
			ULONG Length;
			ULONG SESSIO_NT_POINTER_ALIGN Key;
			LARGE_INTEGER ByteOffset;
		} Read, Write;
		struct {
			ULONG OutputBufferLength;
			ULONG SESSIO_NT_POINTER_ALIGN InputBufferLength;
			ULONG SESSIO_NT_POINTER_ALIGN IoControlCode;
			PVOID Type3InputBuffer;
		} DeviceIoControl;
		struct {
			DEVICE_RELATION_TYPE Type;
		} QueryDeviceRelations;
		struct {
			BUS_QUERY_ID_TYPE IdType;
		} QueryId;
		struct {
			struct _CM_RESOURCE_LIST *AllocatedResources;
			struct _CM_RESOURCE_LIST *AllocatedResourcesTranslated;
		} StartDevice;
		struct {
			ULONG SystemContext;
			POWER_STATE_TYPE SESSIO_NT_POINTER_ALIGN Type;
			POWER_STATE SESSIO_NT_POINTER_ALIGN State;
			POWER_ACTION SESSIO_NT_POINTER_ALIGN ShutdownType;
		} Power;
		struct {
			PVOID Argument1;
			PVOID Argument2;
			PVOID Argument3;
			PVOID Argument4;
		} Others;
	} Parameters;
	PDEVICE_OBJECT DeviceObject;
	PFILE_OBJECT FileObject;
	PIO_COMPLETION_ROUTINE CompletionRoutine;
	PVOID Context;
} IO_STACK_LOCATION, *PIO_STACK_LOCATION;
#if UINTPTR_MAX == UINT32_MAX
#pragma pack(pop)
#endif

SESSIO_NT_SIZE(IO_STACK_LOCATION, 72, 36);
SESSIO_NT_OFFSET(IO_STACK_LOCATION, Parameters, 8, 4);
SESSIO_NT_OFFSET(IO_STACK_LOCATION, Parameters.Create.FileAttributes, 24, 12);
SESSIO_NT_OFFSET(IO_STACK_LOCATION, Parameters.Create.EaLength, 32, 16);
SESSIO_NT_OFFSET(IO_STACK_LOCATION, Parameters.Read.ByteOffset, 24, 12);
SESSIO_NT_OFFSET(IO_STACK_LOCATION, Parameters.DeviceIoControl.IoControlCode, 24, 12);
SESSIO_NT_OFFSET(IO_STACK_LOCATION, Parameters.DeviceIoControl.Type3InputBuffer, 32, 16);
SESSIO_NT_OFFSET(IO_STACK_LOCATION, Parameters.Power.Type, 16, 8);
SESSIO_NT_OFFSET(IO_STACK_LOCATION, Parameters.Power.State, 24, 12);
SESSIO_NT_OFFSET(IO_STACK_LOCATION, DeviceObject, 40, 20);
SESSIO_NT_OFFSET(IO_STACK_LOCATION, Context, 64, 32);

#define IRP_NOCACHE 0x00000001u
#define IRP_PAGING_IO 0x00000002u
#define IRP_SYNCHRONOUS_API 0x00000004u
#define IRP_BUFFERED_IO 0x00000010u
#define IRP_DEALLOCATE_BUFFER 0x00000020u
#define IRP_INPUT_OPERATION 0x00000040u

#define SL_PENDING_RETURNED 0x01
#define SL_INVOKE_ON_CANCEL 0x20
#define SL_INVOKE_ON_SUCCESS 0x40
#define SL_INVOKE_ON_ERROR 0x80

static inline PIO_STACK_LOCATION IoGetCurrentIrpStackLocation(PIRP irp)
{
	return irp->Tail.Overlay.CurrentStackLocation;
}

static inline PIO_STACK_LOCATION IoGetNextIrpStackLocation(PIRP irp)
{
	return irp->Tail.Overlay.CurrentStackLocation - 1;
}

static inline void IoSetNextIrpStackLocation(PIRP irp)
{
	irp->CurrentLocation--;
	irp->Tail.Overlay.CurrentStackLocation--;
}

static inline void IoSkipCurrentIrpStackLocation(PIRP irp)
{
	irp->CurrentLocation++;
	irp->Tail.Overlay.CurrentStackLocation++;
}

/* All but the completion routine, which is the upper driver's. */
static inline void IoCopyCurrentIrpStackLocationToNext(PIRP irp)
{
	PIO_STACK_LOCATION next = IoGetNextIrpStackLocation(irp);

	memcpy(next, IoGetCurrentIrpStackLocation(irp),
		offsetof(IO_STACK_LOCATION, CompletionRoutine));
	next->Control = 0;
}

static inline void IoSetCompletionRoutine(PIRP irp, PIO_COMPLETION_ROUTINE routine, PVOID context,
	BOOLEAN on_success, BOOLEAN on_error, BOOLEAN on_cancel)
{
	PIO_STACK_LOCATION next = IoGetNextIrpStackLocation(irp);

	next->CompletionRoutine = routine;
	next->Context = context;
	next->Control = SESSIO_NT_CAST(UCHAR,
		(on_success ? SL_INVOKE_ON_SUCCESS : 0) | (on_error ? SL_INVOKE_ON_ERROR : 0) |
			(on_cancel ? SL_INVOKE_ON_CANCEL : 0));
}

/** A request with so many locations, or NULL. */
PIRP IoAllocateIrp(CCHAR stack_size, BOOLEAN charge_quota);
/** Frees a request from IoAllocateIrp. */
void IoFreeIrp(PIRP irp);
/** Sends a request to a device's driver. */
NTSTATUS IofCallDriver(PDEVICE_OBJECT device, PIRP irp);
#define IoCallDriver IofCallDriver
/** Gives a request back: completion routines from below, then the sender's block and event. */
void IofCompleteRequest(PIRP irp, CCHAR boost);
#define IoCompleteRequest IofCompleteRequest
/** Says that its driver keeps the request. */
void IoMarkIrpPending(PIRP irp);
/** Changes the routine; the one before. */
PDRIVER_CANCEL IoSetCancelRoutine(PIRP irp, PDRIVER_CANCEL routine);
/** Cancels; TRUE if it had a routine, which was called with the cancel lock held. */
BOOLEAN IoCancelIrp(PIRP irp);
/** The lock under which cancel routines are called. */
void IoAcquireCancelSpinLock(PKIRQL before);
/** Gives that lock back. */
void IoReleaseCancelSpinLock(KIRQL before);
/** The process that sent the request. */
PEPROCESS IoGetRequestorProcess(PIRP irp);
/** The number of the process that sent the request. */
ULONG IoGetRequestorProcessId(PIRP irp);

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_NT_IRP_H */
