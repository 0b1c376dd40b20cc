/* SPDX-License-Identifier: MIT */
/* Session types, and which objects they are registered with. */
#include "base/diag.h"
#include "resource/session.h"
#include "resource/walk.h"

static void destruct_session_type(void *object, void *segment)
{
	struct si_session_type *type = segment;

	(void)object;
	si_type_unref(type->object_type);
	si_type_unref(type->context_type);
}

static struct si_type type_of_types;
static const struct si_ancestor chain_of_types[] = { { &type_of_types, 0 } };
static struct si_type type_of_types = {
	.name = "session type",
	.destruct = destruct_session_type,
	.payload = sizeof(struct si_session_type),
	.kind = SI_KIND_SESSION_TYPE,
	.is_static = true,
	.chain = chain_of_types,
};

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
	SI_BUG_IF(si_session_type_is_live(
			  atomic_load_explicit(&resource->type, memory_order_relaxed)) ||
			resource->sessions != NULL,
		"an object went while it was registered or open: one put too many (session-3)");
}

#define HIDDEN_OFFSET(type) (-(ptrdiff_t)(sizeof(struct si_header) + SI_ALIGNED(sizeof(type))))

static const struct si_ancestor resource_chain[] = { { &si_resource_type,
	HIDDEN_OFFSET(struct si_resource) } };
struct si_type si_resource_type = {
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

/* Stands where the type was: registered once, but not now. */
static struct si_session_type unregistered;

bool si_session_type_is_live(const struct si_session_type *type)
{
	return type != NULL && type != &unregistered;
}

struct si_session_type *si_session_type_of(const void *object)
{
	if (object == NULL || !si_object_is_kind(object, SI_KIND_SESSION_TYPE)) {
		return NULL;
	}
	return (struct si_session_type *)(uintptr_t)object;
}

sessio_status si_session_type_create(struct si_type *object_type, struct si_type *context_type,
	const struct si_session_ops *ops, struct si_session_type **out_type)
{
	struct si_session_type *type;
	void *object;
	sessio_status status;

	if (!si_type_inherits(object_type, &si_resource_type) ||
		!si_type_inherits(context_type, &si_session_base_type) || ops->open == NULL ||
		ops->close == NULL) {
		return SESSIO_INVALID_ARG;
	}
	status = si_object_create(&type_of_types, NULL, NULL, &object, NULL);
	if (status != SESSIO_OK) {
		return status;
	}
	type = object;
	si_type_ref(object_type);
	si_type_ref(context_type);
	type->object_type = object_type;
	type->context_type = context_type;
	type->ops = *ops;
	atomic_init(&type->registered, 0);
	atomic_init(&type->destroyed, false);
	*out_type = type;
	return SESSIO_OK;
}

void si_session_type_destroy(struct si_session_type *type)
{
	if (atomic_exchange(&type->destroyed, true)) {
		si_diag_report(
			SESSIO_DIAG_MISUSE, NULL, NULL, "a session type was destroyed twice");
		return;
	}
	if (atomic_load(&type->registered) != 0) {
		si_diag_report(SESSIO_DIAG_TYPE_IN_USE, NULL, NULL,
			"a session type was destroyed while objects are registered with it; "
			"it lives until the last one is unregistered");
	}
	si_object_put(type);
}

sessio_status si_resource_register(struct si_session_type *type, void *object)
{
	struct si_resource *resource = si_resource_of(object);
	sessio_status status = SESSIO_OK;

	if (resource == NULL || !si_type_inherits(si_object_type(object), type->object_type)) {
		return SESSIO_INVALID_ARG;
	}
	if (atomic_load(&type->destroyed)) {
		return SESSIO_BAD_STATE;
	}
	si_mutex_lock(resource->lock);
	if (si_session_type_is_live(atomic_load_explicit(&resource->type, memory_order_relaxed))) {
		status = SESSIO_EXISTS;
	} else {
		si_object_ref(object);
		si_object_ref(type);
		atomic_fetch_add(&type->registered, 1);
		/* Release: who sees the type without the lock sees what it points to. */
		atomic_store_explicit(&resource->type, type, memory_order_release);
	}
	si_mutex_unlock(resource->lock);
	return status;
}

sessio_status si_resource_unregister(void *object)
{
	struct si_resource *resource = si_resource_of(object);
	struct si_session_type *type;

	if (resource == NULL) {
		return SESSIO_INVALID_ARG;
	}
	si_mutex_lock(resource->lock);
	type = atomic_load_explicit(&resource->type, memory_order_relaxed);
	if (!si_session_type_is_live(type)) {
		si_mutex_unlock(resource->lock);
		return type == NULL ? SESSIO_NOT_FOUND : SESSIO_BAD_STATE;
	}
	atomic_store_explicit(&resource->type, &unregistered, memory_order_relaxed);
	si_walk_close_all(resource);
	si_mutex_unlock(resource->lock);

	atomic_fetch_sub(&type->registered, 1);
	si_object_put(type);
	si_object_put(object);
	return SESSIO_OK;
}
