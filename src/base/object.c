/* SPDX-License-Identifier: MIT */
#include "base/object.h"

#include <string.h>

#include "base/deferred.h"

_Static_assert(sizeof(struct si_header) == SI_ALIGNED(sizeof(struct si_header)),
	"the own segment follows the header");
_Static_assert(SI_ALIGN > SI_MARK_KEPT, "a header's address leaves room for the facts");

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
static void chain_fill(struct sessio_object_type *type, struct si_ancestor *chain,
	const struct sessio_object_type *parent)
{
	ptrdiff_t offset = -(ptrdiff_t)sizeof(struct si_header);

	for (unsigned i = 0; parent != NULL && i <= parent->depth; i++) {
		const struct sessio_object_type *ancestor = parent->chain[i].type;

		offset -= (ptrdiff_t)(SI_ALIGNED(ancestor->hidden) + SI_ALIGNED(ancestor->payload));
		chain[i] = (struct si_ancestor){ ancestor, offset };
	}
	chain[type->depth] = (struct si_ancestor){ type, 0 };
	type->chain = chain;
	type->before = (size_t) - (offset + (ptrdiff_t)sizeof(struct si_header));
}

sessio_status si_type_create(const char *name, struct sessio_object_type *parent, size_t payload,
	si_construct_fn *construct, si_destruct_fn *destruct, struct sessio_object_type **out_type)
{
	unsigned depth = parent == NULL ? 0 : parent->depth + 1;
	size_t name_size = strlen(name) + 1;
	size_t own = 0;
	size_t size = sizeof(struct sessio_object_type);
	struct sessio_object_type *type;
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
	type->last_reference = parent == NULL ? NULL : parent->last_reference;
	si_refcount_init(&type->refs, 1);
	chain_fill(type, chain, parent);
	if (parent != NULL) {
		si_type_ref(parent);
	}
	*out_type = type;
	return SESSIO_OK;
}

void si_type_ref(struct sessio_object_type *type)
{
	if (!type->is_static) {
		(void)si_refcount_ref(&type->refs, SI_TYPE_GONE);
	}
}

void si_type_unref(struct sessio_object_type *type)
{
	/* A derived type holds its parent: the last one may take the chain along. */
	while (type != NULL && !type->is_static) {
		struct sessio_object_type *parent = type->parent;

		if (!si_refcount_unref(&type->refs, SI_TYPE_GONE)) {
			return;
		}
		si_platform_free(type);
		type = parent;
	}
}

bool si_type_inherits(
	const struct sessio_object_type *type, const struct sessio_object_type *ancestor)
{
	return ancestor->depth <= type->depth && type->chain[ancestor->depth].type == ancestor;
}

sessio_status si_object_alloc(struct sessio_object_type *type, const char *name, void **out_object)
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
	si_refcount_init(&header->u.live.refs, 1);
	header->u.live.mark = SI_MARK_MAGIC | type->kind | (name == NULL ? 0 : SI_MARK_NAMED) |
		(type->last_reference == NULL ? 0 : SI_MARK_ASKS);
	if (name != NULL) {
		memcpy((unsigned char *)(header + 1) + own, name, name_size);
	}
	si_type_ref(type);
	*out_object = header + 1;
	return SESSIO_OK;
}

static void *segment_at(void *object, const struct sessio_object_type *type, unsigned depth)
{
	return (unsigned char *)object + type->chain[depth].offset;
}

/* Undoes the constructors of all types above this depth, the last one first. */
static void destruct_from(void *object, const struct sessio_object_type *type, unsigned depth)
{
	while (depth-- > 0) {
		if (type->chain[depth].type->destruct != NULL) {
			type->chain[depth].type->destruct(object, segment_at(object, type, depth));
		}
	}
}

/* The dead objects that wait until the running destructor has returned (object-5). */
struct dead_list {
	uintptr_t first;
};

static const char in_constructor;
static const char in_destructor; /* the kind of frame; its value is the dead_list */

static void destroy(struct si_header *header)
{
	void *object = header + 1;
	const struct sessio_object_type *type = header->type;
	bool counted = counts_on_type(header);
	size_t before = type->before;

	destruct_from(object, type, type->depth + 1);
	/* A session's type may have gone with the root's destructor. */
	si_platform_free(si_object_unmake(object, before));
	if (counted) {
		si_type_unref((struct sessio_object_type *)(uintptr_t)type);
	}
}

/* The link stands where count and mark were. */
static void push_dead(struct dead_list *dead, struct si_header *header)
{
	uint32_t kept = header->u.live.mark & SI_MARK_KEPT;

	header->u.next = dead->first | kept;
	dead->first = (uintptr_t)header;
}

static struct si_header *pop_dead(struct dead_list *dead)
{
	struct si_header *header = (struct si_header *)dead->first;

