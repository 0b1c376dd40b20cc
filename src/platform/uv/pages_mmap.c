/* SPDX-License-Identifier: MIT */
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* MAP_ANONYMOUS in strict C11 */
#endif

#include "platform/pages.h"

#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

static size_t page_size(void)
{
	long size = sysconf(_SC_PAGESIZE);

	return size > 0 ? (size_t)size : 65536;
}

bool si_pages_take(size_t size, struct si_pages *out_pages)
{
	size_t page = page_size(), whole;
	unsigned char *start;

	if (size > SIZE_MAX - 2 * page) {
		return false;
	}
	whole = (size + page - 1) / page * page;
	start = mmap(NULL, whole + page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (start == MAP_FAILED) {
		return false;
	}
	*out_pages = (struct si_pages){ .end = start + whole, .size = whole };
	if (whole != 0 && mprotect(start, whole, PROT_READ | PROT_WRITE) != 0) {
		si_pages_give(out_pages);
		return false;
	}
	return true;
}

void si_pages_close(const struct si_pages *pages)
{
	if (pages->size != 0) {
		(void)mprotect(pages->end - pages->size, pages->size, PROT_NONE);
	}
}

void si_pages_give(const struct si_pages *pages)
{
	(void)munmap(pages->end - pages->size, pages->size + page_size());
}

bool si_pages_have(const struct si_pages *pages, const void *address)
{
	uintptr_t start = (uintptr_t)pages->end - pages->size;

	return (uintptr_t)address >= start &&
		(uintptr_t)address - start < pages->size + page_size();
}
