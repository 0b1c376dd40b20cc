/* SPDX-License-Identifier: MIT */
/* How sessions end: closed one by one, by unregistration, amid operations. */
#include "test.h"

#include <uv.h>

#include <kos/session.h>
#include <sessio/inspect.h>
#include <sessio/wait.h>

#include "inside.h"
#include "provider.h"
#include "resource/session.h"

static void begin(void *context)
{
	assert_int_equal(KosSessionRef(context, provider.type, NULL), rcOk);
}

static void must_close(void *context)
{
	assert_int_equal(KosSessionCloseObject(context), rcOk);
}

static void must_unregister(void)
{
	assert_int_equal(KosSessionUnregisterObject(provider.file), rcOk);
}

static sessio_session_phase phase_of(void *context)
{
	sessio_session_info info;

	assert_int_equal(sessio_session_inspect(context, &info), SESSIO_OK);
	return info.phase;
}

/* Clauses: CB-4, CB-7, CB-9, CL-2, CL-6, PU-2 */
static void close_runs_at_once_and_the_rest_waits_for_the_operations(void **state)
{
	void *context = provider_open("a");

	(void)state;
	begin(context);
	begin(context);
	must_close(context);
	provider_expect("construct a, open a, close a");
	KosSessionPut(context);
	provider_expect("");
	KosSessionPut(context);
	provider_expect("complete a, destruct a");
}

/* Clauses: CB-9 */
static void an_idle_session_ends_within_the_close(void **state)
{
	void *context = provider_open("a");

	(void)state;
	begin(context);
	KosSessionPut(context);
	provider_forget();
	must_close(context);
	provider_expect("close a, complete a, destruct a");
}

static void end_all_operations(void *object, void *context)
{
	(void)object;
	KosSessionPut(context);
	KosSessionPut(context);
	provider_note("aborted", NULL);
}

/* Clauses: CB-5, CB-7 */
static void close_may_abort_the_operations(void **state)
{
	void *context = provider_open("a");

	(void)state;
	begin(context);
	begin(context);
	provider_forget();
	provider.in[CLOSE] = end_all_operations;
	must_close(context);
	/* closeComplete waits for close, too. */
	provider_expect("close a, aborted, complete a, destruct a");
}

static void write_to_both(void *object, void *context)
{
	struct note *note = sessio_object_cast(context, provider.note_type);

	((char *)object)[0]++;
	note->name = "b";
}

/* Clauses: CB-5, CB-8 */
static void callbacks_of_the_end_may_write_to_object_and_context(void **state)
{
	void *context = provider_open("a");

	(void)state;
	provider_forget();
	provider.in[CLOSE] = write_to_both;
	provider.in[COMPLETE] = write_to_both;
	must_close(context);
	assert_int_equal(((char *)provider.file)[0], 2);
	provider_expect("close a, complete b, destruct b");
}

/* Clauses: CB-6 */
static void what_close_returns_changes_nothing(void **state)
{
	(void)state;
	provider.close_result = rcFail;
	must_close(provider_open("a"));
	provider_expect("construct a, open a, close a, complete a, destruct a");
	provider_open("b");
	must_unregister();
	provider_expect("construct b, open b, close b, complete b, destruct b");
}

/* Clauses: CL-1 */
static void a_close_ends_one_session_only(void **state)
{
	void *first = provider_open("a");
	void *second = provider_open("b");
	void *third = provider_open("c");

	(void)state;
	provider_forget();
	must_close(second);
	provider_expect("close b, complete b, destruct b");
	assert_int_equal(phase_of(first), SESSIO_SESSION_OPEN);
	assert_int_equal(phase_of(third), SESSIO_SESSION_OPEN);
	must_close(first);
	must_close(third);
}

static void a_session_is_closed_once(void **state)
{
	void *context = provider_open("a");

	(void)state;
	KosRefObject(context);
	begin(context);
	must_close(context);
	assert_int_equal(KosSessionCloseObject(context), rcInvalidOperation);
	KosSessionPut(context);
	assert_int_equal(KosSessionCloseObject(context), rcInvalidOperation);
	provider_expect("construct a, open a, close a, complete a");
	KosPutObject(context);
	provider_expect("destruct a");
}

