/* SPDX-License-Identifier: MIT */
/* Exploration finds each seeded bug of a driver, and says the truth about its bounds. */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sessio/testing_driver.h>
#include <sessio/testing_explore.h>

#include "drivers/seeded.h"
#include "explore.h"

SESSIO_DRIVER(seeded);

#define NOBODY SESSIO_KIT_NO_SESSION
#define SESSIONS 2u

/* The test's own state, which each history begins with. */
static struct world {
	ULONG bug;
	sessio_kit_file *watching; /* for the check */
	sessio_kit_file *files[SESSIONS + 1];
	unsigned owner; /* what the driver should say */
	bool attached[SESSIONS + 1]; /* session by session, after the step before */
} world;

static sessio_status begin(sessio_kit *kit, void *ctx)
{
	struct world *own = ctx;

	return NT_SUCCESS(sessio_kit_load(kit, seeded, NULL)) &&
			NT_SUCCESS(sessio_kit_open(
				kit, NOBODY, L"\\Device\\Seeded", &own->watching)) &&
			NT_SUCCESS(
				sessio_kit_write(own->watching, &own->bug, sizeof(own->bug), NULL))
		? SESSIO_OK
		: SESSIO_BAD_STATE;
}

static sessio_status open_file(sessio_kit *kit, uint32_t session, uint64_t number, void *ctx)
{
	struct world *own = ctx;

	(void)number;
	if (own->files[session] != NULL) {
		return SESSIO_BAD_STATE;
	}
	if (!NT_SUCCESS(sessio_kit_open(kit, session, L"\\Device\\Seeded", &own->files[session]))) {
		return SESSIO_REFUSED;
	}
	own->owner = session;
	return SESSIO_OK;
}

static sessio_status close_file(sessio_kit *kit, uint32_t session, uint64_t number, void *ctx)
{
	struct world *own = ctx;

	(void)kit;
	(void)number;
	if (own->files[session] == NULL) {
		return SESSIO_BAD_STATE;
	}
	(void)sessio_kit_close(own->files[session]);
	own->files[session] = NULL;
	return SESSIO_OK;
}

static sessio_user_state state_of(sessio_kit *kit, uint32_t id)
{
	sessio_user_state state = SESSIO_USER_STATE_NONE;
	sessio_user_session *session;

	if (sessio_host_find_session(sessio_kit_host(kit), id, &session) == SESSIO_OK) {
		state = sessio_user_session_state(session);
		sessio_user_session_unref(session);
	}
	return state;
}

/* An owner whose session is disconnected, or ends, is none any more. */
static void follow_owner(struct world *own, uint32_t id, sessio_user_state state)
{
	bool attached = state != SESSIO_USER_STATE_NONE &&
		state != SESSIO_USER_STATE_DISCONNECTED &&
		state != SESSIO_USER_STATE_DISCONNECTED_LOGGED_ON;

	if (own->owner == id &&
		(state == SESSIO_USER_STATE_NONE || (own->attached[id] && !attached))) {
		own->owner = 0;
	}
	own->attached[id] = attached;
}

static const char *check(sessio_kit *kit, void *ctx)
{
	struct world *own = ctx;
	struct seeded_table table;

	if (!NT_SUCCESS(sessio_kit_read(own->watching, &table, sizeof(table), NULL))) {
		return "the driver cannot be read from";
	}
	for (uint32_t id = 1; id <= SESSIONS; id++) {
		sessio_user_state now = state_of(kit, id);

		follow_owner(own, id, now);
		if (table.states[id] != (unsigned char)now) {
			return "the driver has a wrong state";
		}
		if (table.has_user[id] !=
			(now == SESSIO_USER_STATE_LOGGED_ON ||
				now == SESSIO_USER_STATE_DISCONNECTED_LOGGED_ON)) {
			return "the driver has a wrong user";
		}
	}
	return table.owner == own->owner ? NULL : "the driver has a wrong owner";
}

static const sessio_explore_action actions[] = {
	{ .name = "open", .run = open_file, .for_sessions = true },
	{ .name = "close", .run = close_file, .for_sessions = true },
};

