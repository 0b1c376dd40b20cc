/* SPDX-License-Identifier: MIT */
/* Session types. */
#include "base/diag.h"
#include "base/text.h"
#include "resource/session.h"

static void destruct_session_type(void *object, void *segment)
{
	struct si_session_type *type = segment;

	(void)object;
	si_type_unref(type->object_type);
	si_type_unref(type->context_type);
}

static struct sessio_object_type type_of_types;
static const struct si_ancestor chain_of_types[] = { { &type_of_types, 0 } };
static struct sessio_object_type type_of_types = {
	.name = "session type",
	.destruct = destruct_session_type,
	.payload = sizeof(struct si_session_type),
	.kind = SI_KIND_SESSION_TYPE,
	.is_static = true,
	.chain = chain_of_types,
};

struct si_session_type *si_session_type_of(const void *object)
{
	if (object == NULL || !si_object_is_kind(object, SI_KIND_SESSION_TYPE)) {
		return NULL;
	}
	return (struct si_session_type *)(uintptr_t)object;
}

sessio_status si_session_type_create(struct sessio_object_type *object_type,
	struct sessio_object_type *context_type, const struct si_session_ops *ops,
	struct si_session_type **out_type)
{
	struct si_session_type *type;
	void *object;
	sessio_status status;

	if (object_type == &si_resource_type || !si_type_inherits(object_type, &si_resource_type) ||
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
	type->context_size = si_object_size(context_type);
	type->ops = *ops;
	atomic_init(&type->registered, 0);
	atomic_init(&type->destroyed, false);
	*out_type = type;
	return SESSIO_OK;
}

static void put_names(struct si_text *text, const struct si_session_type *type)
{
	si_text_put(text, "the session type of \"");
	si_text_put(text, type->context_type->name);
	si_text_put(text, "\" contexts on \"");
	si_text_put(text, type->object_type->name);
	si_text_put(text, "\" objects ");
}

static void report_destroyed_twice(const struct si_session_type *type)
{
	char line[300];
	struct si_text text = si_text_start(line, sizeof(line));

	put_names(&text, type);
	si_text_put(&text, "was destroyed twice");
	si_diag_report(SESSIO_DIAG_MISUSE, type, NULL, line);
}

static void report_in_use(const struct si_session_type *type, uint32_t registered)
{
	char line[400];
	struct si_text text = si_text_start(line, sizeof(line));

	put_names(&text, type);
	si_text_put(&text, "was destroyed while ");
	si_text_put_number(&text, registered);
	si_text_put(&text, registered == 1 ? " is registered; " : " are registered; ");
	si_text_put(&text, "it lives until the last one is unregistered");
	si_diag_report(SESSIO_DIAG_TYPE_IN_USE, type, NULL, line);
}

void si_session_type_destroy(struct si_session_type *type)
{
	uint32_t registered;

	if (atomic_exchange(&type->destroyed, true)) {
		report_destroyed_twice(type);
		return;
	}
	registered = atomic_load(&type->registered);
	if (registered != 0) {
		report_in_use(type, registered);
	}
	si_object_put(type);
}
