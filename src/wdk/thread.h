/* SPDX-License-Identifier: MIT */
/*
 * A thread as driver code sees it, and how it waits.
 *
 * (wdk_thread-1) A thread's level is its own: no other thread reads or writes it.
 * (wdk_thread-2) A thread makes something true by a sequentially consistent write,
 *      and then calls si_wdk_wake(). A waiter counts itself before it looks. So one
 *      of both sees the other.
 */
#ifndef SI_WDK_THREAD_H
#define SI_WDK_THREAD_H

#include <stdbool.h>

#include "base/bug.h"
#include "base/waiting.h"
#include "nt/wdm.h"
#include "wdk/hooks.h"

/* A call of a registered callback, which is on the stack. */
struct si_wdk_calling {
	const void *handle; /* of the registration; NULL: not known yet */
	const void *session; /* that it was given */
	const struct si_wdk_calling *outer;
};

/* A block of each thread, and besides an object of each that was made here. */
struct _ETHREAD {
	DISPATCHER_HEADER header; /* of an object: signalled at its end */
	HANDLE id; /* 0 until asked for */
	PEPROCESS process; /* of an object; NULL: this one */
	PETHREAD object; /* of a block: the thread as drivers see it; NULL: the block */
	ULONG regions; /* critical regions that it is in */
	ULONG locks; /* that it holds, of the kinds that have an owner */
	ULONG spin_locks; /* of these */
	KIRQL level; /* (wdk_thread-1) */
	CHAR priority; /* 0: as at first */
	const struct si_wdk_calling *calling; /* of a block: the innermost call of it */
};

/* The calling thread; never NULL. */
struct _ETHREAD *si_wdk_thread(void);

/* Stops the program above a level, as the kernel would; in the test kit the call goes on. */
#define SI_WDK_LEVEL(max, what)                                    \
	do {                                                       \
		if (si_unlikely(si_wdk_thread()->level > (max))) { \
			si_wdk_above((max), (what));               \
		}                                                  \
	} while (0)
/* This call, or what it does, is above its level. */
void si_wdk_above(KIRQL max, const char *what);

/* Driver code must leave these three as it finds them. */
struct si_wdk_standing {
	ULONG regions;
	ULONG locks;
	ULONG spin_locks; /* of these */
	KIRQL level;
};

struct si_wdk_standing si_wdk_standing(void);

/*
 * After this routine has returned. The IRQL always counts, regions and locks in the
 * test kit only. Restores all three.
 */
#define SI_WDK_CHECK_STANDING(before, routine, what)                                           \
	si_wdk_check_standing((before), (const void *)(ULONG_PTR)(routine),                    \
		what " came back at another IRQL", what " came back inside a critical region", \
		what " came back with a lock held")
void si_wdk_check_standing(const struct si_wdk_standing *before, const void *routine,
	const char *at_level, const char *in_region, const char *with_lock);

/* The kinds of dispatcher headers, whose objects threads wait for. */
enum si_wdk_waitable {
	SI_WDK_EVENT = 0,
	SI_WDK_EVENT_ONE = 1,
	SI_WDK_MUTEX = 2,
	SI_WDK_PROCESS = 3,
	SI_WDK_SEMAPHORE = 5,
	SI_WDK_THREAD_OBJECT = 6,
	SI_WDK_TIMER = 8,
	SI_WDK_TIMER_ONE = 9
};
void si_wdk_header_init(
	PDISPATCHER_HEADER header, enum si_wdk_waitable kind, size_t size, LONG state);
/* Signals and wakes. */
void si_wdk_signal(PDISPATCHER_HEADER header);

/* Whether the try was successful; called at the gate and elsewhere. */
typedef bool si_wdk_try_fn(void *object);

/* Tries until it succeeds; false after timeout_ns. SI_WAIT_FOREVER is no timeout. */
bool si_wdk_wait(si_wdk_try_fn *try_it, void *object, uint64_t timeout_ns);

/* (wdk_thread-2) */
void si_wdk_wake(void);

/*
 * A lock of driver code: it begins; this thread is about to wait for it as long as it takes;
 * this thread has taken it, or given it back.
 */
void si_wdk_new_lock(const volatile void *lock);
void si_wdk_want_lock(const volatile void *lock);
void si_wdk_took_lock(const volatile void *lock);
void si_wdk_gave_lock(const volatile void *lock);

/* A lock word of ours: no level, short sections only. */
void si_wdk_lock(KSPIN_LOCK *lock);
void si_wdk_unlock(KSPIN_LOCK *lock);

#endif /* SI_WDK_THREAD_H */
