/* SPDX-License-Identifier: MIT */
/*
 * The seam of the test kit for driver code: one table of functions. They hear of
 * the things that drivers make and give back, and of mistakes. There is no table in
 * production, where a mistake stops the program.
 *
 * A table is set while no driver code runs, and stays until it is replaced. Each
 * slot is filled. Hooks run on the thread of the call, and take no lock of this
 * room. They may be called with one held.
 */
#ifndef SI_WDK_HOOKS_H
#define SI_WDK_HOOKS_H

#include <stdatomic.h>
#include <stdbool.h>

#include "nt/sessio_nt/types.h"
#include "platform/platform.h"

enum si_wdk_kind {
	SI_WDK_POOL,
	SI_WDK_DEVICE,
	SI_WDK_LINK,
	SI_WDK_REQUEST,
	SI_WDK_WORK_ITEM,
	SI_WDK_REGISTRATION,
	SI_WDK_REFERENCE,
	SI_WDK_HANDLE,
	SI_WDK_MDL,
	SI_WDK_SYSTEM_THREAD,
	SI_WDK_TIMER_SET,
	SI_WDK_NOTIFY,
	SI_WDK_REMOVE_LOCK, /* that has been taken, until its removal */
	SI_WDK_EX_TIMER,
	SI_WDK_RESOURCE,
	SI_WDK_LOOKASIDE,
	SI_WDK_KINDS
};

struct si_wdk_thing {
	enum si_wdk_kind kind;
	void *object; /* one at a time has this address */
	const void *owner; /* of a device its driver, of a registration its object; or NULL */
	/* Of a device its extension, of a registration its context; a lock, timer, resource or list; or NULL. */
	const void *memory;
	size_t size; /* of a pool block; of the memory of a device */
	ULONG tag; /* of a pool block */
	PCUNICODE_STRING name; /* of a device or link; NULL if there is none */
};

enum si_wdk_rule {
	SI_WDK_RULE_IRQL, /* a call above its level */
	SI_WDK_RULE_LEVEL_LEFT, /* another IRQL on return from driver code */
	SI_WDK_RULE_LOCK_LEFT, /* a lock held on return */
	SI_WDK_RULE_REGION_LEFT, /* a critical region not left on return */
	SI_WDK_RULE_LOCK, /* taken twice, or given back by another thread */
	SI_WDK_RULE_REGION,
	SI_WDK_RULE_DEVICE, /* no device */
	SI_WDK_RULE_DEVICE_TWICE, /* deleted twice */
	SI_WDK_RULE_DEVICE_REGISTERED, /* deleted while registered */
	SI_WDK_RULE_DEVICE_ATTACHED, /* deleted while attached */
	SI_WDK_RULE_REQUEST,
	SI_WDK_RULE_REQUEST_TWICE, /* completed twice */
	SI_WDK_RULE_POOL, /* not a block, or another tag */
	SI_WDK_RULE_POOL_TWICE, /* not a block any more, if it ever was */
	SI_WDK_RULE_LOOKASIDE,
	SI_WDK_RULE_WORK_ITEM,
	SI_WDK_RULE_WAIT,
	SI_WDK_RULE_WAIT_FOR_EVER, /* for what nothing can bring about any more */
	SI_WDK_RULE_UNREGISTER_SELF, /* from inside its own callback */
	SI_WDK_RULE_SESSION, /* queried when it is not the callback's */
	SI_WDK_RULE_UNREGISTER, /* not registered, or not any more */
	SI_WDK_RULE_MDL, /* freed or unlocked in the wrong state */
	SI_WDK_RULE_REFERENCE, /* given back that was not taken */
	SI_WDK_RULE_HANDLE, /* closed that is none */
	SI_WDK_RULE_BREAKPOINT, /* a break into a debugger that there is not */
	SI_WDK_RULE_COUNT
};

/*
 * The steps of a lock's life, on the thread that makes them. A registration is as a lock
 * here: its callback holds it, and unregistering waits for it.
 */
enum si_wdk_lock_step {
	SI_WDK_LOCK_NEW,
	SI_WDK_LOCK_WANTED, /* about to wait for it without end */
	SI_WDK_LOCK_TAKEN,
	SI_WDK_LOCK_GIVEN
};

struct si_wdk_hooks {
	void (*made)(const struct si_wdk_thing *thing);
	void (*gone)(enum si_wdk_kind kind, void *object);
	/* After this the call that found the mistake does the least harm, often nothing. */
	void (*misused)(enum si_wdk_rule rule, const void *object, const char *why);
	void (*lock)(const void *lock, enum si_wdk_lock_step step);
	/*
	 * The memory of what driver code gives back, such as pool blocks, and that of its
	 * header, which is returned. NULL: none left.
	 */
	void *(*take_memory)(size_t header_size, size_t size, void **out_block);
	/* In use: a thread may look at it still. */
	void (*give_memory)(void *header, bool in_use);
	/* Held: allocations that Windows would not make, and which no fault is to meet. */
	void (*hold_faults)(bool held);
	/* Asked when a container notification is registered. False: none left. */
	bool (*may_register)(void);
	void (*calling_back)(void); /* before each call of a registered callback */
	/* Whether all other threads that may run driver code are this room's, and counted. */
	bool (*is_only_caller)(void);
};

/* NULL in production. */
extern _Atomic(const struct si_wdk_hooks *) si_wdk_hooks;

/* The table, NULL if there is none. */
static inline const struct si_wdk_hooks *si_wdk_hooks_get(void)
{
	/* Acquire: the table is whole. */
	return atomic_load_explicit(&si_wdk_hooks, memory_order_acquire);
}

static inline void si_wdk_hooks_set(const struct si_wdk_hooks *hooks)
{
	atomic_store_explicit(&si_wdk_hooks, hooks, memory_order_release);
}

static inline void si_wdk_made(const struct si_wdk_thing *thing)
{
	const struct si_wdk_hooks *hooks = si_wdk_hooks_get();

	if (hooks != NULL) {
		hooks->made(thing);
	}
}

/* Before its address can be another's. */
static inline void si_wdk_gone(enum si_wdk_kind kind, void *object)
{
	const struct si_wdk_hooks *hooks = si_wdk_hooks_get();

	if (hooks != NULL) {
		hooks->gone(kind, object);
	}
}

/* Where the memory of a device, a request or a timer is from. */
struct si_wdk_memory {
	void *header;
	bool of_kit; /* from the table of hooks, which gets it back */
};

/* Memory from the table, or the platform if there is none. NULL: none left. */
void *si_wdk_take_memory(size_t size, struct si_wdk_memory *out_memory);
void si_wdk_give_memory(struct si_wdk_memory memory, bool in_use);

/* The key of what lies in a driver's memory, which may be at the address of another thing. */
static inline void *si_wdk_key(const volatile void *words)
{
	return (char *)(uintptr_t)words + 1;
}

/* True, after misused() has returned; stops the program if there is no table. */
bool si_wdk_misuse(enum si_wdk_rule rule, const void *object, const char *file, int line,
	const char *what, const char *why);

/* Whether driver code made this mistake, in a program that goes on nevertheless. */
#define SI_WDK_MISUSED(cond, rule, object, why) \
	(si_unlikely(cond) &&                   \
		si_wdk_misuse(SI_WDK_RULE_##rule, (object), __FILE__, __LINE__, #cond, (why)))

#endif /* SI_WDK_HOOKS_H */
