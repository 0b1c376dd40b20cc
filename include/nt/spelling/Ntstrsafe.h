/* SPDX-License-Identifier: MIT */
/* Another spelling of <ntstrsafe.h>, for file systems that tell capital letters from small ones. */
#ifndef SESSIO_NT_SPELLING_NTSTRSAFE_H
#define SESSIO_NT_SPELLING_NTSTRSAFE_H

#include "../ntstrsafe.h"

#endif /* SESSIO_NT_SPELLING_NTSTRSAFE_H */
