/* SPDX-License-Identifier: MIT */
/*
 * What an operating system must give us. Each platform file defines all of it
 * and CMake compiles exactly one: uv.c here, a driver's own in a kernel build.
 * No other file in src/ asks which operating system this is.
 *
 * Rules that hold for every function here:
 *   - pointer arguments are never NULL unless it says so;
 *   - nothing here calls back into the library;
 *   - nothing here logs, except si_platform_stop, which has no other way.
 */
#ifndef SI_PLATFORM_H
#define SI_PLATFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Clang checks the lock rules where it can (-Wthread-safety). */
#if defined(__clang__)
#define SI_CAPABILITY __attribute__((capability("mutex")))
#define SI_ACQUIRES(lock) __attribute__((acquire_capability(lock)))
#define SI_RELEASES(lock) __attribute__((release_capability(lock)))
#define SI_HELD(lock) __attribute__((requires_capability(lock)))
#define SI_NOT_HELD(lock) __attribute__((locks_excluded(lock)))
#define SI_UNCHECKED_LOCKING __attribute__((no_thread_safety_analysis))
#else
#define SI_CAPABILITY
#define SI_ACQUIRES(lock)
#define SI_RELEASES(lock)
#define SI_HELD(lock)
#define SI_NOT_HELD(lock)
#define SI_UNCHECKED_LOCKING
#endif

#if defined(__GNUC__)
#define si_likely(x) __builtin_expect(!!(x), 1)
#define si_unlikely(x) __builtin_expect(!!(x), 0)
#define SI_COLD __attribute__((cold, noinline))
#define SI_NOINLINE __attribute__((noinline))
#else
#define si_likely(x) (x)
#define si_unlikely(x) (x)
#define SI_COLD
#define SI_NOINLINE
#endif

/* Memory, zeroed or not by the caller; aligned for max_align_t. NULL: none left. */
void *si_platform_alloc(size_t size);

/* Gives memory back; NULL is a no-op. */
void si_platform_free(void *memory);

/* Ends the program and says why: a promise that the library makes is broken. */
_Noreturn void si_platform_stop(const char *file, int line, const char *what, const char *why);

/*
 * A lock for short sections: not recursive, not fair, owned by a thread. The
 * storage is sized for the largest lock we know; the platform file proves it.
 */
#if defined(__APPLE__)
#define SI_MUTEX_BYTES 64
#elif defined(__aarch64__)
#define SI_MUTEX_BYTES 48
#else
#define SI_MUTEX_BYTES 40
#endif
typedef struct SI_CAPABILITY si_mutex {
	_Alignas(8) unsigned char os[SI_MUTEX_BYTES];
} si_mutex;

/* False when the operating system has no lock left. */
bool si_mutex_init(si_mutex *mutex);
void si_mutex_fini(si_mutex *mutex);
void si_mutex_lock(si_mutex *mutex) SI_ACQUIRES(mutex);
void si_mutex_unlock(si_mutex *mutex) SI_RELEASES(mutex);

/*
 * One of a fixed set of locks, always the same for the same address: for owners
 * that are too many to have a lock each. Never hold two of these.
 */
si_mutex *si_platform_lock_of(const void *owner);

/*
 * The gate: the one place of the process where threads sleep until something
 * has come true. Enter, test, wait, test again, leave; whoever makes something
 * true wakes everybody. Waiting is rare here, so one gate is enough.
 */
void si_gate_enter(void);
void si_gate_leave(void);
/* Inside the gate: sleeps until a wake or for timeout_ns, UINT64_MAX for ever; may wake early. */
void si_gate_wait(uint64_t timeout_ns);
/* Outside the gate: wakes every thread that sleeps at it. */
void si_gate_wake(void);

/* A clock that never goes back, in nanoseconds from an unknown start. */
uint64_t si_platform_now_ns(void);

/* The same clock as it was a few milliseconds ago at most, read cheaply. */
uint64_t si_platform_stamp_ns(void);

/* The calling thread's number as the operating system's tools show it. */
uint32_t si_platform_thread_id(void);

/* A small number per thread, dense from 0 in order of first use. */
unsigned si_platform_thread_slot(void);

/* How many threads can run at once; at least 1. */
unsigned si_platform_cpu_count(void);

/* One pointer per thread, NULL until set. */
void *si_platform_thread_get(void);
void si_platform_thread_set(void *value);

#endif /* SI_PLATFORM_H */
