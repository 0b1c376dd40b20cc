/* SPDX-License-Identifier: MIT */
/* Faults come true once each, where they were asked for, and end with the kit. */
#include "test.h"

#include <string.h>

#include <nt/container.h>
#include <nt/wdm.h>
#include <sessio/testing_scenario.h>

#include "platform/platform.h"
#include "provider.h"

static sessio_kit *begin(void)
{
	sessio_kit *kit;

	assert_int_equal(sessio_kit_create(NULL, &kit), SESSIO_OK);
	return kit;
}

/* An allocation on a path of its own for each of these. */
static __attribute__((noinline)) bool take_here(void)
{
	void *memory = si_platform_alloc(8);

	si_platform_free(memory);
	return memory != NULL;
}

static __attribute__((noinline)) bool take_there(void)
{
	void *memory = si_platform_alloc(16);

	si_platform_free(memory);
	return memory != NULL;
}

static void fault(sessio_kit *kit, sessio_fault fault, uint64_t number)
{
	assert_int_equal(sessio_kit_fault(kit, fault, number), SESSIO_OK);
}

static void one_allocation_fails_and_the_next_does_not(void **state)
{
	sessio_kit *kit = begin();

	(void)state;
	fault(kit, SESSIO_FAULT_ALLOCATION, 3);
	assert_true(sessio_kit_fault_is_ahead(kit, SESSIO_FAULT_ALLOCATION));
	assert_true(take_here());
	assert_true(take_there());
	assert_false(take_here());
	assert_false(sessio_kit_fault_is_ahead(kit, SESSIO_FAULT_ALLOCATION));
	assert_int_equal(sessio_kit_fault_count(kit), 1);
	assert_true(take_here());
	sessio_kit_destroy(kit);
}

static void a_post_without_memory_can_be_repeated(void **state)
{
	sessio_kit *kit = begin();

	(void)state;
	fault(kit, SESSIO_FAULT_ALLOCATION, 1);
	assert_int_equal(sessio_kit_post(kit, 1, SESSIO_USER_EVENT_CREATED, 0), SESSIO_NO_MEMORY);
	assert_int_equal(sessio_kit_post(kit, 1, SESSIO_USER_EVENT_CREATED, 0), SESSIO_OK);
	assert_int_equal(sessio_kit_fault_count(kit), 1);
	sessio_kit_destroy(kit);
}

static void each_path_fails_once(void **state)
{
	sessio_kit *kit = begin();
	unsigned failures[2] = { 0 };

	(void)state;
	fault(kit, SESSIO_FAULT_EACH_PATH, 0);
	for (unsigned i = 0; i < 5; i++) {
		failures[0] += take_here() ? 0 : 1;
		failures[1] += take_there() ? 0 : 1;
	}
	assert_int_equal(failures[0], 1);
	assert_int_equal(failures[1], 1);
	assert_int_equal(sessio_kit_fault_count(kit), 2);
	assert_true(sessio_kit_fault_is_ahead(kit, SESSIO_FAULT_EACH_PATH));
	assert_int_equal(sessio_kit_finish(kit), 0);
	assert_true(take_here());
	sessio_kit_destroy(kit);
}

static void the_second_path_fails_and_not_the_second_allocation(void **state)
{
	sessio_kit *kit = begin();

	(void)state;
	fault(kit, SESSIO_FAULT_PATH, 2);
	for (unsigned i = 0; i < 5; i++) {
		assert_true(take_here());
	}
	assert_false(take_there());
	assert_true(take_there());
	/* A second request begins again. */
	fault(kit, SESSIO_FAULT_PATH, 1);
	assert_false(take_there());
	sessio_kit_destroy(kit);
}

static NTSTATUS on_event(
	PVOID session, PVOID object, ULONG event, PVOID context, PVOID payload, ULONG length)
{
	(void)session;
	(void)object;
	(void)event;
	(void)payload;
	(void)length;
	*(uint64_t *)context = si_platform_now_ns();
	return STATUS_SUCCESS;
}

static NTSTATUS enroll(PDRIVER_OBJECT driver, PVOID context, PVOID *handle)
{
	IO_SESSION_STATE_NOTIFICATION wish = { .Size = sizeof(wish),
		.IoObject = driver,
		.EventMask = IO_SESSION_STATE_ALL_EVENTS,
		.Context = context };

	return IoRegisterContainerNotification(IoSessionStateNotification,
		(PIO_CONTAINER_NOTIFICATION_FUNCTION)(void (*)(void))on_event, &wish, sizeof(wish),
		handle);
}

static void a_registration_fails(void **state)
{
	static DRIVER_OBJECT driver, other;
	sessio_kit *kit = begin();
	uint64_t seen = 0;
	PVOID handle = NULL, second = NULL;

	(void)state;
	driver.Type = other.Type = IO_TYPE_DRIVER;
	driver.Size = other.Size = sizeof(driver);
	fault(kit, SESSIO_FAULT_REGISTRATION, 2);
	assert_int_equal(enroll(&driver, &seen, &handle), STATUS_SUCCESS);
	assert_int_equal(enroll(&other, &seen, &second), STATUS_INSUFFICIENT_RESOURCES);
	assert_null(second);
	assert_int_equal(enroll(&other, &seen, &second), STATUS_SUCCESS);
	IoUnregisterContainerNotification(handle);
	IoUnregisterContainerNotification(second);
	assert_int_equal(sessio_kit_fault_count(kit), 1);
	assert_int_equal(sessio_kit_finish(kit), 0);
	sessio_kit_destroy(kit);
}

