/* SPDX-License-Identifier: MIT */
/* Time in the units of the kernel: 100 ns since 1601. */
#ifndef SESSIO_NT_TIME_H
#define SESSIO_NT_TIME_H

#include "status.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Now, in 100 ns since 1601, UTC. */
void KeQuerySystemTime(PLARGE_INTEGER now);
/** The same; there is no better clock here. */
void KeQuerySystemTimePrecise(PLARGE_INTEGER now);
/** Since the start of the machine, in 100 ns. */
ULONGLONG KeQueryInterruptTime(void);
/** A counter that never goes back, and its ticks in a second. */
LARGE_INTEGER KeQueryPerformanceCounter(PLARGE_INTEGER frequency);
/** How many units of 100 ns a tick of KeQueryTickCount is. */
ULONG KeQueryTimeIncrement(void);
/** Ticks since the start of the machine. */
void KeQueryTickCount(PLARGE_INTEGER count);
/** From UTC to local time, which is UTC here. */
void ExSystemTimeToLocalTime(PLARGE_INTEGER system, PLARGE_INTEGER local);
/** Year, month, day and so on of a time. */
void RtlTimeToTimeFields(PLARGE_INTEGER time, PTIME_FIELDS fields);

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_NT_TIME_H */
