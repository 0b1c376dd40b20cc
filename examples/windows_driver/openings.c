/* SPDX-License-Identifier: MIT */
#include "openings.h"

#define POOL_TAG 0x7473696cu /* "list" */

static KosObjectType *device_type; /* what can be opened */
static KosObjectType *context_type; /* of a session: says whose it is */
static KosSessionType *session_type;
static void *device; /* the one object */

struct context {
	ULONG user;
};

struct opening {
	void *session; /* holds a reference, so a logoff leaves it readable */
	sessio_bind *bind; /* NULL: it belongs to nobody */
};

static Retcode on_open(void *object, void *session, void *openCtx, rtl_uint32_t *handleRights)
{
	struct context *context = session;

	UNREFERENCED_PARAMETER(object);
	UNREFERENCED_PARAMETER(handleRights);
	context->user = *(const ULONG *)openCtx;
	KosRefObject(session);
	return rcOk;
}

static Retcode on_close(void *object, void *session)
{
	const struct context *context = session;

	UNREFERENCED_PARAMETER(object);
	DbgPrint("lister: a session of user session %u is closed, %s\n", context->user,
		sessio_session_end_reason(session) == SESSIO_END_USER_LEFT ? "as the user left"
									   : "by its owner");
	return rcOk;
}

void openings_end(void)
{
	(void)KosSessionUnregisterObject(device);
	KosPutObject(device);
	KosSessionDestroyType(session_type);
	sessio_object_type_unref(context_type);
	sessio_object_type_unref(device_type);
	device = NULL;
	session_type = NULL;
	context_type = NULL;
	device_type = NULL;
}

Retcode openings_begin(void)
{
	static const KosSessionOps ops = { on_open, on_close, RTL_NULL };
	Retcode rc = KosCreateObjectType(
		"device", kosSessionBaseObjectType, 0, RTL_NULL, RTL_NULL, &device_type);

	if (rc == rcOk) {
		rc = KosCreateObjectType("opening", kosSessionBaseSessionType,
			sizeof(struct context), RTL_NULL, RTL_NULL, &context_type);
	}
	if (rc == rcOk) {
		rc = KosSessionCreateType(device_type, context_type, &ops, &session_type);
	}
	if (rc == rcOk) {
		rc = KosCreateObject(device_type, "lister", RTL_NULL, &device);
	}
	if (rc == rcOk) {
		rc = KosSessionRegisterObject(session_type, device);
	}
	if (rc != rcOk) {
		openings_end(); /* each of its calls takes NULL */
	}
	return rc;
}

/*
 * The user session of a caller. If the driver came after it, it is not known yet; but it
 * must be there, as somebody in it calls.
 */
static sessio_user_session *find_user(ULONG user)
{
	sessio_host *host = sessio_host_default();
	sessio_user_session *session = NULL;
	sessio_status status = sessio_host_adopt(host, user, SESSIO_USER_STATE_LOGGED_ON, 0);

	if (status == SESSIO_OK || status == SESSIO_EXISTS) {
		status = sessio_host_find_session(host, user, &session);
	}
	return status == SESSIO_OK ? session : NULL;
}

/* A logoff, and the end of the user session, close what is opened in the bind. */
static sessio_status bind_to(ULONG user, sessio_bind **out_bind)
{
	static const sessio_bind_policy policy = { .on_logoff = SESSIO_BIND_CLOSE,
		.on_termination = SESSIO_BIND_CLOSE };
	sessio_user_session *session = find_user(user);
	sessio_status status = SESSIO_NO_MEMORY;

	if (session != NULL) {
		status = sessio_bind_create(session, &policy, out_bind);
		sessio_user_session_unref(session);
	}
	return status;
}

static Retcode open_in_bind(struct opening *opening, ULONG user, ULONG rights, ULONG share)
{
	sessio_bind_scope scope;
	Retcode rc;

	if (opening->bind == NULL) {
		return KosSessionOpenObject(device, rights, share, &user, &opening->session);
	}
	if (sessio_bind_enter(opening->bind, &scope) != SESSIO_OK) {
		return rcFail;
	}
	rc = KosSessionOpenObject(device, rights, share, &user, &opening->session);
	sessio_bind_leave(&scope);
	return rc;
}

static NTSTATUS status_of(Retcode rc)
{
	switch (rc) {
	case rcOk:
		return STATUS_SUCCESS;
	case rcBusy:
		return STATUS_SHARING_VIOLATION;
	case rcOutOfMemory:
		return STATUS_INSUFFICIENT_RESOURCES;
	case rcNoCapability:
		return STATUS_ACCESS_DENIED;
	default:
		return STATUS_FILE_CLOSED;
	}
}

NTSTATUS opening_create(ULONG user, ULONG rights, ULONG share, struct opening **out_opening)
{
	struct opening *opening = ExAllocatePoolWithTag(NonPagedPoolNx, sizeof(*opening), POOL_TAG);
	Retcode rc = rcOk;

	if (opening == NULL) {
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	opening->session = NULL;
	opening->bind = NULL;
	if (user != LISTER_NOBODY && bind_to(user, &opening->bind) != SESSIO_OK) {
		rc = rcOutOfMemory;
	}
	if (rc == rcOk) {
		rc = open_in_bind(opening, user, rights, share);
	}
	if (rc != rcOk) {
		sessio_bind_destroy(opening->bind);
		ExFreePoolWithTag(opening, POOL_TAG);
		return status_of(rc);
	}
	*out_opening = opening;
	return STATUS_SUCCESS;
}

void opening_close(struct opening *opening)
{
	if (opening != NULL) {
		/* rcInvalidOperation: a logoff has closed it before. */
		(void)KosSessionCloseObject(opening->session);
	}
}

void opening_free(struct opening *opening)
{
	if (opening != NULL) {
		sessio_bind_destroy(opening->bind);
		KosPutObject(opening->session);
		ExFreePoolWithTag(opening, POOL_TAG);
	}
}

NTSTATUS opening_use(struct opening *opening)
{
	Retcode rc;

	if (opening == NULL) {
		return STATUS_FILE_CLOSED;
	}
	rc = KosSessionRef(opening->session, session_type, RTL_NULL);
	if (rc == rcOk) {
		/* Here the device would work. However long that takes, the session stays. */
		KosSessionPut(opening->session);
	}
	return status_of(rc);
}

static Retcode list_one(void *object, void *session, void *walkCtx)
{
	struct lister_list *list = walkCtx;
	const struct context *context = session;
	sessio_session_info info;

	UNREFERENCED_PARAMETER(object);
	if (list->opening_count < LISTER_MAX &&
		sessio_session_inspect(session, &info) == SESSIO_OK) {
		struct lister_opening *at = &list->openings[list->opening_count];

		at->user = context->user;
		at->rights = info.required_rights;
		at->share = info.share_mode;
		at->is_open = info.phase == SESSIO_SESSION_OPEN;
	}
	list->opening_count++;
	return rcOk;
}

void openings_list(struct lister_list *list)
{
	(void)KosSessionWalk(device, list_one, list);
}
