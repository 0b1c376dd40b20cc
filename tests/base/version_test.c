/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <sessio/version.h>
#include <stdio.h>
#include <string.h>

static void the_library_is_of_the_headers_version(void **state)
{
	char text[32];

	(void)state;
	(void)snprintf(text, sizeof(text), "%d.%d.%d", SESSIO_VERSION_MAJOR, SESSIO_VERSION_MINOR,
		SESSIO_VERSION_PATCH);
	assert_string_equal(SESSIO_VERSION, text);
	assert_string_equal(sessio_version(), text);
	assert_string_equal(text, SESSIO_CMAKE_VERSION);
}

static void later_versions_have_higher_numbers(void **state)
{
	(void)state;
	assert_int_equal(SESSIO_VERSION_NUMBER >> 16, SESSIO_VERSION_MAJOR);
	assert_int_equal((SESSIO_VERSION_NUMBER >> 8) & 0xff, SESSIO_VERSION_MINOR);
	assert_int_equal(SESSIO_VERSION_NUMBER & 0xff, SESSIO_VERSION_PATCH);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_library_is_of_the_headers_version),
		cmocka_unit_test(later_versions_have_higher_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
