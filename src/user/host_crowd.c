/* SPDX-License-Identifier: MIT */
/*
 * Posters that get in each other's way (host-12).
 *
 * An event costs less than the way of a cache line from core to core. So threads that
 * alternate at each event are slower together than one of them alone. Here one
 * thread goes on posting while the others keep away, each for a while.
 *
 * A poster that meets another thread looks again at once, as that may be all. Then
 * it queues at the lock `turn`. The poster that has it reads from time to time whether
 * the host stays free, which means that nobody else posts any more. In between it
 * leaves the core to others. In the end it loses its patience and comes in between
 * two events of another thread, which then meets it in turn. It does so early if the
 * others' events are long, because alternating costs them little then. So each
 * poster comes in, whatever the others do.
 */
#include "user/host.h"

#define LOOKS_AT_ONCE 2u /* after 1 and 4 pauses */
#define LOOKS_AWAKE 4u /* with the turn, after 64, 128, 256 and 512 pauses */
#define FIRST_PAUSES 64u
#define NAPS 20u
#define LOOKS_OUT_OF_PATIENCE 24u

/* One close look: so many times, so many pauses apart. */
#define CLOSE_LOOKS 16u
#define CLOSE_PAUSES 4u

/* The host as a close look shows it. */
enum sight {
	SIGHT_FREE, /* all the time: nobody else posts any more */
	SIGHT_CHANGING, /* short events follow each other */
	SIGHT_STILL /* one that is long, or a thread that does not run */
};

struct poster {
	bool is_counted; /* in holding_off */
};

/* On one core the other thread does not run while this one looks. */
static bool may_look(const struct sessio_host *host)
{
	return si_platform_cpu_count() > 1 && !si_mutex_asks(&host->lock);
}

static bool is_calling(struct sessio_host *host)
{
	return atomic_load_explicit(&host->running, memory_order_relaxed) != NULL;
}

/* Only reads, for the sake of the thread that posts. */
static bool seems_free(struct sessio_host *host)
{
	return !is_calling(host) && si_mutex_is_free(&host->lock);
}

static enum sight look_closely(struct sessio_host *host)
{
	bool was_free = seems_free(host);
	bool has_changed = false;

	for (unsigned i = 0; i < CLOSE_LOOKS; i++) {
		bool is_free;

		si_platform_pause(CLOSE_PAUSES);
		is_free = seems_free(host);
		if (is_free != was_free && has_changed) {
			return SIGHT_CHANGING;
		}
		has_changed = has_changed || is_free != was_free;
		was_free = is_free;
	}
	return was_free && !has_changed ? SIGHT_FREE : SIGHT_STILL;
}

static void count_locked(struct sessio_host *host, struct poster *poster) SI_LOCKED_HOST
{
	if (!poster->is_counted) {
		poster->is_counted = true;
		host->holding_off++;
	}
}

/* True with the lock, if nobody delivers. The analysis does not see which way is which. */
static bool come_in(struct sessio_host *host, struct poster *poster) SI_UNCHECKED_LOCKING
{
	if (!seems_free(host) || !si_mutex_try_lock(&host->lock)) {
		return false;
	}
	if (host->busy) {
		count_locked(host, poster);
		si_mutex_unlock(&host->lock);
		return false;
	}
	return true;
}

/* True with the lock. */
static bool come_in_at_once(struct sessio_host *host, struct poster *poster)
{
	for (unsigned i = 0; i < LOOKS_AT_ONCE; i++) {
		si_platform_pause(1u << 2 * i);
		if (come_in(host, poster)) {
			return true;
		}
	}
	return false;
}

/* True with the lock. False: the patience is over, or there is no need for any. */
static bool come_in_if_free(struct sessio_host *host, struct poster *poster)
{
	for (unsigned i = 0; i < LOOKS_AWAKE + NAPS; i++) {
		enum sight sight = look_closely(host);

		if (sight == SIGHT_FREE && come_in(host, poster)) {
			return true;
		}
		if (sight == SIGHT_STILL && i != 0) {
			return false;
		}
		if (i < LOOKS_AWAKE) {
			si_platform_pause(FIRST_PAUSES << i);
		} else if (!si_platform_nap()) {
			return false;
		}
	}
	return false;
}

/* True with the lock. */
static bool come_in_between(struct sessio_host *host, struct poster *poster)
{
	for (unsigned i = 0; i < LOOKS_OUT_OF_PATIENCE; i++) {
		if (come_in(host, poster)) {
			return true;
		}
		si_platform_pause(1);
	}
	return false;
}

static void lock_in_turn(struct sessio_host *host, struct poster *poster)
	SI_ACQUIRES(&host->lock) SI_UNCHECKED_LOCKING
{
	if (!may_look(host)) {
		si_mutex_lock(&host->lock);
	} else if (!come_in_at_once(host, poster)) {
		si_mutex_lock(&host->turn);
		if (!come_in_if_free(host, poster) && !come_in_between(host, poster)) {
			si_mutex_lock(&host->lock);
		}
		si_mutex_unlock(&host->turn);
	}
	host->holding_off -= poster->is_counted;
}

void si_crowd_lock(struct sessio_host *host)
{
	struct poster poster = { false };

	lock_in_turn(host, &poster);
}

void si_crowd_hold_off_locked(struct sessio_host *host)
{
	struct poster poster = { false };

	if (!may_look(host)) {
		return;
	}
	count_locked(host, &poster);
	si_mutex_unlock(&host->lock);
	lock_in_turn(host, &poster);
}
