/* SPDX-License-Identifier: MIT */
/* Every callback may call every function, on the object and context it was called for. */
#include "test.h"

#include <kos/session.h>
#include <sessio/handle_space.h>
#include <sessio/inspect.h>
#include <sessio/wait.h>

#include "inside.h"
#include "leaks.h"
#include "provider.h"

/* The results of the calls on a context in one phase of its session. */
struct expectation {
	Retcode ref;
	Retcode close;
	rtl_uint32_t open_rights;
	sessio_session_phase phase;
	sessio_status wait;
	sessio_status drain;
};

static const struct expectation in_open = { rcInvalidOperation, rcInvalidOperation, 5,
	SESSIO_SESSION_OPENING, SESSIO_TIMEOUT, SESSIO_TIMEOUT };
static const struct expectation in_operation = { rcOk, rcOk, 5, SESSIO_SESSION_OPEN, SESSIO_TIMEOUT,
	SESSIO_TIMEOUT };
static const struct expectation in_close = { rcInvalidOperation, rcInvalidOperation, 5,
	SESSIO_SESSION_ENDING, SESSIO_TIMEOUT, SESSIO_TIMEOUT };
static const struct expectation in_complete = { rcInvalidOperation, rcInvalidOperation, 5,
	SESSIO_SESSION_COMPLETING, SESSIO_TIMEOUT, SESSIO_TIMEOUT };
static const struct expectation in_destructor = { rcInvalidOperation, rcInvalidOperation, 5,
	SESSIO_SESSION_ENDED, SESSIO_OK, SESSIO_OK };

static const struct expectation *expected;
static unsigned called;

static Retcode count_session(void *object, void *context, void *walk_ctx)
{
	unsigned *count = walk_ctx;

	(void)object;
	(void)context;
	(*count)++;
	return rcOk;
}

static void open_another(void *object)
{
	void *context = NULL;
	void *found = NULL;
	unsigned count = 0;

	assert_int_equal(
		KosSessionOpenObject(object, 2, 7, (void *)(uintptr_t) "nested", &context), rcOk);
	assert_int_equal(KosSessionRef(context, provider.type, &found), rcOk);
	assert_ptr_equal(found, object);
	assert_int_equal(KosSessionWalk(object, count_session, &count), rcOk);
	assert_true(count >= 1);
	KosSessionPut(context);
	assert_int_equal(KosSessionCloseObject(context), rcOk);
}

static void look(void *object, void *context)
{
	sessio_session_info info;
	sessio_object_info object_info;
	sessio_holder holder;
	size_t holders;
	char text[200];

	note_that(sessio_session_inspect(context, &info) == SESSIO_OK);
	note_that(info.phase == expected->phase);
	note_that(info.object == object);
	note_that(sessio_object_inspect(object, &object_info) == SESSIO_OK);
	note_that(object_info.registered);
	note_that(sessio_session_describe(context, text, sizeof(text)) > 0);
	note_that(sessio_session_holders(context, &holder, 1, &holders) == SESSIO_UNSUPPORTED);
	note_that(sessio_session_wait(context, 0) == expected->wait);
	note_that(sessio_object_drain(object, 0) == expected->drain);
	note_that(sessio_object_is_a(context, provider.note_type));
}

static void call_everything(void *object, void *context)
{
	void *found = NULL;

	note_that(KosSessionRegisterObject(provider.type, object) == rcAlreadyExists);
	open_another(object);
	look(object, context);
	note_that(KosSessionGetOpenRights(context) == expected->open_rights);
	note_that(KosSessionRef(context, provider.type, &found) == expected->ref);
	if (expected->ref == rcOk) {
		KosSessionPut(context);
	}
	KosRefObject(object);
	KosPutObject(object);
	if (expected != &in_destructor) {
		KosRefObject(context);
		KosPutObject(context);
	}
	note_that(KosSessionCloseObject(context) == expected->close);
	called++;
}

