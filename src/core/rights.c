/* SPDX-License-Identifier: MIT */
#include "core/rights.h"

#include "core/bug.h"

/* Takes the lowest right out of a mask that is not empty, and says which it is. */
static unsigned take_lowest(uint32_t *mask)
{
	uint32_t bit = *mask & -*mask;

	*mask ^= bit;
#if defined(__GNUC__)
	return (unsigned)__builtin_ctz(bit);
#else
	unsigned i = 0;

	while (bit >> i != 1) {
		i++;
	}
	return i;
#endif
}

static bool is_few(uint32_t mask)
{
	unsigned count = 0;

	for (; mask != 0; mask &= mask - 1) {
		if (++count >= SI_RIGHTS / 2) {
			return false;
		}
	}
	return true;
}

static void summarize(_Atomic uint32_t *any, uint32_t mask)
{
	/* Relaxed: the lock orders writers, and readers without it need no order. */
	atomic_store_explicit(any, mask, memory_order_relaxed);
}

static void count_required(struct si_rights *rights, uint32_t mask, uint32_t step)
{
	uint32_t any = atomic_load_explicit(&rights->required_any, memory_order_relaxed);

	while (mask != 0) {
		uint32_t bit = mask;
		uint32_t *count = &rights->required[take_lowest(&mask)];

		bit ^= mask;
		*count += step;
		any = *count != 0 ? any | bit : any & ~bit;
	}
	summarize(&rights->required_any, any);
}

static void correct(struct si_rights *rights, uint32_t mask, int32_t step)
{
	while (mask != 0) {
		uint32_t bit = mask;
		int32_t *count = &rights->unshared[take_lowest(&mask)];

		bit ^= mask;
		*count += step;
		if (*count != 0) {
			rights->corrected |= bit;
		} else {
			rights->corrected &= ~bit;
		}
	}
}

static void count_shared(struct si_rights *rights, uint32_t shared, int32_t step)
{
	uint32_t any;
	uint32_t look;

	if (is_few(shared)) {
		rights->none += (uint32_t)step;
		correct(rights, shared, -step);
	} else {
		correct(rights, ~shared, step);
	}
	any = rights->none != 0 ? ~rights->corrected : 0;
	look = rights->corrected;
	while (look != 0) {
		uint32_t bit = look;
		int32_t corrected = rights->unshared[take_lowest(&look)];

		bit ^= look;
		if (rights->none + (uint32_t)corrected != 0) {
			any |= bit;
		}
	}
	summarize(&rights->unshared_any, any);
}

void si_rights_add(struct si_rights *rights, uint32_t required, uint32_t shared)
{
	count_required(rights, required, 1);
	count_shared(rights, shared, 1);
}

void si_rights_remove(struct si_rights *rights, uint32_t required, uint32_t shared)
{
	SI_BUG_IF((atomic_load_explicit(&rights->required_any, memory_order_relaxed) & required) !=
			required,
		"a session counted out that was never counted in");
	count_required(rights, required, UINT32_MAX);
	count_shared(rights, shared, -1);
}
