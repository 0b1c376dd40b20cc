/* SPDX-License-Identifier: MIT */
/* The sessions of Windows in user mode, by calls of the system that the test plays. */
#include "test.h"

#include "alloc_fail.h"
#include "host_log.h"
#include "source/windows_sessions.h"
#include "source_suite.h"

#define REMOTE true
#define USER true

static struct {
	struct si_windows_session sessions[24];
	size_t count;
	bool silent; /* the list cannot be had */
} machine;

static bool list(si_windows_each_fn *each, void *ctx)
{
	for (size_t i = 0; i < machine.count && !machine.silent; i++) {
		each(ctx, &machine.sessions[i]);
	}
	return !machine.silent;
}

static uint32_t subscribe(void *window)
{
	(void)window;
	return 0;
}

static void unsubscribe(void *window)
{
	(void)window;
}

static const struct si_windows_api api = { subscribe, unsubscribe, list };

static void has(uint32_t id, unsigned connect_state, bool has_user, bool remote)
{
	machine.sessions[machine.count++] =
		(struct si_windows_session){ id, connect_state, has_user, remote };
}

static int set_up(void **state)
{
	(void)state;
	machine.count = 0;
	machine.silent = false;
	si_windows_set_api(&api);
	return 0;
}

static int tear_down(void **state)
{
	si_windows_set_api(NULL);
	return alloc_fail_say(state);
}

static sessio_host *host;
static sessio_source *source;
static struct host_log text;
static struct logged watcher;

static void begin(void)
{
	const sessio_watch_options options = { .flags = SESSIO_WATCH_SNAPSHOT |
			SESSIO_WATCH_REMARKS };

	assert_int_equal(sessio_host_create(SESSIO_RULES_OBSERVED, &host), SESSIO_OK);
	assert_int_equal(si_source_open(&si_source_windows_service, host, &source), SESSIO_OK);
	text.length = 0;
	watcher = (struct logged){ 0 };
	logged_start_with(&watcher, host, &text, "", options);
}

static void end(void)
{
	assert_int_equal(sessio_source_close(source), SESSIO_OK);
	drop(host);
}

static void hear(uint32_t code, uint32_t id)
{
	assert_int_equal(sessio_source_session_change(source, code, id), SESSIO_OK);
	assert_int_equal(watcher.last.flags & SESSIO_NOTICE_OUTSIDE, 0);
}

static void sessions_that_are_there_are_adopted_as_they_are(void **state)
{
	(void)state;
	has(0, SI_WINDOWS_DISCONNECTED, !USER, !REMOTE);
	has(1, SI_WINDOWS_ACTIVE, USER, !REMOTE);
	has(2, SI_WINDOWS_DISCONNECTED, USER, REMOTE);
	has(3, SI_WINDOWS_CONNECTED, !USER, !REMOTE);
	has(4, SI_WINDOWS_SHADOW, USER, REMOTE);
	has(5, SI_WINDOWS_CONNECT_QUERY, !USER, REMOTE);
	has(6, SI_WINDOWS_INIT, !USER, !REMOTE);
	has(65536, SI_WINDOWS_LISTEN, !USER, REMOTE);
	has(7, SI_WINDOWS_IDLE, !USER, !REMOTE);
	has(8, SI_WINDOWS_RESET, USER, !REMOTE);
	has(9, SI_WINDOWS_DOWN, !USER, !REMOTE);
	has(10, 99, !USER, !REMOTE);
	begin();
	log_expect(&text,
		":0=Disconnected :1=LoggedOn :2=DisconnectedLoggedOn :3=Connected :4=LoggedOn "
		":5=Created :6=Created");
	end();
}

static bool is_local(uint32_t id)
{
	sessio_user_session *session = NULL;
	bool local;

	assert_int_equal(sessio_host_find_session(host, id, &session), SESSIO_OK);
	local = sessio_user_session_is_local(session);
	sessio_user_session_unref(session);
	return local;
}