static Retcode open_five(void **out_context)
{
	provider.silent = true;
	called = 0;
	return KosSessionOpenObject(provider.file, 5, 7, (void *)(uintptr_t) "a", out_context);
}

static void constructor_and_open_may_call_everything(void **state)
{
	static const enum step steps[] = { CONSTRUCT, OPEN };

	(void)state;
	expected = &in_open;
	for (unsigned i = 0; i < 2; i++) {
		void *context;

		provider.in[steps[i]] = call_everything;
		assert_int_equal(open_five(&context), rcOk);
		assert_int_equal(called, 1);
		assert_int_equal(KosSessionCloseObject(context), rcOk);
	}
}

static void callbacks_of_the_end_may_call_everything(void **state)
{
	static const struct {
		enum step step;
		const struct expectation *expected;
	} cases[] = { { CLOSE, &in_close }, { COMPLETE, &in_complete },
		{ DESTRUCT, &in_destructor } };

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		void *context;

		assert_int_equal(open_five(&context), rcOk);
		expected = cases[i].expected;
		provider.in[cases[i].step] = call_everything;
		assert_int_equal(KosSessionCloseObject(context), rcOk);
		assert_int_equal(called, 1);
		assert_int_equal(sessio_object_references(provider.file), 2);
	}
}

static Retcode handle(void *object, void *context, void *walk_ctx)
{
	if (context == walk_ctx) {
		call_everything(object, context);
	}
	return rcOk;
}

static void a_walks_handler_may_call_everything(void **state)
{
	void *context;

	(void)state;
	assert_int_equal(open_five(&context), rcOk);
	expected = &in_operation;
	assert_int_equal(KosSessionWalk(provider.file, handle, context), rcOk);
	assert_int_equal(called, 1);
}

static void an_operation_may_call_everything(void **state)
{
	void *context;

	(void)state;
	assert_int_equal(open_five(&context), rcOk);
	expected = &in_operation;
	assert_int_equal(KosSessionRef(context, NULL, NULL), rcOk);
	call_everything(provider.file, context);
	KosSessionPut(context);
	assert_int_equal(sessio_object_drain(provider.file, 0), SESSIO_OK);
}

static void unregister(void *object, void *context)
{
	(void)context;
	note_that(KosSessionUnregisterObject(object) == rcOk);
	note_that(KosSessionUnregisterObject(object) == rcResourceNotFound);
	provider_note("gone", NULL);
}

static void unregistering_while_it_opens_ends_the_new_session(void **state)
{
	static const struct {
		enum step step;
		const char *trace;
	} cases[] = {
		{ CONSTRUCT, "construct a, gone, open a, close a, complete a, destruct a" },
		{ OPEN, "construct a, open a, gone, close a, complete a, destruct a" },
	};

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		void *context = &context;

		provider.in[cases[i].step] = unregister;
		assert_int_equal(KosSessionOpenObject(
					 provider.file, 0, 0, (void *)(uintptr_t) "a", &context),
			rcResourceNotFound);
		assert_ptr_equal(context, &context);
		provider_expect(cases[i].trace);
		assert_int_equal(KosSessionRegisterObject(provider.type, provider.file), rcOk);
	}
}

static void unregistering_while_it_ends_ends_the_others(void **state)
{
	static const struct {
		enum step step;
		const char *trace;
	} cases[] = {
		{ CLOSE, "close a, close b, complete b, destruct b, gone, complete a, destruct a" },
		/* Completions do not nest, nor do destructors. */
		{ COMPLETE,
			"close a, complete a, close b, gone, destruct a, complete b, destruct b" },
		{ DESTRUCT,
			"close a, complete a, destruct a, close b, gone, complete b, destruct b" },
	};

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		void *context = provider_open("a");

		provider_open("b");
		provider_forget();
		provider.in[cases[i].step] = unregister;
		assert_int_equal(KosSessionCloseObject(context), rcOk);
		provider_expect(cases[i].trace);
		assert_int_equal(KosSessionRegisterObject(provider.type, provider.file), rcOk);
	}
}

