/* SPDX-License-Identifier: MIT */
/* Processes as the test kit makes them, and the routines that hear of them. */
#ifndef SI_WDK_NOTIFY_H
#define SI_WDK_NOTIFY_H

#include "nt/sessio_nt/notify.h"

/*
 * Makes a process and tells the routines. If one of them refuses it, its status is the
 * result, and the process ends. STATUS_INSUFFICIENT_RESOURCES.
 */
NTSTATUS si_wdk_process_start(
	PCUNICODE_STRING image, PCUNICODE_STRING command_line, PEPROCESS *out_process);
/* Ends its threads, tells the routines, and gives the maker's reference back. */
void si_wdk_process_end(PEPROCESS process);

/* The number of a new thread, or of one that ends. */
HANDLE si_wdk_process_start_thread(PEPROCESS process);
void si_wdk_process_end_thread(PEPROCESS process, HANDLE thread);
void si_wdk_process_load(PEPROCESS process, PUNICODE_STRING name, PVOID base, SIZE_T size);

/* Removes a routine by the thing that was made for it. */
void si_wdk_notify_remove(void *thing);

#endif /* SI_WDK_NOTIFY_H */
