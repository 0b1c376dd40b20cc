/* SPDX-License-Identifier: MIT */
#include <coresrv/handle/handle_api.h>

#include "kos/retcode.h"
#include "resource/handle_space.h"
#include "resource/notice.h"

Retcode KnHandleCreateUserObject(
	rtl_uint32_t type, rtl_uint32_t rights, void *context, Handle *handle)
{
	sessio_handle_space *space = sessio_handle_space_entered();

	if (type < HANDLE_TYPE_USER_FIRST || type > HANDLE_TYPE_USER_LAST || handle == NULL) {
		return rcInvalidArgument;
	}
	return space == NULL
		? rcOutOfMemory
		: si_retcode(sessio_handle_space_create_object(space, rights, context, handle));
}

static sessio_status subscribe_to_badge(
	sessio_handle_space *space, struct si_notice *notice, uintptr_t id, uint32_t handle)
{
	struct si_handle_pin pin;
	sessio_status status = si_handle_look_up(space, handle, 0, &pin);

	if (status == SESSIO_OK) {
		status = si_notice_subscribe(
			notice, pin.node->object, EVENT_OBJECT_DESTROYED | EVENT_BADGE_CLOSED, id);
		(void)si_handle_unpin(space, &pin);
	}
	return status;
}

Retcode KnHandleCreateBadge(Notice notice, rtl_uintptr_t eventId, void *context, Handle *handle)
{
	sessio_handle_space *space = sessio_handle_space_entered();
	struct si_notice *known = si_notice_of(notice);
	uint32_t made;
	sessio_status status;

	if (known == NULL || handle == NULL) {
		return rcInvalidArgument;
	}
	if (space == NULL) {
		return rcOutOfMemory;
	}
	status = sessio_handle_space_create_badge(space, context, &made);
	if (status != SESSIO_OK) {
		return si_retcode(status);
	}
	status = subscribe_to_badge(space, known, eventId, made);
	if (status != SESSIO_OK) {
		(void)sessio_handle_space_close(space, made);
		return si_retcode(status);
	}
	*handle = made;
	return rcOk;
}

Retcode KnHandleCopy(
	Handle inHandle, rtl_uint32_t newRightsMask, Handle copyBadge, Handle *outHandle)
{
	return si_retcode(sessio_handle_space_copy(
		sessio_handle_space_entered(), inHandle, newRightsMask, copyBadge, outHandle));
}

Retcode KnHandleClose(Handle handle)
{
	return si_retcode(sessio_handle_space_close(sessio_handle_space_entered(), handle));
}

Retcode KnHandleRevoke(Handle handle)
{
	return KnHandleRevokeEx(handle, rtl_true);
}

Retcode KnHandleRevokeEx(Handle handle, rtl_bool close)
{
	return si_retcode(sessio_handle_space_revoke(sessio_handle_space_entered(), handle, close));
}

Retcode KnHandleRevokeSubtree(Handle handle, Handle badge)
{
	return si_retcode(
		sessio_handle_space_revoke_badge(sessio_handle_space_entered(), handle, badge));
}

Retcode KnHandleGetSidByHandle(Handle handle, rtl_uint32_t *sid)
{
	return si_retcode(sessio_handle_space_sid(sessio_handle_space_entered(), handle, sid));
}
