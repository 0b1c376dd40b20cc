/* SPDX-License-Identifier: MIT */
#include "stand_in.h"

#define SESSIONS 128
#define TAG 0x6e617473u /* "stan" */

struct session {
	BOOLEAN used;
	IO_SESSION_STATE before; /* what the latest event found */
	IO_SESSION_STATE_INFORMATION info;
};

struct registration {
	struct registration *next;
	PIO_SESSION_NOTIFICATION_FUNCTION callback;
	PVOID object;
	PVOID context;
	ULONG mask;
	ULONG running; /* calls of the callback */
	BOOLEAN ending;
	KEVENT idle; /* set by the last call of one that is ending */
};

/* Everything below is guarded by the lock. */
static FAST_MUTEX lock;
static struct registration *registrations; /* in order */
static struct session sessions[SESSIONS];
static NTSTATUS refusal;
static BOOLEAN is_silent;
static BOOLEAN tells_old_state;

static void take(void)
{
	ExAcquireFastMutex(&lock);
}

static void give(void)
{
	ExReleaseFastMutex(&lock);
}

void stand_in_start(void)
{
	ExInitializeFastMutex(&lock);
}

void stand_in_refuse(NTSTATUS status)
{
	take();
	refusal = status;
	give();
}

void stand_in_keep_silent(BOOLEAN silent)
{
	take();
	is_silent = silent;
	give();
}

void stand_in_tell_old_state(BOOLEAN old)
{
	take();
	tells_old_state = old;
	give();
}

void stand_in_forget(void)
{
	take();
	RtlZeroMemory(sessions, sizeof(sessions));
	give();
}

ULONG stand_in_registrations(void)
{
	ULONG count = 0;

	take();
	for (struct registration *at = registrations; at != NULL; at = at->next) {
		count++;
	}
	give();
	return count;
}

/* Where an event leads: it changes the terminal or the user, and leaves the other. */
static IO_SESSION_STATE next_state(IO_SESSION_STATE state, ULONG event)
{
	switch (event) {
	case IoSessionEventCreated:
		return IoSessionStateCreated;
	case IoSessionEventConnected:
		return state == IoSessionStateDisconnectedLoggedOn ? IoSessionStateLoggedOn
								   : IoSessionStateConnected;
	case IoSessionEventDisconnected:
		return state == IoSessionStateLoggedOn ? IoSessionStateDisconnectedLoggedOn
						       : IoSessionStateDisconnected;
	case IoSessionEventLogon:
		return state == IoSessionStateDisconnected ? IoSessionStateDisconnectedLoggedOn
							   : IoSessionStateLoggedOn;
	case IoSessionEventLogoff:
		return state == IoSessionStateLoggedOn ? IoSessionStateLoggedOff
						       : IoSessionStateDisconnected;
	default:
		return IoSessionStateTerminated;
	}
}

/* The session of this id, or a new one; NULL if there are too many. */
static struct session *find_locked(ULONG session_id)
{
	struct session *unused = NULL;

	for (ULONG i = 0; i < SESSIONS; i++) {
		if (sessions[i].used && sessions[i].info.SessionId == session_id) {
			return &sessions[i];
		}
		if (!sessions[i].used && unused == NULL) {
			unused = &sessions[i];
		}
	}
	if (unused != NULL) {
		RtlZeroMemory(unused, sizeof(*unused));
		unused->used = TRUE;
		unused->before = IoSessionStateInitialized;
		unused->info.SessionId = session_id;
		unused->info.SessionState = IoSessionStateInitialized;
	}
	return unused;
}

