/* SPDX-License-Identifier: MIT */
/* The container calls, clause by clause, on the default host. */
#include "test.h"

#include <ntifs.h>
#include <sessio_nt.h>

#include <sessio/diag.h>
#include <sessio/host.h>

#include <uv.h>

#define EVENT(name) SESSIO_USER_EVENT_##name

/* The default host is one for all tests, so each test has sessions of its own. */
static ULONG next_id = 1;

static sessio_host *host(void)
{
	return sessio_host_default();
}

static void post(ULONG id, sessio_user_event event)
{
	assert_int_equal(sessio_host_post(host(), id, event, 0, NULL), SESSIO_OK);
}

struct call {
	PVOID session;
	PVOID object;
	ULONG event;
	PVOID context;
	PVOID payload;
	ULONG length;
	IO_SESSION_CONNECT_INFO connect;
	IO_SESSION_STATE_INFORMATION info;
};

static struct call calls[64];
static unsigned call_count;
static NTSTATUS answer; /* of the callback */

static NTSTATUS note_call(
	PVOID session, PVOID object, ULONG event, PVOID context, PVOID payload, ULONG length)
{
	struct call *call = &calls[call_count++];

	assert_true(call_count <= RTL_NUMBER_OF(calls));
	call->session = session;
	call->object = object;
	call->event = event;
	call->context = context;
	call->payload = payload;
	call->length = length;
	if (payload != NULL) {
		call->connect = *(PIO_SESSION_CONNECT_INFO)payload;
		memset(payload, 0xee, length); /* it is ours during the call */
	}
	assert_int_equal(IoGetContainerInformation(IoSessionStateInformation, session, &call->info,
				 sizeof(call->info)),
		STATUS_SUCCESS);
	assert_true(KeGetCurrentIrql() <= APC_LEVEL);
	return answer;
}

static DRIVER_OBJECT driver;

static int set_up(void **state)
{
	(void)state;
	sessio_nt_init_driver(&driver, NULL);
	memset(calls, 0, sizeof(calls));
	call_count = 0;
	answer = STATUS_SUCCESS;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	return sessio_host_watch_count(host()) == 0 && sessio_host_session_count(host()) == 0 ? 0
											      : -1;
}

static IO_SESSION_STATE_NOTIFICATION ask_for(PVOID object)
{
	IO_SESSION_STATE_NOTIFICATION ask = { sizeof(ask), 0, object, IO_SESSION_STATE_ALL_EVENTS,
		NULL };

	return ask;
}

#define CALLBACK(fn) ((PIO_CONTAINER_NOTIFICATION_FUNCTION)(void (*)(void))(fn))

static NTSTATUS enroll(IO_SESSION_STATE_NOTIFICATION *ask, PVOID *handle)
{
	return IoRegisterContainerNotification(
		IoSessionStateNotification, CALLBACK(note_call), ask, sizeof(*ask), handle);
}

static PVOID enroll_driver(void)
{
	IO_SESSION_STATE_NOTIFICATION ask = ask_for(&driver);
	PVOID handle = NULL;

	assert_int_equal(enroll(&ask, &handle), STATUS_SUCCESS);
	assert_non_null(handle);
	return handle;
}

static void end_of(ULONG id)
{
	sessio_user_session *session;

	if (sessio_host_find_session(host(), id, &session) == SESSIO_OK) {
		sessio_user_session_unref(session);
		post(id, EVENT(TERMINATED));
	}
}

/* --- arguments --- */

/* Clauses: W-1 */
static void only_class_0_can_be_registered(void **state)
{
	static const int classes[] = { 1, 2, 1000, -1 };
	IO_SESSION_STATE_NOTIFICATION ask = ask_for(&driver);
	PVOID handle = &handle;

	(void)state;
	for (size_t i = 0; i < RTL_NUMBER_OF(classes); i++) {
		IO_CONTAINER_NOTIFICATION_CLASS class = (IO_CONTAINER_NOTIFICATION_CLASS)classes[i];

		assert_int_equal(IoRegisterContainerNotification(
					 class, CALLBACK(note_call), &ask, sizeof(ask), &handle),
			(NTSTATUS)0xC00000EFu);
		assert_ptr_equal(handle, &handle);
	}
	IoUnregisterContainerNotification(enroll_driver());
}

