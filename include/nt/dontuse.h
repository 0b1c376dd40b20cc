/* SPDX-License-Identifier: MIT */
/* Drivers include it for warnings of another compiler: it has none here. */
#ifndef SESSIO_NT_DONTUSE_H
#define SESSIO_NT_DONTUSE_H

#include "sessio_nt/compiler.h"

#endif /* SESSIO_NT_DONTUSE_H */
