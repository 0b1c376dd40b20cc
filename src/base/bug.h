/* SPDX-License-Identifier: MIT */
/* Broken invariants stop the program, in every build, and say which. */
#ifndef SI_BUG_H
#define SI_BUG_H

#include "platform/platform.h"

#define SI_BUG_IF(cond, why)                                                \
	do {                                                                \
		if (si_unlikely(cond)) {                                    \
			si_platform_stop(__FILE__, __LINE__, #cond, (why)); \
		}                                                           \
	} while (0)

#endif /* SI_BUG_H */
