/* SPDX-License-Identifier: MIT */
/*
 * Our reading of <rtl/retcode.h>.
 *
 * The type, the name and value of success, the fields of an error code and the
 * names below are documented or seen in public code. The numbers and the place
 * of the fields are ours: compare by name, and only success with 0.
 */
#ifndef RTL_RETCODE_H
#define RTL_RETCODE_H

#include <rtl/compiler.h>

typedef __INT32_TYPE__ Retcode;

/* A code is defined by the system, or by the developer of a solution. */
#define RC_CUSTOMER_FALSE 0
#define RC_CUSTOMER_TRUE 1

/* Where a code belongs. Codes of the general space may be used by any function. */
#define RC_SPACE_GENERAL 0
#define RC_SPACE_KERNEL 1
#define RC_SPACE_DRIVERS 2

/* An error code: severity 1, customer 1, space 6, facility 8, code 16 bits; negative. */
#define MAKE_RETCODE(customer, space, facility, code, description)                     \
	SESSIO_RTL_CAST(Retcode,                                                       \
		(-0x7fffffff - 1 + (((customer)&0x1) << 30) + (((space)&0x3f) << 24) + \
			(((facility)&0xff) << 16) + ((code)&0xffff)))

/* The general space. Constants, so that they can be case labels. */
enum {
	rcOk = 0,
#define SESSIO_RC(code) MAKE_RETCODE(RC_CUSTOMER_FALSE, RC_SPACE_GENERAL, 0, code, "")
	rcFail = SESSIO_RC(1),
	rcInvalidArgument = SESSIO_RC(2),
	rcOutOfMemory = SESSIO_RC(3),
	rcBusy = SESSIO_RC(4),
	rcTimeout = SESSIO_RC(5),
	rcResourceNotFound = SESSIO_RC(6),
	rcAlreadyExists = SESSIO_RC(7),
	rcInvalidOperation = SESSIO_RC(8),
	rcNoCapability = SESSIO_RC(9),
	rcHandleRevoked = SESSIO_RC(10),
	rcQuotaExceeded = SESSIO_RC(11),
	rcUnimplemented = SESSIO_RC(12),
	rcNotReady = SESSIO_RC(13),
	rcNotConnected = SESSIO_RC(14),
	rcBufferTooSmall = SESSIO_RC(15),
	rcBufferTooLarge = SESSIO_RC(16),
	rcSecurityDisallow = SESSIO_RC(17),
	rcDeviceNotFound = SESSIO_RC(18),
	rcAbort = SESSIO_RC(19),
	rcInternalError = SESSIO_RC(20),
	rcTransferError = SESSIO_RC(21),
	rcReceiveError = SESSIO_RC(22),
	rcSourceFault = SESSIO_RC(23),
	rcTargetFault = SESSIO_RC(24),
	rcIpcInterrupt = SESSIO_RC(25),
	rcRestart = SESSIO_RC(26),
	rcFutexWouldBlock = SESSIO_RC(27),
	rcInvalidThreadState = SESSIO_RC(28)
#undef SESSIO_RC
};

#endif /* RTL_RETCODE_H */
