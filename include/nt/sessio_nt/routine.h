/* SPDX-License-Identifier: MIT */
/* Routines by their names. */
#ifndef SESSIO_NT_ROUTINE_H
#define SESSIO_NT_ROUTINE_H

#include "types.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * The address of a routine by its name. Drivers look up the routines that an older
 * system may lack. The container calls, the pool calls and the debug prints have
 * a name here; NULL for all others and for no name.
 */
PVOID MmGetSystemRoutineAddress(PUNICODE_STRING name);

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_NT_ROUTINE_H */
