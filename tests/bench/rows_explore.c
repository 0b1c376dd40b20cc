/* SPDX-License-Identifier: MIT */
/* The row of the test kit's histories. */
#include "rows.h"
#include "subject_explore.h"

static struct bench_case *add(const char *name, bench_fn *run)
{
	struct bench_case *c = bench_add_case(name, run, NULL, 1, SUBJECT_EXPLORE_HISTORIES);

	c->sleeps = true; /* another process works meanwhile */
	c->own_ns = subject_explore_ns;
	return c;
}

void rows_of_histories(const struct floors *floors)
{
	struct bench_row *row = bench_add_row("a history of at most 6 steps",
		"no limit: 10 000 ns are 100 000 histories a second and core");

	subject_explore_start();
	bench_peer(row, add("sessio, events of two user sessions", subject_explore_events),
		floors->malloc_free);
	bench_peer(row, add("sessio, the same with a driver", subject_explore_driver),
		floors->malloc_free);
}
