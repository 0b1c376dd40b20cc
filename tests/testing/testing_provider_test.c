/* SPDX-License-Identifier: MIT */
/* Providers under test, and their consumers. */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include <sessio/testing_provider.h>

#include "leaks.h"
#include "providers/box.h"

SESSIO_PROVIDER(box);
SESSIO_PROVIDER(box_twin);
SESSIO_PROVIDER_FUNCTION(box, serve);
SESSIO_PROVIDER_FUNCTION(box, serve_handle);
SESSIO_PROVIDER_FUNCTION(box, open_for);
SESSIO_PROVIDER_FUNCTION(box, revoke_all);
SESSIO_PROVIDER_FUNCTION(box, count_of);
SESSIO_PROVIDER_FUNCTION(box_twin, count_of);

#define ALL (BOX_LOOK | BOX_FILL)

static struct {
	sessio_kit *kit;
	sessio_kit_provider *provider;
	sessio_kit_consumer *anna, *bert;
	void *box;
} world;

static int start(void **state)
{
	(void)state;
	if (sessio_kit_create(NULL, &world.kit) != SESSIO_OK ||
		sessio_kit_load_provider(world.kit, box, &world.provider) != rcOk ||
		sessio_kit_create_consumer(world.kit, SESSIO_KIT_NO_SESSION, &world.anna) !=
			SESSIO_OK ||
		sessio_kit_create_consumer(world.kit, SESSIO_KIT_NO_SESSION, &world.bert) !=
			SESSIO_OK) {
		return 1;
	}
	world.box = sessio_kit_find_object(world.kit, "box");
	return world.box == NULL;
}

static int stop(void **state)
{
	(void)state;
	sessio_kit_destroy(world.kit);
	return 0;
}

static sessio_kit_session *open_box(sessio_kit_consumer *consumer)
{
	sessio_kit_session *session = NULL;

	assert_int_equal(
		sessio_kit_open_object(consumer, world.box, ALL, ALL, NULL, &session), rcOk);
	return session;
}

/* The context behind a session, as a provider gets it with a handle. */
static void *context_of(sessio_kit_session *session)
{
	nk_handle_desc_t desc;
	void *context;

	assert_int_equal(sessio_kit_send(session, &desc), rcOk);
	assert_int_equal(KosSessionIpcHandleToSession(&desc, RTL_NULL, 0, &context), rcOk);
	return context;
}

static Retcode make(enum box_mistake mistake)
{
	sessio_kit_session *session = open_box(world.anna);

	assert_int_equal(sessio_kit_give_handle(session), rcOk);
	return box_serve(context_of(session), mistake);
}

static void expect_none(void)
{
	assert_string_equal(sessio_kit_report(world.kit), "");
}

/* One finding, which names a line of box.c. */
static void expect_one(sessio_kit_rule rule)
{
	const sessio_kit_finding *finding;

	(void)sessio_kit_finish(world.kit);
	if (sessio_kit_finding_count(world.kit) != 1) {
		fail_msg("%s", sessio_kit_report(world.kit));
	}
	finding = sessio_kit_get_finding(world.kit, 0);
	assert_string_equal(sessio_kit_rule_text(finding->rule), sessio_kit_rule_text(rule));
	assert_string_equal(finding->at.driver, "box");
}

static void a_tidy_provider_has_no_findings(void **state)
{
	sessio_kit_session *session = open_box(world.anna);

	(void)state;
	assert_int_equal(sessio_kit_begin_operation(session), rcOk);
	assert_int_equal(sessio_kit_close_session(session), rcOk);
	assert_int_equal(sessio_kit_close_session(session), rcInvalidOperation);
	assert_int_equal(sessio_kit_begin_operation(session), rcInvalidOperation);
	assert_int_equal(box_count_of('c'), 1);
	assert_int_equal(sessio_kit_end_operation(session), rcOk);
	assert_int_equal(sessio_kit_end_operation(session), rcInvalidOperation);
	assert_int_equal(make(BOX_NONE), rcOk);
	assert_int_equal(box_count_of('f'), 1);
	assert_int_equal(sessio_kit_unload_provider(world.provider), rcOk);
	assert_int_equal(sessio_kit_unload_provider(world.provider), rcInvalidArgument);
	assert_null(sessio_kit_find_object(world.kit, "box"));
	assert_int_equal(sessio_kit_finish(world.kit), 0);
	expect_none();
}

