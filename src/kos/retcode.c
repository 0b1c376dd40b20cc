/* SPDX-License-Identifier: MIT */
#include "kos/retcode.h"

#include <rtl/retcode_hr.h>

Retcode si_retcode(sessio_status status)
{
	switch (status) { /* no default: the compiler names a missing row */
	case SESSIO_OK:
		return rcOk;
	case SESSIO_INVALID_ARG:
		return rcInvalidArgument;
	case SESSIO_NO_RIGHTS:
		return rcNoCapability;
	case SESSIO_REVOKED:
		return rcHandleRevoked;
	case SESSIO_BAD_STATE:
		return rcInvalidOperation;
	case SESSIO_NOT_FOUND:
		return rcResourceNotFound;
	case SESSIO_EXISTS:
		return rcAlreadyExists;
	case SESSIO_BUSY:
		return rcBusy;
	case SESSIO_LIMIT:
		return rcQuotaExceeded;
	case SESSIO_NO_MEMORY:
		return rcOutOfMemory;
	case SESSIO_TIMEOUT:
		return rcTimeout;
	case SESSIO_REFUSED:
		return rcFail;
	case SESSIO_UNSUPPORTED:
		return rcUnimplemented;
	}
	return rcFail;
}

const char *sessio_retcode_name(Retcode rc)
{
	switch (rc) {
#define ROW(name)  \
	case name: \
		return #name;
		ROW(rcOk)
		ROW(rcFail)
		ROW(rcInvalidArgument)
		ROW(rcOutOfMemory)
		ROW(rcBusy)
		ROW(rcTimeout)
		ROW(rcResourceNotFound)
		ROW(rcAlreadyExists)
		ROW(rcInvalidOperation)
		ROW(rcNoCapability)
		ROW(rcHandleRevoked)
		ROW(rcQuotaExceeded)
		ROW(rcUnimplemented)
		ROW(rcNotReady)
		ROW(rcNotConnected)
		ROW(rcBufferTooSmall)
		ROW(rcBufferTooLarge)
		ROW(rcSecurityDisallow)
		ROW(rcDeviceNotFound)
		ROW(rcAbort)
#undef ROW
	default:
		return "unknown code";
	}
}
