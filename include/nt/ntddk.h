/* SPDX-License-Identifier: MIT */
/* A stand-in for the Windows kernel's <ntddk.h>: see wdm.h. */
#ifndef SESSIO_NT_NTDDK_H
#define SESSIO_NT_NTDDK_H

#include "wdm.h"

#endif /* SESSIO_NT_NTDDK_H */
