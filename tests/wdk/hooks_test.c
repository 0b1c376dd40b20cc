/* SPDX-License-Identifier: MIT */
/* With a table of hooks, a mistake is heard of there and the program goes on. */
#pragma GCC diagnostic ignored "-Wpedantic"
#include "test.h"

#include <stdlib.h>

#include <ntddk.h>
#include <sessio_nt.h>

#include <sessio/host.h>

#include "inside.h"
#include "wdk/hooks.h"
#include "wdk/thread.h"

static int made[SI_WDK_KINDS], gone[SI_WDK_KINDS];
static unsigned taken, misuses;
static enum si_wdk_rule last_rule;

static void count_made(const struct si_wdk_thing *thing)
{
	note_that(thing->object != NULL);
	note_that(thing->kind != SI_WDK_POOL || (thing->size == 5 && thing->tag == 'aaaa'));
	note_that((thing->name != NULL) ==
		(thing->kind == SI_WDK_LINK || thing->kind == SI_WDK_DEVICE));
	note_that((thing->owner != NULL) ==
		(thing->kind == SI_WDK_REGISTRATION || thing->kind == SI_WDK_DEVICE));
	note_that(thing->kind == SI_WDK_REMOVE_LOCK || thing->kind == SI_WDK_RESOURCE ||
		thing->kind == SI_WDK_LOOKASIDE ||
		thing->memory == (thing->kind == SI_WDK_REGISTRATION ? made : NULL));
	made[thing->kind]++;
}

static void count_gone(enum si_wdk_kind kind, void *object)
{
	note_that(object != NULL);
	gone[kind]++;
}

static void count_misuse(enum si_wdk_rule rule, const void *object, const char *why)
{
	(void)object;
	note_that(why != NULL);
	last_rule = rule;
	misuses++;
}

static void ignore_lock(const void *lock, enum si_wdk_lock_step step)
{
	(void)lock, (void)step;
}

/* Before a header; the block is apart from both. */
struct apart {
	_Alignas(MEMORY_ALLOCATION_ALIGNMENT) void *block;
};

static void *take(size_t header_size, size_t size, void **out_block)
{
	struct apart *apart = malloc(sizeof(*apart) + header_size);

	assert_non_null(apart);
	taken++;
	apart->block = malloc(size);
	*out_block = apart->block;
	return apart + 1;
}

static void give(void *header, bool in_use)
{
	struct apart *apart = (struct apart *)header - 1;

	(void)in_use;
	taken--;
	free(apart->block);
	free(apart);
}

static bool may_register(void)
{
	return true;
}

static void hold_faults(bool held)
{
	(void)held;
}

static void calling_back(void)
{
}

static bool is_only_caller(void)
{
	return false;
}

static const struct si_wdk_hooks hooks = {
	.made = count_made,
	.gone = count_gone,
	.misused = count_misuse,
	.lock = ignore_lock,
	.take_memory = take,
	.give_memory = give,
	.may_register = may_register,
	.hold_faults = hold_faults,
	.calling_back = calling_back,
	.is_only_caller = is_only_caller,
};

static int set_up(void **state)
{
	(void)state;
	misuses = 0;
	memset(made, 0, sizeof(made));
	memset(gone, 0, sizeof(gone));
	si_wdk_hooks_set(&hooks);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	si_wdk_hooks_set(NULL);
	notes_assert();
	return taken == 0 ? 0 : -1;
}

