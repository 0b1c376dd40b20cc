/* SPDX-License-Identifier: MIT */
/* The rows of events of user sessions, and of the logoff of a user who has resource sessions. */
#include "peers.h"
#include "rows.h"
#include "subject.h"

static void measure_events(struct bench_case *call)
{
	static const struct {
		size_t watchers;
		double limit;
		const char *subject, *signal;
	} sizes[] = {
		{ 1, 12, "sessio, event to 1", "GLib signal to 1" },
		{ 10, 2.5, "sessio, event to 10", "GLib signal to 10" },
		{ 100, 1.5, "sessio, event to 100", "GLib signal to 100" },
	};
	struct bench_row *row = bench_add_row(
		"event to N registrations, each", "at most 12, 2.5 and 1.5 x an indirect call");

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		size_t watchers = sizes[i].watchers;
		double parts = (double)watchers;

		bench_limit(row,
			bench_add_case(sizes[i].subject, subject_post,
				subject_host_create(watchers, true), 1, parts),
			call, sizes[i].limit);
		bench_peer(row,
			bench_add_case(sizes[i].signal, peer_signal, peer_signal_create(watchers),
				1, parts),
			call);
	}
	row = bench_add_row(
		"event that none of 100 registrations wants", "at most 4 x one indirect call");
	bench_limit(row,
		bench_add_case("sessio, event to nobody", subject_post,
			subject_host_create(100, false), 1, 1),
		call, 4);
	bench_peer(row,
		bench_add_case("GLib signal to nobody", peer_signal, peer_signal_create(0), 1, 1),
		call);
}

static void measure_logoffs(void)
{
	struct bench_row *row =
		bench_add_row("a user's sessions opened, bound and ended by a logoff",
			"each at 100 000 at most 1.3 x of each at 1 000");
	struct bench_case *few = bench_add_case(
		"sessio, logoff with 1 000", subject_logoff, subject_bind_create(1000), 1, 1000);
	struct bench_case *many = bench_add_case("sessio, logoff with 100 000", subject_logoff,
		subject_bind_create(100000), 1, 100000);

	struct bench_case *fresh_blocks = bench_add_case("malloc + write + free, fresh memory",
		floor_blocks, floor_blocks_create(100000), 1, 100000);
	struct bench_case *fresh = bench_add_case("sessio, with 100 000 in fresh memory",
		subject_logoff, subject_bind_create(100000), 1, 100000);

	bench_limit(row, many, few, 1.3);
	bench_peer(row, few, few);
	/* Where the heap has nothing free, the system maps the pages of as many in any program. */
	fresh_blocks->prepare = bench_empty_heap;
	fresh->prepare = bench_empty_heap;
	bench_peer(row, fresh_blocks, few);
	bench_peer(row, fresh, few);
}

/* The time on the wall for each event of all threads. */
static struct bench_case *contended(const char *name, size_t watchers, unsigned threads)
{
	struct bench_case *c = bench_add_case(
		name, subject_post_own, subject_host_create(watchers, true), threads, threads);

	c->sleeps = true;
	return c;
}

/* A plain lock, of threads that do nothing else. */
static struct bench_case *locked(const char *name, unsigned threads)
{
	struct bench_case *c =
		bench_add_case(name, floor_mutex, floor_mutex_create(), threads, threads);

	c->sleeps = true;
	return c;
}

static void measure_contention(void)
{
	struct bench_row *row =
		bench_add_row("posts of 4 threads to one host, each by its own session",
			"on the wall at most 1 x one thread's");
	struct bench_case *nobody = contended("sessio, posts to nobody, 1 thread", 0, 1);
	struct bench_case *one = contended("sessio, posts to 1 watcher, 1 thread", 1, 1);

	bench_limit(row, contended("sessio, posts to nobody, 4 threads", 0, 4), nobody, 1);
	bench_limit(row, contended("sessio, posts to 1 watcher, 4 threads", 1, 4), one, 1);
	bench_peer(
		row, locked("a mutex alone, 4 threads", 4), locked("a mutex alone, 1 thread", 1));
}

void rows_of_events(const struct floors *floors)
{
	measure_events(floors->call);
	measure_contention();
	measure_logoffs();
}
