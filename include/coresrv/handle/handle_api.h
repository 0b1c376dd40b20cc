/* SPDX-License-Identifier: MIT */
/*
 * Handles: create, copy, close, revoke.
 *
 * Our reading of <coresrv/handle/handle_api.h>. The names are documented, and the
 * prototypes of KnHandleCreateUserObject, KnHandleCreateBadge, KnHandleClose,
 * KnHandleRevoke and KnHandleRevokeSubtree, too. Of the others the arguments are
 * known, and their types are ours. KnHandleConnect and KnHandleCreateUserObjectEx
 * are not here.
 *
 * The calls work on the handles of this process; <sessio/handle_space.h> says how
 * a test uses others. There is no call that transfers or dereferences: that
 * happens to a handle in a message. sessio_handle_space_transfer() stands in.
 *
 * A call that is given a revoked handle answers rcHandleRevoked, except
 * KnHandleClose().
 *
 * Default: a call keeps no reference, does not block, calls nobody back, and is
 *          open to any thread.
 */
#ifndef CORESRV_HANDLE_HANDLE_API_H
#define CORESRV_HANDLE_HANDLE_API_H

#include <coresrv/handle/notice_api.h>
#include <handle/handletype.h>
#include <rtl/retcode.h>
#include <rtl/stdbool.h>
#include <services/ocap.h>

__RTL_BEGIN_DECLS

/**
 * Make a handle of a user resource.
 *
 * @param type    from HANDLE_TYPE_USER_FIRST to HANDLE_TYPE_USER_LAST.
 * @param rights  of the handle, as the provider likes.
 * @param context names the resource to its provider; may be RTL_NULL.
 * @return rcOk, rcInvalidArgument (@p type is out of range, or @p handle is NULL),
 *         rcQuotaExceeded (too many handles), rcOutOfMemory.
 *
 * Ref:     @p context is borrowed until the last handle is closed.
 * Models:  N-1, N-2, N-12, N-13, N-29
 */
Retcode KnHandleCreateUserObject(
	rtl_uint32_t type, rtl_uint32_t rights, void *context, Handle *handle);

/**
 * Make a resource transfer context, and subscribe a notice to its end and to that
 * of its transfers.
 *
 * @param eventId the entry under which EVENT_OBJECT_DESTROYED and
 *                EVENT_BADGE_CLOSED come.
 * @return rcOk, rcInvalidArgument (@p notice is none, or @p handle is NULL),
 *         rcQuotaExceeded (too many handles), rcOutOfMemory.
 *
 * Ref:     @p context is borrowed until EVENT_BADGE_CLOSED.
 * Models:  N-15, N-16
 */
Retcode KnHandleCreateBadge(Notice notice, rtl_uintptr_t eventId, void *context, Handle *handle);

/**
 * Make a descendant of a handle in the same process.
 *
 * @param newRightsMask a part of the rights of @p inHandle.
 * @param copyBadge     a badge, or INVALID_HANDLE.
 * @return rcOk, rcInvalidArgument (a handle is none, or @p outHandle is NULL),
 *         rcHandleRevoked, rcNoCapability (OCAP_HANDLE_COPY is missing, or a right
 *         that @p newRightsMask has), rcQuotaExceeded (too many handles),
 *         rcOutOfMemory.
 *
 * Models:  N-14, N-16
 */
Retcode KnHandleCopy(
	Handle inHandle, rtl_uint32_t newRightsMask, Handle copyBadge, Handle *outHandle);

/**
 * Close a handle, revoked or not. Ancestors and descendants stay valid.
 *
 * @return rcOk, rcInvalidArgument (it is none), rcInvalidOperation (it is the borrowed
 *         one of KosSessionGetObjectHandle()).
 *
 * Models:  N-17, N-20
 */
Retcode KnHandleClose(Handle handle);

/**
 * Close a handle and revoke all its descendants.
 *
 * @return rcOk, rcInvalidArgument (it is none), rcHandleRevoked.
 *
 * Models:  N-18, N-20, N-21
 */
Retcode KnHandleRevoke(Handle handle);

/**
 * Revoke all descendants of a handle, and close it if `close` says so.
 *
 * @return rcOk, rcInvalidArgument (it is none), rcHandleRevoked, rcQuotaExceeded
 *         (its descendants have been revoked four milliards of times).
 *
 * Models:  N-18
 */
Retcode KnHandleRevokeEx(Handle handle, rtl_bool close);

/**
 * Revoke those descendants that come from copies and transfers with a badge.
 *
 * @return rcOk, rcInvalidArgument (one of them is none), rcHandleRevoked.
 *
 * Models:  N-19
 */
Retcode KnHandleRevokeSubtree(Handle handle, Handle badge);

/**
 * The security identifier of a handle's resource.
 *
 * @return rcOk, rcInvalidArgument (it is none, or @p sid is NULL), rcHandleRevoked,
 *         rcNoCapability (OCAP_HANDLE_GET_SID is missing).
 *
 * Models:  N-11, N-24
 */
Retcode KnHandleGetSidByHandle(Handle handle, rtl_uint32_t *sid);

__RTL_END_DECLS

#endif /* CORESRV_HANDLE_HANDLE_API_H */
