/* SPDX-License-Identifier: MIT */
/* The block of memory that is kept for the next session, and for how long it is. */
#include "test.h"

#include <string.h>

#include <kos/session.h>
#include <sessio/inspect.h>

#include "platform/hooks.h"
#include "resource/session_memory.h"

#define PAYLOAD 48u

/* A session type without constructors and destructors, and an object. */
static struct {
	KosObjectType *object_type;
	KosObjectType *parent_type; /* of the context type */
	KosObjectType *context_type;
	KosSessionType *type;
	void *object;
	const struct si_hooks *hooks; /* those of every test program */
} plain;

/* Blocks that the library has. Each call is the linker's: sessio_wrap() in CMakeLists.txt. */
static size_t blocks;

void *__real_si_platform_alloc(size_t size);
void *__wrap_si_platform_alloc(size_t size);
void __real_si_platform_free(void *memory);
void __wrap_si_platform_free(void *memory);

void *__wrap_si_platform_alloc(size_t size)
{
	blocks++;
	return __real_si_platform_alloc(size);
}

void __wrap_si_platform_free(void *memory)
{
	blocks -= memory != NULL;
	__real_si_platform_free(memory);
}

static Retcode on_open(void *object, void *context, void *arg, rtl_uint32_t *rights)
{
	(void)object;
	(void)context;
	(void)arg;
	(void)rights;
	return rcOk;
}

static Retcode on_close(void *object, void *context)
{
	(void)object;
	(void)context;
	return rcOk;
}

static const KosSessionOps ops = { .open = on_open, .close = on_close };

static KosSessionType *make_type(KosObjectType *context_type)
{
	KosSessionType *type = NULL;

	assert_int_equal(KosSessionCreateType(plain.object_type, context_type, &ops, &type), rcOk);
	return type;
}

static int set_up(void **state)
{
	(void)state;
	blocks = 0;
	plain.hooks = si_hooks_get();
	si_hooks_set(NULL); /* with hooks nothing is kept */
	assert_int_equal(KosCreateObjectType("object", kosSessionBaseObjectType, 0, NULL, NULL,
				 &plain.object_type),
		rcOk);
	assert_int_equal(KosCreateObjectType("parent", kosSessionBaseSessionType, PAYLOAD, NULL,
				 NULL, &plain.parent_type),
		rcOk);
	assert_int_equal(KosCreateObjectType("context", plain.parent_type, PAYLOAD, NULL, NULL,
				 &plain.context_type),
		rcOk);
	plain.type = make_type(plain.context_type);
	assert_int_equal(KosCreateObject(plain.object_type, NULL, NULL, &plain.object), rcOk);
	assert_int_equal(KosSessionRegisterObject(plain.type, plain.object), rcOk);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	(void)KosSessionUnregisterObject(plain.object);
	KosPutObject(plain.object);
	KosSessionDestroyType(plain.type);
	sessio_object_type_unref(plain.context_type);
	sessio_object_type_unref(plain.parent_type);
	sessio_object_type_unref(plain.object_type);
	si_hooks_set(plain.hooks);
	assert_int_equal(blocks, 0);
	return 0;
}

static void *open_one(void)
{
	void *context = NULL;

	assert_int_equal(KosSessionOpenObject(plain.object, 1, 1, NULL, &context), rcOk);
	return context;
}

static const struct si_kept_memory *kept(void)
{
	return *si_platform_kept(si_resource_of(plain.object)->lock);
}

/* Where a sanitizer watches memory, nothing is ever kept. */
static void expect_kept(bool expected)
{
	assert_int_equal(kept() != NULL, expected && si_platform_may_keep());
}

static void the_block_of_an_ended_session_waits_for_the_next(void **state)
{
	void *first = open_one();
	void *second;
	void *third;

	(void)state;
	expect_kept(false);
	assert_int_equal(KosSessionCloseObject(first), rcOk);
	expect_kept(true);
	second = open_one();
	expect_kept(false);
	third = open_one();
	assert_ptr_not_equal(second, third); /* (session_memory-2) */
	assert_int_equal(KosSessionCloseObject(second), rcOk);
	assert_int_equal(KosSessionCloseObject(third), rcOk);
	expect_kept(true);
}

