/* SPDX-License-Identifier: MIT */
/* The things that a talk's process holds once its consumers are gone. */
#ifndef SESSIO_TESTS_HOLDING_H
#define SESSIO_TESTS_HOLDING_H

#include "talk.h"

struct holding {
	size_t things; /* of the library's: allocations and locks */
	size_t handles; /* of this process */
	unsigned descriptors;
};

/*
 * Waits until the provider has so many connections, with those that never greeted, and
 * as many sessions. No consumer may do anything meanwhile.
 */
struct holding holding_take(struct talk *talk, size_t connections, unsigned sessions);

/* Takes it again, and asserts that it is the same. */
void holding_check(
	struct talk *talk, size_t connections, unsigned sessions, const struct holding *before);

#endif /* SESSIO_TESTS_HOLDING_H */
