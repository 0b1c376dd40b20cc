/* SPDX-License-Identifier: MIT */
/* Drivers include it to define what DEFINE_GUID() names: here that always does. */
#ifndef SESSIO_NT_INITGUID_H
#define SESSIO_NT_INITGUID_H

#if !defined(INITGUID)
#define INITGUID
#endif

#include "sessio_nt/types.h"

#endif /* SESSIO_NT_INITGUID_H */
