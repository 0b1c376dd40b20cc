/* SPDX-License-Identifier: MIT */
#pragma GCC diagnostic ignored "-Wpedantic"
#include "test.h"

#include <ntddk.h>

struct queue {
	IO_CSQ csq;
	LIST_ENTRY irps;
	KSPIN_LOCK lock;
	int cancelled;
	NTSTATUS answer;
};

static struct queue *queue_of(PIO_CSQ csq)
{
	return CONTAINING_RECORD(csq, struct queue, csq);
}

static void insert(PIO_CSQ csq, PIRP irp)
{
	InsertTailList(&queue_of(csq)->irps, &irp->Tail.Overlay.ListEntry);
}

static NTSTATUS insert_ex(PIO_CSQ csq, PIRP irp, PVOID context)
{
	if (context == NULL) {
		return STATUS_DEVICE_BUSY;
	}
	insert(csq, irp);
	return STATUS_SUCCESS;
}

static void take(PIO_CSQ csq, PIRP irp)
{
	(void)csq;
	(void)RemoveEntryList(&irp->Tail.Overlay.ListEntry);
}

/* The context is the length of the request that is wanted, NULL for any. */
static PIRP peek(PIO_CSQ csq, PIRP irp, PVOID context)
{
	struct queue *queue = queue_of(csq);
	PLIST_ENTRY at = irp != NULL ? irp->Tail.Overlay.ListEntry.Flink : queue->irps.Flink;

	for (; at != &queue->irps; at = at->Flink) {
		PIRP next = CONTAINING_RECORD(at, IRP, Tail.Overlay.ListEntry);

		if (context == NULL || next->UserBuffer == context) {
			return next;
		}
	}
	return NULL;
}

static void lock(PIO_CSQ csq, PKIRQL irql)
{
	KeAcquireSpinLock(&queue_of(csq)->lock, irql);
}

static void unlock(PIO_CSQ csq, KIRQL irql)
{
	KeReleaseSpinLock(&queue_of(csq)->lock, irql);
}

static void complete(PIO_CSQ csq, PIRP irp)
{
	(void)irp;
	queue_of(csq)->cancelled++;
}

static void init(struct queue *queue)
{
	memset(queue, 0, sizeof(*queue));
	InitializeListHead(&queue->irps);
}

static void requests_come_out_as_they_are_asked_for(void **state)
{
	PIRP first = IoAllocateIrp(1, FALSE), second = IoAllocateIrp(1, FALSE);
	IO_CSQ_IRP_CONTEXT context;
	struct queue queue;

	(void)state;
	init(&queue);
	assert_int_equal(IoCsqInitialize(&queue.csq, insert, take, peek, lock, unlock, complete),
		STATUS_SUCCESS);
	second->UserBuffer = &queue;
	IoSetNextIrpStackLocation(first);
	IoSetNextIrpStackLocation(second);
	IoCsqInsertIrp(&queue.csq, first, NULL);
	IoCsqInsertIrp(&queue.csq, second, &context);
	assert_int_equal(IoGetCurrentIrpStackLocation(first)->Control, SL_PENDING_RETURNED);
	assert_ptr_equal(IoCsqRemoveNextIrp(&queue.csq, &queue), second);
	assert_null(IoCsqRemoveIrp(&queue.csq, &context)); /* it has been taken */
	IoCsqInsertIrp(&queue.csq, second, &context);
	assert_ptr_equal(IoCsqRemoveIrp(&queue.csq, &context), second);
	assert_ptr_equal(IoCsqRemoveNextIrp(&queue.csq, NULL), first);
	assert_null(IoCsqRemoveNextIrp(&queue.csq, NULL));
	assert_int_equal(queue.cancelled, 0);
	IoFreeIrp(first);
	IoFreeIrp(second);
}

static void a_cancelled_request_is_completed_once(void **state)
{
	PIRP irp = IoAllocateIrp(1, FALSE), late = IoAllocateIrp(1, FALSE);
	IO_CSQ_IRP_CONTEXT context;
	struct queue queue;

	(void)state;
	init(&queue);
	assert_int_equal(
		IoCsqInitializeEx(&queue.csq, insert_ex, take, peek, lock, unlock, complete),
		STATUS_SUCCESS);
	IoSetNextIrpStackLocation(irp);
	IoSetNextIrpStackLocation(late);
	assert_int_equal(IoCsqInsertIrpEx(&queue.csq, irp, NULL, NULL), STATUS_DEVICE_BUSY);
	assert_int_equal(IoCsqInsertIrpEx(&queue.csq, irp, &context, &queue), STATUS_SUCCESS);
	assert_true(IoCancelIrp(irp));
	assert_int_equal(queue.cancelled, 1);
	assert_null(context.Irp);
	assert_null(IoCsqRemoveIrp(&queue.csq, &context));
	assert_false(IoCancelIrp(late)); /* before it is queued */
	assert_int_equal(IoCsqInsertIrpEx(&queue.csq, late, NULL, &queue), STATUS_SUCCESS);
	assert_int_equal(queue.cancelled, 2);
	assert_null(IoCsqRemoveNextIrp(&queue.csq, NULL));
	assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
	IoFreeIrp(irp);
	IoFreeIrp(late);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_come_out_as_they_are_asked_for),
		cmocka_unit_test(a_cancelled_request_is_completed_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
