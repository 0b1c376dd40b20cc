/* SPDX-License-Identifier: MIT */
/*
 * Pool memory. A block knows its tag. A block that is given back twice or under
 * another tag stops the program, and so does memory that is no block.
 * sessio_nt_get_usage() counts the blocks that were not given back.
 */
#ifndef SESSIO_NT_POOL_H
#define SESSIO_NT_POOL_H

#include "list.h"
#include "status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum _POOL_TYPE {
	NonPagedPool = 0,
	NonPagedPoolExecute = 0,
	PagedPool = 1,
	NonPagedPoolMustSucceed = 2,
	DontUseThisType = 3,
	NonPagedPoolCacheAligned = 4,
	PagedPoolCacheAligned = 5,
	NonPagedPoolNx = 512,
	NonPagedPoolNxCacheAligned = 516
} POOL_TYPE;

typedef ULONG64 POOL_FLAGS;
#define POOL_FLAG_USE_QUOTA 0x0000000000000001ULL
#define POOL_FLAG_UNINITIALIZED 0x0000000000000002ULL
#define POOL_FLAG_SESSION 0x0000000000000004ULL
#define POOL_FLAG_CACHE_ALIGNED 0x0000000000000008ULL
#define POOL_FLAG_RAISE_ON_FAILURE 0x0000000000000020ULL
#define POOL_FLAG_NON_PAGED 0x0000000000000040ULL
#define POOL_FLAG_NON_PAGED_EXECUTE 0x0000000000000080ULL
#define POOL_FLAG_PAGED 0x0000000000000100ULL
#define POOL_NX_OPTIN 1
#define ExInitializeDriverRuntime(flags) ((void)(flags))
#define DrvRtPoolNxOptIn 0x00000001

/** Memory aligned for anything, or NULL; its content is unknown. */
PVOID ExAllocatePoolWithTag(POOL_TYPE type, SIZE_T size, ULONG tag);
/** The same with the tag "None". */
PVOID ExAllocatePool(POOL_TYPE type, SIZE_T size);
/** Zeroed memory, unless the flags say otherwise; NULL for size 0, tag 0 or no kind of pool. */
PVOID ExAllocatePool2(POOL_FLAGS flags, SIZE_T size, ULONG tag);
/** Zeroed memory, or NULL. */
PVOID ExAllocatePoolZero(POOL_TYPE type, SIZE_T size, ULONG tag);
/** Memory of unknown content, or NULL. */
PVOID ExAllocatePoolUninitialized(POOL_TYPE type, SIZE_T size, ULONG tag);
/** Gives a block back; tag 0 stands for any. */
void ExFreePoolWithTag(PVOID memory, ULONG tag);
/** Gives a block back. */
void ExFreePool(PVOID memory);

typedef struct DECLSPEC_ALIGN(MEMORY_ALLOCATION_ALIGNMENT) _SLIST_ENTRY {
	struct _SLIST_ENTRY *Next;
} SLIST_ENTRY, *PSLIST_ENTRY;

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_NT_POOL_H */