static sessio_explore_options options_of(enum seeded_bug bug)
{
	memset(&world, 0, sizeof(world));
	world.bug = (ULONG)bug;
	return (sessio_explore_options){ .program = "seeded",
		.depth = 4,
		.sessions = SESSIONS,
		.begin = begin,
		.check = check,
		.actions = actions,
		.action_count = 2,
		.ctx = &world,
		.ctx_size = sizeof(world) };
}

static const struct {
	const char *name;
	enum seeded_bug bug;
	sessio_explore_kind kind;
	sessio_kit_rule rule;
} bugs[] = {
#define SESSIO_KIT_RULE_0 0
#define XX(bug, kind, rule) \
	{ #bug, SEEDED_##bug, SESSIO_EXPLORE_##kind, (sessio_kit_rule)SESSIO_KIT_RULE_##rule },
	SEEDED_MAP(XX)
#undef XX
};

static void a_driver_without_a_bug_has_no_failure(void **state)
{
	sessio_explore_options options = options_of(SEEDED_NONE);
	sessio_explore *result = explore(&options);

	(void)state;
	assert_string_equal(sessio_explore_report(result), "");
	assert_int_equal(sessio_explore_failure_count(result), 0);
	assert_null(sessio_explore_get_failure(result, 0));
	sessio_explore_destroy(result);
}

static size_t steps_of(const sessio_explore_failure *failure)
{
	return sessio_scenario_count(failure->scenario);
}

/* With digests and without, the same failure comes first, after as many steps. */
static void each_seeded_bug_is_found_with_digests_and_without(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bugs) / sizeof(bugs[0]); i++) {
		sessio_explore_options options = options_of(bugs[i].bug);
		sessio_explore *with, *without;
		const sessio_explore_failure *failure, *other;

		if (bugs[i].kind == SESSIO_EXPLORE_HUNG) {
			options.depth = 3; /* each hang takes its time */
			options.hang_ms = 100;
		}
		with = explore(&options);
		options.flags = SESSIO_EXPLORE_NO_DIGEST;
		without = explore(&options);
		failure = sessio_explore_get_failure(with, 0);
		other = sessio_explore_get_failure(without, 0);
		if (failure == NULL || other == NULL || failure->kind != bugs[i].kind ||
			failure->rule != bugs[i].rule) {
			fail_msg("%s: %s%s\n%s", bugs[i].name, sessio_explore_report(with),
				sessio_explore_summary(with), sessio_explore_summary(without));
			return;
		}
		assert_int_equal(other->kind, failure->kind);
		assert_int_equal(other->rule, failure->rule);
		assert_string_equal(other->text, failure->text);
		assert_int_equal(steps_of(other), steps_of(failure));
		assert_int_equal(sessio_explore_failure_count(with), 1);
		assert_int_equal(sessio_explore_failure_count(without), 1);
		sessio_explore_destroy(with);
		sessio_explore_destroy(without);
	}
}

static bool collect(const char *text, size_t length, void *ctx)
{
	char *to = ctx;
	size_t before = strlen(to);

	memcpy(to + before, text, length);
	to[before + length] = '\0';
	return true;
}

static sessio_scenario *scenario_of(const char *text)
{
	sessio_scenario *scenario = NULL;

	assert_int_equal(sessio_scenario_parse(text, strlen(text), &scenario, NULL), SESSIO_OK);
	return scenario;
}

