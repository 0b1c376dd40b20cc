/* SPDX-License-Identifier: MIT */
/*
 * A doubly linked list of things that carry their own node. The owner locks.
 *
 * A cursor keeps a place in the list while the lock is released. It is no
 * element: the list knows its cursors, and moves those that stand at an element
 * which is removed. A new first element lies behind every cursor, so a walk over
 * a list that only grows at its front ends.
 */
#ifndef SI_LIST_H
#define SI_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct si_list_node {
	struct si_list_node *next;
	struct si_list_node *previous;
};

struct si_list_cursor {
	struct si_list_node *at; /* the next node; NULL at the end */
	struct si_list_cursor *outer; /* list->cursors */
};

/* All zero is an empty list. */
struct si_list {
	struct si_list_node *first;
	struct si_list_node *last;
	struct si_list_cursor *cursors;
};

/* The element whose member `member` this node is. */
#define SI_LIST_ELEMENT(node, type, member) \
	((type *)(void *)((unsigned char *)(node)-offsetof(type, member)))

static inline bool si_list_is_empty(const struct si_list *list)
{
	return list->first == NULL;
}

static inline void si_list_prepend(struct si_list *list, struct si_list_node *node)
{
	node->previous = NULL;
	node->next = list->first;
	*(list->first == NULL ? &list->last : &list->first->previous) = node;
	list->first = node;
}

static inline void si_list_append(struct si_list *list, struct si_list_node *node)
{
	node->next = NULL;
	node->previous = list->last;
	*(list->last == NULL ? &list->first : &list->last->next) = node;
	list->last = node;
}

/* The node is in the list. */
static inline void si_list_remove(struct si_list *list, struct si_list_node *node)
{
	for (struct si_list_cursor *cursor = list->cursors; cursor != NULL;
		cursor = cursor->outer) {
		if (cursor->at == node) {
			cursor->at = node->next;
		}
	}
	*(node->previous == NULL ? &list->first : &node->previous->next) = node->next;
	*(node->next == NULL ? &list->last : &node->next->previous) = node->previous;
}

/* Puts the cursor before the first element. */
static inline void si_list_cursor_begin(struct si_list *list, struct si_list_cursor *cursor)
{
	cursor->at = list->first;
	cursor->outer = list->cursors;
	list->cursors = cursor;
}

/* The element behind the cursor, which moves over it; NULL at the end. */
static inline struct si_list_node *si_list_cursor_next(struct si_list_cursor *cursor)
{
	struct si_list_node *node = cursor->at;

	if (node != NULL) {
		cursor->at = node->next;
	}
	return node;
}

/* Takes the cursor off the list. */
static inline void si_list_cursor_end(struct si_list *list, struct si_list_cursor *cursor)
{
	struct si_list_cursor **at = &list->cursors;

	while (*at != cursor) {
		at = &(*at)->outer;
	}
	*at = cursor->outer;
}

#endif /* SI_LIST_H */
