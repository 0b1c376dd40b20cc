/* SPDX-License-Identifier: MIT */
/* Openings that something happens to before they return. */
#include "test.h"

#include <uv.h>

#include <kos/session.h>
#include <sessio/inspect.h>
#include <sessio/wait.h>

#include "inside.h"
#include "leaks.h"
#include "platform/hooks.h"
#include "provider.h"
#include "resource/session.h"

static void *kept; /* a context with a reference of ours */

static void keep(void *context)
{
	KosRefObject(context);
	kept = context;
}

static void unregister(void *object, void *context)
{
	(void)context;
	note_that(KosSessionUnregisterObject(object) == rcOk);
}

static void keep_and_unregister(void *object, void *context)
{
	keep(context);
	unregister(object, context);
}

/* As it looks to a thread that got the context from open, when its opener has not gone on. */
static void close_early(void *object, void *context)
{
	(void)object;
	atomic_store(&si_session_of(context)->stage, SI_AGREED);
	note_that(KosSessionCloseObject(context) == rcOk);
}

static void keep_and_close_early(void *object, void *context)
{
	keep(context);
	close_early(object, context);
}

static Retcode open_with(provider_hook *hook, void **out_context)
{
	provider.in[OPEN] = hook;
	return KosSessionOpenObject(provider.file, 3, 0, (void *)(uintptr_t) "a", out_context);
}

/* Clauses: CB-9, UN-2 */
static void a_reference_taken_in_open_gets_its_owner(void **state)
{
	static provider_hook *const hooks[] = { keep_and_unregister, keep_and_close_early };
	static const sessio_end_reason reasons[] = { SESSIO_END_UNREGISTERED, SESSIO_END_CLOSED };

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		void *context = NULL;

		assert_int_equal(open_with(hooks[i], &context), rcOk);
		assert_ptr_equal(context, kept);
		provider_expect("construct a, open a, close a, complete a");
		/* A closed session like any other. */
		assert_int_equal(KosSessionRef(context, NULL, NULL), rcInvalidOperation);
		assert_int_equal(KosSessionCloseObject(context), rcInvalidOperation);
		assert_int_equal(KosSessionGetOpenRights(context), 3);
		assert_int_equal(sessio_session_end_reason(context), reasons[i]);
		assert_int_equal(sessio_object_references(context), 1);
		KosPutObject(context);
		provider_expect("destruct a");
		(void)KosSessionRegisterObject(provider.type, provider.file);
	}
}

static void a_context_that_nobody_holds_is_not_handed_out(void **state)
{
	static provider_hook *const hooks[] = { unregister, close_early };
	static const Retcode codes[] = { rcResourceNotFound, rcInvalidOperation };

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		void *context = &context;

		assert_int_equal(open_with(hooks[i], &context), codes[i]);
		assert_ptr_equal(context, &context);
		provider_expect("construct a, open a, close a, complete a, destruct a");
		(void)KosSessionRegisterObject(provider.type, provider.file);
	}
}

static void put_it(void *object, void *context)
{
	(void)object;
	KosPutObject(context);
}

/* The reference decides that is there when the end is complete, not one before. */
static void a_reference_that_is_given_back_in_time_does_not_count(void **state)
{
	void *context = &context;

	(void)state;
	provider.in[COMPLETE] = put_it;
	assert_int_equal(open_with(keep_and_unregister, &context), rcResourceNotFound);
	assert_ptr_equal(context, &context);
	provider_expect("construct a, open a, close a, complete a, destruct a");
}

static Retcode keep_it(void *object, void *context, void *walk_ctx)
{
	(void)object;
	(void)walk_ctx;
	keep(context);
	return rcOk;
}

static void walk(void *object, void *context)
{
	(void)context;
	/* Other than by the registration it cannot be walked. */
	note_that(KosSessionRegisterObject(provider.type, object) == rcOk);
	note_that(KosSessionWalk(object, keep_it, NULL) == rcOk);
}

/* Clauses: WK-1 */
static void a_walk_meets_it_in_its_close_callback(void **state)
{
	void *context = NULL;

	(void)state;
	kept = NULL;
	provider.in[CLOSE] = walk;
	assert_int_equal(open_with(unregister, &context), rcOk);
	assert_ptr_equal(context, kept);
	KosPutObject(kept);
}

/* A walker that is at the session when its end is complete. */
static uv_sem_t at_it;
static uv_sem_t go_on;
static uv_thread_t walker;

static Retcode stay(void *object, void *context, void *walk_ctx)
{
	(void)object;
	(void)context;
	(void)walk_ctx;
	uv_sem_post(&at_it);
	uv_sem_wait(&go_on);
	return rcOk;
}

static void walk_and_stay(void *arg)
{
	(void)KosSessionWalk(arg, stay, NULL);
}

static void start_walker(void *object, void *context)
{
	(void)context;
	note_that(KosSessionRegisterObject(provider.type, object) == rcOk);
	note_that(uv_thread_create(&walker, walk_and_stay, object) == 0);
	uv_sem_wait(&at_it);
}