/* Clauses: W-2 */
static void the_length_must_be_the_structures(void **state)
{
	IO_SESSION_STATE_NOTIFICATION ask = ask_for(&driver);
	PVOID handle = NULL;

	(void)state;
	assert_int_equal(sizeof(ask), sizeof(void *) == 8 ? 32 : 20);
	for (ULONG length = 0; length < 2 * sizeof(ask); length++) {
		NTSTATUS status = IoRegisterContainerNotification(
			IoSessionStateNotification, CALLBACK(note_call), &ask, length, &handle);

		if (length == sizeof(ask)) {
			assert_int_equal(status, STATUS_SUCCESS);
			IoUnregisterContainerNotification(handle);
		} else {
			assert_int_equal(status, (NTSTATUS)0xC00000F2u);
		}
	}
	assert_int_equal(IoRegisterContainerNotification(IoSessionStateNotification,
				 CALLBACK(note_call), &ask, MAXULONG, &handle),
		(NTSTATUS)0xC00000F2u);
}

/* Clauses: W-3, W-11, W-13 */
static void wrong_content_is_the_third_parameters_error(void **state)
{
	IO_SESSION_STATE_NOTIFICATION good = ask_for(&driver);
	IO_SESSION_STATE_NOTIFICATION bad[8];
	struct {
		CSHORT type;
	} other = { IO_TYPE_IRP };
	PVOID handle = &handle;

	(void)state;
	for (size_t i = 0; i < RTL_NUMBER_OF(bad); i++) {
		bad[i] = good;
	}
	bad[0].Size--;
	bad[1].Size = 0;
	bad[2].Flags = 1;
	bad[3].Flags = 0x80000000u;
	bad[4].IoObject = NULL;
	bad[5].IoObject = &other;
	bad[6].EventMask = 0;
	bad[7].EventMask = ~IO_SESSION_STATE_VALID_EVENT_MASK;
	for (size_t i = 0; i < RTL_NUMBER_OF(bad); i++) {
		assert_int_equal(enroll(&bad[i], &handle), (NTSTATUS)0xC00000F1u);
		assert_ptr_equal(handle, &handle);
	}
	assert_int_equal(enroll(NULL, &handle), (NTSTATUS)0xC00000F1u);
	assert_int_equal(sessio_host_watch_count(host()), 0);
}

static void a_callback_and_a_place_for_the_handle_are_needed(void **state)
{
	IO_SESSION_STATE_NOTIFICATION ask = ask_for(&driver);
	PVOID handle = NULL;

	(void)state;
	assert_int_equal(IoRegisterContainerNotification(
				 IoSessionStateNotification, NULL, &ask, sizeof(ask), &handle),
		STATUS_INVALID_PARAMETER_2);
	assert_int_equal(IoRegisterContainerNotification(IoSessionStateNotification,
				 CALLBACK(note_call), &ask, sizeof(ask), NULL),
		STATUS_INVALID_PARAMETER_5);
}

/*
 * Every set of wrong arguments at once: the answer is that of the first in the
 * order class, length, content, second registration.
 */
