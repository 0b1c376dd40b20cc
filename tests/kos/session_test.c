/* SPDX-License-Identifier: MIT */
/* Opening sessions and operating in them; session_end_test.c has their ends. */
#include "test.h"

#include <string.h>

#include <kos/session.h>
#include <sessio/diag.h>
#include <sessio/inspect.h>
#include <sessio/wait.h>

#include "provider.h"
#include "resource/session.h"

static sessio_session_info inspect(void *context)
{
	sessio_session_info info;

	assert_int_equal(sessio_session_inspect(context, &info), SESSIO_OK);
	return info;
}

static void must_close(void *context)
{
	assert_int_equal(KosSessionCloseObject(context), rcOk);
}

/* Clauses: OP-1, SG-2 */
static void opening_makes_a_session_and_closing_ends_it(void **state)
{
	void *context = provider_open("a");

	(void)state;
	provider_expect("construct a, open a");
	assert_ptr_equal(inspect(context).object, provider.file);
	assert_int_equal(inspect(context).phase, SESSIO_SESSION_OPEN);
	must_close(context);
	provider_expect("close a, complete a, destruct a");
}

static void *seen_object;
static void *seen_context;

static void look(void *object, void *context)
{
	seen_object = object;
	seen_context = context;
}

/* Clauses: CB-1, ST-7 */
static void open_gets_object_context_and_the_openers_pointer(void **state)
{
	void *context;

	(void)state;
	provider.in[OPEN] = look;
	context = provider_open("a"); /* the provider compares openCtx and mask itself */
	assert_ptr_equal(seen_object, provider.file);
	assert_ptr_equal(seen_context, context);
	must_close(context);
}

static void write_to_both(void *object, void *context)
{
	struct note *note = sessio_object_cast(context, provider.note_type);

	memset(object, 0x5a, 64);
	note->name = "renamed";
}

/* Clauses: CB-2, ST-4 */
static void open_may_set_the_mask_and_write_to_object_and_context(void **state)
{
	void *context;

	(void)state;
	provider.in[OPEN] = write_to_both;
	provider.handle_rights = 0x8005;
	assert_int_equal(
		KosSessionOpenObject(provider.file, 6, 14, (void *)(uintptr_t) "a", &context),
		rcOk);
	assert_int_equal(((unsigned char *)provider.file)[63], 0x5a);
	assert_int_equal(inspect(context).handle_rights, 0x8005);
	assert_int_equal(inspect(context).required_rights, 6);
	assert_int_equal(inspect(context).share_mode, 14);
	assert_int_equal(inspect(context).operations, 0);
	provider_forget();
	must_close(context);
	provider_expect("close renamed, complete renamed, destruct renamed");
}

/* Clauses: CB-3, CB-10, OP-10 */
static void a_refusal_by_open_comes_back_and_leaves_no_session(void **state)
{
	static const Retcode codes[] = { rcFail, rcBusy, 5, INT32_MIN };
	void *context = &context;
	sessio_object_info info;

	(void)state;
	for (unsigned i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		provider.open_result = codes[i];
		assert_int_equal(KosSessionOpenObject(
					 provider.file, 1, 0, (void *)(uintptr_t) "a", &context),
			codes[i]);
		provider_expect("construct a, open a, destruct a");
	}
	assert_ptr_equal(context, &context);
	assert_int_equal(sessio_object_inspect(provider.file, &info), SESSIO_OK);
	assert_int_equal(info.opening + info.open + info.ending, 0);
}

static void keep(void *object, void *context)
{
	(void)object;
	KosRefObject(context);
	seen_context = context;
}

/* Clauses: CB-3, CB-10 */
static void a_context_kept_by_a_refusing_open_is_of_no_use(void **state)
{
	void *context = NULL;

	(void)state;
	provider.in[OPEN] = keep;
	provider.open_result = rcFail;
	assert_int_equal(
		KosSessionOpenObject(provider.file, 1, 0, (void *)(uintptr_t) "a", &context),
		rcFail);
	assert_null(context);
	provider_expect("construct a, open a");
	assert_int_equal(KosSessionRef(seen_context, NULL, NULL), rcInvalidOperation);
	assert_int_equal(KosSessionCloseObject(seen_context), rcInvalidOperation);
	assert_int_equal(inspect(seen_context).phase, SESSIO_SESSION_ENDED);
	assert_int_equal(inspect(seen_context).handle_rights, 0);
	assert_int_equal(KosSessionGetOpenRights(seen_context), 1);
	assert_int_equal(sessio_session_wait(seen_context, 0), SESSIO_OK);
	assert_int_equal(sessio_object_drain(provider.file, 0), SESSIO_OK);
	/* It keeps its object even beyond the registration. */
	assert_int_equal(KosSessionUnregisterObject(provider.file), rcOk);
	provider_expect("");
	KosPutObject(seen_context);
	provider_expect("destruct a");
}

