/* SPDX-License-Identifier: MIT */
/* Lists whose links live in their members. The head of an empty list points to itself. */
#ifndef SESSIO_NT_LIST_H
#define SESSIO_NT_LIST_H

#include "types.h"

#ifdef __cplusplus
extern "C" {
#endif

static inline void InitializeListHead(PLIST_ENTRY head)
{
	head->Flink = head;
	head->Blink = head;
}

static inline BOOLEAN IsListEmpty(const LIST_ENTRY *head)
{
	return SESSIO_NT_CAST(BOOLEAN, head->Flink == head);
}

static inline void sessio_nt_link(PLIST_ENTRY before, PLIST_ENTRY entry, PLIST_ENTRY after)
{
	entry->Flink = after;
	entry->Blink = before;
	before->Flink = entry;
	after->Blink = entry;
}

static inline void InsertHeadList(PLIST_ENTRY head, PLIST_ENTRY entry)
{
	sessio_nt_link(head, entry, head->Flink);
}

static inline void InsertTailList(PLIST_ENTRY head, PLIST_ENTRY entry)
{
	sessio_nt_link(head->Blink, entry, head);
}

/* TRUE if the list is empty now. */
static inline BOOLEAN RemoveEntryList(PLIST_ENTRY entry)
{
	PLIST_ENTRY before = entry->Blink;
	PLIST_ENTRY after = entry->Flink;

	before->Flink = after;
	after->Blink = before;
	return SESSIO_NT_CAST(BOOLEAN, before == after);
}

/* The head itself if the list is empty. */
static inline PLIST_ENTRY RemoveHeadList(PLIST_ENTRY head)
{
	PLIST_ENTRY entry = head->Flink;

	(void)RemoveEntryList(entry);
	return entry;
}

static inline PLIST_ENTRY RemoveTailList(PLIST_ENTRY head)
{
	PLIST_ENTRY entry = head->Blink;

	(void)RemoveEntryList(entry);
	return entry;
}

/* Joins a ring of entries without a head to the tail. */
static inline void AppendTailList(PLIST_ENTRY head, PLIST_ENTRY ring)
{
	PLIST_ENTRY last = head->Blink;

	last->Flink = ring;
	head->Blink = ring->Blink;
	ring->Blink->Flink = head;
	ring->Blink = last;
}

static inline void PushEntryList(PSINGLE_LIST_ENTRY head, PSINGLE_LIST_ENTRY entry)
{
	entry->Next = head->Next;
	head->Next = entry;
}

static inline PSINGLE_LIST_ENTRY PopEntryList(PSINGLE_LIST_ENTRY head)
{
	PSINGLE_LIST_ENTRY entry = head->Next;

	if (entry != NULL) {
		head->Next = entry->Next;
	}
	return entry;
}

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_NT_LIST_H */
