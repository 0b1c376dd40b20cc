/* SPDX-License-Identifier: MIT */
/* Registrations that race a type's destruction, and ended contexts that are kept. */
#include "test.h"

#include <uv.h>

#include <sessio/diag.h>
#include <sessio/object.h>

#include "leaks.h"
#include "platform/hooks.h"
#include "provider.h"
#include "resource/session.h"

static const void *watched; /* the lock at which the type is destroyed */
static KosSessionType *type;

static void destroy_type(void *arg)
{
	(void)arg;
	KosSessionDestroyType(type);
}

static void destroy_on_another_thread(const void *mutex)
{
	uv_thread_t thread;

	if (mutex == watched) {
		watched = NULL;
		if (uv_thread_create(&thread, destroy_type, NULL) == 0) {
			(void)uv_thread_join(&thread);
		}
	}
}

static void *make_unregistered_file(void)
{
	void *file = provider_make_file("spare");

	assert_int_equal(KosSessionUnregisterObject(file), rcOk);
	return file;
}

static void make_type(void)
{
	assert_int_equal(
		KosSessionCreateType(provider.file_type, provider.note_type, &provider_ops, &type),
		rcOk);
	KosRefObject(type); /* to look at it after its destruction */
}

static void a_type_destroyed_during_a_registration_gets_no_object(void **state)
{
	static const struct si_hooks hooks = { .before_lock = destroy_on_another_thread };
	void *file = make_unregistered_file();
	Retcode rc;

	(void)state;
	make_type();
	watched = si_resource_of(file)->lock;
	leaks_hook(&hooks);
	rc = KosSessionRegisterObject(type, file);
	leaks_hook(NULL);
	assert_null(watched);
	assert_int_equal(rc, rcInvalidOperation);
	assert_int_equal(sessio_object_references(type), 1);
	assert_int_equal(sessio_object_references(file), 1);
	assert_int_equal(KosSessionUnregisterObject(file), rcResourceNotFound);
	assert_int_equal(KosSessionRegisterObject(provider.type, file), rcOk);
	assert_int_equal(KosSessionUnregisterObject(file), rcOk);
	KosPutObject(type);
	KosPutObject(file);
}

static uv_barrier_t together;

static void destroy_with_others(void *arg)
{
	(void)uv_barrier_wait(&together);
	destroy_type(arg);
}

/* Goes on until each of the two was first once. */
static void of_a_registration_and_a_destruction_one_is_first(void **state)
{
	unsigned registered = 0;
	unsigned refused = 0;

	(void)state;
	assert_int_equal(uv_barrier_init(&together, 2), 0);
	while (registered == 0 || refused == 0) {
		void *file = make_unregistered_file();
		uv_thread_t thread;
		Retcode rc;

		make_type();
		assert_int_equal(uv_thread_create(&thread, destroy_with_others, NULL), 0);
		(void)uv_barrier_wait(&together);
		rc = KosSessionRegisterObject(type, file);
		assert_int_equal(uv_thread_join(&thread), 0);
		assert_true(rc == rcOk || rc == rcInvalidOperation);
		registered += rc == rcOk;
		refused += rc != rcOk;
		assert_int_equal(
			KosSessionUnregisterObject(file), rc == rcOk ? rcOk : rcResourceNotFound);
		assert_int_equal(sessio_object_references(type), 1);
		assert_int_equal(sessio_object_references(file), 1);
		KosPutObject(type);
		KosPutObject(file);
	}
	uv_barrier_destroy(&together);
}

#define KEPT 1000u

static unsigned locks;

static void count_lock(const void *mutex)
{
	(void)mutex;
	locks++;
}

/* The locks that an opening, a walk and an end on the provider's file take. */
static unsigned locks_of_a_session(void)
{
	static const struct si_hooks hooks = { .before_lock = count_lock };
	void *context;

	locks = 0;
	leaks_hook(&hooks);
	context = provider_open(NULL);
	(void)KosSessionCloseObject(context);
	leaks_hook(NULL);
	return locks;
}

static size_t sessions_of(void *object)
{
	struct si_resource *resource = si_resource_of(object);
	size_t count = 0;

	for (struct si_list_node *at = resource->sessions.first; at != NULL; at = at->next) {
		count++;
	}
	return count;
}

/* No list that an opening or a walk goes through has them, and no lock is taken for them. */
static void ended_contexts_that_are_kept_are_in_nobodys_way(void **state)
{
	static void *kept[KEPT];
	void *live;
	unsigned before;

	(void)state;
	provider.silent = true;
	before = locks_of_a_session();
	for (unsigned i = 0; i < KEPT; i++) {
		kept[i] = provider_open(NULL);
		KosRefObject(kept[i]);
		assert_int_equal(KosSessionCloseObject(kept[i]), rcOk);
	}
	assert_int_equal(sessions_of(provider.file), 0);
	live = provider_open(NULL);
	assert_int_equal(sessions_of(provider.file), 1);
	assert_int_equal(KosSessionCloseObject(live), rcOk);
	assert_int_equal(locks_of_a_session(), before);
	for (unsigned i = 0; i < KEPT; i++) {
		KosPutObject(kept[i]);
	}
}

#define SUITE(test) cmocka_unit_test_setup_teardown(test, provider_start, provider_stop)

static void ignore(
	void *ctx, sessio_diag_kind kind, const void *object, const void *context, const char *text)
{
	(void)ctx;
	(void)kind;
	(void)object;
	(void)context;
	(void)text;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SUITE(a_type_destroyed_during_a_registration_gets_no_object),
		SUITE(of_a_registration_and_a_destruction_one_is_first),
		SUITE(ended_contexts_that_are_kept_are_in_nobodys_way),
	};

	/* Types that are destroyed while in use are reported, some hundred times perhaps. */
	sessio_diag_set_sink(ignore, NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