static void a_session_that_somebody_holds_leaves_its_block_later(void **state)
{
	void *context = open_one();

	(void)state;
	KosRefObject(context);
	assert_int_equal(KosSessionCloseObject(context), rcOk);
	expect_kept(false);
	assert_int_equal(sessio_object_references(context), 1);
	KosPutObject(context);
	expect_kept(true);
}

static void a_context_is_new_although_its_memory_is_not(void **state)
{
	static const unsigned char zeros[PAYLOAD];
	unsigned char *context = open_one();
	sessio_session_info info;

	(void)state;
	memset(context, 0x5a, PAYLOAD);
	memset(sessio_object_cast(context, plain.parent_type), 0x5a, PAYLOAD);
	assert_int_equal(KosSessionRef(context, NULL, NULL), rcOk);
	KosSessionPut(context);
	assert_int_equal(KosSessionCloseObject(context), rcOk);
	context = open_one();
	assert_memory_equal(context, zeros, PAYLOAD);
	assert_memory_equal(sessio_object_cast(context, plain.parent_type), zeros, PAYLOAD);
	assert_int_equal(sessio_session_inspect(context, &info), SESSIO_OK);
	assert_int_equal(info.phase, SESSIO_SESSION_OPEN);
	assert_int_equal(info.operations, 0);
	assert_int_equal(sessio_object_references(context), 1);
	assert_int_equal(KosSessionCloseObject(context), rcOk);
}

static void nothing_is_kept_where_a_test_watches_memory(void **state)
{
	static const struct si_hooks hooks = { .may_alloc = NULL };
	void *context = open_one();

	(void)state;
	si_hooks_set(&hooks);
	assert_int_equal(KosSessionCloseObject(context), rcOk);
	expect_kept(false);
	si_hooks_set(NULL);
}

static void nothing_is_kept_when_the_object_is_unregistered(void **state)
{
	void *held = open_one();

	(void)state;
	assert_int_equal(KosSessionCloseObject(open_one()), rcOk);
	expect_kept(true);
	KosRefObject(held);
	assert_int_equal(KosSessionUnregisterObject(plain.object), rcOk);
	expect_kept(false);
	KosPutObject(held); /* its memory goes, too */
	expect_kept(false);
}

/* A second object whose sessions have another size, under the same lock. */
static void *neighbour(KosSessionType *type)
{
	/* Of a few hundred locks each object has one by its address, so these are many. */
	static void *other[16384];
	const struct si_resource *resource = si_resource_of(plain.object);
	void *object = NULL;
	unsigned count = 0;

	do {
		assert_true(count < sizeof(other) / sizeof(other[0]));
		assert_int_equal(KosCreateObject(plain.object_type, NULL, NULL, &object), rcOk);
		other[count++] = object;
	} while (si_resource_of(object)->lock != resource->lock);
	for (unsigned i = 0; i + 1 < count; i++) {
		KosPutObject(other[i]);
	}
	assert_int_equal(KosSessionRegisterObject(type, object), rcOk);
	return object;
}

static void a_block_fits_sessions_of_its_size_only(void **state)
{
	KosSessionType *small = make_type(plain.parent_type);
	void *object = neighbour(small);
	void *context = NULL;

	(void)state;
	assert_int_equal(KosSessionCloseObject(open_one()), rcOk);
	assert_int_equal(KosSessionOpenObject(object, 1, 1, NULL, &context), rcOk);
	expect_kept(true); /* it was too large */
	assert_int_equal(KosSessionCloseObject(context), rcOk);
	if (kept() != NULL) {
		assert_int_equal(kept()->size, si_object_size(plain.parent_type));
	}
	assert_int_equal(KosSessionCloseObject(open_one()), rcOk);
	if (kept() != NULL) {
		assert_int_equal(kept()->size, si_object_size(plain.context_type));
	}
	assert_int_equal(KosSessionUnregisterObject(object), rcOk);
	expect_kept(false);
	KosPutObject(object);
	KosSessionDestroyType(small);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			the_block_of_an_ended_session_waits_for_the_next, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_session_that_somebody_holds_leaves_its_block_later, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_context_is_new_although_its_memory_is_not, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			nothing_is_kept_where_a_test_watches_memory, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			nothing_is_kept_when_the_object_is_unregistered, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_block_fits_sessions_of_its_size_only, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
