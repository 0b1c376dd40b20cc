/* SPDX-License-Identifier: MIT */
/* A stand-in for the Windows kernel's <ntdef.h>: see wdm.h. */
#ifndef SESSIO_NT_NTDEF_H
#define SESSIO_NT_NTDEF_H

#include "sessio_nt/list.h"
#include "sessio_nt/status.h"
#include "sessio_nt/types.h"

#endif /* SESSIO_NT_NTDEF_H */
