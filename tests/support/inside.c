/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "inside.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

struct record {
	const char *what;
	const char *file;
	int line;
};

/* Empty, being written, complete. */
enum { EMPTY, CLAIMED, COMPLETE };

static struct record first;
static _Atomic int filled;

bool note_record(bool fine, const char *what, const char *file, int line)
{
	int empty = EMPTY;

	if (!fine && atomic_compare_exchange_strong(&filled, &empty, CLAIMED)) {
		first = (struct record){ what, file, line };
		atomic_store(&filled, COMPLETE);
	}
	return fine;
}

void notes_assert(void)
{
	int complete = COMPLETE;

	if (atomic_compare_exchange_strong(&filled, &complete, EMPTY)) {
		print_error("false in a callback: %s\n", first.what);
		_fail(first.file, first.line);
	}
}

/* At the program's end. */
__attribute__((destructor)) static void notice_what_nobody_asserted(void)
{
	if (atomic_load(&filled) != EMPTY) {
		(void)fprintf(stderr, "%s:%d: false in a callback: %s\n", first.file, first.line,
			first.what);
		_Exit(1);
	}
}
