/* SPDX-License-Identifier: MIT */
/*
 * Pages of memory with one behind them that nobody may touch, for the test kit. Touching it
 * is a crash.
 *
 * The rules of platform.h hold here too.
 */
#ifndef SI_PAGES_H
#define SI_PAGES_H

#include <stdbool.h>
#include <stddef.h>

struct si_pages {
	unsigned char *end; /* the page that nobody may touch begins here; NULL: none */
	size_t size; /* of the others, which are zeroed */
};

/* At least so many bytes. False if there are none, or the system has no such pages. */
bool si_pages_take(size_t size, struct si_pages *out_pages);

/* From now on nobody may touch any of them. */
void si_pages_close(const struct si_pages *pages);

void si_pages_give(const struct si_pages *pages);

/* Whether the address is in them, or in the page behind. */
bool si_pages_have(const struct si_pages *pages, const void *address);

#endif /* SI_PAGES_H */