static void each_mistake_is_a_finding(void **state)
{
	static const struct {
		enum box_mistake mistake;
		sessio_kit_rule rule;
	} cases[] = {
		{ BOX_NO_PUT, SESSIO_KIT_RULE_OPERATION_LEFT },
		{ BOX_PUT_TWICE, SESSIO_KIT_RULE_PUT_TOO_OFTEN },
		{ BOX_KEEP_CONTEXT, SESSIO_KIT_RULE_REFERENCE_LEFT },
		{ BOX_KEEP_OBJECT, SESSIO_KIT_RULE_REFERENCE_LEFT },
		{ BOX_PUT_OBJECT_TWICE, SESSIO_KIT_RULE_PUT_TOO_OFTEN },
		{ BOX_KEEP_HANDLE, SESSIO_KIT_RULE_HANDLE_LEFT },
		{ BOX_EARLY_RIGHTS, SESSIO_KIT_RULE_RIGHTS_CHECKED_EARLY },
		{ BOX_REPORT, SESSIO_KIT_RULE_REPORTED },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(make(cases[i].mistake), rcOk);
		expect_one(cases[i].rule);
		(void)stop(state);
		assert_int_equal(start(state), 0);
	}
}

/* The test puts in the place of a transport. */
static void what_others_put_is_not_left(void **state)
{
	sessio_kit_session *session = open_box(world.anna);
	void *context;

	(void)state;
	assert_int_equal(sessio_kit_give_handle(session), rcOk);
	context = context_of(session);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(box_serve(context, BOX_KEEP_OBJECT), rcOk);
		assert_int_equal(box_serve(context, BOX_KEEP_CONTEXT), rcOk);
		assert_int_equal(box_serve(context, BOX_NO_PUT), rcOk);
	}
	KosPutObject(world.box);
	KosPutObject(context);
	KosSessionPut(context);
	/* One of each is left, and is given back once. */
	assert_int_equal(sessio_kit_finish(world.kit), 3);
	for (size_t i = 0; i < 3; i++) {
		sessio_kit_rule rule = sessio_kit_get_finding(world.kit, i)->rule;

		assert_int_equal(rule,
			i == 0 ? SESSIO_KIT_RULE_OPERATION_LEFT : SESSIO_KIT_RULE_REFERENCE_LEFT);
	}
}

static void what_others_put_in_time_is_no_finding(void **state)
{
	sessio_kit_session *session = open_box(world.anna);
	void *context;

	(void)state;
	assert_int_equal(sessio_kit_give_handle(session), rcOk);
	context = context_of(session);
	assert_int_equal(box_serve(context, BOX_KEEP_OBJECT), rcOk);
	assert_int_equal(box_serve(context, BOX_KEEP_CONTEXT), rcOk);
	assert_int_equal(box_serve(context, BOX_NO_PUT), rcOk);
	KosSessionPut(context);
	KosPutObject(context);
	KosPutObject(world.box);
	assert_int_equal(sessio_kit_begin_operation(session), rcOk); /* a consumer's own */
	assert_int_equal(sessio_kit_unload_provider(world.provider), rcOk);
	assert_int_equal(sessio_kit_finish(world.kit), 0);
	expect_none();
}

static void types_that_are_left_are_findings(void **state)
{
	(void)state;
	assert_int_equal(make(BOX_KEEP_TYPES), rcOk);
	assert_int_equal(sessio_kit_finish(world.kit), 2);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(
			sessio_kit_get_finding(world.kit, i)->rule, SESSIO_KIT_RULE_REFERENCE_LEFT);
	}
}

