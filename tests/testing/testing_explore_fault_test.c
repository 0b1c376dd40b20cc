/* SPDX-License-Identifier: MIT */
/* Faults that exploration puts into its histories: each path to an allocation, late work. */
#include "test.h"

#include <string.h>

#include <sessio/testing_driver.h>
#include <sessio/testing_explore.h>

#include "drivers/seeded.h"
#include "explore.h"

SESSIO_DRIVER(seeded);

static sessio_status begin(sessio_kit *kit, void *ctx)
{
	sessio_kit_file *file;

	return NT_SUCCESS(sessio_kit_load(kit, seeded, NULL)) &&
			NT_SUCCESS(sessio_kit_open(
				kit, SESSIO_KIT_NO_SESSION, L"\\Device\\Seeded", &file)) &&
			NT_SUCCESS(sessio_kit_write(file, ctx, sizeof(ULONG), NULL)) &&
			NT_SUCCESS(sessio_kit_close(file))
		? SESSIO_OK
		: SESSIO_BAD_STATE;
}

/* One user session, and one fault of this kind. */
static sessio_explore_options options_of(enum seeded_bug bug, sessio_fault kind)
{
	static ULONG number;

	number = (ULONG)bug;
	return (sessio_explore_options){ .program = "seeded",
		.depth = 4,
		.sessions = 1,
		.faults = 1,
		.fault_kinds = 1u << kind,
		.begin = begin,
		.ctx = &number,
		.ctx_size = sizeof(number) };
}

static bool collect(const char *text, size_t length, void *ctx)
{
	char *to = ctx;
	size_t before = strlen(to);

	memcpy(to + before, text, length);
	to[before + length] = '\0';
	return true;
}

static sessio_status make_host(sessio_kit *kit, uint32_t session, uint64_t number, void *ctx)
{
	sessio_host *host = NULL;
	sessio_status status = sessio_host_create(SESSIO_RULES_DOCUMENTED, &host);

	(void)kit;
	(void)session;
	(void)number;
	(*(unsigned *)ctx)++;
	(void)sessio_host_destroy(host);
	return status;
}

/* The histories that make hosts one after the other, and one of them may fail. */
static size_t histories_of_hosts(unsigned depth, sessio_fault kind)
{
	static const sessio_explore_action action = { .name = "make", .run = make_host };
	unsigned made = 0;
	const sessio_explore_options options = { .flags = SESSIO_EXPLORE_NO_USERS,
		.depth = depth,
		.faults = kind != 0,
		.fault_kinds = 1u << kind,
		.actions = &action,
		.action_count = 1,
		.ctx = &made,
		.ctx_size = sizeof(made) };
	sessio_explore *result = explore(&options);
	size_t histories = sessio_explore_get_counts(result).histories;

	assert_string_equal(sessio_explore_report(result), "");
	sessio_explore_destroy(result);
	return histories;
}

static void each_path_to_an_allocation_fails_once_in_all(void **state)
{
	/* Begin, and the one step. */
	size_t paths = histories_of_hosts(1, SESSIO_FAULT_PATH) - 2;

	(void)state;
	assert_true(paths > 1);
	assert_int_equal(histories_of_hosts(1, SESSIO_FAULT_EACH_PATH), 2 + paths);
	assert_int_equal(histories_of_hosts(4, (sessio_fault)0), 5);
	/* After a failure there are up to three steps more. */
	assert_int_equal(histories_of_hosts(4, SESSIO_FAULT_PATH), 5 + 4 * paths + 3);
	assert_int_equal(histories_of_hosts(4, SESSIO_FAULT_EACH_PATH), 5 + paths + 3);
}

static const char *check_hosts(sessio_kit *kit, void *ctx)
{
	(void)ctx;
	return sessio_kit_fault_count(kit) != 0 ? "an allocation failed" : NULL;
}

