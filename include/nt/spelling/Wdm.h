/* SPDX-License-Identifier: MIT */
/* Another spelling of <wdm.h>, for file systems that tell capital letters from small ones. */
#ifndef SESSIO_NT_SPELLING_WDM_H
#define SESSIO_NT_SPELLING_WDM_H

#include "../wdm.h"

#endif /* SESSIO_NT_SPELLING_WDM_H */
