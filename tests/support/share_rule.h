/* SPDX-License-Identifier: MIT */
/*
 * The share rule by the letter: a list of sessions, each asked about each right.
 * It knows nothing of how the library decides, and is as slow as it is plain.
 */
#ifndef SESSIO_TESTS_SHARE_RULE_H
#define SESSIO_TESTS_SHARE_RULE_H

#include <stdbool.h>
#include <stdint.h>

#include "random.h"

struct party {
	uint32_t required;
	uint32_t shared;
};

static inline bool has_right(uint32_t mask, unsigned right)
{
	return (mask >> right) % 2 == 1;
}

/* OP-7: every other one shares what the newcomer requires. OP-8: and the reverse. */
static inline bool are_compatible(const struct party *newcomer, const struct party *other)
{
	for (unsigned right = 0; right < 32; right++) {
		if (has_right(newcomer->required, right) && !has_right(other->shared, right)) {
			return false;
		}
		if (has_right(other->required, right) && !has_right(newcomer->shared, right)) {
			return false;
		}
	}
	return true;
}

static inline bool may_join(
	const struct party *newcomer, const struct party *others, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		if (!are_compatible(newcomer, &others[i])) {
			return false;
		}
	}
	return true;
}

/* Rows of the documents and their neighbours: read is 1, write is 2. */
static const struct share_row {
	struct party first;
	struct party second;
	bool allowed;
} share_rows[] = {
	{ { 3, 0 }, { 1, 3 }, false }, /* OP-4: exclusive */
	{ { 3, 0 }, { 2, 3 }, false },
	{ { 3, 1 }, { 1, 3 }, true }, /* OP-5: others may read */
	{ { 3, 1 }, { 2, 3 }, false },
	{ { 1, 3 }, { 3, 1 }, true }, /* OP-6: others may do both */
	{ { 1, 3 }, { 2, 3 }, true },
	{ { 1, 1 }, { 3, 1 }, false }, /* OP-7 */
	{ { 3, 1 }, { 1, 1 }, false }, /* OP-8: writing is not shared */
	{ { 1, 0 }, { 0, 1 }, true }, /* nothing required passes OP-7 */
	{ { 1, 0 }, { 0, 0 }, false }, /* and has to share all the same */
	{ { 0, 0 }, { 0, 0 }, true },
	{ { 0, 0 }, { 1, 1 }, false },
};

#define SHARE_ROWS (sizeof(share_rows) / sizeof(share_rows[0]))

/* A mask of any kind: none, all, a few, nearly all, half of them. */
static inline uint32_t random_mask(struct random *random)
{
	uint32_t few = UINT32_C(1) << random_below(random, 32);

	few |= random_below(random, 2) == 0 ? UINT32_C(1) << random_below(random, 32) : 0;
	switch (random_below(random, 6)) {
	case 0:
		return 0;
	case 1:
		return UINT32_MAX;
	case 2:
		return few;
	case 3:
		return ~few;
	case 4:
		return UINT32_C(0xffff) << random_below(random, 17);
	default:
		return (uint32_t)random_next(random);
	}
}

#endif /* SESSIO_TESTS_SHARE_RULE_H */
