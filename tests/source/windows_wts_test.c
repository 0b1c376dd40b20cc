/* SPDX-License-Identifier: MIT */
/*
 * The source that has a window, on Windows or Wine. Wine's terminal services tell nobody
 * anything, so the test sends the window what they would, and plays the list of sessions.
 */
#include "test.h"

#include <string.h>

#include <windows.h>
#include <wtsapi32.h>

#include "alloc_fail.h"
#include "host_log.h"
#include "platform/process.h"
#include "source/windows_sessions.h"
#include "source/windows_wts.h"
#include "source_suite.h"

#define NEVER_READY UINT_MAX
#define ACCESS_DENIED 5u

static struct {
	unsigned not_ready; /* so many subscriptions fail, the services being not ready */
	bool refuses;
	_Atomic bool is_silent; /* the list cannot be had */
	bool is_empty; /* of sessions; else there is number 1 */
	_Atomic unsigned asked;
	_Atomic int subscriptions; /* and not given back */
	_Atomic bool window_was_there; /* when one was given back */
} machine;

static uint32_t subscribe(void *window)
{
	unsigned asked = machine.asked++;

	if (machine.refuses || !IsWindow(window)) {
		return ACCESS_DENIED;
	}
	if (asked < machine.not_ready) {
		return SI_WINDOWS_NOT_READY;
	}
	machine.subscriptions++;
	return 0;
}

static void unsubscribe(void *window)
{
	machine.subscriptions--;
	machine.window_was_there = IsWindow(window);
}

static bool list(si_windows_each_fn *each, void *ctx)
{
	const struct si_windows_session session = { 1, SI_WINDOWS_ACTIVE, true, false };

	if (!machine.is_empty && !machine.is_silent) {
		each(ctx, &session);
	}
	return !machine.is_silent;
}

static const struct si_windows_api api = { subscribe, unsubscribe, list };

static int set_up(void **state)
{
	(void)state;
	memset(&machine, 0, sizeof(machine));
	si_windows_set_api(&api);
	return 0;
}

static int tear_down(void **state)
{
	si_windows_set_api(NULL);
	return alloc_fail_say(state) == 0 && machine.subscriptions == 0 ? 0 : -1;
}

static void tell(sessio_source *source, uint32_t code, uint32_t session_id)
{
	(void)SendMessageW(
		si_windows_wts_window(source), WM_WTSSESSION_CHANGE, code, (LPARAM)session_id);
}

static sessio_status make(sessio_source *source, uint32_t session_id, sessio_user_event event)
{
	static const uint32_t codes[] = { [EVENT(CREATED)] = SI_WINDOWS_CREATE,
		[EVENT(TERMINATED)] = SI_WINDOWS_TERMINATE,
		[EVENT(CONNECTED)] = SI_WINDOWS_CONSOLE_CONNECT };

	tell(source, codes[event], session_id);
	return SESSIO_OK;
}

static void it_keeps_the_promises_of_a_source(void **state)
{
	static const struct source_case test = { .ops = &si_source_windows_wts, .make = make };

	(void)state;
	source_suite(&test);
}

static sessio_host *host;
static sessio_source *source;

static void begin(void)
{
	assert_int_equal(sessio_host_create(SESSIO_RULES_OBSERVED, &host), SESSIO_OK);
	assert_int_equal(sessio_source_open("windows_wts", host, &source), SESSIO_OK);
}

static void end(void)
{
	assert_int_equal(sessio_source_close(source), SESSIO_OK);
	drop(host);
}

/* Until the window's thread has come that far. */
static void await_sessions(size_t count)
{
	while (sessio_host_session_count(host) != count) {
		si_process_yield();
	}
}

/* Clauses: T1, T5 */
static void a_window_hears_of_sessions_until_the_source_is_closed(void **state)
{
	const sessio_watch_options options = { .flags = SESSIO_WATCH_REMARKS };
	struct host_log text = { .length = 0 };
	struct logged watcher = { 0 };
	HWND window;

	(void)state;
	begin();
	logged_start_with(&watcher, host, &text, "", options);
	tell(source, WTS_SESSION_LOCK, 1);
	tell(source, WTS_SESSION_UNLOCK, 1);
	tell(source, WTS_REMOTE_CONNECT, 4);
	tell(source, WTS_SESSION_LOGON, 4);
	log_expect(&text, ":1+Locked :1+Unlocked :4+Connected :4+Logon");
	window = si_windows_wts_window(source);
	assert_int_equal(machine.subscriptions, 1);
	assert_int_equal(sessio_source_close(source), SESSIO_OK);
	assert_int_equal(machine.subscriptions, 0);
	assert_true(machine.window_was_there);
	assert_false(IsWindow(window));
	drop(host);
}

/* Clauses: T4 */
static void it_waits_for_services_that_are_not_ready(void **state)
{
	(void)state;
	machine.not_ready = 2;
	begin();
	assert_int_equal(sessio_host_session_count(host), 0);
	await_sessions(1);
	assert_int_equal(machine.asked, 3);
	end();
}

