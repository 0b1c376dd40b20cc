/* SPDX-License-Identifier: MIT */
/* The last reference to a context ends its session; completions do not nest. */
#include "test.h"

#include <stdlib.h>

#include <kos/session.h>
#include <sessio/inspect.h>
#include <sessio/wait.h>

#include "base/thread_frame.h"
#include "inside.h"
#include "provider.h"

static sessio_end_reason seen_reason;
static bool seen_own;
static const char frame_kind;

static void look(void *object, void *context)
{
	(void)object;
	seen_reason = sessio_session_end_reason(context);
	seen_own = si_thread_find_own(&frame_kind) != NULL;
	note_that(KosSessionGetOpenRights(context) == 0);
	note_that(sessio_object_references(context) == 1); /* the end's */
}

/* Clauses: IH-11 */
static void the_last_reference_ends_the_session_once(void **state)
{
	void *context = provider_open("a");

	(void)state;
	KosRefObject(context);
	provider_forget();
	KosPutObject(context);
	provider_expect("");
	provider.in[CLOSE] = look;
	KosPutObject(context);
	provider_expect("close a, complete a, destruct a");
	assert_int_equal(seen_reason, SESSIO_END_LAST_REFERENCE);
	assert_int_equal(sessio_object_drain(provider.file, 0), SESSIO_OK);
	assert_int_equal(sessio_object_references(provider.file), 2);
}

/* Clauses: IH-11, CL-2 */
static void the_memory_stays_until_the_end_is_complete(void **state)
{
	void *context = provider_open("a");

	(void)state;
	assert_int_equal(KosSessionRef(context, NULL, NULL), rcOk);
	provider_forget();
	KosPutObject(context);
	provider_expect("close a");
	assert_int_equal(KosSessionRef(context, NULL, NULL), rcInvalidOperation);
	assert_int_equal(KosSessionCloseObject(context), rcInvalidOperation);
	assert_int_equal(KosSessionGetOpenRights(context), 0);
	/* References come and go, as in any session that ends. */
	KosRefObject(context);
	KosPutObject(context);
	provider_expect("");
	KosSessionPut(context);
	provider_expect("complete a, destruct a");
}

static void a_reference_taken_during_the_end_outlives_it(void **state)
{
	void *context = provider_open("a");

	(void)state;
	assert_int_equal(KosSessionRef(context, NULL, NULL), rcOk);
	KosPutObject(context);
	KosRefObject(context);
	provider_forget();
	KosSessionPut(context);
	provider_expect("complete a");
	KosPutObject(context);
	provider_expect("destruct a");
}

static void an_ended_session_is_not_ended_again(void **state)
{
	void *context = provider_open("a");

	(void)state;
	KosRefObject(context);
	assert_int_equal(KosSessionCloseObject(context), rcOk);
	provider_expect("construct a, open a, close a, complete a");
	KosPutObject(context);
	provider_expect("destruct a");
}

static Retcode put_it(void *object, void *context, void *walk_ctx)
{
	unsigned *calls = walk_ctx;

	(void)object;
	(*calls)++;
	KosPutObject(context);
	return rcOk;
}

/* Clauses: WK-2 */
static void a_walk_holds_a_session_whose_last_reference_goes(void **state)
{
	unsigned calls = 0;

	(void)state;
	provider_open("a");
	provider_open("b");
	provider_forget();
	assert_int_equal(KosSessionWalk(provider.file, put_it, &calls), rcOk);
	assert_int_equal(calls, 2);
	provider_expect("close b, complete b, close a, complete a, destruct b, destruct a");
}

/* The callbacks do not see what this thread acts for. */
static void a_last_put_acts_for_nobody(void **state)
{
	void *context = provider_open("a");
	struct si_thread_frame frame;

	(void)state;
	si_thread_push(&frame, &frame_kind, NULL);
	seen_own = true;
	provider.in[CLOSE] = look;
	KosPutObject(context);
	assert_false(seen_own);
	seen_own = true;
	context = provider_open("b");
	provider.in[CLOSE] = look;
	assert_int_equal(KosSessionCloseObject(context), rcOk);
	assert_false(seen_own);
	seen_own = true;
	context = provider_open("c");
	provider.in[COMPLETE] = look;
	assert_int_equal(KosSessionCloseObject(context), rcOk);
	assert_false(seen_own);
	/* The open callback is the opener's own. */
	seen_own = false;
	provider.in[OPEN] = look;
	context = provider_open("d");
	assert_true(seen_own);
	si_thread_pop(&frame);
	assert_int_equal(KosSessionCloseObject(context), rcOk);
}

static void *next;

static void put_next(void *object, void *context)
{
	(void)object;
	(void)context;
	KosPutObject(next);
	provider_note("put", NULL);
}

