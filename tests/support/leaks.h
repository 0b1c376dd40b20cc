/* SPDX-License-Identifier: MIT */
/*
 * Every test program counts the memory and the locks that the library holds. If
 * anything is left when it ends, it says so and fails. sessio_test() in tests.cmake
 * takes care of that.
 */
#ifndef SESSIO_TESTS_LEAKS_H
#define SESSIO_TESTS_LEAKS_H

#include <stddef.h>

struct si_hooks;

/*
 * Sets these hooks besides those that count; NULL for none. Nothing of the library
 * may run meanwhile. The counts of locks are not handed on.
 */
void leaks_hook(const struct si_hooks *more);

/* How many allocations and locks the library holds now. */
size_t leaks_live(void);

/* Sets how many are left at the end: the library keeps them as long as the process. */
void leaks_allow(size_t number);

#endif /* SESSIO_TESTS_LEAKS_H */
