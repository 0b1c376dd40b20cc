/* SPDX-License-Identifier: MIT */
/*
 * Counts instructions and cycles of the calling thread, outside the kernel. It asks Linux
 * by perf_event_open(), which answers only where the machine and its owner allow that.
 */
#ifndef SESSIO_BENCH_COUNTERS_H
#define SESSIO_BENCH_COUNTERS_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

struct counters_sum {
	double instructions;
	double cycles;
	double times; /* that were counted; 0: nothing was */
};

/* Opens the counters of this thread, which alone may call the two below. False: not counted here. */
bool counters_open(void);
void counters_start(void);
void counters_stop(struct counters_sum *sum, double times);

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_BENCH_COUNTERS_H */
