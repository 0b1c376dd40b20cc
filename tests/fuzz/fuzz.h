/* SPDX-License-Identifier: MIT */
/*
 * Programs that turn any bytes into a history of calls, and know from a naive
 * model what each call must answer. libFuzzer finds the bytes; without it
 * replay.c makes some.
 *
 * An input that has run out reads as zeros: the same bytes give the same history.
 */
#ifndef SESSIO_TESTS_FUZZ_FUZZ_H
#define SESSIO_TESTS_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Runs one input; the whole history, and leaves nothing behind. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct fuzz_input {
	const uint8_t *at;
	const uint8_t *end;
};

/* Stops the program where the library and the model differ, in every build. */
#define FUZZ_CHECK(condition) ((condition) ? (void)0 : fuzz_fail(__FILE__, __LINE__, #condition))

static inline _Noreturn void fuzz_fail(const char *file, int line, const char *what)
{
	fprintf(stderr, "%s:%d: this must be true: %s\n", file, line, what);
	abort();
}

static inline bool fuzz_has_more(const struct fuzz_input *in)
{
	return in->at != in->end;
}

static inline uint8_t fuzz_byte(struct fuzz_input *in)
{
	return fuzz_has_more(in) ? *in->at++ : 0;
}

/* From 0 to below the limit, which is at most 256. */
static inline unsigned fuzz_below(struct fuzz_input *in, unsigned limit)
{
	return fuzz_byte(in) % limit;
}

static inline uint32_t fuzz_u32(struct fuzz_input *in)
{
	uint32_t value = 0;

	for (unsigned i = 0; i < 4; i++) {
		value = value << 8 | fuzz_byte(in);
	}
	return value;
}

#endif /* SESSIO_TESTS_FUZZ_FUZZ_H */
