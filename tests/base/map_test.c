/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "alloc_fail.h"
#include "base/map.h"
#include "leaks.h"

#define MANY 5000u

static struct si_map_node nodes[MANY];

static void fill(struct si_map *map)
{
	si_map_init(map);
	for (uint64_t i = 0; i < MANY; i++) {
		si_map_add(map, &nodes[i], i * 3);
	}
}

static size_t longest_chain(const struct si_map *map)
{
	size_t longest = 0;

	for (size_t i = 0; i < (size_t)1 << map->bits; i++) {
		size_t length = 0;

		for (const struct si_map_node *node = map->buckets[i]; node != NULL;
			node = node->next) {
			length++;
		}
		longest = length > longest ? length : longest;
	}
	return longest;
}

static void what_was_added_is_found_until_it_is_removed(void **state)
{
	struct si_map map;

	(void)state;
	fill(&map);
	for (uint64_t i = 0; i < MANY; i++) {
		assert_ptr_equal(si_map_find(&map, i * 3), &nodes[i]);
		assert_null(si_map_find(&map, i * 3 + 1));
	}
	for (uint64_t i = 0; i < MANY; i += 2) {
		si_map_remove(&map, &nodes[i]);
	}
	for (uint64_t i = 0; i < MANY; i++) {
		assert_ptr_equal(si_map_find(&map, i * 3), i % 2 == 0 ? NULL : &nodes[i]);
	}
	assert_int_equal(map.count, MANY / 2);
	si_map_fini(&map);
}

static void chains_stay_short(void **state)
{
	struct si_map map;

	(void)state;
	fill(&map);
	assert_in_range(longest_chain(&map), 1, 8);
	si_map_fini(&map);
}

static void memory_goes_back_as_nodes_do(void **state)
{
	struct si_map map;
	size_t before = leaks_live();

	(void)state;
	fill(&map);
	assert_int_equal(leaks_live(), before + 1);
	assert_true(map.bits >= 12);
	for (uint64_t i = 0; i < MANY; i++) {
		si_map_remove(&map, &nodes[i]);
	}
	assert_int_equal(map.bits, SI_MAP_SMALL_BITS);
	assert_int_equal(leaks_live(), before);
	si_map_fini(&map);
}

static void of_equal_keys_the_latest_comes_first_however_the_map_grows(void **state)
{
	struct si_map_node twins[3];
	struct si_map map;

	(void)state;
	si_map_init(&map);
	for (int i = 0; i < 3; i++) {
		si_map_add(&map, &twins[i], 1);
	}
	for (uint64_t i = 0; i < MANY; i++) {
		si_map_add(&map, &nodes[i], 10 + i);
		assert_ptr_equal(si_map_find(&map, 1), &twins[2]);
	}
	for (uint64_t i = 0; i < MANY; i++) {
		si_map_remove(&map, &nodes[i]);
		assert_ptr_equal(si_map_find(&map, 1), &twins[2]);
	}
	assert_ptr_equal(si_map_skip(twins[2].next, 1), &twins[1]);
	assert_ptr_equal(si_map_skip(twins[1].next, 1), &twins[0]);
	si_map_remove(&map, &twins[2]);
	assert_ptr_equal(si_map_find(&map, 1), &twins[1]);
	si_map_fini(&map);
}

static void add_and_remove(struct alloc_fail *tester, void *ctx)
{
	struct si_map map;

	(void)ctx;
	si_map_init(&map);
	alloc_fail_on(tester);
	for (uint64_t i = 0; i < 100; i++) {
		si_map_add(&map, &nodes[i], i);
	}
	for (uint64_t i = 0; i < 100; i++) {
		assert_ptr_equal(si_map_find(&map, i), &nodes[i]);
	}
	for (uint64_t i = 0; i < 100; i++) {
		si_map_remove(&map, &nodes[i]);
		assert_null(si_map_find(&map, i));
	}
	assert_int_equal(map.count, 0);
	si_map_fini(&map);
	(void)alloc_fail_off(tester, false);
}

static void without_memory_it_works_as_well(void **state)
{
	(void)state;
	alloc_fail_sweep(add_and_remove, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_added_is_found_until_it_is_removed),
		cmocka_unit_test(chains_stay_short),
		cmocka_unit_test(memory_goes_back_as_nodes_do),
		cmocka_unit_test(of_equal_keys_the_latest_comes_first_however_the_map_grows),
		cmocka_unit_test_teardown(without_memory_it_works_as_well, alloc_fail_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
