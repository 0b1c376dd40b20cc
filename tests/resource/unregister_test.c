/* SPDX-License-Identifier: MIT */
/* Unregistering closes one session after the other, and what has ended stays out of the way. */
#include "test.h"

#include <stdlib.h>
#include <string.h>

#include <kos/session.h>
#include <sessio/diag.h>
#include <sessio/inspect.h>
#include <sessio/wait.h>

#include "inside.h"
#include "provider.h"
#include "resource/session.h"

static void *other;
static sessio_session_phase other_phase;

static void look_at_other(void *object, void *context)
{
	sessio_session_info info;

	(void)object;
	(void)context;
	note_that(sessio_session_inspect(other, &info) == SESSIO_OK);
	other_phase = info.phase;
}

/* Clauses: UN-2 */
static void each_session_is_closed_in_its_turn(void **state)
{
	(void)state;
	other = provider_open("b");
	KosRefObject(other);
	provider_open("a");
	provider_forget();
	provider.in[CLOSE] = look_at_other;
	assert_int_equal(KosSessionUnregisterObject(provider.file), rcOk);
	assert_int_equal(other_phase, SESSIO_SESSION_OPEN);
	provider_expect("close a, complete a, destruct a, close b, complete b");
	KosPutObject(other);
}

static void close_other_and_wait(void *object, void *context)
{
	(void)object;
	(void)context;
	note_that(KosSessionCloseObject(other) == rcOk);
	note_that(sessio_session_wait(other, SESSIO_FOREVER) == SESSIO_OK);
}

static void a_close_callback_may_wait_for_another_session(void **state)
{
	(void)state;
	provider.silent = true;
	for (unsigned i = 0; i < 100; i++) {
		(void)provider_open("many");
	}
	other = provider_open("b");
	KosRefObject(other);
	(void)provider_open("a");
	provider.in[CLOSE] = close_other_and_wait;
	assert_int_equal(KosSessionUnregisterObject(provider.file), rcOk);
	assert_int_equal(sessio_session_end_reason(other), SESSIO_END_CLOSED);
	KosPutObject(other);
	assert_int_equal(sessio_object_drain(provider.file, 0), SESSIO_OK);
}

static sessio_end_reason seen;

static void look_at_reason(void *object, void *context)
{
	(void)object;
	seen = sessio_session_end_reason(context);
}

static void close_learns_why_the_session_ends(void **state)
{
	void *context = provider_open("a");

	(void)state;
	assert_int_equal(sessio_session_end_reason(context), SESSIO_END_NONE);
	assert_int_equal(sessio_session_end_reason(NULL), SESSIO_END_NONE);
	assert_int_equal(sessio_session_end_reason(provider.file), SESSIO_END_NONE);
	provider.in[CLOSE] = look_at_reason;
	assert_int_equal(KosSessionCloseObject(context), rcOk);
	assert_int_equal(seen, SESSIO_END_CLOSED);
	context = provider_open("b");
	provider.in[CLOSE] = look_at_reason;
	KosPutObject(context);
	assert_int_equal(seen, SESSIO_END_LAST_REFERENCE);
	(void)provider_open("c");
	provider.in[CLOSE] = look_at_reason;
	assert_int_equal(KosSessionUnregisterObject(provider.file), rcOk);
	assert_int_equal(seen, SESSIO_END_UNREGISTERED);
}

static struct {
	unsigned times;
	sessio_diag_kind kind;
	const void *object;
	const void *context;
	char text[300];
} heard;

static void hear(void *ctx, sessio_diag_kind kind, const void *object, const void *session_context,
	const char *text)
{
	(void)ctx;
	heard.times++;
	heard.kind = kind;
	heard.object = object;
	heard.context = session_context;
	strncpy(heard.text, text, sizeof(heard.text) - 1);
}

