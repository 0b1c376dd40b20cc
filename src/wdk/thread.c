/* SPDX-License-Identifier: MIT */
#include "wdk/thread.h"

#include "platform/hooks.h"
#include "platform/process.h"
#include "wdk/format.h"
#include "wdk/system_thread.h"
#include "wdk/work.h"

#define LOOK_AGAIN_NS UINT64_C(20000000)

_Static_assert(sizeof(struct _ETHREAD) <= SI_PLATFORM_THREAD_BYTES, "a thread has no room for it");

struct _ETHREAD *si_wdk_thread(void)
{
	return si_platform_thread_block();
}

struct si_wdk_standing si_wdk_standing(void)
{
	const struct _ETHREAD *thread = si_wdk_thread();

	return (struct si_wdk_standing){ thread->regions, thread->locks, thread->spin_locks,
		thread->level };
}

void si_wdk_check_standing(const struct si_wdk_standing *before, const void *routine,
	const char *at_level, const char *in_region, const char *with_lock)
{
	struct _ETHREAD *thread = si_wdk_thread();
	bool kit = si_wdk_hooks_get() != NULL;
	bool locked = kit && thread->locks > before->locks;

	/* Most locks raise the level, so the lock says it all. */
	(void)SI_WDK_MISUSED(locked, LOCK_LEFT, routine, with_lock);
	(void)SI_WDK_MISUSED(
		thread->level != before->level && !locked, LEVEL_LEFT, routine, at_level);
	(void)SI_WDK_MISUSED(
		kit && thread->regions != before->regions, REGION_LEFT, routine, in_region);
	thread->level = before->level;
	thread->regions = before->regions;
	thread->locks = before->locks;
	thread->spin_locks = before->spin_locks;
}

static const char *name_of_level(KIRQL level)
{
	switch (level) {
	case PASSIVE_LEVEL:
		return "PASSIVE_LEVEL";
	case APC_LEVEL:
		return "APC_LEVEL";
	case DISPATCH_LEVEL:
		return "DISPATCH_LEVEL";
	default:
		return "a device's level";
	}
}

void si_wdk_above(KIRQL max, const char *what)
{
	char why[128];

	si_wdk_print(why, sizeof(why), "%s at %s, which is above %s", what,
		name_of_level(si_wdk_thread()->level), name_of_level(max));
	(void)SI_WDK_MISUSED(true, IRQL, NULL, why);
}

static void tell(const volatile void *lock, enum si_wdk_lock_step step)
{
	const struct si_wdk_hooks *hooks = si_wdk_hooks_get();

	if (hooks != NULL) {
		hooks->lock((const void *)lock, step);
	}
}

void si_wdk_new_lock(const volatile void *lock)
{
	tell(lock, SI_WDK_LOCK_NEW);
}

void si_wdk_want_lock(const volatile void *lock)
{
	tell(lock, SI_WDK_LOCK_WANTED);
}

void si_wdk_took_lock(const volatile void *lock)
{
	si_wdk_thread()->locks++;
	tell(lock, SI_WDK_LOCK_TAKEN);
}

void si_wdk_gave_lock(const volatile void *lock)
{
	tell(lock, SI_WDK_LOCK_GIVEN);
	/* Another thread may give back what this one took. */
	if (si_wdk_thread()->locks != 0) {
		si_wdk_thread()->locks--;
	}
}

/* Whether no other thread can end a wait of this one. */
static bool is_alone(void)
{
	const struct si_wdk_hooks *hooks = si_wdk_hooks_get();

	return hooks != NULL && hooks->is_only_caller() && si_wdk_work_is_idle() &&
		si_wdk_system_threads() == 0;
}

static bool wait_without_end(si_wdk_try_fn *try_it, void *object)
{
	const struct si_wdk_hooks *hooks = si_wdk_hooks_get();
	bool looks = hooks != NULL && hooks->is_only_caller();

	if (!looks) {
		return si_wait_until(try_it, object, SI_WAIT_FOREVER);
	}
	for (;;) {
		bool alone = is_alone(); /* before the try, as others may just have ended */

		if (try_it(object)) {
			return true;
		}
		if (SI_WDK_MISUSED(alone, WAIT_FOR_EVER, object,
			    "nothing runs that could end this wait")) {
			return true;
		}
		if (si_wait_until(try_it, object, LOOK_AGAIN_NS)) {
			return true;
		}
	}
}

bool si_wdk_wait(si_wdk_try_fn *try_it, void *object, uint64_t timeout_ns)
{
	bool done;

	si_hook_looking(object);
	done = try_it(object);
	if (!done && timeout_ns != 0) {
		SI_WDK_LEVEL(APC_LEVEL, "waiting");
		si_wdk_work_waits();
		done = timeout_ns == SI_WAIT_FOREVER ? wait_without_end(try_it, object)
						     : si_wait_until(try_it, object, timeout_ns);
	}
	return done;
}

void sessio_nt_point(void)
{
	si_hook_meeting(NULL);
}

void si_wdk_wake(void)
{
	/* Sequentially consistent: see (wdk_thread-2). */
	if (atomic_load(&si_waiters) != 0) {
		si_gate_wake();
	}
	si_hook_after_unlock(NULL);
}
