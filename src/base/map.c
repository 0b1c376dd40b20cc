/* SPDX-License-Identifier: MIT */
#include "base/map.h"

#include <string.h>

#include "base/bug.h"

/* Shrinks when fewer than one bucket in this many would be in use. */
#define SPARSE 8u

void si_map_init(struct si_map *map)
{
	memset(map, 0, sizeof(*map));
	map->buckets = map->small;
	map->bits = SI_MAP_SMALL_BITS;
}

void si_map_fini(struct si_map *map)
{
	if (map->buckets != map->small) {
		si_platform_free(map->buckets);
	}
}

static void put(struct si_map *map, struct si_map_node *node)
{
	struct si_map_node **bucket = &map->buckets[si_map_bucket(map, node->key)];

	node->next = *bucket;
	*bucket = node;
}

/* Keeps the order of equal keys (map-2): an old chain is turned over before it is moved. */
static void move_chain(struct si_map *map, struct si_map_node *chain)
{
	struct si_map_node *oldest_first = NULL;

	while (chain != NULL) {
		struct si_map_node *node = chain;

		chain = node->next;
		node->next = oldest_first;
		oldest_first = node;
	}
	while (oldest_first != NULL) {
		struct si_map_node *node = oldest_first;

		oldest_first = node->next;
		put(map, node);
	}
}

static void resize(struct si_map *map, unsigned bits)
{
	size_t size = ((size_t)1 << bits) * sizeof(struct si_map_node *);
	size_t old_count = (size_t)1 << map->bits;
	struct si_map_node **old = map->buckets;
	struct si_map_node *copy[1u << SI_MAP_SMALL_BITS];
	struct si_map_node **fresh = map->small;

	if (bits > SI_MAP_SMALL_BITS) {
		fresh = si_platform_alloc(size);
		if (fresh == NULL) {
			return; /* (map-1) */
		}
	}
	if (old == map->small) {
		memcpy(copy, map->small, sizeof(copy));
		old = copy;
	}
	memset(fresh, 0, size);
	map->buckets = fresh;
	map->bits = bits;
	for (size_t i = 0; i < old_count; i++) {
		move_chain(map, old[i]);
	}
	if (old != copy) {
		si_platform_free(old);
	}
}

void si_map_add(struct si_map *map, struct si_map_node *node, uint64_t key)
{
	if (map->count >= (size_t)1 << map->bits) {
		resize(map, map->bits + 1);
	}
	node->key = key;
	put(map, node);
	map->count++;
}

void si_map_remove(struct si_map *map, struct si_map_node *node)
{
	struct si_map_node **link = &map->buckets[si_map_bucket(map, node->key)];

	while (*link != node) {
		SI_BUG_IF(*link == NULL, "a node is removed from a map that does not have it");
		link = &(*link)->next;
	}
	*link = node->next;
	map->count--;
	if (map->bits > SI_MAP_SMALL_BITS && map->count < ((size_t)1 << map->bits) / SPARSE) {
		resize(map, map->bits - 1);
	}
}
