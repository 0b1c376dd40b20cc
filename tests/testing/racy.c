/* SPDX-License-Identifier: MIT */
#include "racy.h"

#include <stdlib.h>

#include <nt/wdm.h>

#include <sessio/host.h>

static bool is_right;

static void start(const char *name, void (*run)(void *arg), void *arg)
{
	SESSIO_THREADS_CHECK(sessio_threads_start(name, run, arg) == SESSIO_OK);
}

/* Two words of shared state, as most programs here have. */
static unsigned first, second;

static void begin(void *arg)
{
	is_right = *(const bool *)arg;
	first = 0;
	second = 0;
}

static uint64_t two_words(void *arg)
{
	(void)arg;
	return (uint64_t)first << 32 | second;
}

/* Two threads look whether a seat is free, and then take it. */
static FAST_MUTEX seat;

static uint64_t seat_digest(void *arg)
{
	return two_words(arg) * 3 + (uint64_t)seat.Count;
}

static void sit(void *arg)
{
	(void)arg;
	if (is_right) {
		ExAcquireFastMutexUnsafe(&seat);
	}
	if (first == 0) {
		SESSIO_THREADS_POINT();
		first = 1;
		second++;
	}
	if (is_right) {
		ExReleaseFastMutexUnsafe(&seat);
	}
}

static void check_then_act(void *arg)
{
	begin(arg);
	ExInitializeFastMutex(&seat);
	start("anna", sit, NULL);
	start("otto", sit, NULL);
	sessio_threads_join();
	SESSIO_THREADS_CHECK(second == 1);
}

/* Two locks in two orders. */
static FAST_MUTEX forks[2];

static uint64_t forks_digest(void *arg)
{
	(void)arg;
	return (uint64_t)forks[0].Count * 2 + (uint64_t)forks[1].Count;
}

static void eat(void *arg)
{
	unsigned left = arg != NULL && !is_right;

	ExAcquireFastMutexUnsafe(&forks[left]);
	ExAcquireFastMutexUnsafe(&forks[!left]);
	ExReleaseFastMutexUnsafe(&forks[!left]);
	ExReleaseFastMutexUnsafe(&forks[left]);
}

static void lock_order(void *arg)
{
	begin(arg);
	ExInitializeFastMutex(&forks[0]);
	ExInitializeFastMutex(&forks[1]);
	start("left", eat, NULL);
	start("right", eat, &forks);
}

/* The same with spin locks. */
static KSPIN_LOCK spins[2];

static uint64_t spins_digest(void *arg)
{
	(void)arg;
	return (uint64_t)(spins[0] * 31 + spins[1]);
}

static void spin(void *arg)
{
	unsigned left = arg != NULL && !is_right;
	KIRQL before = KeAcquireSpinLockRaiseToDpc(&spins[left]);

	KeAcquireSpinLockAtDpcLevel(&spins[!left]);
	KeReleaseSpinLockFromDpcLevel(&spins[!left]);
	KeReleaseSpinLock(&spins[left], before);
}

static void spin_lock_order(void *arg)
{
	begin(arg);
	KeInitializeSpinLock(&spins[0]);
	KeInitializeSpinLock(&spins[1]);
	start("left", spin, NULL);
	start("right", spin, &spins);
}

/* A waiter looks, clears the event and waits: the news may come in between. */
static KEVENT news;

static uint64_t news_digest(void *arg)
{
	return two_words(arg) * 2 + (uint64_t)news.Header.SignalState;
}

static void wait_for_news(void *arg)
{
	(void)arg;
	while (first == 0) {
		if (!is_right) {
			SESSIO_THREADS_POINT();
			KeClearEvent(&news);
		}
		(void)KeWaitForSingleObject(&news, Executive, KernelMode, FALSE, NULL);
	}
}

static void bring_news(void *arg)
{
	(void)arg;
	first = 1;
	(void)KeSetEvent(&news, IO_NO_INCREMENT, FALSE);
}

static void lost_wake_up(void *arg)
{
	begin(arg);
	KeInitializeEvent(&news, NotificationEvent, FALSE);
	start("waiter", wait_for_news, NULL);
	start("bringer", bring_news, NULL);
}

/* Two threads swap a token and count on getting it back. */
static void pass(void *arg)
{
	unsigned me = arg != NULL ? 2 : 1;

	if (first == 0) {
		SESSIO_THREADS_POINT();
		first = me;
	}
	while (first != 0 && first != me && !is_right) {
		sessio_threads_yield();
	}
	if (first == me && is_right) {
		first = 0;
	}
}

static void spin_for_ever(void *arg)
{
	begin(arg);
	start("one", pass, NULL);
	start("two", pass, &first);
}

/* A watcher's context is closed while its callback runs. */
static sessio_host *host;
static sessio_watch watch;

