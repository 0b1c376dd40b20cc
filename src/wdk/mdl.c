/* SPDX-License-Identifier: MIT */
#include "wdk/thread.h"

#define LOCKED (MDL_PAGES_LOCKED | MDL_SOURCE_IS_NONPAGED_POOL)

static void add_flags(PMDL mdl, int flags)
{
	mdl->MdlFlags = (CSHORT)(mdl->MdlFlags | flags);
}

PMDL IoAllocateMdl(PVOID address, ULONG length, BOOLEAN secondary, BOOLEAN charge_quota, PIRP irp)
{
	PMDL mdl = si_platform_alloc(sizeof(*mdl));
	PMDL *at;

	UNREFERENCED_PARAMETER(charge_quota);
	if (mdl == NULL) {
		return NULL;
	}
	memset(mdl, 0, sizeof(*mdl));
	mdl->Size = sizeof(*mdl);
	mdl->ByteCount = length;
	mdl->ByteOffset = (ULONG)((ULONG_PTR)address % PAGE_SIZE);
	mdl->StartVa = (PCHAR)address - mdl->ByteOffset;
	if (irp != NULL) {
		at = &irp->MdlAddress;
		while (secondary && *at != NULL) {
			at = &(*at)->Next;
		}
		*at = mdl;
	}
	return mdl;
}

void IoFreeMdl(PMDL mdl)
{
	si_platform_free(mdl);
}

void MmBuildMdlForNonPagedPool(PMDL mdl)
{
	mdl->MappedSystemVa = MmGetMdlVirtualAddress(mdl);
	add_flags(mdl, MDL_SOURCE_IS_NONPAGED_POOL);
}

void MmProbeAndLockPages(PMDL mdl, KPROCESSOR_MODE mode, LOCK_OPERATION operation)
{
	UNREFERENCED_PARAMETER(mode);
	UNREFERENCED_PARAMETER(operation);
	mdl->Process = PsGetCurrentProcess();
	add_flags(mdl, MDL_PAGES_LOCKED);
}

void MmUnlockPages(PMDL mdl)
{
	(void)SI_WDK_MISUSED((mdl->MdlFlags & MDL_PAGES_LOCKED) == 0, REQUEST, mdl,
		"a buffer unlocked that is not locked");
	mdl->MdlFlags = (CSHORT)(mdl->MdlFlags & ~(MDL_PAGES_LOCKED | MDL_MAPPED_TO_SYSTEM_VA));
}

PVOID MmGetSystemAddressForMdlSafe(PMDL mdl, ULONG priority)
{
	UNREFERENCED_PARAMETER(priority);
	(void)SI_WDK_MISUSED(
		(mdl->MdlFlags & LOCKED) == 0, REQUEST, mdl, "a buffer mapped that is not locked");
	mdl->MappedSystemVa = MmGetMdlVirtualAddress(mdl);
	add_flags(mdl, MDL_MAPPED_TO_SYSTEM_VA);
	return mdl->MappedSystemVa;
}