static void what_stays_registered_is_a_finding(void **state)
{
	(void)state;
	assert_int_equal(make(BOX_STAY_REGISTERED), rcOk);
	assert_int_equal(sessio_kit_finish(world.kit), 3); /* the types stay with it */
	assert_int_equal(
		sessio_kit_get_finding(world.kit, 0)->rule, SESSIO_KIT_RULE_REGISTRATION_LEFT);
}

static void a_context_that_is_gone_is_not_used(void **state)
{
	const sessio_kit_finding *finding;

	(void)state;
	assert_int_equal(make(BOX_REMEMBER), rcOk);
	sessio_kit_kill_consumer(world.anna);
	assert_int_equal(box_count_of('c'), 1);
	assert_int_equal(box_serve(NULL, BOX_USE_REMEMBERED), rcInvalidArgument);
	expect_one(SESSIO_KIT_RULE_USED_AFTER_END);
	finding = sessio_kit_get_finding(world.kit, 0);
	assert_string_equal(finding->at.file, "box.c");
}

static void a_refusal_is_the_providers(void **state)
{
	enum box_mistake refuse = BOX_REFUSE;
	sessio_kit_session *session = NULL;

	(void)state;
	assert_int_equal(
		sessio_kit_open_object(world.anna, world.box, ALL, ALL, &refuse, &session), rcFail);
	assert_null(session);
	assert_int_equal(
		sessio_kit_open_object(world.anna, world.box, ALL, 0, NULL, &session), rcOk);
	assert_int_equal(
		sessio_kit_open_object(world.bert, world.box, ALL, ALL, NULL, &session), rcBusy);
	expect_none();
}

static void handles_are_passed_on_and_revoked(void **state)
{
	nk_handle_desc_t desc;
	sessio_kit_session *annas, *berts, *more;

	(void)state;
	assert_int_equal(box_open_for(ALL, &desc), rcOk);
	assert_int_equal(sessio_kit_receive(world.anna, &desc, &annas), rcOk);
	assert_int_equal(sessio_kit_give_handle(annas), rcAlreadyExists);
	assert_int_equal(
		sessio_kit_pass(annas, BOX_LOOK | SESSIO_HANDLE_TRANSFER, world.bert, &berts),
		rcOk);
	assert_int_equal(sessio_kit_pass(berts, ALL, world.anna, &more), rcNoCapability);

	assert_int_equal(sessio_kit_send(annas, &desc), rcOk);
	assert_int_equal(box_serve_handle(&desc, BOX_FILL), rcOk);
	assert_int_equal(sessio_kit_send(berts, &desc), rcOk);
	assert_int_equal(box_serve_handle(&desc, BOX_FILL), rcNoCapability);

	assert_int_equal(sessio_kit_revoke_passed(annas), rcOk);
	assert_int_equal(sessio_kit_send(berts, &desc), rcHandleRevoked);
	assert_int_equal(sessio_kit_begin_operation(annas), rcOk);
	assert_int_equal(sessio_kit_close_session(annas), rcOk);
	assert_int_equal(box_count_of('c'), 1); /* bert's handle was no descendant any more */
	assert_int_equal(sessio_kit_end_operation(annas), rcOk);
	assert_int_equal(sessio_kit_finish(world.kit), 0);
	expect_none();
}

static void a_provider_revokes_all_handles(void **state)
{
	sessio_kit_session *session = open_box(world.anna);
	nk_handle_desc_t desc;

	(void)state;
	assert_int_equal(sessio_kit_send(session, &desc), rcInvalidArgument);
	assert_int_equal(sessio_kit_give_handle(session), rcOk);
	assert_int_equal(box_revoke_all(), rcOk);
	assert_int_equal(sessio_kit_send(session, &desc), rcHandleRevoked);
	assert_int_equal(box_count_of('c'), 1);
	assert_int_equal(sessio_kit_close_session(session), rcOk);
	assert_int_equal(sessio_kit_finish(world.kit), 0);
}

