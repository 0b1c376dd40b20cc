/* SPDX-License-Identifier: MIT */
/* Events and queries, clause by clause. */
#include "test.h"

#include <sessio/diag.h>

#include "calls.h"
#include "sleepers.h"

/* Clauses: W-17 */
static void what_exists_is_not_replayed(void **state)
{
	ULONG id = next_id++;
	PVOID handle;

	(void)state;
	post(id, EVENT(CREATED));
	handle = enroll_driver();
	assert_int_equal(call_count, 0);
	post(id, EVENT(CONNECTED));
	assert_int_equal(call_count, 1);
	assert_int_equal(calls[0].event, IoSessionEventConnected);
	end_of(id);
	IoUnregisterContainerNotification(handle);
}

/* --- delivery --- */

/* Clauses: W-19, W-20, W-21, W-22, W-23, W-24, W-25, W-28, W-29, W-38, D6 */
static void a_whole_life_is_told_with_its_states_and_payloads(void **state)
{
	static const struct {
		sessio_user_event event;
		IO_SESSION_STATE after;
	} life[] = {
		{ EVENT(CREATED), IoSessionStateCreated },
		{ EVENT(CONNECTED), IoSessionStateConnected },
		{ EVENT(LOGON), IoSessionStateLoggedOn },
		{ EVENT(DISCONNECTED), IoSessionStateDisconnectedLoggedOn },
		{ EVENT(LOGOFF), IoSessionStateDisconnected },
		{ EVENT(CONNECTED), IoSessionStateConnected },
		{ EVENT(LOGON), IoSessionStateLoggedOn },
		{ EVENT(LOGOFF), IoSessionStateLoggedOff },
		{ EVENT(DISCONNECTED), IoSessionStateDisconnected },
		{ EVENT(TERMINATED), IoSessionStateTerminated },
	};
	PVOID handle = enroll_driver();
	ULONG id = next_id++;
	ULONG other = next_id++;
	ULONG all = 0;

	(void)state;
	for (unsigned i = 0; i < RTL_NUMBER_OF(life); i++) {
		struct call *call;

		post(id, life[i].event);
		assert_int_equal(call_count, all + 1);
		call = &calls[all];
		assert_non_null(call->session);
		assert_ptr_equal(call->session, calls[0].session);
		assert_int_equal(call->event, (ULONG)life[i].event);
		assert_int_equal(call->info.SessionId, id);
		assert_int_equal(call->info.SessionState, life[i].after);
		if (life[i].event == EVENT(CONNECTED)) {
			assert_non_null(call->payload);
			assert_int_equal(call->length, 8);
			assert_true(call->length <= IO_SESSION_MAX_PAYLOAD_SIZE);
			assert_int_equal(call->connect.SessionId, id);
			assert_int_equal(call->connect.LocalSession, TRUE);
		} else {
			assert_null(call->payload);
			assert_int_equal(call->length, 0);
		}
		all = call_count;
		if (i == 3) {
			/* Another session in between is another object. */
			post(other, EVENT(CREATED));
			assert_ptr_not_equal(calls[all].session, calls[0].session);
			assert_int_equal(calls[all].info.SessionId, other);
			all = call_count;
		}
	}
	assert_int_equal(sessio_host_post(host(), id, EVENT(CONNECTED), 0, NULL), SESSIO_BAD_STATE);
	assert_int_equal(call_count, all);
	end_of(other);
	IoUnregisterContainerNotification(handle);
}

/* Clauses: W-37 */
static void the_local_flag_says_where_the_terminal_is(void **state)
{
	PVOID handle = enroll_driver();
	ULONG id = next_id++;

	(void)state;
	post(id, EVENT(CREATED));
	assert_int_equal(sessio_host_post(host(), id, EVENT(CONNECTED), SESSIO_POST_REMOTE, NULL),
		SESSIO_OK);
	post(id, EVENT(LOGON));
	post(id, EVENT(LOGOFF));
	assert_int_equal(calls[1].connect.LocalSession, FALSE);
	for (unsigned i = 1; i < 4; i++) {
		assert_int_equal(calls[i].info.LocalSession, FALSE);
	}
	post(id, EVENT(DISCONNECTED));
	post(id, EVENT(CONNECTED));
	assert_int_equal(calls[5].connect.LocalSession, TRUE);
	assert_int_equal(calls[5].info.LocalSession, TRUE);
	end_of(id);
	IoUnregisterContainerNotification(handle);
}

