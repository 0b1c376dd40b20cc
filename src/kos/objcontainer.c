/* SPDX-License-Identifier: MIT */
/*
 * Containers: elements found by name, by object, and one after another.
 *
 * (objcontainer-1) Every element is in three lists: the chain of its name's bucket, the chain
 *      of its object's bucket, and the container's list of all. Each links back,
 *      so that an element leaves without a search, however many share a bucket.
 * (objcontainer-2) Names in a container are unique.
 * (objcontainer-3) An element has one reference on its object. It is taken under the lock
 *      while the caller holds another, and given back with no lock held.
 * (objcontainer-4) A walk leaves a cursor in the list of all: an element in form only, which
 *      has no object and is in no bucket. New elements are put before every
 *      cursor, so a walk ends. A walk holds the container, so that no cursor is
 *      left when it is destroyed.
 */
#include <kos/objcontainer.h>

#include <string.h>

#include "base/lock_order.h"
#include "base/object.h"
#include "kos/retcode.h"
#include "kos/type.h"

#define BUCKETS_MIN 8u

struct link {
	struct link *next;
	struct link **prev; /* what points here */
};

struct element {
	struct link all; /* container->all */
	struct link named; /* bucket->named */
	struct link holding; /* bucket->holding */
	void *object; /* counted; NULL: a cursor (objcontainer-4) */
	uint32_t name_hash;
	char name[];
};

struct bucket {
	struct link *named; /* elements whose name belongs here */
	struct link *holding; /* elements whose object belongs here */
};

/* All but the lock itself is under the lock. */
struct container {
	si_mutex lock;
	struct link *all; /* elements and cursors, the newest first */
	struct bucket *buckets; /* NULL until there is an element */
	size_t bucket_count; /* a power of two, or 0 */
	size_t count; /* elements */
};

#define ELEMENT(link, member) \
	((struct element *)(void *)((unsigned char *)(link)-offsetof(struct element, member)))

static void link_in(struct link **place, struct link *link)
{
	link->next = *place;
	link->prev = place;
	if (link->next != NULL) {
		link->next->prev = &link->next;
	}
	*place = link;
}

static void link_out(struct link *link)
{
	*link->prev = link->next;
	if (link->next != NULL) {
		link->next->prev = link->prev;
	}
}

/* FNV-1a, with its bits mixed once more because only the low ones are used. */
static uint32_t hash_of_name(const char *name)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (; *name != '\0'; name++) {
		hash = (hash ^ (unsigned char)*name) * UINT64_C(0x100000001b3);
	}
	return (uint32_t)(hash ^ hash >> 32);
}

/* Addresses differ little in their low bits, which the product moves up. */
static uint32_t hash_of_object(const void *object)
{
	return (uint32_t)((uint64_t)(uintptr_t)object * UINT64_C(0x9e3779b97f4a7c15) >> 32);
}

static struct bucket *bucket_of(const struct container *container, uint32_t hash)
{
	return &container->buckets[hash & (container->bucket_count - 1)];
}

static struct element *find_named_locked(
	const struct container *container, const char *name, uint32_t hash) SI_HELD(container->lock)
{
	struct link *at = container->count == 0 ? NULL : bucket_of(container, hash)->named;

	for (; at != NULL; at = at->next) {
		struct element *element = ELEMENT(at, named);

		if (element->name_hash == hash && strcmp(element->name, name) == 0) {
			return element;
		}
	}
	return NULL;
}

static void put_in_buckets_locked(struct container *container, struct element *element)
	SI_HELD(container->lock)
{
	uint32_t hash = hash_of_object(element->object);

	link_in(&bucket_of(container, element->name_hash)->named, &element->named);
	link_in(&bucket_of(container, hash)->holding, &element->holding);
}

