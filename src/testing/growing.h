/* SPDX-License-Identifier: MIT */
/*
 * Text that grows with each addition, from a structure of zeros. Its bytes are NULL while
 * it is empty, and stay NULL once there was no memory.
 */
#ifndef SI_TESTING_GROWING_H
#define SI_TESTING_GROWING_H

#include <stdbool.h>
#include <stddef.h>

struct si_growing {
	char *bytes; /* the user frees them */
	size_t length, room;
	bool failed; /* no memory */
};

__attribute__((format(printf, 2, 3))) void si_growing_add(
	struct si_growing *text, const char *format, ...);

#endif /* SI_TESTING_GROWING_H */
