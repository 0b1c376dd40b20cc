/* SPDX-License-Identifier: MIT */
/* Another spelling of <devioctl.h>, for file systems that tell capital letters from small ones. */
#ifndef SESSIO_NT_SPELLING_DEVIOCTL_H
#define SESSIO_NT_SPELLING_DEVIOCTL_H

#include "../devioctl.h"

#endif /* SESSIO_NT_SPELLING_DEVIOCTL_H */
