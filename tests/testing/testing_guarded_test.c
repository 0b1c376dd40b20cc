/* SPDX-License-Identifier: MIT */
/* Pool memory in pages of its own: a read past the end of a block, and use after free. */
#include "test.h"

#include <string.h>

#include <sessio/testing_explore_driver.h>

#include "drivers/reader.h"

SESSIO_DRIVER(reader);

/* One history: the control, and no more. */
static sessio_explore *run(ULONG code, unsigned flags)
{
	static const char text[] = "sessio-scenario 1\nprogram reader\nrules documented\n\n"
				   "do begin\nsession 1 Created\nsession 1 do open\n"
				   "session 1 do look\n";
	const sessio_explore_control control = { .name = "look", .code = code };
	const sessio_explore_options options = {
		.flags = flags, .controls = &control, .control_count = 1
	};
	sessio_scenario *scenario;
	sessio_explore *result;

	assert_int_equal(sessio_scenario_parse(text, strlen(text), &scenario, NULL), SESSIO_OK);
	assert_int_equal(sessio_explore_driver_replay(&sessio_driver_image_of_reader,
				 L"\\Device\\Reader", &options, scenario, &result),
		SESSIO_OK);
	sessio_scenario_destroy(scenario);
	return result;
}

static void expect_crash(ULONG code, unsigned flags, const char *said)
{
	sessio_explore *result = run(code, flags);
	const sessio_explore_failure *failure = sessio_explore_get_failure(result, 0);

	assert_non_null(failure);
	assert_int_equal(failure->kind, SESSIO_EXPLORE_CRASHED);
	if (strstr(failure->text, said) == NULL) {
		fail_msg("\"%s\" is not in: %s", said, failure->text);
	}
	if (sessio_driver_image_of_reader.image.line_count != 0) { /* there is an objdump */
		assert_non_null(strstr(failure->text, "tag 'Read', made at reader.c:"));
	}
	sessio_explore_destroy(result);
}

static void expect_nothing(ULONG code, unsigned flags)
{
	sessio_explore *result = run(code, flags);

	assert_string_equal(sessio_explore_report(result), "");
	sessio_explore_destroy(result);
}

static void a_read_past_the_end_crashes_where_blocks_are_guarded(void **state)
{
	(void)state;
	expect_nothing(READER_PAST_THE_END, 0);
	expect_crash(READER_PAST_THE_END, SESSIO_EXPLORE_GUARDED,
		": it touched offset 16 of 16 bytes with tag 'Read'");
}

static void so_does_a_read_of_a_freed_block(void **state)
{
	(void)state;
	expect_nothing(READER_FREED, 0);
	expect_crash(READER_FREED, SESSIO_EXPLORE_GUARDED,
		": it touched freed memory: 16 bytes with tag 'Read'");
}

static void a_read_within_does_not(void **state)
{
	(void)state;
	expect_nothing(READER_WITHIN, 0);
	expect_nothing(READER_WITHIN, SESSIO_EXPLORE_GUARDED);
}

/* The crash itself is at an address that says nothing. */
static void any_crash_is_explained_with_guarded_blocks(void **state)
{
	(void)state;
	expect_crash(READER_FOLLOWS_FREED, 0,
		"; with guarded pool memory the program crashed with signal 11");
	expect_crash(
		READER_FOLLOWS_FREED, 0, ": it touched freed memory: 16 bytes with tag 'Read'");
}

/* The page begins at a multiple of the alignment. */
static void a_write_just_past_the_end_is_seen_when_the_block_is_freed(void **state)
{
	sessio_explore *result = run(READER_WRITES_PAST, SESSIO_EXPLORE_GUARDED);

	(void)state;
	assert_non_null(sessio_explore_get_failure(result, 0));
	assert_int_equal(sessio_explore_get_failure(result, 0)->rule, SESSIO_KIT_RULE_POOL_OVERRUN);
	sessio_explore_destroy(result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_read_past_the_end_crashes_where_blocks_are_guarded),
		cmocka_unit_test(so_does_a_read_of_a_freed_block),
		cmocka_unit_test(a_read_within_does_not),
		cmocka_unit_test(any_crash_is_explained_with_guarded_blocks),
		cmocka_unit_test(a_write_just_past_the_end_is_seen_when_the_block_is_freed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