static void a_failure_reads_well_and_is_saved_as_a_scenario(void **state)
{
	sessio_explore_options options = options_of(SEEDED_CUTS_OFF_ANOTHER);
	const sessio_explore_failure *failure;
	sessio_explore *result;
	char text[1024] = "", saved[1024] = "";
	FILE *file;

	(void)state;
	options.save_to = "testing_explore_test.scenario";
	result = explore(&options);
	failure = sessio_explore_get_failure(result, 0);
	assert_non_null(failure);
	assert_string_equal(failure->text, "the driver has a wrong owner");
	assert_ptr_equal(failure->shown,
		strstr(failure->shown,
			"  do begin\n"
			"      no session; a file; 1 registration; 1 device; 1 work item; 1 "
			"block\n"));
	assert_non_null(strstr(failure->shown, "      check: the driver has a wrong owner\n"));
	assert_non_null(strstr(sessio_explore_report(result), failure->shown));
	assert_int_equal(sessio_scenario_print(failure->scenario, collect, text), SESSIO_OK);
	assert_non_null(strstr(text, "program seeded\n"));
	assert_non_null(strstr(text, "bounds depth 4, sessions 2, faults 0\n"));
	assert_non_null(strstr(text, "\nsession 1 do open\n"));
	file = fopen(options.save_to, "rb");
	assert_non_null(file);
	assert_int_equal(fread(saved, 1, sizeof(saved) - 1, file), strlen(text));
	(void)fclose(file);
	(void)remove(options.save_to);
	assert_string_equal(saved, text);
	sessio_explore_destroy(result);
	options.save_to = "no such folder/file";
	assert_int_equal(sessio_explore_run(&options, &result), SESSIO_REFUSED);
}

#define HEAD "sessio-scenario 1\nprogram seeded\nrules documented\ndo begin\n"

static void a_saved_history_is_replayed_and_shrunk(void **state)
{
	sessio_scenario *scenario = scenario_of(HEAD "session 2 Created\nsession 1 Created\n"
						     "session 1 do open\nsession 2 Terminated\n");
	sessio_explore_options options = options_of(SEEDED_LEAKS);
	sessio_explore *result = NULL;

	(void)state;
	assert_int_equal(sessio_explore_replay(&options, scenario, &result), SESSIO_OK);
	assert_string_equal(sessio_explore_report(result), "");
	assert_int_equal(sessio_explore_get_counts(result).histories, 1);
	sessio_explore_destroy(result);
	sessio_scenario_destroy(scenario);
	scenario = scenario_of(HEAD "session 2 Created\nsession 1 Created\nsession 2 do open\n"
				    "session 1 Terminated\nsession 2 do close\n"
				    "session 2 do open\nsession 2 Terminated\n");
	options = options_of(SEEDED_HANGS);
	options.depth = 7;
	options.hang_ms = 100;
	assert_int_equal(sessio_explore_replay(&options, scenario, &result), SESSIO_OK);
	assert_int_equal(sessio_explore_failure_count(result), 1);
	assert_int_equal(sessio_explore_get_failure(result, 0)->kind, SESSIO_EXPLORE_HUNG);
	/* Its first Terminated is enough. */
	assert_int_equal(steps_of(sessio_explore_get_failure(result, 0)), 4);
	sessio_explore_destroy(result);
	sessio_scenario_destroy(scenario);
}

static void a_history_that_does_not_fit_is_refused(void **state)
{
	static const char *const texts[] = {
		"sessio-scenario 1\nprogram other\nrules documented\ndo begin\n",
		"sessio-scenario 1\nprogram seeded\nrules observed\ndo begin\n",
		"sessio-scenario 1\nprogram seeded\nrules documented\n",
		"sessio-scenario 1\nprogram seeded\nrules documented\nsession 1 Created\n",
		"sessio-scenario 1\nprogram seeded\nbounds depth 5, sessions 2, faults 0\n"
		"rules documented\ndo begin\nsession 1 Created\n",
		"sessio-scenario 1\nprogram seeded\nbounds none\ndo begin\nsession 1 Created\n",
		HEAD "session 3 Created\n",
		HEAD "session 1 Created\nsession 1 do write\n",
		HEAD "session 1 Created\nsession 1 do open 1\n",
		HEAD "do open\n",
		HEAD "fault allocation 1\nsession 1 Created\n",
		HEAD "do begin\n",
		HEAD "wait 1 ms\n",
		HEAD "session 1 Logon\n", /* which the rules refuse */
		HEAD "session 1 Created\nsession 1 do close\n", /* nothing is open */
		HEAD "session 1 Created\nsession 1 Terminated\nsession 1 Created\n"
		     "session 1 Terminated\nsession 1 Created\n",
	};
	sessio_explore_options options = options_of(SEEDED_NONE);

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		sessio_scenario *scenario = scenario_of(texts[i]);
		sessio_explore *result = NULL;

		assert_int_equal(
			sessio_explore_replay(&options, scenario, &result), SESSIO_REFUSED);
		assert_null(result);
		sessio_scenario_destroy(scenario);
	}
}

