/* SPDX-License-Identifier: MIT */
/* Objects and sessions when memory runs out: at every allocation, once and for ever. */
#include "test.h"

#include "alloc_fail.h"
#include "leaks.h"

#include <string.h>

#include <kos/session.h>
#include <sessio/diag.h>
#include <sessio/inspect.h>
#include <sessio/wait.h>

#include "provider.h"
#include "resource/session.h"

static void creating_types(struct alloc_fail *tester, void *ctx)
{
	KosObjectType *base = NULL;
	KosObjectType *derived = NULL;
	Retcode rc;

	(void)ctx;
	alloc_fail_on(tester);
	rc = KosCreateObjectType("base", NULL, 100, NULL, NULL, &base);
	if (alloc_fail_off(tester, rc != rcOk)) {
		assert_int_equal(rc, rcOutOfMemory);
		assert_null(base);
		return;
	}
	alloc_fail_on(tester);
	rc = KosCreateObjectType("derived", base, 100, NULL, NULL, &derived);
	if (alloc_fail_off(tester, rc != rcOk)) {
		assert_int_equal(rc, rcOutOfMemory);
		assert_null(derived);
	}
	sessio_object_type_unref(base);
	sessio_object_type_unref(derived);
}

static void a_type_is_created_or_not(void **state)
{
	(void)state;
	alloc_fail_sweep(creating_types, NULL);
}

static void creating_objects(struct alloc_fail *tester, void *ctx)
{
	void *object = NULL;
	Retcode rc;

	(void)ctx;
	alloc_fail_on(tester);
	rc = KosCreateObject(provider.file_type, "another", NULL, &object);
	if (alloc_fail_off(tester, rc != rcOk)) {
		assert_int_equal(rc, rcOutOfMemory);
		assert_null(object);
	}
	KosPutObject(object);
}

static void an_object_is_created_or_not(void **state)
{
	(void)state;
	alloc_fail_sweep(creating_objects, NULL);
}

static void creating_session_types(struct alloc_fail *tester, void *ctx)
{
	KosSessionType *type = NULL;
	Retcode rc;

	(void)ctx;
	alloc_fail_on(tester);
	rc = KosSessionCreateType(provider.file_type, provider.note_type, &provider_ops, &type);
	if (alloc_fail_off(tester, rc != rcOk)) {
		assert_int_equal(rc, rcOutOfMemory);
		assert_null(type);
	}
	KosSessionDestroyType(type);
}

static void a_session_type_is_created_or_not(void **state)
{
	(void)state;
	alloc_fail_sweep(creating_session_types, NULL);
}

static void expect_nobody_on_the_file(void)
{
	sessio_object_info info;

	assert_int_equal(sessio_object_inspect(provider.file, &info), SESSIO_OK);
	assert_int_equal(info.opening + info.open + info.ending, 0);
	assert_int_equal(info.references, 2);
	assert_int_equal(sessio_object_drain(provider.file, 0), SESSIO_OK);
}

static void opening_sessions(struct alloc_fail *tester, void *ctx)
{
	void *first = NULL;
	void *second = NULL;
	Retcode rc;

	(void)ctx;
	provider_forget();
	alloc_fail_on(tester);
	rc = KosSessionOpenObject(provider.file, 1, 2, (void *)(uintptr_t) "a", &first);
	if (alloc_fail_off(tester, rc != rcOk)) {
		assert_int_equal(rc, rcOutOfMemory);
		assert_null(first);
		provider_expect(""); /* nobody was called */
		expect_nobody_on_the_file();
	}
	/* It took no rights with it: these two do not go together. */
	alloc_fail_on(tester);
	rc = KosSessionOpenObject(provider.file, 4, 0, (void *)(uintptr_t) "b", &second);
	(void)alloc_fail_off(tester, rc == rcOutOfMemory);
	assert_true(rc == (first == NULL ? rcOk : rcBusy) || rc == rcOutOfMemory);
	assert_int_equal(KosSessionUnregisterObject(provider.file), rcOk);
	assert_int_equal(KosSessionRegisterObject(provider.type, provider.file), rcOk);
	expect_nobody_on_the_file();
}