static char said[128];
static sessio_diag_kind said_kind;
static unsigned said_count;

static void hear(
	void *ctx, sessio_diag_kind kind, const void *object, const void *context, const char *text)
{
	(void)ctx;
	(void)object;
	(void)context;
	said_kind = kind;
	said_count++;
	assert_true(strlen(text) < sizeof(said));
	strcpy(said, text);
}

/* Clauses: W-27 */
static void what_a_callback_answers_is_noted_and_changes_nothing(void **state)
{
	DRIVER_OBJECT second;
	IO_SESSION_STATE_NOTIFICATION ask;
	PVOID handles[2];

	(void)state;
	sessio_nt_init_driver(&second, NULL);
	handles[0] = enroll_driver();
	ask = ask_for(&second);
	assert_int_equal(enroll(&ask, &handles[1]), STATUS_SUCCESS);
	sessio_diag_set_sink(hear, NULL);
	said_count = 0;
	answer = STATUS_UNSUCCESSFUL;
	post(4000, EVENT(CREATED));
	assert_int_equal(call_count, 2);
	assert_int_equal(said_count, 2);
	assert_int_equal(said_kind, SESSIO_DIAG_CALLBACK);
	assert_string_equal(said, "session 4000: a callback of Created answered 0xC0000001");
	assert_int_equal(calls[1].info.SessionState, IoSessionStateCreated);
	answer = STATUS_SUCCESS;
	end_of(4000);
	assert_int_equal(said_count, 2);
	sessio_diag_set_sink(NULL, NULL);
	IoUnregisterContainerNotification(handles[0]);
	IoUnregisterContainerNotification(handles[1]);
	sessio_nt_fini_driver(&second);
}

/* --- unregistering and re-entering --- */

static void unregistering_nothing_is_said_and_harmless(void **state)
{
	(void)state;
	sessio_diag_set_sink(hear, NULL);
	said_count = 0;
	IoUnregisterContainerNotification(NULL);
	IoUnregisterContainerNotification((PVOID)(ULONG_PTR)0x7fffffffu);
	assert_int_equal(said_count, 2);
	assert_int_equal(said_kind, SESSIO_DIAG_MISUSE);
	sessio_diag_set_sink(NULL, NULL);
}

static PVOID self;
static DRIVER_OBJECT late;
static PVOID late_handle;

static NTSTATUS end_itself(
	PVOID session, PVOID object, ULONG event, PVOID context, PVOID payload, ULONG length)
{
	IO_SESSION_STATE_NOTIFICATION ask = ask_for(&late);

	note_call(session, object, event, context, payload, length);
	IoUnregisterContainerNotification(self);
	assert_int_equal(enroll(&ask, &late_handle), STATUS_SUCCESS);
	return STATUS_SUCCESS;
}

/* Clauses: W-32, W-33, W-34 */
static void a_callback_ends_itself_and_registers_another(void **state)
{
	IO_SESSION_STATE_NOTIFICATION ask = ask_for(&driver);
	ULONG id = next_id++;

	(void)state;
	sessio_nt_init_driver(&late, NULL);
	assert_int_equal(IoRegisterContainerNotification(IoSessionStateNotification,
				 CALLBACK(end_itself), &ask, sizeof(ask), &self),
		STATUS_SUCCESS);
	post(id, EVENT(CREATED));
	assert_int_equal(call_count, 1); /* the new one does not get the event in flight */
	post(id, EVENT(CONNECTED));
	assert_int_equal(call_count, 2); /* and the old one was called for the last time */
	assert_ptr_equal(calls[1].object, &late);
	IoUnregisterContainerNotification(late_handle);
	end_of(id);
	sessio_nt_fini_driver(&late);
}

static KEVENT may_end;
static LONG call_ended;

