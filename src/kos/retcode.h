/* SPDX-License-Identifier: MIT */
#ifndef SI_KOS_RETCODE_H
#define SI_KOS_RETCODE_H

#include <rtl/retcode.h>

#include <sessio/status.h>

/* The code of the documents for a status. */
Retcode si_retcode(sessio_status status);

/* The same, but a refusal is what the callback said. */
static inline Retcode si_retcode_or(sessio_status status, Retcode reason)
{
	if (status == SESSIO_OK) {
		return rcOk;
	}
	return status == SESSIO_REFUSED ? reason : si_retcode(status);
}

#endif /* SI_KOS_RETCODE_H */
