/* SPDX-License-Identifier: MIT */
/*
 * The names of devices and of symbolic links.
 *
 * (device_names-1) A name is there once, for a device or for a link. Capital and
 *      small letters are equal, and so are \DosDevices\ and \??\ in front.
 */
#ifndef SI_WDK_DEVICE_NAMES_H
#define SI_WDK_DEVICE_NAMES_H

#include <stdbool.h>

#include "base/map.h"
#include "nt/sessio_nt/types.h"

struct si_wdk_name {
	struct si_map_node by_hash; /* of its text */
	UNICODE_STRING text; /* its owner's; not empty */
	UNICODE_STRING target; /* of a link, its owner's */
	bool is_link;
};

/* False, and nothing is added, if the name is taken. */
bool si_wdk_name_add(struct si_wdk_name *name);

/* The name is there. */
void si_wdk_name_remove(struct si_wdk_name *name);

/* Removes the link of this name; NULL if there is none. */
struct si_wdk_name *si_wdk_name_remove_link(PCUNICODE_STRING text);

/*
 * Follows links from this name to a device's, and calls keep() with that, with the
 * lock of names held. False if they lead to none, or if keep() answers so.
 */
typedef bool si_wdk_keep_fn(struct si_wdk_name *name, void *arg);
bool si_wdk_name_follow(PCUNICODE_STRING text, si_wdk_keep_fn *keep, void *arg);

/* How many links there are. */
size_t si_wdk_name_links(void);

#endif /* SI_WDK_DEVICE_NAMES_H */
