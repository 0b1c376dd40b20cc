/* SPDX-License-Identifier: MIT */
/*
 * The calls of a provider's sources. sessio_add_provider() links each KosX() there to
 * si_kit_KosX() here, which keeps the ledger and makes the call. Without a kit it only
 * makes the call.
 */
#include <coresrv/handle/handle_api.h>
#include <kos/objcontainer.h>
#include <kos/objhandles.h>
#include <sessio/inspect.h>
#include <sessio/testing_threads.h>

#include "testing/provider.h"

/* The line of the provider that calls. */
#define HERE si_kit_place_at(kit, __builtin_return_address(0))
#define KEY(pointer) ((uintptr_t)(pointer))

static const struct si_kit_place nowhere = { NULL, NULL };

/* The kit. In a schedule of threads each call is a point at the provider's line. */
#define ENTER enter(__builtin_return_address(0))

static sessio_kit *enter(const void *caller)
{
	sessio_kit *kit = si_kit_current();

	if (kit != NULL && si_kit_is_in_schedule()) {
		sessio_kit_place at = si_kit_place_face(si_kit_place_at(kit, caller));

		sessio_threads_point_at(at.file != NULL ? at.file : "a provider", (int)at.line);
	}
	return kit;
}

/* The name of the call that the provider makes. */
#define CALL (__func__ + sizeof("si_kit"))

/* Whether this object is known to be gone, which is a finding then. */
static bool is_gone(sessio_kit *kit, enum si_kit_thing_kind kind, const void *object,
	const char *call, struct si_kit_place at)
{
	const struct si_kit_thing *thing;
	bool gone;

	if (kit == NULL || object == NULL) {
		return false;
	}
	si_kit_ledger_lock(kit);
	thing = si_kit_thing_locked(kit, kind, KEY(object));
	gone = thing != NULL && thing->gone;
	si_kit_ledger_unlock(kit);
	if (gone) {
		si_kit_find_thing(kit, SESSIO_KIT_RULE_USED_AFTER_END, kind, KEY(object), call, at);
	}
	return gone;
}

/* --- Objects and their types --- */

Retcode si_kit_KosCreateObjectType(const char *name, KosObjectType *parent, rtl_size_t payloadSize,
	KosObjectConstructor *construct, KosObjectDestructor *destruct, KosObjectType **outType)
{
	sessio_kit *kit = ENTER;
	Retcode rc = KosCreateObjectType(name, parent, payloadSize, construct, destruct, outType);

	if (kit != NULL && rc == rcOk) {
		si_kit_thing_made(kit, SI_THING_OBJECT_TYPE, KEY(*outType), HERE);
	}
	return rc;
}

void si_kit_sessio_object_type_ref(sessio_object_type *type)
{
	sessio_kit *kit = ENTER;

	if (is_gone(kit, SI_THING_OBJECT_TYPE, type, CALL, HERE)) {
		return;
	}
	sessio_object_type_ref(type);
	if (kit != NULL && type != NULL) {
		si_kit_thing_made(kit, SI_THING_OBJECT_TYPE, KEY(type), HERE);
	}
}

/*
 * Counts a put. False if nobody has this reference any more, which is a finding. The first
 * reference of a session that has not ended is the session's, and may be put, too.
 */
static bool may_put(
	sessio_kit *kit, enum si_kit_thing_kind kind, const void *object, struct si_kit_place at)
{
	struct si_kit_thing *thing;
	int64_t least = 1;
	bool may = true;

	if (kind == SI_THING_CONTEXT) {
		const struct si_session *session = si_session_of(object);

		least = atomic_load(&session->end) == SI_ENDED || session->first_dropped ? 1 : 0;
	}
	si_kit_ledger_lock(kit);
	thing = si_kit_thing_locked(kit, kind, KEY(object));
	if (thing != NULL) {
		may = thing->references >= least;
		thing->references -= may;
	}
	si_kit_ledger_unlock(kit);
	if (!may) {
		si_kit_find_thing(kit, SESSIO_KIT_RULE_PUT_TOO_OFTEN, kind, KEY(object),
			"the provider has no reference to it, and puts one", at);
	}
	return may;
}

void si_kit_sessio_object_type_unref(sessio_object_type *type)
{
	sessio_kit *kit = ENTER;

	if (kit == NULL || type == NULL ||
		(!is_gone(kit, SI_THING_OBJECT_TYPE, type, CALL, HERE) &&
			may_put(kit, SI_THING_OBJECT_TYPE, type, HERE))) {
		sessio_object_type_unref(type);
	}
}

