/* SPDX-License-Identifier: MIT */
/* Schedules of the threads that call a driver. */
#if !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* strdup() */
#endif

#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sessio/testing_driver.h>
#include <sessio/testing_threads.h>

SESSIO_DRIVER(nap);
SESSIO_DRIVER(nap_twin);
SESSIO_DRIVER(parlour);
SESSIO_DRIVER(parlour_twin);

static sessio_kit *kit;
static sessio_kit_file *file;

static void begin(const void *image, PCWSTR name)
{
	SESSIO_THREADS_CHECK(sessio_kit_create(NULL, &kit) == SESSIO_OK);
	SESSIO_THREADS_CHECK(sessio_kit_load_image(kit, image, NULL) == STATUS_SUCCESS);
	SESSIO_THREADS_CHECK(
		sessio_kit_open(kit, SESSIO_KIT_NO_SESSION, name, &file) == STATUS_SUCCESS);
}

static void do_read(void *arg)
{
	static unsigned char byte;

	(void)arg;
	(void)sessio_kit_read(file, &byte, 1, NULL);
}

static ULONG_PTR write_one(void)
{
	unsigned char bytes[3] = { 0 }; /* as many as there are writes */
	ULONG_PTR count = 0;

	SESSIO_THREADS_CHECK(
		sessio_kit_write(file, bytes, sizeof(bytes), &count) == STATUS_SUCCESS);
	return count;
}

static void do_write(void *arg)
{
	(void)arg;
	(void)write_one();
}

static void read_against_write(void *arg)
{
	begin(arg, L"\\Device\\Parlour");
	(void)sessio_threads_start("reader", do_read, NULL);
	(void)sessio_threads_start("writer", do_write, NULL);
	sessio_threads_join();
	(void)sessio_kit_finish(kit);
}

static void write_against_write(void *arg)
{
	begin(arg, L"\\Device\\Parlour");
	(void)sessio_threads_start("one", do_write, NULL);
	(void)sessio_threads_start("two", do_write, NULL);
	sessio_threads_join();
	SESSIO_THREADS_CHECK(write_one() == 3);
	(void)sessio_kit_finish(kit);
}

/* The report, which the caller frees. */
static char *expect(void (*body)(void *arg), const sessio_driver_image *image, unsigned bounds,
	sessio_threads_finding finding, const char *text)
{
	const sessio_threads_options options = {
		.body = body, .arg = (void *)(uintptr_t)image, .bounds = bounds
	};
	const sessio_threads_result *result;
	sessio_threads *threads;
	char *report;

	assert_int_equal(sessio_threads_explore(&options, &threads), SESSIO_OK);
	result = sessio_threads_get_result(threads);
	if (result->finding != finding || strstr(result->text, text) == NULL) {
		fail_msg("%s", result->report);
	}
	assert_int_equal(result->bounds, finding == SESSIO_THREADS_NOTHING ? bounds : bounds - 1);
	report = strdup(result->report);
	assert_non_null(report);
	sessio_threads_destroy(threads);
	return report;
}

/* A call has its name where the library was built with debugging information. */
static bool names(const char *report, const char *call)
{
	char text[64];

	(void)snprintf(text, sizeof(text), "%s parlour.c:", call);
	return strstr(report, text) != NULL || strstr(report, "call parlour.c:") != NULL;
}

static void another_thread_may_come_before_a_request_is_marked(void **state)
{
	char *report = expect(read_against_write, &sessio_driver_image_of_parlour, 2,
		SESSIO_THREADS_FAILED, "without IoMarkIrpPending()");

	(void)state;
	assert_true(names(report, "IoMarkIrpPending"));
	free(report);
	free(expect(read_against_write, &sessio_driver_image_of_parlour_twin, 2,
		SESSIO_THREADS_NOTHING, ""));
}

static void another_thread_may_come_before_an_interlocked_operation(void **state)
{
	char *report = expect(write_against_write, &sessio_driver_image_of_parlour, 2,
		SESSIO_THREADS_FAILED, "write_one() == 3");

	(void)state;
	assert_true(names(report, "InterlockedExchange"));
	free(report);
	free(expect(write_against_write, &sessio_driver_image_of_parlour_twin, 2,
		SESSIO_THREADS_NOTHING, ""));
}

static void wait_for_a_timer(void *arg)
{
	begin(arg, L"\\Device\\Nap");
	do_read(NULL);
	SESSIO_THREADS_CHECK(
		sessio_kit_wait(sessio_kit_pended(file), SESSIO_FOREVER, NULL) == STATUS_SUCCESS);
	(void)sessio_kit_finish(kit);
}

static void time_passes_when_no_thread_can_run(void **state)
{
	(void)state;
	free(expect(wait_for_a_timer, &sessio_driver_image_of_nap, 2, SESSIO_THREADS_NOTHING, ""));
}

/* When the timer is due. */
static void close_after_a_second(void *arg)
{
	LARGE_INTEGER second_from_now;

	(void)arg;
	second_from_now.QuadPart = -10000000;
	(void)KeDelayExecutionThread(KernelMode, FALSE, &second_from_now);
	(void)sessio_kit_close(file);
}

static void close_against_timer(void *arg)
{
	begin(arg, L"\\Device\\Nap");
	do_read(NULL);
	(void)sessio_threads_start("closer", close_after_a_second, NULL);
	sessio_threads_join();
	(void)sessio_kit_finish(kit);
}

static void a_timer_may_be_due_while_a_thread_runs(void **state)
{
	(void)state;
	free(expect(close_against_timer, &sessio_driver_image_of_nap, 2, SESSIO_THREADS_FAILED,
		"after it was freed"));
	free(expect(close_against_timer, &sessio_driver_image_of_nap_twin, 2,
		SESSIO_THREADS_NOTHING, ""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(another_thread_may_come_before_a_request_is_marked),
		cmocka_unit_test(another_thread_may_come_before_an_interlocked_operation),
		cmocka_unit_test(time_passes_when_no_thread_can_run),
		cmocka_unit_test(a_timer_may_be_due_while_a_thread_runs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
