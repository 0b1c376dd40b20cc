/* SPDX-License-Identifier: MIT */
#include "leaks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

#include "platform/hooks.h"
#include "resource/session_number.h"

/* Only in programs that have session numbers. */
#pragma weak si_session_number_pages

/* Relaxed: the count must not bring an order that the library fails to make. */
static _Atomic size_t live;
static size_t allowed; /* to be left at the end */

static const struct si_hooks *besides; /* fixed while anything of the library runs */

static void count(void)
{
	atomic_fetch_add_explicit(&live, 1, memory_order_relaxed);
}

static void discount(void)
{
	atomic_fetch_sub_explicit(&live, 1, memory_order_relaxed);
}

static void count_memory(void *memory, size_t size)
{
	/* Nobody may count on zeros. */
	memset(memory, 0xA5, size);
	count();
	if (besides != NULL && besides->allocated != NULL) {
		besides->allocated(memory, size);
	}
}

static void discount_memory(void *memory)
{
	discount();
#if defined(__GLIBC__)
	/* A use of what is freed finds neither zeros nor what was there. */
	memset(memory, 0x5A, malloc_usable_size(memory));
#endif
	if (besides != NULL && besides->freeing != NULL) {
		besides->freeing(memory);
	}
}

void leaks_hook(const struct si_hooks *more)
{
	static struct si_hooks table;

	si_hooks_set(NULL);
	besides = more;
	table = more != NULL ? *more : (struct si_hooks){ 0 };
	table.allocated = count_memory;
	table.freeing = discount_memory;
	table.made_lock = count;
	table.unmade_lock = discount;
	si_hooks_set(&table);
}

/* Pages of session numbers are kept; the first is no memory of the platform's. */
static size_t pages_of_numbers(void)
{
	size_t pages = 0;

	while (si_session_number_pages != NULL && si_session_number_pages[pages + 1] != NULL) {
		pages++;
	}
	return pages;
}

size_t leaks_live(void)
{
	return atomic_load_explicit(&live, memory_order_relaxed) - pages_of_numbers();
}

void leaks_allow(size_t number)
{
	allowed = number;
}

/* Before main() and before other constructors, so that nothing of the library is missed. */
__attribute__((constructor(101))) static void begin(void)
{
	leaks_hook(NULL);
}

__attribute__((destructor(101))) static void end(void)
{
	size_t left = leaks_live();

	if (left != allowed) {
		(void)fprintf(stderr, "the library still holds %zu things at the end\n", left);
		_Exit(1);
	}
}