/* Clauses: CL-1, CL-6 */
static void a_session_may_be_closed_inside_its_own_operation(void **state)
{
	void *context = provider_open("a");

	(void)state;
	provider_forget();
	begin(context);
	must_close(context);
	provider_expect("close a");
	assert_int_equal(phase_of(context), SESSIO_SESSION_ENDING);
	KosSessionPut(context);
	provider_expect("complete a, destruct a");
}

/* Clauses: UN-1, UN-2, UN-3 */
static void unregistration_ends_every_session_as_its_operations_allow(void **state)
{
	void *busy = provider_open("busy");
	void *context = NULL;

	(void)state;
	provider_open("idle");
	begin(busy);
	provider_forget();
	must_unregister();
	/* The newest is met first; nothing promises that, but nothing else may change it. */
	provider_expect("close idle, complete idle, destruct idle, close busy");
	assert_int_equal(
		KosSessionOpenObject(provider.file, 0, 0, NULL, &context), rcResourceNotFound);
	assert_int_equal(KosSessionRef(busy, NULL, NULL), rcInvalidOperation);
	assert_int_equal(KosSessionUnregisterObject(provider.file), rcResourceNotFound);
	KosSessionPut(busy);
	provider_expect("complete busy, destruct busy");
}

static void unregistration_ends_more_sessions_than_it_takes_at_a_time(void **state)
{
	void *kept[100];

	(void)state;
	provider.silent = true;
	for (unsigned i = 0; i < 100; i++) {
		kept[i] = provider_open("many");
		KosRefObject(kept[i]);
	}
	must_close(kept[7]); /* already ended: passed over */
	must_unregister();
	for (unsigned i = 0; i < 100; i++) {
		assert_int_equal(phase_of(kept[i]), SESSIO_SESSION_ENDED);
		KosPutObject(kept[i]);
	}
	assert_int_equal(sessio_object_references(provider.file), 1);
}

/* Clauses: UN-2 */
static void a_session_closed_before_is_not_closed_again(void **state)
{
	void *context = provider_open("a");

	(void)state;
	begin(context);
	must_close(context);
	must_unregister();
	provider_expect("construct a, open a, close a");
	KosSessionPut(context);
	provider_expect("complete a, destruct a");
}

/* Clauses: UN-5, RG-2 */
static void an_unregistered_object_can_be_registered_with_another_type(void **state)
{
	KosSessionType *other;
	void *old = provider_open("old");
	void *fresh;

	(void)state;
	assert_int_equal(
		KosSessionCreateType(provider.file_type, provider.note_type, &provider_ops, &other),
		rcOk);
	begin(old);
	must_unregister();
	provider_forget();
	assert_int_equal(KosSessionRegisterObject(other, provider.file), rcOk);
	fresh = provider_open("new");
	assert_int_equal(KosSessionRef(fresh, other, NULL), rcOk);
	KosSessionPut(fresh);
	/* The end of the old one is its own. */
	assert_int_equal(KosSessionRef(old, other, NULL), rcInvalidOperation);
	KosSessionPut(old);
	must_close(fresh);
	provider_expect("construct new, open new, complete old, destruct old, close new, "
			"complete new, destruct new");
	must_unregister();
	KosSessionDestroyType(other);
}

static void an_object_lives_until_its_last_session_has_ended(void **state)
{
	void *file = provider_make_file("mortal");
	void *context;

	(void)state;
	assert_int_equal(KosSessionOpenObject(file, 0, 0, (void *)(uintptr_t) "a", &context), rcOk);
	begin(context);
	KosPutObject(file); /* the registration's is left */
	assert_int_equal(KosSessionUnregisterObject(file), rcOk);
	assert_string_equal(sessio_object_name(file), "mortal"); /* the session's is left */
	provider_forget();
	KosSessionPut(context);
	provider_expect("complete a, destruct a");
}

static void an_ended_context_keeps_its_object(void **state)
{
	void *file = provider_make_file("mortal");
	void *context;
	sessio_session_info info;

	(void)state;
	assert_int_equal(KosSessionOpenObject(file, 0, 0, (void *)(uintptr_t) "a", &context), rcOk);
	KosRefObject(context);
	must_close(context);
	assert_int_equal(KosSessionUnregisterObject(file), rcOk);
	KosPutObject(file);
	assert_int_equal(sessio_session_inspect(context, &info), SESSIO_OK);
	assert_ptr_equal(info.object, file);
	assert_string_equal(info.object_name, "mortal");
	KosPutObject(context);
}

