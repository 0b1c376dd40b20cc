/* SPDX-License-Identifier: MIT */
/* Loading and unloading providers, and what they leave. */
#include <stdlib.h>

#include <coresrv/handle/handle_api.h>

#include "sessio/inspect.h"
#include "testing/provider.h"

/* --- Loading and unloading --- */

static bool is_loaded(const sessio_kit *kit, const sessio_provider_image *image)
{
	for (struct si_list_node *node = kit->providers.first; node != NULL; node = node->next) {
		const sessio_kit_provider *provider =
			SI_LIST_ELEMENT(node, sessio_kit_provider, link);

		if (provider->image == image && provider->loaded) {
			return true;
		}
	}
	return false;
}

struct load {
	sessio_kit *kit;
	const sessio_provider_image *image;
	sessio_kit_provider *provider;
	Retcode rc;
};

static void load(void *arg)
{
	struct load *step = arg;
	sessio_kit_provider *provider = calloc(1, sizeof(*provider));

	if (provider == NULL || !si_kit_image_restore(&step->image->image)) {
		free(provider);
		step->rc = rcOutOfMemory;
		return;
	}
	provider->kit = step->kit;
	provider->image = step->image;
	provider->loaded = true;
	si_list_append(&step->kit->providers, &provider->link);
	step->provider = provider;
	si_kit_things_listen(step->kit);
	step->rc = step->image->start != NULL ? step->image->start() : rcOk;
	if (step->rc != rcOk) {
		provider->loaded = false;
		si_kit_sweep_things(step->kit, step->image);
	}
}

Retcode sessio_kit_load_provider_image(
	sessio_kit *kit, const sessio_provider_image *image, sessio_kit_provider **out_provider)
{
	struct load step = { .kit = kit, .image = image };

	if (kit == NULL || image == NULL) {
		return rcInvalidArgument;
	}
	if (is_loaded(kit, image)) {
		return rcAlreadyExists;
	}
	if (!si_kit_step(kit, load, &step)) {
		return rcFail;
	}
	if (step.rc == rcOk && out_provider != NULL) {
		*out_provider = step.provider;
	}
	return step.rc;
}

static void unload(void *arg)
{
	sessio_kit_provider *provider = arg;

	if (provider->image->stop != NULL) {
		provider->image->stop();
	}
	provider->loaded = false;
	si_kit_sweep_things(provider->kit, provider->image);
}

Retcode sessio_kit_unload_provider(sessio_kit_provider *provider)
{
	if (provider == NULL || !provider->loaded) {
		return rcInvalidArgument;
	}
	return si_kit_step(provider->kit, unload, provider) ? rcOk : rcFail;
}

void *sessio_kit_find_object(sessio_kit *kit, const char *name)
{
	void *found = NULL;

	if (kit == NULL || name == NULL) {
		return NULL;
	}
	si_kit_ledger_lock(kit);
	for (struct si_list_node *node = kit->ledger.things.first; node != NULL && found == NULL;
		node = node->next) {
		const struct si_kit_thing *thing = SI_LIST_ELEMENT(node, struct si_kit_thing, link);
		void *object = (void *)thing->object;

		if (thing->registered.image != NULL && sessio_object_name(object) != NULL &&
			strcmp(sessio_object_name(object), name) == 0) {
			found = object;
		}
	}
	si_kit_ledger_unlock(kit);
	return found;
}

/* --- What is left --- */

/* In the order in which it can be given back. */
enum left {
	LEFT_OPERATION,
	LEFT_CONTEXT,
	LEFT_REGISTRATION,
	LEFT_HANDLE,
	LEFT_OBJECT,
	LEFT_SESSION_TYPE,
	LEFT_OBJECT_TYPE,
	LEFT_KINDS
};

static const struct {
	sessio_kit_rule rule;
	enum si_kit_thing_kind kind; /* unless it is a count of any kind */
	const char *text;
} texts[LEFT_KINDS] = {
	[LEFT_OPERATION] = { SESSIO_KIT_RULE_OPERATION_LEFT, SI_THING_CONTEXT,
		"KosSessionPut() was not called" },
	[LEFT_REGISTRATION] = { SESSIO_KIT_RULE_REGISTRATION_LEFT, SI_THING_OBJECT,
		"KosSessionUnregisterObject() was not called" },
	[LEFT_CONTEXT] = { SESSIO_KIT_RULE_REFERENCE_LEFT, SI_THING_CONTEXT,
		"KosPutObject() was not called" },
	[LEFT_HANDLE] = { SESSIO_KIT_RULE_HANDLE_LEFT, SI_THING_HANDLE,
		"KnHandleClose() was not called" },
	[LEFT_OBJECT] = { SESSIO_KIT_RULE_REFERENCE_LEFT, SI_THING_OBJECT,
		"KosPutObject() was not called" },
	[LEFT_SESSION_TYPE] = { SESSIO_KIT_RULE_REFERENCE_LEFT, SI_THING_SESSION_TYPE,
		"KosSessionDestroyType() was not called" },
	[LEFT_OBJECT_TYPE] = { SESSIO_KIT_RULE_REFERENCE_LEFT, SI_THING_OBJECT_TYPE,
		"sessio_object_type_unref() was not called" },
};

static bool is_left(const struct si_kit_thing *thing, enum left left)
{
	if (left == LEFT_OPERATION) {
		return thing->operations != 0;
	}
	if (left == LEFT_REGISTRATION) {
		return thing->registered.image != NULL;
	}
	return thing->kind == texts[left].kind && thing->references > 0;
}

