/* SPDX-License-Identifier: MIT */
/* Handles of objects and sessions without memory, at every place where they take some. */
#include "test.h"

#include <kos/session.h>
#include <sessio/object.h>

#include "alloc_fail.h"
#include "provider.h"
#include "resource/session_handle.h"

struct world {
	sessio_handle_space *provider;
	sessio_handle_space *consumer;
	sessio_handle_scope scope;
};

/* A space keeps the memory of its first slots. */
static sessio_handle_space *used_space(void)
{
	sessio_handle_space *space;
	Handle handle;

	assert_int_equal(sessio_handle_space_create(&space), SESSIO_OK);
	assert_int_equal(sessio_handle_space_create_object(space, 0, NULL, &handle), SESSIO_OK);
	assert_int_equal(sessio_handle_space_close(space, handle), SESSIO_OK);
	return space;
}

static void enter(struct world *world)
{
	world->provider = used_space();
	world->consumer = used_space();
	assert_int_equal(sessio_handle_space_enter(world->provider, &world->scope), SESSIO_OK);
	assert_int_equal(KosSessionRegisterObject(provider.type, provider.file), rcOk);
}

static void leave(struct world *world)
{
	assert_int_equal(KosSessionUnregisterObject(provider.file), rcOk);
	assert_int_equal(sessio_handle_space_count(world->provider), 0);
	sessio_handle_space_leave(&world->scope);
	sessio_handle_space_destroy(world->provider);
	sessio_handle_space_destroy(world->consumer);
}

static void asking_for_the_handle(struct alloc_fail *tester, void *ctx)
{
	struct world world;
	Handle handle = 77;
	Retcode rc;

	(void)ctx;
	enter(&world);
	alloc_fail_on(tester);
	rc = KosSessionGetObjectHandle(provider.file, &handle);
	if (alloc_fail_off(tester, rc != rcOk)) {
		assert_int_equal(rc, rcOutOfMemory);
		assert_int_equal(handle, 77);
		assert_int_equal(sessio_handle_space_count(world.provider), 0);
	}
	leave(&world);
}

static void an_objects_handle_is_made_or_not(void **state)
{
	(void)state;
	alloc_fail_sweep(asking_for_the_handle, NULL);
}

static void filling_a_container(struct alloc_fail *tester, void *ctx)
{
	struct world world;
	void *context;
	nk_handle_desc_t desc = nk_handle_desc(77);
	Handle own;
	Retcode rc;

	(void)ctx;
	enter(&world);
	assert_int_equal(KosSessionGetObjectHandle(provider.file, &own), rcOk);
	context = provider_open("a");
	alloc_fail_on(tester);
	rc = KosSessionContextToIpcHandle(context, &desc);
	if (alloc_fail_off(tester, rc != rcOk)) {
		assert_int_equal(rc, rcOutOfMemory);
		assert_int_equal(nk_get_handle(&desc), 77);
		assert_int_equal(sessio_object_references(context), 1);
		assert_int_equal(KosSessionContextToIpcHandle(context, &desc), rcOk);
	}
	provider_forget();
	si_session_handle_discard(&desc);
	provider_expect("close a, complete a, destruct a");
	leave(&world);
}

static void a_container_is_filled_or_not(void **state)
{
	(void)state;
	alloc_fail_sweep(filling_a_container, NULL);
}

static void sending_a_container(struct alloc_fail *tester, void *ctx)
{
	struct world world;
	void *context;
	nk_handle_desc_t desc;
	nk_handle_desc_t received;
	sessio_status status;

	(void)ctx;
	enter(&world);
	context = provider_open("a");
	assert_int_equal(KosSessionContextToIpcHandle(context, &desc), rcOk);
	provider_forget();
	alloc_fail_on(tester);
	status = sessio_handle_space_transfer(world.provider, &desc, world.consumer, &received);
	if (alloc_fail_off(tester, status != SESSIO_OK)) {
		assert_int_equal(status, SESSIO_NO_MEMORY);
		assert_int_equal(sessio_handle_space_count(world.consumer), 0);
		provider_expect("");
		si_session_handle_discard(&desc);
		provider_expect("close a, complete a, destruct a");
	}
	leave(&world);
}

static void a_container_is_sent_or_not(void **state)
{
	(void)state;
	alloc_fail_sweep(sending_a_container, NULL);
}

static int start(void **state)
{
	return provider_start(state) != 0 || KosSessionUnregisterObject(provider.file) != rcOk;
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, start, provider_stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_objects_handle_is_made_or_not),
		TEST(a_container_is_filled_or_not),
		TEST(a_container_is_sent_or_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
