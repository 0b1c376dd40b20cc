/* SPDX-License-Identifier: MIT */
/* Device controls that an exploration is given as data, and tests of one line. */
#include "test.h"

#include <string.h>

#include <sessio/testing_explore_driver.h>

#include "drivers/echo.h"
#include "drivers/seeded.h"
#include "platform/copy.h"
#include "testing/file.h"

SESSIO_DRIVER(echo);
SESSIO_DRIVER(seeded);
SESSIO_DRIVER(waiter);

#define WAITER_ENDS CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800, METHOD_BUFFERED, FILE_ANY_ACCESS)

static sessio_explore *replay(const sessio_driver_image *image, PCWSTR device,
	const sessio_explore_options *options, const char *text)
{
	sessio_scenario *scenario;
	sessio_explore *result;

	assert_int_equal(sessio_scenario_parse(text, strlen(text), &scenario, NULL), SESSIO_OK);
	assert_int_equal(
		sessio_explore_driver_replay(image, device, options, scenario, &result), SESSIO_OK);
	sessio_scenario_destroy(scenario);
	return result;
}

/* The read that was cancelled is completed once more. */
static void a_control_is_an_action(void **state)
{
	const sessio_explore_control control = { .name = "end-wait", .code = WAITER_ENDS };
	const sessio_explore_options options = { .controls = &control, .control_count = 1 };
	sessio_explore *result =
		replay(&sessio_driver_image_of_waiter, L"\\Device\\Waiter", &options,
			"sessio-scenario 1\nprogram waiter\nrules documented\n\ndo begin\n"
			"session 1 Created\nsession 1 do open\nsession 1 do read\n"
			"session 1 do cancel\nsession 1 do end-wait\n");

	(void)state;
	assert_int_equal(sessio_explore_get_failure(result, 0)->rule,
		SESSIO_KIT_RULE_REQUEST_COMPLETED_TWICE);
	sessio_explore_destroy(result);
}

static struct seen {
	_Atomic uint32_t echoes[4]; /* by method */
	_Atomic uint32_t wrong;
	_Atomic uint32_t most_pended; /* of one file at once */
} * seen; /* in memory that copies share */

static void look_at(sessio_kit_request *request, uint32_t *pended)
{
	ULONG code = (ULONG)request->function;
	bool is_done = si_kit_is_done(request);

	*pended += !is_done;
	if (is_done && code >= ECHO_BUFFERED && code <= ECHO_NEITHER) {
		seen->echoes[METHOD_FROM_CTL_CODE(code)]++;
		/* One buffer is behind the other, and direct ones are forgotten by then. */
		seen->wrong += request->in_length != 3 || memcmp(request->in, "abcabc\0", 8) != 0;
	}
}

static const char *look(sessio_kit *kit, void *ctx)
{
	(void)ctx;
	for (uint32_t id = 1; id <= 2; id++) {
		sessio_kit_file *file = sessio_kit_find_file(kit, id);
		uint32_t pended = 0;

		for (struct si_list_node *node = file != NULL ? file->requests.first : NULL;
			node != NULL; node = node->next) {
			look_at(SI_LIST_ELEMENT(node, sessio_kit_request, link), &pended);
		}
		if (pended > seen->most_pended) {
			seen->most_pended = pended;
		}
	}
	return NULL;
}

/* A release needs four bytes, and one pended request for each. */
static void its_bytes_reach_the_driver_by_each_method(void **state)
{
	const ULONG number = 7;
	const sessio_explore_control controls[] = {
		{ "buffered", ECHO_BUFFERED, "abc", 3, 5 },
		{ "in-direct", ECHO_IN_DIRECT, "abc", 3, 5 },
		{ "out-direct", ECHO_OUT_DIRECT, "abc", 3, 5 },
		{ "neither", ECHO_NEITHER, "abc", 3, 5 },
		{ "pend", ECHO_PEND, NULL, 0, sizeof(number) },
		{ "release", ECHO_RELEASE, &number, sizeof(number), 0 },
	};
	const sessio_explore_options options = {
		.depth = 4, .sessions = 1, .controls = controls, .control_count = 6, .check = look
	};

	(void)state;
	if (!si_copy_possible()) {
		skip();
	}
	seen = si_copy_share(sizeof(*seen));
	assert_non_null(seen);
	assert_true(sessio_explore_driver_passes(echo, L"\\Device\\echoBuffered", &options));
	for (unsigned method = 0; method < 4; method++) {
		assert_int_not_equal(seen->echoes[method], 0);
	}
	assert_int_equal(seen->wrong, 0);
	assert_int_equal(seen->most_pended, 1);
	si_copy_unshare(seen, sizeof(*seen));
}