/* Clauses: T1, T2, T8, T10 */
static void each_code_is_an_event_a_remark_or_nothing(void **state)
{
	(void)state;
	begin();
	hear(SI_WINDOWS_CREATE, 2);
	hear(SI_WINDOWS_REMOTE_CONNECT, 2);
	assert_false(is_local(2));
	hear(SI_WINDOWS_LOGON, 2);
	hear(SI_WINDOWS_LOCK, 2);
	hear(SI_WINDOWS_REMOTE_CONTROL, 2);
	hear(SI_WINDOWS_UNLOCK, 2);
	has(2, SI_WINDOWS_DISCONNECTED, USER, REMOTE);
	hear(SI_WINDOWS_REMOTE_DISCONNECT, 2);
	hear(SI_WINDOWS_CONSOLE_CONNECT, 2);
	assert_true(is_local(2));
	hear(SI_WINDOWS_LOGOFF, 2);
	hear(SI_WINDOWS_CONSOLE_DISCONNECT, 2);
	hear(SI_WINDOWS_TERMINATE, 2);
	hear(0, 2);
	hear(SI_WINDOWS_CODES, 2);
	hear(UINT32_MAX, 2);
	log_expect(&text,
		":2+Created :2+Connected :2+Logon :2+Locked :2+RemoteControl :2+Unlocked "
		":2+Disconnected :2+Connected :2+Logoff :2+Disconnected :2+Terminated");
	end();
}

