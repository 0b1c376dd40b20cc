/* SPDX-License-Identifier: MIT */
/* Lookaside lists: blocks of one size straight from the pool, and counts of both ways. */
#include "wdk/thread.h"

#define EX_LOOKASIDE_LIST_EX_FLAGS_NONE 0u

static PVOID from_pool(POOL_TYPE type, SIZE_T size, ULONG tag)
{
	return ExAllocatePoolWithTag(type, size, tag);
}

static void to_pool(PVOID block)
{
	ExFreePool(block);
}

static void init(PGENERAL_LOOKASIDE list, PALLOCATE_FUNCTION allocate, PFREE_FUNCTION free_block,
	POOL_TYPE type, SIZE_T size, ULONG tag)
{
	memset(list, 0, sizeof(*list));
	list->Allocate = allocate != NULL ? allocate : from_pool;
	list->Free = free_block != NULL ? free_block : to_pool;
	list->Type = type;
	list->Size = size;
	list->Tag = tag;
}

static void check_all_back(const ULONG *allocates, const ULONG *frees)
{
	(void)SI_WDK_MISUSED(__atomic_load_n(allocates, __ATOMIC_RELAXED) !=
			__atomic_load_n(frees, __ATOMIC_RELAXED),
		LOOKASIDE, allocates, "a lookaside list deleted whose blocks are not all back");
}

/* The list's words, of whatever kind it is. */
static void begin(void *list)
{
	si_wdk_made(&(struct si_wdk_thing){
		.kind = SI_WDK_LOOKASIDE, .object = si_wdk_key(list), .memory = list });
}

static void end(void *list)
{
	si_wdk_gone(SI_WDK_LOOKASIDE, si_wdk_key(list));
}

static void count(ULONG *at)
{
	(void)__atomic_fetch_add(at, 1, __ATOMIC_RELAXED);
}

static PVOID allocate_from(PGENERAL_LOOKASIDE list)
{
	PVOID block = list->Allocate(list->Type, list->Size, list->Tag);

	if (block != NULL) {
		count(&list->TotalAllocates);
	}
	return block;
}

static void free_to(PGENERAL_LOOKASIDE list, PVOID block)
{
	count(&list->TotalFrees);
	list->Free(block);
}

void ExInitializeNPagedLookasideList(PNPAGED_LOOKASIDE_LIST list, PALLOCATE_FUNCTION allocate,
	PFREE_FUNCTION free_block, ULONG flags, SIZE_T size, ULONG tag, USHORT depth)
{
	UNREFERENCED_PARAMETER(flags);
	UNREFERENCED_PARAMETER(depth);
	init(&list->L, allocate, free_block, NonPagedPoolNx, size, tag);
	begin(list);
}

void ExDeleteNPagedLookasideList(PNPAGED_LOOKASIDE_LIST list)
{
	check_all_back(&list->L.TotalAllocates, &list->L.TotalFrees);
	end(list);
}

PVOID ExAllocateFromNPagedLookasideList(PNPAGED_LOOKASIDE_LIST list)
{
	return allocate_from(&list->L);
}

void ExFreeToNPagedLookasideList(PNPAGED_LOOKASIDE_LIST list, PVOID block)
{
	free_to(&list->L, block);
}

void ExInitializePagedLookasideList(PPAGED_LOOKASIDE_LIST list, PALLOCATE_FUNCTION allocate,
	PFREE_FUNCTION free_block, ULONG flags, SIZE_T size, ULONG tag, USHORT depth)
{
	UNREFERENCED_PARAMETER(flags);
	UNREFERENCED_PARAMETER(depth);
	init(&list->L, allocate, free_block, PagedPool, size, tag);
	begin(list);
}

void ExDeletePagedLookasideList(PPAGED_LOOKASIDE_LIST list)
{
	check_all_back(&list->L.TotalAllocates, &list->L.TotalFrees);
	end(list);
}

PVOID ExAllocateFromPagedLookasideList(PPAGED_LOOKASIDE_LIST list)
{
	return allocate_from(&list->L);
}

void ExFreeToPagedLookasideList(PPAGED_LOOKASIDE_LIST list, PVOID block)
{
	free_to(&list->L, block);
}

static PVOID from_pool_ex(POOL_TYPE type, SIZE_T size, ULONG tag, PLOOKASIDE_LIST_EX list)
{
	UNREFERENCED_PARAMETER(list);
	return ExAllocatePoolWithTag(type, size, tag);
}

static void to_pool_ex(PVOID block, PLOOKASIDE_LIST_EX list)
{
	UNREFERENCED_PARAMETER(list);
	ExFreePool(block);
}

NTSTATUS ExInitializeLookasideListEx(PLOOKASIDE_LIST_EX list, PALLOCATE_FUNCTION_EX allocate,
	PFREE_FUNCTION_EX free_block, POOL_TYPE type, ULONG flags, SIZE_T size, ULONG tag,
	USHORT depth)
{
	if (list == NULL) {
		return STATUS_INVALID_PARAMETER_1;
	}
	UNREFERENCED_PARAMETER(depth);
	if (flags != EX_LOOKASIDE_LIST_EX_FLAGS_NONE) {
		return STATUS_INVALID_PARAMETER_5;
	}
	memset(list, 0, sizeof(*list));
	list->Allocate = allocate != NULL ? allocate : from_pool_ex;
	list->Free = free_block != NULL ? free_block : to_pool_ex;
	list->Type = type;
	list->Size = size;
	list->Tag = tag;
	begin(list);
	return STATUS_SUCCESS;
}

void ExDeleteLookasideListEx(PLOOKASIDE_LIST_EX list)
{
	check_all_back(&list->TotalAllocates, &list->TotalFrees);
	end(list);
}

PVOID ExAllocateFromLookasideListEx(PLOOKASIDE_LIST_EX list)
{
	PVOID block = list->Allocate(list->Type, list->Size, list->Tag, list);

	if (block != NULL) {
		count(&list->TotalAllocates);
	}
	return block;
}

void ExFreeToLookasideListEx(PLOOKASIDE_LIST_EX list, PVOID block)
{
	count(&list->TotalFrees);
	list->Free(block, list);
}

void ExFlushLookasideListEx(PLOOKASIDE_LIST_EX list)
{
	UNREFERENCED_PARAMETER(list);
}