/* Clauses: CB-6 */
static void a_close_callback_that_fails_is_reported(void **state)
{
	void *context = provider_open("a");

	(void)state;
	memset(&heard, 0, sizeof(heard));
	sessio_diag_set_sink(hear, NULL);
	assert_int_equal(KosSessionCloseObject(context), rcOk);
	assert_int_equal(heard.times, 0);
	provider.close_result = 0x12ab;
	context = provider_open("b");
	KosRefObject(context);
	assert_int_equal(KosSessionCloseObject(context), rcOk);
	sessio_diag_set_sink(NULL, NULL);
	assert_int_equal(heard.times, 1);
	assert_int_equal(heard.kind, SESSIO_DIAG_CALLBACK);
	assert_ptr_equal(heard.object, provider.file);
	assert_ptr_equal(heard.context, context);
	assert_non_null(strstr(heard.text, "0x12ab"));
	assert_non_null(strstr(heard.text, "\"file\""));
	KosPutObject(context);
}

/* Ended contexts that are kept are in no list: nobody walks past them under a lock. */
static void ended_contexts_are_in_no_list(void **state)
{
	enum { KEPT = 1000 };
	struct si_resource *resource = si_resource_of(provider.file);
	void *kept[KEPT];

	(void)state;
	provider.silent = true;
	for (unsigned i = 0; i < KEPT; i++) {
		kept[i] = provider_open("kept");
		KosRefObject(kept[i]);
		assert_int_equal(KosSessionCloseObject(kept[i]), rcOk);
	}
	assert_true(si_stack_is_empty(&resource->sessions));
	assert_int_equal(resource->holding.contexts, KEPT);
	assert_int_equal(sessio_object_references(provider.file), 2);
	/* They keep object and session type even so. */
	assert_int_equal(KosSessionUnregisterObject(provider.file), rcOk);
	assert_int_equal(sessio_object_references(provider.file), 2);
	for (unsigned i = 0; i < KEPT; i++) {
		KosPutObject(kept[i]);
	}
	assert_int_equal(sessio_object_references(provider.file), 1);
}

/* Contexts of several session types, from registrations that are over. */
static void contexts_of_every_earlier_type_keep_it(void **state)
{
	enum { TYPES = 4 };
	KosSessionType *types[TYPES];
	void *kept[TYPES][2];

	(void)state;
	provider.silent = true;
	for (unsigned i = 0; i < TYPES; i++) {
		assert_int_equal(KosSessionUnregisterObject(provider.file), rcOk);
		assert_int_equal(KosSessionCreateType(provider.file_type, provider.note_type,
					 &provider_ops, &types[i]),
			rcOk);
		assert_int_equal(KosSessionRegisterObject(types[i], provider.file), rcOk);
		for (unsigned j = 0; j < 2; j++) {
			kept[i][j] = provider_open("kept");
			KosRefObject(kept[i][j]);
		}
		KosRefObject(types[i]);
	}
	assert_int_equal(KosSessionUnregisterObject(provider.file), rcOk);
	assert_int_equal(sessio_object_references(provider.file), 1 + TYPES);
	for (unsigned i = 0; i < TYPES; i++) {
		KosSessionDestroyType(types[i]);
		assert_int_equal(sessio_object_references(types[i]), 2);
	}
	for (unsigned i = 0; i < TYPES; i++) {
		unsigned at = i * 3 % TYPES; /* in another order */

		KosPutObject(kept[at][0]);
		assert_int_equal(sessio_object_references(types[at]), 2);
		KosPutObject(kept[at][1]);
		assert_int_equal(sessio_object_references(types[at]), 1);
		KosPutObject(types[at]);
		assert_int_equal(sessio_object_references(provider.file), TYPES - i);
	}
}

#define PROVIDED(test) cmocka_unit_test_setup_teardown(test, provider_start, provider_stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PROVIDED(each_session_is_closed_in_its_turn),
		PROVIDED(a_close_callback_may_wait_for_another_session),
		PROVIDED(close_learns_why_the_session_ends),
		PROVIDED(a_close_callback_that_fails_is_reported),
		PROVIDED(ended_contexts_are_in_no_list),
		PROVIDED(contexts_of_every_earlier_type_keep_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
