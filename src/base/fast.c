/* SPDX-License-Identifier: MIT */
#include "base/fast.h"

#include "base/rundown.h"

#if defined(SESSIO_FAST)

bool sessio_fast_settle(struct sessio_fast_slot *slot)
{
	/* Relaxed: this thread's own. Odd, so that it is never 0. */
	uint64_t steps = (__atomic_load_n(&slot->begun, __ATOMIC_RELAXED) +
				 __atomic_load_n(&slot->ended, __ATOMIC_RELAXED)) *
			2 +
		1;
	uint64_t met = 0;

	SESSIO_FAST_PAUSE();
	/* Release: a closer that is second reads the counts (fast-2). */
	return __atomic_compare_exchange_n(
		       &slot->harvest, &met, steps, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE) ||
		met == steps;
}

#endif

#if defined(SI_HAS_DESKS)

/* Keys: a context with one of these flags, or nobody's. */
#define NOBODY ((uintptr_t)SESSIO_FAST_NOBODY)
#define PREPARED ((uintptr_t)1) /* (fast-4) */
#define REVOKED ((uintptr_t)2) /* (fast-2) */
#define BARRED ((uintptr_t)4) /* REVOKED before, and the heavy barrier has been (fast-6) */
#define KEY_FLAGS ((uintptr_t)7)

/* So many ticks in a row make a session worth a slot: some 64 operations. */
#define TIMES 4u

_Static_assert(sizeof(struct sessio_fast_slot) == 64, "a slot is a cache line");
_Static_assert(_Alignof(struct si_rundown) > KEY_FLAGS, "a key leaves room for the flags");

static uintptr_t key_of(const struct si_rundown *run)
{
	return (uintptr_t)run + SI_FAST_BEFORE;
}

static uintptr_t load_key(struct sessio_fast_slot *slot)
{
	SESSIO_FAST_PAUSE();
	/* Acquire: the work of the operations of an owner that emptied it (fast-5). */
	return __atomic_load_n(&slot->key, __ATOMIC_ACQUIRE);
}

static void store_key(struct sessio_fast_slot *slot, uintptr_t key)
{
	SESSIO_FAST_PAUSE();
	__atomic_store_n(&slot->key, key, __ATOMIC_RELEASE);
}

