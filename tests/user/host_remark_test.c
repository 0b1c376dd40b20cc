/* SPDX-License-Identifier: MIT */
/* Remarks of a real system: they are no events, and for watchers that ask. */
#include "test.h"

#include "host_log.h"
#include "inside.h"
#include "leaks.h"
#include "platform/hooks.h"

#define REMARK(name) SESSIO_USER_REMARK_##name

static void remark(sessio_host *host, uint32_t id, sessio_user_remark what)
{
	note_that(sessio_host_remark(host, id, what) == SESSIO_OK);
}

static const sessio_watch_options with_remarks = { .flags = SESSIO_WATCH_REMARKS };

static void only_watchers_that_ask_are_notified_and_no_state_changes(void **state)
{
	struct host_log text = { .length = 0 };
	sessio_host *host = new_host();
	struct logged a = { 0 };
	struct logged b = { 0 };

	(void)state;
	logged_start(&a, host, &text, "a");
	logged_start_with(&b, host, &text, "b", with_remarks);
	post(host, 1, EVENT(CREATED));
	post(host, 1, EVENT(CONNECTED));
	remark(host, 1, REMARK(LOCKED));
	remark(host, 1, REMARK(REMOTE_CONTROL));
	remark(host, 1, REMARK(UNLOCKED));
	log_expect(&text,
		"a:1+Created b:1+Created a:1+Connected b:1+Connected "
		"b:1+Locked b:1+RemoteControl b:1+Unlocked");
	assert_int_equal(b.last.event, EVENT(NONE));
	assert_int_equal(b.last.remark, REMARK(UNLOCKED));
	assert_int_equal(b.last.before, STATE(CONNECTED));
	assert_int_equal(b.last.state, STATE(CONNECTED));
	assert_int_equal(b.last.flags, SESSIO_NOTICE_OBSERVED);
	assert_int_equal(b.last.payload_length, 0);
	assert_null(b.last.payload);
	assert_int_equal(a.last.remark, REMARK(NONE));
	drop(host);
}

static void a_watcher_may_ask_for_remarks_of_one_session_alone(void **state)
{
	const sessio_watch_options options = {
		.flags = SESSIO_WATCH_REMARKS | SESSIO_WATCH_ONE_SESSION, .session_id = 2
	};
	sessio_host *host = new_host();
	sessio_watch watch = 0;
	unsigned calls = 0;

	(void)state;
	assert_int_equal(sessio_host_watch(host, &options, count_calls, &calls, &watch), SESSIO_OK);
	post(host, 1, EVENT(CREATED));
	post(host, 2, EVENT(CREATED));
	remark(host, 1, REMARK(LOCKED));
	notes_assert();
	assert_int_equal(calls, 0);
	remark(host, 2, REMARK(LOCKED));
	assert_int_equal(calls, 1);
	assert_int_equal(sessio_host_unwatch(host, watch), SESSIO_OK);
	remark(host, 2, REMARK(UNLOCKED));
	assert_int_equal(calls, 1);
	drop(host);
}

static void a_remark_needs_a_session_that_is_known(void **state)
{
	struct host_log text = { .length = 0 };
	sessio_host *host = new_host();
	struct logged a = { 0 };

	(void)state;
	logged_start_with(&a, host, &text, "a", with_remarks);
	assert_int_equal(sessio_host_remark(host, 1, REMARK(LOCKED)), SESSIO_NOT_FOUND);
	assert_int_equal(sessio_host_adopt(host, 1, STATE(LOGGED_ON), 0), SESSIO_OK);
	remark(host, 1, REMARK(LOCKED));
	assert_int_equal(sessio_host_observe(host, 1, EVENT(TERMINATED), 0), SESSIO_OK);
	assert_int_equal(sessio_host_remark(host, 1, REMARK(UNLOCKED)), SESSIO_NOT_FOUND);
	log_expect(&text, "a:1+Locked a:1+Terminated");
	assert_int_equal(sessio_host_remark(NULL, 1, REMARK(LOCKED)), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_host_remark(host, 1, REMARK(NONE)), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_host_remark(host, 1, REMARK(MAX)), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_host_remark(host, 1, (sessio_user_remark)-1), SESSIO_INVALID_ARG);
	drop(host);
}

