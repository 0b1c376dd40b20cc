/* SPDX-License-Identifier: MIT */
/*
 * Only a process has these: a number, a wall clock, more threads, bytes per thread. The Windows
 * face needs them, the core does not, and a driver build has none of them.
 *
 * The rules of platform.h hold here too.
 */
#ifndef SI_PROCESS_H
#define SI_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The number of this process as the operating system's tools show it. */
uint64_t si_process_id(void);

/* Microseconds since 1970, UTC. */
uint64_t si_process_wall_us(void);

/* Lets another thread run. */
void si_process_yield(void);

/* Starts a thread that nobody waits for; false if there is none to be had. */
bool si_process_start_thread(void (*run)(void *arg), void *arg);

/* Bytes of the calling thread, aligned for anything and zero at first; rooms above use them. */
#define SI_PLATFORM_THREAD_BYTES 96u
void *si_platform_thread_block(void);

#endif /* SI_PROCESS_H */
