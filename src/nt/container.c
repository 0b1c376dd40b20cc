/* SPDX-License-Identifier: MIT */
/*
 * The container notification calls: the documents' argument rules, on the
 * default host. A registration is a watcher whose key is its object, and the
 * handle is the watcher's number.
 *
 * (nt_container-4) The memory of a registration lives until the host says that no
 *      call of its callback runs or will run.
 */
#include "nt/container.h"

#include <stdatomic.h>

#include "base/diag.h"
#include "nt/ntifs.h"
#include "nt/status.h"
#include "user/host.h"
#include "wdk/device.h"
#include "wdk/format.h"
#include "wdk/thread.h"

struct registration {
	PIO_SESSION_NOTIFICATION_FUNCTION callback;
	PVOID object;
	PVOID context;
	_Atomic(PVOID) handle; /* NULL until it is known */
};

/* Two ways to write the same numbers: a cast is all it takes. */
_Static_assert((int)IoSessionEventCreated == SESSIO_USER_EVENT_CREATED &&
		(int)IoSessionEventLogoff == SESSIO_USER_EVENT_LOGOFF &&
		(int)IoSessionEventMax == SESSIO_USER_EVENT_MAX,
	"events have other values");
_Static_assert((int)IoSessionStateCreated == SESSIO_USER_STATE_CREATED &&
		(int)IoSessionStateTerminated == SESSIO_USER_STATE_TERMINATED &&
		(int)IoSessionStateMax == SESSIO_USER_STATE_MAX,
	"states have other values");
_Static_assert(IO_SESSION_STATE_VALID_EVENT_MASK == SESSIO_USER_EVENTS_ALL, "masks differ");
_Static_assert(sizeof(IO_SESSION_CONNECT_INFO) <= IO_SESSION_MAX_PAYLOAD_SIZE, "too large");

/* The result of a callback changes nothing: it is only reported. */
static void note_result(const sessio_user_notice *notice, PVOID object, NTSTATUS status)
{
	char text[96];

	if (status != STATUS_SUCCESS) {
		si_wdk_print(text, sizeof(text), "session %u: a callback of %s answered 0x%08X",
			(ULONG)notice->session_id, sessio_user_event_name(notice->event),
			(ULONG)status);
		si_diag_report(SESSIO_DIAG_CALLBACK, object, NULL, text);
	}
}

static void call_back(const sessio_user_notice *notice, void *ctx)
{
	struct registration *registration = ctx;
	IO_SESSION_CONNECT_INFO info; /* of this call only, as the callback may write to it */
	PVOID payload = NULL;
	ULONG length = 0;
	struct si_wdk_standing before = si_wdk_standing();
	const struct si_wdk_hooks *hooks = si_wdk_hooks_get();
	struct si_wdk_calling calling = { atomic_load(&registration->handle), notice->session,
		si_wdk_thread()->calling };
	NTSTATUS status;

	if (hooks != NULL) {
		hooks->calling_back();
		hooks->lock(calling.handle, SI_WDK_LOCK_TAKEN);
	}
	si_wdk_thread()->calling = &calling;
	if (notice->payload_length != 0) {
		const sessio_user_connect *connect = notice->payload;

		memset(&info, 0, sizeof(info));
		info.SessionId = connect->session_id;
		info.LocalSession = connect->local;
		payload = &info;
		length = sizeof(info);
	}
	status = registration->callback(notice->session, registration->object, (ULONG)notice->event,
		registration->context, payload, length);
	si_wdk_thread()->calling = calling.outer;
	if (hooks != NULL) {
		hooks->lock(calling.handle, SI_WDK_LOCK_GIVEN);
	}
	SI_WDK_CHECK_STANDING(&before, registration->callback, "a callback");
	note_result(notice, registration->object, status); /* (nt_container-4) */
}

static void release(void *ctx)
{
	si_platform_free(ctx); /* (nt_container-4) */
}

/* The type that an object states. It is copied, as the object may be anything, aligned anyhow. */
static CSHORT kind_of(const void *object)
{
	CSHORT kind;

	memcpy(&kind, object, sizeof(kind));
	return kind;
}

/* No size either: an object of a test's own, zeroed and not filled in any further. */
static bool is_unlabelled(const void *object)
{
	CSHORT size;

	memcpy(&size, (const char *)object + sizeof(CSHORT), sizeof(size));
	return size == 0;
}

