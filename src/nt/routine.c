/* SPDX-License-Identifier: MIT */
#include "nt/wdm.h"

/* The routines that drivers look up before they call them. */
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
	for (size_t i = 0; name != NULL && i < RTL_NUMBER_OF(routines); i++) {
		if (is_name(name, routines[i].name)) {
			return (PVOID)(ULONG_PTR)routines[i].address;
		}
	}
	return NULL;
}