static void a_logoff_closes_the_sessions_of_its_consumers(void **state)
{
	sessio_kit_consumer *carl;
	sessio_kit_session *session;

	(void)state;
	assert_int_equal(sessio_kit_create_consumer(world.kit, 1, &carl), SESSIO_NOT_FOUND);
	assert_int_equal(sessio_kit_post(world.kit, 1, SESSIO_USER_EVENT_CREATED, 0), SESSIO_OK);
	assert_int_equal(sessio_kit_post(world.kit, 1, SESSIO_USER_EVENT_CONNECTED, 0), SESSIO_OK);
	assert_int_equal(sessio_kit_post(world.kit, 1, SESSIO_USER_EVENT_LOGON, 0), SESSIO_OK);
	assert_int_equal(sessio_kit_create_consumer(world.kit, 1, &carl), SESSIO_OK);
	session = open_box(carl);
	(void)open_box(world.anna);
	assert_int_equal(sessio_kit_post(world.kit, 1, SESSIO_USER_EVENT_LOGOFF, 0), SESSIO_OK);
	assert_int_equal(box_count_of('c'), 1);
	assert_int_equal(sessio_kit_begin_operation(session), rcInvalidOperation);
	assert_int_equal(sessio_kit_open_object(carl, world.box, ALL, ALL, NULL, &session),
		rcInvalidOperation);
	sessio_kit_kill_consumer(carl);
	assert_int_equal(sessio_kit_finish(world.kit), 0);
	expect_none();
}

static void twins_have_variables_of_their_own(void **state)
{
	sessio_kit_provider *twin;

	(void)state;
	(void)open_box(world.anna);
	assert_int_equal(sessio_kit_load_provider(world.kit, box, NULL), rcAlreadyExists);
	assert_int_equal(sessio_kit_load_provider(world.kit, box_twin, &twin), rcOk);
	assert_int_equal(box_count_of('o'), 1);
	assert_int_equal(box_twin_count_of('o'), 0);
	assert_int_equal(sessio_kit_unload_provider(world.provider), rcOk);
	assert_int_equal(sessio_kit_load_provider(world.kit, box, &world.provider), rcOk);
	assert_int_equal(box_count_of('o'), 0); /* restored */
	assert_int_equal(sessio_kit_finish(world.kit), 0);
}