/* The latest step was one mistake, of this rule. */
#define assert_misused(rule)                                     \
	do {                                                     \
		assert_int_equal(misuses, 1);                    \
		assert_int_equal(last_rule, SI_WDK_RULE_##rule); \
		misuses = 0;                                     \
	} while (0)

static NTSTATUS ignore(
	PVOID session, PVOID object, ULONG event, PVOID context, PVOID payload, ULONG length)
{
	(void)session, (void)object, (void)event, (void)context, (void)payload, (void)length;
	return STATUS_SUCCESS;
}

static PVOID follow(PVOID object)
{
	IO_SESSION_STATE_NOTIFICATION wish = { .Size = sizeof(wish),
		.IoObject = object,
		.EventMask = IO_SESSION_STATE_ALL_EVENTS,
		.Context = made };
	PVOID handle = NULL;

	assert_int_equal(IoRegisterContainerNotification(IoSessionStateNotification,
				 (PIO_CONTAINER_NOTIFICATION_FUNCTION)(void (*)(void))ignore, &wish,
				 sizeof(wish), &handle),
		STATUS_SUCCESS);
	return handle;
}

static void things_are_made_and_gone(void **state)
{
	DRIVER_OBJECT driver;
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Hooked");
	UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\??\\Hooked");
	PDEVICE_OBJECT device;
	PVOID handle;
	HANDLE event;
	IO_REMOVE_LOCK remove_lock;
	ERESOURCE resource;
	PAGED_LOOKASIDE_LIST list;

	(void)state;
	assert_int_equal(sessio_nt_init_driver(&driver, NULL), SESSIO_OK);
	ExFreePool(ExAllocatePoolWithTag(PagedPool, 5, 'aaaa'));
	assert_int_equal(IoCreateDevice(&driver, 0, &name, 0, 0, FALSE, &device), STATUS_SUCCESS);
	assert_int_equal(IoCreateSymbolicLink(&link, &name), STATUS_SUCCESS);
	handle = follow(device);
	IoDeleteDevice(device);
	assert_misused(DEVICE_REGISTERED);
	IoUnregisterContainerNotification(handle);
	assert_int_equal(IoDeleteSymbolicLink(&link), STATUS_SUCCESS);
	IoDeleteDevice(device);
	IoFreeIrp(IoAllocateIrp(1, FALSE));
	IoFreeMdl(IoAllocateMdl(&link, sizeof(link), FALSE, FALSE, NULL));
	ObReferenceObject(&driver);
	ObDereferenceObject(&driver);
	assert_non_null(IoCreateNotificationEvent(NULL, &event));
	assert_int_equal(ZwClose(event), STATUS_SUCCESS);
	IoInitializeRemoveLock(&remove_lock, 0, 0, 0); /* it ends another that was there */
	gone[SI_WDK_REMOVE_LOCK]--;
	assert_int_equal(IoAcquireRemoveLock(&remove_lock, NULL), STATUS_SUCCESS);
	IoReleaseRemoveLockAndWait(&remove_lock, NULL);
	assert_int_equal(ExInitializeResourceLite(&resource), STATUS_SUCCESS);
	assert_int_equal(ExDeleteResourceLite(&resource), STATUS_SUCCESS);
	ExInitializePagedLookasideList(&list, NULL, NULL, 0, 8, 'aaaa', 0);
	ExDeletePagedLookasideList(&list);
	(void)ExDeleteTimer(ExAllocateTimer(NULL, NULL, 0), TRUE, FALSE, NULL);
	for (int kind = 0; kind < SI_WDK_KINDS; kind++) {
		bool has_thread = kind == SI_WDK_WORK_ITEM || kind == SI_WDK_SYSTEM_THREAD ||
			kind == SI_WDK_TIMER_SET || kind == SI_WDK_NOTIFY;

		assert_int_equal(made[kind], has_thread ? 0 : 1);
		assert_int_equal(gone[kind], made[kind]);
	}
	IoUnregisterContainerNotification(handle);
	assert_misused(UNREGISTER);
	IoDeleteDevice(device);
	assert_misused(DEVICE_TWICE);
	IoDeleteDevice((PDEVICE_OBJECT)&driver);
	assert_misused(DEVICE);
	IoDeleteDevice(NULL);
	assert_misused(DEVICE);
	sessio_nt_fini_driver(&driver);
	assert_int_equal(sessio_host_set_default(NULL), SESSIO_OK);
}

static void pool_mistakes_do_nothing(void **state)
{
	PVOID block = ExAllocatePoolWithTag(PagedPool, 5, 'aaaa');

	(void)state;
	ExFreePoolWithTag(block, 'bbbb');
	assert_misused(POOL);
	ExFreePool(block);
	assert_misused(POOL_TWICE);
	ExFreePool(NULL);
	assert_misused(POOL);
}

static void locks_go_on_after_a_mistake(void **state)
{
	FAST_MUTEX mutex;
	KSPIN_LOCK spin;
	EX_PUSH_LOCK push;
	EX_SPIN_LOCK shared = 0;
	ERESOURCE resource;
	EX_RUNDOWN_REF rundown;

	(void)state;
	ExInitializeFastMutex(&mutex);
	ExAcquireFastMutexUnsafe(&mutex);
	ExAcquireFastMutexUnsafe(&mutex);
	assert_misused(LOCK);
	ExReleaseFastMutexUnsafe(&mutex);
	ExReleaseFastMutexUnsafe(&mutex);
	assert_misused(LOCK);

	KeInitializeSpinLock(&spin);
	KeAcquireSpinLockAtDpcLevel(&spin);
	assert_misused(IRQL);
	(void)KeAcquireSpinLockRaiseToDpc(&spin);
	assert_misused(LOCK);
	KeReleaseSpinLock(&spin, PASSIVE_LEVEL);
	KeReleaseSpinLockFromDpcLevel(&spin);
	assert_misused(LOCK);

	ExInitializePushLock(&push);
	ExReleasePushLockShared(&push);
	assert_misused(LOCK);
	ExReleasePushLockExclusive(&push);
	assert_misused(LOCK);
	ExAcquirePushLockExclusive(&push);
	ExReleasePushLockExclusive(&push);

	ExReleaseSpinLockShared(&shared, PASSIVE_LEVEL);
	assert_misused(LOCK);
	ExReleaseSpinLockExclusive(&shared, PASSIVE_LEVEL);
	assert_misused(LOCK);

	assert_int_equal(ExInitializeResourceLite(&resource), STATUS_SUCCESS);
	ExReleaseResourceLite(&resource);
	assert_misused(LOCK);
	ExInitializeRundownProtection(&rundown);
	ExReleaseRundownProtection(&rundown);
	assert_misused(LOCK);
	assert_true(ExAcquireRundownProtection(&rundown));
	KeLeaveCriticalRegion();
	assert_misused(REGION);
	assert_int_equal(si_wdk_standing().locks, 0);
}

static void a_lock_that_is_left_is_noticed_and_forgotten(void **state)
{
	struct si_wdk_standing before = si_wdk_standing();
	EX_PUSH_LOCK push;

	(void)state;
	ExInitializePushLock(&push);
	ExAcquirePushLockShared(&push);
	SI_WDK_CHECK_STANDING(&before, NULL, "a test");
	assert_misused(LOCK_LEFT);
	SI_WDK_CHECK_STANDING(&before, NULL, "a test");
	KeEnterCriticalRegion();
	SI_WDK_CHECK_STANDING(&before, NULL, "a test");
	assert_misused(REGION_LEFT);
	assert_false(KeAreApcsDisabled());
	(void)KeRaiseIrqlToDpcLevel();
	SI_WDK_CHECK_STANDING(&before, NULL, "a test");
	assert_misused(LEVEL_LEFT);
	assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
}

/* Each kind of lock counts while it is held, once for each time it was taken. */
static void locks_with_an_owner_are_counted(void **state)
{
	FAST_MUTEX mutex;
	KSPIN_LOCK spin;
	EX_PUSH_LOCK push;
	EX_SPIN_LOCK shared = 0;
	ERESOURCE resource;
	KMUTEX kernel_mutex;
	KIRQL level;

	(void)state;
	KeInitializeMutex(&kernel_mutex, 0);
	assert_int_equal(KeWaitForSingleObject(&kernel_mutex, Executive, KernelMode, FALSE, NULL),
		STATUS_SUCCESS);
	ExInitializeFastMutex(&mutex);
	assert_true(ExTryToAcquireFastMutex(&mutex));
	ExInitializePushLock(&push);
	ExAcquirePushLockShared(&push);
	assert_int_equal(ExInitializeResourceLite(&resource), STATUS_SUCCESS);
	assert_true(ExAcquireResourceSharedLite(&resource, TRUE));
	assert_true(ExAcquireResourceSharedLite(&resource, TRUE));
	KeInitializeSpinLock(&spin);
	level = KeAcquireSpinLockRaiseToDpc(&spin);
	(void)ExAcquireSpinLockShared(&shared);
	assert_int_equal(si_wdk_standing().locks, 7);
	ExReleaseSpinLockShared(&shared, DISPATCH_LEVEL);
	KeReleaseSpinLock(&spin, level);
	ExReleaseResourceLite(&resource);
	ExReleaseResourceLite(&resource);
	ExReleasePushLockShared(&push);
	ExReleaseFastMutex(&mutex);
	(void)KeReleaseMutex(&kernel_mutex, FALSE);
	assert_int_equal(si_wdk_standing().locks, 0);
	assert_int_equal(misuses, 0);
}

static void request_mistakes_do_nothing(void **state)
{
	PIRP irp = IoAllocateIrp(1, FALSE);

	(void)state;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	assert_misused(REQUEST_TWICE);
	IoFreeIrp(NULL);
	assert_misused(REQUEST);
	IoFreeIrp(irp);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(things_are_made_and_gone, set_up, tear_down),
		cmocka_unit_test_setup_teardown(pool_mistakes_do_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(locks_go_on_after_a_mistake, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_lock_that_is_left_is_noticed_and_forgotten, set_up, tear_down),
		cmocka_unit_test_setup_teardown(locks_with_an_owner_are_counted, set_up, tear_down),
		cmocka_unit_test_setup_teardown(request_mistakes_do_nothing, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