static void try_to_unregister(void *object, void *context)
{
	(void)context;
	note_that(KosSessionUnregisterObject(object) == rcResourceNotFound);
	called++;
}

static void try_to_unregister_in(enum step step)
{
	called = 0;
	provider_open("a");
	provider.in[step] = try_to_unregister;
	assert_int_equal(KosSessionUnregisterObject(provider.file), rcOk);
	assert_int_equal(called, 1);
	assert_int_equal(KosSessionRegisterObject(provider.type, provider.file), rcOk);
}

static void an_object_is_unregistered_once_however_deep(void **state)
{
	(void)state;
	try_to_unregister_in(CLOSE);
	try_to_unregister_in(COMPLETE);
	try_to_unregister_in(DESTRUCT);
}

/* From inside the end of the last session: another type, and a session of it. */
static KosSessionType *second_type;
static void *second_context;

static void register_again(void *object, void *context)
{
	(void)context;
	note_that(KosSessionRegisterObject(second_type, object) == rcOk);
	note_that(KosSessionOpenObject(
			  object, 1, 1, (void *)(uintptr_t) "second", &second_context) == rcOk);
}

static void an_object_can_be_registered_again_inside_an_end(void **state)
{
	static const enum step steps[] = { CLOSE, COMPLETE, DESTRUCT };

	(void)state;
	assert_int_equal(KosSessionCreateType(provider.file_type, provider.note_type, &provider_ops,
				 &second_type),
		rcOk);
	provider.silent = true;
	for (unsigned i = 0; i < 3; i++) {
		for (unsigned j = 0; j < 40; j++) {
			assert_int_equal(KosSessionOpenObject(provider.file, 0, UINT32_MAX, NULL,
						 &second_context),
				rcOk);
		}
		provider.in[steps[i]] = register_again;
		assert_int_equal(KosSessionUnregisterObject(provider.file), rcOk);
		/* The old unregistration has not touched the new session. */
		assert_int_equal(KosSessionRef(second_context, second_type, NULL), rcOk);
		KosSessionPut(second_context);
		assert_int_equal(KosSessionUnregisterObject(provider.file), rcOk);
		assert_int_equal(KosSessionRegisterObject(provider.type, provider.file), rcOk);
	}
	KosSessionDestroyType(second_type);
}

static Retcode opened_inside;

static void open_alone(void *object, void *context)
{
	void *alone;

	(void)context;
	opened_inside = KosSessionOpenObject(object, 1, 0, (void *)(uintptr_t) "b", &alone);
	if (opened_inside == rcOk) {
		note_that(KosSessionCloseObject(alone) == rcOk);
	}
}

/* Clauses: CB-8, OP-9 */
static void the_rights_are_free_again_in_close_complete(void **state)
{
	static const struct {
		enum step step;
		Retcode result;
	} cases[] = { { CLOSE, rcBusy }, { COMPLETE, rcOk }, { DESTRUCT, rcOk } };

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		void *context;

		assert_int_equal(KosSessionOpenObject(
					 provider.file, 1, 0, (void *)(uintptr_t) "a", &context),
			rcOk);
		provider.in[cases[i].step] = open_alone;
		assert_int_equal(KosSessionCloseObject(context), rcOk);
		assert_int_equal(opened_inside, cases[i].result);
	}
}

static sessio_handle_space *entered_in[STEPS];

static void look_in_open(void *object, void *context)
{
	(void)object;
	(void)context;
	entered_in[OPEN] = sessio_handle_space_entered();
}

static void unregister_in_open(void *object, void *context)
{
	(void)context;
	note_that(KosSessionUnregisterObject(object) == rcOk);
}

static void look_in_close(void *object, void *context)
{
	(void)object;
	(void)context;
	entered_in[CLOSE] = sessio_handle_space_entered();
}

