/* SPDX-License-Identifier: MIT */
/*
 * Interlocked operations. Each is a full barrier. In a driver that sessio_add_driver()
 * compiles, each is a scheduling point of <sessio/testing_threads.h>, too.
 */
#ifndef SESSIO_NT_INTERLOCKED_H
#define SESSIO_NT_INTERLOCKED_H

#include "types.h"

#ifdef __cplusplus
extern "C" {
#endif

/** In a schedule of the test kit other threads may run now. */
void sessio_nt_point(void);

#if defined(SESSIO_NT_POINTS)
#define SESSIO_NT_POINT() sessio_nt_point()
#else
#define SESSIO_NT_POINT() ((void)0)
#endif

#define SESSIO_NT_INTERLOCKED(suffix, type)                                              \
	static inline type InterlockedIncrement##suffix(type volatile *at)               \
	{                                                                                \
		SESSIO_NT_POINT();                                                       \
		return __atomic_add_fetch(at, 1, __ATOMIC_SEQ_CST);                      \
	}                                                                                \
	static inline type InterlockedDecrement##suffix(type volatile *at)               \
	{                                                                                \
		SESSIO_NT_POINT();                                                       \
		return __atomic_sub_fetch(at, 1, __ATOMIC_SEQ_CST);                      \
	}                                                                                \
	static inline type InterlockedExchange##suffix(type volatile *at, type value)    \
	{                                                                                \
		SESSIO_NT_POINT();                                                       \
		return __atomic_exchange_n(at, value, __ATOMIC_SEQ_CST);                 \
	}                                                                                \
	static inline type InterlockedExchangeAdd##suffix(type volatile *at, type value) \
	{                                                                                \
		SESSIO_NT_POINT();                                                       \
		return __atomic_fetch_add(at, value, __ATOMIC_SEQ_CST);                  \
	}                                                                                \
	static inline type InterlockedAdd##suffix(type volatile *at, type value)         \
	{                                                                                \
		SESSIO_NT_POINT();                                                       \
		return __atomic_add_fetch(at, value, __ATOMIC_SEQ_CST);                  \
	}                                                                                \
	static inline type InterlockedAnd##suffix(type volatile *at, type value)         \
	{                                                                                \
		SESSIO_NT_POINT();                                                       \
		return __atomic_fetch_and(at, value, __ATOMIC_SEQ_CST);                  \
	}                                                                                \
	static inline type InterlockedOr##suffix(type volatile *at, type value)          \
	{                                                                                \
		SESSIO_NT_POINT();                                                       \
		return __atomic_fetch_or(at, value, __ATOMIC_SEQ_CST);                   \
	}                                                                                \
	static inline type InterlockedXor##suffix(type volatile *at, type value)         \
	{                                                                                \
		SESSIO_NT_POINT();                                                       \
		return __atomic_fetch_xor(at, value, __ATOMIC_SEQ_CST);                  \
	}                                                                                \
	static inline type InterlockedCompareExchange##suffix(                           \
		type volatile *at, type wanted, type expected)                           \
	{                                                                                \
		SESSIO_NT_POINT();                                                       \
		(void)__atomic_compare_exchange_n(                                       \
			at, &expected, wanted, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);   \
		return expected;                                                         \
	}

SESSIO_NT_INTERLOCKED(, LONG)
SESSIO_NT_INTERLOCKED(64, LONG64)

static inline PVOID InterlockedExchangePointer(PVOID volatile *at, PVOID value)
{
	SESSIO_NT_POINT();
	return __atomic_exchange_n(at, value, __ATOMIC_SEQ_CST);
}

static inline PVOID InterlockedCompareExchangePointer(
	PVOID volatile *at, PVOID wanted, PVOID expected)
{
	SESSIO_NT_POINT();
	(void)__atomic_compare_exchange_n(
		at, &expected, wanted, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
	return expected;
}

/* The bit as it was. */
static inline UCHAR InterlockedBitTestAndSet(LONG volatile *at, LONG bit)
{
	ULONG mask = 1u << (SESSIO_NT_CAST(ULONG, bit) & 31u);
	ULONG before =
		SESSIO_NT_CAST(ULONG, InterlockedOr(&at[bit >> 5], SESSIO_NT_CAST(LONG, mask)));

	return SESSIO_NT_CAST(UCHAR, (before & mask) != 0);
}

static inline UCHAR InterlockedBitTestAndReset(LONG volatile *at, LONG bit)
{
	ULONG mask = 1u << (SESSIO_NT_CAST(ULONG, bit) & 31u);
	ULONG before =
		SESSIO_NT_CAST(ULONG, InterlockedAnd(&at[bit >> 5], SESSIO_NT_CAST(LONG, ~mask)));

	return SESSIO_NT_CAST(UCHAR, (before & mask) != 0);
}

#define InterlockedExchangeAddNoFence InterlockedExchangeAdd
#define InterlockedIncrementAcquire InterlockedIncrement
#define InterlockedDecrementRelease InterlockedDecrement
#define InterlockedIncrementNoFence InterlockedIncrement
#define InterlockedDecrementNoFence InterlockedDecrement
#define InterlockedCompareExchangeAcquire InterlockedCompareExchange
#define InterlockedCompareExchangeRelease InterlockedCompareExchange

static inline LONG ReadAcquire(LONG const volatile *at)
{
	SESSIO_NT_POINT();
	return __atomic_load_n(at, __ATOMIC_ACQUIRE);
}

static inline LONG ReadNoFence(LONG const volatile *at)
{
	SESSIO_NT_POINT();
	return __atomic_load_n(at, __ATOMIC_RELAXED);
}

static inline void WriteRelease(LONG volatile *at, LONG value)
{
	SESSIO_NT_POINT();
	__atomic_store_n(at, value, __ATOMIC_RELEASE);
}

static inline void WriteNoFence(LONG volatile *at, LONG value)
{
	SESSIO_NT_POINT();
	__atomic_store_n(at, value, __ATOMIC_RELAXED);
}

#define KeMemoryBarrier() __sync_synchronize()
#define MemoryBarrier() __sync_synchronize()
#define YieldProcessor() __atomic_signal_fence(__ATOMIC_SEQ_CST)

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_NT_INTERLOCKED_H */
