/* SPDX-License-Identifier: MIT */
/*
 * Our reading of <handle/handletype.h>.
 *
 * The names Handle, INVALID_HANDLE, HANDLE_TYPE_USER_FIRST and HANDLE_TYPE_USER_LAST
 * are documented or seen in public code. Their numbers are ours.
 */
#ifndef HANDLE_HANDLETYPE_H
#define HANDLE_HANDLETYPE_H

#include <rtl/stdint.h>
#include <sessio/handle_space.h>

/** A number that stands for a resource in one process. */
typedef rtl_uint32_t Handle;

#define INVALID_HANDLE SESSIO_HANDLE_INVALID

/* The types that a provider may give its resources. The type has no effect. */
#define HANDLE_TYPE_USER_FIRST 0x1000u
#define HANDLE_TYPE_USER_LAST 0x1fffu

#endif /* HANDLE_HANDLETYPE_H */