/* Else nothing would come after a wait that has ended. */
static void a_request_that_was_completed_can_be_sent_again(void **state)
{
	const ULONG number = 7;
	const sessio_explore_control controls[] = {
		{ "pend", ECHO_PEND, NULL, 0, sizeof(number) },
		{ "release", ECHO_RELEASE, &number, sizeof(number), 0 },
	};
	const sessio_explore_options options = {
		.depth = 6, .sessions = 1, .controls = controls, .control_count = 2
	};
	sessio_explore *result =
		replay(&sessio_driver_image_of_echo, L"\\Device\\echoBuffered", &options,
			"sessio-scenario 1\nprogram echo\nrules documented\n\ndo begin\n"
			"session 1 Created\nsession 1 do open\nsession 1 do pend\n"
			"session 1 do release\nsession 1 do pend\n");

	(void)state;
	assert_string_equal(sessio_explore_report(result), "");
	sessio_explore_destroy(result);
}

static void wrong_controls_are_refused(void **state)
{
	static const sessio_explore_control wrong[] = {
		{ .name = NULL },
		{ .name = "two words" },
		{ .name = "open" }, /* an action of each driver */
		{ .name = "in", .in_length = 1 },
	};
	const sessio_explore_control right = { .name = "control", .code = WAITER_ENDS };
	sessio_explore_options options = { .sessions = 1, .depth = 2, .control_count = 1 };
	sessio_explore *result = NULL;

	(void)state;
	assert_int_equal(sessio_explore_driver(waiter, L"\\Device\\Waiter", &options, &result),
		SESSIO_INVALID_ARG); /* NULL */
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		options.controls = &wrong[i];
		assert_int_equal(
			sessio_explore_driver(waiter, L"\\Device\\Waiter", &options, &result),
			SESSIO_INVALID_ARG);
	}
	options.controls = &right;
	assert_int_equal(
		sessio_explore_driver(waiter, NULL, &options, &result), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_explore_run(&options, &result), SESSIO_INVALID_ARG);
	options.control_count = SESSIO_EXPLORE_MAX_ACTIONS + 1;
	assert_int_equal(sessio_explore_driver(waiter, L"\\Device\\Waiter", &options, &result),
		SESSIO_INVALID_ARG);
	assert_null(result);
}

static sessio_status never(sessio_kit *kit, uint32_t session, uint64_t number, void *ctx)
{
	(void)kit;
	(void)session;
	(void)number;
	return ctx != NULL ? SESSIO_REFUSED : SESSIO_BAD_STATE;
}

static void a_test_of_one_line_passes_or_does_not(void **state)
{
	const sessio_explore_action action = { .name = "never", .run = never };
	sessio_explore_options options = { .depth = 1, .actions = &action, .action_count = 1 };
	sessio_explore *result;

	(void)state;
	assert_true(sessio_explore_passes(&options));
	assert_int_equal(sessio_explore_run(&options, &result), SESSIO_OK);
	assert_non_null(strstr(sessio_explore_summary(result), "; never possible: never"));
	sessio_explore_destroy(result);
	options.ctx = &options;
	assert_false(sessio_explore_passes(&options)); /* the action fails */
	options.depth = SESSIO_EXPLORE_MAX_DEPTH + 1;
	assert_false(sessio_explore_passes(&options));
	assert_false(sessio_explore_passes(NULL));

	options = (sessio_explore_options){ .depth = 2, .sessions = 1 };
	assert_true(sessio_explore_driver_passes(seeded, L"\\Device\\Seeded", &options));
	assert_true(sessio_explore_driver_passes(seeded, NULL, &options));
	/* It is a mistake of the test, and nothing was tested. */
	assert_false(sessio_explore_driver_passes(seeded, L"\\Device\\Other", &options));
	assert_false(sessio_explore_driver_image_passes(NULL, NULL, NULL));
}

/* It has its own, so that the two do not meet. */
static void an_action_may_have_memory_of_its_own(void **state)
{
	static int own;
	const sessio_explore_action actions[] = {
		{ .name = "fails", .run = never, .ctx = &own },
		{ .name = "never", .run = never },
	};
	const sessio_explore_options options = {
		.depth = 1, .actions = actions, .action_count = 2
	};
	sessio_explore *result;

	(void)state;
	assert_int_equal(sessio_explore_run(&options, &result), SESSIO_OK);
	assert_int_equal(sessio_explore_failure_count(result), 1);
	assert_string_equal(
		sessio_explore_get_failure(result, 0)->text, "fails failed: refused by a callback");
	sessio_explore_destroy(result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_control_is_an_action),
		cmocka_unit_test(its_bytes_reach_the_driver_by_each_method),
		cmocka_unit_test(a_request_that_was_completed_can_be_sent_again),
		cmocka_unit_test(wrong_controls_are_refused),
		cmocka_unit_test(a_test_of_one_line_passes_or_does_not),
		cmocka_unit_test(an_action_may_have_memory_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