static void it_is_complete_only_if_nothing_was_cut(void **state)
{
	sessio_explore_options options = { .sessions = 1, .depth = 20 };
	sessio_explore *result = explore(&options);
	sessio_explore_counts counts = sessio_explore_get_counts(result);

	(void)state;
	/* No session, and the states that a session can be in. */
	assert_int_equal(counts.states, 7);
	assert_true(counts.complete);
	assert_int_equal(counts.cut, 0);
	assert_non_null(strstr(sessio_explore_summary(result), "; complete"));
	sessio_explore_destroy(result);

	options.sessions = 2;
	options.depth = 40;
	result = explore(&options);
	assert_int_equal(sessio_explore_get_counts(result).states, 7 * 7);
	assert_true(sessio_explore_get_counts(result).complete);
	sessio_explore_destroy(result);

	options.depth = 1;
	result = explore(&options);
	counts = sessio_explore_get_counts(result);
	assert_int_equal(counts.histories, 3);
	assert_int_equal(counts.cut, 2);
	assert_false(counts.complete);
	assert_non_null(strstr(sessio_explore_summary(result), "2 cut by the bounds"));
	assert_non_null(strstr(sessio_explore_summary(result), "; not complete"));
	sessio_explore_destroy(result);

	options.depth = 20;
	options.max_histories = 10;
	result = explore(&options);
	assert_int_equal(sessio_explore_get_counts(result).histories, 10);
	assert_false(sessio_explore_get_counts(result).complete);
	assert_non_null(strstr(sessio_explore_summary(result), "the bound of histories"));
	sessio_explore_destroy(result);
}

/* One session, one step: no session yet. */
static size_t first_steps(unsigned flags)
{
	sessio_explore_options options = { .sessions = 1, .depth = 1, .flags = flags };
	sessio_explore *result = explore(&options);
	size_t histories = sessio_explore_get_counts(result).histories - 1;

	assert_string_equal(sessio_explore_report(result), "");
	sessio_explore_destroy(result);
	return histories;
}

static void refused_and_undocumented_events_come_on_request(void **state)
{
	(void)state;
	assert_int_equal(first_steps(0), 1);
	assert_int_equal(first_steps(SESSIO_EXPLORE_REMOTE), 2);
	assert_int_equal(first_steps(SESSIO_EXPLORE_REFUSED), 1 + 5);
	assert_int_equal(first_steps(SESSIO_EXPLORE_OUTSIDE), 1 + 5);
	/* Created and Connected, each with a local and a remote terminal. */
	assert_int_equal(first_steps(SESSIO_EXPLORE_OUTSIDE | SESSIO_EXPLORE_REMOTE), 2 + 6);
}

static sessio_status count_up(sessio_kit *kit, uint32_t session, uint64_t number, void *ctx)
{
	unsigned *calls = ctx;

	(void)kit;
	assert_int_equal(session, 0);
	*calls += (unsigned)number;
	return SESSIO_OK;
}

static uint64_t give_calls(sessio_kit *kit, void *ctx)
{
	(void)kit;
	return *(unsigned *)ctx;
}

static void a_history_that_does_not_repeat_is_a_failure(void **state)
{
	static const sessio_explore_action action = {
		.name = "count", .run = count_up, .first = 1, .last = 3
	};
	unsigned calls = 0;
	sessio_explore_options options = { .sessions = 1,
		.depth = 2,
		.actions = &action,
		.action_count = 1,
		.digest = give_calls,
		.ctx = &calls };
	sessio_explore *result = explore(&options);

	(void)state;
	assert_true(sessio_explore_failure_count(result) > 0);
	assert_int_equal(sessio_explore_get_failure(result, 0)->kind, SESSIO_EXPLORE_NOT_REPEATED);
	sessio_explore_destroy(result);

	/* These bytes are restored before each history, and here too. */
	options.ctx_size = sizeof(calls);
	result = explore(&options);
	assert_string_equal(sessio_explore_report(result), "");
	assert_int_equal(calls, 0);
	sessio_explore_destroy(result);
}

