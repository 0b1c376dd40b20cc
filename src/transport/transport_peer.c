/* SPDX-License-Identifier: MIT */
#include "transport/transport_peer.h"

#include <sessio/bind.h>

#include "base/object.h"
#include "resource/handle_space.h"
#include "resource/session_handle.h"

static struct si_delivered *of_value(struct si_map_node *node)
{
	_Static_assert(offsetof(struct si_delivered, by_value) == 0, "the node comes first");
	return (struct si_delivered *)(void *)node;
}

/* Another consumer whose handles a peer has. */
struct si_giver {
	struct si_map_node by_number; /* peer->givers */
	uint32_t handles;
};

static struct si_giver *of_number(struct si_map_node *node)
{
	_Static_assert(offsetof(struct si_giver, by_number) == 0, "the node comes first");
	return (struct si_giver *)(void *)node;
}

/* Counts one more handle of a giver's; SESSIO_LIMIT, SESSIO_NO_MEMORY. */
static sessio_status count_passed(
	struct si_peer *peer, uint32_t number, struct si_giver **out_giver)
{
	struct si_map_node *node = si_map_find(&peer->givers, number);
	struct si_giver *giver = node == NULL ? NULL : of_number(node);

	if (peer->passed >= peer->handles_max / 2 ||
		(giver != NULL && giver->handles >= peer->passed_max)) {
		return SESSIO_LIMIT;
	}
	if (giver == NULL) {
		giver = si_platform_alloc(sizeof(*giver));
		if (giver == NULL) {
			return SESSIO_NO_MEMORY;
		}
		giver->handles = 0;
		si_map_add(&peer->givers, &giver->by_number, number);
	}
	giver->handles++;
	peer->passed++;
	*out_giver = giver;
	return SESSIO_OK;
}

static void uncount_passed(struct si_peer *peer, struct si_giver *giver)
{
	if (giver == NULL) {
		return;
	}
	peer->passed--;
	if (--giver->handles == 0) {
		si_map_remove(&peer->givers, &giver->by_number);
		si_platform_free(giver);
	}
}

sessio_status si_peer_init(struct si_peer *peer, struct si_revocations *revocations,
	const sessio_transport_limits *limits)
{
	*peer = (struct si_peer){ .handles_max = limits->handles,
		.passed_max = limits->passed,
		.revocations = revocations };
	si_map_init(&peer->records);
	si_map_init(&peer->givers);
	return sessio_handle_space_create(&peer->space);
}

bool si_peer_take_revoked(struct si_peer *peer, uint32_t *out_value)
{
	struct si_delivered *delivered;

	if (si_list_is_empty(&peer->untold)) {
		return false;
	}
	delivered = SI_LIST_ELEMENT(peer->untold.first, struct si_delivered, untold);
	si_list_remove(&peer->untold, &delivered->untold);
	delivered->is_untold = false;
	*out_value = (uint32_t)delivered->by_value.key;
	return true;
}

static void forget(struct si_peer *peer, struct si_delivered *delivered)
{
	if (delivered->is_untold) {
		si_list_remove(&peer->untold, &delivered->untold);
	}
	si_map_remove(&peer->records, &delivered->by_value);
	si_list_remove(&peer->all, &delivered->of_peer);
	si_revocation_forget(peer->revocations, delivered);
	uncount_passed(peer, delivered->giver);
	si_platform_free(delivered);
}

void si_peer_close_all(struct si_peer *peer)
{
	while (!si_list_is_empty(&peer->all)) {
		forget(peer, SI_LIST_ELEMENT(peer->all.first, struct si_delivered, of_peer));
	}
	si_map_fini(&peer->records);
	si_map_fini(&peer->givers);
	sessio_handle_space_destroy(peer->space);
	peer->space = NULL;
	sessio_bind_destroy(peer->bind);
	peer->bind = NULL;
}

/* Whether its session is closed: then the session's end revokes it, and not before. */
static bool is_ending(const struct si_delivered *delivered)
{
	return delivered->session != NULL &&
		!si_session_handle_is_open((uint32_t)delivered->session->by_session.key);
}

void si_peer_withdraw_all(struct si_peer *peer)
{
	struct si_list_cursor cursor;
	struct si_list_node *at;

	peer->user_has_left = true;
	si_list_cursor_begin(&peer->all, &cursor);
	while ((at = si_list_cursor_next(&cursor)) != NULL) {
		struct si_delivered *delivered = SI_LIST_ELEMENT(at, struct si_delivered, of_peer);

		if (is_ending(delivered)) {
			continue;
		}
		/* Others may have descendants of it. */
		si_revocation_look_again(peer->revocations, delivered);
		(void)si_handle_withdraw(peer->space, (uint32_t)delivered->by_value.key);
		si_revocation_check(delivered);
	}
	si_list_cursor_end(&peer->all, &cursor);
}

/* Moves a handle into a peer's space, whose record is ready. */
static sessio_status transfer_with(struct sessio_handle_space *from,
	const struct sessio_handle_desc *sent, struct si_peer *to, struct si_delivered *delivered,
	struct si_frame_handle *out_handle)
{
	struct sessio_handle_desc received;
	sessio_status status = sessio_handle_space_transfer(from, sent, to->space, &received);

