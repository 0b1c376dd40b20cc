/* SPDX-License-Identifier: MIT */
#pragma GCC diagnostic ignored "-Wpedantic"
#include "wdk/timer.h"

#include "test.h"

#include <ntddk.h>
#include <sessio_nt.h>

#include "inside.h"

static LONG calls;
static KEVENT called;
static PVOID arguments[3];

static void count(PKDPC dpc, PVOID context, PVOID first, PVOID second)
{
	note_that(dpc != NULL);
	note_that(KeGetCurrentIrql() == DISPATCH_LEVEL);
	arguments[0] = context;
	arguments[1] = first;
	arguments[2] = second;
	(void)InterlockedIncrement(&calls);
	(void)KeSetEvent(&called, IO_NO_INCREMENT, FALSE);
}

static void count_ex(PEX_TIMER timer, PVOID context)
{
	note_that(timer != NULL);
	(void)InterlockedIncrement(context);
}

static LARGE_INTEGER in_ms(LONG ms)
{
	LARGE_INTEGER due = { .QuadPart = -10000LL * ms };

	return due;
}

static int set_up(void **state)
{
	(void)state;
	calls = 0;
	KeInitializeEvent(&called, SynchronizationEvent, FALSE);
	return 0;
}

static void wait(PVOID object)
{
	assert_int_equal(
		KeWaitForSingleObject(object, Executive, KernelMode, FALSE, NULL), STATUS_SUCCESS);
}

static void a_deferred_call_is_made_once(void **state)
{
	KDPC dpc;

	(void)state;
	KeInitializeDpc(&dpc, count, &calls);
	assert_true(KeInsertQueueDpc(&dpc, &dpc, &called));
	wait(&called);
	KeFlushQueuedDpcs();
	assert_int_equal(calls, 1);
	assert_ptr_equal(arguments[0], &calls);
	assert_ptr_equal(arguments[1], &dpc);
	assert_ptr_equal(arguments[2], &called);
	assert_false(KeRemoveQueueDpc(&dpc));
}

static void a_timer_is_signalled_and_calls(void **state)
{
	KTIMER timer;
	KDPC dpc;

	(void)state;
	KeInitializeDpc(&dpc, count, NULL);
	KeInitializeTimer(&timer);
	assert_false(KeReadStateTimer(&timer));
	assert_false(KeSetTimer(&timer, in_ms(1), &dpc));
	wait(&timer);
	wait(&called);
	assert_true(KeReadStateTimer(&timer));
	assert_false(KeCancelTimer(&timer));
	assert_false(KeSetTimer(&timer, in_ms(3600000), &dpc));
	assert_false(KeReadStateTimer(&timer));
	assert_true(KeSetTimer(&timer, in_ms(3600000), &dpc));
	assert_true(KeCancelTimer(&timer));
	KeFlushQueuedDpcs();
	assert_int_equal(calls, 1);
}

static void a_held_clock_goes_from_timer_to_timer(void **state)
{
	KTIMER once, often, other;
	KDPC dpc;

	(void)state;
	si_wdk_timers_hold(true);
	KeInitializeDpc(&dpc, count, NULL);
	KeInitializeTimer(&once);
	KeInitializeTimerEx(&often, SynchronizationTimer);
	KeInitializeTimer(&other);
	assert_false(KeSetTimer(&other, in_ms(7), NULL));
	assert_false(KeSetTimer(&once, in_ms(5), NULL));
	assert_false(KeSetTimerEx(&often, in_ms(2), 2, &dpc));
	assert_int_equal(si_wdk_timers_ahead(1000), 1000);
	assert_int_equal(si_wdk_timers_ahead(1000000000), 2000000);
	si_wdk_timers_pass(1999999);
	assert_int_equal(calls, 0);
	si_wdk_timers_pass(1);
	assert_int_equal(calls, 1);
	wait(&often); /* which lets one through */
	assert_false(KeReadStateTimer(&often));
	assert_false(KeReadStateTimer(&once));
	si_wdk_timers_pass(2000000);
	si_wdk_timers_pass(1000000);
	assert_int_equal(calls, 2);
	assert_true(KeReadStateTimer(&once));
	assert_false(KeReadStateTimer(&other));
	assert_true(KeCancelTimer(&other));
	assert_true(KeCancelTimer(&often));
	assert_int_equal(si_wdk_timers_ahead(1000000000), 1000000000);
	si_wdk_timers_hold(false);
}

static void timers_of_the_system_come_again(void **state)
{
	LONG times = 0;
	PEX_TIMER timer = ExAllocateTimer(count_ex, &times, EX_TIMER_HIGH_RESOLUTION);
	ULONG longest, shortest, now;

	(void)state;
	si_wdk_timers_hold(true);
	assert_non_null(timer);
	assert_false(ExSetTimer(timer, -10000, 20000, NULL));
	si_wdk_timers_pass(1000000);
	assert_int_equal(times, 1);
	si_wdk_timers_pass(2000000);
	assert_int_equal(times, 2);
	assert_true(ExCancelTimer(timer, NULL));
	assert_false(ExCancelTimer(timer, NULL));
	si_wdk_timers_pass(2000000);
	assert_int_equal(times, 2);
	assert_false(ExSetTimer(timer, -10000, 0, NULL));
	assert_true(ExDeleteTimer(timer, TRUE, TRUE, NULL));
	si_wdk_timers_hold(false);
	ExQueryTimerResolution(&longest, &shortest, &now);
	assert_true(shortest <= now && now <= longest);
}

static void a_device_has_a_call_of_its_own(void **state)
{
	DRIVER_OBJECT driver;
	PDEVICE_OBJECT device;

	(void)state;
	assert_int_equal(sessio_nt_init_driver(&driver, NULL), SESSIO_OK);
	assert_int_equal(IoCreateDevice(&driver, 0, NULL, 0, 0, FALSE, &device), STATUS_SUCCESS);
	IoInitializeDpcRequest(device, count);
	IoRequestDpc(device, NULL, &calls);
	wait(&called);
	sessio_nt_wait_for_work();
	assert_ptr_equal(arguments[0], device);
	assert_ptr_equal(arguments[2], &calls);
	IoDeleteDevice(device);
	sessio_nt_fini_driver(&driver);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_deferred_call_is_made_once, set_up),
		cmocka_unit_test_setup(a_timer_is_signalled_and_calls, set_up),
		cmocka_unit_test_setup(a_held_clock_goes_from_timer_to_timer, set_up),
		cmocka_unit_test_setup(timers_of_the_system_come_again, set_up),
		cmocka_unit_test_setup(a_device_has_a_call_of_its_own, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
