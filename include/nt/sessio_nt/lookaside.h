/* SPDX-License-Identifier: MIT */
/*
 * Lookaside lists: blocks of one size. A freed block goes back to the pool at
 * once. Deleting a list whose blocks are not all back stops the program.
 */
#ifndef SESSIO_NT_LOOKASIDE_H
#define SESSIO_NT_LOOKASIDE_H

#include "pool.h"

#ifdef __cplusplus
extern "C" {
#endif

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

/* Fills the documented size. */
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

#endif /* SESSIO_NT_LOOKASIDE_H */
