/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "inside.h"
#include "prints.h"

#include <sessio_nt.h>

struct print printed;

static void keep(void *ctx, ULONG component, ULONG level, const char *text, size_t length)
{
	struct print *print = ctx;

	print->count++;
	print->component = component;
	print->level = level;
	print->length = length;
	if (!note_that(length < sizeof(print->text))) {
		return;
	}
	memcpy(print->text, text, length + 1);
}

int catch_prints(void **state)
{
	(void)state;
	memset(&printed, 0, sizeof(printed));
	sessio_nt_set_debug_print(keep, &printed);
	return 0;
}

int let_prints_go(void **state)
{
	(void)state;
	sessio_nt_set_debug_print(NULL, NULL);
	return 0;
}