/* Clauses: T3, T7 */
static void a_session_that_was_not_seen_is_adopted_at_its_first_code(void **state)
{
	static const struct {
		uint32_t code;
		const char *expected;
	} rows[] = {
		{ SI_WINDOWS_CONSOLE_CONNECT, ":5=Created :5+Connected" },
		{ SI_WINDOWS_CONSOLE_DISCONNECT, ":5=Connected :5+Disconnected" },
		{ SI_WINDOWS_REMOTE_CONNECT, ":5=Created :5+Connected" },
		{ SI_WINDOWS_REMOTE_DISCONNECT, ":5=Connected :5+Disconnected" },
		{ SI_WINDOWS_LOGON, ":5=Connected :5+Logon" },
		{ SI_WINDOWS_LOGOFF, ":5=LoggedOn :5+Logoff" },
		{ SI_WINDOWS_LOCK, ":5=LoggedOn :5+Locked" },
		{ SI_WINDOWS_UNLOCK, ":5=LoggedOn :5+Unlocked" },
		{ SI_WINDOWS_REMOTE_CONTROL, ":5=LoggedOn :5+RemoteControl" },
		{ SI_WINDOWS_CREATE, ":5+Created" },
		{ SI_WINDOWS_TERMINATE, ":5=Disconnected :5+Terminated" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		begin();
		machine.silent = true;
		hear(rows[i].code, 5);
		log_expect(&text, rows[i].expected);
		machine.silent = false;
		end();
	}
}

static void what_the_list_showed_already_is_not_said_again(void **state)
{
	(void)state;
	has(1, SI_WINDOWS_ACTIVE, USER, !REMOTE);
	has(2, SI_WINDOWS_DISCONNECTED, !USER, !REMOTE);
	begin();
	log_expect(&text, ":1=LoggedOn :2=Disconnected");
	hear(SI_WINDOWS_CREATE, 1);
	hear(SI_WINDOWS_CONSOLE_CONNECT, 1);
	hear(SI_WINDOWS_LOGON, 1);
	hear(SI_WINDOWS_CONSOLE_DISCONNECT, 2);
	log_expect(&text, "");
	/* It moves to another terminal, which the rules do not know. */
	assert_int_equal(
		sessio_source_session_change(source, SI_WINDOWS_REMOTE_CONNECT, 1), SESSIO_OK);
	assert_int_equal(watcher.last.flags, SESSIO_NOTICE_OBSERVED | SESSIO_NOTICE_OUTSIDE);
	log_expect(&text, ":1+Connected");
	end();
}

/* Clauses: T7 */
static void a_session_that_has_left_the_list_is_terminated(void **state)
{
	(void)state;
	has(1, SI_WINDOWS_ACTIVE, USER, !REMOTE);
	has(2, SI_WINDOWS_ACTIVE, USER, REMOTE);
	begin();
	log_expect(&text, ":1=LoggedOn :2=LoggedOn");
	machine.count = 1;
	has(3, SI_WINDOWS_CONNECTED, !USER, !REMOTE);
	hear(SI_WINDOWS_LOCK, 2);
	log_expect(&text, ":2+Locked");
	hear(SI_WINDOWS_LOGOFF, 2);
	log_expect(&text, ":2+Logoff :3=Connected :2+Terminated");
	machine.silent = true;
	hear(SI_WINDOWS_CONSOLE_DISCONNECT, 1);
	log_expect(&text, ":1+Disconnected");
	machine.silent = false;
	machine.count = 0;
	hear(SI_WINDOWS_LOGOFF, 1);
	log_expect(&text, ":1+Logoff :1+Terminated :3+Terminated");
	assert_int_equal(sessio_host_session_count(host), 0);
	end();
}

static void a_list_that_was_not_ready_is_taken_with_the_next_code(void **state)
{
	(void)state;
	has(1, SI_WINDOWS_ACTIVE, USER, !REMOTE);
	has(2, SI_WINDOWS_ACTIVE, USER, REMOTE);
	machine.silent = true;
	begin();
	hear(SI_WINDOWS_LOCK, 1);
	log_expect(&text, ":1=LoggedOn :1+Locked");
	machine.silent = false;
	hear(SI_WINDOWS_UNLOCK, 1);
	log_expect(&text, ":1+Unlocked :2=LoggedOn");
	/* It has been taken, and nothing asks for it again. */
	has(3, SI_WINDOWS_ACTIVE, USER, !REMOTE);
	hear(SI_WINDOWS_LOCK, 1);
	log_expect(&text, ":1+Locked");
	end();
}

static void a_host_that_keeps_sessions_takes_the_source_again(void **state)
{
	(void)state;
	for (uint32_t id = 1; id <= 20; id++) {
		has(id, SI_WINDOWS_ACTIVE, USER, !REMOTE);
	}
	begin();
	assert_int_equal(sessio_host_session_count(host), 20);
	assert_int_equal(sessio_source_close(source), SESSIO_OK);
	assert_int_equal(si_source_open(&si_source_windows_service, host, &source), SESSIO_OK);
	assert_int_equal(sessio_host_session_count(host), 20);
	machine.count = 0;
	hear(SI_WINDOWS_LOGOFF, 7);
	assert_int_equal(sessio_host_session_count(host), 0);
	end();
}

static void only_the_source_of_services_is_told(void **state)
{
	sessio_source *manual = NULL;

	(void)state;
	begin();
	assert_int_equal(sessio_source_open("manual", host, &manual), SESSIO_OK);
	assert_int_equal(sessio_source_session_change(manual, 1, 1), SESSIO_UNSUPPORTED);
	assert_int_equal(sessio_source_session_change(NULL, 1, 1), SESSIO_INVALID_ARG);
	assert_int_equal(
		sessio_source_post(source, 1, EVENT(CREATED), 0, NULL), SESSIO_UNSUPPORTED);
	assert_int_equal(sessio_source_close(manual), SESSIO_OK);
	end();
}

static sessio_status make(sessio_source *to, uint32_t session_id, sessio_user_event event)
{
	static const uint32_t codes[] = { [EVENT(CREATED)] = SI_WINDOWS_CREATE,
		[EVENT(TERMINATED)] = SI_WINDOWS_TERMINATE,
		[EVENT(CONNECTED)] = SI_WINDOWS_CONSOLE_CONNECT };

	return sessio_source_session_change(to, codes[event], session_id);
}

static void the_source_of_services_keeps_the_promises_of_a_source(void **state)
{
	static const struct source_case test = { .ops = &si_source_windows_service, .make = make };

	(void)state;
	has(1, SI_WINDOWS_ACTIVE, USER, !REMOTE);
	source_suite(&test);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(sessions_that_are_there_are_adopted_as_they_are),
		TEST(each_code_is_an_event_a_remark_or_nothing),
		TEST(a_session_that_was_not_seen_is_adopted_at_its_first_code),
		TEST(what_the_list_showed_already_is_not_said_again),
		TEST(a_session_that_has_left_the_list_is_terminated),
		TEST(a_list_that_was_not_ready_is_taken_with_the_next_code),
		TEST(a_host_that_keeps_sessions_takes_the_source_again),
		TEST(only_the_source_of_services_is_told),
		TEST(the_source_of_services_keeps_the_promises_of_a_source),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
