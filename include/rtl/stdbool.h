/* SPDX-License-Identifier: MIT */
/* Our reading of <rtl/stdbool.h>. */
#ifndef RTL_STDBOOL_H
#define RTL_STDBOOL_H

#include <stdbool.h>

typedef bool rtl_bool;

#define rtl_true true
#define rtl_false false

#endif /* RTL_STDBOOL_H */
