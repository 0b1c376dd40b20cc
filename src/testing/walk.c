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
	const unsigned char *address = (const unsigned char *)(uintptr_t)_Unwind_GetIP(context);

	return walk->visit(address, walk->arg) ? _URC_NORMAL_STOP : _URC_NO_REASON;
}

void si_kit_walk(si_kit_visit_fn *visit, void *arg)
{
	struct walk walk = { visit, arg };

	(void)_Unwind_Backtrace(look, &walk);
}
