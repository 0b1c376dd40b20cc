/* SPDX-License-Identifier: MIT */
/* Another spelling of <fltKernel.h>, for file systems that tell capital letters from small ones. */
#ifndef SESSIO_NT_SPELLING_FLTKERNEL_H
#define SESSIO_NT_SPELLING_FLTKERNEL_H

#include "../fltKernel.h"

#endif /* SESSIO_NT_SPELLING_FLTKERNEL_H */
