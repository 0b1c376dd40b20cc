/* SPDX-License-Identifier: MIT */
#include "base/container.h"

#include <string.h>

#include "base/list.h"
#include "base/lock_order.h"
#include "base/thread_frame.h"

#define BUCKETS_MIN 8u

struct element {
	struct si_list_node all; /* container->all */
	struct si_list_node named; /* bucket->named */
	struct si_list_node holding; /* bucket->holding */
	void *object; /* counted */
	size_t name_size; /* with the final zero */
	uint32_t name_hash;
	char name[];
};

struct bucket {
	struct si_list named; /* elements whose name belongs here */
	struct si_list holding; /* elements whose object belongs here */
};

/* All but the lock itself is under the lock. */
struct si_container {
	si_mutex lock;
	struct si_list all; /* elements, the newest first */
	struct bucket *buckets; /* NULL until there is an element */
	size_t bucket_count; /* a power of two, or 0 */
	size_t count; /* elements */
};

#define ELEMENT(node, member) SI_LIST_ELEMENT(node, struct element, member)

static const char in_walk; /* the kind of frame of a thread in a walk's callback */

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

static struct bucket *bucket_of(const struct si_container *container, uint32_t hash)
{
	return &container->buckets[hash & (container->bucket_count - 1)];
}

static struct element *find_locked(const struct si_container *container, const char *name,
	uint32_t hash) SI_HELD(container->lock)
{
	size_t size = strlen(name) + 1;
	struct si_list_node *at = NULL;

	if (container->count != 0) {
		at = bucket_of(container, hash)->named.first;
	}
	for (; at != NULL; at = at->next) {
		struct element *element = ELEMENT(at, named);

		if (element->name_hash == hash && element->name_size == size &&
			memcmp(element->name, name, size) == 0) {
			return element;
		}
	}
	return NULL;
}

static void put_in_buckets_locked(struct si_container *container, struct element *element)
	SI_HELD(container->lock)
{
	uint32_t hash = hash_of_object(element->object);

	si_list_prepend(&bucket_of(container, element->name_hash)->named, &element->named);
	si_list_prepend(&bucket_of(container, hash)->holding, &element->holding);
}

/* Makes more buckets; false leaves them as they were. */
static bool grow_locked(struct si_container *container) SI_HELD(container->lock)
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
	for (struct si_list_node *at = container->all.first; at != NULL; at = at->next) {
		put_in_buckets_locked(container, ELEMENT(at, all));
	}
	return true;
}

static sessio_status insert_locked(struct si_container *container, const char *name, void *object)
	SI_HELD(container->lock)
{
	uint32_t hash = hash_of_name(name);
	size_t size = strlen(name) + 1;
	struct element *element;

	if (find_locked(container, name, hash) != NULL) {
		return SESSIO_EXISTS; /* (container-2) */
	}
	element = si_platform_alloc(sizeof(*element) + size);
	if (element == NULL) {
		return SESSIO_NO_MEMORY;
	}
	/* Too few buckets are slow but right, so only the first ones are needed. */
	if (container->count >= container->bucket_count && !grow_locked(container) &&
		container->bucket_count == 0) {
		si_platform_free(element);
		return SESSIO_NO_MEMORY;
	}
	(void)si_object_ref(object); /* (container-3) */
	element->object = object;
	element->name_size = size;
	element->name_hash = hash;
	memcpy(element->name, name, size);
	si_list_prepend(&container->all, &element->all);
	put_in_buckets_locked(container, element);
	container->count++;
	return SESSIO_OK;
}

sessio_status si_container_insert(struct si_container *container, const char *name, void *object)
{
	sessio_status status;

	si_mutex_lock(&container->lock);
	status = insert_locked(container, name, object);
	si_mutex_unlock(&container->lock);
	return status;
}

static void remove_locked(struct si_container *container, struct element *element)
	SI_HELD(container->lock)
{
	uint32_t hash = hash_of_object(element->object);

	si_list_remove(&container->all, &element->all);
	si_list_remove(&bucket_of(container, element->name_hash)->named, &element->named);
	si_list_remove(&bucket_of(container, hash)->holding, &element->holding);
	container->count--;
}

/* An element that is in no list any more. */
static void drop(struct element *element)
{
	void *object = element->object;

	si_platform_free(element);
	si_object_put(object); /* (container-3) */
}

static void drop_all(struct si_list *list)
{
	struct si_list_node *next;

	for (struct si_list_node *at = list->first; at != NULL; at = next) {
		next = at->next;
		drop(ELEMENT(at, all));
	}
}

