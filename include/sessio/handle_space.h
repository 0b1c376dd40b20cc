/* SPDX-License-Identifier: MIT */
/*
 * Handle spaces: numbers that stand for resources, each with rights.
 *
 * A handle space has the numbers of one process, or of one peer. The calls of
 * <coresrv/handle/handle_api.h> work on the process's own space. The names here
 * stand in for a second process, and for the kernel that passes a handle on in a
 * message. They are ours, not documented.
 *
 * Passing a handle on makes a descendant in the receiver's space, with the same
 * rights or fewer. A handle that comes back to the space that made its resource
 * is dereferenced: the provider gets its own handle and its context back.
 *
 * A number is 32 bits. A closed number comes back after some four million others
 * at the earliest. A number that a peer was not given may hit one of its own, and
 * then gives the rights of that one.
 *
 * From examples/pass_a_handle.c:
 *
 *     sent = nk_handle_desc(own, DIARY_READ);
 *     if (sessio_handle_space_transfer(provider, &sent, consumer, &received) ||
 *         serve(consumer, nk_get_handle(&received), provider) || KnHandleRevoke(own) ||
 *         serve(consumer, nk_get_handle(&received), provider)) {
 *         return 1;
 *     }
 *
 * When several statuses apply, SESSIO_INVALID_ARG (the handle is not in the space)
 * comes first, then SESSIO_REVOKED, then SESSIO_NO_RIGHTS.
 *
 * Default: a call keeps no reference, does not block, calls nobody back, and is
 *          open to any thread.
 */
#ifndef SESSIO_HANDLE_SPACE_H
#define SESSIO_HANDLE_SPACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sessio/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The numbers of one process or peer. */
typedef struct sessio_handle_space sessio_handle_space;

/** A number that is never a handle. */
#define SESSIO_HANDLE_INVALID UINT32_MAX

/** How many handles a space can have. */
#define SESSIO_HANDLES_MAX 1048512u

/* The general rights: the upper half of a mask. The lower half is the provider's. */
#define SESSIO_HANDLE_TRANSFER (UINT32_C(1) << 16) /**< may be passed on */
#define SESSIO_HANDLE_COPY (UINT32_C(1) << 17) /**< may be copied in its space */
#define SESSIO_HANDLE_GET_SID (UINT32_C(1) << 18) /**< the resource's identifier may be asked */
#define SESSIO_HANDLE_GET_EVENT (UINT32_C(1) << 19) /**< events may be subscribed to */
#define SESSIO_HANDLE_SET_EVENT (UINT32_C(1) << 20) /**< events may be raised */

/** As rights to give: all that the handle has. */
#define SESSIO_HANDLE_SAME_RIGHTS UINT32_MAX

/** A handle on its way in a message. */
typedef struct sessio_handle_desc {
	uint32_t handle; /**< the sender's, or the receiver's own */
	uint32_t rights; /**< those to give, or those given */
	uintptr_t
		badge; /**< sender: the badge's handle or SESSIO_HANDLE_INVALID; receiver: the context */
	uint32_t dereferenced; /**< receiver: 1 if the handle has come home */
	uint32_t session; /**< not 0: of this session, and badge is its context */
} sessio_handle_desc;

/** The storage of one sessio_handle_space_enter(); the caller's, until it leaves. */
typedef struct sessio_handle_scope {
	void *opaque[6];
} sessio_handle_scope;

/**
 * Create an empty space.
 *
 * @return SESSIO_OK, SESSIO_INVALID_ARG, SESSIO_NO_MEMORY.
 *
 * Ref:     *out_space is the caller's, for sessio_handle_space_destroy().
 */
SESSIO_MUST_CHECK
sessio_status sessio_handle_space_create(sessio_handle_space **out_space);

/**
 * Close every handle of a space, and destroy it. NULL is a no-op. No other call
 * may be using the space, and the process's own one is never destroyed.
 *
 * Ref:     -1 on @p space; do not touch @p space after this.
 */
void sessio_handle_space_destroy(sessio_handle_space *space);

/**
 * The space of this process, made at first use.
 *
 * @return the space; NULL without memory.
 *
 * Ref:     the result lives for ever.
 */
sessio_handle_space *sessio_handle_space_own(void);

/**
 * Use another space in place of the process's own, for the calls of this thread
 * and until sessio_handle_space_leave(). Nests. Callbacks that the thread runs
 * for others' work use the process's own.
 *
 * @param scope the caller's storage, which needs no initialisation.
 * @return SESSIO_OK, SESSIO_INVALID_ARG (a pointer is NULL), SESSIO_BAD_STATE
 *         (this thread has entered with @p scope and not left yet).
 *
 * Ref:     @p space is borrowed until it is left.
 * Threads: the one that enters leaves.
 */
SESSIO_MUST_CHECK
sessio_status sessio_handle_space_enter(sessio_handle_space *space, sessio_handle_scope *scope);

/**
 * End a sessio_handle_space_enter() of the calling thread. NULL is a no-op.
 *
 * Threads: the one that entered. Any other, or a second time, stops the program.
 */
void sessio_handle_space_leave(sessio_handle_scope *scope);

