/* SPDX-License-Identifier: MIT */
/* The rows of requests through a pipe, beside a bare libuv echo. */
#include "pipes.h"
#include "rows.h"

static struct bench_case *add_trips(
	const char *name, void (*go)(void *pipe), void *pipe, double percentile, double parts)
{
	struct bench_case *c =
		bench_add_case(name, trips_run, trips_create(go, pipe, percentile), 1, parts);

	c->sleeps = true;
	c->own_ns = trips_percentile;
	c->is_quiet = trips_are_quiet;
	return c;
}

static struct bench_case *add_many(const char *name, bench_fn *run, void *pipe)
{
	struct bench_case *c = bench_add_case(name, run, pipe, 1, PIPES_IN_FLIGHT);

	c->sleeps = true;
	return c;
}

void rows_of_pipes(const struct floors *floors)
{
	static const struct {
		double percentile;
		const char *path, *echo, *operate, *open_close;
	} kinds[] = {
		{ 50, "pipe round trip, the median", "libuv echo, the median",
			"sessio, operate by pipe, the median",
			"sessio, open + close by pipe, the median" },
		{ 99, "pipe round trip, 99 of 100 are faster", "libuv echo, 99 of 100",
			"sessio, operate by pipe, 99 of 100",
			"sessio, open + close by pipe, 99 of 100" },
	};
	void *echo = peer_echo_create();
	void *pipe = subject_pipe_create();
	struct bench_row *row;
	struct bench_case *floor;

	(void)floors;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		double percentile = kinds[i].percentile;

		row = bench_add_row(kinds[i].path, "each at most 1.3 x a bare libuv echo");
		floor = add_trips(kinds[i].echo, peer_echo_go, echo, percentile, 1);
		bench_limit(row,
			add_trips(kinds[i].operate, subject_pipe_operate, pipe, percentile, 1),
			floor, 1.3);
		bench_limit(row,
			add_trips(
				kinds[i].open_close, subject_pipe_open_close, pipe, percentile, 2),
			floor, 1.3);
		bench_peer(row, floor, floor);
	}
	row = bench_add_row("pipe throughput, 32 in flight, each", "no limit: beside an echo");
	floor = add_many("libuv echo, 32 in flight", peer_echo_many, echo);
	bench_peer(row, add_many("sessio, operate by pipe, 32 in flight", subject_pipe_many, pipe),
		floor);
	bench_peer(row, floor, floor);
}
