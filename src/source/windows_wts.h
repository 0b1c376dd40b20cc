/* SPDX-License-Identifier: MIT */
/* The sessions of Windows for a program, by a window that nobody sees. */
#ifndef SI_WINDOWS_WTS_H
#define SI_WINDOWS_WTS_H

#include "source/source.h"

/* The window of a source that is open; tests send it what the system would. */
void *si_windows_wts_window(const sessio_source *source);

extern const struct si_source_ops si_source_windows_wts;

#endif /* SI_WINDOWS_WTS_H */
