/* SPDX-License-Identifier: MIT */
#include "nt/sessio_nt/seh.h"

#include "base/bug.h"

enum pass { PASS_KIND = 1, PASS_BLOCK, PASS_END };

void sessio_nt_try_check(const struct sessio_nt_try *block)
{
	SI_BUG_IF(block->pass <= PASS_BLOCK && !block->excepts && !block->ended,
		"__try left by return, break, continue or goto");
}

int sessio_nt_try_next(struct sessio_nt_try *block)
{
	SI_BUG_IF(block->inside || (block->pass == PASS_BLOCK && !block->ended),
		"__try left by return, break, continue or goto");
	if (block->pass == PASS_END) {
		return 0;
	}
	block->pass++;
	block->inside = 1;
	return 1;
}
