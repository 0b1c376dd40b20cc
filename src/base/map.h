/* SPDX-License-Identifier: MIT */
/*
 * A hash table of things that carry their own node. The owner locks.
 *
 * (map-1) Adding never fails: without memory to grow, chains become longer.
 * (map-2) A key may be there more than once; the latest comes first.
 * (map-3) Memory follows the number of nodes, up and down.
 */
#ifndef SI_MAP_H
#define SI_MAP_H

#include <stddef.h>
#include <stdint.h>

#define SI_MAP_SMALL_BITS 3u

struct si_map_node {
	struct si_map_node *next;
	uint64_t key;
};

struct si_map {
	struct si_map_node **buckets; /* `small`, or allocated */
	size_t count;
	unsigned bits; /* 1 << bits buckets */
	struct si_map_node *small[1u << SI_MAP_SMALL_BITS];
};

void si_map_init(struct si_map *map);

/* Frees the map's own memory. The nodes belong to their owners. */
void si_map_fini(struct si_map *map);

void si_map_add(struct si_map *map, struct si_map_node *node, uint64_t key);

/* The node is in the map. */
void si_map_remove(struct si_map *map, struct si_map_node *node);

/* Spreads neighbouring keys over neighbouring buckets and strides over all. */
static inline size_t si_map_bucket(const struct si_map *map, uint64_t key)
{
	return (size_t)((key * UINT64_C(0x9E3779B97F4A7C15)) >> (64 - map->bits));
}

/* The first node from here on with this key, or NULL. */
static inline struct si_map_node *si_map_skip(struct si_map_node *node, uint64_t key)
{
	while (node != NULL && node->key != key) {
		node = node->next;
	}
	return node;
}

static inline struct si_map_node *si_map_find(const struct si_map *map, uint64_t key)
{
	return si_map_skip(map->buckets[si_map_bucket(map, key)], key);
}

#endif /* SI_MAP_H */
