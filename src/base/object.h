/* SPDX-License-Identifier: MIT */
/*
 * Typed, counted objects.
 *
 * An object is one block of memory. Callers hold the pointer to the segment of the
 * object's own type. The segments of its ancestors lie before the header, the root's
 * nearest. A root's private segment is thus always at the same distance from the
 * pointer:
 *
 *     [parent] ... [root] [header] [own segment] [name]
 *                                  ^ the object
 *
 * (object-1) count >= 1 while any caller holds a pointer that it may use.
 * (object-2) count never goes from 0 to 1, and never below 0.
 * (object-3) count saturates: an object that reached the limit is never destroyed.
 * (object-4) Constructors run from root to own type, destructors the other way round,
 *      each exactly once, with no lock held. After a constructor that fails, the
 *      destructors of those that ran before it run.
 * (object-5) Destruction does not nest: an object whose last reference goes while a
 *      destructor runs on this thread is destroyed after that destructor.
 * (object-6) If its type has last_reference(), the put that would bring count from 1
 *      to 0 leaves it at 1 and calls that. It returns true if it has taken this
 *      reference over, false if the reference may go.
 * (object-7) A weak reference is taken under a lock under which the object's owner
 *      can still be found, and no longer is when last_reference() returns false.
 */
#ifndef SI_OBJECT_H
#define SI_OBJECT_H

#include <sessio/object.h>
#include <sessio/status.h>

#include <string.h>

#include "base/refcount.h"

/* Every segment is aligned for anything. */
#define SI_ALIGN _Alignof(max_align_t)
#define SI_ALIGNED(size) (((size) + SI_ALIGN - 1) / SI_ALIGN * SI_ALIGN)

/* Returns 0, or the reason why there will be no object: a status if its type is static. */
typedef int32_t si_construct_fn(void *object, void *segment, void *arg);
typedef void si_destruct_fn(void *object, void *segment);

/*
 * (object-6). May run inside a destructor, so anything that calls back goes through
 * si_deferred_run(). No lock is held.
 */
typedef bool si_last_reference_fn(void *object);

/* One step of a type's chain: the ancestor and where its segment lies. */
struct si_ancestor {
	const struct sessio_object_type *type;
	ptrdiff_t offset; /* from the object pointer */
};

#define SI_TYPE_DEPTH_MAX 15u

struct sessio_object_type {
	const char *name;
	struct sessio_object_type *parent; /* counted; NULL for a root */
	si_construct_fn *construct; /* may be NULL */
	si_destruct_fn *destruct; /* may be NULL */
	si_last_reference_fn *last_reference; /* may be NULL; inherited from the root */
	size_t payload; /* bytes of the own segment */
	size_t hidden; /* bytes of a root's private segment, kept before the header */
	size_t before; /* bytes before the header */
	unsigned depth; /* 0 for a root */
	uint32_t kind; /* SI_KIND_*, inherited from the root */
	bool constructs; /* some constructor in the chain */
	bool quiet; /* no destructor in the chain but a static root's */
	bool is_static; /* a root that lives for ever and is not counted */
	struct si_refcount refs; /* creator, objects, derived types */
	const struct si_ancestor *chain; /* chain[depth] is the type itself */
};

/* The kind of an object, readable without following its type. */
#define SI_KIND_PLAIN 0u
#define SI_KIND_RESOURCE 1u
#define SI_KIND_SESSION 2u
#define SI_KIND_SESSION_TYPE 3u

/* Header marks: a magic number with the kind and two facts. */
#define SI_MARK_MAGIC UINT32_C(0x0b1ec700)
#define SI_MARK_KIND 3u
#define SI_MARK_NAMED 4u /* a name follows the own segment */
#define SI_MARK_ASKS 8u /* the type has last_reference() */
#define SI_MARK_FACTS 15u
#define SI_MARK_KEPT 7u /* the facts that a dead object keeps */

struct si_header {
	_Alignas(max_align_t) const struct sessio_object_type *type;
	union {
		struct {
			struct si_refcount refs;
			uint32_t mark;
		} live;
		uintptr_t next; /* dead and waiting (object-5): next in line, low bits of mark */
	} u;
};

/* Why the program stops when a count does not add up. */
#define SI_OBJECT_GONE "a reference to an object that is gone (object-2)"
#define SI_TYPE_GONE "a reference to a type that is gone (object-2)"

static inline struct si_header *si_header_of(const void *object)
{
	return (struct si_header *)((uintptr_t)object - sizeof(struct si_header));
}

/* The header, after making sure that this is an object at all. */
static inline struct si_header *si_object_check(const void *object)
{
	struct si_header *header = si_header_of(object);

	SI_BUG_IF((header->u.live.mark & ~SI_MARK_FACTS) != SI_MARK_MAGIC,
		"not an object, or one that is gone (object-1)");
	return header;
}