/* Makes more buckets; false leaves them as they were. */
static bool grow_locked(struct container *container) SI_HELD(container->lock)
{
	size_t count = container->bucket_count == 0 ? BUCKETS_MIN : 2 * container->bucket_count;
	struct bucket *buckets = si_platform_alloc(count * sizeof(*buckets));

	if (buckets == NULL) {
		return false;
	}
	memset(buckets, 0, count * sizeof(*buckets));
	si_platform_free(container->buckets);
	container->buckets = buckets;
	container->bucket_count = count;
	for (struct link *at = container->all; at != NULL; at = at->next) {
		struct element *element = ELEMENT(at, all);

		if (element->object != NULL) {
			put_in_buckets_locked(container, element);
		}
	}
	return true;
}

static Retcode insert_locked(struct container *container, const char *name, void *object)
	SI_HELD(container->lock)
{
	uint32_t hash = hash_of_name(name);
	size_t size = strlen(name) + 1;
	struct element *element;

	if (find_named_locked(container, name, hash) != NULL) {
		return rcAlreadyExists; /* (objcontainer-2) */
	}
	element = si_platform_alloc(sizeof(*element) + size);
	if (element == NULL) {
		return rcOutOfMemory;
	}
	/* Too few buckets are slow but right, so only the first ones are needed. */
	if (container->count >= container->bucket_count && !grow_locked(container) &&
		container->bucket_count == 0) {
		si_platform_free(element);
		return rcOutOfMemory;
	}
	si_object_ref(object); /* (objcontainer-3) */
	element->object = object;
	element->name_hash = hash;
	memcpy(element->name, name, size);
	link_in(&container->all, &element->all);
	put_in_buckets_locked(container, element);
	container->count++;
	return rcOk;
}

static void take_out_locked(struct container *container, struct element *element)
	SI_HELD(container->lock)
{
	link_out(&element->all);
	link_out(&element->named);
	link_out(&element->holding);
	container->count--;
}

/* An element that is in no list any more. */
static void drop(struct element *element)
{
	void *object = element->object;

	si_platform_free(element);
	si_object_put(object); /* (objcontainer-3) */
}

static int32_t construct_container(void *object, void *segment, void *arg)
{
	struct container *container = segment;

	(void)object;
	(void)arg;
	return si_mutex_init(&container->lock, SI_RANK_ALONE) ? rcOk : rcOutOfMemory;
}

static void destruct_container(void *object, void *segment)
{
	struct container *container = segment;
	struct link *next;

	(void)object;
	/* Nobody else knows it any more, so there is nothing to lock. */
	for (struct link *at = container->all; at != NULL; at = next) {
		next = at->next;
		drop(ELEMENT(at, all));
	}
	si_platform_free(container->buckets);
	si_mutex_fini(&container->lock);
}

static struct si_type container_type;
static const struct si_ancestor container_chain[] = { { &container_type, 0 } };
static struct si_type container_type = {
	.name = "container",
	.construct = construct_container,
	.constructs = true,
	.destruct = destruct_container,
	.payload = sizeof(struct container),
	.kind = SI_KIND_PLAIN,
	.is_static = true,
	.chain = container_chain,
};

KosObjectType *const sessio_obj_container_type = (KosObjectType *)&container_type;

/* NULL if it is none. */
static struct container *container_of(const KosObjContainer *object)
{
	return object == NULL ? NULL : si_object_cast(object, &container_type);
}

Retcode KosInsertObjContainerObject(KosObjContainer *container, const char *name, void *object)
{
	struct container *self = container_of(container);
	Retcode rc;

	if (self == NULL || name == NULL || object == NULL || object == (void *)container) {
		return rcInvalidArgument;
	}
	si_mutex_lock(&self->lock);
	rc = insert_locked(self, name, object);
	si_mutex_unlock(&self->lock);
	return rc;
}

Retcode KosCreateObjContainer(
	KosObjContainer *parent, const char *name, KosObjContainer **outContainer)
{
	void *object;
	Retcode reason = rcFail;
	sessio_status status;
	Retcode rc;

	if (outContainer == NULL ||
		(parent != NULL && (name == NULL || container_of(parent) == NULL))) {
		return rcInvalidArgument;
	}
	status = si_object_create(&container_type, name, NULL, &object, &reason);
	rc = si_retcode_or(status, reason);
	if (rc != rcOk) {
		return rc;
	}
	if (parent != NULL) {
		rc = KosInsertObjContainerObject(parent, name, object);
		if (rc != rcOk) {
			si_object_put(object);
			return rc;
		}
	}
	*outContainer = object;
	return rcOk;
}

