/* SPDX-License-Identifier: MIT */
/* The version of the system. */
#ifndef SESSIO_NT_SYSTEM_H
#define SESSIO_NT_SYSTEM_H

#include "status.h"

#ifdef __cplusplus
extern "C" {
#endif

#define NTDDI_WIN7 0x06010000
#define NTDDI_WIN8 0x06020000
#define NTDDI_WINBLUE 0x06030000
#define NTDDI_WIN10 0x0A000000
#if !defined(NTDDI_VERSION)
#define NTDDI_VERSION NTDDI_WIN10
#endif
#if !defined(_WIN32_WINNT)
#define _WIN32_WINNT 0x0A00
#endif
#if !defined(WINVER)
#define WINVER _WIN32_WINNT
#endif

typedef struct _OSVERSIONINFOW {
	ULONG dwOSVersionInfoSize;
	ULONG dwMajorVersion;
	ULONG dwMinorVersion;
	ULONG dwBuildNumber;
	ULONG dwPlatformId;
	WCHAR szCSDVersion[128];
} RTL_OSVERSIONINFOW, *PRTL_OSVERSIONINFOW;

SESSIO_NT_SIZE(RTL_OSVERSIONINFOW, 276, 276);

/** The version whose documents we follow: 10.0. */
NTSTATUS RtlGetVersion(PRTL_OSVERSIONINFOW version);

/** Whether the version is at least this one. */
BOOLEAN RtlIsNtDdiVersionAvailable(ULONG version);

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_NT_SYSTEM_H */
