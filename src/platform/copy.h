/* SPDX-License-Identifier: MIT */
/*
 * A copy of the process, for the test kit. A crash in it ends the copy alone. The copy has
 * one thread, the caller's. So the caller makes it while no other thread holds anything that
 * the copy will use.
 *
 * The rules of platform.h hold here too.
 */
#ifndef SI_COPY_H
#define SI_COPY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether the system has such copies. If not, nothing else here may be called. */
bool si_copy_possible(void);

/* Zeroed memory that copies made later share with the process; NULL if there is none. */
void *si_copy_share(size_t size);
void si_copy_unshare(void *memory, size_t size);

enum si_copy_end {
	SI_COPY_RETURNED, /* the function did */
	SI_COPY_EXITED, /* the program ended in it; *out_code is its exit code */
	SI_COPY_CRASHED, /* *out_code is the signal */
	SI_COPY_HUNG, /* it had no progress for so long, and was killed */
	SI_COPY_NONE /* the system has no room for it now */
};

/*
 * Runs a function in a copy, and waits for its end. The function makes progress by
 * changing the word, which is in shared memory. UINT32_MAX is no limit. A copy that wants
 * to run and is given no processor has more time, where the system tells.
 */
enum si_copy_end si_copy_run(void (*run)(void *arg), void *arg, const _Atomic uint32_t *progress,
	uint32_t limit_ms, int *out_code);

/*
 * In a copy: before a crash ends it, this is called once, on the thread that crashed. It
 * may look at that thread's stack, and call nothing that takes a lock. The address is the
 * one that could not be touched, or NULL if that is not known.
 */
void si_copy_before_crash(void (*fn)(const void *address));

#endif /* SI_COPY_H */
