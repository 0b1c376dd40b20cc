/* SPDX-License-Identifier: MIT */
#include "testing/walk.h"

#include <stdint.h>
#include <unwind.h>

struct walk {
	si_kit_visit_fn *visit;
	void *arg;
};

static _Unwind_Reason_Code look(struct _Unwind_Context *context, void *arg)
{
	struct walk *walk = arg;
	int is_next = 0; /* as where a signal came; else it is where a call returns to */
	uintptr_t address = (uintptr_t)_Unwind_GetIPInfo(context, &is_next);

	address += is_next != 0;
	return walk->visit((const unsigned char *)address, walk->arg) ? _URC_NORMAL_STOP
								      : _URC_NO_REASON;
}

void si_kit_walk(si_kit_visit_fn *visit, void *arg)
{
	struct walk walk = { visit, arg };

	(void)_Unwind_Backtrace(look, &walk);
}
