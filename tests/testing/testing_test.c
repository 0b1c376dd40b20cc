/* SPDX-License-Identifier: MIT */
/* Each mistake of a driver is one finding, which names its line, and the test goes on. */
#include "test.h"

#include <sessio/testing_driver.h>
#include <sessio/testing_scenario.h>

#include "drivers/faulty.h"

SESSIO_DRIVER(faulty);

#define NOBODY SESSIO_KIT_NO_SESSION

/* A whole test with one device control of this code. */
static sessio_kit *run(ULONG code)
{
	char out[FAULTY_LENGTH];
	sessio_kit *kit;
	sessio_kit_driver *driver;
	sessio_kit_file *file;

	assert_int_equal(sessio_kit_create(NULL, &kit), SESSIO_OK);
	assert_int_equal(sessio_kit_load(kit, faulty, &driver), STATUS_SUCCESS);
	assert_int_equal(sessio_kit_open(kit, NOBODY, L"\\Device\\Faulty", &file), STATUS_SUCCESS);
	(void)sessio_kit_control(file, code, NULL, 0, out, sizeof(out), NULL);
	assert_int_equal(sessio_kit_post(kit, 3, SESSIO_USER_EVENT_CREATED, 0), SESSIO_OK);
	assert_int_equal(sessio_kit_close(file), STATUS_SUCCESS);
	assert_int_equal(sessio_kit_unload(driver), STATUS_SUCCESS);
	return kit;
}

static void a_driver_without_a_mistake_has_no_finding(void **state)
{
	sessio_kit *kit = run(FAULTY_CODE(FAULTY_NOTHING));

	(void)state;
	assert_string_equal(sessio_kit_report(kit), "");
	assert_int_equal(sessio_kit_finish(kit), 0);
	assert_null(sessio_kit_get_finding(kit, 0));
	sessio_kit_destroy(kit);
}

static void each_mistake_is_one_finding_of_its_rule(void **state)
{
	static const struct {
		const char *name;
		sessio_kit_rule rule;
	} mistakes[] = {
#define XX(mistake, rule) { #mistake, SESSIO_KIT_RULE_##rule },
		FAULTY_MAP(XX)
#undef XX
	};

	(void)state;
	for (ULONG i = 0; i < RTL_NUMBER_OF(mistakes); i++) {
		sessio_kit *kit = run(FAULTY_CODE(i));
		const sessio_kit_finding *finding;

		if (sessio_kit_finish(kit) != 1) {
			fail_msg("%s: %s", mistakes[i].name, sessio_kit_report(kit));
		}
		finding = sessio_kit_get_finding(kit, 0);
		if (finding->rule != mistakes[i].rule) {
			fail_msg("%s: %s", mistakes[i].name, sessio_kit_report(kit));
		}
		assert_int_equal(finding->times, 1);
		assert_non_null(
			strstr(sessio_kit_report(kit), sessio_kit_rule_text(finding->rule)));
		assert_non_null(strstr(sessio_kit_report(kit), finding->text));
		sessio_kit_destroy(kit);
	}
}

/* As in Windows, where a reference needs no memory. */
static void a_failed_allocation_stops_no_reference(void **state)
{
	char out[FAULTY_LENGTH];

	(void)state;
	for (uint64_t number = 1; number <= 5; number++) {
		sessio_kit *kit;
		sessio_kit_file *file;

		assert_int_equal(sessio_kit_create(NULL, &kit), SESSIO_OK);
		assert_int_equal(sessio_kit_load(kit, faulty, NULL), STATUS_SUCCESS);
		assert_int_equal(
			sessio_kit_open(kit, NOBODY, L"\\Device\\Faulty", &file), STATUS_SUCCESS);
		assert_int_equal(sessio_kit_fault(kit, SESSIO_FAULT_ALLOCATION, number), SESSIO_OK);
		(void)sessio_kit_control(
			file, FAULTY_CODE(FAULTY_LEAVE_REFERENCE), NULL, 0, out, sizeof(out), NULL);
		for (size_t i = 0; i < sessio_kit_finding_count(kit); i++) {
			assert_int_not_equal(
				sessio_kit_get_finding(kit, i)->rule, SESSIO_KIT_RULE_STOPPED);
		}
		sessio_kit_destroy(kit);
	}
}

static const sessio_kit_finding *only_finding(sessio_kit *kit)
{
	assert_int_equal(sessio_kit_finding_count(kit), 1);
	return sessio_kit_get_finding(kit, 0);
}

/* Elsewhere the stack may be one that cannot be walked. */
static void assert_in_faulty(const sessio_kit_place *place)
{
#if defined(__GLIBC__)
	assert_non_null(place->driver);
#endif
	if (place->driver != NULL) {
		assert_string_equal(place->driver, "faulty");
	}
}

