/* SPDX-License-Identifier: MIT */
/* Lists and their cursors. */
#include "test.h"

#include "base/list.h"

struct thing {
	int number;
	struct si_list_node node;
};

/* The numbers from the first to the last and back, as one decimal each. */
static void expect(const struct si_list *list, long forwards, long backwards)
{
	long seen = 0;

	for (struct si_list_node *at = list->first; at != NULL; at = at->next) {
		seen = seen * 10 + SI_LIST_ELEMENT(at, struct thing, node)->number;
	}
	assert_int_equal(seen, forwards);
	seen = 0;
	for (struct si_list_node *at = list->last; at != NULL; at = at->previous) {
		seen = seen * 10 + SI_LIST_ELEMENT(at, struct thing, node)->number;
	}
	assert_int_equal(seen, backwards);
}

static int number_at(struct si_list_cursor *cursor)
{
	struct si_list_node *node = si_list_cursor_next(cursor);

	return node == NULL ? 0 : SI_LIST_ELEMENT(node, struct thing, node)->number;
}

static void elements_come_and_go_at_both_ends_and_between(void **state)
{
	struct thing things[4] = { { .number = 1 }, { .number = 2 }, { .number = 3 },
		{ .number = 4 } };
	struct si_list list = { 0 };

	(void)state;
	assert_true(si_list_is_empty(&list));
	si_list_append(&list, &things[1].node);
	si_list_append(&list, &things[2].node);
	si_list_prepend(&list, &things[0].node);
	si_list_append(&list, &things[3].node);
	expect(&list, 1234, 4321);
	si_list_remove(&list, &things[1].node);
	expect(&list, 134, 431);
	si_list_remove(&list, &things[0].node);
	expect(&list, 34, 43);
	si_list_remove(&list, &things[3].node);
	expect(&list, 3, 3);
	si_list_remove(&list, &things[2].node);
	assert_true(si_list_is_empty(&list));
	expect(&list, 0, 0);
}

static void a_cursor_meets_what_stays_once(void **state)
{
	struct thing things[4] = { { .number = 1 }, { .number = 2 }, { .number = 3 },
		{ .number = 4 } };
	struct si_list list = { 0 };
	struct si_list_cursor cursor;

	(void)state;
	for (int i = 0; i < 4; i++) {
		si_list_append(&list, &things[i].node);
	}
	si_list_cursor_begin(&list, &cursor);
	assert_int_equal(number_at(&cursor), 1);
	/* The cursor stands at 2, which goes, and 1, which it has met, comes again. */
	si_list_remove(&list, &things[1].node);
	si_list_remove(&list, &things[0].node);
	si_list_prepend(&list, &things[0].node);
	assert_int_equal(number_at(&cursor), 3);
	si_list_remove(&list, &things[3].node);
	assert_int_equal(number_at(&cursor), 0);
	assert_int_equal(number_at(&cursor), 0);
	si_list_cursor_end(&list, &cursor);
	assert_null(list.cursors);
}

static void cursors_end_in_any_order(void **state)
{
	struct thing things[2] = { { .number = 1 }, { .number = 2 } };
	struct si_list list = { 0 };
	struct si_list_cursor a;
	struct si_list_cursor b;
	struct si_list_cursor c;

	(void)state;
	si_list_append(&list, &things[0].node);
	si_list_append(&list, &things[1].node);
	si_list_cursor_begin(&list, &a);
	si_list_cursor_begin(&list, &b);
	si_list_cursor_begin(&list, &c);
	assert_int_equal(number_at(&b), 1);
	si_list_cursor_end(&list, &b);
	si_list_remove(&list, &things[0].node);
	assert_int_equal(number_at(&a), 2);
	assert_int_equal(number_at(&c), 2);
	si_list_cursor_end(&list, &a);
	si_list_cursor_end(&list, &c);
	assert_null(list.cursors);
}

/* The numbers from the first to the last, as one decimal each. */
static void expect_stack(const struct si_stack *stack, long numbers)
{
	const struct si_list_node *previous = NULL;
	long seen = 0;

	for (struct si_list_node *at = stack->first; at != NULL; at = at->next) {
		assert_ptr_equal(at->previous, previous);
		seen = seen * 10 + SI_LIST_ELEMENT(at, struct thing, node)->number;
		previous = at;
	}
	assert_int_equal(seen, numbers);
}

static void elements_of_a_stack_come_at_the_front_and_go_anywhere(void **state)
{
	struct thing things[4] = { { .number = 1 }, { .number = 2 }, { .number = 3 },
		{ .number = 4 } };
	struct si_stack stack = { 0 };

	(void)state;
	assert_true(si_stack_is_empty(&stack));
	for (int i = 0; i < 4; i++) {
		si_stack_push(&stack, &things[i].node);
	}
	expect_stack(&stack, 4321);
	si_stack_remove(&stack, &things[1].node);
	expect_stack(&stack, 431);
	si_stack_remove(&stack, &things[3].node);
	expect_stack(&stack, 31);
	si_stack_remove(&stack, &things[0].node);
	expect_stack(&stack, 3);
	si_stack_remove(&stack, &things[2].node);
	assert_true(si_stack_is_empty(&stack));
}

static void a_cursor_of_a_stack_meets_what_stays_once(void **state)
{
	struct thing things[4] = { { .number = 1 }, { .number = 2 }, { .number = 3 },
		{ .number = 4 } };
	struct si_stack stack = { 0 };
	struct si_list_cursor cursor;
	struct si_list_cursor other;

	(void)state;
	for (int i = 3; i > 0; i--) {
		si_stack_push(&stack, &things[i].node);
	}
	si_stack_cursor_begin(&stack, &cursor);
	si_stack_cursor_begin(&stack, &other);
	si_stack_push(&stack, &things[0].node);
	assert_int_equal(number_at(&cursor), 2);
	si_stack_remove(&stack, &things[1].node);
	si_stack_remove(&stack, &things[2].node);
	si_stack_cursor_end(&stack, &other);
	assert_int_equal(number_at(&cursor), 4);
	assert_int_equal(number_at(&cursor), 0);
	si_stack_cursor_end(&stack, &cursor);
	assert_null(stack.cursors);
	expect_stack(&stack, 14);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(elements_come_and_go_at_both_ends_and_between),
		cmocka_unit_test(a_cursor_meets_what_stays_once),
		cmocka_unit_test(cursors_end_in_any_order),
		cmocka_unit_test(elements_of_a_stack_come_at_the_front_and_go_anywhere),
		cmocka_unit_test(a_cursor_of_a_stack_meets_what_stays_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
