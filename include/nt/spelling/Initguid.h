/* SPDX-License-Identifier: MIT */
/* Another spelling of <initguid.h>, for file systems that tell capital letters from small ones. */
#ifndef SESSIO_NT_SPELLING_INITGUID_H
#define SESSIO_NT_SPELLING_INITGUID_H

#include "../initguid.h"

#endif /* SESSIO_NT_SPELLING_INITGUID_H */