static void a_finding_names_block_and_places(void **state)
{
	sessio_kit *kit = run(FAULTY_CODE(FAULTY_FREE_TWICE));
	const sessio_kit_finding *finding = only_finding(kit);

	(void)state;
	assert_int_equal(finding->size, 40);
	assert_int_equal(finding->tag, 'tluF');
	assert_in_faulty(&finding->at);
	assert_string_equal(finding->text,
		"a block was given back that had been given back before: "
		"40 bytes with tag 'Fult'");
	if (finding->at.file != NULL) { /* there is an objdump */
		assert_string_equal(finding->at.file, "faulty.c");
		assert_string_equal(finding->made.file, "faulty.c");
		assert_true(finding->made.line < finding->at.line);
	}
	sessio_kit_destroy(kit);
}

static void what_is_left_has_the_place_that_made_it(void **state)
{
	sessio_kit *kit = run(FAULTY_CODE(FAULTY_LEAVE_LINK));
	const sessio_kit_finding *finding = only_finding(kit);

	(void)state;
	assert_string_equal(finding->text, "IoDeleteSymbolicLink() was not called: \\??\\Faulty");
	assert_in_faulty(&finding->at);
	assert_int_equal(finding->at.line, finding->made.line);
	sessio_kit_destroy(kit);
}

static void an_order_of_locks_has_two_places(void **state)
{
	sessio_kit *kit = run(FAULTY_CODE(FAULTY_LOCK_BOTH_WAYS));
	const sessio_kit_finding *finding = only_finding(kit);

	(void)state;
	assert_in_faulty(&finding->at);
	if (finding->at.file != NULL) { /* there is an objdump */
		assert_string_equal(finding->at.file, "faulty_holders.c");
		assert_string_equal(finding->made.file, "faulty_holders.c");
	}
	sessio_kit_destroy(kit);
}

static void a_lock_that_is_held_has_the_place_that_took_it(void **state)
{
	sessio_kit *kit = run(FAULTY_CODE(FAULTY_KEEP_MUTEX));
	const sessio_kit_finding *finding = only_finding(kit);

	(void)state;
	assert_string_equal(finding->text, "a dispatch routine came back with a lock held");
	if (finding->made.file != NULL) { /* there is an objdump */
		assert_non_null(strstr(sessio_kit_report(kit), "taken at faulty.c:"));
		assert_true(finding->made.line < finding->at.line);
	}
	sessio_kit_destroy(kit);
}

static void a_request_that_is_completed_twice_is_named(void **state)
{
	sessio_kit *kit = run(FAULTY_CODE(FAULTY_COMPLETE_TWICE));

	(void)state;
	assert_string_equal(only_finding(kit)->text,
		"a device control request was completed, which had been completed before");
	sessio_kit_destroy(kit);
}

static void assert_names(ULONG code, sessio_kit_rule rule, const char *text)
{
	sessio_kit *kit = run(code);
	const sessio_kit_finding *finding = only_finding(kit);

	assert_int_equal(finding->rule, rule);
	assert_string_equal(finding->text, text);
	assert_in_faulty(&finding->at);
	sessio_kit_destroy(kit);
}

static void a_buffer_of_a_request_that_is_overrun_is_named(void **state)
{
	const char *text = "a device control request: bytes behind its buffer of 8 were changed";

	(void)state;
	assert_names(FAULTY_CODE(FAULTY_OVERRUN_SYSTEM_BUFFER), SESSIO_KIT_RULE_POOL_OVERRUN, text);
	assert_names(FAULTY_DIRECT_CODE(FAULTY_OVERRUN_SYSTEM_BUFFER), SESSIO_KIT_RULE_POOL_OVERRUN,
		text);
}

static void direct_output_has_room_for_what_is_claimed(void **state)
{
	(void)state;
	assert_names(FAULTY_DIRECT_CODE(FAULTY_CLAIM_TOO_MUCH), SESSIO_KIT_RULE_REQUEST_MISUSED,
		"a device control request was completed with more data than its buffer has room "
		"for");
}

static void a_device_that_is_used_later_is_named(void **state)
{
	sessio_kit *kit = run(FAULTY_CODE(FAULTY_WRITE_DELETED_DEVICE));

	(void)state;
	assert_int_equal(sessio_kit_finish(kit), 1);
	assert_string_equal(
		only_finding(kit)->text, "a device, or its extension, changed after it was freed");
	assert_in_faulty(&only_finding(kit)->made);
	sessio_kit_destroy(kit);
}

