/* SPDX-License-Identifier: MIT */
/*
 * Container notifications, mirrored into a host.
 *
 * (windows_kernel-1) The query in a notification says the state after the event. The
 *      documents leave that open, and drivers count on it. Where no state leads to
 *      it by this event it is taken for the state before.
 * (windows_kernel-2) Sessions that were there before the registration have no
 *      Created event. Each is adopted at its first event, in the state that the event left.
 * (windows_kernel-3) IoUnregisterContainerNotification() returns when no call of the
 *      callback runs, and none starts after that. The state is freed then.
 */
#include "source/windows_kernel.h"

#include <stdatomic.h>

#include <wdm.h>

#include "base/diag.h"

struct mirror {
	sessio_source *source;
	PVOID registration;
};

_Static_assert((int)IoSessionEventCreated == SESSIO_USER_EVENT_CREATED &&
		(int)IoSessionEventTerminated == SESSIO_USER_EVENT_TERMINATED &&
		(int)IoSessionEventConnected == SESSIO_USER_EVENT_CONNECTED &&
		(int)IoSessionEventDisconnected == SESSIO_USER_EVENT_DISCONNECTED &&
		(int)IoSessionEventLogon == SESSIO_USER_EVENT_LOGON &&
		(int)IoSessionEventLogoff == SESSIO_USER_EVENT_LOGOFF,
	"events have other values");
_Static_assert((int)IoSessionStateCreated == SESSIO_USER_STATE_CREATED &&
		(int)IoSessionStateInitialized == SESSIO_USER_STATE_INITIALIZED &&
		(int)IoSessionStateTerminated == SESSIO_USER_STATE_TERMINATED,
	"states have other values");

static _Atomic(void *) object; /* for which the next start registers */
static _Atomic int32_t answer;

void si_windows_kernel_set_object(void *io_object)
{
	/* Release: the object, whole. */
	atomic_store_explicit(&object, io_object, memory_order_release);
}

int32_t si_windows_kernel_answer(void)
{
	return atomic_load_explicit(&answer, memory_order_relaxed);
}

/* The likely ones first, where several states lead to the same one. */
static const sessio_user_state origins[] = {
	SESSIO_USER_STATE_LOGGED_ON,
	SESSIO_USER_STATE_CONNECTED,
	SESSIO_USER_STATE_DISCONNECTED_LOGGED_ON,
	SESSIO_USER_STATE_DISCONNECTED,
	SESSIO_USER_STATE_LOGGED_OFF,
	SESSIO_USER_STATE_CREATED,
};

/* The state that an event has left, from the one that the query says (windows_kernel-1). */
static sessio_user_state state_before(sessio_user_event event, sessio_user_state said)
{
	for (size_t i = 0; i < sizeof(origins) / sizeof(origins[0]); i++) {
		if (sessio_user_state_next(SESSIO_RULES_OBSERVED, origins[i], event) == said) {
			return origins[i];
		}
	}
	return said == SESSIO_USER_STATE_TERMINATED ? SESSIO_USER_STATE_DISCONNECTED : said;
}

static void report_lost(const char *text)
{
	si_diag_report(SESSIO_DIAG_MISUSE, NULL, NULL, text);
}

static unsigned flags_of(BOOLEAN local)
{
	return local ? 0u : SESSIO_POST_REMOTE;
}

/* (windows_kernel-2); SESSIO_EXISTS is the usual answer. */
static void adopt(
	sessio_source *source, const IO_SESSION_STATE_INFORMATION *info, sessio_user_event event)
{
	sessio_user_state before = state_before(event, (sessio_user_state)info->SessionState);
	sessio_status status =
		si_source_adopt(source, info->SessionId, before, flags_of(info->LocalSession));

	if (status != SESSIO_OK && status != SESSIO_EXISTS && status != SESSIO_BAD_STATE) {
		report_lost("a session of the kernel could not be adopted");
	}
}

static IO_SESSION_NOTIFICATION_FUNCTION on_event;

static NTSTATUS NTAPI on_event(
	PVOID session, PVOID io_object, ULONG number, PVOID context, PVOID payload, ULONG length)
{
	sessio_user_event event = (sessio_user_event)number;
	struct mirror *mirror = context;
	IO_SESSION_STATE_INFORMATION info;
	unsigned flags = 0;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(io_object);
	if (sessio_user_event_bit(event) == 0) {
		return STATUS_SUCCESS; /* a newer kernel's */
	}
	status = IoGetContainerInformation(IoSessionStateInformation, session, &info, sizeof(info));
	if (!NT_SUCCESS(status)) {
		report_lost("an event of the kernel was lost: it does not say of which session");
		return status;
	}
	if (payload != NULL && length >= sizeof(IO_SESSION_CONNECT_INFO)) {
		flags = flags_of(((const IO_SESSION_CONNECT_INFO *)payload)->LocalSession);
	}
	if (event != SESSIO_USER_EVENT_CREATED) {
		adopt(mirror->source, &info, event);
	}
	/* SESSIO_BAD_STATE: the source is being closed. */
	if (si_source_observe(mirror->source, info.SessionId, event, flags) == SESSIO_NO_MEMORY) {
		report_lost("an event of the kernel was lost: there is no memory");
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	return STATUS_SUCCESS;
}

/* A loader that knows no container calls may still have loaded the driver, as Wine's does. */
static bool is_offered(void)
{
	UNICODE_STRING name;

	/* Acquire: with si_windows_kernel_set_object(). */
	if (atomic_load_explicit(&object, memory_order_acquire) == NULL) {
		return false;
	}
	RtlInitUnicodeString(&name, L"IoRegisterContainerNotification");
	return MmGetSystemRoutineAddress(&name) != NULL;
}

static NTSTATUS enlist(struct mirror *mirror)
{
	IO_SESSION_STATE_NOTIFICATION wishes;

	RtlZeroMemory(&wishes, sizeof(wishes));
	wishes.Size = sizeof(wishes);
	wishes.IoObject = atomic_load_explicit(&object, memory_order_acquire);
	wishes.EventMask = IO_SESSION_STATE_ALL_EVENTS;
	wishes.Context = mirror;
	/* Every callback is cast to the documented type; void (*)(void) says that this is meant. */
	return IoRegisterContainerNotification(IoSessionStateNotification,
		(PIO_CONTAINER_NOTIFICATION_FUNCTION)(void (*)(void))on_event, &wishes,
		sizeof(wishes), &mirror->registration);
}

static sessio_status start(sessio_source *source, void **out_state)
{
	struct mirror *mirror = si_platform_alloc(sizeof(*mirror));
	NTSTATUS status;

	if (mirror == NULL) {
		return SESSIO_NO_MEMORY;
	}
	mirror->source = source;
	mirror->registration = NULL;
	status = enlist(mirror);
	atomic_store_explicit(&answer, status, memory_order_relaxed);
	if (!NT_SUCCESS(status)) {
		si_platform_free(mirror);
		return status == STATUS_INSUFFICIENT_RESOURCES ? SESSIO_NO_MEMORY
							       : SESSIO_UNSUPPORTED;
	}
	*out_state = mirror;
	return SESSIO_OK;
}

static void stop(void *state)
{
	struct mirror *mirror = state;

	IoUnregisterContainerNotification(mirror->registration);
	si_platform_free(mirror); /* (windows_kernel-3) */
}

const struct si_source_ops si_source_windows_kernel = {
	.name = "windows_kernel",
	.rules = SESSIO_RULES_OBSERVED,
	.is_offered = is_offered,
	.start = start,
	.post = si_source_no_post,
	.stop = stop,
	.fini = si_source_no_fini,
};