	if (status != SESSIO_OK) {
		return status;
	}
	status = si_revocation_remember(to->revocations, delivered, received.session);
	if (status != SESSIO_OK) {
		(void)sessio_handle_space_close(to->space, received.handle);
		return status;
	}
	*out_handle = (struct si_frame_handle){ received.handle, received.rights };
	si_map_add(&to->records, &delivered->by_value, received.handle);
	si_list_append(&to->all, &delivered->of_peer);
	si_revocation_check(delivered);
	return SESSIO_OK;
}

/* Moves a handle of the provider's, or of another consumer's, into a peer's space. */
static sessio_status transfer(struct sessio_handle_space *from,
	const struct sessio_handle_desc *sent, struct si_peer *to, struct si_giver *giver,
	struct si_frame_handle *out_handle)
{
	struct si_delivered *delivered;
	sessio_status status;

	if (from == NULL) {
		return SESSIO_NO_MEMORY;
	}
	if (to->user_has_left) {
		return SESSIO_BAD_STATE;
	}
	if (sessio_handle_space_count(to->space) >= to->handles_max) {
		return SESSIO_LIMIT;
	}
	delivered = si_platform_alloc(sizeof(*delivered));
	if (delivered == NULL) {
		return SESSIO_NO_MEMORY;
	}
	*delivered = (struct si_delivered){ .peer = to, .giver = giver };
	status = transfer_with(from, sent, to, delivered, out_handle);
	if (status != SESSIO_OK) {
		si_platform_free(delivered);
	}
	return status;
}

/* Opens as the user whom the consumer is bound to. */
static sessio_status open_bound(struct si_peer *peer, void *object, uint32_t rights, uint32_t share,
	sessio_opening *opening, void **out_context, int32_t *out_reason)
{
	sessio_bind_scope scope;
	sessio_status status = SESSIO_OK;

	if (peer->bind != NULL) {
		status = sessio_bind_enter(peer->bind, &scope);
	}
	if (status != SESSIO_OK) {
		return status;
	}
	status = si_session_open_held(object, rights, share, opening, out_context, out_reason);
	if (peer->bind != NULL) {
		sessio_bind_leave(&scope);
	}
	return status;
}

sessio_status si_peer_open(struct si_peer *peer, void *object, uint32_t rights, uint32_t share,
	sessio_opening *opening, struct si_frame_handle *out_handle, int32_t *out_reason)
{
	struct sessio_handle_desc sent;
	void *context;
	sessio_status status =
		open_bound(peer, object, rights, share, opening, &context, out_reason);

	if (status != SESSIO_OK) {
		return status;
	}
	status = si_session_handle_fill(context, &sent);
	if (status == SESSIO_OK) {
		status = si_peer_give(peer, &sent, out_handle);
	} else {
		(void)si_session_close(context);
	}
	si_object_put(context);
	return status;
}

sessio_status si_peer_receive(
	struct si_peer *peer, uint32_t value, struct sessio_handle_desc *out_desc)
{
	const struct sessio_handle_desc sent = {
		.handle = value, .rights = SESSIO_HANDLE_SAME_RIGHTS, .badge = SESSIO_HANDLE_INVALID
	};
	struct sessio_handle_space *own = sessio_handle_space_own();
	struct sessio_handle_desc received;
	sessio_status status;

	if (own == NULL) {
		return SESSIO_NO_MEMORY;
	}
	status = sessio_handle_space_transfer(peer->space, &sent, own, &received);
	if (status == SESSIO_OK && received.dereferenced == 0) {
		/* It is another provider's, and nobody here would take it. */
		(void)sessio_handle_space_close(own, received.handle);
		status = SESSIO_INVALID_ARG;
	}
	if (status == SESSIO_OK) {
		status = si_session_handle_pin(&received);
	}
	if (status == SESSIO_OK) {
		*out_desc = received;
	}
	return status;
}

void si_peer_release(const struct sessio_handle_desc *desc)
{
	si_session_handle_unpin(desc);
}

sessio_status si_peer_close_session(struct si_peer *peer, uint32_t value)
{
	struct sessio_handle_desc received;
	sessio_status status = si_peer_receive(peer, value, &received);

	if (status == SESSIO_OK) {
		status = si_session_handle_close(&received, NULL);
		si_peer_release(&received);
	}
	return status;
}

sessio_status si_peer_drop(struct si_peer *peer, uint32_t value)
{
	struct si_map_node *node = si_map_find(&peer->records, value);

	if (node != NULL) {
		forget(peer, of_value(node));
	}
	return sessio_handle_space_close(peer->space, value);
}

sessio_status si_peer_pass(struct si_peer *peer, uint32_t number,
	const struct si_frame_handle *handle, struct si_peer *to,
	struct si_frame_handle *out_handle)
{
	const struct sessio_handle_desc sent = {
		.handle = handle->value, .rights = handle->rights, .badge = SESSIO_HANDLE_INVALID
	};
	struct si_giver *giver;
	sessio_status status = count_passed(to, number, &giver);

	if (status != SESSIO_OK) {
		return status;
	}
	status = transfer(peer->space, &sent, to, giver, out_handle);
	if (status != SESSIO_OK) {
		uncount_passed(to, giver);
	}
	return status;
}

sessio_status si_peer_give(struct si_peer *peer, const struct sessio_handle_desc *desc,
	struct si_frame_handle *out_handle)
{
	sessio_status status = transfer(sessio_handle_space_own(), desc, peer, NULL, out_handle);

	if (status != SESSIO_OK) {
		si_peer_discard(desc);
	}
	return status;
}

void si_peer_discard(const struct sessio_handle_desc *desc)
{
	if (desc->session != 0) {
		si_session_handle_discard(desc);
	}
}
