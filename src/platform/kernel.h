/* SPDX-License-Identifier: MIT */
/*
 * Only a driver has these: a beginning and an end of what the platform keeps. A
 * process begins by itself and never ends before its memory does.
 *
 * The rules of platform.h hold here too.
 */
#ifndef SI_KERNEL_H
#define SI_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Before any other function of the platform. False: it has begun already. */
bool si_kernel_start(void);

/*
 * After all others, on the last thread that uses them. Stops the program if memory was
 * not given back or a thread is still in a callback.
 */
void si_kernel_stop(void);

/* Whether si_kernel_start() was the later of the two. */
bool si_kernel_is_started(void);

/* The blocks of memory that have not been given back: a snapshot. */
size_t si_kernel_blocks(void);

#endif /* SI_KERNEL_H */
