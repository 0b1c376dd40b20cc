/* SPDX-License-Identifier: MIT */
/* What would crash or hang a kernel stops the program, and says why. */
#pragma GCC diagnostic ignored "-Wpedantic"
#include "death.h"

#include <ntddk.h>

#include <sessio/host.h>

static KSPIN_LOCK spin;
static FAST_MUTEX fast;

static void take_a_spin_lock_twice(void)
{
	KIRQL before;

	KeAcquireSpinLock(&spin, &before);
	KeAcquireSpinLock(&spin, &before);
}

static void give_back_a_spin_lock_not_taken(void)
{
	KeReleaseSpinLock(&spin, PASSIVE_LEVEL);
}

static void take_at_passive_level(void)
{
	KeAcquireSpinLockAtDpcLevel(&spin);
}

static void raise_downwards(void)
{
	(void)KfRaiseIrql(DISPATCH_LEVEL);
	(void)KfRaiseIrql(APC_LEVEL);
}

static void lower_upwards(void)
{
	KeLowerIrql(DISPATCH_LEVEL);
}

static void leave_no_region(void)
{
	KeLeaveCriticalRegion();
}

static void take_a_fast_mutex_twice(void)
{
	ExInitializeFastMutex(&fast);
	ExAcquireFastMutex(&fast);
	ExAcquireFastMutex(&fast);
}

static void give_back_a_fast_mutex_not_taken(void)
{
	ExInitializeFastMutex(&fast);
	ExReleaseFastMutex(&fast);
}

static void take_a_fast_mutex_at_dispatch_level(void)
{
	ExInitializeFastMutex(&fast);
	(void)KeRaiseIrqlToDpcLevel();
	ExAcquireFastMutex(&fast);
}

static void wait_at_dispatch_level(void)
{
	LARGE_INTEGER delay;

	delay.QuadPart = -1;
	(void)KeRaiseIrqlToDpcLevel();
	(void)KeDelayExecutionThread(KernelMode, FALSE, &delay);
}

static void wait_for_a_number(void)
{
	KEVENT event;

	memset(&event, 99, sizeof(event));
	(void)KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);
}

static void release_a_mutex_not_taken(void)
{
	KMUTEX mutex;

	KeInitializeMutex(&mutex, 0);
	(void)KeReleaseMutex(&mutex, FALSE);
}

static void release_a_semaphore_too_often(void)
{
	KSEMAPHORE semaphore;

	KeInitializeSemaphore(&semaphore, 2, 2);
	(void)KeReleaseSemaphore(&semaphore, 0, 1, FALSE);
}

static void release_a_push_lock_not_taken(void)
{
	EX_PUSH_LOCK lock = 0;

	ExReleasePushLockShared(&lock);
}

static void release_a_push_lock_as_writer(void)
{
	EX_PUSH_LOCK lock = 0;

	ExReleasePushLockExclusive(&lock);
}

static void release_a_resource_not_taken(void)
{
	ERESOURCE resource;

	(void)ExInitializeResourceLite(&resource);
	ExReleaseResourceLite(&resource);
}

static void delete_a_resource_in_use(void)
{
	ERESOURCE resource;

	(void)ExInitializeResourceLite(&resource);
	(void)ExAcquireResourceSharedLite(&resource, TRUE);
	(void)ExDeleteResourceLite(&resource);
}

static void release_rundown_not_acquired(void)
{
	EX_RUNDOWN_REF ref;

	ExInitializeRundownProtection(&ref);
	ExReleaseRundownProtection(&ref);
}

static void free_null(void)
{
	ExFreePool(NULL);
}

static void free_what_is_no_block(void)
{
	ULONG_PTR words[16] = { 0 };

	ExFreePool(&words[12]);
}

static void free_under_another_tag(void)
{
	ExFreePoolWithTag(ExAllocatePoolWithTag(PagedPool, 1, 'aaaa'), 'bbbb');
}

static void take_paged_pool_at_dispatch_level(void)
{
	(void)KeRaiseIrqlToDpcLevel();
	(void)ExAllocatePoolWithTag(PagedPool, 1, 'aaaa');
}

