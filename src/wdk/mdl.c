/* SPDX-License-Identifier: MIT */
#include "wdk/thread.h"

#define PROBE_ALIGNMENT_MAX 16u

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
	mdl->StartVa = (PVOID)((ULONG_PTR)address - mdl->ByteOffset);
	if (irp != NULL) {
		at = &irp->MdlAddress;
		while (secondary && *at != NULL) {
			at = &(*at)->Next;
		}
		*at = mdl;
	}
	si_wdk_made(&(struct si_wdk_thing){ .kind = SI_WDK_MDL, .object = mdl });
	return mdl;
}

void IoFreeMdl(PMDL mdl)
{
	(void)SI_WDK_MISUSED((mdl->MdlFlags & MDL_PAGES_LOCKED) != 0, MDL, mdl,
		"a description freed whose buffer is locked: MmUnlockPages() comes first");
	si_wdk_gone(SI_WDK_MDL, mdl);
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
	(void)SI_WDK_MISUSED((mdl->MdlFlags & MDL_PAGES_LOCKED) == 0, MDL, mdl,
		"a buffer unlocked that is not locked");
	mdl->MdlFlags = (CSHORT)(mdl->MdlFlags & ~(MDL_PAGES_LOCKED | MDL_MAPPED_TO_SYSTEM_VA));
}

PVOID MmGetSystemAddressForMdlSafe(PMDL mdl, ULONG priority)
{
	UNREFERENCED_PARAMETER(priority);
	(void)SI_WDK_MISUSED(
		(mdl->MdlFlags & LOCKED) == 0, MDL, mdl, "a buffer mapped that is not locked");
	mdl->MappedSystemVa = MmGetMdlVirtualAddress(mdl);
	add_flags(mdl, MDL_MAPPED_TO_SYSTEM_VA);
	return mdl->MappedSystemVa;
}

void ProbeForRead(const volatile void *address, SIZE_T length, ULONG alignment)
{
	UNREFERENCED_PARAMETER(address);
	UNREFERENCED_PARAMETER(length);
	SI_WDK_LEVEL(APC_LEVEL, "ProbeForRead");
	(void)SI_WDK_MISUSED(alignment == 0 || (alignment & (alignment - 1)) != 0 ||
			alignment > PROBE_ALIGNMENT_MAX,
		MDL, NULL, "a probe for an alignment that there is not");
}

void ProbeForWrite(volatile void *address, SIZE_T length, ULONG alignment)
{
	ProbeForRead(address, length, alignment);
}
