/* SPDX-License-Identifier: MIT */
/*
 * The source "windows_kernel", compiled against include/nt. The container calls are
 * those of support/stand_in.c. In include/nt a host delivers them, and an event of
 * one host that is posted in a callback of another waits for that one's end.
 */
#include "test.h"

#include <sessio/diag.h>

#include "alloc_fail.h"
#include "host_log.h"
#include "leaks.h"
#include "source/windows_kernel.h"
#include "source_suite.h"
#include "stand_in.h"

/* Any two sources that are open at once register for two objects. */
static DRIVER_OBJECT drivers[4];
static unsigned next_driver;

static void begin(void)
{
	si_windows_kernel_set_object(&drivers[next_driver++ % 4]);
	if (stand_in_registrations() == 0) {
		stand_in_forget();
	}
}

static sessio_status make_in_kernel(
	sessio_source *source, uint32_t session_id, sessio_user_event event)
{
	(void)source;
	return NT_SUCCESS(stand_in_event(session_id, (ULONG)event, TRUE)) ? SESSIO_OK
									  : SESSIO_NO_MEMORY;
}

static void it_keeps_the_promises_of_a_source(void **state)
{
	static const struct source_case test = {
		.ops = &si_source_windows_kernel, .begin = begin, .make = make_in_kernel
	};

	(void)state;
	source_suite(&test);
}

/* A host that follows the kernel, watched by `a`. */
struct world {
	sessio_host *host;
	sessio_source *source;
	struct host_log text;
	struct logged a;
};

static void world_open(struct world *world)
{
	*world = (struct world){ .host = NULL };
	assert_int_equal(sessio_host_create(SESSIO_RULES_OBSERVED, &world->host), SESSIO_OK);
	assert_int_equal(
		si_source_open(&si_source_windows_kernel, world->host, &world->source), SESSIO_OK);
	logged_start(&world->a, world->host, &world->text, "a");
}

static void world_close(struct world *world)
{
	assert_int_equal(sessio_source_close(world->source), SESSIO_OK);
	drop(world->host);
	assert_int_equal(stand_in_registrations(), 0);
}

static void happen(ULONG session_id, sessio_user_event event)
{
	assert_int_equal(stand_in_event(session_id, (ULONG)event, TRUE), STATUS_SUCCESS);
}

static void without_an_object_it_is_not_offered(void **state)
{
	sessio_host *host = new_host();
	sessio_source *source = NULL;

	(void)state;
	si_windows_kernel_set_object(NULL);
	assert_int_equal(
		si_source_open(&si_source_windows_kernel, host, &source), SESSIO_UNSUPPORTED);
	assert_null(source);
	drop(host);
}

static void a_refused_registration_leaves_nothing_and_says_why(void **state)
{
	static const struct {
		NTSTATUS answer;
		sessio_status status;
	} cases[] = { { STATUS_ALREADY_COMMITTED, SESSIO_UNSUPPORTED },
		{ STATUS_INVALID_PARAMETER_3, SESSIO_UNSUPPORTED },
		{ STATUS_NOT_IMPLEMENTED, SESSIO_UNSUPPORTED },
		{ STATUS_INSUFFICIENT_RESOURCES, SESSIO_NO_MEMORY } };
	sessio_host *host = new_host();
	sessio_source *source = NULL;
	size_t before = leaks_live();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		begin();
		stand_in_refuse(cases[i].answer);
		assert_int_equal(
			si_source_open(&si_source_windows_kernel, host, &source), cases[i].status);
		assert_int_equal(si_windows_kernel_answer(), cases[i].answer);
		assert_null(source);
		assert_int_equal(leaks_live(), before);
	}
	stand_in_refuse(STATUS_SUCCESS);
	assert_int_equal(si_source_open(&si_source_windows_kernel, host, &source), SESSIO_OK);
	assert_int_equal(si_windows_kernel_answer(), STATUS_SUCCESS);
	assert_int_equal(
		sessio_source_post(source, 1, EVENT(CREATED), 0, NULL), SESSIO_UNSUPPORTED);
	assert_int_equal(sessio_source_close(source), SESSIO_OK);
	drop(host);
}

/* The first event of a session that was there before: the state it finds, and the next. */
static void a_session_that_was_there_before_is_adopted_as_its_event_found_it(void **state)
{
	static const struct {
		IO_SESSION_STATE before;
		sessio_user_event event;
		sessio_user_state after;
	} cases[] = {
		{ IoSessionStateLoggedOn, EVENT(DISCONNECTED), STATE(DISCONNECTED_LOGGED_ON) },
		{ IoSessionStateDisconnectedLoggedOn, EVENT(CONNECTED), STATE(LOGGED_ON) },
		{ IoSessionStateConnected, EVENT(DISCONNECTED), STATE(DISCONNECTED) },
		{ IoSessionStateConnected, EVENT(LOGON), STATE(LOGGED_ON) },
		{ IoSessionStateDisconnected, EVENT(CONNECTED), STATE(CONNECTED) },
		{ IoSessionStateDisconnected, EVENT(LOGON), STATE(DISCONNECTED_LOGGED_ON) },
		{ IoSessionStateLoggedOn, EVENT(LOGOFF), STATE(LOGGED_OFF) },
		{ IoSessionStateDisconnectedLoggedOn, EVENT(LOGOFF), STATE(DISCONNECTED) },
	};

	(void)state;
	for (unsigned old = 0; old < 2; old++) {
		stand_in_tell_old_state(old != 0);
		for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
			struct world world;

			begin();
			assert_int_equal(
				stand_in_session(1, cases[i].before, TRUE), STATUS_SUCCESS);
			world_open(&world);
			assert_int_equal(sessio_host_session_count(world.host), 0);
			happen(1, cases[i].event);
			assert_int_equal(world.a.calls, 1);
			assert_int_equal(world.a.last.before, (int)cases[i].before);
			assert_int_equal(world.a.last.state, cases[i].after);
			assert_int_equal(world.a.last.flags & SESSIO_NOTICE_OUTSIDE, 0);
			world_close(&world);
		}
	}
	stand_in_tell_old_state(FALSE);
}

