/* SPDX-License-Identifier: MIT */
/* Another spelling of <ntddkbd.h>, for file systems that tell capital letters from small ones. */
#ifndef SESSIO_NT_SPELLING_NTDDKBD_H
#define SESSIO_NT_SPELLING_NTDDKBD_H

#include "../ntddkbd.h"

#endif /* SESSIO_NT_SPELLING_NTDDKBD_H */
