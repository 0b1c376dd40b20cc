/* SPDX-License-Identifier: MIT */
/*
 * Pool memory and lookaside lists. A block knows its tag: giving back a block
 * twice, one that is none, or under another tag stops the program, and
 * sessio_nt_get_usage() says what was not given back.
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
/** The same with the tag of those who have none. */
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

/* Blocks of one size. Freed blocks go back to the pool at once: nothing is kept. */
typedef PVOID ALLOCATE_FUNCTION(POOL_TYPE type, SIZE_T size, ULONG tag);
typedef ALLOCATE_FUNCTION *PALLOCATE_FUNCTION;
typedef void FREE_FUNCTION(PVOID block);
typedef FREE_FUNCTION *PFREE_FUNCTION;

/* Aligned as pool memory and device extensions are, where drivers keep it. */
typedef struct DECLSPEC_ALIGN(16) _GENERAL_LOOKASIDE {
	PALLOCATE_FUNCTION Allocate;
	PFREE_FUNCTION Free;
	SIZE_T Size;
	ULONG Tag;
	POOL_TYPE Type;
	ULONG TotalAllocates;
	ULONG TotalFrees;
	ULONG_PTR Future[10];
} GENERAL_LOOKASIDE, *PGENERAL_LOOKASIDE;

typedef struct _NPAGED_LOOKASIDE_LIST {
	GENERAL_LOOKASIDE L;
} NPAGED_LOOKASIDE_LIST, *PNPAGED_LOOKASIDE_LIST;
typedef struct _PAGED_LOOKASIDE_LIST {
	GENERAL_LOOKASIDE L;
} PAGED_LOOKASIDE_LIST, *PPAGED_LOOKASIDE_LIST;

SESSIO_NT_SIZE(NPAGED_LOOKASIDE_LIST, 128, 80);

/** A list of nonpaged blocks; allocate and free replace the pool if given. */
void ExInitializeNPagedLookasideList(PNPAGED_LOOKASIDE_LIST list, PALLOCATE_FUNCTION allocate,
	PFREE_FUNCTION free, ULONG flags, SIZE_T size, ULONG tag, USHORT depth);
/** Ends a list whose blocks are all back; the program is stopped otherwise. */
void ExDeleteNPagedLookasideList(PNPAGED_LOOKASIDE_LIST list);
/** A block, or NULL. */
PVOID ExAllocateFromNPagedLookasideList(PNPAGED_LOOKASIDE_LIST list);
/** Gives a block back. */
void ExFreeToNPagedLookasideList(PNPAGED_LOOKASIDE_LIST list, PVOID block);
/** A list of paged blocks; allocate and free replace the pool if given. */
void ExInitializePagedLookasideList(PPAGED_LOOKASIDE_LIST list, PALLOCATE_FUNCTION allocate,
	PFREE_FUNCTION free, ULONG flags, SIZE_T size, ULONG tag, USHORT depth);
/** Ends a list whose blocks are all back; the program is stopped otherwise. */
void ExDeletePagedLookasideList(PPAGED_LOOKASIDE_LIST list);
/** A block, or NULL. */
PVOID ExAllocateFromPagedLookasideList(PPAGED_LOOKASIDE_LIST list);
/** Gives a block back. */
void ExFreeToPagedLookasideList(PPAGED_LOOKASIDE_LIST list, PVOID block);

typedef struct _LOOKASIDE_LIST_EX *PLOOKASIDE_LIST_EX;
typedef PVOID ALLOCATE_FUNCTION_EX(POOL_TYPE type, SIZE_T size, ULONG tag, PLOOKASIDE_LIST_EX list);
typedef ALLOCATE_FUNCTION_EX *PALLOCATE_FUNCTION_EX;
typedef void FREE_FUNCTION_EX(PVOID block, PLOOKASIDE_LIST_EX list);
typedef FREE_FUNCTION_EX *PFREE_FUNCTION_EX;

/* What is left of the documented size. */
#define SESSIO_NT_EX_FUTURE (sizeof(void *) == 8 ? 7 : 11)
typedef struct DECLSPEC_ALIGN(MEMORY_ALLOCATION_ALIGNMENT) _LOOKASIDE_LIST_EX {
	PALLOCATE_FUNCTION_EX Allocate;
	PFREE_FUNCTION_EX Free;
	SIZE_T Size;
	ULONG Tag;
	POOL_TYPE Type;
	ULONG TotalAllocates;
	ULONG TotalFrees;
	ULONG_PTR Future[SESSIO_NT_EX_FUTURE];
} LOOKASIDE_LIST_EX;

SESSIO_NT_SIZE(LOOKASIDE_LIST_EX, 96, 72);

/** A list of blocks of any pool; allocate and free replace the pool if given. */
NTSTATUS ExInitializeLookasideListEx(PLOOKASIDE_LIST_EX list, PALLOCATE_FUNCTION_EX allocate,
	PFREE_FUNCTION_EX free, POOL_TYPE type, ULONG flags, SIZE_T size, ULONG tag, USHORT depth);
/** Ends a list whose blocks are all back; the program is stopped otherwise. */
void ExDeleteLookasideListEx(PLOOKASIDE_LIST_EX list);
/** A block, or NULL. */
PVOID ExAllocateFromLookasideListEx(PLOOKASIDE_LIST_EX list);
/** Gives a block back. */
void ExFreeToLookasideListEx(PLOOKASIDE_LIST_EX list, PVOID block);
/** Nothing to flush: nothing is kept. */
void ExFlushLookasideListEx(PLOOKASIDE_LIST_EX list);

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_NT_POOL_H */