static bool change_key(struct sessio_fast_slot *slot, uintptr_t *seen, uintptr_t key)
{
	SESSIO_FAST_PAUSE();
	return __atomic_compare_exchange_n(
		&slot->key, seen, key, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}

/* Whether the owner may have the slot for another session (fast-5). */
static bool make_room(struct sessio_fast_slot *slot)
{
	uintptr_t seen = load_key(slot);

	if (seen == NOBODY) {
		return true;
	}
	/* Another thread empties a flagged one. The counts are this thread's own. */
	return (seen & KEY_FLAGS) == 0 && slot->begun == slot->ended &&
		change_key(slot, &seen, NOBODY);
}

static bool grant(struct sessio_fast_slot *slot, struct si_rundown *run)
{
	uintptr_t key = key_of(run) | PREPARED;

	/* Relaxed: the key comes after them. */
	__atomic_store_n(&slot->begun, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&slot->ended, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&slot->harvest, 0, __ATOMIC_RELAXED);
	store_key(slot, key);
	if (si_rundown_set_biased(run)) {
		return change_key(slot, &key, key_of(run)); /* (fast-4) */
	}
	store_key(slot, NOBODY);
	return false;
}

/* The operation that runs goes into the slot, where it will end: or nothing is ever in balance. */
static void move_operation(struct sessio_fast_slot *slot, struct si_rundown *run)
{
	if (sessio_fast_begin(slot, key_of(run))) {
		SI_BUG_IF(si_rundown_release(run), "it runs in the slot (fast-1)");
	}
}

void si_fast_consider(struct si_rundown *run, void *object, const void *type)
{
	struct sessio_fast_slot *slot;

	if (!si_platform_make_desk()) {
		return;
	}
	slot = sessio_fast_slot_of(si_platform_desk(), key_of(run));
	if (slot->wanted != key_of(run)) {
		slot->wanted = key_of(run);
		slot->times = 0;
	}
	if (++slot->times < TIMES) {
		return;
	}
	slot->times = 0;
	if (load_key(slot) == key_of(run) || !make_room(slot)) {
		return;
	}
	slot->object = object;
	slot->type = type;
	if (grant(slot, run)) {
		move_operation(slot, run);
	}
}

/* Flags a slot of this key, or refuses the grant. The key found; NOBODY if it is another's slot. */
static uintptr_t flag(struct sessio_fast_slot *slot, uintptr_t key)
{
	uintptr_t seen = load_key(slot);

	/* Not often: from prepared to granted, and from there to nobody's or flagged. */
	while ((seen & ~KEY_FLAGS) == key) {
		if ((seen & (REVOKED | BARRED)) != 0 ||
			(seen == key && change_key(slot, &seen, key | REVOKED))) {
			return seen;
		}
		if (seen == (key | PREPARED) && change_key(slot, &seen, NOBODY)) {
			return NOBODY;
		}
	}
	return NOBODY;
}

/* The operations in a slot, which are counted no more from now on (fast-2). */
static int64_t harvest(struct sessio_fast_slot *slot)
{
	/* Acquire: the work of the operations. */
	uint64_t ended = __atomic_load_n(&slot->ended, __ATOMIC_ACQUIRE);
	uint64_t begun = __atomic_load_n(&slot->begun, __ATOMIC_ACQUIRE);
	uint64_t met = 0;

	SESSIO_FAST_PAUSE();
	if (!__atomic_compare_exchange_n(&slot->harvest, &met, (begun + ended) * 2 + 1, false,
		    __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
		ended = __atomic_load_n(&slot->ended, __ATOMIC_RELAXED);
		begun = __atomic_load_n(&slot->begun, __ATOMIC_RELAXED);
	}
	return (int64_t)(begun - ended);
}

/* The slot that this counter has on a desk, if it has any there. */
static struct sessio_fast_slot *slot_at(unsigned desk, const struct si_rundown *run)
{
	return sessio_fast_slot_of(si_platform_desk_at(desk), key_of(run));
}

int64_t si_fast_take(struct si_rundown *run)
{
	unsigned desks = si_platform_desks();
	bool others = false;
	int64_t count = 0;

	for (unsigned i = 0; i < desks; i++) {
		uintptr_t found = flag(slot_at(i, run), key_of(run));

		if (found != NOBODY && (found & BARRED) == 0 &&
			si_platform_desk_at(i) != si_platform_desk()) { /* (fast-7) */
			others = true;
		}
	}
	if (others) {
		si_heavy_barrier();
	}
	for (unsigned i = 0; i < desks; i++) {
		uintptr_t seen = load_key(slot_at(i, run));

		if ((seen & (REVOKED | BARRED)) != 0 && (seen & ~KEY_FLAGS) == key_of(run)) {
			count += harvest(slot_at(i, run));
			store_key(slot_at(i, run), NOBODY); /* (fast-5) */
		}
	}
	return count;
}

int64_t si_fast_count(struct si_rundown *run)
{
	int64_t count = 0;

	for (unsigned i = 0; i < si_platform_desks(); i++) {
		struct sessio_fast_slot *slot = slot_at(i, run);
		uintptr_t seen = load_key(slot);

		if ((seen & ~KEY_FLAGS) == key_of(run) && (seen & PREPARED) == 0) {
			uint64_t ended = __atomic_load_n(&slot->ended, __ATOMIC_RELAXED);

			count += (int64_t)(__atomic_load_n(&slot->begun, __ATOMIC_RELAXED) - ended);
		}
	}
	return count;
}

bool si_fast_revoke(struct si_rundown *run)
{
	bool any = false;

	for (unsigned i = 0; i < si_platform_desks(); i++) {
		uintptr_t key = key_of(run);

		if (si_platform_desk_at(i) != si_platform_desk() &&
			load_key(slot_at(i, run)) == key &&
			change_key(slot_at(i, run), &key, key | REVOKED)) {
			any = true;
		}
	}
	return any;
}

void si_fast_revoked(struct si_rundown *run)
{
	for (unsigned i = 0; i < si_platform_desks(); i++) {
		uintptr_t key = key_of(run) | REVOKED;

		(void)change_key(slot_at(i, run), &key, key_of(run) | BARRED);
	}
}

#endif