/* Adds the references and operations of one consumer. */
static void add_consumer(const sessio_kit_consumer *consumer, const void *context,
	uint64_t *references, uint64_t *operations)
{
	for (struct si_list_node *node = consumer->sessions.first; node != NULL;
		node = node->next) {
		const sessio_kit_session *session = SI_LIST_ELEMENT(node, sessio_kit_session, link);

		for (struct si_list_node *one = session->operations.first; one != NULL;
			one = one->next) {
			*operations +=
				SI_LIST_ELEMENT(one, struct si_kit_operation, link)->context ==
				context;
		}
		*references += session->held && session->context == context;
	}
}

static uint64_t without(uint64_t all, uint64_t others)
{
	return all > others ? all - others : 0;
}

/*
 * How much of a thing can be the provider's. It may have handed over to others, such as the
 * library or the test, and they have put what they got.
 */
static uint64_t can_be_left(sessio_kit *kit, const struct si_kit_thing *thing, enum left left)
{
	void *object = (void *)thing->object;
	uint64_t references = 0, operations = 0;
	sessio_session_info session;
	sessio_object_info info;

	if (left == LEFT_OBJECT && sessio_object_inspect(object, &info) == SESSIO_OK) {
		return without(info.references,
			info.opening + info.open + info.ending + (info.registered ? 1 : 0));
	}
	if ((left == LEFT_CONTEXT || left == LEFT_OPERATION) &&
		sessio_session_inspect(object, &session) == SESSIO_OK) {
		const struct si_session *own = si_session_of(object);

		references = atomic_load(&own->end) != SI_ENDED && !own->first_dropped;
		for (struct si_list_node *node = kit->consumers.first; node != NULL;
			node = node->next) {
			add_consumer(SI_LIST_ELEMENT(node, sessio_kit_consumer, link), object,
				&references, &operations);
		}
		return left == LEFT_OPERATION ? without(session.operations, operations)
					      : without(session.references, references);
	}
	return UINT64_MAX;
}

/* False if others have given all of it back. */
static bool leave_out_what_others_put(sessio_kit *kit, struct si_kit_thing *thing, enum left left)
{
	uint64_t most = can_be_left(kit, thing, left);

	if (left == LEFT_OPERATION) {
		thing->operations = thing->operations < most ? thing->operations : most;
	} else if (left == LEFT_OBJECT || left == LEFT_CONTEXT) {
		thing->references =
			(uint64_t)thing->references < most ? thing->references : (int64_t)most;
	}
	return most != 0;
}

static void give_back(const struct si_kit_thing *thing, enum left left)
{
	void *object = (void *)thing->object;

	switch (left) {
	case LEFT_OPERATION:
		for (uint64_t i = 0; i < thing->operations; i++) {
			KosSessionPut(object);
		}
		break;
	case LEFT_REGISTRATION:
		(void)KosSessionUnregisterObject(object);
		break;
	case LEFT_CONTEXT:
	case LEFT_OBJECT:
		for (int64_t i = 0; i < thing->references; i++) {
			KosPutObject(object);
		}
		break;
	case LEFT_HANDLE:
		(void)KnHandleClose((Handle)thing->object);
		break;
	case LEFT_SESSION_TYPE:
		KosSessionDestroyType(object);
		break;
	case LEFT_OBJECT_TYPE:
		sessio_object_type_unref(object);
		break;
	case LEFT_KINDS:
		break;
	}
}

/* Takes what is left of this kind from the oldest thing that has some; false: none has. */
static bool take_left(sessio_kit *kit, const sessio_provider_image *image, enum left left,
	struct si_kit_thing *out_thing)
{
	bool found = false;

	si_kit_ledger_lock(kit);
	for (struct si_list_node *node = kit->ledger.things.first; node != NULL && !found;
		node = node->next) {
		struct si_kit_thing *thing = SI_LIST_ELEMENT(node, struct si_kit_thing, link);

		found = thing->made.image == &image->image && is_left(thing, left);
		if (!found) {
			continue;
		}
		*out_thing = *thing;
		if (left == LEFT_OPERATION) {
			thing->operations = 0;
		} else if (left == LEFT_REGISTRATION) {
			thing->registered = (struct si_kit_place){ NULL, NULL };
		} else {
			thing->references = 0;
		}
	}
	si_kit_ledger_unlock(kit);
	return found;
}

void si_kit_sweep_things(sessio_kit *kit, const sessio_provider_image *image)
{
	struct si_kit_thing thing;

	for (unsigned i = 0; i < LEFT_KINDS; i++) {
		while (take_left(kit, image, (enum left)i, &thing)) {
			if (!leave_out_what_others_put(kit, &thing, (enum left)i)) {
				continue;
			}
			si_kit_find_thing(kit, texts[i].rule, thing.kind, thing.object,
				texts[i].text,
				i == LEFT_OPERATION              ? thing.operated
					: i == LEFT_REGISTRATION ? thing.registered
								 : thing.made);
			give_back(&thing, (enum left)i);
		}
	}
}

/* --- At the end of a kit --- */

/* The latest first. */
void si_kit_end_providers(sessio_kit *kit)
{
	for (struct si_list_node *node = kit->providers.last; node != NULL; node = node->previous) {
		sessio_kit_provider *provider = SI_LIST_ELEMENT(node, sessio_kit_provider, link);

		if (provider->loaded) {
			unload(provider);
		}
	}
}

void si_kit_free_providers(sessio_kit *kit)
{
	struct si_list_node *next;

	for (struct si_list_node *node = kit->providers.first; node != NULL; node = next) {
		next = node->next;
		free(SI_LIST_ELEMENT(node, sessio_kit_provider, link));
	}
}
