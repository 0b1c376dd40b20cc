/* SPDX-License-Identifier: MIT */
/* A stand-in for the Windows kernel's <ntifs.h>: see wdm.h. */
#ifndef SESSIO_NT_NTIFS_H
#define SESSIO_NT_NTIFS_H

#include "ntddk.h"

#ifdef __cplusplus
extern "C" {
#endif

#if !defined(FlagOn)
#define FlagOn(flags, mask) ((flags) & (mask))
#define BooleanFlagOn(flags, mask) SESSIO_NT_CAST(BOOLEAN, ((flags) & (mask)) != 0)
#define SetFlag(flags, mask) ((flags) |= (mask))
#define ClearFlag(flags, mask) ((flags) &= ~(mask))
#endif

/**
 * The user session of the sender of a request: the one that the calling thread
 * has entered. STATUS_UNSUCCESSFUL and all ones if it has entered none.
 */
NTSTATUS IoGetRequestorSessionId(PIRP irp, PULONG session_id);

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_NT_NTIFS_H */
