/* SPDX-License-Identifier: MIT */
/*
 * The handles of one consumer: its handle space, and how handles cross between it
 * and the provider's own. Everything here runs on the loop's thread, but for
 * `revoked`.
 *
 * (transport_peer-1) A value that the consumer sends is looked up in its own space
 *      only. No other connection's handle can be reached by any value.
 * (transport_peer-2) A handle that came with a request pins what it stands for
 *      until si_peer_release().
 * (transport_peer-3) A handle that cannot be delivered counts as made and closed.
 */
#ifndef SI_TRANSPORT_PEER_H
#define SI_TRANSPORT_PEER_H

#include <sessio/status.h>
#include <sessio/transport.h>

#include "resource/handle_space.h"
#include "transport/transport_frame.h"

struct si_peer {
	struct si_handle_space *space;
	struct sessio_bind *bind; /* NULL: what it opens belongs to no user session */
};

sessio_status si_peer_init(struct si_peer *peer, uint32_t handles_max);

/* Closes every handle, and unbinds what is bound. */
void si_peer_close_all(struct si_peer *peer);
void si_peer_fini(struct si_peer *peer);

/*
 * Opens an object for the consumer. On SESSIO_REFUSED *out_reason is what the open
 * callback said.
 */
sessio_status si_peer_open(struct si_peer *peer, void *object, uint32_t rights, uint32_t share,
	const sessio_opening *opening, struct si_frame_handle *out_handle, int32_t *out_reason);

/* Ends the session of a handle. */
sessio_status si_peer_close_session(struct si_peer *peer, uint32_t value);

/* Closes a handle. */
sessio_status si_peer_drop(struct si_peer *peer, uint32_t value);

/* Gives another consumer a descendant of a handle, with these rights at most. */
sessio_status si_peer_pass(struct si_peer *peer, const struct si_frame_handle *handle,
	struct si_peer *to, struct si_frame_handle *out_handle);

/* Receives a handle of a request, dereferenced; to be given to si_peer_release(). */
sessio_status si_peer_receive(
	struct si_peer *peer, uint32_t value, struct sessio_handle_desc *out_desc);
void si_peer_release(struct si_peer *peer, struct sessio_handle_desc *desc);

/* Transfers a handle of the provider's to the consumer. */
sessio_status si_peer_give(struct si_peer *peer, const struct sessio_handle_desc *desc,
	struct si_frame_handle *out_handle);

/* A container of a reply that will not be delivered (transport_peer-3). */
void si_peer_discard(const struct sessio_handle_desc *desc);

#endif /* SI_TRANSPORT_PEER_H */