/* The lock is the system's, so it is not the driver's data that is restored. */
static void a_cancel_lock_that_was_kept_is_free_in_the_next_kit(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		sessio_kit *kit = run(FAULTY_CODE(FAULTY_KEEP_CANCEL_LOCK));

		assert_int_equal(sessio_kit_finding_count(kit), 2);
		assert_int_equal(
			sessio_kit_get_finding(kit, 0)->rule, SESSIO_KIT_RULE_REQUEST_MISUSED);
		assert_int_equal(sessio_kit_get_finding(kit, 1)->rule, SESSIO_KIT_RULE_LOCK_LEFT);
		sessio_kit_destroy(kit);
	}
}

static void a_call_above_its_level_is_named(void **state)
{
	sessio_kit *kit = run(FAULTY_CODE(FAULTY_QUERY_AT_DISPATCH));

	(void)state;
	assert_string_equal(only_finding(kit)->text,
		"IoGetContainerInformation at DISPATCH_LEVEL, which is above APC_LEVEL");
	sessio_kit_destroy(kit);
}

static void without_the_verifier_nothing_is_found(void **state)
{
	const sessio_kit_options options = { .unverified = true };
	sessio_kit *kit;
	sessio_kit_driver *driver;
	sessio_kit_file *file;

	(void)state;
	assert_int_equal(sessio_kit_create(&options, &kit), SESSIO_OK);
	assert_int_equal(sessio_kit_load(kit, faulty, &driver), STATUS_SUCCESS);
	assert_int_equal(sessio_kit_open(kit, NOBODY, L"\\Device\\Faulty", &file), STATUS_SUCCESS);
	(void)sessio_kit_control(file, FAULTY_CODE(FAULTY_DELETE_TWICE), NULL, 0, NULL, 0, NULL);
	(void)sessio_kit_control(file, FAULTY_CODE(FAULTY_LEAVE_LINK), NULL, 0, NULL, 0, NULL);
	(void)sessio_kit_control(file, FAULTY_CODE(FAULTY_LOCK_BOTH_WAYS), NULL, 0, NULL, 0, NULL);
	assert_int_equal(sessio_kit_close(file), STATUS_SUCCESS);
	assert_int_equal(sessio_kit_unload(driver), STATUS_SUCCESS);
	assert_int_equal(sessio_kit_finish(kit), 0);
	sessio_kit_destroy(kit);
}

static void what_comes_again_is_counted(void **state)
{
	char out[FAULTY_LENGTH];
	sessio_kit *kit;
	sessio_kit_file *file;

	(void)state;
	assert_int_equal(sessio_kit_create(NULL, &kit), SESSIO_OK);
	assert_int_equal(sessio_kit_load(kit, faulty, NULL), STATUS_SUCCESS);
	assert_int_equal(sessio_kit_open(kit, NOBODY, L"\\Device\\Faulty", &file), STATUS_SUCCESS);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(sessio_kit_control(file, FAULTY_CODE(FAULTY_UNREGISTER_NOTHING),
					 NULL, 0, out, sizeof(out), NULL),
			STATUS_SUCCESS);
	}
	assert_int_equal(only_finding(kit)->times, 3);
	assert_non_null(strstr(sessio_kit_report(kit), "(3 times)"));
	for (int i = 0; i < 300; i++) {
		assert_int_equal(sessio_kit_control(file, FAULTY_CODE(FAULTY_LEAVE_POOL), NULL, 0,
					 out, sizeof(out), NULL),
			STATUS_SUCCESS);
	}
	/* The file is open and the driver loaded: that is no finding. */
	assert_true(sessio_kit_finish(kit) < 300);
	assert_non_null(strstr(sessio_kit_report(kit), "and 45 more"));
	sessio_kit_destroy(kit);
}

static void what_is_allowed_is_no_finding(void **state)
{
	sessio_kit *kit = run(FAULTY_CODE(FAULTY_LEAVE_LINK));
	sessio_kit_driver *driver;
	sessio_kit_file *file;

	(void)state;
	assert_int_equal(sessio_kit_load(kit, faulty, &driver), STATUS_SUCCESS);
	assert_int_equal(sessio_kit_open(kit, NOBODY, L"\\Device\\Faulty", &file), STATUS_SUCCESS);
	(void)sessio_kit_control(file, FAULTY_CODE(FAULTY_BREAK), NULL, 0, NULL, 0, NULL);
	assert_int_equal(sessio_kit_finding_count(kit), 2);
	assert_int_equal(sessio_kit_allow(kit, SESSIO_KIT_RULE_LINK_LEFT), SESSIO_OK);
	assert_int_equal(only_finding(kit)->rule, SESSIO_KIT_RULE_BREAKPOINT);
	assert_int_equal(sessio_kit_allow(kit, SESSIO_KIT_RULE_BREAKPOINT), SESSIO_OK);
	assert_int_equal(sessio_kit_finding_count(kit), 0);
	(void)sessio_kit_control(file, FAULTY_CODE(FAULTY_BREAK), NULL, 0, NULL, 0, NULL);
	assert_int_equal(sessio_kit_close(file), STATUS_SUCCESS);
	assert_int_equal(sessio_kit_finish(kit), 0);
	assert_string_equal(sessio_kit_report(kit), "");
	assert_int_equal(sessio_kit_allow(kit, SESSIO_KIT_RULE_STOPPED), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_kit_allow(kit, SESSIO_KIT_RULE_WAITS_FOR_EVER), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_kit_allow(kit, (sessio_kit_rule)63), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_kit_allow(NULL, SESSIO_KIT_RULE_LINK_LEFT), SESSIO_INVALID_ARG);
	sessio_kit_destroy(kit);
}