static bool is_io_object(const void *object)
{
	if (object == NULL) {
		return false;
	}
	switch (kind_of(object)) {
	case IO_TYPE_DEVICE:
	case IO_TYPE_DRIVER:
	case IO_TYPE_FILE:
		return true;
	case 0:
		return is_unlabelled(object);
	default:
		return false;
	}
}

/* (nt_container-1), as far as it can be judged without the host. */
static NTSTATUS judge(IO_CONTAINER_NOTIFICATION_CLASS class, const void *callback,
	const IO_SESSION_STATE_NOTIFICATION *info, ULONG length, const void *result)
{
	if (class != IoSessionStateNotification) {
		return STATUS_INVALID_PARAMETER_1;
	}
	if (length != sizeof(*info)) {
		return STATUS_INVALID_PARAMETER_4;
	}
	if (callback == NULL) {
		return STATUS_INVALID_PARAMETER_2;
	}
	if (info == NULL || info->Size != sizeof(*info) || info->Flags != 0 ||
		(info->EventMask & IO_SESSION_STATE_VALID_EVENT_MASK) == 0 ||
		!is_io_object(info->IoObject)) {
		return STATUS_INVALID_PARAMETER_3;
	}
	return result == NULL ? STATUS_INVALID_PARAMETER_5 : STATUS_SUCCESS;
}

/* A second registration is the earlier answer, with memory or without (nt_container-1). */
static NTSTATUS out_of_memory(struct sessio_host *host, const void *object)
{
	return si_nt_status(si_host_has_key(host, object) ? SESSIO_EXISTS : SESSIO_NO_MEMORY);
}

/* Answers IoDeleteDevice(). */
static bool is_registered(const void *object)
{
	struct sessio_host *host = sessio_host_default();

	return host != NULL && si_host_has_key(host, object);
}

static NTSTATUS watch(struct sessio_host *host, const IO_SESSION_STATE_NOTIFICATION *info,
	PIO_CONTAINER_NOTIFICATION_FUNCTION callback, PVOID *out_handle)
{
	sessio_watch_options options = {
		.events = info->EventMask, .key = info->IoObject, .released = release
	};
	const struct si_wdk_hooks *hooks = si_wdk_hooks_get();
	struct registration *registration = hooks == NULL || hooks->may_register()
		? si_platform_alloc(sizeof(*registration))
		: NULL;
	sessio_watch number;
	sessio_status status;

	if (registration == NULL) {
		return out_of_memory(host, info->IoObject);
	}
	/* Every caller cast the other way; void (*)(void) says that this is meant. */
	registration->callback = (PIO_SESSION_NOTIFICATION_FUNCTION)(void (*)(void))callback;
	registration->object = info->IoObject;
	registration->context = info->Context;
	atomic_init(&registration->handle, NULL);
	if (kind_of(info->IoObject) == IO_TYPE_DEVICE) {
		options.session_id = si_wdk_device_session(info->IoObject);
		options.flags = options.session_id != 0 ? SESSIO_WATCH_ONE_SESSION : 0u;
	}
	status = sessio_host_watch(host, &options, call_back, registration, &number);
	if (status != SESSIO_OK) {
		si_platform_free(registration);
		return si_nt_status(status);
	}
	*out_handle = (PVOID)number;
	atomic_store(&registration->handle, *out_handle);
	return STATUS_SUCCESS;
}

/* Nobody can end it before it is known, for nobody else has its handle yet. */
static void announce(PVOID handle, const IO_SESSION_STATE_NOTIFICATION *info)
{
	si_wdk_made(&(struct si_wdk_thing){ .kind = SI_WDK_REGISTRATION,
		.object = handle,
		.owner = info->IoObject,
		.memory = info->Context });
}

NTSTATUS IoRegisterContainerNotification(IO_CONTAINER_NOTIFICATION_CLASS class,
	PIO_CONTAINER_NOTIFICATION_FUNCTION callback, PVOID information, ULONG length,
	PVOID registration)
{
	struct sessio_host *host;
	PVOID handle = NULL;
	NTSTATUS status;

	SI_WDK_LEVEL(APC_LEVEL, "IoRegisterContainerNotification");
	status = judge(class, (const void *)(ULONG_PTR)callback, information, length, registration);
	if (!NT_SUCCESS(status)) {
		return status;
	}
	host = sessio_host_default();
	if (host == NULL) {
		return si_nt_status(SESSIO_NO_MEMORY);
	}
	si_wdk_device_set_registered(is_registered);
	status = watch(host, information, callback, &handle);
	if (NT_SUCCESS(status)) {
		announce(handle, information);
		*(PVOID *)registration = handle;
	}
	return status;
}

