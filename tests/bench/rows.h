/* SPDX-License-Identifier: MIT */
/* The rows that do not fit into main.c. */
#ifndef SESSIO_BENCH_ROWS_H
#define SESSIO_BENCH_ROWS_H

#include "bench.h"

struct floors {
	struct bench_case *two_increments;
	struct bench_case *malloc_free;
};

void measure_handles(const struct floors *floors);
void measure_pipes(void);

#endif /* SESSIO_BENCH_ROWS_H */
