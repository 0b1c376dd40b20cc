/* SPDX-License-Identifier: MIT */
#include "nt/wdm.h"

/* Every address has a name: what drivers ask for before they call it. */
/* clang-format off */
#define ROUTINES(XX) \
	XX(DbgPrint) \
	XX(DbgPrintEx) \
	XX(ExAllocatePool2) \
	XX(ExAllocatePoolWithTag) \
	XX(ExFreePool) \
	XX(ExFreePoolWithTag) \
	XX(IoGetContainerInformation) \
	XX(IoRegisterContainerNotification) \
	XX(IoUnregisterContainerNotification)
/* clang-format on */

typedef void routine(void);

static const struct {
	const char *name;
	routine *address;
} routines[] = {
#define XX(routine_name) { #routine_name, (routine *)routine_name },
	ROUTINES(XX)
#undef XX
};

static BOOLEAN is_name(PCUNICODE_STRING name, const char *text)
{
	size_t length = strlen(text);

	if (name->Length != length * sizeof(WCHAR)) {
		return FALSE;
	}
	for (size_t i = 0; i < length; i++) {
		if (name->Buffer[i] != (WCHAR)text[i]) {
			return FALSE;
		}
	}
	return TRUE;
}

PVOID MmGetSystemRoutineAddress(PUNICODE_STRING name)
{
	for (size_t i = 0; i < RTL_NUMBER_OF(routines); i++) {
		if (is_name(name, routines[i].name)) {
			return (PVOID)(ULONG_PTR)routines[i].address;
		}
	}
	return NULL;
}

NTSTATUS RtlGetVersion(PRTL_OSVERSIONINFOW version)
{
	ULONG size = version->dwOSVersionInfoSize;

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
