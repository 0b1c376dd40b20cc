/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <string.h>

#include <sessio/status.h>

static void every_status_has_a_name_and_a_text(void **state)
{
	(void)state;
#define XX(name, value, text)                                                    \
	assert_int_equal(SESSIO_##name, value);                                  \
	assert_string_equal(sessio_status_name(SESSIO_##name), "SESSIO_" #name); \
	assert_string_equal(sessio_status_text(SESSIO_##name), text);
	SESSIO_STATUS_MAP(XX)
#undef XX
}

static void other_numbers_are_named_unknown(void **state)
{
	(void)state;
	assert_string_equal(sessio_status_text((sessio_status)77), "unknown status");
	assert_string_equal(sessio_status_name((sessio_status)77), "SESSIO_?");
}

static void only_success_is_not_negative(void **state)
{
	(void)state;
#define XX(name, value, text) assert_true((value) < 0 || strcmp(#name, "OK") == 0);
	SESSIO_STATUS_MAP(XX)
#undef XX
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_status_has_a_name_and_a_text),
		cmocka_unit_test(other_numbers_are_named_unknown),
		cmocka_unit_test(only_success_is_not_negative),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