/* Clauses: T4 */
static void it_waits_for_a_list_that_is_not_ready(void **state)
{
	(void)state;
	machine.is_silent = true;
	begin();
	assert_int_equal(sessio_host_session_count(host), 0);
	machine.is_silent = false;
	await_sessions(1);
	end();
}

/* Clauses: T5 */
static void a_late_message_of_a_timer_does_not_subscribe_again(void **state)
{
	(void)state;
	begin();
	for (WPARAM timer = 1; timer <= 2; timer++) {
		(void)SendMessageW(si_windows_wts_window(source), WM_TIMER, timer, 0);
	}
	assert_int_equal(machine.asked, 1);
	end(); /* which gives back one subscription, and there is none left */
}

static void it_is_closed_while_services_are_not_ready(void **state)
{
	(void)state;
	machine.not_ready = NEVER_READY;
	begin();
	end();
	assert_int_equal(machine.subscriptions, 0);
}

static void without_a_subscription_it_does_not_open(void **state)
{
	(void)state;
	machine.refuses = true;
	assert_int_equal(sessio_host_create(SESSIO_RULES_OBSERVED, &host), SESSIO_OK);
	assert_int_equal(sessio_source_open("windows_wts", host, &source), SESSIO_UNSUPPORTED);
	/* The default is then the next one that works by itself. */
	assert_int_equal(sessio_source_default(host, &source), SESSIO_OK);
	assert_string_equal(sessio_source_name(source), "manual");
	end();
}

static void it_is_the_default(void **state)
{
	(void)state;
	assert_string_equal(sessio_source_name_at(0), "windows_wts");
	assert_string_equal(sessio_source_name_at(1), "windows_service");
	assert_int_equal(sessio_source_rules("windows_wts"), SESSIO_RULES_OBSERVED);
	assert_int_equal(sessio_host_create(SESSIO_RULES_OBSERVED, &host), SESSIO_OK);
	assert_int_equal(sessio_source_default(host, &source), SESSIO_OK);
	assert_string_equal(sessio_source_name(source), "windows_wts");
	end();
}

/* Clauses: T7 */
static void a_session_that_goes_without_a_word_is_terminated_soon(void **state)
{
	(void)state;
	begin();
	assert_int_equal(sessio_host_session_count(host), 1);
	machine.is_empty = true;
	tell(source, WTS_SESSION_LOGOFF, 1);
	await_sessions(0);
	end();
}

static void open_inside(struct logged *self, const sessio_user_notice *notice)
{
	(void)self;
	if (notice->event == EVENT(CREATED)) {
		*(sessio_status *)self->more = sessio_source_open("windows_wts", host, &source);
	}
}

static void it_may_be_opened_in_a_callback(void **state)
{
	sessio_status status = SESSIO_REFUSED;
	struct logged watcher = { .act = open_inside, .more = &status };

	(void)state;
	assert_int_equal(sessio_host_create(SESSIO_RULES_OBSERVED, &host), SESSIO_OK);
	logged_start(&watcher, host, NULL, "a");
	post(host, 9, EVENT(CREATED));
	assert_int_equal(status, SESSIO_OK);
	assert_int_equal(sessio_host_session_count(host), 2);
	end();
}

/* The calls of the system itself. Wine may have no session at all. */
static void the_system_is_asked(void **state)
{
	WTS_SESSION_INFOW *sessions = NULL;
	DWORD count = 0;

	(void)state;
	assert_true(WTSEnumerateSessionsW(WTS_CURRENT_SERVER_HANDLE, 0, 1, &sessions, &count));
	si_windows_set_api(NULL);
	begin();
	assert_true(sessio_host_session_count(host) <= count);
	for (DWORD i = 0; i < count; i++) {
		sessio_user_session *session = NULL;

		if (sessions[i].State == WTSActive) {
			assert_int_equal(
				sessio_host_find_session(host, sessions[i].SessionId, &session),
				SESSIO_OK);
			assert_int_equal(sessio_user_session_state(session), STATE(LOGGED_ON));
			sessio_user_session_unref(session);
		}
	}
	WTSFreeMemory(sessions);
	end();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_keeps_the_promises_of_a_source),
		TEST(a_window_hears_of_sessions_until_the_source_is_closed),
		TEST(it_waits_for_services_that_are_not_ready),
		TEST(it_waits_for_a_list_that_is_not_ready),
		TEST(a_late_message_of_a_timer_does_not_subscribe_again),
		TEST(it_is_closed_while_services_are_not_ready),
		TEST(without_a_subscription_it_does_not_open),
		TEST(it_is_the_default),
		TEST(a_session_that_goes_without_a_word_is_terminated_soon),
		TEST(it_may_be_opened_in_a_callback),
		TEST(the_system_is_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