static void lock_when_it_connects(struct logged *self, const sessio_user_notice *notice)
{
	if (notice->event == EVENT(CONNECTED)) {
		remark(self->host, notice->session_id, REMARK(LOCKED));
		post(self->host, notice->session_id, EVENT(LOGON));
	} else if (notice->event == EVENT(TERMINATED)) {
		note_that(sessio_host_remark(self->host, notice->session_id, REMARK(LOCKED)) ==
			SESSIO_NOT_FOUND);
	}
}

static void a_remark_in_a_callback_waits_its_turn(void **state)
{
	struct host_log text = { .length = 0 };
	sessio_host *host = new_host();
	struct logged a = { .act = lock_when_it_connects };
	struct logged b = { 0 };

	(void)state;
	logged_start(&a, host, &text, "a");
	logged_start_with(&b, host, &text, "b", with_remarks);
	post(host, 1, EVENT(CREATED));
	post(host, 1, EVENT(CONNECTED));
	post(host, 1, EVENT(TERMINATED));
	log_expect(&text,
		"a:1+Created b:1+Created a:1+Connected b:1+Connected b:1+Locked "
		"a:1+Logon b:1+Logon a:1+Terminated b:1+Terminated");
	drop(host);
}

static sessio_status status_of_remark;

static void remark_on_release(void *ctx)
{
	status_of_remark = sessio_host_remark(ctx, 1, REMARK(LOCKED));
}

static void a_host_that_is_destroyed_takes_no_remark(void **state)
{
	sessio_host *host = new_host();
	const sessio_watch_options options = { .events = ALL_EVENTS,
		.released = remark_on_release };
	sessio_watch watch = 0;

	(void)state;
	post(host, 1, EVENT(CREATED));
	assert_int_equal(sessio_host_watch(host, &options, count_calls, host, &watch), SESSIO_OK);
	status_of_remark = SESSIO_OK;
	drop(host);
	assert_int_equal(status_of_remark, SESSIO_BAD_STATE);
}

static bool none_left(size_t size)
{
	(void)size;
	return false;
}

/* Nine remarks, of which the reserve takes eight. */
static void exhaust(struct logged *self, const sessio_user_notice *notice)
{
	static const struct si_hooks no_memory = { .may_alloc = none_left };

	(void)notice;
	if (self->calls == 1) {
		leaks_hook(&no_memory);
		for (unsigned i = 0; i < 8; i++) {
			remark(self->host, 1, REMARK(LOCKED));
		}
		note_that(sessio_host_remark(self->host, 1, REMARK(UNLOCKED)) == SESSIO_NO_MEMORY);
		leaks_hook(NULL);
	}
}

static void without_memory_the_reserve_takes_eight(void **state)
{
	sessio_host *host = new_host();
	struct logged a = { .act = exhaust };

	(void)state;
	logged_start_with(&a, host, NULL, "a", with_remarks);
	post(host, 1, EVENT(CREATED));
	notes_assert();
	assert_int_equal(a.calls, 9);
	remark(host, 1, REMARK(UNLOCKED));
	assert_int_equal(a.calls, 10);
	drop(host);
}

static void every_remark_has_a_name(void **state)
{
	(void)state;
	assert_string_equal(sessio_user_remark_name(REMARK(LOCKED)), "Locked");
	assert_string_equal(sessio_user_remark_name(REMARK(UNLOCKED)), "Unlocked");
	assert_string_equal(sessio_user_remark_name(REMARK(REMOTE_CONTROL)), "RemoteControl");
	assert_string_equal(sessio_user_remark_name(REMARK(NONE)), "?");
	assert_string_equal(sessio_user_remark_name(REMARK(MAX)), "?");
	assert_string_equal(sessio_user_remark_name((sessio_user_remark)77), "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_watchers_that_ask_are_notified_and_no_state_changes),
		cmocka_unit_test(a_watcher_may_ask_for_remarks_of_one_session_alone),
		cmocka_unit_test(a_remark_needs_a_session_that_is_known),
		cmocka_unit_test(a_remark_in_a_callback_waits_its_turn),
		cmocka_unit_test(a_host_that_is_destroyed_takes_no_remark),
		cmocka_unit_test(without_memory_the_reserve_takes_eight),
		cmocka_unit_test(every_remark_has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
