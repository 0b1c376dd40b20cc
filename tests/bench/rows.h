/* SPDX-License-Identifier: MIT */
/*
 * The rows of the table. A row is a path with what it must reach:
 *
 *	struct bench_row *row = bench_add_row("a path", "at most 2 x malloc + free");
 *
 *	bench_limit(row, bench_add_case("sessio, it", subject_it, state, 1, 1),
 *		floors->malloc_free, 2);
 *	bench_peer(row, bench_add_case("a peer", peer_it, state, 1, 1), floors->malloc_free);
 *
 * A new one goes into the function of its file, and a new file's function into the
 * list in main.c.
 */
#ifndef SESSIO_BENCH_ROWS_H
#define SESSIO_BENCH_ROWS_H

#include "bench.h"

struct floors {
	struct bench_case *two_increments;
	struct bench_case *malloc_free;
	struct bench_case *call; /* an indirect one */
};

typedef void rows_fn(const struct floors *floors);

rows_fn rows_of_sessions;
rows_fn rows_of_events;
rows_fn rows_of_handles;
rows_fn rows_of_pipes;
rows_fn rows_of_histories;
rows_fn rows_of_growth; /* plots */

#endif /* SESSIO_BENCH_ROWS_H */
