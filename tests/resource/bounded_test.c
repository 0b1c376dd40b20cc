/* SPDX-License-Identifier: MIT */
/*
 * No lock is held for longer than a bounded number of steps, however many sessions
 * or handles there are. The holds of one lock are counted: so many things take at
 * least so many of them. And what has ended is in no list that anybody goes through.
 */
#include "test.h"

#include <coresrv/handle/handle_api.h>
#include <sessio/inspect.h>

#include "leaks.h"
#include "platform/hooks.h"
#include "provider.h"
#include "resource/handle_space.h"
#include "resource/session.h"
#include "resource/walk.h"

#define MANY 320u
#define TIES_AT_ONCE 64u
#define WALKED_AT_ONCE 32u

static const void *watched; /* a lock */
static unsigned holds; /* of it */
static void *contexts[MANY];

static void count_hold(const void *mutex)
{
	holds += mutex == watched;
}

static void watch(const void *lock)
{
	static const struct si_hooks hooks = { .before_lock = count_hold };

	watched = lock;
	holds = 0;
	leaks_hook(&hooks);
}

static unsigned holds_so_far(void)
{
	leaks_hook(NULL);
	return holds;
}

static void open_many(void)
{
	provider.silent = true;
	for (unsigned i = 0; i < MANY; i++) {
		contexts[i] = provider_open("one");
	}
}

static Retcode pass_over(void *object, void *context, void *ctx)
{
	(void)object;
	(void)context;
	++*(unsigned *)ctx;
	return rcOk;
}

static void looks_and_walks_let_others_come_between(void **state)
{
	sessio_object_info info;
	unsigned met = 0;

	(void)state;
	open_many();
	watch(si_resource_of(provider.file)->lock);
	assert_int_equal(sessio_object_inspect(provider.file, &info), SESSIO_OK);
	assert_int_equal(info.open, MANY);
	assert_true(holds_so_far() >= MANY / SI_WALK_STEPS);
	watch(si_resource_of(provider.file)->lock);
	assert_int_equal(KosSessionWalk(provider.file, pass_over, &met), rcOk);
	assert_int_equal(met, MANY);
	assert_true(holds_so_far() >= MANY / WALKED_AT_ONCE);
}

/* Sessions that others have closed are only passed over. */
static void an_unregistration_lets_others_come_between(void **state)
{
	(void)state;
	open_many();
	for (unsigned i = 0; i < MANY; i++) {
		assert_int_equal(KosSessionRef(contexts[i], NULL, NULL), rcOk);
		assert_int_equal(KosSessionCloseObject(contexts[i]), rcOk);
	}
	watch(si_resource_of(provider.file)->lock);
	assert_int_equal(KosSessionUnregisterObject(provider.file), rcOk);
	assert_true(holds_so_far() >= MANY / SI_WALK_STEPS);
	for (unsigned i = 0; i < MANY; i++) {
		KosSessionPut(contexts[i]);
	}
}

static void ended_contexts_are_in_nobodys_way(void **state)
{
	struct si_resource *resource = si_resource_of(provider.file);
	sessio_object_info info;

	(void)state;
	open_many();
	for (unsigned i = 0; i < MANY; i++) {
		KosRefObject(contexts[i]);
		assert_int_equal(KosSessionCloseObject(contexts[i]), rcOk);
	}
	assert_true(si_stack_is_empty(&resource->sessions));
	assert_null(resource->holding.next);
	assert_int_equal(resource->holding.contexts, MANY);
	watch(resource->lock);
	assert_int_equal(sessio_object_inspect(provider.file, &info), SESSIO_OK);
	assert_in_range(holds_so_far(), 1, 1);
	for (unsigned i = 0; i < MANY; i++) {
		KosPutObject(contexts[i]);
	}
}

static void revocations_let_others_come_between(void **state)
{
	static uint32_t copies[MANY];
	sessio_handle_space *space;
	struct si_handle_pin pin;
	uint32_t root;
	uint32_t badge;

	(void)state;
	assert_int_equal(sessio_handle_space_create(&space), SESSIO_OK);
	assert_int_equal(
		sessio_handle_space_create_object(space, OCAP_HANDLE_ALL_GENERAL, NULL, &root),
		SESSIO_OK);
	assert_int_equal(sessio_handle_space_create_badge(space, NULL, &badge), SESSIO_OK);
	for (unsigned i = 0; i < MANY; i++) {
		assert_int_equal(
			sessio_handle_space_copy(space, root, OCAP_HANDLE_COPY, badge, &copies[i]),
			SESSIO_OK);
	}
	assert_int_equal(si_handle_look_up(space, root, 0, &pin), SESSIO_OK);
	watch(&pin.node->object->lock);
	assert_int_equal(sessio_handle_space_revoke_badge(space, root, badge), SESSIO_OK);
	assert_true(holds_so_far() >= MANY / TIES_AT_ONCE);
	si_handle_unpin(space, &pin);
	sessio_handle_space_destroy(space);
}

static void the_end_of_a_session_with_many_handles_lets_others_come_between(void **state)
{
	sessio_handle_space *own = sessio_handle_space_own();
	void *context = provider_open("one");
	sessio_handle_space *space;
	sessio_handle_desc sent;
	sessio_handle_desc received;
	struct si_handle_pin pin;

	(void)state;
	assert_int_equal(sessio_handle_space_create(&space), SESSIO_OK);
	assert_int_equal(KosSessionContextToIpcHandle(context, &sent), rcOk);
	for (unsigned i = 0; i < MANY; i++) {
		assert_int_equal(
			sessio_handle_space_transfer(own, &sent, space, &received), SESSIO_OK);
	}
	assert_int_equal(si_handle_look_up(own, sent.handle, 0, &pin), SESSIO_OK);
	watch(&pin.node->object->lock);
	assert_int_equal(KosSessionCloseObject(context), rcOk);
	assert_true(holds_so_far() >= MANY / TIES_AT_ONCE);
	si_handle_unpin(own, &pin);
	sessio_handle_space_destroy(space);
}

#define PROVIDED(test) cmocka_unit_test_setup_teardown(test, provider_start, provider_stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PROVIDED(looks_and_walks_let_others_come_between),
		PROVIDED(an_unregistration_lets_others_come_between),
		PROVIDED(ended_contexts_are_in_nobodys_way),
		PROVIDED(revocations_let_others_come_between),
		PROVIDED(the_end_of_a_session_with_many_handles_lets_others_come_between),
	};

	leaks_allow(3); /* the process's own handle space, its lock and its first slots */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
