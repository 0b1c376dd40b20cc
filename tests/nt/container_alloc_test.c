/* SPDX-License-Identifier: MIT */
/* Every allocation of the container calls fails once, and for ever from there on. */
#include "test.h"

#include <ntddk.h>
#include <sessio_nt.h>

#include <sessio/host.h>

#include "alloc_fail.h"

static NTSTATUS ignore(
	PVOID session, PVOID object, ULONG event, PVOID context, PVOID payload, ULONG length)
{
	(void)session;
	(void)object;
	(void)event;
	(void)context;
	(void)payload;
	(void)length;
	return STATUS_SUCCESS;
}

static NTSTATUS enroll(PVOID object, PVOID *handle)
{
	IO_SESSION_STATE_NOTIFICATION ask = { sizeof(ask), 0, object, IO_SESSION_STATE_ALL_EVENTS,
		NULL };

	return IoRegisterContainerNotification(IoSessionStateNotification,
		(PIO_CONTAINER_NOTIFICATION_FUNCTION)(void (*)(void))ignore, &ask, sizeof(ask),
		handle);
}

static void registering(struct alloc_fail *tester, void *ctx)
{
	DRIVER_OBJECT driver;
	PVOID handle = NULL;
	size_t before = sessio_host_watch_count(sessio_host_default());
	NTSTATUS status;

	(void)ctx;
	sessio_nt_init_driver(&driver, NULL);
	alloc_fail_on(tester);
	status = enroll(&driver, &handle);
	if (alloc_fail_off(tester, !NT_SUCCESS(status))) {
		assert_int_equal(status, STATUS_INSUFFICIENT_RESOURCES);
		assert_null(handle);
		assert_int_equal(sessio_host_watch_count(sessio_host_default()), before);
		return;
	}
	IoUnregisterContainerNotification(handle);
}

/* The second registration's answer comes first, with memory or without. */
static void registering_twice(struct alloc_fail *tester, void *ctx)
{
	DRIVER_OBJECT driver;
	PVOID first = NULL;
	PVOID second = NULL;
	NTSTATUS status;

	(void)ctx;
	sessio_nt_init_driver(&driver, NULL);
	assert_int_equal(enroll(&driver, &first), STATUS_SUCCESS);
	alloc_fail_on(tester);
	status = enroll(&driver, &second);
	(void)alloc_fail_off(tester, alloc_fail_fired(tester));
	assert_int_equal(status, STATUS_ALREADY_COMMITTED);
	assert_null(second);
	IoUnregisterContainerNotification(first);
}

/* Clauses: W-7 */
static void registering_fails_cleanly(void **state)
{
	(void)state;
	alloc_fail_sweep(registering, NULL);
	alloc_fail_sweep(registering_twice, NULL);
}

/* Stands between the calls and the default host, for which there may be no memory. */
sessio_host *__real_sessio_host_default(void);
sessio_host *__wrap_sessio_host_default(void);
static bool no_host;

sessio_host *__wrap_sessio_host_default(void)
{
	return no_host ? NULL : __real_sessio_host_default();
}

/* Clauses: W-7 */
static void without_memory_for_the_host_nothing_works_and_nothing_breaks(void **state)
{
	IO_SESSION_STATE_INFORMATION info;
	DRIVER_OBJECT driver;
	PVOID handle = NULL;

	(void)state;
	sessio_nt_init_driver(&driver, NULL);
	no_host = true;
	assert_int_equal(enroll(&driver, &handle), STATUS_INSUFFICIENT_RESOURCES);
	assert_null(handle);
	assert_int_equal(
		IoGetContainerInformation(IoSessionStateInformation, NULL, &info, sizeof(info)),
		STATUS_INVALID_PARAMETER_2);
	IoUnregisterContainerNotification(&driver);
	no_host = false;
	assert_int_equal(enroll(&driver, &handle), STATUS_SUCCESS);
	IoUnregisterContainerNotification(handle);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_memory_for_the_host_nothing_works_and_nothing_breaks),
		cmocka_unit_test_teardown(registering_fails_cleanly, alloc_fail_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