static void report_unregistered(PVOID registration)
{
	static const char why[] =
		"a container notification was unregistered that is not registered";
	const struct si_wdk_hooks *hooks = si_wdk_hooks_get();

	if (hooks != NULL) {
		hooks->misused(SI_WDK_RULE_UNREGISTER, registration, why);
	} else {
		si_diag_report(SESSIO_DIAG_MISUSE, registration, NULL, why);
	}
}

/* In the test kit: whether the kernel's call might wait for ever, where this one does not. */
static void judge_unregister(const void *registration)
{
	const struct si_wdk_hooks *hooks = si_wdk_hooks_get();
	const struct si_wdk_calling *calling = si_wdk_thread()->calling;

	if (hooks == NULL) {
		return;
	}
	while (calling != NULL && calling->handle != registration) {
		calling = calling->outer;
	}
	if (calling != NULL) {
		hooks->misused(SI_WDK_RULE_UNREGISTER_SELF, registration,
			"IoUnregisterContainerNotification() was called by the callback that it "
			"waits for");
	} else {
		hooks->lock(registration, SI_WDK_LOCK_WANTED);
	}
}

void IoUnregisterContainerNotification(PVOID registration)
{
	struct sessio_host *host;

	SI_WDK_LEVEL(APC_LEVEL, "IoUnregisterContainerNotification");
	judge_unregister(registration);
	host = sessio_host_default();
	if (host == NULL || sessio_host_unwatch(host, (sessio_watch)registration) != SESSIO_OK) {
		report_unregistered(registration);
	} else {
		si_wdk_gone(SI_WDK_REGISTRATION, registration);
	}
}

/* The session that the calling thread acts for, or NULL. */
static sessio_user_session *own_session(void)
{
	struct sessio_host *host = sessio_host_default();

	return host != NULL ? sessio_host_entered_session(host) : NULL;
}

/* In the test kit: whether no callback on this thread was given the session. */
static bool is_stale(const void *session)
{
	const struct si_wdk_hooks *hooks = si_wdk_hooks_get();
	const struct si_wdk_calling *calling = si_wdk_thread()->calling;

	while (calling != NULL && calling->session != session) {
		calling = calling->outer;
	}
	if (hooks == NULL || calling != NULL) {
		return false;
	}
	hooks->misused(SI_WDK_RULE_SESSION, session,
		"IoGetContainerInformation() got a session object outside of the callback that "
		"had it");
	return true;
}

NTSTATUS IoGetContainerInformation(
	IO_CONTAINER_INFORMATION_CLASS class, PVOID object, PVOID buffer, ULONG length)
{
	IO_SESSION_STATE_INFORMATION *info = buffer;
	const sessio_user_session *session;

	SI_WDK_LEVEL(APC_LEVEL, "IoGetContainerInformation");
	if (class != IoSessionStateInformation) {
		return STATUS_INVALID_PARAMETER_1;
	}
	if (length < sizeof(*info)) {
		return STATUS_INVALID_PARAMETER_4;
	}
	if (buffer == NULL) {
		return STATUS_INVALID_PARAMETER_3;
	}
	session = object != NULL ? object : own_session();
	if (session == NULL || (object != NULL && is_stale(object))) {
		return STATUS_INVALID_PARAMETER_2;
	}
	memset(info, 0, sizeof(*info));
	info->SessionId = sessio_user_session_id(session);
	info->SessionState = (IO_SESSION_STATE)sessio_user_session_state(session);
	info->LocalSession = sessio_user_session_is_local(session);
	return STATUS_SUCCESS;
}

NTSTATUS IoGetRequestorSessionId(PIRP irp, PULONG session_id)
{
	const sessio_user_session *session = own_session();

	UNREFERENCED_PARAMETER(irp);
	if (session_id == NULL) {
		return STATUS_INVALID_PARAMETER;
	}
	*session_id = session != NULL ? sessio_user_session_id(session) : MAXULONG;
	return session != NULL ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}
