/* SPDX-License-Identifier: MIT */
/*
 * Counts the bytes that the library asks its platform for. The linker puts this
 * between the two (--wrap), so it sees requests, not what malloc makes of them.
 */
#ifndef SESSIO_BENCH_COUNT_H
#define SESSIO_BENCH_COUNT_H

#include <stddef.h>

/* One at a time, one thread. */
void count_begin(void);

/*
 * Bytes that were asked for since and have not been given back. *out_small is how
 * many of them are in blocks of less than `large` bytes; it may be NULL.
 */
size_t count_end(size_t *out_small, size_t large);

#endif /* SESSIO_BENCH_COUNT_H */
