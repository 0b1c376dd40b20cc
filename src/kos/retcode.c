/* SPDX-License-Identifier: MIT */
#include "kos/retcode.h"

#include <rtl/retcode_hr.h>

#include <stdint.h>

#include "base/text.h"

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
	case SESSIO_DISCONNECTED:
		return rcNotConnected;
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
		ROW(rcInternalError)
		ROW(rcTransferError)
		ROW(rcReceiveError)
		ROW(rcSourceFault)
		ROW(rcTargetFault)
		ROW(rcIpcInterrupt)
		ROW(rcRestart)
		ROW(rcFutexWouldBlock)
		ROW(rcInvalidThreadState)
#undef ROW
	default:
		return "unknown code";
	}
}

struct sessio_retcode_text sessio_retcode_text(Retcode rc)
{
	struct sessio_retcode_text result;
	struct si_text text = si_text_start(result.text, sizeof(result.text));
	char digits[9];

	for (unsigned i = 0; i < 8; i++) {
		digits[i] = "0123456789abcdef"[(uint32_t)rc >> (28 - 4 * i) & 0xf];
	}
	digits[8] = '\0';
	si_text_put(&text, sessio_retcode_name(rc));
	si_text_put(&text, " (0x");
	si_text_put(&text, digits);
	si_text_put(&text, ")");
	return result;
}
