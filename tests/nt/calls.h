/* SPDX-License-Identifier: MIT */
/*
 * A driver's callback that writes down how it was called, on the default host.
 * That is one for all tests, so each test has sessions of its own.
 */
#ifndef SESSIO_TESTS_NT_CALLS_H
#define SESSIO_TESTS_NT_CALLS_H

#include <ntifs.h>
#include <sessio_nt.h>

#include <sessio/host.h>

#define EVENT(name) SESSIO_USER_EVENT_##name
#define CALLBACK(fn) ((PIO_CONTAINER_NOTIFICATION_FUNCTION)(void (*)(void))(fn))

extern ULONG next_id;

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

extern struct call calls[64];
extern unsigned call_count;
extern NTSTATUS answer; /* of the callback */
extern DRIVER_OBJECT driver;

/* Fixtures: nothing is written down yet; nothing is left on the host. */
int set_up(void **state);
int tear_down(void **state);

sessio_host *host(void);
void post(ULONG id, sessio_user_event event);
/* Terminates a session if it is there. */
void end_of(ULONG id);

/* The callback; a payload is overwritten when it has been noted. */
NTSTATUS note_call(
	PVOID session, PVOID object, ULONG event, PVOID context, PVOID payload, ULONG length);
/* A structure that asks for all events. */
IO_SESSION_STATE_NOTIFICATION ask_for(PVOID object);
/* Registers the callback. */
NTSTATUS enroll(IO_SESSION_STATE_NOTIFICATION *ask, PVOID *handle);
PVOID enroll_driver(void);

#endif /* SESSIO_TESTS_NT_CALLS_H */
