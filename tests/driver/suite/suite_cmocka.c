/* SPDX-License-Identifier: MIT */
#include <cmocka.h>

#include <stdarg.h>
#include <string.h>

#include "suite.h"

int suite_run(const struct CMUnitTest *tests, size_t count, int (*setup)(void **state),
	int (*teardown)(void **state))
{
	void *group = NULL;
	int failed = setup != NULL ? setup(&group) : 0;

	for (size_t i = 0; i < count && failed == 0; i++) {
		void *state = group;

		suite_say("%s\n", tests[i].name);
		failed |= tests[i].setup != NULL ? tests[i].setup(&state) : 0;
		if (failed == 0) {
			tests[i].test(&state);
			suite_report.tests++;
		}
		failed |= tests[i].teardown != NULL ? tests[i].teardown(&state) : 0;
	}
	failed |= teardown != NULL ? teardown(&group) : 0;
	return failed;
}

void print_error(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	suite_say_list(format, arguments);
	va_end(arguments);
}

_Noreturn void _fail(const char *file, int line)
{
	suite_say("%s:%d: failed\n", file, line);
	suite_end();
}

_Noreturn void suite_fail(const char *file, int line, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	suite_say_list(format, arguments);
	va_end(arguments);
	_fail(file, line);
}

void suite_true(int fine, const char *what, const char *file, int line)
{
	if (!fine) {
		suite_fail(file, line, "not so: %s\n", what);
	}
}

void suite_equal(uint64_t a, uint64_t b, int equal, const char *what, const char *file, int line)
{
	if ((a == b) != (equal != 0)) {
		suite_fail(
			file, line, "not so: %s; 0x%x and 0x%x\n", what, (unsigned)a, (unsigned)b);
	}
}

void suite_range(uint64_t value, uint64_t low, uint64_t high, const char *file, int line)
{
	if (value < low || value > high) {
		suite_fail(file, line, "%u is not from %u to %u\n", (unsigned)value, (unsigned)low,
			(unsigned)high);
	}
}

void suite_strings(const char *a, const char *b, const char *file, int line)
{
	if (strcmp(a, b) != 0) {
		suite_fail(file, line, "\"%s\" is not \"%s\"\n", a, b);
	}
}

void suite_memory(const void *a, const void *b, size_t size, const char *file, int line)
{
	if (memcmp(a, b, size) != 0) {
		suite_fail(file, line, "%u bytes differ\n", (unsigned)size);
	}
}