	if (header != NULL) {
		uintptr_t next = header->u.next;

		dead->first = next & ~(uintptr_t)SI_MARK_KEPT;
		si_refcount_init(&header->u.live.refs, 0);
		header->u.live.mark = SI_MARK_MAGIC | (uint32_t)(next & SI_MARK_KEPT);
	}
	return header;
}

/*
 * Runs these destructors, and those of all objects that die with it (object-5). Never
 * inlined: its frame, if a longjmp leaves it, then lies below the caller's.
 */
static SI_NOINLINE void destruct_and_drain(void (*destruct)(void *arg), void *arg)
{
	SI_GUARDED_FRAME(frame);
	struct si_deferral deferral;
	struct dead_list dead = { .first = 0 };
	struct si_header *header;

	si_deferral_begin(&deferral);
	si_thread_push_foreign(&frame, &in_destructor, &dead);
	destruct(arg);
	while ((header = pop_dead(&dead)) != NULL) {
		destroy(header);
	}
	si_thread_pop(&frame);
	si_deferral_end(&deferral);
}

static void destroy_one(void *arg)
{
	destroy(arg);
}

void si_object_put_last(struct si_header *header)
{
	struct si_thread_frame *outer = si_thread_find(&in_destructor);

	if (outer != NULL) {
		push_dead(outer->value, header);
	} else {
		destruct_and_drain(destroy_one, header);
	}
}

void si_object_put_asking(struct si_header *header)
{
	struct si_refcount *refs = &header->u.live.refs;

	if (si_refcount_unref_unless_last(refs, SI_OBJECT_GONE) ||
		header->type->last_reference(header + 1)) {
		return;
	}
	/* A weak reference may have come meanwhile: then that one is the last. */
	if (si_refcount_unref(refs, SI_OBJECT_GONE)) {
		si_object_put_last(header);
	}
}

/* The part of an object that the constructors before a failed one have made. */
struct unwinding {
	void *object;
	unsigned depth;
};

static void unwind(void *arg)
{
	const struct unwinding *unwinding = arg;

	destruct_from(unwinding->object, si_header_of(unwinding->object)->type, unwinding->depth);
}

static int32_t construct_one(const struct si_ancestor *step, void *object, void *arg)
{
	SI_GUARDED_FRAME(frame);
	int32_t reason;

	si_thread_push(&frame, &in_constructor, NULL);
	reason = step->type->construct(object, (unsigned char *)object + step->offset, arg);
	si_thread_pop(&frame);
	return reason;
}

sessio_status si_object_run_constructors(void *object, void *arg, int32_t *out_reason)
{
	struct si_header *header = si_header_of(object);
	const struct sessio_object_type *type = header->type;

	for (unsigned i = 0; i <= type->depth; i++) {
		struct unwinding unwinding = { object, i };
		int32_t reason;

		if (type->chain[i].type->construct == NULL) {
			continue;
		}
		reason = construct_one(&type->chain[i], object, arg);
		if (reason != 0) {
			SI_BUG_IF(!si_refcount_unref(&header->u.live.refs, SI_OBJECT_GONE),
				"a constructor kept a reference and failed (object-4)");
			if (si_thread_find(&in_destructor) != NULL) {
				unwind(&unwinding); /* (object-5) */
			} else {
				destruct_and_drain(unwind, &unwinding);
			}
			*out_reason = reason;
			return type->chain[i].type->is_static ? (sessio_status)reason
							      : SESSIO_REFUSED;
		}
	}
	return SESSIO_OK;
}

void si_object_discard(void *object)
{
	struct si_header *header = si_header_of(object);
	const struct sessio_object_type *type = header->type;
	bool counted = counts_on_type(header);

	si_platform_free(si_object_unmake(object, type->before));
	if (counted) {
		si_type_unref((struct sessio_object_type *)(uintptr_t)type);
	}
}

sessio_status si_object_create(struct sessio_object_type *type, const char *name, void *arg,
	void **out_object, int32_t *out_reason)
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

bool si_object_report_full(void *object)
{
	return si_refcount_report(&si_object_check(object)->u.live.refs);
}

uint32_t si_object_references(const void *object)
{
	return si_refcount_get(&si_object_check(object)->u.live.refs);
}

const char *si_object_name(const void *object)
{
	const struct si_header *header = si_object_check(object);

	if ((header->u.live.mark & SI_MARK_NAMED) == 0) {
		return NULL;
	}
	return (const char *)object + SI_ALIGNED(header->type->payload);
}

const struct sessio_object_type *si_object_type(const void *object)
{
	return si_object_check(object)->type;
}

void *si_object_cast(const void *object, const struct sessio_object_type *type)
{
	const struct sessio_object_type *own = si_object_check(object)->type;

	if (own == type) {
		return (void *)(uintptr_t)object; /* also if its segment is a private one */
	}
	if (!si_type_inherits(own, type)) {
		return NULL;
	}
	return (void *)((uintptr_t)object + (uintptr_t)own->chain[type->depth].offset);
}
