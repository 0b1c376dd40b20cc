/* SPDX-License-Identifier: MIT */
/* Our reading of <rtl/compiler.h>: the few macros that the headers here need. */
#ifndef RTL_COMPILER_H
#define RTL_COMPILER_H

#include <sessio/version.h>

#ifdef __cplusplus
#define __RTL_BEGIN_DECLS extern "C" {
#define __RTL_END_DECLS }
#else
#define __RTL_BEGIN_DECLS
#define __RTL_END_DECLS
#endif

/* A conversion to a type of one name; ours. In C++ it is no old-style cast. */
#ifdef __cplusplus
#define SESSIO_RTL_CAST(type, value) (type(value))
#else
#define SESSIO_RTL_CAST(type, value) ((type)(value))
#endif

#if defined(__GNUC__)
#define __rtl_unused __attribute__((unused))
#else
#define __rtl_unused
#endif

#endif /* RTL_COMPILER_H */
