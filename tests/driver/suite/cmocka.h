/* SPDX-License-Identifier: MIT */
/*
 * cmocka's names, for a suite that is a driver. A failing assertion ends its thread
 * and the suite: nothing jumps out of a kernel thread's callbacks.
 */
#ifndef SESSIO_TESTS_SUITE_CMOCKA_H
#define SESSIO_TESTS_SUITE_CMOCKA_H

#include <stddef.h>
#include <stdint.h>

struct CMUnitTest {
	const char *name;
	void (*test)(void **state);
	int (*setup)(void **state);
	int (*teardown)(void **state);
};

#define cmocka_unit_test(f)         \
	{                           \
#f, (f), NULL, NULL \
	}
#define cmocka_unit_test_setup(f, s) \
	{                            \
#f, (f), (s), NULL   \
	}
#define cmocka_unit_test_teardown(f, t) \
	{                               \
#f, (f), NULL, (t)      \
	}
#define cmocka_unit_test_setup_teardown(f, s, t) \
	{                                        \
#f, (f), (s), (t)                \
	}

int suite_run(const struct CMUnitTest *tests, size_t count, int (*setup)(void **state),
	int (*teardown)(void **state));
#define cmocka_run_group_tests(tests, setup, teardown) \
	suite_run((tests), sizeof(tests) / sizeof((tests)[0]), (setup), (teardown))

void print_error(const char *format, ...) __attribute__((format(gnu_printf, 1, 2)));
#define print_message print_error
_Noreturn void _fail(const char *file, int line);
_Noreturn void suite_fail(const char *file, int line, const char *format, ...)
	__attribute__((format(gnu_printf, 3, 4)));
#define fail_msg(...) suite_fail(__FILE__, __LINE__, __VA_ARGS__)

void suite_true(int fine, const char *what, const char *file, int line);
void suite_equal(uint64_t a, uint64_t b, int equal, const char *what, const char *file, int line);
void suite_range(uint64_t value, uint64_t low, uint64_t high, const char *file, int line);
void suite_strings(const char *a, const char *b, const char *file, int line);
void suite_memory(const void *a, const void *b, size_t size, const char *file, int line);

#define suite_integral(value) ((uint64_t)(value))
#define suite_pointer(value) ((uint64_t)(uintptr_t)(value))
#define assert_true(c) suite_true((c) ? 1 : 0, #c, __FILE__, __LINE__)
#define assert_false(c) suite_true((c) ? 0 : 1, "not " #c, __FILE__, __LINE__)
#define assert_null(p) suite_true((p) == NULL, #p " is NULL", __FILE__, __LINE__)
#define assert_non_null(p) suite_true((p) != NULL, #p " is not NULL", __FILE__, __LINE__)
#define assert_int_equal(a, b) \
	suite_equal(suite_integral(a), suite_integral(b), 1, #a " == " #b, __FILE__, __LINE__)
#define assert_int_not_equal(a, b) \
	suite_equal(suite_integral(a), suite_integral(b), 0, #a " != " #b, __FILE__, __LINE__)
#define assert_ptr_equal(a, b) \
	suite_equal(suite_pointer(a), suite_pointer(b), 1, #a " == " #b, __FILE__, __LINE__)
#define assert_ptr_not_equal(a, b) \
	suite_equal(suite_pointer(a), suite_pointer(b), 0, #a " != " #b, __FILE__, __LINE__)
#define assert_in_range(value, low, high)                                                       \
	suite_range(suite_integral(value), suite_integral(low), suite_integral(high), __FILE__, \
		__LINE__)
#define assert_string_equal(a, b) suite_strings((a), (b), __FILE__, __LINE__)
#define assert_memory_equal(a, b, size) suite_memory((a), (b), (size), __FILE__, __LINE__)

#endif /* SESSIO_TESTS_SUITE_CMOCKA_H */