static void on_event(const sessio_user_notice *notice, void *context)
{
	(void)notice;
	(void)context;
	SESSIO_THREADS_POINT();
	SESSIO_THREADS_CHECK(first == 0);
}

static void post_event(void *arg)
{
	(void)arg;
	SESSIO_THREADS_CHECK(
		sessio_host_post(host, 1, SESSIO_USER_EVENT_CREATED, 0, NULL) == SESSIO_OK);
}

static void close_context(void *arg)
{
	(void)arg;
	if (is_right) {
		SESSIO_THREADS_CHECK(sessio_host_unwatch(host, watch) == SESSIO_OK);
	}
	first = 1;
	if (!is_right) {
		(void)sessio_host_unwatch(host, watch);
	}
}

static void close_against_callback(void *arg)
{
	const sessio_watch_options options = { .events = SESSIO_USER_EVENTS_ALL };

	begin(arg);
	SESSIO_THREADS_CHECK(sessio_host_create(SESSIO_RULES_DOCUMENTED, &host) == SESSIO_OK);
	SESSIO_THREADS_CHECK(
		sessio_host_watch(host, &options, on_event, NULL, &watch) == SESSIO_OK);
	start("poster", post_event, NULL);
	start("closer", close_context, NULL);
	sessio_threads_join();
	(void)sessio_host_destroy(host);
}

/* A wait with a timeout, whose end is taken for success. */
static void wait_a_second(void *arg)
{
	LARGE_INTEGER second_from_now = { .QuadPart = -10000000 };
	NTSTATUS status =
		KeWaitForSingleObject(&news, Executive, KernelMode, FALSE, &second_from_now);

	(void)arg;
	SESSIO_THREADS_CHECK(first == 1 || (is_right && status == STATUS_TIMEOUT));
}

static void late(void *arg)
{
	begin(arg);
	KeInitializeEvent(&news, NotificationEvent, FALSE);
	start("waiter", wait_a_second, NULL);
	start("bringer", bring_news, NULL);
}

/* An allocation that fails is taken for one that does not. */
static void allocate(void *arg)
{
	sessio_host *made = NULL;
	sessio_status status = sessio_host_create(SESSIO_RULES_DOCUMENTED, &made);

	(void)arg;
	SESSIO_THREADS_CHECK(made != NULL || (is_right && status == SESSIO_NO_MEMORY));
	(void)sessio_host_destroy(made);
}

static void no_memory(void *arg)
{
	begin(arg);
	start("maker", allocate, NULL);
}

/* Two threads leave their order in a driver's own memory. No stack has it, nor the test's digest. */
static volatile LONG *order;

static void go(void *arg)
{
	*order = *order * 3 + (arg != NULL ? 1 : 2);
}

static void look_at_order(void *arg)
{
	(void)arg;
	SESSIO_THREADS_POINT();
	SESSIO_THREADS_CHECK(is_right || *order != 2 * 3 + 1);
	second = 1;
}

/* So that there is a choice where the other one looks. */
static void stand_by(void *arg)
{
	(void)arg;
	while (second == 0) {
		sessio_threads_yield();
	}
}

static void order_in_memory(void *arg)
{
	begin(arg);
	order = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*order), 'edrO');
	SESSIO_THREADS_CHECK(order != NULL);
	start("one", go, &first);
	start("two", go, NULL);
	start("looker", look_at_order, NULL);
	start("bystander", stand_by, NULL);
	sessio_threads_join();
	ExFreePoolWithTag((PVOID)(ULONG_PTR)order, 'edrO');
}

/*
 * Two that are not small are complete in some hundred schedules where stacks are the same in
 * equal states. Without an optimiser, or with a sanitizer's memory, they hardly ever are.
 */
const struct racy racy_programs[] = {
	{ "check_then_act", check_then_act, seat_digest, SESSIO_THREADS_FAILED, 2, 0, true },
	{ "lock_order", lock_order, forks_digest, SESSIO_THREADS_DEADLOCK, 2, 0, false },
	{ "spin_lock_order", spin_lock_order, spins_digest, SESSIO_THREADS_DEADLOCK, 2, 0, true },
	{ "lost_wake_up", lost_wake_up, news_digest, SESSIO_THREADS_DEADLOCK, 2, 0, true },
	{ "spin_for_ever", spin_for_ever, two_words, SESSIO_THREADS_LIVELOCK, 2, 0, true },
	{ "close_against_callback", close_against_callback, two_words, SESSIO_THREADS_FAILED, 2, 0,
		false },
	{ "order_in_memory", order_in_memory, two_words, SESSIO_THREADS_FAILED, 1, 0, false },
	{ "late", late, news_digest, SESSIO_THREADS_FAILED, 2, 0, true },
	{ "no_memory", no_memory, NULL, SESSIO_THREADS_FAILED, 1, 1, true },
};

const size_t racy_count = sizeof(racy_programs) / sizeof(racy_programs[0]);
