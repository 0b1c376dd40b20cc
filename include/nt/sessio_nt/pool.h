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

#define POOL_QUOTA_FAIL_INSTEAD_OF_RAISE SESSIO_NT_CAST(POOL_TYPE, 8)
#define POOL_RAISE_IF_ALLOCATION_FAILURE SESSIO_NT_CAST(POOL_TYPE, 16)
typedef enum _EX_POOL_PRIORITY {
	LowPoolPriority,
	LowPoolPrioritySpecialPoolOverrun = 8,
	LowPoolPrioritySpecialPoolUnderrun = 9,
	NormalPoolPriority = 16,
	NormalPoolPrioritySpecialPoolOverrun = 24,
	NormalPoolPrioritySpecialPoolUnderrun = 25,
	HighPoolPriority = 32,
	HighPoolPrioritySpecialPoolOverrun = 40,
	HighPoolPrioritySpecialPoolUnderrun = 41
} EX_POOL_PRIORITY;

typedef ULONG64 POOL_FLAGS;
#define POOL_FLAG_USE_QUOTA 0x0000000000000001ULL
#define POOL_FLAG_UNINITIALIZED 0x0000000000000002ULL
#define POOL_FLAG_SESSION 0x0000000000000004ULL
#define POOL_FLAG_CACHE_ALIGNED 0x0000000000000008ULL
#define POOL_FLAG_SPECIAL_POOL 0x0000000000000010ULL
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
/** Memory of unknown content, or NULL: there are no quotas here. */
PVOID ExAllocatePoolWithQuotaTag(POOL_TYPE type, SIZE_T size, ULONG tag);
/** The same, zeroed. */
PVOID ExAllocatePoolQuotaZero(POOL_TYPE type, SIZE_T size, ULONG tag);
/** Memory of unknown content, or NULL; priorities are all the same. */
PVOID ExAllocatePoolWithTagPriority(
	POOL_TYPE type, SIZE_T size, ULONG tag, EX_POOL_PRIORITY priority);
typedef enum POOL_EXTENDED_PARAMETER_TYPE {
	PoolExtendedParameterInvalidType,
	PoolExtendedParameterPriority
} POOL_EXTENDED_PARAMETER_TYPE;
typedef struct _POOL_EXTENDED_PARAMETER {
	__extension__ struct {
		ULONG64 Type : 8;
		ULONG64 Optional : 1;
		ULONG64 Reserved : 55;
	};
	__extension__ union {
		ULONG64 Reserved2;
		EX_POOL_PRIORITY Priority;
	};
} POOL_EXTENDED_PARAMETER, *PPOOL_EXTENDED_PARAMETER;
typedef const POOL_EXTENDED_PARAMETER *PCPOOL_EXTENDED_PARAMETER;
/** As ExAllocatePool2(); NULL for a parameter that is no priority and not optional. */
PVOID ExAllocatePool3(POOL_FLAGS flags, SIZE_T size, ULONG tag,
	PCPOOL_EXTENDED_PARAMETER parameters, ULONG count);
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