static void several_errors_are_answered_in_order(void **state)
{
	PVOID first = enroll_driver();

	(void)state;
	for (unsigned wrong = 1; wrong < 16; wrong++) {
		IO_SESSION_STATE_NOTIFICATION ask = ask_for((wrong & 8u) != 0 ? &driver : NULL);
		DEVICE_OBJECT device;
		PVOID handle = NULL;
		NTSTATUS expected = STATUS_ALREADY_COMMITTED;

		memset(&device, 0, sizeof(device));
		device.Type = IO_TYPE_DEVICE;
		if ((wrong & 8u) == 0) {
			ask.IoObject = &device;
		}
		if ((wrong & 4u) != 0) {
			ask.Flags = 1;
			expected = STATUS_INVALID_PARAMETER_3;
		}
		if ((wrong & 2u) != 0) {
			expected = STATUS_INVALID_PARAMETER_4;
		}
		if ((wrong & 1u) != 0) {
			expected = STATUS_INVALID_PARAMETER_1;
		}
		assert_int_equal(
			IoRegisterContainerNotification(
				(IO_CONTAINER_NOTIFICATION_CLASS)(wrong & 1u), CALLBACK(note_call),
				&ask, (ULONG)(sizeof(ask) + (wrong >> 1 & 1u)), &handle),
			expected);
		assert_null(handle);
	}
	IoUnregisterContainerNotification(first);
}

/* Clauses: W-4 */
static void a_second_registration_is_refused_and_the_first_stays(void **state)
{
	PVOID first = enroll_driver();
	IO_SESSION_STATE_NOTIFICATION ask = ask_for(&driver);
	PVOID second = &second;
	ULONG id = next_id++;

	(void)state;
	assert_int_equal(enroll(&ask, &second), (NTSTATUS)0xC0000021u);
	ask.Context = &ask;
	ask.EventMask = IO_SESSION_STATE_LOGON_EVENT;
	assert_int_equal(enroll(&ask, &second), (NTSTATUS)0xC0000021u);
	assert_ptr_equal(second, &second);
	post(id, EVENT(CREATED));
	assert_int_equal(call_count, 1);
	assert_null(calls[0].context);
	end_of(id);
	IoUnregisterContainerNotification(first);
}

static NTSTATUS note_other(
	PVOID session, PVOID object, ULONG event, PVOID context, PVOID payload, ULONG length)
{
	note_call(session, object, event, context, payload, length);
	calls[call_count - 1].event += 100;
	return STATUS_SUCCESS;
}

/* Clauses: W-5, W-9, W-10, W-12, W-14, W-19, W-26 */
static void one_driver_registers_several_objects(void **state)
{
	PDEVICE_OBJECT device;
	FILE_OBJECT file;
	IO_SESSION_STATE_NOTIFICATION ask = ask_for(&driver);
	PVOID handles[3];
	ULONG id = next_id++;

	(void)state;
	assert_int_equal(IoCreateDevice(&driver, 0, NULL, 1, 0, FALSE, &device), STATUS_SUCCESS);
	sessio_nt_init_file(&file, device);
	assert_int_equal(enroll(&ask, &handles[0]), STATUS_SUCCESS);
	ask.IoObject = &file;
	ask.Context = (PVOID)1; /* passed through, whatever it is */
	ask.EventMask = IO_SESSION_STATE_VALID_EVENT_MASK;
	assert_int_equal(IoRegisterContainerNotification(IoSessionStateNotification,
				 CALLBACK(note_other), &ask, sizeof(ask), &handles[1]),
		STATUS_SUCCESS);
	ask.IoObject = device;
	ask.Context = &file;
	ask.EventMask = IO_SESSION_STATE_CONNECT_EVENT | 0x80000000u;
	assert_int_equal(enroll(&ask, &handles[2]), STATUS_SUCCESS);
	assert_ptr_not_equal(handles[0], handles[1]);
	assert_ptr_not_equal(handles[1], handles[2]);
	post(id, EVENT(CREATED));
	post(id, EVENT(CONNECTED));
	assert_int_equal(call_count, 5);
	assert_int_equal(calls[0].event, IoSessionEventCreated);
	assert_ptr_equal(calls[0].object, &driver);
	assert_null(calls[0].context);
	assert_int_equal(calls[1].event, IoSessionEventCreated + 100);
	assert_ptr_equal(calls[1].object, &file);
	assert_ptr_equal(calls[1].context, (PVOID)1);
	assert_int_equal(calls[2].event, IoSessionEventConnected);
	assert_int_equal(calls[3].event, IoSessionEventConnected + 100);
	assert_int_equal(calls[4].event, IoSessionEventConnected);
	assert_ptr_equal(calls[4].object, device);
	/* Each had a payload of its own, whatever the one before did to it. */
	for (size_t i = 2; i < 5; i++) {
		assert_int_equal(calls[i].connect.SessionId, id);
	}
	assert_ptr_equal(calls[4].context, &file);
	for (size_t i = 0; i < 3; i++) {
		IoUnregisterContainerNotification(handles[i]);
	}
	end_of(id);
	assert_int_equal(call_count, 5);
	IoDeleteDevice(device);
}

