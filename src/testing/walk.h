/* SPDX-License-Identifier: MIT */
/* The calling thread's stack. It knows no Windows names, as the header of unwinders may. */
#ifndef SI_TESTING_WALK_H
#define SI_TESTING_WALK_H

#include <stdbool.h>

/* Gives each return address to visit(), from the innermost on, until that answers true. */
typedef bool si_kit_visit_fn(const unsigned char *address, void *arg);
void si_kit_walk(si_kit_visit_fn *visit, void *arg);

#endif /* SI_TESTING_WALK_H */