static void each_kit_has_a_host_with_its_own_rules(void **state)
{
	sessio_kit_options options = { .rules = SESSIO_RULES_OBSERVED };
	sessio_kit *kit;

	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(sessio_kit_create(&options, &kit), SESSIO_OK);
		assert_ptr_equal(sessio_kit_host(kit), sessio_host_default());
		assert_int_equal(sessio_host_rules(sessio_kit_host(kit)), SESSIO_RULES_OBSERVED);
		assert_int_equal(sessio_host_session_count(sessio_kit_host(kit)), 0);
		assert_int_equal(sessio_kit_post(kit, 1, SESSIO_USER_EVENT_CREATED, 0), SESSIO_OK);
		sessio_kit_destroy(kit);
	}
	assert_int_equal(sessio_kit_create(NULL, &kit), SESSIO_OK);
	assert_int_equal(sessio_host_rules(sessio_kit_host(kit)), SESSIO_RULES_DOCUMENTED);
	assert_int_equal(sessio_kit_finish(kit), 0);
	assert_int_equal(sessio_kit_post(kit, 1, SESSIO_USER_EVENT_CREATED, 0), SESSIO_BAD_STATE);
	sessio_kit_destroy(kit);
	options.rules = (sessio_rules)99;
	assert_int_equal(sessio_kit_create(&options, &kit), SESSIO_INVALID_ARG);
}

static void a_kit_passes_without_a_finding(void **state)
{
	(void)state;
	assert_true(sessio_kit_passes(run(FAULTY_CODE(FAULTY_NOTHING))));
	assert_false(sessio_kit_passes(run(FAULTY_CODE(FAULTY_LEAVE_LINK))));
	assert_false(sessio_kit_passes(NULL));
}

static void calls_without_a_kit_are_harmless(void **state)
{
	(void)state;
	assert_null(sessio_kit_host(NULL));
	assert_int_equal(
		sessio_kit_post(NULL, 1, SESSIO_USER_EVENT_CREATED, 0), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_kit_finish(NULL), 0);
	assert_int_equal(sessio_kit_finding_count(NULL), 0);
	assert_null(sessio_kit_get_finding(NULL, 0));
	assert_string_equal(sessio_kit_report(NULL), "");
	sessio_kit_destroy(NULL);
	assert_string_equal(sessio_kit_rule_text((sessio_kit_rule)0), "unknown rule");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_driver_without_a_mistake_has_no_finding),
		cmocka_unit_test(each_mistake_is_one_finding_of_its_rule),
		cmocka_unit_test(a_failed_allocation_stops_no_reference),
		cmocka_unit_test(a_finding_names_block_and_places),
		cmocka_unit_test(what_is_left_has_the_place_that_made_it),
		cmocka_unit_test(an_order_of_locks_has_two_places),
		cmocka_unit_test(a_lock_that_is_held_has_the_place_that_took_it),
		cmocka_unit_test(a_request_that_is_completed_twice_is_named),
		cmocka_unit_test(a_buffer_of_a_request_that_is_overrun_is_named),
		cmocka_unit_test(direct_output_has_room_for_what_is_claimed),
		cmocka_unit_test(a_device_that_is_used_later_is_named),
		cmocka_unit_test(a_cancel_lock_that_was_kept_is_free_in_the_next_kit),
		cmocka_unit_test(a_call_above_its_level_is_named),
		cmocka_unit_test(without_the_verifier_nothing_is_found),
		cmocka_unit_test(what_comes_again_is_counted),
		cmocka_unit_test(what_is_allowed_is_no_finding),
		cmocka_unit_test(each_kit_has_a_host_with_its_own_rules),
		cmocka_unit_test(a_kit_passes_without_a_finding),
		cmocka_unit_test(calls_without_a_kit_are_harmless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