static void a_refusal_by_the_context_comes_back_before_open(void **state)
{
	void *context = &context;

	(void)state;
	provider.construct_result = 12345;
	assert_int_equal(
		KosSessionOpenObject(provider.file, 1, 0, (void *)(uintptr_t) "a", &context),
		12345);
	assert_ptr_equal(context, &context);
	provider_expect("construct a");
	assert_int_equal(sessio_object_drain(provider.file, 0), SESSIO_OK);
	provider.construct_result = rcOk;
	must_close(provider_open("b"));
}

/* Clauses: ST-3, ST-5, ST-6 */
static void a_contexts_payload_is_all_its_owners(void **state)
{
	KosObjectType *large_type;
	KosSessionType *type;
	void *context;
	void *object = NULL;

	(void)state;
	assert_int_equal(KosCreateObjectType(
				 "large", kosSessionBaseSessionType, 1000, NULL, NULL, &large_type),
		rcOk);
	assert_int_equal(
		KosSessionCreateType(provider.file_type, large_type, &provider_ops, &type), rcOk);
	assert_int_equal(KosSessionUnregisterObject(provider.file), rcOk);
	assert_int_equal(KosSessionRegisterObject(type, provider.file), rcOk);
	assert_int_equal(KosSessionOpenObject(provider.file, 1, 3, NULL, &context), rcOk);
	memset(context, 0xff, 1000);
	assert_int_equal(KosSessionRef(context, type, &object), rcOk);
	assert_ptr_equal(object, provider.file);
	assert_int_equal(KosSessionGetOpenRights(context), 1);
	KosSessionPut(context);
	must_close(context);
	provider_expect("open, close, complete");
	assert_int_equal(KosSessionUnregisterObject(provider.file), rcOk);
	KosSessionDestroyType(type);
	sessio_object_type_unref(large_type);
}

/* Clauses: GR-1, GR-2, SG-7 */
static void the_open_rights_come_back_as_a_value(void **state)
{
	void *context;

	(void)state;
	assert_int_equal(
		KosSessionOpenObject(provider.file, 0x80000001, UINT32_MAX, NULL, &context), rcOk);
	KosRefObject(context);
	assert_int_equal(KosSessionGetOpenRights(context), 0x80000001);
	must_close(context);
	assert_int_equal(KosSessionGetOpenRights(context), 0x80000001);
	assert_int_equal(KosSessionGetOpenRights(NULL), 0);
	assert_int_equal(KosSessionGetOpenRights(provider.file), 0);
	KosPutObject(context);
}

/* Clauses: RF-1, PU-1, SG-3, SG-7, LO-1, LO-2 */
static void operations_are_counted_in_their_session(void **state)
{
	void *first = provider_open("a");
	void *second = provider_open("b");

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(KosSessionRef(first, NULL, NULL), rcOk);
	}
	assert_int_equal(inspect(first).operations, 3);
	assert_int_equal(inspect(second).operations, 0);
	KosSessionPut(first);
	assert_int_equal(inspect(first).operations, 2);
	KosSessionPut(first);
	KosSessionPut(first);
	assert_int_equal(inspect(first).operations, 0);
	must_close(first);
	must_close(second);
}

/* Clauses: RF-2 */
static void a_closed_session_lets_no_operation_begin(void **state)
{
	void *context = provider_open("a");
	void *object = &object;

	(void)state;
	KosRefObject(context);
	assert_int_equal(KosSessionRef(context, NULL, NULL), rcOk);
	must_close(context);
	assert_int_equal(KosSessionRef(context, NULL, &object), rcInvalidOperation);
	assert_int_equal(KosSessionRef(context, provider.type, &object), rcInvalidOperation);
	assert_int_equal(inspect(context).operations, 1);
	KosSessionPut(context);
	assert_int_equal(KosSessionRef(context, NULL, &object), rcInvalidOperation);
	assert_ptr_equal(object, &object);
	KosPutObject(context);
}

