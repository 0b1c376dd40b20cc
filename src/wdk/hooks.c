/* SPDX-License-Identifier: MIT */
#include "wdk/hooks.h"

_Atomic(const struct si_wdk_hooks *) si_wdk_hooks;

bool si_wdk_misuse(enum si_wdk_rule rule, const void *object, const char *file, int line,
	const char *what, const char *why)
{
	const struct si_wdk_hooks *hooks = si_wdk_hooks_get();

	if (hooks == NULL) {
		si_platform_stop(file, line, what, why);
	}
	hooks->misused(rule, object, why);
	return true;
}