#define DAY UINT64_C(86400000000000)

static void a_callback_is_slow_in_the_time_of_the_kit(void **state)
{
	static DRIVER_OBJECT driver;
	sessio_kit *kit = begin();
	uint64_t before = si_platform_now_ns();
	uint64_t seen = 0;
	PVOID handle;

	(void)state;
	driver.Type = IO_TYPE_DRIVER;
	driver.Size = sizeof(driver);
	assert_int_equal(enroll(&driver, &seen, &handle), STATUS_SUCCESS);
	fault(kit, SESSIO_FAULT_SLOW, 7 * DAY);
	assert_true(sessio_kit_time(kit) == 0);
	assert_int_equal(sessio_kit_post(kit, 1, SESSIO_USER_EVENT_CREATED, 0), SESSIO_OK);
	assert_true(sessio_kit_time(kit) == 7 * DAY);
	assert_true(seen >= before + 7 * DAY);
	assert_int_equal(sessio_kit_pass_time(kit, DAY), SESSIO_OK);
	assert_int_equal(sessio_kit_post(kit, 1, SESSIO_USER_EVENT_TERMINATED, 0), SESSIO_OK);
	assert_true(sessio_kit_time(kit) == 8 * DAY);
	assert_true(seen >= before + 8 * DAY);
	IoUnregisterContainerNotification(handle);
	assert_int_equal(sessio_kit_finish(kit), 0);
	assert_true(si_platform_now_ns() < before + DAY);
	sessio_kit_destroy(kit);
}

static void what_is_finished_or_null_has_no_fault(void **state)
{
	sessio_kit *kit = begin();

	(void)state;
	assert_int_equal(sessio_kit_fault(NULL, SESSIO_FAULT_OPEN, 1), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_kit_fault(kit, SESSIO_FAULT_OPEN, 0), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_kit_fault(kit, (sessio_fault)0, 1), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_kit_fault(kit, (sessio_fault)8, 1), SESSIO_INVALID_ARG);
	assert_false(sessio_kit_fault_is_ahead(kit, (sessio_fault)8));
	assert_false(sessio_kit_fault_is_ahead(NULL, SESSIO_FAULT_OPEN));
	assert_int_equal(sessio_kit_fault_count(NULL), 0);
	assert_int_equal(sessio_kit_pass_time(NULL, 1), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_kit_time(NULL), 0);
	fault(kit, SESSIO_FAULT_OPEN, 1);
	(void)sessio_kit_finish(kit);
	assert_false(sessio_kit_fault_is_ahead(kit, SESSIO_FAULT_OPEN));
	assert_int_equal(sessio_kit_fault(kit, SESSIO_FAULT_OPEN, 1), SESSIO_BAD_STATE);
	assert_int_equal(sessio_kit_pass_time(kit, 1), SESSIO_BAD_STATE);
	sessio_kit_destroy(kit);
	kit = begin();
	assert_int_equal(sessio_kit_fault_count(kit), 0);
	sessio_kit_destroy(kit);
}

static void an_opening_is_refused_without_the_provider(void **state)
{
	sessio_kit *kit = begin();
	uint64_t before = si_platform_now_ns();
	void *context = NULL;

	(void)state;
	assert_int_equal(provider_start(NULL), 0);
	fault(kit, SESSIO_FAULT_OPEN, 2);
	fault(kit, SESSIO_FAULT_SLOW, DAY);
	assert_int_equal(KosSessionOpenObject(provider.file, 0, 0, NULL, &context), rcOk);
	assert_true(si_platform_now_ns() >= before + DAY);
	assert_int_equal(KosSessionCloseObject(context), rcOk);
	provider.trace[0] = '\0';
	context = NULL;
	assert_int_equal(KosSessionOpenObject(provider.file, 0, 0, NULL, &context), rcNoCapability);
	assert_null(context);
	assert_null(strstr(provider.trace, "open"));
	assert_int_equal(KosSessionOpenObject(provider.file, 0, 0, NULL, &context), rcOk);
	assert_int_equal(KosSessionCloseObject(context), rcOk);
	assert_int_equal(sessio_kit_fault_count(kit), 2);
	assert_int_equal(provider_stop(NULL), 0);
	assert_int_equal(sessio_kit_finish(kit), 0);
	sessio_kit_destroy(kit);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_allocation_fails_and_the_next_does_not),
		cmocka_unit_test(a_post_without_memory_can_be_repeated),
		cmocka_unit_test(each_path_fails_once),
		cmocka_unit_test(the_second_path_fails_and_not_the_second_allocation),
		cmocka_unit_test(a_registration_fails),
		cmocka_unit_test(a_callback_is_slow_in_the_time_of_the_kit),
		cmocka_unit_test(an_opening_is_refused_without_the_provider),
		cmocka_unit_test(what_is_finished_or_null_has_no_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