Retcode si_kit_KosCreateObject(
	KosObjectType *type, const char *name, void *createCtx, void **outObject)
{
	sessio_kit *kit = ENTER;
	Retcode rc;

	if (is_gone(kit, SI_THING_OBJECT_TYPE, type, CALL, HERE)) {
		return rcInvalidArgument;
	}
	rc = KosCreateObject(type, name, createCtx, outObject);
	if (kit != NULL && rc == rcOk) {
		si_kit_thing_made(kit, SI_THING_OBJECT, KEY(*outObject), HERE);
	}
	return rc;
}

/* An object may be of any kind; so is what is known of its address. */
static enum si_kit_thing_kind kind_at(sessio_kit *kit, const void *object)
{
	const struct si_kit_thing *thing;
	enum si_kit_thing_kind kind = SI_THING_KINDS;

	si_kit_ledger_lock(kit);
	thing = si_kit_thing_locked(kit, SI_THING_OBJECT, KEY(object));
	if (thing != NULL) {
		kind = thing->kind;
	}
	si_kit_ledger_unlock(kit);
	return kind != SI_THING_KINDS ? kind : si_kit_thing_kind_of(object);
}

void si_kit_KosRefObject(void *object)
{
	sessio_kit *kit = ENTER;

	if (kit == NULL || object == NULL) {
		KosRefObject(object);
	} else if (!is_gone(kit, SI_THING_OBJECT, object, CALL, HERE)) {
		KosRefObject(object);
		si_kit_thing_made(kit, kind_at(kit, object), KEY(object), HERE);
	}
}

void si_kit_KosPutObject(void *object)
{
	sessio_kit *kit = ENTER;

	if (kit == NULL || object == NULL ||
		(!is_gone(kit, SI_THING_OBJECT, object, CALL, HERE) &&
			may_put(kit, kind_at(kit, object), object, HERE))) {
		KosPutObject(object);
	}
}

/* --- Containers and handle tables, which are objects --- */

/* An object that a call has returned, with a reference for the provider. */
static Retcode got(sessio_kit *kit, Retcode rc, void *const *object, struct si_kit_place at)
{
	if (kit != NULL && rc == rcOk) {
		si_kit_thing_made(kit, si_kit_thing_kind_of(*object), KEY(*object), at);
	}
	return rc;
}

Retcode si_kit_KosCreateObjContainer(
	KosObjContainer *parent, const char *name, KosObjContainer **outContainer)
{
	sessio_kit *kit = ENTER;
	Retcode rc = KosCreateObjContainer(parent, name, outContainer);

	return rc == rcOk ? got(kit, rc, (void *const[]){ *outContainer }, HERE) : rc;
}

Retcode si_kit_KosGetObjContainerObjectByName(
	KosObjContainer *container, const char *name, void **outObject)
{
	sessio_kit *kit = ENTER;

	return got(
		kit, KosGetObjContainerObjectByName(container, name, outObject), outObject, HERE);
}

Retcode si_kit_KosCreateObjHandleTable(
	rtl_uint32_t initialCount, rtl_uint32_t maxCount, KosObjHandleTable **outTable)
{
	sessio_kit *kit = ENTER;
	Retcode rc = KosCreateObjHandleTable(initialCount, maxCount, outTable);

	return rc == rcOk ? got(kit, rc, (void *const[]){ *outTable }, HERE) : rc;
}

Retcode si_kit_KosRefObjectByObjHandle(
	KosObjHandleTable *table, KosObjHandle handle, void **outObject)
{
	sessio_kit *kit = ENTER;

	return got(kit, KosRefObjectByObjHandle(table, handle, outObject), outObject, HERE);
}

/* --- Session types and registrations --- */

Retcode si_kit_KosSessionCreateType(KosObjectType *objectType, KosObjectType *sessionType,
	const KosSessionOps *ops, KosSessionType **outType)
{
	sessio_kit *kit = ENTER;
	Retcode rc = KosSessionCreateType(objectType, sessionType, ops, outType);

	return rc == rcOk ? got(kit, rc, (void *const[]){ *outType }, HERE) : rc;
}

void si_kit_KosSessionDestroyType(KosSessionType *type)
{
	sessio_kit *kit = ENTER;

	if (kit == NULL || type == NULL ||
		(!is_gone(kit, SI_THING_SESSION_TYPE, type, CALL, HERE) &&
			may_put(kit, SI_THING_SESSION_TYPE, type, HERE))) {
		KosSessionDestroyType(type);
	}
}

static void set_registered(
	sessio_kit *kit, const void *object, struct si_kit_place at, struct si_kit_place registered)
{
	struct si_kit_thing *thing;

	si_kit_ledger_lock(kit);
	thing = si_kit_thing_there_locked(kit, SI_THING_OBJECT, KEY(object), at);
	if (thing != NULL) {
		thing->registered = registered;
	}
	si_kit_ledger_unlock(kit);
}

