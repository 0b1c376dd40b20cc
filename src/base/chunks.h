/* SPDX-License-Identifier: MIT */
/*
 * Tables that grow without a move: chunks of slots, each twice as large as the one
 * before. A slot is found without a lock.
 *
 * Most slots are in the newest chunk, so that is tried first: the processor guesses the
 * branch, and needs no search for a highest bit.
 */
#ifndef SI_CHUNKS_H
#define SI_CHUNKS_H

#include <stdatomic.h>
#include <stdint.h>

#include "platform/platform.h"

#define SI_CHUNKS_MAX 16u

struct si_chunks {
	/* Where the slot with index 0 would be for the indices of each chunk; 0: not there yet. */
	_Atomic uintptr_t base[SI_CHUNKS_MAX];
	_Atomic uint32_t newest; /* chunk */
};

/* The position of the highest bit; n is not 0. */
static inline unsigned si_log2(uint32_t n)
{
#if defined(__GNUC__)
	return 31u - (unsigned)__builtin_clz(n);
#else
	unsigned log2 = 0;

	while ((n >>= 1) != 0) {
		log2++;
	}
	return log2;
#endif
}

/* The chunk of an index, if the first has 1 << bits slots. */
static inline unsigned si_chunks_of(uint32_t index, unsigned bits)
{
	return si_log2(index + (UINT32_C(1) << bits)) - bits;
}

/* The first index of a chunk. */
static inline uint32_t si_chunks_first(unsigned chunk, unsigned bits)
{
	return (UINT32_C(1) << (bits + chunk)) - (UINT32_C(1) << bits);
}

/* The address of a slot, 0 if its chunk is not there. The chunk is below SI_CHUNKS_MAX. */
static inline uintptr_t si_chunks_slot(
	struct si_chunks *chunks, uint32_t index, unsigned bits, size_t slot_size)
{
	/* Acquire, three times: the slots as they were made, and the base before the newest. */
	unsigned chunk = atomic_load_explicit(&chunks->newest, memory_order_acquire);
	uintptr_t base = atomic_load_explicit(&chunks->base[chunk], memory_order_acquire);

	if (si_unlikely(index - si_chunks_first(chunk, bits) >= UINT32_C(1) << (bits + chunk))) {
		base = atomic_load_explicit(
			&chunks->base[si_chunks_of(index, bits)], memory_order_acquire);
	}
	return base == 0 ? 0 : base + index * slot_size;
}

/* Adds the next chunk. One thread at a time. */
static inline void si_chunks_add(
	struct si_chunks *chunks, unsigned chunk, void *slots, unsigned bits, size_t slot_size)
{
	/* Release, twice: the slots, and then their base. */
	atomic_store_explicit(&chunks->base[chunk],
		(uintptr_t)slots - si_chunks_first(chunk, bits) * slot_size, memory_order_release);
	atomic_store_explicit(&chunks->newest, chunk, memory_order_release);
}

#endif /* SI_CHUNKS_H */