static void a_session_may_end_at_the_first_event_that_is_seen_of_it(void **state)
{
	struct world world;

	(void)state;
	begin();
	assert_int_equal(stand_in_session(1, IoSessionStateLoggedOn, TRUE), STATUS_SUCCESS);
	world_open(&world);
	happen(1, EVENT(TERMINATED));
	log_expect(&world.text, "a:1+Terminated");
	assert_int_equal(sessio_host_session_count(world.host), 0);
	world_close(&world);
}

/* The recorded trace: a user on the console returns over the network, and comes back. */
static void the_recorded_trace_is_mirrored(void **state)
{
	static const struct {
		ULONG session;
		sessio_user_event event;
	} trace[] = { { 2, EVENT(CREATED) }, { 2, EVENT(CONNECTED) }, { 1, EVENT(DISCONNECTED) },
		{ 2, EVENT(DISCONNECTED) }, { 3, EVENT(CREATED) }, { 3, EVENT(CONNECTED) },
		{ 1, EVENT(CONNECTED) }, { 2, EVENT(TERMINATED) }, { 1, EVENT(DISCONNECTED) },
		{ 3, EVENT(DISCONNECTED) }, { 1, EVENT(CONNECTED) }, { 3, EVENT(TERMINATED) } };
	sessio_user_session *session = NULL;
	struct world world;

	(void)state;
	begin();
	assert_int_equal(stand_in_session(1, IoSessionStateLoggedOn, TRUE), STATUS_SUCCESS);
	world_open(&world);
	for (size_t i = 0; i < sizeof(trace) / sizeof(trace[0]); i++) {
		happen(trace[i].session, trace[i].event);
		assert_int_equal(world.a.last.flags & SESSIO_NOTICE_OUTSIDE, 0);
		assert_int_equal(
			world.a.last.flags & SESSIO_NOTICE_OBSERVED, SESSIO_NOTICE_OBSERVED);
	}
	log_expect(&world.text,
		"a:2+Created a:2+Connected a:1+Disconnected a:2+Disconnected a:3+Created "
		"a:3+Connected a:1+Connected a:2+Terminated a:1+Disconnected a:3+Disconnected "
		"a:1+Connected a:3+Terminated");
	assert_int_equal(sessio_host_session_count(world.host), 1);
	assert_int_equal(sessio_host_find_session(world.host, 1, &session), SESSIO_OK);
	assert_int_equal(sessio_user_session_state(session), STATE(LOGGED_ON));
	sessio_user_session_unref(session);
	world_close(&world);
}

static void where_the_terminal_is_comes_from_the_payload(void **state)
{
	struct world world;

	(void)state;
	begin();
	world_open(&world);
	happen(1, EVENT(CREATED));
	assert_int_equal(stand_in_event(1, IoSessionEventConnected, FALSE), STATUS_SUCCESS);
	assert_false(world.a.last.local);
	happen(1, EVENT(DISCONNECTED));
	happen(1, EVENT(CONNECTED));
	assert_true(world.a.last.local);
	world_close(&world);
}

static unsigned reports;

static void count_report(void *ctx, sessio_diag_kind kind, const void *object,
	const void *session_context, const char *text)
{
	(void)ctx, (void)object, (void)session_context, (void)text;
	reports += kind == SESSIO_DIAG_MISUSE;
}

static void an_event_that_names_no_session_is_lost_and_reported(void **state)
{
	struct world world;

	(void)state;
	begin();
	sessio_diag_set_sink(count_report, NULL);
	world_open(&world);
	stand_in_keep_silent(TRUE);
	happen(1, EVENT(CREATED));
	stand_in_keep_silent(FALSE);
	assert_int_equal(reports, 1);
	assert_int_equal(world.a.calls, 0);
	/* Its next event makes it known. */
	happen(1, EVENT(CONNECTED));
	log_expect(&world.text, "a:1+Connected");
	assert_int_equal(world.a.last.state, STATE(CONNECTED));
	world_close(&world);
	sessio_diag_set_sink(NULL, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(it_keeps_the_promises_of_a_source, alloc_fail_say),
		cmocka_unit_test(without_an_object_it_is_not_offered),
		cmocka_unit_test(a_refused_registration_leaves_nothing_and_says_why),
		cmocka_unit_test(a_session_that_was_there_before_is_adopted_as_its_event_found_it),
		cmocka_unit_test(a_session_may_end_at_the_first_event_that_is_seen_of_it),
		cmocka_unit_test(the_recorded_trace_is_mirrored),
		cmocka_unit_test(where_the_terminal_is_comes_from_the_payload),
		cmocka_unit_test(an_event_that_names_no_session_is_lost_and_reported),
	};

	stand_in_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
