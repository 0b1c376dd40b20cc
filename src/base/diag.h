/* SPDX-License-Identifier: MIT */
#ifndef SI_DIAG_H
#define SI_DIAG_H

#include <sessio/diag.h>

/* Tells the sink, if there is one. No lock is held. */
void si_diag_report(
	sessio_diag_kind kind, const void *object, const void *context, const char *text);

#endif /* SI_DIAG_H */
