/* SPDX-License-Identifier: MIT */
/* The desks of platform.h: memory for them, and whose each one is. */
#include <sessio/fast.h>

#if defined(SESSIO_FAST)
#include <stdatomic.h>

#include <pthread.h>
#include <uv.h>

#include "platform/platform.h"

#define EMPTY                             \
	{                                 \
		.key = SESSIO_FAST_NOBODY \
	}
#define EMPTY_4 EMPTY, EMPTY, EMPTY, EMPTY

/* Nobody writes to it. */
static struct sessio_fast_desk no_desk = { { EMPTY_4, EMPTY_4, EMPTY_4, EMPTY_4 } };

/* Here even where no thread ever has a desk: the symbol is the layout's (fast-8). */
__thread struct sessio_fast_desk *SESSIO_FAST_DESK = &no_desk;

#if defined(SI_HAS_DESKS)
#define DESKS 128u

static struct sessio_fast_desk desks[DESKS];
static _Atomic bool taken[DESKS];
static _Atomic unsigned used; /* the desks from here on were never taken */

static uv_once_t key_once = UV_ONCE_INIT;
static pthread_key_t key;
static bool has_key;

/* The thread exits; its other destructors may come later, and do without. */
static __thread bool leaving;

static void leave(void *value)
{
	struct sessio_fast_desk *desk = value;

	leaving = true;
	SESSIO_FAST_DESK = &no_desk;
	/* Release: the next thread goes on from what this one has counted. */
	atomic_store_explicit(&taken[desk - desks], false, memory_order_release);
}

static void make_key(void)
{
	has_key = si_heavy_barrier_is_heavy() && pthread_key_create(&key, leave) == 0;
}

/* Of a desk that no thread had before. */
static void empty(struct sessio_fast_desk *desk)
{
	for (unsigned i = 0; i < SESSIO_FAST_SLOTS; i++) {
		if (desk->slot[i].key == 0) {
			desk->slot[i].key = SESSIO_FAST_NOBODY;
		}
	}
}

static void raise_used(unsigned count)
{
	unsigned seen = atomic_load_explicit(&used, memory_order_relaxed);

	/* Relaxed: the grant that follows is a release (fast-4). */
	while (seen < count &&
		!atomic_compare_exchange_weak_explicit(
			&used, &seen, count, memory_order_relaxed, memory_order_relaxed)) {
	}
}

bool si_platform_make_desk(void)
{
	uv_once(&key_once, make_key);
	if (!has_key || leaving || SESSIO_FAST_DESK != &no_desk) {
		return SESSIO_FAST_DESK != &no_desk;
	}
	for (unsigned i = 0; i < DESKS; i++) {
		/* Acquire: the counts of the thread before. */
		if (!atomic_load_explicit(&taken[i], memory_order_relaxed) &&
			!atomic_exchange_explicit(&taken[i], true, memory_order_acquire)) {
			if (pthread_setspecific(key, &desks[i]) != 0) {
				atomic_store_explicit(&taken[i], false, memory_order_release);
				return false;
			}
			empty(&desks[i]);
			raise_used(i + 1);
			SESSIO_FAST_DESK = &desks[i];
			return true;
		}
	}
	return false;
}

unsigned si_platform_desks(void)
{
	return atomic_load_explicit(&used, memory_order_relaxed);
}

struct sessio_fast_desk *si_platform_desk_at(unsigned i)
{
	return &desks[i];
}
#endif

#else
typedef int si_no_desks; /* a source is not empty */
#endif
