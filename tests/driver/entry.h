/* SPDX-License-Identifier: MIT */
/*
 * The driver around what a test runs in the kernel: one device, which programs open and
 * send requests to. entry.c has its DriverEntry, and each driver defines the four names.
 */
#ifndef SESSIO_TESTS_ENTRY_H
#define SESSIO_TESTS_ENTRY_H

#include <wdm.h>

extern UNICODE_STRING entry_device; /* its name */
extern UNICODE_STRING entry_link; /* the name by which programs open it */

/* Before the first request. */
void entry_begin(void);

/*
 * Serves one request. The buffer has what the program sent, and takes the answer; length
 * says how long what was sent is, and takes the answer's length.
 */
NTSTATUS entry_serve(ULONG code, PVOID buffer, ULONG room, PULONG length);

/* The driver cannot be unloaded any more, because threads may go on in it for ever. */
void entry_stay(void);

#endif /* SESSIO_TESTS_ENTRY_H */
