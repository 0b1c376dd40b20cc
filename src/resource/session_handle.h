/* SPDX-License-Identifier: MIT */
/*
 * Handles of resources and of their sessions.
 *
 * A registered object has one handle of its own in its provider's space. A session
 * that goes to a consumer gets a badge, the session's transfer context, which has a
 * number but no handle. Every handle that is made from the session's containers is
 * a descendant of the object's handle, tied to the badge.
 *
 * (session_handle-1) A badge is found by its number from its creation until its
 *      session's end is COMPLETING. While it is found, its session's context is
 *      there and can be referenced.
 * (session_handle-2) When the last descendant of a badge goes, the context's first
 *      reference is dropped, once, unless the end is COMPLETING (session-6).
 * (session_handle-3) The end revokes the descendants after it is COMPLETING and before
 *      closeComplete. Nothing is tied to the badge after that.
 * (session_handle-4) A badge belongs to one handle of the object. If that was revoked, the
 *      session gets another badge, but not before (session_handle-2) is done.
 */
#ifndef SI_SESSION_HANDLE_H
#define SI_SESSION_HANDLE_H

#include <sessio/handle_space.h>

#include "resource/session.h"
#include "resource/session_number.h"

struct si_badge;

/* The handle of a resource in its provider's space. */
struct si_own_handle {
	struct si_handle_object *object; /* counted; NULL: there is none */
	uint32_t value;
};

/*
 * The handle of a registered object, in the space that the thread uses; made if
 * there is none. SESSIO_INVALID_ARG (no resource), SESSIO_NOT_FOUND (not registered),
 * SESSIO_BAD_STATE (it is in another space), SESSIO_LIMIT, SESSIO_NO_MEMORY.
 */
sessio_status si_resource_handle(void *object, uint32_t *out_handle);

/*
 * Fills a container with a session, to be sent from the space that the thread uses.
 * Besides the statuses of si_resource_handle(): SESSIO_NO_RIGHTS (its mask is wider
 * than the object's handle), SESSIO_REVOKED (its former handles are being revoked).
 */
sessio_status si_session_handle_fill(void *context, sessio_handle_desc *out_desc);

/* A container that will not be delivered: as if a descendant was made and closed. */
void si_session_handle_discard(const sessio_handle_desc *desc);

/*
 * The session of a container that was dereferenced. `type` may be NULL. No reference
 * is taken. SESSIO_INVALID_ARG (not dereferenced, no session's, of another type),
 * SESSIO_REVOKED (the session's end is complete), SESSIO_NO_RIGHTS, SESSIO_BAD_STATE (closed).
 */
static inline sessio_status si_session_handle_find(
	const sessio_handle_desc *desc, const void *type, uint32_t operation, void **out_context);

/* The same, and says why it is not found quickly. */
sessio_status si_session_handle_find_slowly(
	const sessio_handle_desc *desc, const void *type, uint32_t operation, void **out_context);

static inline sessio_status si_session_handle_find(
	const sessio_handle_desc *desc, const void *type, uint32_t operation, void **out_context)
{
	uintptr_t context = desc->badge;

	if (si_unlikely(desc->dereferenced == 0 || (operation & ~desc->rights) != 0 ||
		    !si_session_number_is_open(desc->session, context, type))) {
		return si_session_handle_find_slowly(desc, type, operation, out_context);
	}
	*out_context = (void *)context;
	return SESSIO_OK;
}

/* Closes the session of a container; the same statuses. */
sessio_status si_session_handle_close(const sessio_handle_desc *desc, const void *type);

/* Whether the session with this number is there and not closed; may be stale. */
bool si_session_handle_is_open(uint32_t session);

/*
 * Keeps the session's context until the unpin: from the receipt of a request to its
 * reply. A container that is no session's has nothing to keep. SESSIO_REVOKED if
 * the session's end is complete; then there is nothing to unpin.
 */
sessio_status si_session_handle_pin(const sessio_handle_desc *desc);
/* No lock is held. May end the session. */
void si_session_handle_unpin(const sessio_handle_desc *desc);

/*
 * The events that a transport follows. Called on any thread, with no lock held. There is one
 * table in a process.
 */
struct si_session_handle_watch {
	/* This thread has filled a container. */
	void (*filled)(const sessio_handle_desc *desc);

	/*
	 * No valid handle is left of the session with this number, which is desc.session of
	 * its containers, sent or dereferenced. A handle of it that is still open is
	 * revoked, unless the session was sent again meanwhile: look it up. If a transfer
	 * raced with this, the new handle is revoked from the start, and this may have
	 * been called before the transfer returned.
	 */
	void (*gone)(uint32_t session);
};

void si_session_handle_set_watch(const struct si_session_handle_watch *watch);

/* --- For the files of sessions --- */

/*
 * A session that has been sent refuses operations now, and so its number does not find
 * it any more. The resource lock is held, or taken.
 */
void si_session_handle_close_locked(struct si_session *session);
void si_session_handle_close_sent(struct si_session *session);

/* The end is COMPLETING, and `badge` was the session's; NULL is a no-op. No lock is held. */
void si_session_handle_end(struct si_badge *badge);

/*
 * The object is not registered any more. Takes its handle out; the resource lock is
 * held. Then, with no lock held, its descendants are revoked except for those
 * of sessions, which their ends revoke.
 */
struct si_own_handle si_resource_take_handle_locked(struct si_resource *resource);
void si_resource_drop_handle(struct si_own_handle handle);

/* The badge of the session that a container to send is of, with a reference, or NULL. */
struct si_badge *si_session_handle_badge(const sessio_handle_desc *desc);

#endif /* SI_SESSION_HANDLE_H */
