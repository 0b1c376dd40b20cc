/* SPDX-License-Identifier: MIT */
/* The promises of platform.h, asked of the platform that was chosen. */
#include "test.h"

#include <string.h>

#include <uv.h>

#include "base/lock_order.h"
#include "inside.h"
#include "platform/process.h"

static void memory_is_aligned_for_anything(void **state)
{
	(void)state;
	for (size_t size = 1; size < 300; size += 7) {
		void *memory = si_platform_alloc(size);

		assert_non_null(memory);
		assert_int_equal((uintptr_t)memory % _Alignof(max_align_t), 0);
		memset(memory, 1, size);
		si_platform_free(memory);
	}
	si_platform_free(NULL);
}

static void the_same_owner_has_the_same_lock(void **state)
{
	int owners[64];
	unsigned different = 0;

	(void)state;
	for (unsigned i = 0; i < 64; i++) {
		assert_ptr_equal(si_platform_lock_of(&owners[i]), si_platform_lock_of(&owners[i]));
		different += si_platform_lock_of(&owners[i]) != si_platform_lock_of(&owners[0]);
	}
	assert_true(different > 0);
}

static void the_clocks_do_not_go_back(void **state)
{
	uint64_t now = si_platform_now_ns();
	uint64_t stamp = si_platform_stamp_ns();

	(void)state;
	for (unsigned i = 0; i < 10000; i++) {
		uint64_t next = si_platform_now_ns();
		uint64_t next_stamp = si_platform_stamp_ns();

		assert_true(next >= now);
		assert_true(next_stamp >= stamp);
		now = next;
		stamp = next_stamp;
	}
}

static void a_wait_ends_by_its_time(void **state)
{
	uint64_t begin = si_platform_now_ns();
	uint64_t passed;

	(void)state;
	si_gate_enter();
	do { /* it may wake early */
		si_gate_wait(UINT64_C(2000000), NULL);
		passed = si_platform_now_ns() - begin;
	} while (passed < UINT64_C(2000000));
	si_gate_leave();
}

struct own {
	struct si_thread_link link;
	void *value;
	unsigned slot;
	uint32_t id;
	unsigned char *block;
};

static void look(void *arg)
{
	struct own *own = arg;
	static const unsigned char zeros[SI_PLATFORM_THREAD_BYTES];

	own->value = si_platform_thread_get();
	own->slot = si_platform_thread_slot();
	own->id = si_platform_thread_id();
	own->block = si_platform_thread_block();
	note_that(memcmp(own->block, zeros, sizeof(zeros)) == 0);
	memset(own->block, 2, SI_PLATFORM_THREAD_BYTES);
	si_platform_thread_set(own);
	note_that(si_platform_thread_get() == own);
}

static void each_thread_has_its_own(void **state)
{
	struct own other;
	uv_thread_t thread;
	struct si_thread_link local;

	(void)state;
	memset(si_platform_thread_block(), 1, SI_PLATFORM_THREAD_BYTES);
	si_platform_thread_set(&local);
	assert_int_equal(uv_thread_create(&thread, look, &other), 0);
	assert_int_equal(uv_thread_join(&thread), 0);
	assert_null(other.value);
	assert_true(other.slot != si_platform_thread_slot());
	assert_int_equal(si_platform_thread_slot(), si_platform_thread_slot());
	assert_true(other.id != si_platform_thread_id());
	assert_ptr_equal(si_platform_thread_get(), &local);
	assert_int_equal(*(unsigned char *)si_platform_thread_block(), 1);
	assert_int_equal((uintptr_t)si_platform_thread_block() % _Alignof(max_align_t), 0);
	si_platform_thread_set(NULL);
}

static void a_processor_is_there(void **state)
{
	(void)state;
	assert_true(si_platform_cpu_count() >= 1);
}

/* Far enough in that a few calls further out it is left. */
static SI_NOINLINE uintptr_t a_place_that_is_left(void)
{
	volatile char far_in[4096];
	uintptr_t place = (uintptr_t)&far_in[0];

	far_in[0] = 0;
	return place;
}

static void what_is_in_use_is_not_left(void **state)
{
	int local;
	static int elsewhere;
	void *memory = si_platform_alloc(8);

	(void)state;
	assert_false(si_platform_has_left(&local));
	assert_false(si_platform_has_left(&elsewhere));
	assert_false(si_platform_has_left(memory));
	si_platform_free(memory);
#if defined(__linux__) && !defined(__SANITIZE_ADDRESS__) && !defined(__has_feature)
	assert_true(si_platform_has_left((void *)a_place_that_is_left()));
#else
	(void)a_place_that_is_left();
#endif
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_aligned_for_anything),
		cmocka_unit_test(the_same_owner_has_the_same_lock),
		cmocka_unit_test(the_clocks_do_not_go_back),
		cmocka_unit_test(a_wait_ends_by_its_time),
		cmocka_unit_test(each_thread_has_its_own),
		cmocka_unit_test(a_processor_is_there),
		cmocka_unit_test(what_is_in_use_is_not_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
