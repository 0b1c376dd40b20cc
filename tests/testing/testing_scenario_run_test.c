/* SPDX-License-Identifier: MIT */
/* Scenarios run in a kit, and logs of runs and hosts make the same scenarios again. */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include <sessio/testing_scenario.h>

#include "provider.h"

#define HEAD "sessio-scenario 1\n"

static sessio_kit *begin(sessio_rules rules)
{
	const sessio_kit_options options = { .rules = rules };
	sessio_kit *kit;

	assert_int_equal(sessio_kit_create(&options, &kit), SESSIO_OK);
	return kit;
}

static sessio_scenario *parse(const char *text)
{
	sessio_scenario *scenario;

	assert_int_equal(sessio_scenario_parse(text, strlen(text), &scenario, NULL), SESSIO_OK);
	return scenario;
}

struct sink {
	char text[4096];
	size_t length;
};

static bool take(const char *text, size_t length, void *ctx)
{
	struct sink *sink = ctx;

	if (sink->length + length >= sizeof(sink->text)) {
		return false;
	}
	memcpy(sink->text + sink->length, text, length);
	sink->length += length;
	sink->text[sink->length] = '\0';
	return true;
}

static void assert_prints(const sessio_scenario *scenario, const char *text)
{
	struct sink sink = { .text = "" };

	assert_int_equal(sessio_scenario_print(scenario, take, &sink), SESSIO_OK);
	assert_string_equal(sink.text, text);
}

struct world {
	char did[256]; /* what the actions did */
	size_t checks;
	const char *wrong_at; /* the check fails once this was done */
};

static sessio_status note(
	const char *name, uint32_t session_id, uint64_t number, struct world *world)
{
	size_t length = strlen(world->did);

	(void)snprintf(world->did + length, sizeof(world->did) - length, "%s %u %u, ", name,
		(unsigned)session_id, (unsigned)number);
	return number == 99 ? SESSIO_BUSY : SESSIO_OK;
}

static sessio_status act_open(sessio_kit *kit, uint32_t session_id, uint64_t number, void *ctx)
{
	assert_non_null(kit);
	return note("open", session_id, number, ctx);
}

static sessio_status act_close(sessio_kit *kit, uint32_t session_id, uint64_t number, void *ctx)
{
	(void)kit;
	return note("close", session_id, number, ctx);
}

static const char *check(sessio_kit *kit, void *ctx)
{
	struct world *world = ctx;

	(void)kit;
	world->checks++;
	return world->wrong_at != NULL && strstr(world->did, world->wrong_at) != NULL
		? "it is wrong"
		: NULL;
}

static const sessio_step_action actions[] = { { "open", act_open }, { "close", act_close } };

static sessio_scenario_options options_of(struct world *world)
{
	sessio_scenario_options options = {
		.actions = actions, .action_count = 2, .check = check, .ctx = world
	};

	return options;
}

/* Runs a text in a fresh kit, which must have no finding. */
static sessio_status run(const char *text, struct world *world, sessio_scenario_result *result)
{
	sessio_scenario *scenario = parse(text);
	sessio_kit *kit = begin(sessio_scenario_rules(scenario));
	sessio_scenario_options options = options_of(world);
	sessio_status status = sessio_kit_run(kit, scenario, &options, result);

	assert_int_equal(sessio_kit_finish(kit), 0);
	sessio_kit_destroy(kit);
	sessio_scenario_destroy(scenario);
	return status;
}

static void steps_are_done_in_order_and_checked(void **state)
{
	struct world world = { .checks = 0 };
	sessio_scenario_result result;

	(void)state;
	assert_int_equal(
		run(HEAD "session 1 is LoggedOn\nsession 1 Created refused\n"
			 "session 1 do open 5\nsession 1 remark Locked\ndo close\nwait 3 s\n"
			 "session 1 observed Terminated\n",
			&world, &result),
		SESSIO_OK);
	assert_string_equal(world.did, "open 1 5, close 0 0, ");
	assert_int_equal(world.checks, 7);
	assert_int_equal(result.steps, 7);
	assert_int_equal(result.status, SESSIO_OK);
	assert_string_equal(result.text, "");
}

