/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <ntddk.h>
#include <sessio_nt.h>

static void a_file_object_says_what_it_is(void **state)
{
	FILE_OBJECT file;

	(void)state;
	sessio_nt_init_file(&file, NULL);
	assert_int_equal(file.Type, IO_TYPE_FILE);
	assert_int_equal(file.Size, sizeof(file));
	assert_true(IsListEmpty(&file.IrpList));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_object_says_what_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
