/* SPDX-License-Identifier: MIT */
/* Systems of which the kit asks no pages. */
#include "platform/pages.h"

bool si_pages_take(size_t size, struct si_pages *out_pages)
{
	(void)size;
	(void)out_pages;
	return false;
}

void si_pages_close(const struct si_pages *pages)
{
	(void)pages;
}

void si_pages_give(const struct si_pages *pages)
{
	(void)pages;
}

bool si_pages_have(const struct si_pages *pages, const void *address)
{
	(void)pages;
	(void)address;
	return false;
}
