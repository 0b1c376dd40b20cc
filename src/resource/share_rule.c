/* SPDX-License-Identifier: MIT */
#include "resource/share_rule.h"

#include "base/bug.h"

#define MINUS_ONE UINT32_MAX /* unsigned counts wrap; so do the corrections, on purpose */

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

/*
 * Whether a share mode is counted by what it names or by what it leaves out. Any
 * fixed answer is right. Masks of many rights are usually written as ~few, so the
 * last right decides. Counting them would cost more than it saves.
 */
static bool is_few(uint32_t mask)
{
	return mask >> (SI_RIGHTS - 1) == 0;
}

static uint32_t any_of(const _Atomic uint32_t *any)
{
	return atomic_load_explicit(any, memory_order_relaxed);
}

static void summarize(_Atomic uint32_t *any, uint32_t mask)
{
	/* Relaxed: the lock orders writers, and readers without it need no order. */
	atomic_store_explicit(any, mask, memory_order_relaxed);
}

static void add_each(uint32_t counts[SI_RIGHTS], uint32_t mask, uint32_t step)
{
	while (mask != 0) {
		counts[take_lowest(&mask)] += step;
	}
}

/* One less of each right of a mask; those that are not 0 then. */
static uint32_t take_each(uint32_t counts[SI_RIGHTS], uint32_t mask)
{
	uint32_t left = 0;

	while (mask != 0) {
		uint32_t before = mask;

		left |= --counts[take_lowest(&mask)] != 0 ? before ^ mask : 0;
	}
	return left;
}

/* Those rights of a mask whose count, with this much more, is not 0. */
static uint32_t counted(const uint32_t counts[SI_RIGHTS], uint32_t mask, uint32_t more)
{
	uint32_t left = 0;

	while (mask != 0) {
		uint32_t before = mask;

		left |= counts[take_lowest(&mask)] + more != 0 ? before ^ mask : 0;
	}
	return left;
}

void si_rights_add(struct si_rights *rights, uint32_t required, uint32_t shared)
{
	add_each(rights->required, required, 1);
	summarize(&rights->required_any, any_of(&rights->required_any) | required);
	if (is_few(shared)) {
		rights->none++;
		add_each(rights->unshared, shared, MINUS_ONE);
		rights->corrected |= shared;
	} else {
		add_each(rights->unshared, ~shared, 1);
		rights->corrected |= ~shared;
	}
	summarize(&rights->unshared_any, any_of(&rights->unshared_any) | ~shared);
}

void si_rights_remove(struct si_rights *rights, uint32_t required, uint32_t shared)
{
	uint32_t in_use = any_of(&rights->required_any);
	uint32_t any;

	SI_BUG_IF(
		(in_use & required) != required, "a session counted out that was never counted in");
	summarize(&rights->required_any,
		(in_use & ~required) | take_each(rights->required, required));
	if (is_few(shared)) {
		rights->none--;
		add_each(rights->unshared, shared, 1);
		if (rights->none != 0 && (rights->corrected & ~shared) == 0) {
			return; /* what is not shared by others is what it was */
		}
	} else {
		add_each(rights->unshared, ~shared, MINUS_ONE);
	}
	any = (rights->none != 0 ? ~rights->corrected : 0) |
		counted(rights->unshared, rights->corrected, rights->none);
	summarize(&rights->unshared_any, any);
	if (any == 0 && rights->none == 0) {
		rights->corrected = 0; /* every correction has been taken back */
	}
}
