/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "calls.h"

ULONG next_id = 1;

sessio_host *host(void)
{
	return sessio_host_default();
}

void post(ULONG id, sessio_user_event event)
{
	assert_int_equal(sessio_host_post(host(), id, event, 0, NULL), SESSIO_OK);
}

struct call calls[64];
unsigned call_count;
NTSTATUS answer;

NTSTATUS note_call(
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

DRIVER_OBJECT driver;

int set_up(void **state)
{
	(void)state;
	sessio_nt_init_driver(&driver, NULL);
	memset(calls, 0, sizeof(calls));
	call_count = 0;
	answer = STATUS_SUCCESS;
	return 0;
}

int tear_down(void **state)
{
	(void)state;
	sessio_nt_fini_driver(&driver);
	return sessio_host_watch_count(host()) == 0 && sessio_host_session_count(host()) == 0 &&
			sessio_host_set_default(NULL) == SESSIO_OK
		? 0
		: -1;
}

IO_SESSION_STATE_NOTIFICATION ask_for(PVOID object)
{
	IO_SESSION_STATE_NOTIFICATION ask = { sizeof(ask), 0, object, IO_SESSION_STATE_ALL_EVENTS,
		NULL };

	return ask;
}

NTSTATUS enroll(IO_SESSION_STATE_NOTIFICATION *ask, PVOID *handle)
{
	return IoRegisterContainerNotification(
		IoSessionStateNotification, CALLBACK(note_call), ask, sizeof(*ask), handle);
}

PVOID enroll_driver(void)
{
	IO_SESSION_STATE_NOTIFICATION ask = ask_for(&driver);
	PVOID handle = NULL;

	assert_int_equal(enroll(&ask, &handle), STATUS_SUCCESS);
	assert_non_null(handle);
	return handle;
}

void end_of(ULONG id)
{
	sessio_user_session *session;

	if (sessio_host_find_session(host(), id, &session) == SESSIO_OK) {
		sessio_user_session_unref(session);
		post(id, EVENT(TERMINATED));
	}
}