static void a_step_that_fails_ends_the_run_and_is_named(void **state)
{
	static const struct {
		const char *text;
		size_t steps;
		sessio_status answer, status;
		const char *sentence;
	} runs[] = {
		{ HEAD "session 1 Created\nsession 1 Created\n", 1, SESSIO_BAD_STATE,
			SESSIO_BAD_STATE,
			"step 2, session 1 Created: the rules refuse this event" },
		{ HEAD "session 1 Created refused\n", 0, SESSIO_BAD_STATE, SESSIO_BAD_STATE,
			"step 1, session 1 Created refused: the rules allow this event, and should"
			" refuse it" },
		{ HEAD "session 1 is LoggedOn\nsession 1 is LoggedOn\n", 1, SESSIO_BAD_STATE,
			SESSIO_EXISTS, "step 2, session 1 is LoggedOn: exists already" },
		{ HEAD "session 1 remark Locked\n", 0, SESSIO_NOT_FOUND, SESSIO_NOT_FOUND,
			"step 1, session 1 remark Locked: not found" },
		{ HEAD "do fly 3\n", 0, SESSIO_NOT_FOUND, SESSIO_NOT_FOUND,
			"step 1, do fly 3: the test has no action of this name" },
		{ HEAD "do open\ndo open 99\ndo close\n", 1, SESSIO_BAD_STATE, SESSIO_BUSY,
			"step 2, do open 99: shared in a way that does not allow this" },
		{ HEAD "do close 1\ndo close 7\ndo open\n", 1, SESSIO_BAD_STATE, SESSIO_BAD_STATE,
			"step 2, do close 7: it is wrong" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++) {
		struct world world = { .wrong_at = "close 0 7" };
		sessio_scenario_result result;

		assert_int_equal(run(runs[i].text, &world, &result), runs[i].answer);
		assert_string_equal(result.text, runs[i].sentence);
		assert_int_equal(result.steps, runs[i].steps);
		assert_int_equal(result.status, runs[i].status);
	}
}

static void a_fault_does_not_lose_an_event(void **state)
{
	struct world world = { .checks = 0 };
	sessio_scenario_result result;

	(void)state;
	assert_int_equal(run(HEAD "fault allocation 1\nsession 1 Created\nfault each-path\n"
				  "session 1 Connected\nsession 2 Created\nsession 1 Logon\n",
				 &world, &result),
		SESSIO_OK);
	assert_int_equal(result.steps, 6);
}

static void a_scenario_of_another_origin_is_refused(void **state)
{
	sessio_scenario *scenario =
		parse(HEAD "program lamp\nbounds depth 6\nrules observed\ndo open\n");
	sessio_kit *kit = begin(SESSIO_RULES_DOCUMENTED);
	struct world world = { .checks = 0 };
	sessio_scenario_options options = options_of(&world);
	sessio_scenario_result result;

	(void)state;
	assert_int_equal(sessio_kit_run(kit, scenario, &options, &result), SESSIO_REFUSED);
	sessio_kit_destroy(kit);
	kit = begin(SESSIO_RULES_OBSERVED);
	options.program = "lamps";
	assert_int_equal(sessio_kit_run(kit, scenario, &options, &result), SESSIO_REFUSED);
	options.program = "lamp";
	options.bounds = "depth 7";
	assert_int_equal(sessio_kit_run(kit, scenario, &options, &result), SESSIO_REFUSED);
	assert_string_equal(world.did, "");
	options.bounds = "depth 6";
	assert_int_equal(sessio_kit_run(kit, scenario, &options, &result), SESSIO_OK);
	assert_string_equal(world.did, "open 0 0, ");
	(void)sessio_kit_finish(kit);
	assert_int_equal(sessio_kit_run(kit, scenario, &options, &result), SESSIO_BAD_STATE);
	assert_string_equal(
		result.text, "step 1, do open: the kit is finished, or the library stopped");
	sessio_kit_destroy(kit);
	sessio_scenario_destroy(scenario);
}

static void each_documented_sequence_runs(void **state)
{
	const char *name;
	size_t index = 0;

	(void)state;
	for (; (name = sessio_scenario_documented_name(index)) != NULL; index++) {
		sessio_scenario *scenario;
		sessio_scenario_result result;
		sessio_kit *kit;

		assert_int_equal(sessio_scenario_documented(name, &scenario), SESSIO_OK);
		kit = begin(sessio_scenario_rules(scenario));
		if (sessio_kit_run(kit, scenario, NULL, &result) != SESSIO_OK) {
			fail_msg("%s: %s", name, result.text);
		}
		assert_int_equal(result.steps, sessio_scenario_count(scenario));
		assert_int_equal(sessio_kit_finish(kit), 0);
		sessio_kit_destroy(kit);
		sessio_scenario_destroy(scenario);
	}
	assert_int_equal(index, 10);
}

static void the_trace_ends_as_recorded(void **state)
{
	sessio_scenario *scenario;
	sessio_kit *kit = begin(SESSIO_RULES_OBSERVED);
	sessio_user_session *session;

	(void)state;
	assert_int_equal(sessio_scenario_documented("trace", &scenario), SESSIO_OK);
	assert_int_equal(sessio_kit_run(kit, scenario, NULL, NULL), SESSIO_OK);
	/* From 208.156 s to 242.574 s. */
	assert_true(sessio_kit_time(kit) == UINT64_C(34418000000));
	assert_int_equal(sessio_host_session_count(sessio_kit_host(kit)), 1);
	assert_int_equal(sessio_host_find_session(sessio_kit_host(kit), 1, &session), SESSIO_OK);
	assert_int_equal(sessio_user_session_state(session), SESSIO_USER_STATE_LOGGED_ON);
	sessio_user_session_unref(session);
	sessio_kit_destroy(kit);
	sessio_scenario_destroy(scenario);
}

static const char story[] = HEAD "rules documented\n"
				 "\n"
				 "session 1 is LoggedOn\n"
				 "session 2 Created remote\n"
				 "session 2 Logon refused\n"
				 "session 2 do open 4\n"
				 "fault slow 5 s\n"
				 "wait 2 ms\n"
				 "session 2 Connected remote\n"
				 "session 1 remark Locked\n"
				 "wait 1 ns\n"
				 "session 1 observed Disconnected\n"
				 "wait 3 d\n";

static void a_run_is_logged_as_its_steps(void **state)
{
	sessio_scenario *scenario = parse(story);
	sessio_kit *kit = begin(SESSIO_RULES_DOCUMENTED);
	struct world world = { .checks = 0 };
	sessio_scenario_options options = options_of(&world);
	sessio_scenario_log *log;

	(void)state;
	assert_int_equal(sessio_kit_log(kit, &log), SESSIO_OK);
	assert_int_equal(sessio_kit_log(kit, &options.log), SESSIO_EXISTS);
	options.log = log;
	assert_int_equal(sessio_kit_run(kit, scenario, &options, NULL), SESSIO_OK);
	assert_prints(sessio_scenario_log_steps(log), story);
	assert_int_equal(sessio_scenario_log_lost(log), 0);
	/* The log neither holds up the end nor is a finding. */
	assert_int_equal(sessio_kit_finish(kit), 0);
	sessio_kit_destroy(kit);
	assert_prints(sessio_scenario_log_steps(log), story);
	sessio_scenario_log_destroy(log);
	sessio_scenario_destroy(scenario);
}

static void a_test_by_hand_is_logged_as_steps(void **state)
{
	const sessio_step step = { .kind = SESSIO_STEP_ACTION, .action = "close", .number = 2 };
	sessio_kit *kit = begin(SESSIO_RULES_DOCUMENTED);
	struct world world = { .checks = 0 };
	sessio_scenario_options options = options_of(&world);

	(void)state;
	assert_int_equal(sessio_host_adopt(sessio_kit_host(kit), 4, SESSIO_USER_STATE_CONNECTED, 0),
		SESSIO_OK);
	assert_int_equal(sessio_kit_log(kit, &options.log), SESSIO_OK);
	assert_int_equal(
		sessio_kit_post(kit, 1, SESSIO_USER_EVENT_CREATED, SESSIO_POST_REMOTE), SESSIO_OK);
	assert_int_equal(sessio_kit_pass_time(kit, 1500), SESSIO_OK);
	assert_int_equal(sessio_host_observe(sessio_kit_host(kit), 1, SESSIO_USER_EVENT_LOGON, 0),
		SESSIO_OK);
	assert_int_equal(sessio_kit_run_step(kit, &step, &options, NULL), SESSIO_OK);
	assert_prints(sessio_scenario_log_steps(options.log),
		HEAD "rules documented\n\nsession 4 is Connected\nsession 1 Created remote\n"
		     "wait 1500 ns\nsession 1 observed Logon\ndo close 2\n");
	/* It may go before the kit. */
	sessio_scenario_log_destroy(options.log);
	assert_int_equal(sessio_kit_finish(kit), 0);
	sessio_kit_destroy(kit);
}

static void any_host_can_be_logged_and_replayed(void **state)
{
	sessio_host *host;
	sessio_scenario_log *log;
	sessio_kit *kit;

	(void)state;
	assert_int_equal(sessio_host_create(SESSIO_RULES_OBSERVED, &host), SESSIO_OK);
	assert_int_equal(
		sessio_host_adopt(host, 1, SESSIO_USER_STATE_LOGGED_ON, SESSIO_POST_REMOTE),
		SESSIO_OK);
	assert_int_equal(sessio_scenario_log_host(host, &log), SESSIO_OK);
	assert_int_equal(
		sessio_host_observe(host, 1, SESSIO_USER_EVENT_DISCONNECTED, 0), SESSIO_OK);
	assert_int_equal(sessio_host_remark(host, 1, SESSIO_USER_REMARK_LOCKED), SESSIO_OK);
	sessio_scenario_log_stop(log);
	sessio_scenario_log_stop(log);
	assert_int_equal(sessio_host_observe(host, 1, SESSIO_USER_EVENT_CONNECTED, 0), SESSIO_OK);
	assert_int_equal(sessio_host_destroy(host), SESSIO_OK);
	kit = begin(SESSIO_RULES_OBSERVED);
	assert_int_equal(
		sessio_kit_run(kit, sessio_scenario_log_steps(log), NULL, NULL), SESSIO_OK);
	assert_int_equal(sessio_host_session_count(sessio_kit_host(kit)), 1);
	sessio_kit_destroy(kit);
	sessio_scenario_log_destroy(log);
}

static void resource_sessions_are_logged(void **state)
{
	sessio_kit *kit = begin(SESSIO_RULES_DOCUMENTED);
	sessio_scenario_log *log;
	void *context;

	(void)state;
	assert_int_equal(provider_start(NULL), 0);
	assert_int_equal(sessio_kit_log(kit, &log), SESSIO_OK);
	assert_int_equal(sessio_scenario_log_object(log, provider.type), SESSIO_INVALID_ARG);
	for (unsigned i = 0; i < 16; i++) {
		assert_int_equal(sessio_scenario_log_object(log, provider.file), SESSIO_OK);
	}
	assert_int_equal(sessio_scenario_log_object(log, provider.file), SESSIO_LIMIT);
	context = provider_open("a");
	sessio_scenario_log_look(log);
	assert_int_equal(KosSessionCloseObject(context), rcOk);
	assert_int_equal(sessio_kit_finish(kit), 0);
	assert_int_equal(sessio_scenario_log_object(log, provider.file), SESSIO_BAD_STATE);
	sessio_kit_destroy(kit);
	sessio_scenario_log_destroy(log);
	assert_int_equal(provider_stop(NULL), 0);
}

static void a_scenario_goes_to_a_file_and_back(void **state)
{
	static const char path[] = "testing_scenario_run_test.txt";
	sessio_scenario *scenario = parse(story), *again = NULL;
	sessio_scenario_error error = { 0 };
	FILE *file;

	(void)state;
	assert_int_equal(sessio_scenario_save(scenario, path), SESSIO_OK);
	assert_int_equal(sessio_scenario_load(path, &again, &error), SESSIO_OK);
	assert_prints(again, story);
	sessio_scenario_destroy(again);
	file = fopen(path, "ab");
	assert_non_null(file);
	assert_true(fputs("do?\n", file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(sessio_scenario_load(path, &again, &error), SESSIO_INVALID_ARG);
	assert_int_equal(error.line, 15);
	assert_int_equal(remove(path), 0);
	assert_int_equal(sessio_scenario_load(path, &again, &error), SESSIO_NOT_FOUND);
	assert_int_equal(sessio_scenario_save(scenario, "no/such/folder/x"), SESSIO_REFUSED);
	sessio_scenario_destroy(scenario);
}

static void null_is_refused(void **state)
{
	const sessio_step step = { .kind = SESSIO_STEP_WAIT };
	const sessio_step bad = { .kind = SESSIO_STEP_EVENT };
	sessio_scenario *scenario = parse(HEAD);
	sessio_kit *kit = begin(SESSIO_RULES_DOCUMENTED);
	sessio_scenario_log *log;

	(void)state;
	assert_int_equal(sessio_kit_run(NULL, scenario, NULL, NULL), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_kit_run(kit, NULL, NULL, NULL), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_kit_run_step(NULL, &step, NULL, NULL), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_kit_run_step(kit, NULL, NULL, NULL), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_kit_run_step(kit, &bad, NULL, NULL), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_scenario_documented(NULL, &scenario), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_scenario_documented("logoff", NULL), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_scenario_documented("log", &scenario), SESSIO_NOT_FOUND);
	assert_int_equal(sessio_scenario_save(NULL, "x"), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_scenario_save(scenario, NULL), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_scenario_load(NULL, &scenario, NULL), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_scenario_load("x", NULL, NULL), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_kit_log(NULL, &log), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_kit_log(kit, NULL), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_scenario_log_host(NULL, &log), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_scenario_log_host(sessio_kit_host(kit), NULL), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_scenario_log_object(NULL, kit), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_kit_log(kit, &log), SESSIO_OK);
	assert_int_equal(sessio_scenario_log_object(log, NULL), SESSIO_INVALID_ARG);
	sessio_scenario_log_look(NULL);
	sessio_scenario_log_stop(NULL);
	sessio_scenario_log_destroy(NULL);
	assert_null(sessio_scenario_log_steps(NULL));
	assert_int_equal(sessio_scenario_log_lost(NULL), 0);
	(void)sessio_kit_finish(kit);
	sessio_scenario_log_destroy(log);
	assert_int_equal(sessio_kit_log(kit, &log), SESSIO_BAD_STATE);
	sessio_kit_destroy(kit);
	sessio_scenario_destroy(scenario);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steps_are_done_in_order_and_checked),
		cmocka_unit_test(a_step_that_fails_ends_the_run_and_is_named),
		cmocka_unit_test(a_fault_does_not_lose_an_event),
		cmocka_unit_test(a_scenario_of_another_origin_is_refused),
		cmocka_unit_test(each_documented_sequence_runs),
		cmocka_unit_test(the_trace_ends_as_recorded),
		cmocka_unit_test(a_run_is_logged_as_its_steps),
		cmocka_unit_test(a_test_by_hand_is_logged_as_steps),
		cmocka_unit_test(any_host_can_be_logged_and_replayed),
		cmocka_unit_test(resource_sessions_are_logged),
		cmocka_unit_test(a_scenario_goes_to_a_file_and_back),
		cmocka_unit_test(null_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
