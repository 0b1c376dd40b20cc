/* SPDX-License-Identifier: MIT */
/*
 * Memory descriptor lists: a buffer, described for drivers that do direct I/O.
 * There is one address space here, and nothing is paged out. So a buffer is
 * always locked and mapped, and its address is the same everywhere.
 */
#ifndef SESSIO_NT_MDL_H
#define SESSIO_NT_MDL_H

#include "irp.h"

#ifdef __cplusplus
extern "C" {
#endif

#ifndef PAGE_SIZE
#define PAGE_SIZE 0x1000
#endif
#ifndef PAGE_SHIFT
#define PAGE_SHIFT 12
#endif

typedef struct _MDL {
	struct _MDL *Next;
	CSHORT Size;
	CSHORT MdlFlags;
	PEPROCESS Process;
	PVOID MappedSystemVa;
	PVOID StartVa; /* the page that the buffer begins in */
	ULONG ByteCount;
	ULONG ByteOffset; /* of the buffer in that page */
} MDL;

SESSIO_NT_SIZE(MDL, 48, 28);
SESSIO_NT_OFFSET(MDL, MappedSystemVa, 24, 12);
SESSIO_NT_OFFSET(MDL, ByteOffset, 44, 24);

#define MDL_MAPPED_TO_SYSTEM_VA 0x0001
#define MDL_PAGES_LOCKED 0x0002
#define MDL_SOURCE_IS_NONPAGED_POOL 0x0004

typedef enum _LOCK_OPERATION { IoReadAccess, IoWriteAccess, IoModifyAccess } LOCK_OPERATION;
typedef enum _MM_PAGE_PRIORITY {
	LowPagePriority,
	NormalPagePriority = 16,
	HighPagePriority = 32
} MM_PAGE_PRIORITY;
#define MdlMappingNoWrite 0x80000000u
#define MdlMappingNoExecute 0x40000000u

/**
 * Describes a buffer, or NULL. Of a request it becomes the first description, or with
 * `secondary` the last.
 */
PMDL IoAllocateMdl(PVOID address, ULONG length, BOOLEAN secondary, BOOLEAN charge_quota, PIRP irp);
/** Frees one description. */
void IoFreeMdl(PMDL mdl);
/** Says that the buffer is not paged, and so has an address in the system. */
void MmBuildMdlForNonPagedPool(PMDL mdl);
/** Locks the buffer. */
void MmProbeAndLockPages(PMDL mdl, KPROCESSOR_MODE mode, LOCK_OPERATION operation);
/** Unlocks it; a buffer that is not locked stops the program. */
void MmUnlockPages(PMDL mdl);
/** The address of a locked buffer in the system. */
PVOID MmGetSystemAddressForMdlSafe(PMDL mdl, ULONG priority);

/**
 * Looks at no byte: all memory is the caller's, and nothing raises. An alignment that is no
 * power of two, or above 16, stops the program.
 */
void ProbeForRead(const volatile void *address, SIZE_T length, ULONG alignment);
/** The same. */
void ProbeForWrite(volatile void *address, SIZE_T length, ULONG alignment);

static inline PVOID MmGetMdlVirtualAddress(const MDL *mdl)
{
	return SESSIO_NT_CAST(PCHAR, mdl->StartVa) + mdl->ByteOffset;
}

static inline ULONG MmGetMdlByteCount(const MDL *mdl)
{
	return mdl->ByteCount;
}

static inline ULONG MmGetMdlByteOffset(const MDL *mdl)
{
	return mdl->ByteOffset;
}

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_NT_MDL_H */