/**
 * The space that the calling thread uses.
 *
 * @return the space entered last, else the process's own; NULL without memory.
 *
 * Ref:     borrowed from the thread that entered.
 */
sessio_handle_space *sessio_handle_space_entered(void);

/**
 * How many handles of a space are open; another thread may change it at once.
 *
 * @return the number; 0 for NULL.
 */
size_t sessio_handle_space_count(sessio_handle_space *space);

/**
 * Make a handle of a new resource. The space is the home of the resource.
 *
 * @param context comes back when the handle is dereferenced; may be NULL.
 * @return SESSIO_OK, SESSIO_INVALID_ARG, SESSIO_LIMIT (the space is full),
 *         SESSIO_NO_MEMORY.
 *
 * Ref:     @p context is borrowed until the last handle is closed.
 */
SESSIO_MUST_CHECK
sessio_status sessio_handle_space_create_object(
	sessio_handle_space *space, uint32_t rights, void *context, uint32_t *out_handle);

/**
 * Make a handle of a new transfer context, to tie copies and transfers to.
 *
 * @param context comes back in place of the resource's; may be NULL.
 * @return SESSIO_OK, SESSIO_INVALID_ARG, SESSIO_LIMIT (the space is full),
 *         SESSIO_NO_MEMORY.
 *
 * Ref:     @p context is borrowed until the badge and all its descendants are closed.
 */
SESSIO_MUST_CHECK
sessio_status sessio_handle_space_create_badge(
	sessio_handle_space *space, void *context, uint32_t *out_handle);

/**
 * Make a descendant in the same space.
 *
 * @param rights a part of those of @p handle, or SESSIO_HANDLE_SAME_RIGHTS.
 * @param badge  a badge's handle, or SESSIO_HANDLE_INVALID.
 * @return SESSIO_OK, SESSIO_INVALID_ARG (a pointer is NULL, or a handle is none),
 *         SESSIO_REVOKED, SESSIO_NO_RIGHTS (it may not be copied, or @p rights has
 *         others), SESSIO_LIMIT (the space is full), SESSIO_NO_MEMORY.
 */
SESSIO_MUST_CHECK
sessio_status sessio_handle_space_copy(sessio_handle_space *space, uint32_t handle, uint32_t rights,
	uint32_t badge, uint32_t *out_handle);

/**
 * Pass a handle on to another space, as a message does. At home it is
 * dereferenced, and no handle is made. The receiver gets the nearest ancestor
 * that is its own, or SESSIO_HANDLE_INVALID if it has closed all. Elsewhere it
 * makes a descendant, and needs SESSIO_HANDLE_TRANSFER for that.
 *
 * @return SESSIO_OK, SESSIO_INVALID_ARG (a pointer is NULL, or a handle is none),
 *         SESSIO_REVOKED, SESSIO_NO_RIGHTS (it may not be passed on, or the rights
 *         to give are not among its own), SESSIO_LIMIT (the receiver's space is
 *         full), SESSIO_NO_MEMORY.
 *
 * Ref:     the context is borrowed from its provider.
 */
SESSIO_MUST_CHECK
sessio_status sessio_handle_space_transfer(sessio_handle_space *from,
	const sessio_handle_desc *sent, sessio_handle_space *to, sessio_handle_desc *out_received);

/**
 * Close a handle. Ancestors and descendants stay valid.
 *
 * @return SESSIO_OK, SESSIO_INVALID_ARG (it is none), SESSIO_BAD_STATE (it is a registered
 *         object's own, which is only borrowed).
 */
sessio_status sessio_handle_space_close(sessio_handle_space *space, uint32_t handle);

/**
 * Revoke all descendants of a handle. They have to be closed all the same.
 *
 * @param close whether the handle itself is closed.
 * @return SESSIO_OK, SESSIO_INVALID_ARG (it is none), SESSIO_REVOKED,
 *         SESSIO_LIMIT (four milliards of times before, and @p close is false).
 */
sessio_status sessio_handle_space_revoke(sessio_handle_space *space, uint32_t handle, bool close);

/**
 * Revoke those descendants of a handle that came from copies and transfers with
 * this badge, and their descendants.
 *
 * @return SESSIO_OK, SESSIO_INVALID_ARG (one of them is none), SESSIO_REVOKED.
 */
sessio_status sessio_handle_space_revoke_badge(
	sessio_handle_space *space, uint32_t handle, uint32_t badge);

/**
 * The rights of a handle.
 *
 * @return SESSIO_OK, SESSIO_INVALID_ARG (it is none), SESSIO_REVOKED.
 */
SESSIO_MUST_CHECK
sessio_status sessio_handle_space_rights(
	sessio_handle_space *space, uint32_t handle, uint32_t *out_rights);

/**
 * The security identifier of a handle's resource: equal for one resource, and
 * different for two.
 *
 * @return SESSIO_OK, SESSIO_INVALID_ARG (it is none), SESSIO_REVOKED,
 *         SESSIO_NO_RIGHTS (SESSIO_HANDLE_GET_SID is missing).
 */
SESSIO_MUST_CHECK
sessio_status sessio_handle_space_sid(
	sessio_handle_space *space, uint32_t handle, uint32_t *out_sid);

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_HANDLE_SPACE_H */
