/* SPDX-License-Identifier: MIT */
/* The two names of one thing: what core calls a type, the documents call an identifier. */
#ifndef SI_KOS_TYPE_H
#define SI_KOS_TYPE_H

#include <kos/objects.h>

#include "base/object.h"

static inline struct si_type *si_kos_type(KosObjectType *type)
{
	return (struct si_type *)type;
}

static inline const struct si_type *si_kos_const_type(const KosObjectType *type)
{
	return (const struct si_type *)type;
}

#endif /* SI_KOS_TYPE_H */
