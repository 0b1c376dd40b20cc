/* SPDX-License-Identifier: MIT */
#define SESSIO_NO_INLINE /* here are the functions themselves */
#include <kos/session.h>

#include <sessio/fast.h>

#include "base/diag.h"
#include "kos/retcode.h"
#include "resource/session_handle.h"

KosObjectType *const kosSessionBaseObjectType = (KosObjectType *)&si_resource_type;
KosObjectType *const kosSessionBaseSessionType = (KosObjectType *)&si_session_base_type;

Retcode KosSessionCreateType(KosObjectType *objectType, KosObjectType *sessionType,
	const KosSessionOps *ops, KosSessionType **outType)
{
	struct si_session_ops core_ops;
	struct si_session_type *type;
	sessio_status status;

	if (objectType == NULL || sessionType == NULL || ops == NULL || outType == NULL) {
		return rcInvalidArgument;
	}
	core_ops.open = ops->open;
	core_ops.close = ops->close;
	core_ops.close_complete = ops->closeComplete;
	status = si_session_type_create(objectType, sessionType, &core_ops, &type);
	if (status == SESSIO_OK) {
		*outType = (KosSessionType *)type;
	}
	return si_retcode(status);
}

static void report_misuse(const char *call, const void *object, const char *expected)
{
	char line[300];
	struct si_text text = si_text_start(line, sizeof(line));

	si_text_put(&text, call);
	si_text_put(&text, " was given ");
	si_diag_put_object(&text, object);
	si_text_put(&text, ", which is no ");
	si_text_put(&text, expected);
	si_diag_report(SESSIO_DIAG_MISUSE, object, NULL, line);
}

void KosSessionDestroyType(KosSessionType *type)
{
	struct si_session_type *core_type = si_session_type_of(type);

	if (core_type != NULL) {
		si_session_type_destroy(core_type);
	} else if (type != NULL) {
		report_misuse("KosSessionDestroyType", type, "session type");
	}
}

Retcode KosSessionRegisterObject(KosSessionType *type, void *object)
{
	struct si_session_type *core_type = si_session_type_of(type);

	return core_type == NULL ? rcInvalidArgument
				 : si_retcode(si_resource_register(core_type, object));
}

Retcode KosSessionUnregisterObject(void *object)
{
	return si_retcode(si_resource_unregister(object));
}

/* Kept apart, so that a refusal needs no stack. */
static SI_NOINLINE Retcode open_object(void *object, rtl_uint32_t requiredRights,
	rtl_uint32_t shareMode, void *openCtx, void **sessionCtx)
{
	Retcode reason = rcFail;
	sessio_status status =
		si_session_open(object, requiredRights, shareMode, openCtx, sessionCtx, &reason);

	return si_retcode_or(status, reason);
}

Retcode KosSessionOpenObject(void *object, rtl_uint32_t requiredRights, rtl_uint32_t shareMode,
	void *openCtx, void **sessionCtx)
{
	if (sessionCtx == NULL) {
		return rcInvalidArgument;
	}
	if (si_session_is_busy(object, requiredRights, shareMode)) {
		return rcBusy; /* as si_retcode() has it */
	}
	return open_object(object, requiredRights, shareMode, openCtx, sessionCtx);
}

Retcode KosSessionCloseObject(void *sessionCtx)
{
	return si_retcode(si_session_close(sessionCtx));
}

/* Kept apart, as the next ones, so that the quick way needs no stack. */
static SI_NOINLINE Retcode consider(struct si_session *session)
{
	si_fast_consider(&session->run, session->object, session->type);
	return rcOk;
}

static Retcode begin(struct si_session *session, sessio_status status, void **object)
{
	if (status != SESSIO_OK) {
		return si_retcode(status);
	}
	if (object != NULL) {
		*object = session->object;
	}
	return rcOk;
}

static SI_NOINLINE Retcode ref_slowly(struct si_session *session, void **object)
{
	return begin(session, si_session_ref_slowly(session), object);
}

