/* SPDX-License-Identifier: MIT */
#ifndef SI_DIAG_H
#define SI_DIAG_H

#include <sessio/diag.h>

#include "base/text.h"

/* Reports to the sink, or on the standard error stream. No lock is held. */
void si_diag_report(
	sessio_diag_kind kind, const void *object, const void *context, const char *text);

/* Adds the words by which a person knows an object: `"report.txt" of type "file"`. */
void si_diag_put_object(struct si_text *text, const void *object);

#endif /* SI_DIAG_H */
