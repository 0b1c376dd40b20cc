/* SPDX-License-Identifier: MIT */
/* A stand-in for the Windows kernel's <ntifs.h>: see wdm.h. */
#ifndef SESSIO_NT_NTIFS_H
#define SESSIO_NT_NTIFS_H

#include "ntddk.h"

#if !defined(FlagOn)
#define FlagOn(flags, mask) ((flags) & (mask))
#define BooleanFlagOn(flags, mask) ((BOOLEAN)(((flags) & (mask)) != 0))
#define SetFlag(flags, mask) ((flags) |= (mask))
#define ClearFlag(flags, mask) ((flags) &= ~(mask))
#endif

#endif /* SESSIO_NT_NTIFS_H */
