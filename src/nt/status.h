/* SPDX-License-Identifier: MIT */
/* The one place where our statuses become NTSTATUS. */
#ifndef SI_NT_STATUS_H
#define SI_NT_STATUS_H

#include "nt/sessio_nt/status.h"
#include "sessio/status.h"

NTSTATUS si_nt_status(sessio_status status);

#endif /* SI_NT_STATUS_H */
