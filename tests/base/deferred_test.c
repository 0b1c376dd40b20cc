/* SPDX-License-Identifier: MIT */
/* Work that is put off: when it runs, and that it does not nest. */
#include "test.h"

#include "base/deferred.h"
#include "base/waiting.h"

#define ITEMS 100000u

struct step {
	struct si_deferred item; /* first, so that an item is a step */
	unsigned number;
};

static struct step steps[ITEMS];
static unsigned order[ITEMS];
static unsigned done;
static unsigned depth;

static int begin(void **state)
{
	(void)state;
	done = 0;
	depth = 0;
	return 0;
}

static void start(unsigned number, void (*run)(struct si_deferred *item))
{
	steps[number].item.run = run;
	steps[number].number = number;
	si_deferred_run(&steps[number].item);
}

static void note(struct si_deferred *item)
{
	order[done++] = ((struct step *)(void *)item)->number;
}

static void one_item_runs_at_once(void **state)
{
	(void)state;
	start(0, note);
	assert_int_equal(done, 1);
}

static void start_two_more(struct si_deferred *item)
{
	note(item);
	start(1, note);
	start(2, note);
	assert_int_equal(done, 1); /* they wait for this one */
}

static void items_of_an_item_follow_it_in_order(void **state)
{
	(void)state;
	start(0, start_two_more);
	assert_int_equal(done, 3);
	assert_int_equal(order[1], 1);
	assert_int_equal(order[2], 2);
}

static void start_the_next(struct si_deferred *item)
{
	unsigned number = ((struct step *)(void *)item)->number;

	assert_int_equal(depth, 0);
	depth++;
	note(item);
	if (number + 1 < ITEMS) {
		start(number + 1, start_the_next);
	}
	depth--;
}

static void a_long_chain_does_not_nest(void **state)
{
	(void)state;
	start(0, start_the_next);
	assert_int_equal(done, ITEMS);
}

static void a_stretch_puts_items_off(void **state)
{
	struct si_deferral outer;
	struct si_deferral inner;

	(void)state;
	si_deferral_begin(&outer);
	start(0, note);
	si_deferral_begin(&inner);
	start(1, note);
	si_deferral_end(&inner);
	assert_int_equal(done, 0);
	si_deferral_end(&outer);
	assert_int_equal(done, 2);
	start(2, note); /* nothing of the stretch is left */
	assert_int_equal(done, 3);
}

static bool one_is_done(void *arg)
{
	(void)arg;
	return done == 1;
}

static void a_thread_does_not_wait_for_what_it_has_put_off(void **state)
{
	struct si_deferral deferral;

	(void)state;
	si_deferral_begin(&deferral);
	start(0, note);
	assert_true(si_wait_until(one_is_done, NULL, SI_WAIT_FOREVER));
	si_deferral_end(&deferral);
	assert_int_equal(done, 1);
}

#define TEST(test) cmocka_unit_test_setup(test, begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_item_runs_at_once),
		TEST(items_of_an_item_follow_it_in_order),
		TEST(a_long_chain_does_not_nest),
		TEST(a_stretch_puts_items_off),
		TEST(a_thread_does_not_wait_for_what_it_has_put_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