static NTSTATUS end_when_allowed(
	PVOID session, PVOID object, ULONG event, PVOID context, PVOID payload, ULONG length)
{
	note_call(session, object, event, context, payload, length);
	KeWaitForSingleObject(&may_end, Executive, KernelMode, FALSE, NULL);
	WriteRelease(&call_ended, 1);
	return STATUS_SUCCESS;
}

static void post_created(void *id)
{
	post(*(ULONG *)id, EVENT(CREATED));
}

static LONG ended_at_return;

static void unregister(void *handle)
{
	IoUnregisterContainerNotification(handle);
	ended_at_return = ReadAcquire(&call_ended);
}

/* Clauses: W-10, W-32 */
static void unregistering_waits_for_a_call_on_another_thread(void **state)
{
	IO_SESSION_STATE_NOTIFICATION ask = ask_for(&driver);
	ULONG id = next_id++;
	struct sleeper calling, unregistering;
	PVOID handle;

	(void)state;
	KeInitializeEvent(&may_end, NotificationEvent, FALSE);
	WriteRelease(&call_ended, 0);
	assert_int_equal(IoRegisterContainerNotification(IoSessionStateNotification,
				 CALLBACK(end_when_allowed), &ask, sizeof(ask), &handle),
		STATUS_SUCCESS);
	sleeper_start(&calling, post_created, &id);
	sleeper_start(&unregistering, unregister, handle);
	assert_false(sleeper_has_ended(&unregistering));
	KeSetEvent(&may_end, IO_NO_INCREMENT, FALSE);
	sleeper_join(&unregistering);
	sleeper_join(&calling);
	assert_int_equal(ended_at_return, 1);
	end_of(id);
	assert_int_equal(call_count, 1);
}

/* Drivers see the events by the rules of that host. */
static void the_calls_use_the_host_in_the_defaults_place(void **state)
{
	IO_SESSION_STATE_INFORMATION info = { 0, IoSessionStateCreated, FALSE };
	sessio_user_session *session;
	sessio_host *own;
	PVOID handle;

	(void)state;
	assert_int_equal(sessio_host_create(SESSIO_RULES_OBSERVED, &own), SESSIO_OK);
	assert_int_equal(sessio_host_set_default(own), SESSIO_OK);
	handle = enroll_driver();
	assert_int_equal(sessio_host_watch_count(own), 1);
	assert_int_equal(
		sessio_host_adopt(own, 1, SESSIO_USER_STATE_DISCONNECTED_LOGGED_ON, 0), SESSIO_OK);
	assert_int_equal(sessio_host_post(own, 1, EVENT(CONNECTED), 0, NULL), SESSIO_OK);
	assert_int_equal(call_count, 1);
	assert_int_equal(calls[0].info.SessionState, IoSessionStateLoggedOn);
	assert_int_equal(sessio_host_find_session(own, 1, &session), SESSIO_OK);
	assert_int_equal(sessio_host_enter_session(own, session), SESSIO_OK);
	assert_int_equal(
		IoGetContainerInformation(IoSessionStateInformation, NULL, &info, sizeof(info)),
		STATUS_SUCCESS);
	assert_int_equal(info.SessionId, 1);
	assert_int_equal(sessio_host_leave_session(own), SESSIO_OK);
	sessio_user_session_unref(session);
	IoUnregisterContainerNotification(handle);
	assert_int_equal(sessio_host_watch_count(own), 0);
	assert_int_equal(sessio_host_set_default(NULL), SESSIO_OK);
	assert_int_equal(sessio_host_destroy(own), SESSIO_OK);
}

/* --- queries --- */