static int32_t construct_container(void *object, void *segment, void *arg)
{
	struct si_container *container = segment;

	(void)object;
	(void)arg;
	return si_mutex_init(&container->lock, SI_RANK_ALONE) ? 0 : SESSIO_NO_MEMORY;
}

static void destruct_container(void *object, void *segment)
{
	struct si_container *container = segment;

	(void)object;
	/* Nobody else knows it any more, so there is nothing to lock. */
	drop_all(&container->all);
	si_platform_free(container->buckets);
	si_mutex_fini(&container->lock);
}

static const struct si_ancestor container_chain[] = { { &si_container_type, 0 } };
struct sessio_object_type si_container_type = {
	.name = "container",
	.construct = construct_container,
	.constructs = true,
	.destruct = destruct_container,
	.payload = sizeof(struct si_container),
	.kind = SI_KIND_PLAIN,
	.is_static = true,
	.chain = container_chain,
};

sessio_status si_container_create(const char *name, struct si_container **out_container)
{
	void *object;
	sessio_status status = si_object_create(&si_container_type, name, NULL, &object, NULL);

	if (status == SESSIO_OK) {
		*out_container = object;
	}
	return status;
}

sessio_status si_container_remove_name(struct si_container *container, const char *name)
{
	struct element *element;

	si_mutex_lock(&container->lock);
	element = find_locked(container, name, hash_of_name(name));
	if (element != NULL) {
		remove_locked(container, element);
	}
	si_mutex_unlock(&container->lock);
	if (element == NULL) {
		return SESSIO_NOT_FOUND;
	}
	drop(element);
	return SESSIO_OK;
}

/* Moves every element of this object to a list of their own. */
static void remove_all_locked(struct si_container *container, const void *object,
	struct si_list *removed) SI_HELD(container->lock)
{
	struct si_list_node *at = NULL;
	struct si_list_node *next;

	if (container->count != 0) {
		at = bucket_of(container, hash_of_object(object))->holding.first;
	}
	for (; at != NULL; at = next) {
		struct element *element = ELEMENT(at, holding);

		next = at->next;
		if (element->object == object) {
			remove_locked(container, element);
			si_list_append(removed, &element->all);
		}
	}
}

sessio_status si_container_remove_object(struct si_container *container, const void *object)
{
	struct si_list removed = { .first = NULL };

	si_mutex_lock(&container->lock);
	remove_all_locked(container, object, &removed);
	si_mutex_unlock(&container->lock);
	if (si_list_is_empty(&removed)) {
		return SESSIO_NOT_FOUND;
	}
	drop_all(&removed);
	return SESSIO_OK;
}

void *si_container_find(struct si_container *container, const char *name)
{
	struct element *element;
	void *found = NULL;

	si_mutex_lock(&container->lock);
	element = find_locked(container, name, hash_of_name(name));
	if (element != NULL) {
		found = element->object;
		(void)si_object_ref(found);
	}
	si_mutex_unlock(&container->lock);
	return found;
}

/* The next element's object, counted; NULL at the end. The container's lock is held. */
static void *step(struct si_list_cursor *cursor)
{
	struct si_list_node *node = si_list_cursor_next(cursor);
	void *object;

	if (node == NULL) {
		return NULL;
	}
	object = ELEMENT(node, all)->object;
	(void)si_object_ref(object);
	return object;
}

static int32_t call_visitor(si_container_walk_fn *visit, void *object, void *arg)
{
	SI_GUARDED_FRAME(frame);
	int32_t result;

	si_thread_push(&frame, &in_walk, NULL);
	result = visit(object, arg);
	si_thread_pop(&frame);
	return result;
}

int32_t si_container_walk(
	void *object, struct si_container *container, si_container_walk_fn *visit, void *arg)
{
	struct si_list_cursor cursor;
	int32_t result = 0;
	void *found;

	(void)si_object_ref(object); /* (container-4) */
	si_mutex_lock(&container->lock);
	si_list_cursor_begin(&container->all, &cursor);
	while (result == 0 && (found = step(&cursor)) != NULL) {
		si_mutex_unlock(&container->lock);
		result = call_visitor(visit, found, arg);
		si_object_put(found);
		si_mutex_lock(&container->lock);
	}
	si_list_cursor_end(&container->all, &cursor);
	si_mutex_unlock(&container->lock);
	si_object_put(object);
	return result;
}

bool si_container_is_walking(void)
{
	return si_thread_find_own(&in_walk) != NULL;
}
