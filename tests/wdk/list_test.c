/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <ntddk.h>

static void lists_keep_their_order(void **state)
{
	LIST_ENTRY head, a, b, c;
	SINGLE_LIST_ENTRY top = { NULL };
	SINGLE_LIST_ENTRY x, y;

	(void)state;
	InitializeListHead(&head);
	assert_true(IsListEmpty(&head));
	InsertTailList(&head, &b);
	InsertHeadList(&head, &a);
	InitializeListHead(&c);
	AppendTailList(&head, &c);
	assert_ptr_equal(head.Flink, &a);
	assert_ptr_equal(a.Flink, &b);
	assert_ptr_equal(head.Blink, &c);
	assert_ptr_equal(c.Flink, &head);
	assert_ptr_equal(RemoveTailList(&head), &c);
	assert_false(RemoveEntryList(&a));
	assert_ptr_equal(RemoveHeadList(&head), &b);
	assert_true(IsListEmpty(&head));
	PushEntryList(&top, &x);
	PushEntryList(&top, &y);
	assert_ptr_equal(PopEntryList(&top), &y);
	assert_ptr_equal(PopEntryList(&top), &x);
	assert_null(PopEntryList(&top));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_keep_their_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