/* Clauses: W-35 */
static void a_query_checks_class_then_length(void **state)
{
	ULONG id = next_id++;
	sessio_user_session *session;
	struct {
		IO_SESSION_STATE_INFORMATION info;
		UCHAR more[8];
	} buffer;

	(void)state;
	post(id, EVENT(CREATED));
	assert_int_equal(sessio_host_find_session(host(), id, &session), SESSIO_OK);
	for (int class = -1; class < 3; class ++) {
		for (ULONG length = 0; length <= sizeof(buffer); length++) {
			NTSTATUS expected = class != 0 ? STATUS_INVALID_PARAMETER_1
				: length < 12          ? STATUS_INVALID_PARAMETER_4
						       : STATUS_SUCCESS;

			memset(&buffer, 0xaa, sizeof(buffer));
			assert_int_equal(
				IoGetContainerInformation((IO_CONTAINER_INFORMATION_CLASS) class,
					session, &buffer, length),
				expected);
			assert_int_equal(buffer.info.SessionId,
				expected == STATUS_SUCCESS ? id : 0xaaaaaaaau);
			assert_int_equal(buffer.more[0], 0xaa);
			/* Nor do the bytes behind the flag say what was there. */
			assert_int_equal(
				((UCHAR *)&buffer)[11], expected == STATUS_SUCCESS ? 0 : 0xaa);
		}
	}
	assert_int_equal(IoGetContainerInformation(IoSessionStateInformation, session, NULL, 12),
		STATUS_INVALID_PARAMETER_3);
	sessio_user_session_unref(session);
	end_of(id);
}

/* Clauses: W-36, W-39 */
static void no_object_means_the_session_that_the_thread_has_entered(void **state)
{
	IO_SESSION_STATE_INFORMATION info = { 0, IoSessionStateCreated, FALSE };
	sessio_user_session *session;
	ULONG id = next_id++;
	ULONG asked = 0;

	(void)state;
	assert_int_equal(
		IoGetContainerInformation(IoSessionStateInformation, NULL, &info, sizeof(info)),
		(NTSTATUS)0xC00000F0u);
	assert_int_equal(IoGetRequestorSessionId(NULL, &asked), STATUS_UNSUCCESSFUL);
	assert_int_equal(asked, MAXULONG);
	assert_int_equal(IoGetRequestorSessionId(NULL, NULL), STATUS_INVALID_PARAMETER);
	assert_int_equal(sessio_host_find_session(host(), id, &session), SESSIO_NOT_FOUND);
	post(id, EVENT(CREATED));
	assert_int_equal(sessio_host_find_session(host(), id, &session), SESSIO_OK);
	assert_int_equal(sessio_host_enter_session(host(), session), SESSIO_OK);
	assert_int_equal(
		IoGetContainerInformation(IoSessionStateInformation, NULL, &info, sizeof(info)),
		STATUS_SUCCESS);
	assert_int_equal(info.SessionId, id);
	assert_int_equal(IoGetRequestorSessionId(NULL, &asked), STATUS_SUCCESS);
	assert_int_equal(asked, id);
	assert_int_equal(sessio_host_leave_session(host()), SESSIO_OK);
	sessio_user_session_unref(session);
	end_of(id);
}

/* Clauses: W-38 */
static void an_object_that_was_kept_can_be_queried_after_its_end(void **state)
{
	IO_SESSION_STATE_INFORMATION info;
	PVOID handle = enroll_driver();
	sessio_user_session *kept;
	ULONG id = next_id++;

	(void)state;
	post(id, EVENT(CREATED));
	kept = sessio_user_session_ref(calls[0].session);
	end_of(id);
	assert_int_equal(
		IoGetContainerInformation(IoSessionStateInformation, kept, &info, sizeof(info)),
		STATUS_SUCCESS);
	assert_int_equal(info.SessionId, id);
	assert_int_equal(info.SessionState, IoSessionStateTerminated);
	sessio_user_session_unref(kept);
	IoUnregisterContainerNotification(handle);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_exists_is_not_replayed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_whole_life_is_told_with_its_states_and_payloads, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			the_local_flag_says_where_the_terminal_is, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			what_a_callback_answers_is_noted_and_changes_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			unregistering_nothing_is_said_and_harmless, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_callback_ends_itself_and_registers_another, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			unregistering_waits_for_a_call_on_another_thread, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			the_calls_use_the_host_in_the_defaults_place, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_query_checks_class_then_length, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			no_object_means_the_session_that_the_thread_has_entered, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			an_object_that_was_kept_can_be_queried_after_its_end, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
