/* SPDX-License-Identifier: MIT */
#include "box.h"

#include <coresrv/handle/handle_api.h>

struct box {
	int filled;
};

int box_loads;

static KosObjectType *boxes;
static KosSessionType *sessions;
static void *box;
static void *remembered;
static enum box_mistake at_end; /* the mistakes that the stop makes */
static int opened, closed;

static Retcode on_open(void *object, void *session, void *openCtx, rtl_uint32_t *handleRights)
{
	(void)object;
	if (openCtx != RTL_NULL && *(enum box_mistake *)openCtx == BOX_REFUSE) {
		return rcFail;
	}
	opened++;
	*handleRights = KosSessionGetOpenRights(session) | SESSIO_HANDLE_TRANSFER;
	return rcOk;
}

static Retcode on_close(void *object, void *session)
{
	(void)object, (void)session;
	closed++;
	return rcOk;
}

Retcode box_start(void)
{
	const KosSessionOps ops = { on_open, on_close, RTL_NULL };
	Retcode rc = KosCreateObjectType(
		"box", kosSessionBaseObjectType, sizeof(struct box), RTL_NULL, RTL_NULL, &boxes);

	box_loads++;
	if (rc == rcOk) {
		rc = KosSessionCreateType(boxes, kosSessionBaseSessionType, &ops, &sessions);
	}
	if (rc == rcOk) {
		rc = KosCreateObject(boxes, "box", RTL_NULL, &box);
	}
	return rc == rcOk ? KosSessionRegisterObject(sessions, box) : rc;
}

void box_stop(void)
{
	if (at_end != BOX_STAY_REGISTERED) {
		(void)KosSessionUnregisterObject(box);
	}
	if (at_end != BOX_PUT_OBJECT_TWICE) {
		KosPutObject(box);
	}
	if (at_end != BOX_KEEP_TYPES && at_end != BOX_STAY_REGISTERED) {
		KosSessionDestroyType(sessions);
		sessio_object_type_unref(boxes);
	}
}

static Retcode fill(void *context)
{
	void *object;
	Retcode rc = KosSessionRef(context, sessions, &object);

	if (rc == rcOk) {
		if ((KosSessionGetOpenRights(context) & BOX_FILL) != 0) {
			((struct box *)object)->filled++;
		} else {
			rc = rcNoCapability;
		}
		KosSessionPut(context);
	}
	return rc;
}

static Retcode fill_with_early_rights(void *context)
{
	void *object;

	if ((KosSessionGetOpenRights(context) & BOX_FILL) == 0) {
		return rcNoCapability;
	}
	if (KosSessionRef(context, sessions, &object) != rcOk) {
		return rcInvalidOperation;
	}
	((struct box *)object)->filled++;
	KosSessionPut(context);
	return rcOk;
}

Retcode serve(void *context, enum box_mistake mistake)
{
	Handle handle;

	switch (mistake) {
	case BOX_NO_PUT:
		return KosSessionRef(context, sessions, RTL_NULL);
	case BOX_PUT_TWICE:
		(void)fill(context);
		KosSessionPut(context);
		return rcOk;
	case BOX_KEEP_CONTEXT:
		KosRefObject(context);
		return rcOk;
	case BOX_KEEP_OBJECT:
		KosRefObject(box);
		return rcOk;
	case BOX_PUT_OBJECT_TWICE:
		KosPutObject(box);
		KosPutObject(box); /* the registration's */
		at_end = mistake;
		return rcOk;
	case BOX_KEEP_HANDLE:
		return KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST, BOX_LOOK, box, &handle);
	case BOX_EARLY_RIGHTS:
		return fill_with_early_rights(context);
	case BOX_REMEMBER:
		remembered = context;
		return rcOk;
	case BOX_USE_REMEMBERED:
		return fill(remembered);
	case BOX_REPORT:
		KosSessionPut(box); /* which is no session */
		return rcOk;
	case BOX_KEEP_TYPES:
	case BOX_STAY_REGISTERED:
		at_end = mistake;
		return rcOk;
	case BOX_NONE:
	case BOX_REFUSE:
		break;
	}
	return fill(context);
}

Retcode serve_handle(const nk_handle_desc_t *desc, rtl_uint32_t operation)
{
	void *context;
	Retcode rc = KosSessionIpcHandleToSession(desc, sessions, operation, &context);

	return rc == rcOk ? fill(context) : rc;
}

Retcode open_for(rtl_uint32_t rights, nk_handle_desc_t *desc)
{
	void *context;
	Retcode rc = KosSessionOpenObject(box, rights, BOX_LOOK | BOX_FILL, RTL_NULL, &context);

	return rc == rcOk ? KosSessionContextToIpcHandle(context, desc) : rc;
}

Retcode revoke_all(void)
{
	Handle handle;
	Retcode rc = KosSessionGetObjectHandle(box, &handle);

	return rc == rcOk ? KnHandleRevoke(handle) : rc;
}

int count_of(char what)
{
	return what == 'o' ? opened : what == 'c' ? closed : ((struct box *)box)->filled;
}