static void references_alone_do_not_end_a_session(void **state)
{
	void *context = provider_open("a");

	(void)state;
	KosRefObject(context);
	KosPutObject(context);
	provider_expect("construct a, open a");
	assert_int_equal(phase_of(context), SESSIO_SESSION_OPEN);
	must_close(context);
}

/* A context type without destructor and a type without closeComplete: the short end. */
static void a_plain_session_ends_as_well(void **state)
{
	static const KosSessionOps *const all = &provider_ops;
	KosSessionOps ops = { all->open, all->close, NULL };
	KosSessionType *plain;
	void *context;
	void *kept;

	(void)state;
	assert_int_equal(
		KosSessionCreateType(provider.file_type, kosSessionBaseSessionType, &ops, &plain),
		rcOk);
	must_unregister();
	assert_int_equal(KosSessionRegisterObject(plain, provider.file), rcOk);
	context = provider_open(NULL);
	must_close(context);
	kept = provider_open(NULL);
	KosRefObject(kept);
	context = provider_open(NULL);
	assert_int_equal(KosSessionRef(context, NULL, NULL), rcOk);
	must_unregister();
	KosSessionDestroyType(plain);
	KosSessionPut(context); /* takes the session type and its own along */
	assert_int_equal(phase_of(kept), SESSIO_SESSION_ENDED);
	KosPutObject(kept);
	provider_expect("open, close, open, open, close, close");
	assert_int_equal(sessio_object_references(provider.file), 1);
}

/* An open callback that waits, so that others overtake it. */
static uv_sem_t opening;
static uv_sem_t go_on;
static Retcode opened;
static void *opened_context;

static void wait_in_open(void *object, void *context)
{
	(void)object;
	opened_context = context;
	uv_sem_post(&opening);
	uv_sem_wait(&go_on);
}

static void open_in_a_thread(void *arg)
{
	void *context = NULL;

	opened = KosSessionOpenObject(provider.file, 1, 0, arg, &context);
}

static void start_opening(uv_thread_t *thread)
{
	static char name[] = "late";

	assert_int_equal(uv_sem_init(&opening, 0), 0);
	assert_int_equal(uv_sem_init(&go_on, 0), 0);
	provider.in[OPEN] = wait_in_open;
	assert_int_equal(uv_thread_create(thread, open_in_a_thread, name), 0);
	uv_sem_wait(&opening);
}

static void finish_opening(uv_thread_t *thread)
{
	uv_sem_post(&go_on);
	assert_int_equal(uv_thread_join(thread), 0);
	uv_sem_destroy(&opening);
	uv_sem_destroy(&go_on);
}

/* Clauses: CB-9, UN-2 */
static void an_unregistration_overtakes_an_opening_and_ends_it(void **state)
{
	uv_thread_t thread;

	(void)state;
	start_opening(&thread);
	must_unregister();
	provider_expect("construct late, open late");
	assert_int_equal(phase_of(opened_context), SESSIO_SESSION_OPENING);
	finish_opening(&thread);
	assert_int_equal(opened, rcResourceNotFound);
	provider_expect("close late, complete late, destruct late");
	assert_int_equal(sessio_object_references(provider.file), 1);
}

/* Clauses: CB-10 */
static void an_overtaken_opening_may_still_be_refused(void **state)
{
	uv_thread_t thread;

	(void)state;
	start_opening(&thread);
	must_unregister();
	provider.open_result = rcAbort;
	finish_opening(&thread);
	assert_int_equal(opened, rcAbort);
	provider_expect("construct late, open late, destruct late");
}

/* Clauses: UN-5 */
static void a_registration_during_an_opening_does_not_adopt_it(void **state)
{
	uv_thread_t thread;
	void *context;

	(void)state;
	start_opening(&thread);
	must_unregister();
	assert_int_equal(KosSessionRegisterObject(provider.type, provider.file), rcOk);
	/* Its rights still count: open has run, so the session is as good as there. */
	assert_int_equal(KosSessionOpenObject(provider.file, 1, 0, NULL, &context), rcBusy);
	finish_opening(&thread);
	assert_int_equal(opened, rcResourceNotFound);
	assert_int_equal(KosSessionOpenObject(provider.file, 1, 0, NULL, &context), rcOk);
	must_close(context);
}

