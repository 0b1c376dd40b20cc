/* SPDX-License-Identifier: MIT */
/* The device properties that there are here: the user session of a device. */
#ifndef SESSIO_NT_DEVPKEY_H
#define SESSIO_NT_DEVPKEY_H

#include "devpropdef.h"

DEFINE_DEVPROPKEY(DEVPKEY_Device_SessionId, 0x83da6326, 0x97a6, 0x4088, 0x94, 0x53, 0xa1, 0x92,
	0x3f, 0x57, 0x3b, 0x29, 6);

#endif /* SESSIO_NT_DEVPKEY_H */
