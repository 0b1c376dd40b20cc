/* SPDX-License-Identifier: MIT */
#include "resource/notice.h"

#include "base/lock_order.h"
#include "base/waiting.h"

struct subscription {
	struct si_list_node of_notice; /* the notice's lock */
	struct si_list_node of_object; /* the lineage lock, while `watches` */
	struct si_list_node ready; /* the notice's lock, while `pending` is not 0 */
	struct si_notice *notice; /* fixed */
	struct si_handle_object *object; /* counted; fixed */
	uintptr_t id; /* fixed */
	uint32_t mask; /* the lineage lock */
	uint32_t pending; /* the notice's lock */
	bool watches; /* the lineage lock; it is in the object's list */
};

static struct subscription *of_notice(struct si_list_node *node)
{
	return SI_LIST_ELEMENT(node, struct subscription, of_notice);
}

static int32_t construct(void *object, void *segment, void *arg)
{
	struct si_notice *notice = segment;

	(void)object;
	(void)arg;
	*notice = (struct si_notice){ .subscriptions = { NULL, NULL, NULL } };
	return si_mutex_init(&notice->lock, SI_RANK_NOTICE) ? 0 : SESSIO_NO_MEMORY;
}

/* The object's side first; after it nobody else knows the subscription (notice-1). */
static void unsubscribe(struct subscription *subscription)
{
	struct si_handle_object *object = subscription->object;

	si_mutex_lock(&object->lock);
	if (subscription->watches) {
		si_list_remove(&object->subscriptions, &subscription->of_object);
	}
	si_mutex_unlock(&object->lock);
	si_handle_object_unref(object);
	si_platform_free(subscription);
}

static void destruct(void *object, void *segment)
{
	struct si_notice *notice = segment;

	(void)object;
	/* Nobody subscribes or fetches any more: that takes a reference. */
	while (!si_list_is_empty(&notice->subscriptions)) {
		struct subscription *first = of_notice(notice->subscriptions.first);

		si_list_remove(&notice->subscriptions, &first->of_notice);
		unsubscribe(first);
	}
	si_mutex_fini(&notice->lock);
}

static const struct si_ancestor notice_chain[] = { { &si_notice_type, 0 } };
struct sessio_object_type si_notice_type = {
	.name = "notice",
	.construct = construct,
	.constructs = true,
	.destruct = destruct,
	.payload = sizeof(struct si_notice),
	.kind = SI_KIND_PLAIN,
	.is_static = true,
	.chain = notice_chain,
};

struct si_notice *si_notice_of(void *object)
{
	return object == NULL ? NULL : si_object_cast(object, &si_notice_type);
}

sessio_status si_notice_create(void **out_object)
{
	return si_object_create(&si_notice_type, NULL, NULL, out_object, NULL);
}

/* A subscription of this notice to this object with this id; the lineage lock is held. */
static struct subscription *find_locked(
	struct si_notice *notice, struct si_handle_object *object, uintptr_t id)
{
	struct si_list_node *at = object->subscriptions.first;

	for (; at != NULL; at = at->next) {
		struct subscription *found = SI_LIST_ELEMENT(at, struct subscription, of_object);

		if (found->notice == notice && found->id == id) {
			return found;
		}
	}
	return NULL;
}

sessio_status si_notice_subscribe(
	struct si_notice *notice, struct si_handle_object *object, uint32_t mask, uintptr_t id)
{
	struct subscription *made = si_platform_alloc(sizeof(*made));
	struct subscription *known;
	bool gone;

	if (made == NULL) {
		return SESSIO_NO_MEMORY;
	}
	*made = (struct subscription){ .notice = notice, .object = object, .id = id, .mask = mask };
	si_mutex_lock(&object->lock);
	gone = object->gone;
	known = find_locked(notice, object, id);
	if (known != NULL) {
		known->mask = mask;
	} else if (!gone) {
		made->watches = true;
		si_handle_object_ref(object);
		si_list_append(&object->subscriptions, &made->of_object);
		si_mutex_lock(&notice->lock);
		si_list_append(&notice->subscriptions, &made->of_notice);
		si_mutex_unlock(&notice->lock);
		made = NULL;
	}
	si_mutex_unlock(&object->lock);
	si_platform_free(made);
	return gone ? SESSIO_REVOKED : SESSIO_OK;
}

static void raise_one_locked(struct subscription *subscription, uint32_t events)
{
	struct si_notice *notice = subscription->notice;

	si_mutex_lock(&notice->lock);
	if (subscription->pending == 0) {
		si_list_append(&notice->ready, &subscription->ready);
	}
	subscription->pending |= events;
	si_mutex_unlock(&notice->lock);
}

void si_notice_raise_locked(struct si_handle_object *object, uint32_t events)
{
	struct si_list_node *at = object->subscriptions.first;

	for (; at != NULL; at = at->next) {
		struct subscription *each = SI_LIST_ELEMENT(at, struct subscription, of_object);

		if ((each->mask & events) != 0) {
			raise_one_locked(each, each->mask & events);
		}
	}
}

void si_notice_raise(struct si_handle_object *object, uint32_t events)
{
	si_mutex_lock(&object->lock);
	si_notice_raise_locked(object, events);
	si_mutex_unlock(&object->lock);
	si_wait_wake();
}

static bool is_ready(void *arg)
{
	struct si_notice *notice = arg;
	bool ready;

	si_mutex_lock(&notice->lock);
	ready = !si_list_is_empty(&notice->ready);
	si_mutex_unlock(&notice->lock);
	return ready;
}

static size_t fetch(struct si_notice *notice, size_t limit, struct si_notice_event *events)
{
	size_t count = 0;

	si_mutex_lock(&notice->lock);
	while (count < limit && !si_list_is_empty(&notice->ready)) {
		struct subscription *first =
			SI_LIST_ELEMENT(notice->ready.first, struct subscription, ready);

		si_list_remove(&notice->ready, &first->ready);
		events[count++] = (struct si_notice_event){ first->id, first->pending };
		first->pending = 0;
	}
	si_mutex_unlock(&notice->lock);
	return count;
}

sessio_status si_notice_get(struct si_notice *notice, uint64_t timeout_ns, size_t limit,
	struct si_notice_event *events, size_t *out_count)
{
	size_t count = fetch(notice, limit, events);

	/* Another thread may be quicker: then the wait begins anew. */
	while (count == 0 && timeout_ns != 0) {
		if (!si_wait_until(is_ready, notice, timeout_ns)) {
			return SESSIO_TIMEOUT;
		}
		count = fetch(notice, limit, events);
	}
	if (count == 0) {
		return SESSIO_TIMEOUT;
	}
	*out_count = count;
	return SESSIO_OK;
}
