/* SPDX-License-Identifier: MIT */
/* Locks, and the gate (nt_kernel-1). */
#include "nt_kernel.h"

#include "platform/hooks.h"

_Static_assert(sizeof(FAST_MUTEX) <= sizeof(((si_mutex *)0)->os), "si_mutex is too small");
_Static_assert(_Alignof(FAST_MUTEX) <= _Alignof(si_mutex), "si_mutex is aligned too loosely");

#define SHARED_LOCKS 64u /* 2 to the 6: the hash keeps 6 bits */
static struct {
	_Alignas(64) struct si_shared_lock lock; /* a cache line each */
} shared_locks[SHARED_LOCKS];

/* A thread that sleeps at the gate. It lives on that thread's stack. */
struct sleeper {
	KEVENT woken;
	struct sleeper *next;
};

static si_mutex gate;
static struct sleeper *sleepers; /* guarded by the gate */

static FAST_MUTEX *as_fast_mutex(si_mutex *mutex)
{
	return (FAST_MUTEX *)(void *)mutex->os;
}

bool si_mutex_init(si_mutex *mutex, si_rank rank)
{
	const struct si_hooks *hooks = si_hooks_get();

	(void)rank; /* ranks are checked where threads have storage for them */
	SI_KERNEL_LEVEL("mutex_init");
	if (hooks != NULL && hooks->may_make_lock != NULL && !hooks->may_make_lock()) {
		return false;
	}
	ExInitializeFastMutex(as_fast_mutex(mutex));
	if (hooks != NULL && hooks->made_lock != NULL) {
		hooks->made_lock();
	}
	return true;
}

void si_mutex_fini(si_mutex *mutex)
{
	const struct si_hooks *hooks = si_hooks_get();

	(void)mutex; /* the kernel keeps nothing of a fast mutex */
	if (hooks != NULL && hooks->unmade_lock != NULL) {
		hooks->unmade_lock();
	}
}

void si_mutex_lock(si_mutex *mutex) SI_UNCHECKED_LOCKING
{
	SI_KERNEL_LEVEL("mutex_lock");
#if defined(SESSIO_HOOKS)
	si_hook_before_lock(mutex);
#endif
	KeEnterCriticalRegion();
	ExAcquireFastMutexUnsafe(as_fast_mutex(mutex));
}

void si_mutex_unlock(si_mutex *mutex) SI_UNCHECKED_LOCKING
{
	ExReleaseFastMutexUnsafe(as_fast_mutex(mutex));
	KeLeaveCriticalRegion();
#if defined(SESSIO_HOOKS)
	si_hook_after_unlock(mutex);
#endif
}

void si_kernel_make_locks(void)
{
	(void)si_mutex_init(&gate, SI_RANK_GATE);
	for (unsigned i = 0; i < SHARED_LOCKS; i++) {
		(void)si_mutex_init(&shared_locks[i].lock.mutex, SI_RANK_SHARED);
	}
}

static void must_have_started(void)
{
	if (si_unlikely(!si_kernel_is_started())) {
		si_platform_stop(__FILE__, __LINE__, "started", "sessio_start() was not called");
	}
}

si_mutex *si_platform_lock_of(const void *owner)
{
	/* The high bits of a product depend on all bits of the address. */
	uint64_t hash = ((uint64_t)(uintptr_t)owner >> 4) * UINT64_C(0x9e3779b97f4a7c15);

	must_have_started();
	return &shared_locks[hash >> 58].lock.mutex;
}

void si_gate_enter(void) SI_UNCHECKED_LOCKING
{
	must_have_started();
	si_mutex_lock(&gate);
}

void si_gate_leave(void) SI_UNCHECKED_LOCKING
{
	si_mutex_unlock(&gate);
}

/* Kernel timeouts: units of 100 ns, negative for relative ones. */
static LARGE_INTEGER kernel_timeout(uint64_t timeout_ns)
{
	LARGE_INTEGER timeout;

	timeout.QuadPart = -(LONGLONG)(timeout_ns / 100u) - 1;
	return timeout;
}

void si_gate_wait(uint64_t timeout_ns, void (*cancelled)(void)) SI_UNCHECKED_LOCKING
{
	struct sleeper self = { .next = sleepers };
	struct sleeper **at = &sleepers;
	LARGE_INTEGER timeout = kernel_timeout(timeout_ns);

	(void)cancelled; /* no thread is cancelled here */
	KeInitializeEvent(&self.woken, NotificationEvent, FALSE);
	sleepers = &self;
	si_gate_leave();
	(void)KeWaitForSingleObject(&self.woken, Executive, KernelMode, FALSE,
		timeout_ns == UINT64_MAX ? NULL : &timeout);
	si_gate_enter();
	while (*at != &self) {
		at = &(*at)->next;
	}
	*at = self.next;
}

/* A sleeper takes itself out inside the gate, so none goes while this walks. */
void si_gate_wake(void)
{
	si_gate_enter();
	for (struct sleeper *sleeper = sleepers; sleeper != NULL; sleeper = sleeper->next) {
		(void)KeSetEvent(&sleeper->woken, IO_NO_INCREMENT, FALSE);
	}
	si_gate_leave();
}

bool si_platform_set_cancellable(bool cancellable)
{
	(void)cancellable;
	return true;
}