NTSTATUS stand_in_session(ULONG session_id, IO_SESSION_STATE state, BOOLEAN local)
{
	struct session *session;

	take();
	session = find_locked(session_id);
	if (session != NULL) {
		session->info.SessionState = state;
		session->info.LocalSession = local;
	}
	give();
	return session != NULL ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

static void call(struct registration *at, struct session *session, ULONG event, BOOLEAN local)
{
	IO_SESSION_CONNECT_INFO connect;
	BOOLEAN has_payload = event == IoSessionEventConnected;

	RtlZeroMemory(&connect, sizeof(connect));
	connect.SessionId = session->info.SessionId;
	connect.LocalSession = local;
	(void)at->callback(session, at->object, event, at->context, has_payload ? &connect : NULL,
		has_payload ? sizeof(connect) : 0);
}

/* Calls every registration that wants the event. Under the lock, which it gives for each call. */
static void notify_locked(struct session *session, ULONG event, BOOLEAN local)
{
	for (struct registration *at = registrations; at != NULL; at = at->next) {
		if (at->ending || (at->mask & 1u << (event - 1)) == 0) {
			continue;
		}
		at->running++;
		give();
		call(at, session, event, local);
		take();
		at->running--;
		/* One that is ending leaves the list when it is idle, and not before this. */
		if (at->running == 0 && at->ending) {
			(void)KeSetEvent(&at->idle, IO_NO_INCREMENT, FALSE);
		}
	}
}

NTSTATUS stand_in_event(ULONG session_id, ULONG event, BOOLEAN local)
{
	struct session *session;

	take();
	session = find_locked(session_id);
	if (session != NULL) {
		session->before = session->info.SessionState;
		session->info.SessionState = next_state(session->info.SessionState, event);
		session->info.LocalSession = local;
		notify_locked(session, event, local);
		if (event == IoSessionEventTerminated) {
			session->used = FALSE;
		}
	}
	give();
	return session != NULL ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

/* Under the lock. */
static NTSTATUS enlist_locked(struct registration *new)
{
	struct registration **end = &registrations;

	for (; *end != NULL; end = &(*end)->next) {
		if ((*end)->object == new->object) {
			return STATUS_ALREADY_COMMITTED;
		}
	}
	*end = new;
	return STATUS_SUCCESS;
}

NTSTATUS NTAPI IoRegisterContainerNotification(IO_CONTAINER_NOTIFICATION_CLASS NotificationClass,
	PIO_CONTAINER_NOTIFICATION_FUNCTION CallbackFunction, PVOID NotificationInformation,
	ULONG NotificationInformationLength, PVOID CallbackRegistration)
{
	const IO_SESSION_STATE_NOTIFICATION *wishes = NotificationInformation;
	struct registration *new;
	NTSTATUS status;

	if (NotificationClass != IoSessionStateNotification) {
		return STATUS_INVALID_PARAMETER_1;
	}
	if (NotificationInformationLength != sizeof(*wishes)) {
		return STATUS_INVALID_PARAMETER_4;
	}
	if (wishes->Size != sizeof(*wishes) || wishes->Flags != 0 || wishes->IoObject == NULL) {
		return STATUS_INVALID_PARAMETER_3;
	}
	new = ExAllocatePoolWithTag(NonPagedPoolNx, sizeof(*new), TAG);
	if (new == NULL) {
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	RtlZeroMemory(new, sizeof(*new));
	new->callback = (PIO_SESSION_NOTIFICATION_FUNCTION)(void (*)(void))CallbackFunction;
	new->object = wishes->IoObject;
	new->context = wishes->Context;
	new->mask = wishes->EventMask;
	KeInitializeEvent(&new->idle, NotificationEvent, FALSE);
	take();
	status = NT_SUCCESS(refusal) ? enlist_locked(new) : refusal;
	give();
	if (NT_SUCCESS(status)) {
		*(PVOID *)CallbackRegistration = new;
	} else {
		ExFreePoolWithTag(new, TAG);
	}
	return status;
}

VOID NTAPI IoUnregisterContainerNotification(PVOID CallbackRegistration)
{
	struct registration *ending = CallbackRegistration;
	struct registration **at = &registrations;
	BOOLEAN is_running;

	take();
	ending->ending = TRUE;
	is_running = ending->running != 0;
	give();
	if (is_running) {
		(void)KeWaitForSingleObject(&ending->idle, Executive, KernelMode, FALSE, NULL);
	}
	take();
	while (*at != ending) {
		at = &(*at)->next;
	}
	*at = ending->next;
	give();
	ExFreePoolWithTag(ending, TAG);
}

NTSTATUS NTAPI IoGetContainerInformation(IO_CONTAINER_INFORMATION_CLASS InformationClass,
	PVOID ContainerObject, PVOID Buffer, ULONG BufferLength)
{
	const struct session *session = ContainerObject;
	IO_SESSION_STATE_INFORMATION *info = Buffer;
	NTSTATUS status = STATUS_SUCCESS;

	if (InformationClass != IoSessionStateInformation) {
		return STATUS_INVALID_PARAMETER_1;
	}
	if (BufferLength < sizeof(*info)) {
		return STATUS_INVALID_PARAMETER_4;
	}
	take();
	if (is_silent || session == NULL) {
		status = STATUS_INVALID_PARAMETER_2;
	} else {
		*info = session->info;
		info->SessionState = tells_old_state ? session->before : session->info.SessionState;
	}
	give();
	return status;
}