static sessio_status answer(sessio_kit *kit, uint32_t session, uint64_t number, void *ctx)
{
	(void)kit;
	(void)session;
	(void)ctx;
	if (number == 2) {
		_Exit(3);
	}
	return number == 1 ? SESSIO_NO_MEMORY : SESSIO_OK;
}

static sessio_status fail_to_begin(sessio_kit *kit, void *ctx)
{
	(void)kit;
	(void)ctx;
	return SESSIO_NOT_FOUND;
}

static void failing_actions_and_ends_of_the_program_are_failures(void **state)
{
	static const sessio_explore_action action = {
		.name = "answer", .run = answer, .first = 0, .last = 2
	};
	sessio_explore_options options = {
		.sessions = 1, .depth = 1, .actions = &action, .action_count = 1
	};
	sessio_explore *result = explore(&options);

	(void)state;
	assert_int_equal(sessio_explore_failure_count(result), 2);
	assert_int_equal(sessio_explore_get_failure(result, 0)->kind, SESSIO_EXPLORE_ACTION);
	assert_string_equal(
		sessio_explore_get_failure(result, 0)->text, "answer failed: out of memory");
	assert_int_equal(sessio_explore_get_failure(result, 1)->kind, SESSIO_EXPLORE_EXITED);
	assert_non_null(strstr(sessio_explore_get_failure(result, 1)->text, "exit code 3"));
	sessio_explore_destroy(result);
	options.begin = fail_to_begin;
	result = explore(&options);
	assert_int_equal(sessio_explore_get_counts(result).histories, 1);
	assert_int_equal(sessio_explore_get_failure(result, 0)->kind, SESSIO_EXPLORE_BEGIN);
	sessio_explore_destroy(result);
}

#define MARK "testing_explore_test.mark"

/* Only its first call of all hangs. */
static sessio_status hang_once(sessio_kit *kit, uint32_t session, uint64_t number, void *ctx)
{
	FILE *file = fopen(MARK, "rb");

	(void)kit;
	(void)session;
	(void)number;
	(void)ctx;
	if (file == NULL) {
		file = fopen(MARK, "wb");
		(void)fclose(file);
		for (;;) {
		}
	}
	(void)fclose(file);
	return SESSIO_OK;
}

static void a_history_that_was_only_slow_does_not_hang(void **state)
{
	static const sessio_explore_action action = { .name = "hang", .run = hang_once };
	sessio_explore_options options = {
		.sessions = 1, .depth = 1, .hang_ms = 100, .actions = &action, .action_count = 1
	};
	sessio_explore *result;

	(void)state;
	(void)remove(MARK);
	result = explore(&options);
	(void)remove(MARK);
	assert_string_equal(sessio_explore_report(result), "");
	assert_int_equal(sessio_explore_get_counts(result).histories, 3);
	assert_int_equal(sessio_explore_get_counts(result).failed, 0);
	sessio_explore_destroy(result);
}

static size_t histories_with(unsigned faults, unsigned kinds)
{
	sessio_explore_options options = options_of(SEEDED_NONE);
	sessio_explore *result;
	size_t histories;

	options.sessions = 1;
	options.depth = 3;
	options.faults = faults;
	options.fault_kinds = kinds;
	result = explore(&options);
	assert_string_equal(sessio_explore_report(result), "");
	histories = sessio_explore_get_counts(result).histories;
	sessio_explore_destroy(result);
	return histories;
}

static void faults_are_a_dimension_of_histories(void **state)
{
	size_t none = histories_with(0, 0);
	size_t allocations = histories_with(1, 1u << SESSIO_FAULT_ALLOCATION);
	size_t paths = histories_with(1, 1u << SESSIO_FAULT_PATH);

	(void)state;
	/* The driver registers once, when it is loaded. */
	assert_int_equal(histories_with(1, 1u << SESSIO_FAULT_REGISTRATION), none + 1);
	assert_int_equal(histories_with(1, 1u << SESSIO_FAULT_OPEN), none);
	assert_true(histories_with(1, 1u << SESSIO_FAULT_SLOW) > none);
	assert_true(allocations > none + 10);
	assert_true(paths > none && paths <= allocations);
	assert_true(histories_with(2, 1u << SESSIO_FAULT_ALLOCATION) > allocations);
	assert_true(histories_with(1, 0) > allocations);
}

