/* SPDX-License-Identifier: MIT */
/* Our reading of <rtl/stdint.h>. */
#ifndef RTL_STDINT_H
#define RTL_STDINT_H

#include <stdint.h>

typedef int8_t rtl_int8_t;
typedef int16_t rtl_int16_t;
typedef int32_t rtl_int32_t;
typedef int64_t rtl_int64_t;
typedef uint8_t rtl_uint8_t;
typedef uint16_t rtl_uint16_t;
typedef uint32_t rtl_uint32_t;
typedef uint64_t rtl_uint64_t;
typedef intptr_t rtl_intptr_t;
typedef uintptr_t rtl_uintptr_t;

#endif /* RTL_STDINT_H */
