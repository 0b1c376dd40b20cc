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
		sessio_nt_fini_driver(&driver);
		return;
	}
	assert_non_null(handle);
	IoUnregisterContainerNotification(handle);
	sessio_nt_fini_driver(&driver);
}

/* Which arguments of a registration are wrong. */
enum wrong {
	WRONG_CLASS = 1u << 0,
	WRONG_LENGTH = 1u << 1,
	WRONG_CALLBACK = 1u << 2,
	WRONG_FLAGS = 1u << 3,
	WRONG_RESULT = 1u << 4,
	WRONG_SECOND = 1u << 5, /* the object has a registration */
	WRONG_ALL = (1u << 6) - 1
};

/* The first in the order class, length, callback, content, result, second registration. */
static NTSTATUS first_error(unsigned wrong)
{
	static const NTSTATUS errors[] = { STATUS_INVALID_PARAMETER_1, STATUS_INVALID_PARAMETER_4,
		STATUS_INVALID_PARAMETER_2, STATUS_INVALID_PARAMETER_3, STATUS_INVALID_PARAMETER_5,
		STATUS_ALREADY_COMMITTED };
	unsigned at = 0;

	while ((wrong >> at & 1u) == 0) {
		at++;
	}
	return errors[at];
}

static void registering_wrongly(struct alloc_fail *tester, void *ctx)
{
	unsigned wrong = *(const unsigned *)ctx;
	IO_SESSION_STATE_NOTIFICATION ask = { sizeof(ask), (wrong & WRONG_FLAGS) != 0, NULL,
		IO_SESSION_STATE_ALL_EVENTS, NULL };
	DRIVER_OBJECT driver;
	PVOID first = NULL;
	PVOID second = NULL;
	PVOID block;
	NTSTATUS status;

	memset(&driver, 0, sizeof(driver));
	driver.Type = IO_TYPE_DRIVER;
	ask.IoObject = &driver;
	if ((wrong & WRONG_SECOND) != 0) {
		assert_int_equal(enroll(&driver, &first), STATUS_SUCCESS);
	}
	alloc_fail_on(tester);
	/* From here on there is no memory in one run. Most of these calls do not ask for any. */
	block = ExAllocatePool(PagedPool, 1);
	if (block != NULL) {
		ExFreePool(block);
	}
	status = IoRegisterContainerNotification(
		(IO_CONTAINER_NOTIFICATION_CLASS)((wrong & WRONG_CLASS) != 0),
		(wrong & WRONG_CALLBACK) != 0
			? NULL
			: (PIO_CONTAINER_NOTIFICATION_FUNCTION)(void (*)(void))ignore,
		&ask, (ULONG)sizeof(ask) - ((wrong & WRONG_LENGTH) != 0),
		(wrong & WRONG_RESULT) != 0 ? NULL : &second);
	(void)alloc_fail_off(tester, alloc_fail_fired(tester));
	assert_int_equal(status, first_error(wrong));
	assert_null(second);
	if (first != NULL) {
		IoUnregisterContainerNotification(first);
	}
}

/* With memory or without: that memory ran out is the last answer. */
static void several_errors_are_answered_in_order(void **state)
{
	(void)state;
	for (unsigned wrong = 1; wrong <= WRONG_ALL; wrong++) {
		alloc_fail_sweep(registering_wrongly, &wrong);
	}
}

/* Clauses: W-7 */
static void registering_fails_cleanly(void **state)
{
	(void)state;
	alloc_fail_sweep(registering, NULL);
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
	sessio_nt_fini_driver(&driver);
}

static int end_host(void **state)
{
	(void)state;
	return sessio_host_set_default(NULL) == SESSIO_OK ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_memory_for_the_host_nothing_works_and_nothing_breaks),
		cmocka_unit_test_teardown(registering_fails_cleanly, alloc_fail_say),
		cmocka_unit_test_teardown(several_errors_are_answered_in_order, alloc_fail_say),
	};

	return cmocka_run_group_tests(tests, NULL, end_host);
}
