/* SPDX-License-Identifier: MIT */
/* Nodes that are taken out of maps that do not have them. */
#include "death.h"

#include "base/map.h"

static void remove_a_node_twice(void)
{
	struct si_map map;
	struct si_map_node node;

	si_map_init(&map);
	si_map_add(&map, &node, 1);
	si_map_remove(&map, &node);
	si_map_remove(&map, &node);
}

int main(int argc, char **argv)
{
	static const struct death cases[] = {
		{ "remove_a_node_twice", remove_a_node_twice },
	};

	return death_main(argc, argv, cases, sizeof(cases) / sizeof(cases[0]));
}