Retcode si_kit_KosSessionRegisterObject(KosSessionType *type, void *object)
{
	sessio_kit *kit = ENTER;
	Retcode rc;

	if (is_gone(kit, SI_THING_SESSION_TYPE, type, CALL, HERE) ||
		is_gone(kit, SI_THING_OBJECT, object, CALL, HERE)) {
		return rcInvalidArgument;
	}
	rc = KosSessionRegisterObject(type, object);
	if (kit != NULL && rc == rcOk) {
		set_registered(kit, object, HERE, HERE);
	}
	return rc;
}

Retcode si_kit_KosSessionUnregisterObject(void *object)
{
	sessio_kit *kit = ENTER;
	Retcode rc;

	if (is_gone(kit, SI_THING_OBJECT, object, CALL, HERE)) {
		return rcInvalidArgument;
	}
	/* Before the call, which may be the object's end. */
	if (kit != NULL && object != NULL && si_resource_of(object) != NULL) {
		set_registered(kit, object, HERE, nowhere);
	}
	rc = KosSessionUnregisterObject(object);
	return rc;
}

/* --- Sessions --- */

Retcode si_kit_KosSessionOpenObject(void *object, rtl_uint32_t requiredRights,
	rtl_uint32_t shareMode, void *openCtx, void **sessionCtx)
{
	sessio_kit *kit = ENTER;

	if (is_gone(kit, SI_THING_OBJECT, object, CALL, HERE)) {
		return rcInvalidArgument;
	}
	return KosSessionOpenObject(object, requiredRights, shareMode, openCtx, sessionCtx);
}

Retcode si_kit_KosSessionCloseObject(void *sessionCtx)
{
	return is_gone(si_kit_current(), SI_THING_CONTEXT, sessionCtx, CALL,
		       si_kit_place_at(si_kit_current(), __builtin_return_address(0)))
		? rcInvalidArgument
		: KosSessionCloseObject(sessionCtx);
}

static void begun(sessio_kit *kit, void *context, struct si_kit_place at)
{
	struct si_kit_thing *thing;

	si_kit_ledger_lock(kit);
	thing = si_kit_thing_there_locked(kit, SI_THING_CONTEXT, KEY(context), at);
	if (thing != NULL) {
		thing->operations++;
		thing->operated = at;
	}
	si_kit_ledger_unlock(kit);
}

Retcode si_kit_KosSessionRef(void *sessionCtx, KosSessionType *type, void **object)
{
	sessio_kit *kit = ENTER;
	Retcode rc;

	if (is_gone(kit, SI_THING_CONTEXT, sessionCtx, CALL, HERE)) {
		return rcInvalidArgument;
	}
	rc = KosSessionRef(sessionCtx, type, object);
	if (kit != NULL && rc == rcOk) {
		begun(kit, sessionCtx, HERE);
	}
	return rc;
}

/* Whether a session has an operation to end; that it has none is a finding. */
static bool has_operation(sessio_kit *kit, void *context, struct si_kit_place at)
{
	sessio_session_info info;

	if (sessio_session_inspect(context, &info) != SESSIO_OK || info.operations != 0) {
		return true;
	}
	si_kit_find_thing(kit, SESSIO_KIT_RULE_PUT_TOO_OFTEN, SI_THING_CONTEXT, KEY(context),
		"no operation is active, and KosSessionPut() ends one", at);
	return false;
}

/*
 * An operation ends. Rights that were read only before it began count for nothing: the
 * session may have ended in between.
 */
static void ending(sessio_kit *kit, void *context)
{
	struct si_kit_thing *thing;
	struct si_kit_place early = nowhere;

	si_kit_ledger_lock(kit);
	thing = si_kit_thing_locked(kit, SI_THING_CONTEXT, KEY(context));
	if (thing != NULL && thing->operations != 0) {
		early = thing->rights_read;
		thing->rights_read = nowhere;
		thing->operations--;
	}
	si_kit_ledger_unlock(kit);
	if (early.image != NULL) {
		si_kit_find_thing(kit, SESSIO_KIT_RULE_RIGHTS_CHECKED_EARLY, SI_THING_CONTEXT,
			KEY(context),
			"KosSessionGetOpenRights() was called before KosSessionRef() only", early);
	}
}

void si_kit_KosSessionPut(void *sessionCtx)
{
	sessio_kit *kit = ENTER;

	if (kit == NULL || sessionCtx == NULL) {
		KosSessionPut(sessionCtx);
	} else if (!is_gone(kit, SI_THING_CONTEXT, sessionCtx, CALL, HERE) &&
		has_operation(kit, sessionCtx, HERE)) {
		ending(kit, sessionCtx);
		KosSessionPut(sessionCtx);
	}
}