/* A session type like the provider's, for contexts of the type `context_type`. */
static KosSessionType *make_session_type(KosObjectType *context_type)
{
	KosSessionType *type = NULL;

	assert_int_equal(
		KosSessionCreateType(provider.file_type, context_type, &provider_ops, &type), rcOk);
	return type;
}

/* Clauses: RF-3, RF-4 */
static void a_given_type_is_checked_and_the_object_handed_out(void **state)
{
	KosObjectType *note = NULL;
	KosSessionType *other;
	void *context = provider_open("a");
	void *object = NULL;

	(void)state;
	assert_int_equal(
		KosCreateObjectType("other note", kosSessionBaseSessionType, 8, NULL, NULL, &note),
		rcOk);
	other = make_session_type(note);
	/* The first operation of a session takes another way than those after it. */
	for (unsigned i = 0; i < 3; i++) {
		object = NULL;
		assert_int_equal(KosSessionRef(context, other, &object), rcInvalidArgument);
		assert_null(object);
		assert_int_equal(KosSessionRef(context, provider.type, &object), rcOk);
		assert_ptr_equal(object, provider.file);
		KosSessionPut(context);
		assert_int_equal(KosSessionRef(context, RTL_NULL, RTL_NULL), rcOk);
		KosSessionPut(context);
	}
	assert_int_equal(inspect(context).operations, 0);
	/* Type before state. */
	KosRefObject(context);
	must_close(context);
	assert_int_equal(KosSessionRef(context, other, &object), rcInvalidArgument);
	KosPutObject(context);
	KosSessionDestroyType(other);
	sessio_object_type_unref(note);
}

static void expect_ref(void *context, void *type, Retcode expected)
{
	assert_int_equal(KosSessionRef(context, type, NULL), expected);
	if (expected == rcOk) {
		KosSessionPut(context);
	}
}

/* Clauses: RF-3 */
static void it_is_the_type_of_the_context_that_is_checked(void **state)
{
	KosObjectType *derived_note = NULL;
	KosSessionType *same = make_session_type(provider.note_type);
	KosSessionType *base = make_session_type(kosSessionBaseSessionType);
	KosSessionType *derived;
	void *context = provider_open("a");

	(void)state;
	assert_int_equal(KosCreateObjectType(
				 "derived note", provider.note_type, 8, NULL, NULL, &derived_note),
		rcOk);
	derived = make_session_type(derived_note);
	expect_ref(context, same, rcOk);
	expect_ref(context, base, rcOk);
	expect_ref(context, derived, rcInvalidArgument);
	/* Other objects are not this context's session type either. */
	expect_ref(context, provider.file, rcInvalidArgument);
	expect_ref(context, context, rcInvalidArgument);
	must_close(context);
	assert_int_equal(KosSessionUnregisterObject(provider.file), rcOk);
	assert_int_equal(KosSessionRegisterObject(derived, provider.file), rcOk);
	context = provider_open("b");
	expect_ref(context, provider.type, rcOk);
	expect_ref(context, derived, rcOk);
	must_close(context);
	assert_int_equal(KosSessionUnregisterObject(provider.file), rcOk);
	KosSessionDestroyType(derived);
	KosSessionDestroyType(same);
	KosSessionDestroyType(base);
	sessio_object_type_unref(derived_note);
}

static sessio_diag_kind heard;
static const void *heard_of;

static void hear(void *ctx, sessio_diag_kind kind, const void *object, const void *session_context,
	const char *text)
{
	(void)ctx;
	(void)session_context;
	(void)text;
	heard = kind;
	heard_of = object;
}

static void what_is_no_context_is_refused_or_told_of(void **state)
{
	void *object = NULL;

	(void)state;
	assert_int_equal(KosSessionRef(NULL, NULL, &object), rcInvalidArgument);
	assert_int_equal(KosSessionRef(provider.file, NULL, &object), rcInvalidArgument);
	assert_int_equal(KosSessionRef(provider.type, NULL, &object), rcInvalidArgument);
	assert_int_equal(KosSessionCloseObject(NULL), rcInvalidArgument);
	assert_int_equal(KosSessionCloseObject(provider.file), rcInvalidArgument);
	assert_null(object);
	sessio_diag_set_sink(hear, NULL);
	KosSessionPut(NULL);
	assert_null(heard_of);
	KosSessionPut(provider.file);
	assert_int_equal(heard, SESSIO_DIAG_MISUSE);
	assert_ptr_equal(heard_of, provider.file);
	sessio_diag_set_sink(NULL, NULL);
	KosSessionPut(provider.file); /* and nothing is reported */
}

