/* SPDX-License-Identifier: MIT */
/*
 * Cancel-safe queues. The thread that takes the cancel routine from a request has the
 * request: either its driver or the one that cancels. The last word of its driver
 * context names the queue, or the context that does.
 */
#include "nt/sessio_nt/csq.h"

#include "wdk/thread.h"

enum { TYPE_QUEUE = 1, TYPE_CONTEXT = 2, TYPE_QUEUE_EX = 3 };

#define OWNER_WORD 3

static NTSTATUS initialize(PIO_CSQ csq, ULONG type, PIO_CSQ_REMOVE_IRP remove,
	PIO_CSQ_PEEK_NEXT_IRP peek, PIO_CSQ_ACQUIRE_LOCK acquire, PIO_CSQ_RELEASE_LOCK release,
	PIO_CSQ_COMPLETE_CANCELED_IRP complete)
{
	if (csq == NULL) {
		return STATUS_INVALID_PARAMETER;
	}
	memset(csq, 0, sizeof(*csq));
	csq->Type = type;
	csq->CsqRemoveIrp = remove;
	csq->CsqPeekNextIrp = peek;
	csq->CsqAcquireLock = acquire;
	csq->CsqReleaseLock = release;
	csq->CsqCompleteCanceledIrp = complete;
	return STATUS_SUCCESS;
}

NTSTATUS IoCsqInitialize(PIO_CSQ csq, PIO_CSQ_INSERT_IRP insert, PIO_CSQ_REMOVE_IRP remove,
	PIO_CSQ_PEEK_NEXT_IRP peek, PIO_CSQ_ACQUIRE_LOCK acquire, PIO_CSQ_RELEASE_LOCK release,
	PIO_CSQ_COMPLETE_CANCELED_IRP complete)
{
	NTSTATUS status = initialize(csq, TYPE_QUEUE, remove, peek, acquire, release, complete);

	if (NT_SUCCESS(status)) {
		csq->CsqInsertIrp = insert;
	}
	return status;
}

NTSTATUS IoCsqInitializeEx(PIO_CSQ csq, PIO_CSQ_INSERT_IRP_EX insert, PIO_CSQ_REMOVE_IRP remove,
	PIO_CSQ_PEEK_NEXT_IRP peek, PIO_CSQ_ACQUIRE_LOCK acquire, PIO_CSQ_RELEASE_LOCK release,
	PIO_CSQ_COMPLETE_CANCELED_IRP complete)
{
	NTSTATUS status = initialize(csq, TYPE_QUEUE_EX, remove, peek, acquire, release, complete);

	if (NT_SUCCESS(status)) {
		csq->CsqInsertIrp = (PIO_CSQ_INSERT_IRP)(void (*)(void))insert;
	}
	return status;
}

/* Both kinds of owner begin with their type. */
static PIO_CSQ queue_of(PVOID owner, PIO_CSQ_IRP_CONTEXT *out_context)
{
	PIO_CSQ_IRP_CONTEXT context = owner;

	*out_context = context->Type == TYPE_CONTEXT ? context : NULL;
	return *out_context != NULL ? context->Csq : owner;
}

static void forget(PIRP irp, PIO_CSQ_IRP_CONTEXT context)
{
	if (context != NULL) {
		context->Irp = NULL;
	}
	irp->Tail.Overlay.DriverContext[OWNER_WORD] = NULL;
}

static void cancel(PDEVICE_OBJECT device, PIRP irp)
{
	PIO_CSQ_IRP_CONTEXT context;
	PIO_CSQ csq;
	KIRQL irql;

	UNREFERENCED_PARAMETER(device);
	IoReleaseCancelSpinLock(irp->CancelIrql);
	csq = queue_of(irp->Tail.Overlay.DriverContext[OWNER_WORD], &context);
	csq->CsqAcquireLock(csq, &irql);
	csq->CsqRemoveIrp(csq, irp);
	forget(irp, context);
	csq->CsqReleaseLock(csq, irql);
	csq->CsqCompleteCanceledIrp(csq, irp);
}

static NTSTATUS insert(PIO_CSQ csq, PIRP irp, PVOID insert_context)
{
	PIO_CSQ_INSERT_IRP_EX insert_ex = (PIO_CSQ_INSERT_IRP_EX)(void (*)(void))csq->CsqInsertIrp;

	if (csq->Type == TYPE_QUEUE_EX) {
		return insert_ex(csq, irp, insert_context);
	}
	csq->CsqInsertIrp(csq, irp);
	return STATUS_SUCCESS;
}

NTSTATUS IoCsqInsertIrpEx(PIO_CSQ csq, PIRP irp, PIO_CSQ_IRP_CONTEXT context, PVOID insert_context)
{
	bool cancelled = false;
	NTSTATUS status;
	KIRQL irql;

	if (csq == NULL || irp == NULL) {
		return STATUS_INVALID_PARAMETER;
	}
	if (context != NULL) {
		context->Type = TYPE_CONTEXT;
		context->Irp = irp;
		context->Csq = csq;
	}
	csq->CsqAcquireLock(csq, &irql);
	irp->Tail.Overlay.DriverContext[OWNER_WORD] = context != NULL ? (PVOID)context : csq;
	status = insert(csq, irp, insert_context);
	if (!NT_SUCCESS(status)) {
		forget(irp, context);
		csq->CsqReleaseLock(csq, irql);
		return status;
	}
	IoMarkIrpPending(irp);
	(void)IoSetCancelRoutine(irp, cancel);
	/* It was cancelled before, and nobody has called the routine. */
	if (irp->Cancel && IoSetCancelRoutine(irp, NULL) != NULL) {
		csq->CsqRemoveIrp(csq, irp);
		forget(irp, context);
		cancelled = true;
	}
	csq->CsqReleaseLock(csq, irql);
	if (cancelled) {
		csq->CsqCompleteCanceledIrp(csq, irp);
	}
	return status;
}

void IoCsqInsertIrp(PIO_CSQ csq, PIRP irp, PIO_CSQ_IRP_CONTEXT context)
{
	(void)IoCsqInsertIrpEx(csq, irp, context, NULL);
}

PIRP IoCsqRemoveIrp(PIO_CSQ csq, PIO_CSQ_IRP_CONTEXT context)
{
	PIRP irp;
	KIRQL irql;

	csq->CsqAcquireLock(csq, &irql);
	irp = context->Irp;
	if (irp != NULL && IoSetCancelRoutine(irp, NULL) == NULL) {
		irp = NULL; /* another thread cancels it */
	}
	if (irp != NULL) {
		csq->CsqRemoveIrp(csq, irp);
		forget(irp, context);
	}
	csq->CsqReleaseLock(csq, irql);
	return irp;
}

PIRP IoCsqRemoveNextIrp(PIO_CSQ csq, PVOID peek_context)
{
	PIO_CSQ_IRP_CONTEXT context;
	PIRP irp = NULL;
	KIRQL irql;

	csq->CsqAcquireLock(csq, &irql);
	do {
		irp = csq->CsqPeekNextIrp(csq, irp, peek_context);
	} while (irp != NULL && IoSetCancelRoutine(irp, NULL) == NULL);
	if (irp != NULL) {
		csq->CsqRemoveIrp(csq, irp);
		(void)queue_of(irp->Tail.Overlay.DriverContext[OWNER_WORD], &context);
		forget(irp, context);
	}
	csq->CsqReleaseLock(csq, irql);
	return irp;
}