/* Clauses: W-6, W-15, W-31 */
static void an_object_can_be_registered_again_after_its_end(void **state)
{
	ULONG id = next_id++;
	PVOID first = enroll_driver();
	PVOID second;

	(void)state;
	post(id, EVENT(CREATED));
	IoUnregisterContainerNotification(first);
	post(id, EVENT(CONNECTED));
	assert_int_equal(call_count, 1);
	second = enroll_driver();
	assert_ptr_not_equal(second, first);
	IoUnregisterContainerNotification(first); /* dead: not the second's */
	post(id, EVENT(LOGON));
	assert_int_equal(call_count, 2);
	IoUnregisterContainerNotification(second);
	end_of(id);
}

/* Clauses: W-8 */
static void the_structure_may_be_overwritten_after_the_call(void **state)
{
	IO_SESSION_STATE_NOTIFICATION ask = ask_for(&driver);
	PVOID handle;
	ULONG id = next_id++;

	(void)state;
	ask.Context = &driver;
	assert_int_equal(enroll(&ask, &handle), STATUS_SUCCESS);
	memset(&ask, 0xff, sizeof(ask));
	post(id, EVENT(CREATED));
	assert_ptr_equal(calls[0].object, &driver);
	assert_ptr_equal(calls[0].context, &driver);
	IoUnregisterContainerNotification(handle);
	end_of(id);
}

/* Clauses: W-12 */
static void each_bit_of_the_mask_chooses_its_event(void **state)
{
	static const struct {
		ULONG bit;
		ULONG event;
	} rows[] = {
		{ IO_SESSION_STATE_CREATION_EVENT, IoSessionEventCreated },
		{ IO_SESSION_STATE_TERMINATION_EVENT, IoSessionEventTerminated },
		{ IO_SESSION_STATE_CONNECT_EVENT, IoSessionEventConnected },
		{ IO_SESSION_STATE_DISCONNECT_EVENT, IoSessionEventDisconnected },
		{ IO_SESSION_STATE_LOGON_EVENT, IoSessionEventLogon },
		{ IO_SESSION_STATE_LOGOFF_EVENT, IoSessionEventLogoff },
	};

	(void)state;
	for (size_t i = 0; i < RTL_NUMBER_OF(rows); i++) {
		IO_SESSION_STATE_NOTIFICATION ask = ask_for(&driver);
		ULONG id = next_id++;
		PVOID handle;

		ask.EventMask = rows[i].bit;
		assert_int_equal(rows[i].bit, 1u << (rows[i].event - 1));
		assert_int_equal(enroll(&ask, &handle), STATUS_SUCCESS);
		call_count = 0;
		post(id, EVENT(CREATED));
		post(id, EVENT(CONNECTED));
		post(id, EVENT(LOGON));
		post(id, EVENT(LOGOFF));
		post(id, EVENT(DISCONNECTED));
		post(id, EVENT(TERMINATED));
		assert_int_equal(call_count, 1);
		assert_int_equal(calls[0].event, rows[i].event);
		IoUnregisterContainerNotification(handle);
	}
}

