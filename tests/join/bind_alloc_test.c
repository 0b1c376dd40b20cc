/* SPDX-License-Identifier: MIT */
/* Binds that run out of memory, at every place where they take some. */
#include "test.h"

#include <sessio/bind.h>

#include "alloc_fail.h"
#include "host_log.h"
#include "leaks.h"
#include "provider.h"

#define ANNA 7u

static const sessio_bind_policy closing = { .on_logoff = SESSIO_BIND_CLOSE };

struct world {
	sessio_host *host;
	sessio_user_session *user;
	sessio_bind *bind;
};

static struct world new_world(void)
{
	struct world world = { .host = new_host() };

	post(world.host, ANNA, EVENT(CREATED));
	post(world.host, ANNA, EVENT(CONNECTED));
	post(world.host, ANNA, EVENT(LOGON));
	assert_int_equal(sessio_host_find_session(world.host, ANNA, &world.user), SESSIO_OK);
	assert_int_equal(sessio_bind_create(world.user, &closing, &world.bind), SESSIO_OK);
	assert_int_equal(provider_start(NULL), 0);
	return world;
}

static void end_world(struct world *world)
{
	assert_int_equal(provider_stop(NULL), 0);
	sessio_bind_destroy(world->bind);
	sessio_user_session_unref(world->user);
	assert_int_equal(sessio_host_destroy(world->host), SESSIO_OK);
}

static void creating(struct alloc_fail *tester, void *ctx)
{
	struct world world = new_world();
	sessio_bind *another = NULL;
	sessio_status status;

	(void)ctx;
	alloc_fail_on(tester);
	status = sessio_bind_create(world.user, &closing, &another);
	if (alloc_fail_off(tester, status != SESSIO_OK)) {
		assert_int_equal(status, SESSIO_NO_MEMORY);
		assert_null(another);
		assert_int_equal(sessio_host_watch_count(world.host), 1);
	}
	sessio_bind_destroy(another);
	end_world(&world);
}

static void binding(struct alloc_fail *tester, void *ctx)
{
	struct world world = new_world();
	void *context = provider_open("a");
	sessio_status status;

	(void)ctx;
	alloc_fail_on(tester);
	status = sessio_bind_add(world.bind, context);
	if (alloc_fail_off(tester, status != SESSIO_OK)) {
		assert_int_equal(status, SESSIO_NO_MEMORY);
		assert_int_equal(sessio_bind_count(world.bind), 0);
		assert_int_equal(sessio_bind_remove(world.bind, context), SESSIO_NOT_FOUND);
	}
	/* Ending what is bound needs no memory. */
	alloc_fail_on(tester);
	sessio_bind_destroy(world.bind);
	assert_int_equal(KosSessionCloseObject(context), rcOk);
	(void)alloc_fail_off(tester, false);
	world.bind = NULL;
	end_world(&world);
}

static void opening(struct alloc_fail *tester, void *ctx)
{
	struct world world = new_world();
	sessio_bind_scope scope;
	void *context = NULL;
	Retcode rc;

	(void)ctx;
	provider_forget();
	alloc_fail_on(tester);
	assert_int_equal(sessio_bind_enter(world.bind, &scope), SESSIO_OK);
	rc = KosSessionOpenObject(provider.file, 1, 0, NULL, &context);
	if (alloc_fail_off(tester, rc != rcOk)) {
		assert_int_equal(rc, rcOutOfMemory);
		assert_null(context);
		provider_expect("");
		assert_int_equal(sessio_bind_count(world.bind), 0);
		/* And its rights are free. */
		assert_int_equal(KosSessionOpenObject(provider.file, 1, 0, NULL, &context), rcOk);
	}
	assert_int_equal(sessio_bind_count(world.bind), 1);
	sessio_bind_leave(&scope);
	end_world(&world);
}

/* Each call that is refused leaves as much allocated as it found. */
static void what_is_refused_leaves_nothing(void **state)
{
	struct world world = new_world();
	const sessio_bind_policy wrong = { .on_logoff = SESSIO_BIND_CALL };
	void *bound = provider_open("a");
	void *free_one = provider_open("b");
	sessio_bind *another = NULL;
	sessio_bind_scope scope;
	void *context = NULL;
	size_t before;

	(void)state;
	assert_int_equal(sessio_bind_add(world.bind, bound), SESSIO_OK);
	/* A first bind leaves a cold part with the session. */
	assert_int_equal(sessio_bind_add(world.bind, free_one), SESSIO_OK);
	assert_int_equal(sessio_bind_remove(world.bind, free_one), SESSIO_OK);
	before = leaks_live();
	assert_int_equal(sessio_bind_create(world.user, &wrong, &another), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_bind_add(world.bind, bound), SESSIO_EXISTS);
	assert_int_equal(sessio_bind_remove(world.bind, free_one), SESSIO_NOT_FOUND);
	assert_int_equal(leaks_live(), before);

	KosRefObject(bound);
	post(world.host, ANNA, EVENT(LOGOFF));
	before = leaks_live();
	assert_int_equal(sessio_bind_add(world.bind, bound), SESSIO_BAD_STATE);
	assert_int_equal(sessio_bind_add(world.bind, free_one), SESSIO_BAD_STATE);
	assert_int_equal(sessio_bind_enter(world.bind, &scope), SESSIO_OK);
	assert_int_equal(sessio_bind_enter(world.bind, &scope), SESSIO_BAD_STATE);
	assert_int_equal(
		KosSessionOpenObject(provider.file, 0, 0, NULL, &context), rcInvalidOperation);
	sessio_bind_leave(&scope);
	assert_int_equal(leaks_live(), before);

	post(world.host, ANNA, EVENT(TERMINATED));
	before = leaks_live();
	assert_int_equal(sessio_bind_create(world.user, &closing, &another), SESSIO_BAD_STATE);
	assert_null(another);
	assert_int_equal(leaks_live(), before);
	KosPutObject(bound);
	end_world(&world);
	assert_int_equal(leaks_live(), 0);
}

#define SWEEP(name, scenario)                     \
	static void name(void **state)            \
	{                                         \
		(void)state;                      \
		alloc_fail_sweep(scenario, NULL); \
	}

SWEEP(creating_a_bind_fails_whole, creating)
SWEEP(a_session_that_cannot_be_bound_goes_on, binding)
SWEEP(an_opening_that_cannot_be_bound_fails_whole, opening)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_refused_leaves_nothing),
		cmocka_unit_test_teardown(creating_a_bind_fails_whole, alloc_fail_say),
		cmocka_unit_test_teardown(a_session_that_cannot_be_bound_goes_on, alloc_fail_say),
		cmocka_unit_test_teardown(
			an_opening_that_cannot_be_bound_fails_whole, alloc_fail_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
