/* SPDX-License-Identifier: MIT */
#include "base/object.h"

#include <string.h>

#include "base/thread_frame.h"

_Static_assert(sizeof(struct si_header) == SI_ALIGNED(sizeof(struct si_header)),
	"the own segment follows the header");
_Static_assert(SI_ALIGN > SI_MARK_FACTS, "a header's address leaves room for the facts");

static bool add_sizes(size_t *sum, size_t more)
{
	if (more > SIZE_MAX / 2 || *sum > SIZE_MAX / 2 - more) {
		return false;
	}
	*sum += more;
	return true;
}

/* A session's type is kept alive by its session type, which outlives it. */
static bool counts_on_type(const struct si_header *header)
{
	return (header->u.live.mark & SI_MARK_KIND) != SI_KIND_SESSION;
}

/* Where the parent's segments lie as seen from an object of the derived type. */
static void chain_fill(
	struct si_type *type, struct si_ancestor *chain, const struct si_type *parent)
{
	ptrdiff_t offset = -(ptrdiff_t)sizeof(struct si_header);

	for (unsigned i = 0; parent != NULL && i <= parent->depth; i++) {
		const struct si_type *ancestor = parent->chain[i].type;

		offset -= (ptrdiff_t)(SI_ALIGNED(ancestor->hidden) + SI_ALIGNED(ancestor->payload));
		chain[i] = (struct si_ancestor){ ancestor, offset };
	}
	chain[type->depth] = (struct si_ancestor){ type, 0 };
	type->chain = chain;
	type->before = (size_t) - (offset + (ptrdiff_t)sizeof(struct si_header));
}

sessio_status si_type_create(const char *name, struct si_type *parent, size_t payload,
	si_construct_fn *construct, si_destruct_fn *destruct, struct si_type **out_type)
{
	unsigned depth = parent == NULL ? 0 : parent->depth + 1;
	size_t name_size = strlen(name) + 1;
	size_t own = 0;
	size_t size = sizeof(struct si_type);
	struct si_type *type;
	struct si_ancestor *chain;

	if (depth > SI_TYPE_DEPTH_MAX) {
		return SESSIO_LIMIT;
	}
	/* An object with all its segments must have a size, too. */
	if (!add_sizes(&own, payload) || !add_sizes(&own, sizeof(struct si_header) + SI_ALIGN) ||
		(parent != NULL &&
			(!add_sizes(&own, parent->before) || !add_sizes(&own, parent->payload) ||
				!add_sizes(&own, parent->hidden + 2 * SI_ALIGN))) ||
		!add_sizes(&size, (depth + 1) * sizeof(*chain)) || !add_sizes(&size, name_size)) {
		return SESSIO_NO_MEMORY;
	}
	type = si_platform_alloc(size);
	if (type == NULL) {
		return SESSIO_NO_MEMORY;
	}
	memset(type, 0, sizeof(*type));
	chain = (struct si_ancestor *)(type + 1);
	type->name = memcpy(chain + depth + 1, name, name_size);
	type->parent = parent;
	type->construct = construct;
	type->destruct = destruct;
	type->payload = payload;
	type->depth = depth;
	type->kind = parent == NULL ? SI_KIND_PLAIN : parent->kind;
	type->constructs = construct != NULL || (parent != NULL && parent->constructs);
	type->quiet = destruct == NULL && (parent == NULL || parent->quiet);
	atomic_init(&type->count, 1);
	chain_fill(type, chain, parent);
	if (parent != NULL) {
		si_type_ref(parent);
	}
	*out_type = type;
	return SESSIO_OK;
}

void si_type_ref(struct si_type *type)
{
	uint32_t before;

	if (type->is_static) {
		return;
	}
	/* Relaxed: as for objects. A type that saturates lives for ever. */
	before = atomic_fetch_add_explicit(&type->count, 1, memory_order_relaxed);
	SI_BUG_IF(before == 0, "a reference to a type that is gone (object-2)");
	if (before >= SI_COUNT_LIMIT) {
		atomic_store_explicit(&type->count, SI_COUNT_STUCK, memory_order_relaxed);
	}
}

