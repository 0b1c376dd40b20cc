/* SPDX-License-Identifier: MIT */
/*
 * Our reading of <nk/types.h>, as far as handles in messages need it.
 *
 * The names that begin with nk_ or NK_ are documented or seen in public code,
 * except nk_get_rights. The numbers, the underlying types and the fields of
 * nk_handle_desc_t are ours.
 *
 * Default: a call keeps no reference, does not block, calls nobody back, and is
 *          open to any thread.
 */
#ifndef NK_TYPES_H
#define NK_TYPES_H

#include <handle/handletype.h>
#include <rtl/compiler.h>
#include <rtl/stddef.h>
#include <rtl/stdint.h>

__RTL_BEGIN_DECLS

typedef rtl_int32_t nk_err_t;
typedef rtl_uint32_t nk_bool_t;
typedef rtl_uint32_t nk_rights_t;
/** The context that a transfer is tied to, as a number. */
typedef rtl_uintptr_t nk_badge_t;

enum { NK_EOK = 0, NK_EBADMSG = -1, NK_ENOMEM = -2, NK_ENOENT = -3, NK_EPERM = -4 };

/** The transport container of a handle. */
typedef struct sessio_handle_desc nk_handle_desc_t;

/*
 * nk_handle_desc(handle), nk_handle_desc(handle, rights) or
 * nk_handle_desc(handle, rights, badge): a container to send. Rights that are left
 * out are all that the handle has. The badge is one of KnHandleCreateBadge(). Both
 * defaults are the same number, so that one macro serves.
 */
#define nk_handle_desc(...) \
	SESSIO_NK_HANDLE_DESC(__VA_ARGS__, SESSIO_HANDLE_SAME_RIGHTS, INVALID_HANDLE, 0)
#define SESSIO_NK_HANDLE_DESC(handle, rights, badge, ...) \
	sessio_nk_handle_desc((handle), (rights), (badge))

/**
 * A container to send, of all three parts.
 *
 * @return the container.
 */
static inline nk_handle_desc_t sessio_nk_handle_desc(
	Handle handle, nk_rights_t rights, nk_badge_t badge)
{
	nk_handle_desc_t desc;

	desc.handle = handle;
	desc.rights = rights;
	desc.badge = badge;
	desc.dereferenced = 0;
	desc.session = 0;
	return desc;
}

/**
 * The handle in a container.
 *
 * @return the handle; the receiver's own, in a container that has come.
 *         INVALID_HANDLE for NULL.
 *
 * Models:  N-6, N-8
 */
static inline Handle nk_get_handle(const nk_handle_desc_t *desc)
{
	return desc == RTL_NULL ? INVALID_HANDLE : desc->handle;
}

/**
 * The rights in a container.
 *
 * @return the mask; 0 for NULL.
 *
 * Models:  N-3, N-6
 */
static inline nk_rights_t nk_get_rights(const nk_handle_desc_t *desc)
{
	return desc == RTL_NULL ? 0 : desc->rights;
}

/**
 * Whether a container came from a dereference.
 *
 * @return not 0 if it did, 0 if it came from a transfer, and for NULL.
 *
 * Models:  N-5, N-7
 */
static inline nk_bool_t nk_is_handle_dereferenced(const nk_handle_desc_t *desc)
{
	return desc == RTL_NULL ? 0 : desc->dereferenced;
}

/**
 * The transfer context of a container, if its rights have every bit of `operation`.
 *
 * @return NK_EOK, NK_EPERM (a bit is missing), NK_EBADMSG (the container is not
 *         dereferenced, or an argument is NULL).
 *
 * Models:  N-4, N-29
 */
static inline nk_err_t nk_get_badge_op(
	const nk_handle_desc_t *desc, nk_rights_t operation, nk_badge_t *badge)
{
	if (desc == RTL_NULL || badge == RTL_NULL || desc->dereferenced == 0) {
		return NK_EBADMSG;
	}
	if ((operation & ~desc->rights) != 0) {
		return NK_EPERM;
	}
	*badge = desc->badge;
	return NK_EOK;
}

__RTL_END_DECLS

#endif /* NK_TYPES_H */