static void an_opening_session_is_in_nobodys_way(void **state)
{
	uv_thread_t thread;
	sessio_object_info info;

	(void)state;
	start_opening(&thread);
	assert_int_equal(KosSessionRef(opened_context, NULL, NULL), rcInvalidOperation);
	assert_int_equal(KosSessionCloseObject(opened_context), rcInvalidOperation);
	assert_int_equal(sessio_object_inspect(provider.file, &info), SESSIO_OK);
	assert_int_equal(info.opening, 1);
	assert_int_equal(info.open, 0);
	finish_opening(&thread);
	assert_int_equal(opened, rcOk);
	must_unregister();
	provider_expect("construct late, open late, close late, complete late, destruct late");
}

static void close_early(void *object, void *context)
{
	(void)object;
	/* As it looks to another thread when open has returned and its opener has not gone on. */
	atomic_store(&si_session_of(context)->stage, SI_AGREED);
	must_close(context);
	note_that(KosSessionCloseObject(context) == rcInvalidOperation);
	provider_note("closed", NULL);
}

static void a_close_right_behind_open_leaves_the_end_to_the_opener(void **state)
{
	void *context = &context;

	(void)state;
	provider.in[OPEN] = close_early;
	assert_int_equal(
		KosSessionOpenObject(provider.file, 0, 0, (void *)(uintptr_t) "a", &context),
		rcInvalidOperation);
	assert_ptr_equal(context, &context);
	provider_expect("construct a, open a, closed, close a, complete a, destruct a");
	assert_int_equal(sessio_object_drain(provider.file, 0), SESSIO_OK);
}

/* Clauses: UN-3, UN-5 */
static void a_session_may_outlast_several_registrations(void **state)
{
	void *busy = provider_open("a");

	(void)state;
	begin(busy);
	for (unsigned i = 0; i < 3; i++) {
		must_unregister();
		assert_int_equal(sessio_object_references(provider.file), 2); /* held once */
		assert_int_equal(KosSessionRegisterObject(provider.type, provider.file), rcOk);
	}
	provider_expect("construct a, open a, close a");
	KosSessionPut(busy);
	provider_expect("complete a, destruct a");
	assert_int_equal(sessio_object_references(provider.file), 2);
}

#define PROVIDED(test) cmocka_unit_test_setup_teardown(test, provider_start, provider_stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PROVIDED(close_runs_at_once_and_the_rest_waits_for_the_operations),
		PROVIDED(an_idle_session_ends_within_the_close),
		PROVIDED(close_may_abort_the_operations),
		PROVIDED(callbacks_of_the_end_may_write_to_object_and_context),
		PROVIDED(what_close_returns_changes_nothing),
		PROVIDED(a_close_ends_one_session_only),
		PROVIDED(a_session_is_closed_once),
		PROVIDED(a_session_may_be_closed_inside_its_own_operation),
		PROVIDED(unregistration_ends_every_session_as_its_operations_allow),
		PROVIDED(unregistration_ends_more_sessions_than_it_takes_at_a_time),
		PROVIDED(a_session_closed_before_is_not_closed_again),
		PROVIDED(an_unregistered_object_can_be_registered_with_another_type),
		PROVIDED(an_object_lives_until_its_last_session_has_ended),
		PROVIDED(an_ended_context_keeps_its_object),
		PROVIDED(references_alone_do_not_end_a_session),
		PROVIDED(a_plain_session_ends_as_well),
		PROVIDED(an_unregistration_overtakes_an_opening_and_ends_it),
		PROVIDED(an_overtaken_opening_may_still_be_refused),
		PROVIDED(a_registration_during_an_opening_does_not_adopt_it),
		PROVIDED(an_opening_session_is_in_nobodys_way),
		PROVIDED(a_close_right_behind_open_leaves_the_end_to_the_opener),
		PROVIDED(a_session_may_outlast_several_registrations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
