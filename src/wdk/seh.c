/* SPDX-License-Identifier: MIT */
#include "nt/sessio_nt/seh.h"

#include "base/bug.h"

void sessio_nt_try_check(const struct sessio_nt_try *block)
{
	SI_BUG_IF(!block->ended, "__try left by return, break, continue or goto");
}