static void a_walker_owns_no_context(void **state)
{
	void *context = &context;

	(void)state;
	assert_int_equal(uv_sem_init(&at_it, 0), 0);
	assert_int_equal(uv_sem_init(&go_on, 0), 0);
	provider.in[CLOSE] = start_walker;
	assert_int_equal(open_with(unregister, &context), rcResourceNotFound);
	assert_ptr_equal(context, &context);
	provider_expect("construct a, open a, close a, complete a");
	uv_sem_post(&go_on);
	assert_int_equal(uv_thread_join(&walker), 0);
	provider_expect("destruct a");
	uv_sem_destroy(&at_it);
	uv_sem_destroy(&go_on);
}

static void keep_rights(void *object, void *context)
{
	sessio_session_info info;

	(void)object;
	note_that(si_session_of(context)->handle_rights == 0x40);
	note_that(sessio_session_inspect(context, &info) == SESSIO_OK);
	note_that(info.handle_rights == 0);
	note_that(KosSessionGetOpenRights(context) == 3);
}

/* Clauses: CB-2, GR-1 */
static void handle_rights_are_the_callbacks_own_while_it_opens(void **state)
{
	sessio_session_info info;
	void *context = NULL;

	(void)state;
	provider.handle_rights = 0x40;
	assert_int_equal(open_with(keep_rights, &context), rcOk);
	assert_int_equal(sessio_session_inspect(context, &info), SESSIO_OK);
	assert_int_equal(info.handle_rights, 0x40);
	assert_int_equal(KosSessionCloseObject(context), rcOk);
}

static void drop_everything(void *object, void *context)
{
	(void)context;
	note_that(KosSessionUnregisterObject(object) == rcOk);
	KosPutObject(object);
}

/* Only the session that is not there yet keeps object and session type. */
static void an_opening_may_be_cancelled_when_all_else_is_gone(void **state)
{
	static const KosSessionOps *const all = &provider_ops;
	KosSessionOps ops = { all->open, all->close, NULL };
	KosSessionType *type;
	void *context = &context;
	void *file = NULL;

	(void)state;
	assert_int_equal(
		KosSessionCreateType(provider.file_type, provider.note_type, &ops, &type), rcOk);
	assert_int_equal(KosCreateObject(provider.file_type, "mortal", NULL, &file), rcOk);
	assert_int_equal(KosSessionRegisterObject(type, file), rcOk);
	KosSessionDestroyType(type); /* the registration keeps it */
	provider.construct_result = 12345;
	provider.file = file;
	provider.in[CONSTRUCT] = drop_everything;
	assert_int_equal(
		KosSessionOpenObject(file, 3, 0, (void *)(uintptr_t) "a", &context), 12345);
	assert_ptr_equal(context, &context);
	provider_expect("construct a");
}

/* A lock that another opener was faster at. */
static const void *watched;
static void *faster;

static void open_faster(const void *mutex)
{
	if (mutex == watched) {
		watched = NULL;
		assert_int_equal(KosSessionOpenObject(provider.file, 1, 0, NULL, &faster), rcOk);
	}
}

/* Clauses: OP-7, OP-10 */
static void the_share_rule_is_asked_again_under_the_lock(void **state)
{
	static const struct si_hooks hooks = { .before_lock = open_faster };
	void *context = &context;
	Retcode rc;

	(void)state;
	provider.silent = true;
	watched = si_resource_of(provider.file)->lock;
	leaks_hook(&hooks);
	rc = KosSessionOpenObject(provider.file, 1, 1, NULL, &context);
	leaks_hook(NULL);
	assert_int_equal(rc, rcBusy);
	assert_ptr_equal(context, &context);
	assert_int_equal(KosSessionCloseObject(faster), rcOk);
}

/* The conflict lies with a session that still ends, and nobody can open. */
static void an_unregistered_object_is_not_busy(void **state)
{
	void *busy = NULL;
	void *context = NULL;

	(void)state;
	assert_int_equal(open_with(NULL, &busy), rcOk);
	assert_int_equal(KosSessionRef(busy, NULL, NULL), rcOk);
	assert_int_equal(KosSessionUnregisterObject(provider.file), rcOk);
	assert_int_equal(open_with(NULL, &context), rcResourceNotFound);
	assert_int_equal(KosSessionRegisterObject(provider.type, provider.file), rcOk);
	assert_int_equal(open_with(NULL, &context), rcBusy);
	KosSessionPut(busy);
}

static int stop_without_file(void **state)
{
	(void)state;
	KosSessionDestroyType(provider.type);
	sessio_object_type_unref(provider.note_type);
	sessio_object_type_unref(provider.file_type);
	return 0;
}

static int start_without_file(void **state)
{
	int result = provider_start(state);

	assert_int_equal(KosSessionUnregisterObject(provider.file), rcOk);
	KosPutObject(provider.file);
	provider.file = NULL;
	return result;
}

#define PROVIDED(test) cmocka_unit_test_setup_teardown(test, provider_start, provider_stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PROVIDED(a_reference_taken_in_open_gets_its_owner),
		PROVIDED(a_context_that_nobody_holds_is_not_handed_out),
		PROVIDED(a_reference_that_is_given_back_in_time_does_not_count),
		PROVIDED(a_walk_meets_it_in_its_close_callback),
		PROVIDED(a_walker_owns_no_context),
		PROVIDED(handle_rights_are_the_callbacks_own_while_it_opens),
		cmocka_unit_test_setup_teardown(an_opening_may_be_cancelled_when_all_else_is_gone,
			start_without_file, stop_without_file),
		PROVIDED(the_share_rule_is_asked_again_under_the_lock),
		PROVIDED(an_unregistered_object_is_not_busy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
