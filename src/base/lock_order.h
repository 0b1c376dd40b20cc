/* SPDX-License-Identifier: MIT */
/*
 * The one order of the library's locks, from outside to inside:
 *
 *     gate > resource > bind > lineage > space
 *     gate > resource > bind > lineage > notice
 *     gate > host
 *     turn > host
 *     one of a container or an id table, with no other
 *
 * A thread holds one lock of each rank at most. Callbacks are called with none.
 */
#ifndef SI_LOCK_ORDER_H
#define SI_LOCK_ORDER_H

#include "platform/platform.h"

#define SI_RANK_RESOURCE SI_RANK_SHARED /* resources share locks: si_platform_lock_of() */
#define SI_RANK_BIND SI_RANK(4u, 3u)
#define SI_RANK_LINEAGE SI_RANK(8u, 7u)
#define SI_RANK_SPACE SI_RANK(16u, 15u)
#define SI_RANK_NOTICE SI_RANK(128u, 15u)
#define SI_RANK_TURN SI_RANK(256u, 0u) /* at a host: (host-12) */
#define SI_RANK_HOST SI_RANK(32u, 257u)
#define SI_RANK_ALONE SI_RANK(64u, 0u)

#endif /* SI_LOCK_ORDER_H */
