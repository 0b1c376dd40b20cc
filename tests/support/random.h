/* SPDX-License-Identifier: MIT */
/* Random numbers that are the same in every run and on every machine (splitmix64). */
#ifndef SESSIO_TESTS_RANDOM_H
#define SESSIO_TESTS_RANDOM_H

#include <stdint.h>

struct random {
	uint64_t state; /* the seed, any number */
};

static inline uint64_t random_next(struct random *random)
{
	uint64_t mixed = random->state += UINT64_C(0x9e3779b97f4a7c15);

	mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
	return mixed ^ (mixed >> 31);
}

/* From 0 to below the limit, which is small: the bias is, too. */
static inline unsigned random_below(struct random *random, unsigned limit)
{
	return (unsigned)(random_next(random) % limit);
}

#endif /* SESSIO_TESTS_RANDOM_H */
