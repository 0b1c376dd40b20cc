/* SPDX-License-Identifier: MIT */
/* The keys and types of device properties. */
#ifndef SESSIO_NT_DEVPROPDEF_H
#define SESSIO_NT_DEVPROPDEF_H

#include "sessio_nt/types.h"

typedef ULONG DEVPROPTYPE, *PDEVPROPTYPE;
typedef GUID DEVPROPGUID;
typedef ULONG DEVPROPID;
typedef struct _DEVPROPKEY {
	DEVPROPGUID fmtid;
	DEVPROPID pid;
} DEVPROPKEY, *PDEVPROPKEY;

SESSIO_NT_SIZE(DEVPROPKEY, 20, 20);

#define DEVPROP_TYPE_EMPTY 0x00000000
#define DEVPROP_TYPE_NULL 0x00000001
#define DEVPROP_TYPE_UINT32 0x00000007
#define DEVPROP_TYPE_STRING 0x00000012

#define DEFINE_DEVPROPKEY(name, a, b, c, d0, d1, d2, d3, d4, d5, d6, d7, pid) \
	EXTERN_C const DEVPROPKEY name DECLSPEC_SELECTANY;                    \
	const DEVPROPKEY name = { { a, b, c, { d0, d1, d2, d3, d4, d5, d6, d7 } }, pid }

#endif /* SESSIO_NT_DEVPROPDEF_H */
