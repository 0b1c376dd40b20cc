/* SPDX-License-Identifier: MIT */
#include "nt/wdm.h"

NTSTATUS RtlGetVersion(PRTL_OSVERSIONINFOW version)
{
	ULONG size;

	if (version == NULL) {
		return STATUS_INVALID_PARAMETER;
	}
	size = version->dwOSVersionInfoSize;
	memset(version, 0, sizeof(*version));
	version->dwOSVersionInfoSize = size;
	version->dwMajorVersion = 10;
	version->dwMinorVersion = 0;
	version->dwPlatformId = 2; /* the NT family */
	return STATUS_SUCCESS;
}

BOOLEAN RtlIsNtDdiVersionAvailable(ULONG version)
{
	return version <= NTDDI_WIN10;
}
