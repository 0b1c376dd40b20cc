/* SPDX-License-Identifier: MIT */
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* what uv.h needs in strict C11 */
#endif

#include "transport/transport_revocation.h"

#include "base/lock_order.h"
#include "resource/session_handle.h"
#include "transport/transport_provider.h"

static uv_once_t once = UV_ONCE_INIT;
static bool there_is_a_lock;
static si_mutex lock;
static struct si_list providers; /* lock; of struct si_revocations */

static struct si_revocable *of_session(struct si_map_node *node)
{
	_Static_assert(offsetof(struct si_revocable, by_session) == 0, "the node comes first");
	return (struct si_revocable *)(void *)node;
}

static struct si_revocations *of_provider(struct si_list_node *node)
{
	return SI_LIST_ELEMENT(node, struct si_revocations, node);
}

/* The lock is held: the loop's thread looks at the session's handles soon. */
static void look_later(struct si_revocations *revocations, struct si_revocable *session)
{
	struct sessio_provider *provider = revocations->provider;

	if (!session->is_pending) {
		session->is_pending = true;
		si_list_append(&revocations->pending, &session->pending);
		/* (transport_revocation-4); only the loop's thread may read in_frame. */
		if (!si_provider_is_here(provider) || !provider->in_frame) {
			(void)uv_async_send(&provider->wake);
		}
	}
}

static void on_gone(uint32_t session)
{
	si_mutex_lock(&lock);
	for (struct si_list_node *at = providers.first; at != NULL; at = at->next) {
		struct si_revocations *revocations = of_provider(at);
		struct si_map_node *node = si_map_find(&revocations->sessions, session);

		if (node != NULL) {
			look_later(revocations, of_session(node));
		}
	}
	si_mutex_unlock(&lock);
}

/* The request that this thread serves, if it is a loop's. */
static struct sessio_request *serving(void)
{
	struct sessio_request *request = NULL;

	si_mutex_lock(&lock);
	for (struct si_list_node *at = providers.first; at != NULL; at = at->next) {
		const struct sessio_provider *provider = of_provider(at)->provider;

		if (si_provider_is_here(provider) && provider->serving != NULL) {
			request = provider->serving->request;
		}
	}
	si_mutex_unlock(&lock);
	return request;
}

static void on_filled(const struct sessio_handle_desc *desc)
{
	struct sessio_request *request = serving();

	if (request != NULL) {
		si_request_filled(request, desc);
	}
}

static const struct si_session_handle_watch watch = { on_filled, on_gone };

static void prepare(void)
{
	there_is_a_lock = si_mutex_init(&lock, SI_RANK_ALONE);
	if (there_is_a_lock) {
		si_session_handle_set_watch(&watch);
	}
}

bool si_revocations_begin(struct si_revocations *revocations, struct sessio_provider *provider)
{
	uv_once(&once, prepare);
	if (!there_is_a_lock) {
		return false;
	}
	revocations->provider = provider;
	si_map_init(&revocations->sessions);
	si_mutex_lock(&lock);
	si_list_append(&providers, &revocations->node);
	si_mutex_unlock(&lock);
	return true;
}

void si_revocations_end(struct si_revocations *revocations)
{
	si_mutex_lock(&lock);
	si_list_remove(&providers, &revocations->node);
	si_mutex_unlock(&lock);
	si_map_fini(&revocations->sessions);
}

void si_revocations_tell(struct si_revocations *revocations)
{
	si_mutex_lock(&lock);
	while (!si_list_is_empty(&revocations->pending)) {
		struct si_revocable *session =
			SI_LIST_ELEMENT(revocations->pending.first, struct si_revocable, pending);

		si_list_remove(&revocations->pending, &session->pending);
		session->is_pending = false;
		si_mutex_unlock(&lock);
		for (struct si_list_node *at = session->delivered.first; at != NULL;
			at = at->next) {
			si_revocation_check(SI_LIST_ELEMENT(at, struct si_delivered, node));
		}
		si_mutex_lock(&lock);
	}
	si_mutex_unlock(&lock);
}

static struct si_revocable *find(struct si_revocations *revocations, uint32_t session)
{
	struct si_map_node *node;

	si_mutex_lock(&lock);
	node = si_map_find(&revocations->sessions, session);
	si_mutex_unlock(&lock);
	return node == NULL ? NULL : of_session(node);
}

sessio_status si_revocation_remember(
	struct si_revocations *revocations, struct si_delivered *delivered, uint32_t session)
{
	struct si_revocable *revocable;

	if (session == 0) {
		return SESSIO_OK;
	}
	revocable = find(revocations, session);
	if (revocable == NULL) {
		revocable = si_platform_alloc(sizeof(*revocable));
		if (revocable == NULL) {
			return SESSIO_NO_MEMORY;
		}
		*revocable = (struct si_revocable){ 0 };
		si_mutex_lock(&lock);
		si_map_add(&revocations->sessions, &revocable->by_session, session);
		si_mutex_unlock(&lock);
	}
	delivered->session = revocable;
	si_list_append(&revocable->delivered, &delivered->node);
	return SESSIO_OK;
}

void si_revocation_forget(struct si_revocations *revocations, struct si_delivered *delivered)
{
	struct si_revocable *revocable = delivered->session;

	if (revocable == NULL) {
		return;
	}
	si_list_remove(&revocable->delivered, &delivered->node);
	if (!si_list_is_empty(&revocable->delivered)) {
		return;
	}
	si_mutex_lock(&lock);
	si_map_remove(&revocations->sessions, &revocable->by_session);
	if (revocable->is_pending) {
		si_list_remove(&revocations->pending, &revocable->pending);
	}
	si_mutex_unlock(&lock);
	si_platform_free(revocable);
}

void si_revocation_look_again(
	struct si_revocations *revocations, const struct si_delivered *delivered)
{
	if (delivered->session != NULL) {
		si_mutex_lock(&lock);
		look_later(revocations, delivered->session);
		si_mutex_unlock(&lock);
	}
}

void si_revocation_check(struct si_delivered *delivered)
{
	uint32_t value = (uint32_t)delivered->by_value.key;
	uint32_t rights;

	if (!delivered->revoked &&
		sessio_handle_space_rights(delivered->peer->space, value, &rights) ==
			SESSIO_REVOKED) {
		delivered->revoked = true;
		delivered->is_untold = true;
		si_list_append(&delivered->peer->untold, &delivered->untold);
		si_connection_notify_of(delivered->peer);
	}
}