static inline bool si_object_is_kind(const void *object, uint32_t kind)
{
	return (si_header_of(object)->u.live.mark & ~(SI_MARK_NAMED | SI_MARK_ASKS)) ==
		(SI_MARK_MAGIC | kind);
}

/* The private segment of the object's root, which has this many bytes. */
static inline void *si_object_hidden(const void *object, size_t hidden)
{
	return (void *)((uintptr_t)object - sizeof(struct si_header) - SI_ALIGNED(hidden));
}

/* The other way round. */
static inline void *si_object_of_hidden(const void *segment, size_t hidden)
{
	return (void *)((uintptr_t)segment + SI_ALIGNED(hidden) + sizeof(struct si_header));
}

sessio_status si_type_create(const char *name, struct sessio_object_type *parent, size_t payload,
	si_construct_fn *construct, si_destruct_fn *destruct, struct sessio_object_type **out_type);
void si_type_ref(struct sessio_object_type *type);
void si_type_unref(struct sessio_object_type *type);
bool si_type_inherits(
	const struct sessio_object_type *type, const struct sessio_object_type *ancestor);

/* Bytes of an object without a name. At least one follows the header: the object's own. */
static inline size_t si_object_size(const struct sessio_object_type *type)
{
	return type->before + sizeof(struct si_header) +
		(type->payload == 0 ? 1 : SI_ALIGNED(type->payload));
}

/*
 * Makes an object without a name of so much memory, with one reference and nothing
 * constructed. The root's private segment has `hidden` bytes, and is the caller's to
 * write; the others are zeroed. `facts` are those of its mark, which all objects with this
 * root share. The object does not count on its type.
 */
static inline void *si_object_form(
	const struct sessio_object_type *type, void *memory, size_t hidden, uint32_t facts)
{
	unsigned char *bytes = memory;
	struct si_header *header = (struct si_header *)(void *)(bytes + type->before);

	if (si_unlikely(type->before != SI_ALIGNED(hidden))) {
		memset(bytes, 0, type->before - SI_ALIGNED(hidden));
	}
	header->type = type;
	si_refcount_init(&header->u.live.refs, 1);
	header->u.live.mark = SI_MARK_MAGIC | facts;
	if (type->payload != 0) {
		memset(header + 1, 0, SI_ALIGNED(type->payload));
	}
	return header + 1;
}

/*
 * Memory for an object, zeroed, with one reference and nothing constructed. It
 * counts on its type.
 */
sessio_status si_object_alloc(struct sessio_object_type *type, const char *name, void **out_object);

/*
 * Runs the constructors. If one fails nothing stays constructed. The result is the
 * status of a static type's, or SESSIO_REFUSED; then *out_reason says why.
 */
sessio_status si_object_run_constructors(void *object, void *arg, int32_t *out_reason);

static inline sessio_status si_object_construct(void *object, void *arg, int32_t *out_reason)
{
	return si_header_of(object)->type->constructs
		? si_object_run_constructors(object, arg, out_reason)
		: SESSIO_OK;
}

/* Frees an object that was allocated and not constructed. */
void si_object_discard(void *object);

/*
 * The object is gone, and its type may be: the type has this many bytes before the
 * header. Its memory is the caller's to give back.
 */
static inline void *si_object_unmake(void *object, size_t before)
{
	struct si_header *header = si_header_of(object);

	header->u.live.mark = 0; /* no longer an object, should somebody come back */
	return (unsigned char *)header - before;
}

/* Both together. out_reason may be NULL. */
sessio_status si_object_create(struct sessio_object_type *type, const char *name, void *arg,
	void **out_object, int32_t *out_reason);

/* The slow sides of si_object_put(): count is 0; the type has last_reference(). */
void si_object_put_last(struct si_header *header);
void si_object_put_asking(struct si_header *header);

/* True for the one caller that is to report that the count is full. */
bool si_object_report_full(void *object);

/* False if the count is full: then si_object_report_full(), once no lock is held. */
static inline bool si_object_ref(void *object)
{
	return si_refcount_ref(&si_object_check(object)->u.live.refs, SI_OBJECT_GONE);
}

/* Takes a reference unless there is none any more (object-7). */
static inline bool si_object_ref_unless_zero(void *object)
{
	return si_refcount_ref_unless_zero(&si_object_check(object)->u.live.refs, SI_OBJECT_GONE);
}

static inline void si_object_put(void *object)
{
	struct si_header *header = si_object_check(object);

	if (si_unlikely((header->u.live.mark & SI_MARK_ASKS) != 0)) {
		si_object_put_asking(header);
	} else if (si_refcount_unref(&header->u.live.refs, SI_OBJECT_GONE)) {
		si_object_put_last(header);
	}
}

uint32_t si_object_references(const void *object);
const char *si_object_name(const void *object);
const struct sessio_object_type *si_object_type(const void *object);

/* The segment of this ancestor (or the own type), NULL if it is none. */
void *si_object_cast(const void *object, const struct sessio_object_type *type);

#endif /* SI_OBJECT_H */