static void a_context_cannot_be_opened_or_registered(void **state)
{
	void *context = provider_open("a");
	void *nested = NULL;

	(void)state;
	assert_int_equal(KosSessionOpenObject(context, 0, 0, NULL, &nested), rcInvalidArgument);
	assert_int_equal(KosSessionRegisterObject(provider.type, context), rcInvalidArgument);
	assert_int_equal(KosSessionOpenObject(provider.file, 0, 0, NULL, NULL), rcInvalidArgument);
	assert_null(nested);
	must_close(context);
}

static void the_first_reason_counts_when_several_apply(void **state)
{
	void *context = provider_open("a");
	void *other = NULL;

	(void)state;
	KosRefObject(provider.file);
	assert_int_equal(KosSessionRef(context, NULL, NULL), rcOk);
	assert_int_equal(KosSessionUnregisterObject(provider.file), rcOk);
	/* Not registered any more, and a sharing violation with what still ends. */
	assert_int_equal(
		KosSessionOpenObject(provider.file, 1, 0, NULL, &other), rcResourceNotFound);
	KosSessionPut(context);
	KosPutObject(provider.file);
}

static void a_full_counter_refuses_operations_and_keeps_those_it_has(void **state)
{
	void *context = provider_open("a");
	_Atomic uint64_t *central = &si_session_of(context)->run.central;
	void *object = NULL;

	(void)state;
	/* The first operation takes the slow way, those after it the quick one. */
	atomic_store(central, SI_RUN_LIMIT);
	assert_int_equal(KosSessionRef(context, NULL, &object), rcQuotaExceeded);
	atomic_store(central, 0);
	assert_int_equal(KosSessionRef(context, NULL, NULL), rcOk);
	KosSessionPut(context);
	atomic_store(central, SI_RUN_LIMIT);
	assert_int_equal(KosSessionRef(context, provider.type, &object), rcQuotaExceeded);
	assert_null(object);
	assert_true(si_rundown_active(&si_session_of(context)->run) == SI_RUN_LIMIT / SI_RUN_ONE);
	KosSessionPut(context);
	assert_int_equal(KosSessionRef(context, NULL, NULL), rcOk); /* one has gone */
	atomic_store(central, 0);
	must_close(context);
}

static void many_sessions_live_on_one_object(void **state)
{
	enum { COUNT = 1000 };
	void *contexts[COUNT];
	sessio_object_info info;

	(void)state;
	provider.silent = true;
	for (unsigned i = 0; i < COUNT; i++) {
		contexts[i] = provider_open("many");
	}
	assert_int_equal(sessio_object_inspect(provider.file, &info), SESSIO_OK);
	assert_int_equal(info.open, COUNT);
	for (unsigned i = 0; i < COUNT; i++) {
		must_close(contexts[i * 7 % COUNT]);
	}
	assert_int_equal(sessio_object_inspect(provider.file, &info), SESSIO_OK);
	assert_int_equal(info.open, 0);
	assert_int_equal(sessio_object_references(provider.file), 2);
}

#define PROVIDED(test) cmocka_unit_test_setup_teardown(test, provider_start, provider_stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PROVIDED(opening_makes_a_session_and_closing_ends_it),
		PROVIDED(open_gets_object_context_and_the_openers_pointer),
		PROVIDED(open_may_set_the_mask_and_write_to_object_and_context),
		PROVIDED(a_refusal_by_open_comes_back_and_leaves_no_session),
		PROVIDED(a_context_kept_by_a_refusing_open_is_of_no_use),
		PROVIDED(a_refusal_by_the_context_comes_back_before_open),
		PROVIDED(a_contexts_payload_is_all_its_owners),
		PROVIDED(the_open_rights_come_back_as_a_value),
		PROVIDED(operations_are_counted_in_their_session),
		PROVIDED(a_closed_session_lets_no_operation_begin),
		PROVIDED(a_given_type_is_checked_and_the_object_handed_out),
		PROVIDED(it_is_the_type_of_the_context_that_is_checked),
		PROVIDED(what_is_no_context_is_refused_or_told_of),
		PROVIDED(a_context_cannot_be_opened_or_registered),
		PROVIDED(the_first_reason_counts_when_several_apply),
		PROVIDED(a_full_counter_refuses_operations_and_keeps_those_it_has),
		PROVIDED(many_sessions_live_on_one_object),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
