/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <ntddk.h>

static void time_is_counted_from_1601(void **state)
{
	LARGE_INTEGER now, precise, ticks, frequency, local, delay;
	TIME_FIELDS fields;

	(void)state;
	now.QuadPart = 0;
	RtlTimeToTimeFields(&now, &fields);
	assert_int_equal(fields.Year, 1601);
	assert_int_equal(fields.Month, 1);
	assert_int_equal(fields.Day, 1);
	assert_int_equal(fields.Weekday, 1);
	now.QuadPart = 116444736000000000LL + 951782399123LL * 10000; /* 2000-02-28 23:59:59.123 */
	RtlTimeToTimeFields(&now, &fields);
	assert_int_equal(fields.Year, 2000);
	assert_int_equal(fields.Month, 2);
	assert_int_equal(fields.Day, 28);
	assert_int_equal(fields.Hour, 23);
	assert_int_equal(fields.Minute, 59);
	assert_int_equal(fields.Second, 59);
	assert_int_equal(fields.Milliseconds, 123);
	assert_int_equal(fields.Weekday, 1);
	now.QuadPart += 86400LL * 10000000;
	RtlTimeToTimeFields(&now, &fields);
	assert_int_equal(fields.Month, 2);
	assert_int_equal(fields.Day, 29);
	now.QuadPart += 86400LL * 10000000;
	RtlTimeToTimeFields(&now, &fields);
	assert_int_equal(fields.Month, 3);
	assert_int_equal(fields.Day, 1);
	KeQuerySystemTime(&now);
	KeQuerySystemTimePrecise(&precise);
	assert_true(precise.QuadPart >= now.QuadPart);
	RtlTimeToTimeFields(&now, &fields);
	assert_true(fields.Year >= 2024);
	ExSystemTimeToLocalTime(&now, &local);
	assert_true(local.QuadPart == now.QuadPart);
	now = KeQueryPerformanceCounter(&frequency);
	assert_true(frequency.QuadPart > 0);
	assert_true(KeQueryPerformanceCounter(NULL).QuadPart >= now.QuadPart);
	KeQueryTickCount(&ticks);
	assert_true((ULONGLONG)ticks.QuadPart * KeQueryTimeIncrement() <= KeQueryInterruptTime());
	delay.QuadPart = -1;
	assert_int_equal(KeDelayExecutionThread(KernelMode, FALSE, &delay), STATUS_SUCCESS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(time_is_counted_from_1601),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
