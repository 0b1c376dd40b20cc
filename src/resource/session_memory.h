/* SPDX-License-Identifier: MIT */
/*
 * Memory of contexts. Most sessions are opened soon after another has ended, so one
 * block is kept for the next. It is kept beside the resource's lock, which guards it:
 * then neither a thread nor a second session ever waits for it.
 *
 * (session_memory-1) A lock has one block at most. Only a session of a registered object
 *      leaves its block there, and an unregistration frees what it finds.
 *      So nothing is kept when no object under that lock is registered.
 * (session_memory-2) A block that is kept is no object, and nobody has a pointer to it.
 */
#ifndef SI_SESSION_MEMORY_H
#define SI_SESSION_MEMORY_H

#include "resource/session.h"

/* Stands at the beginning of a block that is kept. */
struct si_kept_memory {
	size_t size;
};

/* Bytes for a context of this session type, with or without room for the cold part. */
static inline size_t si_session_memory_size(const struct si_session_type *type, bool roomy)
{
	size_t size = type->context_size;

	return si_likely(!roomy) ? size : SI_ALIGNED(size) + sizeof(struct si_session_cold);
}

/* Memory for a context; NULL: none left. */
static inline void *si_session_memory_take_locked(struct si_resource *resource, size_t size)
{
	void **at = si_platform_kept(resource->lock);
	struct si_kept_memory *kept = *at;

	if (si_likely(kept != NULL && kept->size == size)) {
		*at = NULL;
		return kept;
	}
	return si_platform_alloc(size);
}

/* Keeps this block, or another one. Free the result with the lock released; may be NULL. */
static inline void *si_session_memory_keep_locked(
	struct si_resource *resource, void *memory, size_t size)
{
	void **at = si_platform_kept(resource->lock);
	struct si_kept_memory *kept = *at;
	struct si_kept_memory *fresh = memory;

	if ((kept != NULL && kept->size == size) || !si_platform_may_keep() ||
		atomic_load_explicit(&resource->type, memory_order_relaxed) == NULL) {
		return memory;
	}
	fresh->size = size;
	*at = fresh;
	return kept;
}

/* Takes out what is kept, likewise. */
static inline void *si_session_memory_drop_locked(struct si_resource *resource)
{
	void **at = si_platform_kept(resource->lock);
	void *kept = *at;

	*at = NULL;
	return kept;
}

#endif /* SI_SESSION_MEMORY_H */