static void a_last_put_inside_a_callback_waits_for_its_return(void **state)
{
	static const struct {
		enum step step;
		const char *trace;
	} cases[] = {
		{ COMPLETE,
			"close a, complete a, put, destruct a, close b, complete b, destruct b" },
		{ DESTRUCT,
			"close a, complete a, destruct a, put, close b, complete b, destruct b" },
	};

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		void *context;

		next = provider_open("b");
		context = provider_open("a");
		provider_forget();
		provider.in[cases[i].step] = put_next;
		assert_int_equal(KosSessionCloseObject(context), rcOk);
		provider_expect(cases[i].trace);
	}
}

static void wait_for_next(void *object, void *context)
{
	(void)object;
	(void)context;
	KosRefObject(next);
	note_that(KosSessionCloseObject(next) == rcOk);
	provider_note("closed", NULL);
	note_that(sessio_session_wait(next, SESSIO_FOREVER) == SESSIO_OK);
	provider_note("waited", NULL);
	KosPutObject(next);
}

/* A wait runs what its thread has put off. */
static void a_callback_may_wait_for_an_end_that_it_has_put_off(void **state)
{
	void *context;

	(void)state;
	next = provider_open("b");
	context = provider_open("a");
	provider_forget();
	provider.in[COMPLETE] = wait_for_next;
	assert_int_equal(KosSessionCloseObject(context), rcOk);
	provider_expect("close a, complete a, close b, closed, complete b, waited, destruct b, "
			"destruct a");
}

/* Sessions each of which ends the next inside its closeComplete. */
#define CHAIN 100000u

static struct {
	void **contexts;
	unsigned at;
	unsigned depth;
	unsigned deepest;
	void (*end)(void *context);
} chain;

static Retcode open_link(void *object, void *context, void *open_ctx, rtl_uint32_t *handle_rights)
{
	(void)object;
	(void)context;
	(void)open_ctx;
	(void)handle_rights;
	return rcOk;
}

static Retcode close_link(void *object, void *context)
{
	(void)object;
	(void)context;
	return rcOk;
}

static void complete_link(void *object, void *context)
{
	(void)object;
	(void)context;
	chain.depth++;
	chain.deepest = chain.depth > chain.deepest ? chain.depth : chain.deepest;
	if (++chain.at < CHAIN) {
		chain.end(chain.contexts[chain.at]);
	}
	chain.depth--;
}

static void close_next(void *context)
{
	assert_int_equal(KosSessionCloseObject(context), rcOk);
}

static void run_chain(void (*end)(void *context), bool with_operation)
{
	chain.at = 0;
	chain.deepest = 0;
	chain.end = end;
	for (unsigned i = 0; i < CHAIN; i++) {
		assert_int_equal(KosSessionOpenObject(
					 provider.file, 0, UINT32_MAX, NULL, &chain.contexts[i]),
			rcOk);
		if (with_operation) {
			assert_int_equal(KosSessionRef(chain.contexts[i], NULL, NULL), rcOk);
			assert_int_equal(KosSessionCloseObject(chain.contexts[i]), rcOk);
		}
	}
	end(chain.contexts[0]);
	assert_int_equal(chain.at, CHAIN);
	assert_int_equal(chain.deepest, 1);
	assert_int_equal(sessio_object_drain(provider.file, 0), SESSIO_OK);
}

static void a_chain_of_ends_needs_no_stack(void **state)
{
	static const KosSessionOps ops = { open_link, close_link, complete_link };
	KosSessionType *type;

	(void)state;
	assert_int_equal(
		KosSessionCreateType(provider.file_type, kosSessionBaseSessionType, &ops, &type),
		rcOk);
	assert_int_equal(KosSessionUnregisterObject(provider.file), rcOk);
	assert_int_equal(KosSessionRegisterObject(type, provider.file), rcOk);
	chain.contexts = calloc(CHAIN, sizeof(*chain.contexts));
	assert_non_null(chain.contexts);
	run_chain(KosPutObject, false);
	run_chain(close_next, false);
	run_chain(KosSessionPut, true);
	free(chain.contexts);
	assert_int_equal(KosSessionUnregisterObject(provider.file), rcOk);
	KosSessionDestroyType(type);
}

#define PROVIDED(test) cmocka_unit_test_setup_teardown(test, provider_start, provider_stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PROVIDED(the_last_reference_ends_the_session_once),
		PROVIDED(the_memory_stays_until_the_end_is_complete),
		PROVIDED(a_reference_taken_during_the_end_outlives_it),
		PROVIDED(an_ended_session_is_not_ended_again),
		PROVIDED(a_walk_holds_a_session_whose_last_reference_goes),
		PROVIDED(a_last_put_acts_for_nobody),
		PROVIDED(a_last_put_inside_a_callback_waits_for_its_return),
		PROVIDED(a_callback_may_wait_for_an_end_that_it_has_put_off),
		PROVIDED(a_chain_of_ends_needs_no_stack),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
