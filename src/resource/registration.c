/* SPDX-License-Identifier: MIT */
/* Objects that can be opened, and their registration with a session type. */
#include "resource/session_handle.h"
#include "resource/session_memory.h"
#include "resource/walk.h"

static int32_t construct_resource(void *object, void *segment, void *arg)
{
	struct si_resource *resource = segment;

	(void)object;
	(void)arg;
	resource->lock = si_platform_lock_of(resource);
	return 0;
}

static void destruct_resource(void *object, void *segment)
{
	struct si_resource *resource = segment;

	(void)object;
	SI_BUG_IF(resource->holding.type != NULL || resource->holding.next != NULL,
		"an object went while it was registered or open: one put too many (session-3)");
}

#define HIDDEN_OFFSET(type) (-(ptrdiff_t)(sizeof(struct si_header) + SI_ALIGNED(sizeof(type))))

static const struct si_ancestor resource_chain[] = { { &si_resource_type,
	HIDDEN_OFFSET(struct si_resource) } };
struct sessio_object_type si_resource_type = {
	.name = "resource",
	.construct = construct_resource,
	.constructs = true,
	.destruct = destruct_resource,
	.hidden = sizeof(struct si_resource),
	.before = SI_ALIGNED(sizeof(struct si_resource)),
	.kind = SI_KIND_RESOURCE,
	.is_static = true,
	.chain = resource_chain,
};

struct si_holding *si_resource_find_holding(
	struct si_resource *resource, const struct si_session_type *type)
{
	struct si_holding *holding = &resource->holding;

	while (holding != NULL && holding->type != type) {
		holding = holding->next;
	}
	return holding;
}

/* Makes the resource hold itself and the type; the resource lock is held (session-3). */
static sessio_status hold_locked(
	struct si_resource *resource, void *object, struct si_session_type *type)
{
	struct si_holding *holding = si_resource_find_holding(resource, type);

	if (holding != NULL) {
		return SESSIO_OK; /* contexts of an earlier registration do */
	}
	holding = si_resource_find_holding(resource, NULL);
	if (holding == NULL) {
		holding = si_platform_alloc(sizeof(*holding));
		if (holding == NULL) {
			return SESSIO_NO_MEMORY;
		}
		holding->next = resource->holding.next;
		resource->holding.next = holding;
	}
	holding->type = type;
	holding->contexts = 0;
	(void)si_object_ref(object);
	(void)si_object_ref(type);
	return SESSIO_OK;
}

static void unlink_holding(struct si_resource *resource, struct si_holding *holding)
{
	struct si_holding *before = &resource->holding;

	if (holding == before) {
		holding->type = NULL; /* it is part of the resource */
		return;
	}
	while (before->next != holding) {
		before = before->next;
	}
	before->next = holding->next;
	si_platform_free(holding);
}

bool si_resource_release_locked(struct si_resource *resource, struct si_holding *holding)
{
	if (atomic_load_explicit(&resource->type, memory_order_relaxed) == holding->type) {
		return false; /* registered */
	}
	unlink_holding(resource, holding);
	return true;
}

void si_resource_put_held(void *object, struct si_session_type *type)
{
	si_object_put(type);
	si_object_put(object);
}

static sessio_status register_locked(
	struct si_resource *resource, struct si_session_type *type, void *object)
{
	sessio_status status = SESSIO_EXISTS;

	/* Counted first: the type's destruction either sees this or is seen here. */
	atomic_fetch_add(&type->registered, 1);
	if (atomic_load(&type->destroyed)) {
		status = SESSIO_BAD_STATE;
	} else if (atomic_load_explicit(&resource->type, memory_order_relaxed) == NULL) {
		status = hold_locked(resource, object, type);
	}
	if (status != SESSIO_OK) {
		atomic_fetch_sub(&type->registered, 1);
		return status;
	}
	/* Release: a thread that reads the type without the lock reads what it points to, too. */
	atomic_store_explicit(&resource->type, type, memory_order_release);
	return SESSIO_OK;
}

sessio_status si_resource_register(struct si_session_type *type, void *object)
{
	struct si_resource *resource = si_resource_of(object);
	sessio_status status;

	if (resource == NULL || !si_type_inherits(si_object_type(object), type->object_type)) {
		return SESSIO_INVALID_ARG;
	}
	si_mutex_lock(resource->lock);
	status = register_locked(resource, type, object);
	si_mutex_unlock(resource->lock);
	return status;
}

sessio_status si_resource_unregister(void *object)
{
	struct si_resource *resource = si_resource_of(object);
	struct si_session_type *type;
	struct si_own_handle handle;
	void *kept;
	bool last;

	if (resource == NULL) {
		return SESSIO_INVALID_ARG;
	}
	si_mutex_lock(resource->lock);
	type = atomic_load_explicit(&resource->type, memory_order_relaxed);
	if (type == NULL) {
		si_mutex_unlock(resource->lock);
		return SESSIO_NOT_FOUND;
	}
	/* The holding stays until the last close callback has returned, whatever ends. */
	si_resource_add_context_locked(resource, type);
	atomic_store_explicit(&resource->type, NULL, memory_order_relaxed);
	atomic_fetch_sub(&type->registered, 1);
	handle = si_resource_take_handle_locked(resource);
	si_walk_close_all(resource);
	last = si_resource_remove_context_locked(resource, type);
	kept = si_session_memory_drop_locked(resource); /* (session_memory-1) */
	si_mutex_unlock(resource->lock);
	si_platform_free(kept);
	si_resource_drop_handle(handle);
	if (last) {
		si_resource_put_held(object, type);
	}
	return SESSIO_OK;
}
