/* SPDX-License-Identifier: MIT */
/* Handles of the system, as the sources that make objects see them. */
#ifndef SI_WDK_HANDLE_H
#define SI_WDK_HANDLE_H

#include "nt/sessio_nt/reference.h"

/* A handle of a counted object, which takes a reference; NULL if there is no memory. */
HANDLE si_wdk_handle_make(void *object);

/* Closes a handle by the thing that was made for it. */
void si_wdk_handle_close(void *entry);

#endif /* SI_WDK_HANDLE_H */
