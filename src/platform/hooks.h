/* SPDX-License-Identifier: MIT */
/*
 * The seam of the test kit: one table of functions that the platform asks at each
 * allocation, clock read, lock, wait and thread start. There is none in production.
 *
 * Each slot may be NULL, for "as without a table". At locks other than the gate the
 * question would be felt. So only objects that are compiled with SESSIO_HOOKS ask at
 * all of them. On Linux others ask, too. They do so at locks that were made while a
 * table with before_lock was set, and at each lock that another thread has.
 *
 * A table is set while nothing of the library runs, and stays until it is replaced.
 * Hooks may call what they stand before: they are not asked again inside.
 */
#ifndef SI_HOOKS_H
#define SI_HOOKS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct si_hooks {
	bool (*may_alloc)(size_t size); /* false: there is no memory */
	void (*allocated)(void *memory, size_t size);
	void (*freeing)(void *memory); /* never NULL */
	bool (*may_make_lock)(void); /* false: there is no lock left */
	void (*made_lock)(void);
	void (*unmade_lock)(void);
	void (*before_lock)(const void *mutex);
	void (*after_unlock)(const void *mutex);
	void (*given)(
		const void *mutex); /* also after an unlock that after_unlock is not asked at */
	bool (*held)(const void *mutex); /* another has it; true: it has waited, try again */
	void (*looking)(const void *object); /* at what the thread may have to wait for */
	void (*meeting)(const void *object); /* about to use, without a lock, what others use */
	bool (*wait)(uint64_t timeout_ns); /* at the gate; true: it has waited itself */
	void (*waited)(void); /* at the gate again */
	void (*asleep)(const void *gate, uint64_t timeout_ns); /* just left it: wait for a wake */
	void (*wake)(void); /* after all sleepers were woken */
	bool (*yield)(void); /* true: other threads have run */
	uint64_t (*now_ns)(void); /* all clocks */

	bool (*start_thread)(void (**run)(void *arg), void **arg); /* false: there is none left */
	void (*started_thread)(bool started); /* whether the system had it */
	/* The program is about to be stopped; need not return. Before si_hook_stopping. */
	void (*stopping)(const char *file, int line, const char *what, const char *why);
};

/* NULL in production. */
extern _Atomic(const struct si_hooks *) si_hooks;

/* Called when the program is about to be stopped; need not return. NULL in production. */
typedef void si_stopping_fn(const char *file, int line, const char *what, const char *why);
extern _Atomic(si_stopping_fn *) si_hook_stopping;

/* The clock behind the hook: nanoseconds from some moment on, which only grow. */
uint64_t si_hooks_unhooked_now_ns(void);

/* The table, NULL if there is none. */
static inline const struct si_hooks *si_hooks_get(void)
{
	/* Acquire: the table is whole. */
	return atomic_load_explicit(&si_hooks, memory_order_acquire);
}

static inline void si_hooks_set(const struct si_hooks *hooks)
{
	atomic_store_explicit(&si_hooks, hooks, memory_order_release);
}

static inline void si_hook_before_lock(const void *mutex)
{
	const struct si_hooks *hooks = si_hooks_get();

	if (hooks != NULL && hooks->before_lock != NULL) {
		hooks->before_lock(mutex);
	}
}

static inline void si_hook_after_unlock(const void *mutex)
{
	const struct si_hooks *hooks = si_hooks_get();

	if (hooks != NULL && hooks->after_unlock != NULL) {
		hooks->after_unlock(mutex);
	}
}

static inline void si_hook_given(const void *mutex)
{
	const struct si_hooks *hooks = si_hooks_get();

	if (hooks != NULL && hooks->given != NULL) {
		hooks->given(mutex);
	}
}

static inline void si_hook_looking(const void *object)
{
	const struct si_hooks *hooks = si_hooks_get();

	if (hooks != NULL && hooks->looking != NULL) {
		hooks->looking(object);
	}
}

static inline void si_hook_meeting(const void *object)
{
	const struct si_hooks *hooks = si_hooks_get();

	if (hooks != NULL && hooks->meeting != NULL) {
		hooks->meeting(object);
	}
}

/* Whether the caller, which cannot have this lock, need not wait itself before it tries again. */
static inline bool si_hook_held(const void *mutex)
{
	const struct si_hooks *hooks = si_hooks_get();

	return hooks != NULL && hooks->held != NULL && hooks->held(mutex);
}

#endif /* SI_HOOKS_H */
