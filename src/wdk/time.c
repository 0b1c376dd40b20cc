/* SPDX-License-Identifier: MIT */
/* Time in the kernel's units: 100 ns since 1601. */
#include "nt/wdm.h"
#include "platform/platform.h"
#include "platform/process.h"

#define TICKS_PER_US 10
#define NS_PER_TICK 100u
#define TICKS_1601_TO_1970 116444736000000000LL
#define CLOCK_TICK 156250u /* 1/64 s, as usual there */
#define MS_PER_DAY 86400000LL
#define DAYS_PER_ERA 146097LL /* 400 years */
#define DAYS_0_TO_1601 584694LL /* from 1 March of year 0 */

void KeQuerySystemTime(PLARGE_INTEGER now)
{
	now->QuadPart = (LONGLONG)si_process_wall_us() * TICKS_PER_US + TICKS_1601_TO_1970;
}

void KeQuerySystemTimePrecise(PLARGE_INTEGER now)
{
	KeQuerySystemTime(now);
}

ULONGLONG KeQueryInterruptTime(void)
{
	return si_platform_now_ns() / NS_PER_TICK;
}

LARGE_INTEGER KeQueryPerformanceCounter(PLARGE_INTEGER frequency)
{
	LARGE_INTEGER now;

	if (frequency != NULL) {
		frequency->QuadPart = 1000000000;
	}
	now.QuadPart = (LONGLONG)si_platform_now_ns();
	return now;
}

ULONG KeQueryTimeIncrement(void)
{
	return CLOCK_TICK;
}

void KeQueryTickCount(PLARGE_INTEGER count)
{
	count->QuadPart = (LONGLONG)(KeQueryInterruptTime() / CLOCK_TICK);
}

void ExSystemTimeToLocalTime(PLARGE_INTEGER system, PLARGE_INTEGER local)
{
	*local = *system;
}

void RtlTimeToTimeFields(PLARGE_INTEGER time, PTIME_FIELDS fields)
{
	LONGLONG ms = time->QuadPart / (1000 * TICKS_PER_US);
	LONGLONG day = ms / MS_PER_DAY;
	/* Years that begin in March have their leap day at the end. */
	LONGLONG since = day + DAYS_0_TO_1601;
	LONGLONG era = since / DAYS_PER_ERA;
	LONGLONG in_era = since % DAYS_PER_ERA;
	LONGLONG year = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
	LONGLONG in_year = in_era - (365 * year + year / 4 - year / 100);
	LONGLONG month = (5 * in_year + 2) / 153; /* 0 is March */

	ms %= MS_PER_DAY;
	fields->Day = (CSHORT)(in_year - (153 * month + 2) / 5 + 1);
	fields->Month = (CSHORT)(month < 10 ? month + 3 : month - 9);
	fields->Year = (CSHORT)(era * 400 + year + (month >= 10));
	fields->Hour = (CSHORT)(ms / 3600000);
	fields->Minute = (CSHORT)(ms / 60000 % 60);
	fields->Second = (CSHORT)(ms / 1000 % 60);
	fields->Milliseconds = (CSHORT)(ms % 1000);
	fields->Weekday = (CSHORT)((day + 1) % 7); /* that first day was a Monday */
}
