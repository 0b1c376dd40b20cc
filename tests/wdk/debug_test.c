/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "test_thread.h"

#include <ntddk.h>
#include <sessio_nt.h>

#include "prints.h"

static void a_print_says_component_and_level(void **state)
{
	(void)state;
	assert_int_equal(DbgPrint("one"), STATUS_SUCCESS);
	assert_int_equal(printed.component, DPFLTR_DEFAULT_ID);
	assert_int_equal(printed.level, DPFLTR_INFO_LEVEL);
	DbgPrintEx(DPFLTR_IHVDRIVER_ID, DPFLTR_ERROR_LEVEL, "%s", "two");
	assert_int_equal(printed.component, DPFLTR_IHVDRIVER_ID);
	assert_int_equal(printed.level, DPFLTR_ERROR_LEVEL);
	assert_string_equal(printed.text, "two");
	assert_int_equal(printed.count, 2);
	assert_int_equal(printed.length, 3);
}

static void no_more_than_512_bytes_leave(void **state)
{
	char longer[700];

	(void)state;
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	DbgPrint("%s", longer);
	assert_int_equal(printed.length, 512);
	assert_int_equal(strlen(printed.text), 512);
	DbgPrint("%*d", 100000, 1);
	assert_int_equal(printed.length, 512);
	DbgPrint("%99999999999d", 1);
	assert_int_equal(printed.length, 512);
}

static ULONG print_list(PCSTR prefix, PCSTR format, ...)
{
	va_list args;
	ULONG result;

	va_start(args, format);
	result = vDbgPrintExWithPrefix(prefix, 1, 2, format, args);
	va_end(args);
	return result;
}

static void a_prefix_counts_too(void **state)
{
	char longer[700];

	(void)state;
	print_list("drv: ", "%d", 3);
	assert_string_equal(printed.text, "drv: 3");
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	print_list(longer, "%d", 3);
	assert_int_equal(printed.length, 512);
}

static void checked_prints_are_for_checked_builds(void **state)
{
	(void)state;
	KdPrint(("%d", 1));
	KdPrintEx((1, 2, "%d", 1));
	assert_int_equal(printed.count, DBG ? 2 : 0);
}

static void without_a_function_prints_go_to_the_error_stream(void **state)
{
	unsigned before = printed.count;

	(void)state;
	sessio_nt_set_debug_print(NULL, NULL);
	assert_int_equal(DbgPrint("on the error stream\n"), STATUS_SUCCESS);
	assert_int_equal(printed.count, before);
}

static unsigned nested;

static void print_more(void *ctx, ULONG component, ULONG level, const char *text, size_t length)
{
	(void)ctx;
	(void)component;
	(void)level;
	(void)text;
	(void)length;
	if (nested++ == 0) {
		DbgPrint("inside");
		sessio_nt_set_debug_print(NULL, NULL); /* its last call */
	}
}

static void a_print_may_print_and_put_another_in_its_place(void **state)
{
	(void)state;
	nested = 0;
	sessio_nt_set_debug_print(print_more, NULL);
	DbgPrint("outside");
	assert_int_equal(nested, 2);
	DbgPrint("on the error stream\n");
	assert_int_equal(nested, 2);
}

static struct test_semaphore *entered;
static struct test_semaphore *go;

static void stop_in_print(void *ctx, ULONG component, ULONG level, const char *text, size_t length)
{
	(void)component;
	(void)level;
	(void)text;
	if (length == 4) {
		test_semaphore_post(entered);
		test_semaphore_wait(go);
	}
	++*(unsigned *)ctx;
}

static void print_long(void *arg)
{
	(void)arg;
	DbgPrint("long");
}

/* No lock is held in a print: others print, and look at what the first one holds up. */
static void prints_of_several_threads_do_not_wait_for_each_other(void **state)
{
	static unsigned prints;
	struct test_thread *thread;

	(void)state;
	prints = 0;
	entered = test_semaphore_create();
	go = test_semaphore_create();
	sessio_nt_set_debug_print(stop_in_print, &prints);
	thread = test_thread_start(print_long, NULL);
	test_semaphore_wait(entered);
	DbgPrint("short one");
	assert_int_equal(prints, 1);
	test_semaphore_post(go);
	test_thread_join(thread);
	assert_int_equal(prints, 2);
	test_semaphore_destroy(entered);
	test_semaphore_destroy(go);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, catch_prints, let_prints_go)
		TEST(a_print_says_component_and_level),
		TEST(no_more_than_512_bytes_leave),
		TEST(a_prefix_counts_too),
		TEST(checked_prints_are_for_checked_builds),
		TEST(without_a_function_prints_go_to_the_error_stream),
		TEST(a_print_may_print_and_put_another_in_its_place),
		TEST(prints_of_several_threads_do_not_wait_for_each_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
