/* SPDX-License-Identifier: MIT */
/* The looks of a task of the system, for those who have to tell slow from hanging. */
#ifndef SI_TASK_H
#define SI_TASK_H

#include <stdbool.h>
#include <stdint.h>

struct si_task_looks {
	char state; /* 'R': it runs or wants to, 'D': it waits for a device, 'S': it sleeps */
	uint64_t cpu_ms; /* that it has used; a process: all its threads */
};

/* A thread of a process, or with thread 0 the process. False where that is not to be had. */
bool si_task_look(int64_t process, int64_t thread, struct si_task_looks *out_looks);

#endif /* SI_TASK_H */
