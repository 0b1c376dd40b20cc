/* SPDX-License-Identifier: MIT */
/* Local labels carry __leave and are not ISO C. Blocks nest. */
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wshadow"
#include "test.h"

#include <ntddk.h>

static int finally_count;

static int work(int fail_at)
{
	int reached = 0;

	finally_count = 0;
	__try {
		for (int i = 0; i < 3; i++) {
			while (1) {
				if (i == fail_at) {
					__leave;
				}
				break;
			}
			reached++;
		}
	} __finally {
		finally_count++;
	}
	return reached;
}

static void finally_runs_once_after_the_block(void **state)
{
	(void)state;
	assert_int_equal(work(99), 3);
	assert_int_equal(finally_count, 1);
}

static void leave_ends_the_block_from_inside_loops(void **state)
{
	(void)state;
	assert_int_equal(work(1), 1);
	assert_int_equal(finally_count, 1);
}

static void blocks_nest(void **state)
{
	char order[8] = "";

	(void)state;
	__try {
		strcat(order, "a");
		__try {
			strcat(order, "b");
			__leave;
		} __finally {
			strcat(order, "c");
		}
		strcat(order, "d");
		__leave;
	} __finally {
		strcat(order, "e");
	}
	assert_string_equal(order, "abcde");
}

static int result_of_finally(void)
{
	__try {
		__leave;
	} __finally {
		return 7;
	}
	return 8;
}

static void the_last_block_may_return(void **state)
{
	(void)state;
	assert_int_equal(result_of_finally(), 7);
}

static void short_forms_are_the_same(void **state)
{
	int steps = 0;

	(void)state;
	try {
		steps++;
		leave;
	} finally {
		steps += AbnormalTermination() ? 100 : 10;
	}
	assert_int_equal(steps, 11);
}

static void a_handler_never_runs(void **state)
{
	int steps = 0;

	(void)state;
	__try {
		steps++;
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		steps += 10;
	}
	__try {
		steps++;
		__leave;
	} __except (GetExceptionCode() == (ULONG)STATUS_ACCESS_VIOLATION) {
		steps += 10;
	}
	assert_int_equal(steps, 2);
}

static int answer(int number)
{
	__try {
		if (number == 1) {
			return 10;
		}
		if (number == 2) {
			goto out;
		}
		number += 5;
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		return -1;
	}
	return number;
out:
	return 20;
}

static void a_block_with_a_handler_may_be_left(void **state)
{
	(void)state;
	assert_int_equal(answer(1), 10);
	assert_int_equal(answer(2), 20);
	assert_int_equal(answer(3), 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finally_runs_once_after_the_block),
		cmocka_unit_test(leave_ends_the_block_from_inside_loops),
		cmocka_unit_test(blocks_nest),
		cmocka_unit_test(the_last_block_may_return),
		cmocka_unit_test(short_forms_are_the_same),
		cmocka_unit_test(a_handler_never_runs),
		cmocka_unit_test(a_block_with_a_handler_may_be_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