static SI_NOINLINE Retcode finish_ref(struct si_session *session, void **object, uint64_t met)
{
	return begin(session, si_session_finish_ref(session, met), object);
}

/* By the type of the context: two session types over one context type are the same here. */
static SI_NOINLINE Retcode ref_by_context_type(
	struct si_session *session, const void *type, void **object)
{
	return si_session_is_of_type(session, type) ? ref_slowly(session, object)
						    : rcInvalidArgument;
}

/* The two calls without their inline way. */
int32_t sessio_fast_ref_slowly(void *context, const void *type, void **object)
{
	struct si_session *session;
	enum si_session_try tried;
	uint64_t met;

	if (!si_session_is(context)) {
		return rcInvalidArgument;
	}
	session = si_session_at(context);
	if (type != NULL && si_unlikely((const void *)session->type != type)) {
		return ref_by_context_type(session, type, object);
	}
	tried = si_session_try_ref(session, &met);
	if (si_unlikely(tried != SI_TRY_BEGUN)) {
		return tried == SI_TRY_NOT ? ref_slowly(session, object)
					   : finish_ref(session, object, met);
	}
	if (object != NULL) {
		*object = session->object;
	}
	return si_rundown_is_due(met) ? consider(session) : rcOk;
}

Retcode KosSessionRef(void *sessionCtx, KosSessionType *type, void **object)
{
	return sessio_fast_ref(sessionCtx, type, object)
		? rcOk
		: sessio_fast_ref_slowly(sessionCtx, type, object);
}

void sessio_fast_put_slowly(void *context)
{
	if (si_session_is(context)) {
		si_session_put(si_session_at(context));
	} else if (context != NULL) {
		report_misuse("KosSessionPut", context, "session context");
	}
}

void KosSessionPut(void *sessionCtx)
{
	if (!sessio_fast_put(sessionCtx)) {
		sessio_fast_put_slowly(sessionCtx);
	}
}

Retcode KosSessionWalk(void *object, KosSessionHandler *handler, void *walkCtx)
{
	Retcode reason = rcFail;
	sessio_status status;

	if (handler == NULL) {
		return rcInvalidArgument;
	}
	status = si_session_walk(object, handler, walkCtx, &reason);
	return si_retcode_or(status, reason);
}

rtl_uint32_t KosSessionGetOpenRights(void *sessionCtx)
{
	struct si_session *session = si_session_of(sessionCtx);

	return session == NULL ? 0 : session->required;
}

Retcode KosSessionContextToIpcHandle(void *sessionCtx, nk_handle_desc_t *desc)
{
	return desc == NULL ? rcInvalidArgument
			    : si_retcode(si_session_handle_fill(sessionCtx, desc));
}

Retcode KosSessionIpcHandleToSession(const nk_handle_desc_t *desc, KosSessionType *type,
	rtl_uint32_t operation, void **sessionCtx)
{
	sessio_status status;

	if (desc == NULL || sessionCtx == NULL) {
		return rcInvalidArgument;
	}
	status = si_session_handle_find(desc, type, operation, sessionCtx);
	return si_likely(status == SESSIO_OK) ? rcOk : si_retcode(status);
}

Retcode KosSessionCloseObjectByIpcHandle(const nk_handle_desc_t *desc, KosSessionType *type)
{
	return desc == NULL ? rcInvalidArgument : si_retcode(si_session_handle_close(desc, type));
}

Retcode KosSessionGetObjectHandle(void *object, Handle *handle)
{
	return handle == NULL ? rcInvalidArgument : si_retcode(si_resource_handle(object, handle));
}

Retcode KosSessionGetObjectHandleBySession(void *sessionCtx, Handle *handle)
{
	const struct si_session *session = si_session_of(sessionCtx);

	return session == NULL || handle == NULL
		? rcInvalidArgument
		: si_retcode(si_resource_handle(session->object, handle));
}