static void delete_a_lookaside_list_in_use(void)
{
	PAGED_LOOKASIDE_LIST list;

	ExInitializePagedLookasideList(&list, NULL, NULL, 0, 8, 'aaaa', 0);
	(void)ExAllocateFromPagedLookasideList(&list);
	ExDeletePagedLookasideList(&list);
}

static void return_from_a_block(void)
{
	__try {
		return;
	} __finally {
		DbgPrint("not reached\n");
	}
}

static void continue_out_of_a_block(void)
{
	for (int i = 0; i < 1; i++) {
		__try {
			if (i == 0) {
				continue;
			}
		} __finally {
			DbgPrint("not reached\n");
		}
	}
}

static void check_a_bug(void)
{
	KeBugCheckEx(0x139, 1, 2, 3, 4);
}

static void fail_an_assertion(void)
{
	NT_FRE_ASSERT(spin == 1);
}

static void complete_twice(void)
{
	PIRP irp = IoAllocateIrp(1, FALSE);

	IoSetNextIrpStackLocation(irp);
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	IoCompleteRequest(irp, IO_NO_INCREMENT);
}

static void register_at_dispatch_level(void)
{
	(void)KeRaiseIrqlToDpcLevel();
	(void)IoRegisterContainerNotification(IoSessionStateNotification, NULL, NULL, 0, NULL);
}

static NTSTATUS come_back_higher(
	PVOID session, PVOID object, ULONG event, PVOID context, PVOID payload, ULONG length)
{
	(void)session;
	(void)object;
	(void)event;
	(void)context;
	(void)payload;
	(void)length;
	(void)KeRaiseIrqlToDpcLevel();
	return STATUS_SUCCESS;
}

static void come_back_at_another_level(void)
{
	static DRIVER_OBJECT driver = { .Type = IO_TYPE_DRIVER };
	IO_SESSION_STATE_NOTIFICATION ask = { sizeof(ask), 0, &driver, IO_SESSION_STATE_ALL_EVENTS,
		NULL };
	PVOID handle;

	(void)IoRegisterContainerNotification(IoSessionStateNotification,
		(PIO_CONTAINER_NOTIFICATION_FUNCTION)(void (*)(void))come_back_higher, &ask,
		sizeof(ask), &handle);
	(void)!sessio_host_post(sessio_host_default(), 1, SESSIO_USER_EVENT_CREATED, 0, NULL);
}

int main(int argc, char **argv)
{
#define CASE(name)          \
	{                   \
#name, name \
	}
	static const struct death cases[] = {
		CASE(take_a_spin_lock_twice),
		CASE(give_back_a_spin_lock_not_taken),
		CASE(take_at_passive_level),
		CASE(raise_downwards),
		CASE(lower_upwards),
		CASE(leave_no_region),
		CASE(take_a_fast_mutex_twice),
		CASE(give_back_a_fast_mutex_not_taken),
		CASE(take_a_fast_mutex_at_dispatch_level),
		CASE(wait_at_dispatch_level),
		CASE(wait_for_a_number),
		CASE(release_a_mutex_not_taken),
		CASE(release_a_semaphore_too_often),
		CASE(release_a_push_lock_not_taken),
		CASE(release_a_push_lock_as_writer),
		CASE(release_a_resource_not_taken),
		CASE(delete_a_resource_in_use),
		CASE(release_rundown_not_acquired),
		CASE(free_null),
		CASE(free_what_is_no_block),
		CASE(free_under_another_tag),
		CASE(take_paged_pool_at_dispatch_level),
		CASE(delete_a_lookaside_list_in_use),
		CASE(return_from_a_block),
		CASE(continue_out_of_a_block),
		CASE(check_a_bug),
		CASE(fail_an_assertion),
		CASE(complete_twice),
		CASE(register_at_dispatch_level),
		CASE(come_back_at_another_level),
	};

	return death_main(argc, argv, cases, sizeof(cases) / sizeof(cases[0]));
}