static void a_session_is_opened_or_not(void **state)
{
	(void)state;
	alloc_fail_sweep(opening_sessions, NULL);
}

static Retcode nod(void *object, void *context, void *walk_ctx)
{
	(void)object;
	(void)context;
	(void)walk_ctx;
	return rcOk;
}

static void call_all_others(void *context)
{
	sessio_session_info session_info;
	sessio_object_info object_info;
	size_t count;
	char text[100];

	assert_int_equal(KosSessionRef(context, provider.type, NULL), rcOk);
	KosRefObject(context);
	assert_int_equal(KosSessionWalk(provider.file, nod, NULL), rcOk);
	assert_int_equal(KosSessionGetOpenRights(context), 1);
	assert_int_equal(sessio_session_inspect(context, &session_info), SESSIO_OK);
	assert_int_equal(sessio_object_inspect(provider.file, &object_info), SESSIO_OK);
	assert_true(sessio_session_describe(context, text, sizeof(text)) > 0);
	assert_int_equal(sessio_session_holders(context, NULL, 0, &count), SESSIO_UNSUPPORTED);
	assert_int_equal(KosSessionUnregisterObject(provider.file), rcOk);
	assert_int_equal(sessio_session_wait(context, 0), SESSIO_TIMEOUT);
	assert_int_equal(sessio_object_drain(provider.file, 0), SESSIO_TIMEOUT);
	sessio_diag_set_sink(NULL, NULL);
	KosSessionPut(context);
	assert_int_equal(sessio_session_wait(context, 0), SESSIO_OK);
	KosPutObject(context);
	assert_int_equal(KosSessionRegisterObject(provider.type, provider.file), rcOk);
}

static void calling_everything_else(struct alloc_fail *tester, void *ctx)
{
	void *context = NULL;
	Retcode rc;

	(void)ctx;
	provider.silent = true;
	alloc_fail_on(tester);
	rc = KosSessionOpenObject(provider.file, 1, 1, NULL, &context);
	if (!alloc_fail_off(tester, rc != rcOk)) {
		alloc_fail_on(tester);
		call_all_others(context);
		(void)alloc_fail_off(tester, false);
	}
	/* With an allocation of its own, so that all those above happened without memory. */
	alloc_fail_on(tester);
	rc = KosSessionOpenObject(provider.file, 1, 1, NULL, &context);
	(void)alloc_fail_off(tester, rc != rcOk);
	if (rc == rcOk) {
		assert_int_equal(KosSessionCloseObject(context), rcOk);
	}
}

static void no_other_call_needs_memory(void **state)
{
	(void)state;
	alloc_fail_sweep(calling_everything_else, NULL);
}

/* Tracking does without what it cannot have; only opening itself needs memory. */
static void operating_tracked(struct alloc_fail *tester, void *ctx)
{
	sessio_session_info info;
	void *context = NULL;
	size_t count = 0;

	(void)ctx;
	provider.silent = true;
	sessio_inspect_track(true);
	alloc_fail_on(tester);
	(void)KosSessionOpenObject(provider.file, 1, 1, NULL, &context);
	(void)alloc_fail_off(tester, context == NULL);
	sessio_inspect_track(false);
	if (context == NULL) {
		expect_nobody_on_the_file();
		return;
	}
	alloc_fail_on(tester);
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(KosSessionRef(context, NULL, NULL), rcOk);
	}
	(void)alloc_fail_off(tester, false);
	assert_int_equal(sessio_session_inspect(context, &info), SESSIO_OK);
	assert_int_equal(info.operations, 3);
	if (info.tracked) {
		assert_int_equal(sessio_session_holders(context, NULL, 0, &count), SESSIO_OK);
		assert_true(count == 3 || (count < 3 && alloc_fail_fired(tester)));
	} else {
		assert_true(alloc_fail_fired(tester)); /* not even the list had room */
	}
	for (unsigned i = 0; i < 3; i++) {
		KosSessionPut(context);
	}
	if (info.tracked) {
		assert_int_equal(sessio_session_holders(context, NULL, 0, &count), SESSIO_OK);
		assert_int_equal(count, 0);
	}
	assert_int_equal(KosSessionCloseObject(context), rcOk);
	expect_nobody_on_the_file();
}

