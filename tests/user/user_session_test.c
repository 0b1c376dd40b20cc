/* SPDX-License-Identifier: MIT */
/* User sessions as objects, and which one a thread acts for. */
#include "test.h"

#include <sessio/user_session.h>

#include "host_log.h"
#include "inside.h"

static void no_call_needs_a_session(void **state)
{
	sessio_host *host = new_host();

	(void)state;
	assert_null(sessio_user_session_ref(NULL));
	sessio_user_session_unref(NULL);
	assert_int_equal(sessio_user_session_id(NULL), 0);
	assert_int_equal(sessio_user_session_state(NULL), STATE(NONE));
	assert_false(sessio_user_session_is_local(NULL));
	assert_int_equal(sessio_host_enter_session(NULL, NULL), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_host_enter_session(host, NULL), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_host_leave_session(NULL), SESSIO_INVALID_ARG);
	assert_null(sessio_host_entered_session(NULL));
	drop(host);
}

/* Clauses: W-38 */
static void a_held_session_outlives_its_end_and_its_host(void **state)
{
	sessio_host *host = new_host();
	sessio_user_session *ended = NULL;
	sessio_user_session *orphan = NULL;

	(void)state;
	post(host, 1, EVENT(CREATED));
	post(host, 2, EVENT(CREATED));
	assert_int_equal(sessio_host_find_session(host, 1, &ended), SESSIO_OK);
	assert_int_equal(sessio_host_find_session(host, 2, &orphan), SESSIO_OK);
	post(host, 1, EVENT(TERMINATED));
	assert_int_equal(sessio_user_session_state(ended), STATE(TERMINATED));
	drop(host);
	assert_int_equal(sessio_user_session_id(ended), 1);
	assert_int_equal(sessio_user_session_state(ended), STATE(TERMINATED));
	assert_int_equal(sessio_user_session_state(orphan), STATE(CREATED));
	assert_true(sessio_user_session_is_local(orphan));
	sessio_user_session_unref(ended);
	sessio_user_session_unref(orphan);
}

static void a_thread_acts_for_the_session_that_it_entered_last(void **state)
{
	sessio_host *host = new_host();
	sessio_host *other = new_host();
	sessio_user_session *one = NULL;
	sessio_user_session *two = NULL;

	(void)state;
	post(host, 1, EVENT(CREATED));
	post(host, 2, EVENT(CREATED));
	assert_int_equal(sessio_host_find_session(host, 1, &one), SESSIO_OK);
	assert_int_equal(sessio_host_find_session(host, 2, &two), SESSIO_OK);
	assert_null(sessio_host_entered_session(host));
	assert_int_equal(sessio_host_leave_session(host), SESSIO_BAD_STATE);
	assert_int_equal(sessio_host_enter_session(other, one), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_host_enter_session(host, one), SESSIO_OK);
	assert_int_equal(sessio_host_enter_session(host, two), SESSIO_OK);
	sessio_user_session_unref(one);
	sessio_user_session_unref(two);
	assert_ptr_equal(sessio_host_entered_session(host), two);
	assert_null(sessio_host_entered_session(other));
	assert_int_equal(sessio_host_leave_session(other), SESSIO_BAD_STATE);
	post(host, 2, EVENT(TERMINATED));
	assert_ptr_equal(sessio_host_entered_session(host), two);
	assert_int_equal(sessio_user_session_state(two), STATE(TERMINATED));
	assert_int_equal(sessio_host_leave_session(host), SESSIO_OK);
	assert_ptr_equal(sessio_host_entered_session(host), one);
	drop(host); /* still entered: the session and what is left of its host stay */
	assert_int_equal(sessio_user_session_id(one), 1);
	assert_int_equal(sessio_host_leave_session(host), SESSIO_OK);
	drop(other);
}

static sessio_user_session *new_session(sessio_host *host, uint32_t id)
{
	sessio_user_session *session = NULL;

	post(host, id, EVENT(CREATED));
	assert_int_equal(sessio_host_find_session(host, id, &session), SESSIO_OK);
	return session;
}

/* Enters 1 of the first host, 1 of the second, 2 of both, and leaves each host's in turn. */
static void sessions_of_several_hosts_are_left_in_any_order(void **state)
{
	(void)state;
	for (unsigned order = 0; order < 16; order++) {
		sessio_host *hosts[2] = { new_host(), new_host() };
		unsigned left[2] = { 0, 0 };

		for (unsigned i = 0; i < 4; i++) {
			sessio_user_session *session = new_session(hosts[i % 2], 1 + i / 2);

			assert_int_equal(
				sessio_host_enter_session(hosts[i % 2], session), SESSIO_OK);
			sessio_user_session_unref(session);
		}
		for (unsigned i = 0; i < 4; i++) {
			unsigned which =
				left[order >> i & 1] == 2 ? 1 - (order >> i & 1) : order >> i & 1;

			assert_int_equal(
				sessio_user_session_id(sessio_host_entered_session(hosts[which])),
				2 - left[which]++);
			assert_int_equal(sessio_host_leave_session(hosts[which]), SESSIO_OK);
		}
		for (unsigned i = 0; i < 2; i++) {
			assert_null(sessio_host_entered_session(hosts[i]));
			assert_int_equal(sessio_host_leave_session(hosts[i]), SESSIO_BAD_STATE);
			drop(hosts[i]);
		}
	}
}

static void enter_inside(struct logged *self, const sessio_user_notice *notice)
{
	(void)self;
	note_that(sessio_host_enter_session(notice->host, notice->session) == SESSIO_OK);
}

static void a_session_that_a_callback_enters_stays_entered(void **state)
{
	sessio_host *host = new_host();
	struct logged a = { .act = enter_inside };

	(void)state;
	logged_start(&a, host, NULL, "a");
	post(host, 1, EVENT(CREATED));
	assert_int_equal(sessio_user_session_id(sessio_host_entered_session(host)), 1);
	assert_int_equal(sessio_host_leave_session(host), SESSIO_OK);
	assert_null(sessio_host_entered_session(host));
	drop(host);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_call_needs_a_session),
		cmocka_unit_test(a_held_session_outlives_its_end_and_its_host),
		cmocka_unit_test(a_thread_acts_for_the_session_that_it_entered_last),
		cmocka_unit_test(sessions_of_several_hosts_are_left_in_any_order),
		cmocka_unit_test(a_session_that_a_callback_enters_stays_entered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
