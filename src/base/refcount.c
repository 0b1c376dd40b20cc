/* SPDX-License-Identifier: MIT */
#include "base/refcount.h"

/* Between the two marks there is room for every thread's stray reference. */
#define IS_REPORTED(count) ((count) >= UINT32_C(0xd0000000))

void si_refcount_refuse(struct si_refcount *refs, uint32_t before, const char *what)
{
	SI_BUG_IF(before == 0, what);
	atomic_store_explicit(&refs->count,
		IS_REPORTED(before) ? SI_REFCOUNT_REPORTED : SI_REFCOUNT_FULL,
		memory_order_relaxed);
}

bool si_refcount_report(struct si_refcount *refs)
{
	/* Relaxed: this one word decides which caller reports. */
	return !IS_REPORTED(
		atomic_exchange_explicit(&refs->count, SI_REFCOUNT_REPORTED, memory_order_relaxed));
}
