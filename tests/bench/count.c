/* SPDX-License-Identifier: MIT */
#include "count.h"

#include <stdbool.h>

#include "bench.h"

#define KEPT_MAX 16384u

struct kept {
	void *memory;
	size_t size;
};

static bool counting;
static struct kept kept[KEPT_MAX];
static size_t kept_count;

void *__real_si_platform_alloc(size_t size);
void __real_si_platform_free(void *memory);
void *__wrap_si_platform_alloc(size_t size);
void __wrap_si_platform_free(void *memory);

void *__wrap_si_platform_alloc(size_t size)
{
	void *memory = __real_si_platform_alloc(size);

	if (__builtin_expect(counting, false)) {
		bench_require(kept_count < KEPT_MAX, "too many allocations to count");
		kept[kept_count++] = (struct kept){ memory, size };
	}
	return memory;
}

void __wrap_si_platform_free(void *memory)
{
	if (__builtin_expect(counting, false)) {
		/* The newest first: short-lived memory is found soon. */
		for (size_t i = kept_count; i > 0; i--) {
			if (kept[i - 1].memory == memory) {
				kept[i - 1] = kept[--kept_count];
				break;
			}
		}
	}
	__real_si_platform_free(memory);
}

void count_begin(void)
{
	kept_count = 0;
	counting = true;
}

size_t count_end(size_t *out_small, size_t large)
{
	size_t sum = 0;
	size_t small = 0;

	counting = false;
	for (size_t i = 0; i < kept_count; i++) {
		sum += kept[i].size;
		small += kept[i].size < large ? kept[i].size : 0;
	}
	if (out_small != NULL) {
		*out_small = small;
	}
	return sum;
}
