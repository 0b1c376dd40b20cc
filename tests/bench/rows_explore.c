/* SPDX-License-Identifier: MIT */
/* The rows of the test kit's histories and schedules. */
#include "rows.h"
#include "subject_explore.h"

static struct bench_case *add(const char *name, bench_fn *run, unsigned times)
{
	struct bench_case *c = bench_add_case(name, run, NULL, 1, times);

	c->sleeps = true; /* another process works meanwhile */
	c->own_ns = subject_explore_ns;
	return c;
}

void rows_of_histories(const struct floors *floors)
{
	struct bench_row *row = bench_add_row("a history of at most 6 steps",
		"no limit: 10 000 ns are 100 000 histories a second and core");

	subject_explore_start();
	bench_peer(row,
		add("sessio, events of two user sessions", subject_explore_events,
			SUBJECT_EXPLORE_HISTORIES),
		floors->malloc_free);
	bench_peer(row,
		add("sessio, the same with a driver", subject_explore_driver,
			SUBJECT_EXPLORE_HISTORIES),
		floors->malloc_free);
	row = bench_add_row("a schedule of two threads", "no limit");
	bench_peer(row,
		add("sessio, two threads that post", subject_explore_schedules,
			SUBJECT_EXPLORE_SCHEDULES),
		floors->malloc_free);
}