/* The same history, with one more fault in its second step. */
static sessio_scenario *with_another_fault(const sessio_scenario *scenario)
{
	static const sessio_step fault = {
		.kind = SESSIO_STEP_FAULT, .fault = SESSIO_FAULT_ALLOCATION, .number = 1
	};
	sessio_scenario *more = NULL;

	assert_int_equal(sessio_scenario_create(SESSIO_RULES_DOCUMENTED, &more), SESSIO_OK);
	assert_int_equal(sessio_scenario_set_origin(more, "seeded", ""), SESSIO_OK);
	for (size_t i = 0; i < sessio_scenario_count(scenario); i++) {
		if (i == 1) {
			assert_int_equal(sessio_scenario_add(more, &fault), SESSIO_OK);
		}
		assert_int_equal(
			sessio_scenario_add(more, sessio_scenario_step(scenario, i)), SESSIO_OK);
	}
	return more;
}

static void a_fault_that_a_failure_needs_is_in_its_history(void **state)
{
	sessio_explore_options options = options_of(SEEDED_NEEDS_MEMORY);
	const sessio_explore_failure *failure;
	char text[1024] = "", shrunk[1024] = "";
	sessio_explore *result, *again;
	sessio_scenario *more;

	(void)state;
	options.sessions = 1;
	options.depth = 3;
	result = explore(&options);
	assert_string_equal(sessio_explore_report(result), "");
	sessio_explore_destroy(result);
	options.faults = 2;
	options.fault_kinds = 1u << SESSIO_FAULT_ALLOCATION;
	options.max_histories = 300; /* enough for the first */
	result = explore(&options);
	assert_int_equal(sessio_explore_failure_count(result), 1);
	failure = sessio_explore_get_failure(result, 0);
	assert_int_equal(failure->kind, SESSIO_EXPLORE_CRASHED);
	if (sessio_driver_image_of_seeded.image.line_count != 0) { /* there is an objdump */
		assert_non_null(strstr(failure->text, "with signal 11 at seeded.c:"));
	}
	assert_int_equal(sessio_scenario_print(failure->scenario, collect, text), SESSIO_OK);
	assert_non_null(strstr(
		text, "do begin\nsession 1 Created\nsession 1 Connected\nfault allocation "));
	assert_non_null(strstr(text, "\nsession 1 Logon\n"));

	more = with_another_fault(failure->scenario);
	assert_int_equal(sessio_explore_replay(&options, more, &again), SESSIO_OK);
	failure = sessio_explore_get_failure(again, 0);
	assert_int_equal(failure->kind, SESSIO_EXPLORE_CRASHED);
	assert_int_equal(sessio_scenario_print(failure->scenario, collect, shrunk), SESSIO_OK);
	assert_string_equal(shrunk, text);
	sessio_explore_destroy(again);
	options.faults = 1;
	assert_int_equal(sessio_explore_replay(&options, more, &again), SESSIO_REFUSED);
	sessio_scenario_destroy(more);
	sessio_explore_destroy(result);
}

static void in_one_process_it_says_what_is_not_isolated(void **state)
{
	sessio_explore_options options = options_of(SEEDED_CUTS_OFF_ANOTHER);
	sessio_explore *result;

	(void)state;
	options.flags = SESSIO_EXPLORE_ONE_PROCESS;
	result = explore(&options);
	assert_int_equal(sessio_explore_failure_count(result), 1);
	assert_string_equal(
		sessio_explore_get_failure(result, 0)->text, "the driver has a wrong owner");
	assert_false(sessio_explore_get_counts(result).isolated);
	assert_non_null(strstr(sessio_explore_summary(result), "not isolated"));
	sessio_explore_destroy(result);
}

