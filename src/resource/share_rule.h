/* SPDX-License-Identifier: MIT */
/*
 * The share rule of one object, in time that depends on the number of rights
 * and not on the number of sessions.
 *
 * For each right it counts the sessions that require it and the sessions that
 * do not share it. A new session conflicts if it requires a right that somebody
 * does not share, or does not share a right that somebody requires.
 *
 * Most sessions name few rights, so most of what they do not share is the same.
 * A session that shares few rights counts as one that shares none, corrected for
 * the few. Right i is not shared by none + unshared[i] sessions, where unshared[i]
 * may stand for a negative number.
 *
 * The two summaries say which counts are not 0. They are written with the
 * owner's lock held and may be read without it. Each is one word and decides one
 * half of the rule, so a conflict seen there was true at that moment.
 */
#ifndef SI_RIGHTS_H
#define SI_RIGHTS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define SI_RIGHTS 32u

struct si_rights {
	_Atomic uint32_t required_any;
	_Atomic uint32_t unshared_any;
	uint32_t none; /* sessions counted as sharing nothing */
	uint32_t corrected; /* at least the rights with unshared[i] != 0 */
	uint32_t required[SI_RIGHTS]; /* sessions that require right i */
	uint32_t unshared[SI_RIGHTS]; /* see above */
};

static inline bool si_rights_conflict(
	const struct si_rights *rights, uint32_t required, uint32_t shared)
{
	/* Relaxed: with the lock held there is no writer; without it, see above. */
	uint32_t unshared = atomic_load_explicit(&rights->unshared_any, memory_order_relaxed);
	uint32_t in_use = atomic_load_explicit(&rights->required_any, memory_order_relaxed);

	return (required & unshared) != 0 || (in_use & ~shared) != 0;
}

/* Counts a session in or out; the owner's lock is held. The counts fit: memory ends first. */
void si_rights_add(struct si_rights *rights, uint32_t required, uint32_t shared);
void si_rights_remove(struct si_rights *rights, uint32_t required, uint32_t shared);

#endif /* SI_RIGHTS_H */
