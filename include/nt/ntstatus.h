/* SPDX-License-Identifier: MIT */
/* A stand-in for the Windows kernel's <ntstatus.h>: see wdm.h. */
#ifndef SESSIO_NT_NTSTATUS_H
#define SESSIO_NT_NTSTATUS_H

#include "sessio_nt/status.h"

#endif /* SESSIO_NT_NTSTATUS_H */
