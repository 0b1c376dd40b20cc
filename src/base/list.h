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

/* A list that grows at its front only; all zero is an empty one. A word less, and a branch. */
struct si_stack {
	struct si_list_node *first;
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

/* Moves the cursors that stand at this node behind it. */
static inline void si_list_leave(struct si_list_cursor *cursor, const struct si_list_node *node)
{
	for (; cursor != NULL; cursor = cursor->outer) {
		if (cursor->at == node) {
			cursor->at = node->next;
		}
	}
}

/* The node is in the list. */
static inline void si_list_remove(struct si_list *list, struct si_list_node *node)
{
	si_list_leave(list->cursors, node);
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

static inline void si_list_unlink_cursor(
	struct si_list_cursor **at, const struct si_list_cursor *cursor)
{
	while (*at != cursor) {
		at = &(*at)->outer;
	}
	*at = cursor->outer;
}

/* Takes the cursor off the list. */
static inline void si_list_cursor_end(struct si_list *list, struct si_list_cursor *cursor)
{
	si_list_unlink_cursor(&list->cursors, cursor);
}

static inline bool si_stack_is_empty(const struct si_stack *stack)
{
	return stack->first == NULL;
}

static inline void si_stack_push(struct si_stack *stack, struct si_list_node *node)
{
	node->previous = NULL;
	node->next = stack->first;
	if (stack->first != NULL) {
		stack->first->previous = node;
	}
	stack->first = node;
}

/* The node is in the stack, anywhere. */
static inline void si_stack_remove(struct si_stack *stack, struct si_list_node *node)
{
	si_list_leave(stack->cursors, node);
	*(node->previous == NULL ? &stack->first : &node->previous->next) = node->next;
	if (node->next != NULL) {
		node->next->previous = node->previous;
	}
}

/* Puts the cursor before the first element. */
static inline void si_stack_cursor_begin(struct si_stack *stack, struct si_list_cursor *cursor)
{
	cursor->at = stack->first;
	cursor->outer = stack->cursors;
	stack->cursors = cursor;
}

/* Takes the cursor off the stack. */
static inline void si_stack_cursor_end(struct si_stack *stack, struct si_list_cursor *cursor)
{
	si_list_unlink_cursor(&stack->cursors, cursor);
}

#endif /* SI_LIST_H */
