/* SPDX-License-Identifier: MIT */
/* Device types and control codes: see object.h. */
#ifndef SESSIO_NT_DEVIOCTL_H
#define SESSIO_NT_DEVIOCTL_H

#include "sessio_nt/object.h"

#endif /* SESSIO_NT_DEVIOCTL_H */
