/* SPDX-License-Identifier: MIT */
/* Our reading of <rtl/stddef.h>. */
#ifndef RTL_STDDEF_H
#define RTL_STDDEF_H

#include <stddef.h>

typedef size_t rtl_size_t;

#ifdef __cplusplus
#define RTL_NULL 0
#else
#define RTL_NULL ((void *)0)
#endif

/* How many elements an array has. The name is documented, and its place is ours. */
#define rtl_countof(array) (sizeof(array) / sizeof((array)[0]))

#endif /* RTL_STDDEF_H */
