/* SPDX-License-Identifier: MIT */
/* Another spelling of <ntifs.h>, for file systems that tell capital letters from small ones. */
#ifndef SESSIO_NT_SPELLING_NTIFS_H
#define SESSIO_NT_SPELLING_NTIFS_H

#include "../ntifs.h"

#endif /* SESSIO_NT_SPELLING_NTIFS_H */