Retcode KosRemoveObjContainerObjectByName(KosObjContainer *container, const char *name)
{
	struct container *self = container_of(container);
	struct element *element;

	if (self == NULL || name == NULL) {
		return rcInvalidArgument;
	}
	si_mutex_lock(&self->lock);
	element = find_named_locked(self, name, hash_of_name(name));
	if (element != NULL) {
		take_out_locked(self, element);
	}
	si_mutex_unlock(&self->lock);
	if (element == NULL) {
		return rcResourceNotFound;
	}
	drop(element);
	return rcOk;
}

/* Takes out every element of this object, in a list of their own. */
static struct link *take_out_all_locked(struct container *container, const void *object)
	SI_HELD(container->lock)
{
	struct link *taken = NULL;
	struct link *next;
	struct link *at = NULL;

	if (container->count != 0) {
		at = bucket_of(container, hash_of_object(object))->holding;
	}
	for (; at != NULL; at = next) {
		struct element *element = ELEMENT(at, holding);

		next = at->next;
		if (element->object == object) {
			take_out_locked(container, element);
			link_in(&taken, &element->all);
		}
	}
	return taken;
}

Retcode KosRemoveObjContainerObject(KosObjContainer *container, void *object)
{
	struct container *self = container_of(container);
	struct link *taken;
	struct link *next;

	if (self == NULL || object == NULL) {
		return rcInvalidArgument;
	}
	si_mutex_lock(&self->lock);
	taken = take_out_all_locked(self, object);
	si_mutex_unlock(&self->lock);
	if (taken == NULL) {
		return rcResourceNotFound;
	}
	for (; taken != NULL; taken = next) {
		next = taken->next;
		drop(ELEMENT(taken, all));
	}
	return rcOk;
}

Retcode KosGetObjContainerObjectByName(
	KosObjContainer *container, const char *name, void **outObject)
{
	struct container *self = container_of(container);
	struct element *element;
	void *found = NULL;

	if (self == NULL || name == NULL || outObject == NULL) {
		return rcInvalidArgument;
	}
	si_mutex_lock(&self->lock);
	element = find_named_locked(self, name, hash_of_name(name));
	if (element != NULL) {
		found = element->object;
		si_object_ref(found);
	}
	si_mutex_unlock(&self->lock);
	if (found == NULL) {
		return rcResourceNotFound;
	}
	*outObject = found;
	return rcOk;
}

/*
 * Moves the cursor behind the next element; its object, counted, or NULL at the
 * end. Under the lock of the container that the cursor is in.
 */
static void *step(struct element *cursor)
{
	struct link *at = cursor->all.next;

	while (at != NULL && ELEMENT(at, all)->object == NULL) {
		at = at->next; /* somebody else's cursor */
	}
	if (at == NULL) {
		return NULL;
	}
	link_out(&cursor->all);
	link_in(&at->next, &cursor->all);
	si_object_ref(ELEMENT(at, all)->object);
	return ELEMENT(at, all)->object;
}

Retcode KosWalkObjContainerObjects(
	KosObjContainer *container, KosObjContainerWalk *walk, void *context)
{
	struct container *self = container_of(container);
	struct element cursor;
	Retcode rc = rcOk;
	void *found;

	if (self == NULL || walk == NULL) {
		return rcInvalidArgument;
	}
	memset(&cursor, 0, sizeof(cursor));
	si_object_ref(container); /* (objcontainer-4) */
	si_mutex_lock(&self->lock);
	link_in(&self->all, &cursor.all);
	while (rc == rcOk && (found = step(&cursor)) != NULL) {
		si_mutex_unlock(&self->lock);
		rc = walk(found, context);
		si_object_put(found);
		si_mutex_lock(&self->lock);
	}
	link_out(&cursor.all);
	si_mutex_unlock(&self->lock);
	si_object_put(container);
	return rc;
}