/* Whether the provider is in no callback on this thread, and in no operation of this session. */
static bool reads_early(const struct si_kit_thing *thing)
{
	return thing->operations == 0 && si_thread_innermost() == NULL;
}

rtl_uint32_t si_kit_KosSessionGetOpenRights(void *sessionCtx)
{
	sessio_kit *kit = ENTER;
	struct si_kit_thing *thing;

	if (is_gone(kit, SI_THING_CONTEXT, sessionCtx, CALL, HERE)) {
		return 0;
	}
	if (kit != NULL && si_session_of(sessionCtx) != NULL) {
		si_kit_ledger_lock(kit);
		thing = si_kit_thing_there_locked(kit, SI_THING_CONTEXT, KEY(sessionCtx), HERE);
		if (thing != NULL) {
			thing->rights_read = reads_early(thing) ? HERE : nowhere;
		}
		si_kit_ledger_unlock(kit);
	}
	return KosSessionGetOpenRights(sessionCtx);
}

Retcode si_kit_KosSessionWalk(void *object, KosSessionHandler *handler, void *walkCtx)
{
	sessio_kit *kit = ENTER;

	return is_gone(kit, SI_THING_OBJECT, object, CALL, HERE)
		? rcInvalidArgument
		: KosSessionWalk(object, handler, walkCtx);
}

Retcode si_kit_KosSessionContextToIpcHandle(void *sessionCtx, nk_handle_desc_t *desc)
{
	sessio_kit *kit = ENTER;

	return is_gone(kit, SI_THING_CONTEXT, sessionCtx, CALL, HERE)
		? rcInvalidArgument
		: KosSessionContextToIpcHandle(sessionCtx, desc);
}

Retcode si_kit_KosSessionGetObjectHandle(void *object, Handle *handle)
{
	sessio_kit *kit = ENTER;

	return is_gone(kit, SI_THING_OBJECT, object, CALL, HERE)
		? rcInvalidArgument
		: KosSessionGetObjectHandle(object, handle);
}

Retcode si_kit_KosSessionGetObjectHandleBySession(void *sessionCtx, Handle *handle)
{
	sessio_kit *kit = ENTER;

	return is_gone(kit, SI_THING_CONTEXT, sessionCtx, CALL, HERE)
		? rcInvalidArgument
		: KosSessionGetObjectHandleBySession(sessionCtx, handle);
}

/* --- Handles --- */

static Retcode made_handle(
	sessio_kit *kit, Retcode rc, const Handle *handle, struct si_kit_place at)
{
	if (kit != NULL && rc == rcOk) {
		si_kit_thing_made(kit, SI_THING_HANDLE, *handle, at);
	}
	return rc;
}

static Retcode closed_handle(sessio_kit *kit, Retcode rc, Handle handle)
{
	struct si_kit_thing *thing;

	if (kit != NULL && rc == rcOk) {
		si_kit_ledger_lock(kit);
		thing = si_kit_thing_locked(kit, SI_THING_HANDLE, handle);
		if (thing != NULL) {
			si_kit_thing_forget_locked(kit, thing);
		}
		si_kit_ledger_unlock(kit);
	}
	return rc;
}

Retcode si_kit_KnHandleCreateUserObject(
	rtl_uint32_t type, rtl_uint32_t rights, void *context, Handle *handle)
{
	sessio_kit *kit = ENTER;

	return made_handle(
		kit, KnHandleCreateUserObject(type, rights, context, handle), handle, HERE);
}

Retcode si_kit_KnHandleCreateBadge(
	Notice notice, rtl_uintptr_t eventId, void *context, Handle *handle)
{
	sessio_kit *kit = ENTER;

	return made_handle(
		kit, KnHandleCreateBadge(notice, eventId, context, handle), handle, HERE);
}

Retcode si_kit_KnHandleCopy(
	Handle inHandle, rtl_uint32_t newRightsMask, Handle copyBadge, Handle *outHandle)
{
	sessio_kit *kit = ENTER;

	return made_handle(
		kit, KnHandleCopy(inHandle, newRightsMask, copyBadge, outHandle), outHandle, HERE);
}

Retcode si_kit_KnHandleClose(Handle handle)
{
	return closed_handle(si_kit_current(), KnHandleClose(handle), handle);
}

Retcode si_kit_KnHandleRevokeEx(Handle handle, rtl_bool close)
{
	Retcode rc = KnHandleRevokeEx(handle, close);

	return close ? closed_handle(si_kit_current(), rc, handle) : rc;
}