void si_type_unref(struct si_type *type)
{
	/* A derived type holds its parent: the last one may take the chain along. */
	while (type != NULL && !type->is_static) {
		struct si_type *parent = type->parent;
		uint32_t before = atomic_fetch_sub_explicit(&type->count, 1, memory_order_acq_rel);

		SI_BUG_IF(before == 0, "one reference to a type dropped twice (object-2)");
		if (before >= SI_COUNT_LIMIT) {
			atomic_store_explicit(&type->count, SI_COUNT_STUCK, memory_order_relaxed);
		}
		if (before != 1) {
			return;
		}
		si_platform_free(type);
		type = parent;
	}
}

bool si_type_inherits(const struct si_type *type, const struct si_type *ancestor)
{
	return ancestor->depth <= type->depth && type->chain[ancestor->depth].type == ancestor;
}

sessio_status si_object_alloc(struct si_type *type, const char *name, void **out_object)
{
	size_t own = SI_ALIGNED(type->payload);
	size_t name_size = name == NULL ? 0 : strlen(name) + 1;
	size_t size = type->before + sizeof(struct si_header);
	unsigned char *memory;
	struct si_header *header;

	/* At least a byte follows the header, so that the object's pointer lies inside its memory. */
	if (!add_sizes(&size, own) || !add_sizes(&size, (own + name_size == 0) ? 1 : name_size)) {
		return SESSIO_NO_MEMORY;
	}
	memory = si_platform_alloc(size);
	if (memory == NULL) {
		return SESSIO_NO_MEMORY;
	}
	memset(memory, 0, size - name_size);
	header = (struct si_header *)(void *)(memory + type->before);
	header->type = type;
	atomic_init(&header->u.live.count, 1);
	header->u.live.mark = SI_MARK_MAGIC | type->kind | (name == NULL ? 0 : SI_MARK_NAMED);
	if (name != NULL) {
		memcpy((unsigned char *)(header + 1) + own, name, name_size);
	}
	if (counts_on_type(header)) {
		si_type_ref(type);
	}
	*out_object = header + 1;
	return SESSIO_OK;
}

static void *segment_at(void *object, const struct si_type *type, unsigned depth)
{
	return (unsigned char *)object + type->chain[depth].offset;
}

/* Undoes the constructors of all types above this depth, the last one first. */
static void destruct_from(void *object, const struct si_type *type, unsigned depth)
{
	while (depth-- > 0) {
		if (type->chain[depth].type->destruct != NULL) {
			type->chain[depth].type->destruct(object, segment_at(object, type, depth));
		}
	}
}

/* The objects that wait until the running destructor is done (object-5). */
struct mourning {
	struct si_thread_frame frame;
	uintptr_t first;
};

static const char mourning_kind;

void si_object_free(void *object, size_t before)
{
	struct si_header *header = si_header_of(object);

	header->u.live.mark = 0; /* no longer an object, should somebody come back */
	si_platform_free((unsigned char *)header - before);
}

static void destroy(struct si_header *header)
{
	void *object = header + 1;
	const struct si_type *type = header->type;
	bool counted = counts_on_type(header);
	size_t before = type->before;

	destruct_from(object, type, type->depth + 1);
	/* A session's type may have gone with the root's destructor. */
	si_object_free(object, before);
	if (counted) {
		si_type_unref((struct si_type *)(uintptr_t)type);
	}
}

/* A dead object keeps its place in the line where its count and mark were. */
static void enqueue(struct mourning *mourning, struct si_header *header)
{
	uint32_t facts = header->u.live.mark & SI_MARK_FACTS;

	header->u.next = mourning->first | facts;
	mourning->first = (uintptr_t)header;
}

static struct si_header *dequeue(struct mourning *mourning)
{
	struct si_header *header = (struct si_header *)mourning->first;

	if (header != NULL) {
		uintptr_t next = header->u.next;

		mourning->first = next & ~(uintptr_t)SI_MARK_FACTS;
		atomic_init(&header->u.live.count, 0);
		header->u.live.mark = SI_MARK_MAGIC | (uint32_t)(next & SI_MARK_FACTS);
	}
	return header;
}

/* Destroys what waits, and what comes to wait meanwhile. */
static void bury_all(struct mourning *mourning)
{
	struct si_header *header;

	while ((header = dequeue(mourning)) != NULL) {
		destroy(header);
	}
}

