/* SPDX-License-Identifier: MIT */
/* Another spelling of <ntddk.h>, for file systems that tell capital letters from small ones. */
#ifndef SESSIO_NT_SPELLING_NTDDK_H
#define SESSIO_NT_SPELLING_NTDDK_H

#include "../ntddk.h"

#endif /* SESSIO_NT_SPELLING_NTDDK_H */