static void look_in_complete(void *object, void *context)
{
	(void)object;
	(void)context;
	entered_in[COMPLETE] = sessio_handle_space_entered();
}

/* (session-4) An end runs on any thread; an opening and a walk on their callers'. */
static void an_end_does_not_see_what_its_thread_acts_for(void **state)
{
	sessio_handle_space *space;
	sessio_handle_scope scope;
	void *context;

	(void)state;
	assert_int_equal(sessio_handle_space_create(&space), SESSIO_OK);
	assert_int_equal(sessio_handle_space_enter(space, &scope), SESSIO_OK);
	provider.in[OPEN] = look_in_open;
	provider.in[CLOSE] = look_in_close;
	provider.in[COMPLETE] = look_in_complete;
	context = provider_open("a");
	assert_int_equal(KosSessionCloseObject(context), rcOk);
	assert_ptr_equal(entered_in[OPEN], space);
	assert_ptr_equal(entered_in[CLOSE], sessio_handle_space_own());
	assert_ptr_equal(entered_in[COMPLETE], sessio_handle_space_own());
	/* An opener whose object was unregistered meanwhile runs the end itself. */
	provider.in[OPEN] = unregister_in_open;
	provider.in[COMPLETE] = look_in_complete;
	entered_in[COMPLETE] = NULL;
	assert_int_equal(
		KosSessionOpenObject(provider.file, 0, 0, NULL, &context), rcResourceNotFound);
	assert_ptr_equal(entered_in[COMPLETE], sessio_handle_space_own());
	sessio_handle_space_leave(&scope);
	sessio_handle_space_destroy(space);
}

static unsigned depth;

static void open_deeper(void *object, void *context)
{
	static const char *const names[] = { "b", "c", "d" };
	void *inner;

	(void)context;
	if (depth < 3) {
		provider.in[OPEN] = open_deeper;
		note_that(KosSessionOpenObject(
				  object, 0, 0, (void *)(uintptr_t)names[depth++], &inner) == rcOk);
		note_that(KosSessionCloseObject(inner) == rcOk);
	}
}

static void open_may_open(void **state)
{
	(void)state;
	depth = 0;
	provider.in[OPEN] = open_deeper;
	(void)provider_open("a");
	provider_expect("construct a, open a, construct b, open b, construct c, open c, "
			"construct d, open d, close d, complete d, destruct d, "
			"close c, complete c, destruct c, close b, complete b, destruct b");
}

static void *other_context;

static void close_other(void *object, void *context)
{
	(void)object;
	(void)context;
	note_that(KosSessionCloseObject(other_context) == rcOk);
}

static void a_callback_may_close_another_session(void **state)
{
	void *context;

	(void)state;
	other_context = provider_open("b");
	context = provider_open("a");
	provider_forget();
	provider.in[CLOSE] = close_other;
	assert_int_equal(KosSessionCloseObject(context), rcOk);
	provider_expect("close a, close b, complete b, destruct b, complete a, destruct a");
}

#define PROVIDED(test) cmocka_unit_test_setup_teardown(test, provider_start, provider_stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PROVIDED(constructor_and_open_may_call_everything),
		PROVIDED(callbacks_of_the_end_may_call_everything),
		PROVIDED(a_walks_handler_may_call_everything),
		PROVIDED(an_operation_may_call_everything),
		PROVIDED(unregistering_while_it_opens_ends_the_new_session),
		PROVIDED(unregistering_while_it_ends_ends_the_others),
		PROVIDED(an_object_is_unregistered_once_however_deep),
		PROVIDED(an_object_can_be_registered_again_inside_an_end),
		PROVIDED(the_rights_are_free_again_in_close_complete),
		PROVIDED(an_end_does_not_see_what_its_thread_acts_for),
		PROVIDED(open_may_open),
		PROVIDED(a_callback_may_close_another_session),
	};

	leaks_allow(2); /* the process's own space and its lock, also if one test runs alone */
	(void)sessio_handle_space_own();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
