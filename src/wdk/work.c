/* SPDX-License-Identifier: MIT */
/*
 * Work items.
 *
 * (work-1) The worker starts with the first item that is made, so that queueing cannot
 *      fail. It lives as long as the process, or until a test is about to copy the
 *      process. Then no item is left, and the next one starts it again.
 * (work-2) An item is its driver's again when its routine is called. It is not
 *      touched after that.
 * (work-3) While a test holds them back no item is taken from the queue. The hold ends
 *      when the thread that holds them waits, because it may wait for one of them.
 */
#include <stdatomic.h>

#include "base/list.h"
#include "nt/sessio_nt.h"
#include "platform/process.h"
#include "wdk/device.h"
#include "wdk/thread.h"
#include "wdk/timer.h"
#include "wdk/usage.h"
#include "wdk/work.h"

struct _IO_WORKITEM {
	struct si_list_node link; /* queue, under lock */
	bool queued;
	bool was_device; /* the object was a device of ours when the item was made */
	bool holds_device; /* from queueing until the routine has returned */
	PVOID object;
	PIO_WORKITEM_ROUTINE routine; /* this one, or */
	PIO_WORKITEM_ROUTINE_EX routine_ex; /* this one */
	PVOID context;
};

static KSPIN_LOCK lock;
static struct si_list queue;
static bool started; /* under lock (work-1) */
static _Atomic bool ending; /* the worker is to end */
static _Atomic bool ended; /* it has; the last that it does */
static _Atomic unsigned pending; /* items queued or running */
static _Atomic unsigned queued_items; /* of them */
static _Atomic(struct _ETHREAD *) holder; /* (work-3); NULL: they run */
static _Atomic size_t items;

static bool try_take(void *result)
{
	PIO_WORKITEM item = NULL;

	si_wdk_lock(&lock);
	if (!si_list_is_empty(&queue) && atomic_load(&holder) == NULL) {
		item = SI_LIST_ELEMENT(queue.first, struct _IO_WORKITEM, link);
		si_list_remove(&queue, &item->link);
		atomic_fetch_sub(&queued_items, 1);
		item->queued = false;
	}
	si_wdk_unlock(&lock);
	*(PIO_WORKITEM *)result = item;
	return item != NULL || atomic_load(&ending);
}

static void run(PIO_WORKITEM item)
{
	PIO_WORKITEM_ROUTINE routine = item->routine;
	PIO_WORKITEM_ROUTINE_EX routine_ex = item->routine_ex;
	PVOID held = item->holds_device ? item->object : NULL;
	struct si_wdk_standing before = si_wdk_standing();

	if (routine != NULL) {
		routine(item->object, item->context); /* (work-2) */
	} else {
		routine_ex(item->object, item->context, item);
	}
	SI_WDK_CHECK_STANDING(
		&before, routine != NULL ? (ULONG_PTR)routine : (ULONG_PTR)routine_ex, "work");
	if (held != NULL) {
		si_wdk_device_release(held);
	}
}

static void work(void *arg)
{
	UNREFERENCED_PARAMETER(arg);
	for (;;) {
		PIO_WORKITEM item = NULL;

		(void)si_wdk_wait(try_take, &item, SI_WAIT_FOREVER);
		if (item == NULL) {
			break;
		}
		run(item);
		atomic_fetch_sub(&pending, 1);
		si_wdk_wake();
	}
	atomic_store(&ended, true);
}

void si_wdk_work_end_thread(void)
{
	bool ends;

	si_wdk_lock(&lock);
	ends = started && atomic_load(&items) == 0;
	si_wdk_unlock(&lock);
	if (!ends) {
		return;
	}
	atomic_store(&ending, true);
	si_wdk_wake();
	while (!atomic_load(&ended)) {
		si_process_yield();
	}
	atomic_store(&ended, false);
	atomic_store(&ending, false);
	si_wdk_lock(&lock);
	started = false;
	si_wdk_unlock(&lock);
}

/* (work-1); false if there is no thread to be had. */
static bool start(void)
{
	bool running;

	si_wdk_lock(&lock);
	running = started || si_process_start_thread(work, NULL);
	started = running;
	si_wdk_unlock(&lock);
	return running;
}

PIO_WORKITEM IoAllocateWorkItem(PDEVICE_OBJECT object)
{
	PIO_WORKITEM item = si_platform_alloc(sizeof(*item));

	if (item == NULL || !start()) {
		si_platform_free(item);
		return NULL;
	}
	memset(item, 0, sizeof(*item));
	item->object = object;
	item->was_device = si_wdk_device_hold(object);
	if (item->was_device) {
		si_wdk_device_release(object);
	}
	atomic_fetch_add_explicit(&items, 1, memory_order_relaxed);
	si_wdk_made(&(struct si_wdk_thing){ .kind = SI_WDK_WORK_ITEM, .object = item });
	return item;
}