static void options_out_of_their_bounds_are_refused(void **state)
{
	static const sessio_explore_action actions_of[] = { { .name = "open", .run = NULL },
		{ .name = NULL, .run = answer }, { .name = "two words", .run = answer },
		{ .name = "a", .run = answer, .first = 2, .last = 1 } };
	sessio_explore_options options = { .depth = SESSIO_EXPLORE_MAX_DEPTH + 1 };
	sessio_scenario *scenario = scenario_of(HEAD);
	sessio_explore *result = NULL;
	sessio_kit *kit;

	(void)state;
	assert_int_equal(sessio_explore_run(&options, &result), SESSIO_INVALID_ARG);
	options = (sessio_explore_options){ .sessions = SESSIO_EXPLORE_MAX_SESSIONS + 1 };
	assert_int_equal(sessio_explore_run(&options, &result), SESSIO_INVALID_ARG);
	options = (sessio_explore_options){ .faults = SESSIO_EXPLORE_MAX_FAULTS + 1 };
	assert_int_equal(sessio_explore_run(&options, &result), SESSIO_INVALID_ARG);
	options = (sessio_explore_options){ .rules = (sessio_rules)9 };
	assert_int_equal(sessio_explore_run(&options, &result), SESSIO_INVALID_ARG);
	options = (sessio_explore_options){ .ctx_size = 1 };
	assert_int_equal(sessio_explore_run(&options, &result), SESSIO_INVALID_ARG);
	options = (sessio_explore_options){ .action_count = 1 };
	assert_int_equal(sessio_explore_run(&options, &result), SESSIO_INVALID_ARG);
	for (size_t i = 0; i < sizeof(actions_of) / sizeof(actions_of[0]); i++) {
		options.actions = &actions_of[i];
		assert_int_equal(sessio_explore_run(&options, &result), SESSIO_INVALID_ARG);
	}
	options = (sessio_explore_options){ .depth = 1 };
	assert_int_equal(sessio_explore_run(NULL, &result), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_explore_run(&options, NULL), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_explore_replay(NULL, scenario, &result), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_explore_replay(&options, NULL, &result), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_explore_replay(&options, scenario, NULL), SESSIO_INVALID_ARG);
	sessio_scenario_destroy(scenario);
	assert_int_equal(sessio_kit_create(NULL, &kit), SESSIO_OK);
	assert_int_equal(sessio_explore_run(&options, &result), SESSIO_BUSY);
	sessio_kit_destroy(kit);
	assert_null(result);
}

static void calls_without_a_result_are_harmless(void **state)
{
	(void)state;
	assert_string_equal(sessio_explore_report(NULL), "");
	assert_string_equal(sessio_explore_summary(NULL), "");
	assert_int_equal(sessio_explore_get_counts(NULL).histories, 0);
	assert_int_equal(sessio_explore_failure_count(NULL), 0);
	assert_null(sessio_explore_get_failure(NULL, 0));
	assert_string_equal(sessio_explore_kind_text((sessio_explore_kind)0), "unknown kind");
	assert_string_equal(sessio_explore_kind_text(SESSIO_EXPLORE_HUNG), "a hang");
	sessio_explore_destroy(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_driver_without_a_bug_has_no_failure),
		cmocka_unit_test(each_seeded_bug_is_found_with_digests_and_without),
		cmocka_unit_test(a_failure_reads_well_and_is_saved_as_a_scenario),
		cmocka_unit_test(a_saved_history_is_replayed_and_shrunk),
		cmocka_unit_test(a_history_that_does_not_fit_is_refused),
		cmocka_unit_test(it_is_complete_only_if_nothing_was_cut),
		cmocka_unit_test(refused_and_undocumented_events_come_on_request),
		cmocka_unit_test(a_history_that_does_not_repeat_is_a_failure),
		cmocka_unit_test(failing_actions_and_ends_of_the_program_are_failures),
		cmocka_unit_test(a_history_that_was_only_slow_does_not_hang),
		cmocka_unit_test(faults_are_a_dimension_of_histories),
		cmocka_unit_test(a_fault_that_a_failure_needs_is_in_its_history),
		cmocka_unit_test(in_one_process_it_says_what_is_not_isolated),
		cmocka_unit_test(options_out_of_their_bounds_are_refused),
		cmocka_unit_test(calls_without_a_result_are_harmless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
