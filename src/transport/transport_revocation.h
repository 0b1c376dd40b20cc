/* SPDX-License-Identifier: MIT */
/*
 * How consumers learn that their handles of a session are revoked.
 *
 * (transport_revocation-1) A session that a consumer has a handle of has one record
 *      at its provider. The thread that revokes only posts that record, and so
 *      needs no memory. The loop's thread then looks at each handle.
 * (transport_revocation-2) Providers are in the process's list from their start to
 *      their stop. One lock guards the list and what hangs on it. No callback
 *      runs with it held.
 * (transport_revocation-3) A revoked handle has its place in the line of notices in its
 *      record. So a revocation of any number of handles needs no memory, and what
 *      waits for a consumer that reads nothing is bounded by its handles.
 * (transport_revocation-4) A thread that queues a session wakes the loop. The loop's thread
 *      need not in a frame that it serves: it looks at the queue after each frame.
 *
 * tests/models/transport.pml checks (transport_revocation-1) exhaustively.
 */
#ifndef SI_TRANSPORT_REVOCATION_H
#define SI_TRANSPORT_REVOCATION_H

#include <stdbool.h>
#include <stdint.h>

#include <sessio/status.h>

#include "base/list.h"
#include "base/map.h"

struct si_peer;
struct sessio_provider;

/* A session that consumers have handles of. */
struct si_revocable {
	struct si_map_node by_session; /* the lock; revocations->sessions */
	struct si_list_node pending; /* the lock; revocations->pending */
	bool is_pending; /* the lock */
	struct si_list delivered; /* the loop's thread */
};

/* One handle of it, in one consumer's space. The loop's thread. */
struct si_delivered {
	struct si_map_node by_value; /* peer->records */
	struct si_list_node node; /* session->delivered */
	struct si_list_node of_peer; /* peer->all */
	struct si_revocable *session; /* NULL: the handle is no session's */
	struct si_peer *peer;
	struct si_giver *giver; /* NULL: the provider gave it */
	struct si_list_node untold; /* peer->untold, if is_untold */
	bool is_untold;
	bool revoked; /* the consumer knows, or will */
};

struct si_revocations {
	struct si_list_node node; /* the lock; of all providers */
	struct sessio_provider *provider;
	struct si_map sessions; /* the lock */
	struct si_list pending; /* the lock */
};

/* From a provider's start to its stop. False: no lock is left. */
bool si_revocations_begin(struct si_revocations *revocations, struct sessio_provider *provider);
void si_revocations_end(struct si_revocations *revocations);

/* On the loop's thread: tells the consumers of what is revoked. */
void si_revocations_tell(struct si_revocations *revocations);

/*
 * A handle of this session, 0 for none, is about to be delivered. Afterwards the thread adds it to its
 * peer's records and looks again, with si_revocation_check().
 */
sessio_status si_revocation_remember(
	struct si_revocations *revocations, struct si_delivered *delivered, uint32_t session);
void si_revocation_forget(struct si_revocations *revocations, struct si_delivered *delivered);

/* The other handles of its session are to be looked at, too, at the next telling. */
void si_revocation_look_again(
	struct si_revocations *revocations, const struct si_delivered *delivered);

/* Has the consumer notified if the handle is revoked, once. */
void si_revocation_check(struct si_delivered *delivered);

#endif /* SI_TRANSPORT_REVOCATION_H */