void si_object_put_last(struct si_header *header)
{
	struct si_thread_frame *outer = si_thread_find(&mourning_kind);
	struct mourning mourning = { .first = 0 };

	/* Zero, so that a destructor that hands the object on is found out (object-2). */
	atomic_store_explicit(&header->u.live.count, 0, memory_order_relaxed);
	if (outer != NULL) {
		enqueue(outer->value, header);
		return;
	}
	si_thread_push(&mourning.frame, &mourning_kind, &mourning);
	destroy(header);
	bury_all(&mourning);
	si_thread_pop(&mourning.frame);
}

/* What a failed constructor's ancestors let go of waits for their destructors, too (object-5). */
static void unwind(void *object, const struct si_type *type, unsigned depth)
{
	struct mourning mourning = { .first = 0 };

	if (si_thread_find(&mourning_kind) != NULL) {
		destruct_from(object, type, depth);
		return;
	}
	si_thread_push(&mourning.frame, &mourning_kind, &mourning);
	destruct_from(object, type, depth);
	bury_all(&mourning);
	si_thread_pop(&mourning.frame);
}

sessio_status si_object_run_constructors(void *object, void *arg, int32_t *out_reason)
{
	struct si_header *header = si_header_of(object);
	const struct si_type *type = header->type;

	for (unsigned i = 0; i <= type->depth; i++) {
		si_construct_fn *construct = type->chain[i].type->construct;
		int32_t reason;

		if (construct == NULL) {
			continue;
		}
		reason = construct(object, segment_at(object, type, i), arg);
		if (reason != 0) {
			SI_BUG_IF(atomic_exchange(&header->u.live.count, 0) != 1,
				"a constructor kept a reference and failed (object-4)");
			unwind(object, type, i);
			*out_reason = reason;
			return SESSIO_REFUSED;
		}
	}
	return SESSIO_OK;
}

void si_object_discard(void *object)
{
	struct si_header *header = si_header_of(object);
	const struct si_type *type = header->type;
	bool counted = counts_on_type(header);

	si_object_free(object, type->before);
	if (counted) {
		si_type_unref((struct si_type *)(uintptr_t)type);
	}
}

sessio_status si_object_create(
	struct si_type *type, const char *name, void *arg, void **out_object, int32_t *out_reason)
{
	void *object;
	int32_t reason = 0;
	sessio_status status = si_object_alloc(type, name, &object);

	if (status != SESSIO_OK) {
		return status;
	}
	status = si_object_construct(object, arg, &reason);
	if (status != SESSIO_OK) {
		si_object_discard(object);
		if (out_reason != NULL) {
			*out_reason = reason;
		}
		return status;
	}
	*out_object = object;
	return SESSIO_OK;
}

SI_COLD bool si_object_stick(struct si_header *header, uint32_t before)
{
	SI_BUG_IF(before == 0, "a reference to an object that is gone (object-2)");
	atomic_store_explicit(&header->u.live.count,
		SI_COUNT_IS_TOLD(before) ? SI_COUNT_TOLD : SI_COUNT_STUCK, memory_order_relaxed);
	return !SI_COUNT_IS_TOLD(before);
}

bool si_object_tell_stuck(void *object)
{
	struct si_header *header = si_object_check(object);

	/* Relaxed: who tells is decided on this one word. */
	return !SI_COUNT_IS_TOLD(atomic_exchange_explicit(
		&header->u.live.count, SI_COUNT_TOLD, memory_order_relaxed));
}

uint32_t si_object_references(const void *object)
{
	return atomic_load_explicit(&si_object_check(object)->u.live.count, memory_order_relaxed);
}

const char *si_object_name(const void *object)
{
	const struct si_header *header = si_object_check(object);

	if ((header->u.live.mark & SI_MARK_NAMED) == 0) {
		return NULL;
	}
	return (const char *)object + SI_ALIGNED(header->type->payload);
}

const struct si_type *si_object_type(const void *object)
{
	return si_object_check(object)->type;
}

void *si_object_cast(const void *object, const struct si_type *type)
{
	const struct si_type *own = si_object_check(object)->type;

	if (own == type) {
		return (void *)(uintptr_t)object; /* also if its segment is a private one */
	}
	if (!si_type_inherits(own, type)) {
		return NULL;
	}
	return (void *)((uintptr_t)object + (uintptr_t)own->chain[type->depth].offset);
}
