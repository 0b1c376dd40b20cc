/* SPDX-License-Identifier: MIT */
/*
 * The handles of one consumer: its handle space, and how handles cross between it
 * and the provider's own. All of it belongs to the loop's thread, but for
 * si_peer_release() and si_peer_discard().
 *
 * (transport_peer-1) A value that the consumer sends is looked up in its own space
 *      only. No value reaches another connection's handle.
 * (transport_peer-2) A handle that came with a request pins its session's context
 *      until si_peer_release().
 * (transport_peer-3) A handle that cannot be delivered counts as made and closed.
 * (transport_peer-4) A handle has a record from its delivery to its closing. The record is there before the handle is known to be valid, so no
 *      revocation is missed.
 * (transport_peer-5) One consumer gets no more than `passed_max` handles into another's
 *      space, and all others together no more than half of what that may hold.
 * (transport_peer-6) A consumer whose user has left gets no handle, and has no valid one
 *      but of sessions that are ending.
 */
#ifndef SI_TRANSPORT_PEER_H
#define SI_TRANSPORT_PEER_H

#include <sessio/handle_space.h>
#include <sessio/transport.h>

#include "base/map.h"
#include "transport/transport_frame.h"
#include "transport/transport_revocation.h"

struct si_peer {
	struct sessio_handle_space *space; /* NULL once all is closed */
	struct sessio_bind *bind; /* NULL: its sessions belong to no user session */
	bool user_has_left; /* (transport_peer-6) */
	uint32_t handles_max; /* at a time */
	uint32_t passed_max; /* (transport_peer-5) */
	uint32_t passed; /* by all others */
	struct si_map givers; /* by number; those whose handles are here */
	struct si_map records; /* by value */
	struct si_list all; /* of the same */
	struct si_list untold; /* of the same; (transport_revocation-3) */
	struct si_revocations *revocations; /* the provider's */
};

sessio_status si_peer_init(struct si_peer *peer, struct si_revocations *revocations,
	const sessio_transport_limits *limits);

/* The next handle that the consumer has to be notified of; false: there is none. */
bool si_peer_take_revoked(struct si_peer *peer, uint32_t *out_value);

/* Closes every handle, and unbinds what is bound. */
void si_peer_close_all(struct si_peer *peer);

/*
 * Opens an object for the consumer. On SESSIO_REFUSED *out_reason is what the open
 * callback said.
 */
sessio_status si_peer_open(struct si_peer *peer, void *object, uint32_t rights, uint32_t share,
	sessio_opening *opening, struct si_frame_handle *out_handle, int32_t *out_reason);

/* Ends the session of a handle. */
sessio_status si_peer_close_session(struct si_peer *peer, uint32_t value);

/* Closes a handle. */
sessio_status si_peer_drop(struct si_peer *peer, uint32_t value);

/*
 * Gives another consumer a descendant of a handle, with these rights at most. `number`
 * is the giver's. SESSIO_LIMIT: (transport_peer-5).
 */
sessio_status si_peer_pass(struct si_peer *peer, uint32_t number,
	const struct si_frame_handle *handle, struct si_peer *to,
	struct si_frame_handle *out_handle);

/*
 * The user has left: revokes all handles of the consumer, and those that it has passed on.
 * Those of sessions that are closed are left to their ends.
 */
void si_peer_withdraw_all(struct si_peer *peer);

/* Receives a handle of a request, dereferenced; to be given to si_peer_release(). */
sessio_status si_peer_receive(
	struct si_peer *peer, uint32_t value, struct sessio_handle_desc *out_desc);
void si_peer_release(const struct sessio_handle_desc *desc);

/* Transfers a handle of the provider's to the consumer; discards it on failure. */
sessio_status si_peer_give(struct si_peer *peer, const struct sessio_handle_desc *desc,
	struct si_frame_handle *out_handle);

/* A container of a reply that will not be delivered (transport_peer-3). */
void si_peer_discard(const struct sessio_handle_desc *desc);

#endif /* SI_TRANSPORT_PEER_H */