void IoFreeWorkItem(PIO_WORKITEM item)
{
	if (SI_WDK_MISUSED(item == NULL || item->queued, WORK_ITEM, item,
		    "a work item freed that is queued, or is none")) {
		return;
	}
	si_wdk_gone(SI_WDK_WORK_ITEM, item);
	atomic_fetch_sub_explicit(&items, 1, memory_order_relaxed);
	si_platform_free(item);
}

static void enqueue(PIO_WORKITEM item)
{
	bool holds = si_wdk_device_hold(item->object);
	bool queued;

	if (SI_WDK_MISUSED(item->was_device && !holds, WORK_ITEM, item,
		    "a work item queued for a device that was deleted")) {
		return;
	}
	atomic_fetch_add(&pending, 1);
	si_wdk_lock(&lock);
	queued = item->queued;
	if (!queued) {
		item->queued = true;
		item->holds_device = holds;
		si_list_append(&queue, &item->link);
		atomic_fetch_add(&queued_items, 1);
	}
	si_wdk_unlock(&lock);
	if (SI_WDK_MISUSED(queued, WORK_ITEM, item, "a work item queued that is queued")) {
		atomic_fetch_sub(&pending, 1);
		if (holds) {
			si_wdk_device_release(item->object);
		}
	}
	si_wdk_wake();
}

void IoQueueWorkItem(
	PIO_WORKITEM item, PIO_WORKITEM_ROUTINE routine, WORK_QUEUE_TYPE type, PVOID context)
{
	UNREFERENCED_PARAMETER(type);
	item->routine = routine;
	item->context = context;
	enqueue(item);
}

void IoQueueWorkItemEx(
	PIO_WORKITEM item, PIO_WORKITEM_ROUTINE_EX routine, WORK_QUEUE_TYPE type, PVOID context)
{
	UNREFERENCED_PARAMETER(type);
	item->routine = NULL;
	item->routine_ex = routine;
	item->context = context;
	enqueue(item);
}

static bool is_done(void *object)
{
	UNREFERENCED_PARAMETER(object);
	return atomic_load(&pending) == 0 && si_wdk_dpcs_are_done();
}

bool si_wdk_work_is_idle(void)
{
	return is_done(NULL);
}

bool si_wdk_work_wait(uint64_t timeout_ns)
{
	si_wdk_work_hold(false);
	return si_wdk_wait(is_done, NULL, timeout_ns);
}

void si_wdk_work_hold(bool hold)
{
	if (hold) {
		atomic_store(&holder, si_wdk_thread());
	} else if (atomic_exchange(&holder, NULL) != NULL) {
		si_wdk_wake();
	}
}

void si_wdk_work_waits(void)
{
	struct _ETHREAD *me = si_wdk_thread();

	if (atomic_compare_exchange_strong(&holder, &me, NULL)) {
		si_wdk_wake();
	}
}

static bool is_held_and_done(void *object)
{
	UNREFERENCED_PARAMETER(object);
	return atomic_load(&pending) == atomic_load(&queued_items) && si_wdk_dpcs_are_done();
}

size_t si_wdk_work_held(uint64_t timeout_ns)
{
	if (atomic_load(&holder) == NULL) {
		return 0;
	}
	/* Not si_wdk_wait(), which would end the hold. */
	(void)(is_held_and_done(NULL) || si_wait_until(is_held_and_done, NULL, timeout_ns));
	return atomic_load(&queued_items);
}

void si_wdk_work_visit(si_wdk_work_fn *visit, void *arg)
{
	si_wdk_lock(&lock);
	for (struct si_list_node *node = queue.first; node != NULL; node = node->next) {
		const struct _IO_WORKITEM *item = SI_LIST_ELEMENT(node, struct _IO_WORKITEM, link);

		visit(item,
			item->routine != NULL ? (uintptr_t)item->routine
					      : (uintptr_t)item->routine_ex,
			item->context, arg);
	}
	si_wdk_unlock(&lock);
}

void sessio_nt_wait_for_work(void)
{
	(void)si_wdk_work_wait(SI_WAIT_FOREVER);
}

size_t si_wdk_work_usage(void)
{
	return atomic_load_explicit(&items, memory_order_relaxed);
}