/* Each history that fails runs again, where its path is known. */
static void each_path_that_fails_a_check_counts(void **state)
{
	static const sessio_explore_action action = { .name = "make", .run = make_host };
	unsigned made = 0;
	const sessio_explore_options options = { .flags = SESSIO_EXPLORE_NO_USERS,
		.depth = 2,
		.faults = 1,
		.fault_kinds = 1u << SESSIO_FAULT_EACH_PATH,
		.actions = &action,
		.action_count = 1,
		.check = check_hosts,
		.ctx = &made,
		.ctx_size = sizeof(made) };
	size_t paths = histories_of_hosts(1, SESSIO_FAULT_PATH) - 2;
	sessio_explore *result = explore(&options);

	(void)state;
	assert_int_equal(sessio_explore_failure_count(result), 1);
	assert_string_equal(sessio_explore_get_failure(result, 0)->text, "an allocation failed");
	assert_int_equal(sessio_explore_get_counts(result).failed, paths);
	sessio_explore_destroy(result);
}

/* A failure that needs a path is saved with the path, and replays. */
static void a_failure_with_each_path_replays(void **state)
{
	const sessio_explore_options options =
		options_of(SEEDED_NEEDS_MEMORY, SESSIO_FAULT_EACH_PATH);
	const sessio_explore_failure *failure;
	sessio_explore *result, *again;
	char text[1024] = "";

	(void)state;
	result = explore(&options);
	assert_int_equal(sessio_explore_failure_count(result), 1);
	failure = sessio_explore_get_failure(result, 0);
	assert_int_equal(failure->kind, SESSIO_EXPLORE_CRASHED);
	assert_int_equal(failure->histories, 1);
	assert_int_equal(sessio_scenario_print(failure->scenario, collect, text), SESSIO_OK);
	assert_non_null(strstr(text, "\nfault path "));
	assert_int_equal(sessio_explore_replay(&options, failure->scenario, &again), SESSIO_OK);
	assert_int_equal(sessio_explore_get_failure(again, 0)->kind, SESSIO_EXPLORE_CRASHED);
	sessio_explore_destroy(again);
	sessio_explore_destroy(result);
}

static void a_late_work_item_meets_the_next_step(void **state)
{
	sessio_explore_options options =
		options_of(SEEDED_FREES_WITH_WORK_QUEUED, SESSIO_FAULT_LATE);
	const sessio_explore_failure *failure;
	sessio_explore *result, *again;
	char text[1024] = "";

	(void)state;
	options.faults = 0;
	result = explore(&options);
	assert_string_equal(sessio_explore_report(result), "");
	sessio_explore_destroy(result);
	options.faults = 1;
	result = explore(&options);
	failure = sessio_explore_get_failure(result, 0);
	assert_non_null(failure);
	assert_int_equal(failure->rule, SESSIO_KIT_RULE_POOL_USED_AFTER_FREE);
	assert_int_equal(sessio_scenario_print(failure->scenario, collect, text), SESSIO_OK);
	assert_non_null(strstr(text, "fault late 1\nsession 1 Logon\nsession 1 Logoff\n"));
	assert_non_null(strstr(failure->shown, "1 work item; 2 blocks; work items that wait: 1\n"));
	assert_int_equal(sessio_explore_replay(&options, failure->scenario, &again), SESSIO_OK);
	assert_int_equal(sessio_explore_get_failure(again, 0)->rule, failure->rule);
	sessio_explore_destroy(again);
	sessio_explore_destroy(result);

	options = options_of(SEEDED_WAITS_FOR_WORK, SESSIO_FAULT_LATE);
	options.depth = 5;
	options.faults = 2;
	result = explore(&options);
	assert_string_equal(sessio_explore_report(result), "");
	sessio_explore_destroy(result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_path_to_an_allocation_fails_once_in_all),
		cmocka_unit_test(each_path_that_fails_a_check_counts),
		cmocka_unit_test(a_failure_with_each_path_replays),
		cmocka_unit_test(a_late_work_item_meets_the_next_step),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