/* Clauses: W-16 */
static void a_device_of_one_session_hears_of_that_session_only(void **state)
{
	PDEVICE_OBJECT device;
	ULONG mine = next_id++;
	ULONG other = next_id++;
	IO_SESSION_STATE_NOTIFICATION ask;
	PVOID handle;
	ULONG services = 0;

	(void)state;
	assert_int_equal(IoCreateDevice(&driver, 0, NULL, 1, 0, FALSE, &device), STATUS_SUCCESS);
	ask = ask_for(device);
	assert_int_equal(sessio_nt_set_device_session(device, mine), SESSIO_OK);
	assert_int_equal(enroll(&ask, &handle), STATUS_SUCCESS);
	post(other, EVENT(CREATED));
	post(mine, EVENT(CREATED));
	post(other, EVENT(TERMINATED));
	post(mine, EVENT(TERMINATED));
	assert_int_equal(call_count, 2);
	assert_int_equal(calls[0].info.SessionId, mine);
	assert_int_equal(calls[1].info.SessionId, mine);
	IoUnregisterContainerNotification(handle);

	/* Zero is the services', and follows all; so does a device without the property. */
	assert_int_equal(sessio_nt_set_device_session(device, services), SESSIO_OK);
	assert_int_equal(enroll(&ask, &handle), STATUS_SUCCESS);
	post(other, EVENT(CREATED));
	post(mine, EVENT(CREATED));
	assert_int_equal(call_count, 4);
	IoUnregisterContainerNotification(handle);
	IoDeleteDevice(device);
	end_of(other);
	end_of(mine);
}

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
}

static KEVENT call_runs;
static LONG call_ended;

static NTSTATUS take_long(
	PVOID session, PVOID object, ULONG event, PVOID context, PVOID payload, ULONG length)
{
	note_call(session, object, event, context, payload, length);
	KeSetEvent(&call_runs, IO_NO_INCREMENT, FALSE);
	for (int i = 0; i < 20000; i++) {
		(void)KeQueryPerformanceCounter(NULL);
	}
	WriteRelease(&call_ended, 1);
	return STATUS_SUCCESS;
}

static void post_on_a_thread(void *arg)
{
	post(*(ULONG *)arg, EVENT(CREATED));
}

/* Clauses: W-32 */
static void unregistering_waits_for_a_call_on_another_thread(void **state)
{
	IO_SESSION_STATE_NOTIFICATION ask = ask_for(&driver);
	ULONG id = next_id++;
	uv_thread_t thread;
	PVOID handle;

	(void)state;
	KeInitializeEvent(&call_runs, NotificationEvent, FALSE);
	WriteRelease(&call_ended, 0);
	assert_int_equal(IoRegisterContainerNotification(IoSessionStateNotification,
				 CALLBACK(take_long), &ask, sizeof(ask), &handle),
		STATUS_SUCCESS);
	assert_int_equal(uv_thread_create(&thread, post_on_a_thread, &id), 0);
	KeWaitForSingleObject(&call_runs, Executive, KernelMode, FALSE, NULL);
	IoUnregisterContainerNotification(handle);
	assert_int_equal(ReadAcquire(&call_ended), 1);
	assert_int_equal(uv_thread_join(&thread), 0);
	end_of(id);
	assert_int_equal(call_count, 1);
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

static void the_calls_are_found_by_name(void **state)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"IoRegisterContainerNotification");

	(void)state;
	assert_ptr_equal(MmGetSystemRoutineAddress(&name),
		(PVOID)(ULONG_PTR)IoRegisterContainerNotification);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(only_class_0_can_be_registered, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			the_length_must_be_the_structures, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			wrong_content_is_the_third_parameters_error, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_callback_and_a_place_for_the_handle_are_needed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			several_errors_are_answered_in_order, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_second_registration_is_refused_and_the_first_stays, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			one_driver_registers_several_objects, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			an_object_can_be_registered_again_after_its_end, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			the_structure_may_be_overwritten_after_the_call, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			each_bit_of_the_mask_chooses_its_event, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_device_of_one_session_hears_of_that_session_only, set_up, tear_down),
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
			a_query_checks_class_then_length, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			no_object_means_the_session_that_the_thread_has_entered, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			an_object_that_was_kept_can_be_queried_after_its_end, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_calls_are_found_by_name, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
