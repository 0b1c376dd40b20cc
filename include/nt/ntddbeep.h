/* SPDX-License-Identifier: MIT */
/* The requests of a beep driver. There is none here: a test brings its own. */
#ifndef SESSIO_NT_NTDDBEEP_H
#define SESSIO_NT_NTDDBEEP_H

#include "sessio_nt/object.h"

#ifdef __cplusplus
extern "C" {
#endif

#define DD_BEEP_DEVICE_NAME "\\Device\\Beep"
#define DD_BEEP_DEVICE_NAME_U L"\\Device\\Beep"
#define IOCTL_BEEP_SET CTL_CODE(FILE_DEVICE_BEEP, 0, METHOD_BUFFERED, FILE_ANY_ACCESS)

typedef struct _BEEP_SET_PARAMETERS {
	ULONG Frequency; /* in Hz; 0 is silence */
	ULONG Duration; /* in ms */
} BEEP_SET_PARAMETERS, *PBEEP_SET_PARAMETERS;

SESSIO_NT_SIZE(BEEP_SET_PARAMETERS, 8, 8);

#define BEEP_FREQUENCY_MINIMUM 0x25
#define BEEP_FREQUENCY_MAXIMUM 0x7fff

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_NT_NTDDBEEP_H */
