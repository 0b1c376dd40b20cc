/* SPDX-License-Identifier: MIT */
#include "wdk/hooks.h"

_Atomic(const struct si_wdk_hooks *) si_wdk_hooks;

void *si_wdk_take_memory(size_t size, struct si_wdk_memory *out_memory)
{
	const struct si_wdk_hooks *hooks = si_wdk_hooks_get();
	void *block;

	out_memory->of_kit = hooks != NULL;
	if (hooks == NULL) {
		out_memory->header = si_platform_alloc(size);
		return out_memory->header;
	}
	out_memory->header = hooks->take_memory(0, size, &block);
	return out_memory->header != NULL ? block : NULL;
}

void si_wdk_give_memory(struct si_wdk_memory memory, bool in_use)
{
	if (memory.of_kit) {
		si_wdk_hooks_get()->give_memory(memory.header, in_use);
	} else {
		si_platform_free(memory.header);
	}
}

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