static void what_is_null_or_over_is_refused(void **state)
{
	sessio_kit_session *session = open_box(world.anna);
	sessio_kit_consumer *consumer;
	nk_handle_desc_t desc = { 0 };

	(void)state;
	assert_int_equal(sessio_kit_load_provider_image(NULL, &sessio_provider_image_of_box, NULL),
		rcInvalidArgument);
	assert_int_equal(sessio_kit_load_provider_image(world.kit, NULL, NULL), rcInvalidArgument);
	assert_int_equal(sessio_kit_unload_provider(NULL), rcInvalidArgument);
	assert_null(sessio_kit_find_object(NULL, "box"));
	assert_null(sessio_kit_find_object(world.kit, NULL));
	assert_int_equal(sessio_kit_create_consumer(NULL, 1, &consumer), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_kit_create_consumer(world.kit, 1, NULL), SESSIO_INVALID_ARG);
	sessio_kit_kill_consumer(NULL);
	assert_int_equal(
		sessio_kit_open_object(NULL, world.box, 0, 0, NULL, &session), rcInvalidArgument);
	assert_int_equal(
		sessio_kit_open_object(world.anna, NULL, 0, 0, NULL, &session), rcInvalidArgument);
	assert_int_equal(
		sessio_kit_open_object(world.anna, world.box, 0, 0, NULL, NULL), rcInvalidArgument);
	assert_int_equal(sessio_kit_receive(NULL, &desc, &session), rcInvalidArgument);
	assert_int_equal(sessio_kit_receive(world.anna, NULL, &session), rcInvalidArgument);
	assert_int_equal(sessio_kit_receive(world.anna, &desc, NULL), rcInvalidArgument);
	assert_int_equal(sessio_kit_receive(world.anna, &desc, &session), rcInvalidArgument);
	assert_int_equal(sessio_kit_give_handle(NULL), rcInvalidArgument);
	assert_int_equal(sessio_kit_send(NULL, &desc), rcInvalidArgument);
	assert_int_equal(sessio_kit_pass(NULL, 0, world.bert, &session), rcInvalidArgument);
	assert_int_equal(sessio_kit_revoke_passed(NULL), rcInvalidArgument);
	assert_int_equal(sessio_kit_begin_operation(NULL), rcInvalidArgument);
	assert_int_equal(sessio_kit_end_operation(NULL), rcInvalidArgument);
	assert_int_equal(sessio_kit_close_session(NULL), rcInvalidArgument);
	assert_int_equal(sessio_kit_give_handle(session), rcOk);
	assert_int_equal(sessio_kit_send(session, NULL), rcInvalidArgument);
	assert_int_equal(sessio_kit_pass(session, 0, NULL, &session), rcInvalidArgument);
	assert_int_equal(sessio_kit_pass(session, 0, world.bert, NULL), rcInvalidArgument);
	assert_int_equal(sessio_kit_finish(world.kit), 0);
	assert_int_equal(sessio_kit_create_consumer(world.kit, SESSIO_KIT_NO_SESSION, &consumer),
		SESSIO_BAD_STATE);
	assert_int_equal(sessio_kit_load_provider(world.kit, box, NULL), rcFail);
}

static void after_the_finish_nothing_goes_on(void **state)
{
	sessio_kit_session *session = open_box(world.anna);
	nk_handle_desc_t desc = { 0 };

	(void)state;
	assert_int_equal(sessio_kit_give_handle(session), rcOk);
	assert_int_equal(sessio_kit_begin_operation(session), rcOk);
	assert_int_equal(sessio_kit_finish(world.kit), 0);
	assert_int_equal(
		sessio_kit_open_object(world.anna, &desc, ALL, ALL, NULL, &session), rcFail);
	assert_int_equal(sessio_kit_send(session, &desc), rcFail);
	assert_int_equal(sessio_kit_begin_operation(session), rcFail);
	assert_int_equal(sessio_kit_close_session(session), rcFail);
	sessio_kit_kill_consumer(world.anna);
	assert_int_equal(sessio_kit_unload_provider(world.provider), rcInvalidArgument);
}

static void a_provider_works_without_a_kit(void **state)
{
	(void)state;
	assert_int_equal(sessio_provider_image_of_box_twin.start(), rcOk);
	assert_int_equal(box_twin_count_of('o'), 0);
	sessio_provider_image_of_box_twin.stop();
}

#define SUITE(test) cmocka_unit_test_setup_teardown(test, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SUITE(a_tidy_provider_has_no_findings),
		SUITE(each_mistake_is_a_finding),
		SUITE(what_others_put_is_not_left),
		SUITE(what_others_put_in_time_is_no_finding),
		SUITE(types_that_are_left_are_findings),
		SUITE(what_stays_registered_is_a_finding),
		SUITE(a_context_that_is_gone_is_not_used),
		SUITE(a_refusal_is_the_providers),
		SUITE(handles_are_passed_on_and_revoked),
		SUITE(a_provider_revokes_all_handles),
		SUITE(a_logoff_closes_the_sessions_of_its_consumers),
		SUITE(twins_have_variables_of_their_own),
		SUITE(what_is_null_or_over_is_refused),
		SUITE(after_the_finish_nothing_goes_on),
		cmocka_unit_test(a_provider_works_without_a_kit),
	};

	leaks_allow(3); /* the process's own handle space, its lock and its first slots */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
