/* SPDX-License-Identifier: MIT */
/* Histories and schedules of the test kit, run in copies of the process. */
#ifndef SUBJECT_EXPLORE_H
#define SUBJECT_EXPLORE_H

#include <stdint.h>

/* Before any other subject has taken its memory. */
void subject_explore_start(void);

/* One time is so many. A copy of the process has a price, too. */
#define SUBJECT_EXPLORE_HISTORIES 20000u
#define SUBJECT_EXPLORE_SCHEDULES 200u

void subject_explore_events(void *state, uint64_t n);
/* Each loads a driver that writes events down, and unloads it. */
void subject_explore_driver(void *state, uint64_t n);

/* Two threads that post, each schedule in a copy of its own. */
void subject_explore_schedules(void *state, uint64_t n);

/* The processor time of the latest such round, which the waiting bench does not take. */
double subject_explore_ns(void *state);

#endif /* SUBJECT_EXPLORE_H */