static void a_tracked_operation_begins_without_a_name(void **state)
{
	(void)state;
	alloc_fail_sweep(operating_tracked, NULL);
}

static void splitting(struct alloc_fail *tester, void *ctx)
{
	sessio_session_info info;
	void *context = NULL;

	(void)ctx;
	provider.silent = true;
	assert_int_equal(KosSessionOpenObject(provider.file, 1, 1, NULL, &context), rcOk);
	alloc_fail_on(tester);
	/* Many windows of contention, of which two in a row have to be quick. */
	for (unsigned i = 0; i < 10 * 1024; i++) {
		si_rundown_note(&si_session_of(context)->run, (uint16_t)(2 * i + 1));
	}
	assert_int_equal(KosSessionRef(context, NULL, NULL), rcOk);
	(void)alloc_fail_off(tester, false);
	assert_int_equal(sessio_session_inspect(context, &info), SESSIO_OK);
	assert_int_equal(info.operations, 1);
	assert_int_equal(KosSessionCloseObject(context), rcOk);
	KosSessionPut(context);
	expect_nobody_on_the_file();
}

static void a_hot_session_works_on_without_stripes(void **state)
{
	(void)state;
	alloc_fail_sweep(splitting, NULL);
}

/* Constructors and open callbacks that refuse, and whose own allocations fail. */
static void hold_an_object(void *object, void *context)
{
	void *part = NULL;

	(void)object;
	(void)context;
	provider.open_result = KosCreateObject(provider.file_type, "part", NULL, &part);
	KosPutObject(part);
}

static void opening_with_parts(struct alloc_fail *tester, void *ctx)
{
	void *context = NULL;
	Retcode rc;

	(void)ctx;
	provider.silent = true;
	provider.in[OPEN] = hold_an_object;
	alloc_fail_on(tester);
	rc = KosSessionOpenObject(provider.file, 1, 0, NULL, &context);
	provider.in[OPEN] = NULL;
	if (alloc_fail_off(tester, rc != rcOk)) {
		assert_int_equal(rc, rcOutOfMemory);
		expect_nobody_on_the_file();
	} else {
		assert_int_equal(KosSessionCloseObject(context), rcOk);
	}
	provider.open_result = rcOk;
}

static void a_callback_that_finds_no_memory_is_a_refusal(void **state)
{
	(void)state;
	alloc_fail_sweep(opening_with_parts, NULL);
}

/* Types, objects, sessions and contexts, dropped in an awkward order: nothing stays. */
static void a_whole_life_leaves_nothing_allocated(void **state)
{
	size_t before = leaks_live();
	void *context;

	assert_int_equal(provider_start(state), 0);
	sessio_inspect_track(true);
	context = provider_open("a");
	sessio_inspect_track(false);
	KosRefObject(context);
	assert_int_equal(KosSessionRef(context, NULL, NULL), rcOk);
	assert_int_equal(provider_stop(state), 0);
	KosSessionPut(context);
	assert_true(leaks_live() > before);
	KosPutObject(context);
	assert_int_equal(leaks_live(), before);
}

static int stop_and_say(void **state)
{
	(void)alloc_fail_say(state);
	return provider_stop(state);
}

#define PROVIDED(test) cmocka_unit_test_setup_teardown(test, provider_start, stop_and_say)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(a_type_is_created_or_not, alloc_fail_say),
		PROVIDED(an_object_is_created_or_not),
		PROVIDED(a_session_type_is_created_or_not),
		PROVIDED(a_session_is_opened_or_not),
		PROVIDED(no_other_call_needs_memory),
		PROVIDED(a_tracked_operation_begins_without_a_name),
		PROVIDED(a_hot_session_works_on_without_stripes),
		PROVIDED(a_callback_that_finds_no_memory_is_a_refusal),
		cmocka_unit_test(a_whole_life_leaves_nothing_allocated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
