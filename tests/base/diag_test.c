/* SPDX-License-Identifier: MIT */
/* The sink, and the standard error stream in its place. */
#if !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* dup(), fileno() */
#endif
#include "test.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <uv.h>

#include <kos/objects.h>
#include <sessio/diag.h>

#include "base/diag.h"
#include "sleepers.h"

static unsigned heard[2];

static void hear(void *ctx, sessio_diag_kind kind, const void *object, const void *session_context,
	const char *text)
{
	unsigned *times = ctx;

	(void)kind;
	(void)object;
	(void)session_context;
	(void)text;
	(*times)++;
}

static void report(void)
{
	si_diag_report(SESSIO_DIAG_MISUSE, NULL, NULL, "a test");
}

static void be_silent(void *ctx, sessio_diag_kind kind, const void *object,
	const void *session_context, const char *text)
{
	(void)ctx;
	(void)kind;
	(void)object;
	(void)session_context;
	(void)text;
}

/* All that the standard error stream gets while this runs. */
static const char *said_by(void (*run)(void))
{
	static char text[4096];
	FILE *file = tmpfile();
	int saved;
	size_t length;

	assert_non_null(file);
	fflush(stderr);
	saved = dup(STDERR_FILENO);
	assert_true(saved >= 0 && dup2(fileno(file), STDERR_FILENO) >= 0);
	run();
	fflush(stderr);
	assert_true(dup2(saved, STDERR_FILENO) >= 0);
	(void)close(saved);
	rewind(file);
	length = fread(text, 1, sizeof(text) - 1, file);
	text[length] = '\0';
	(void)fclose(file);
	return text;
}

static void each_kind_has_a_name(void **state)
{
	static const char *const names[] = { "unknown kind", "timeout", "type in use", "saturated",
		"misuse", "callback", "portability", "unknown kind" };

	(void)state;
	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_string_equal(sessio_diag_kind_name((sessio_diag_kind)i), names[i]);
	}
}

/* The first test: no sink has ever been set. */
static void at_the_start_reports_go_to_the_standard_error_stream(void **state)
{
	(void)state;
	assert_string_equal(said_by(report), "sessio: misuse: a test\n");
}

static void a_silent_sink_silences(void **state)
{
	(void)state;
	sessio_diag_set_sink(be_silent, NULL);
	assert_string_equal(said_by(report), "");
	sessio_diag_set_sink(NULL, NULL);
	assert_string_equal(said_by(report), "sessio: misuse: a test\n");
}

static char long_text[3000];

static void report_at_length(void)
{
	si_diag_report(SESSIO_DIAG_TIMEOUT, NULL, NULL, long_text);
}

static void a_long_line_is_cut_and_stays_a_line(void **state)
{
	const char *said;

	(void)state;
	for (size_t length = 995; length < 1015; length++) {
		memset(long_text, 'x', length);
		long_text[length] = '\0';
		said = said_by(report_at_length);
		assert_int_equal(said[strlen(said) - 1], '\n');
		assert_ptr_equal(strchr(said, '\n'), said + strlen(said) - 1);
		assert_int_equal(strlen(said), length + 18 < 1023 ? length + 18 : 1023);
	}
}

static void an_object_is_named_with_its_type(void **state)
{
	KosObjectType *type = NULL;
	void *named = NULL;
	void *nameless = NULL;
	char line[64];
	struct si_text text = si_text_start(line, sizeof(line));

	(void)state;
	assert_int_equal(KosCreateObjectType("file", NULL, 0, NULL, NULL, &type), rcOk);
	assert_int_equal(KosCreateObject(type, "a.txt", NULL, &named), rcOk);
	assert_int_equal(KosCreateObject(type, NULL, NULL, &nameless), rcOk);
	si_diag_put_object(&text, named);
	assert_string_equal(line, "\"a.txt\" of type \"file\"");
	text = si_text_start(line, sizeof(line));
	si_diag_put_object(&text, nameless);
	assert_string_equal(line, "an object of type \"file\"");
	KosPutObject(named);
	KosPutObject(nameless);
	sessio_object_type_unref(type);
}

static void the_sink_is_the_last_one_set(void **state)
{
	(void)state;
	memset(heard, 0, sizeof(heard));
	sessio_diag_set_sink(hear, &heard[0]);
	report();
	sessio_diag_set_sink(hear, &heard[1]);
	report();
	report();
	sessio_diag_set_sink(NULL, NULL);
	assert_string_equal(said_by(report), "sessio: misuse: a test\n");
	assert_int_equal(heard[0], 1);
	assert_int_equal(heard[1], 2);
}

static void replace_itself(void *ctx, sessio_diag_kind kind, const void *object,
	const void *session_context, const char *text)
{
	hear(ctx, kind, object, session_context, text);
	sessio_diag_set_sink(hear, &heard[1]);
	report(); /* and reports, to the new one */
	sessio_diag_set_sink(be_silent, NULL);
	report();
}

static void a_sink_may_replace_itself_and_report(void **state)
{
	(void)state;
	memset(heard, 0, sizeof(heard));
	sessio_diag_set_sink(replace_itself, &heard[0]);
	report();
	report();
	assert_int_equal(heard[0], 1);
	assert_int_equal(heard[1], 1);
	sessio_diag_set_sink(NULL, NULL);
}

/* A sink whose first call is still running while another thread replaces it. */
static struct {
	uv_sem_t inside;
	uv_sem_t go_on;
	_Atomic bool entered;
	bool done; /* plain: ordered by the replacement alone */
	bool was_done; /* as the replacer found it */
	_Atomic bool replaced;
	_Atomic bool heard; /* by the new sink */
} slow;

static void take_long(void *ctx, sessio_diag_kind kind, const void *object,
	const void *session_context, const char *text)
{
	(void)ctx;
	(void)kind;
	(void)object;
	(void)session_context;
	(void)text;
	if (!atomic_exchange(&slow.entered, true)) {
		uv_sem_post(&slow.inside);
		uv_sem_wait(&slow.go_on);
		slow.done = true;
	}
}

static void say_so(void *ctx, sessio_diag_kind kind, const void *object,
	const void *session_context, const char *text)
{
	(void)ctx;
	(void)kind;
	(void)object;
	(void)session_context;
	(void)text;
	atomic_store(&slow.heard, true);
}

static void report_in_a_thread(void *arg)
{
	(void)arg;
	report();
}

static void replace_in_a_thread(void *arg)
{
	(void)arg;
	sessio_diag_set_sink(say_so, NULL);
	slow.was_done = slow.done;
	atomic_store(&slow.replaced, true);
}

static void a_replaced_sink_is_not_running_any_more(void **state)
{
	uv_thread_t reporter;
	uv_thread_t replacer;

	(void)state;
	memset(&slow, 0, sizeof(slow));
	assert_int_equal(uv_sem_init(&slow.inside, 0), 0);
	assert_int_equal(uv_sem_init(&slow.go_on, 0), 0);
	sessio_diag_set_sink(take_long, NULL);
	assert_int_equal(uv_thread_create(&reporter, report_in_a_thread, NULL), 0);
	uv_sem_wait(&slow.inside);
	assert_int_equal(uv_thread_create(&replacer, replace_in_a_thread, NULL), 0);
	while (!atomic_load(&slow.heard)) {
		report();
	}
	sleepers_wait(1);
	/* The new sink is called already, and the old one still runs. */
	assert_false(atomic_load(&slow.replaced));
	uv_sem_post(&slow.go_on);
	assert_int_equal(uv_thread_join(&replacer), 0);
	assert_true(slow.was_done);
	assert_int_equal(uv_thread_join(&reporter), 0);
	sessio_diag_set_sink(NULL, NULL);
	uv_sem_destroy(&slow.inside);
	uv_sem_destroy(&slow.go_on);
}

/* The new sink runs for as long as it likes while the old one is waited for. */
static struct {
	uv_sem_t inside;
	uv_sem_t go_on;
} newer;

static void stay(void *ctx, sessio_diag_kind kind, const void *object, const void *session_context,
	const char *text)
{
	be_silent(ctx, kind, object, session_context, text);
	uv_sem_post(&newer.inside);
	uv_sem_wait(&newer.go_on);
}

static void replace_by_one_that_stays(void *arg)
{
	(void)arg;
	sessio_diag_set_sink(stay, NULL);
}

static void the_new_sinks_calls_are_not_waited_for(void **state)
{
	uv_thread_t reporters[2];
	struct sleeper replacer;

	(void)state;
	memset(&slow, 0, sizeof(slow));
	assert_int_equal(uv_sem_init(&slow.inside, 0), 0);
	assert_int_equal(uv_sem_init(&slow.go_on, 0), 0);
	assert_int_equal(uv_sem_init(&newer.inside, 0), 0);
	assert_int_equal(uv_sem_init(&newer.go_on, 0), 0);
	sessio_diag_set_sink(take_long, NULL);
	assert_int_equal(uv_thread_create(&reporters[0], report_in_a_thread, NULL), 0);
	uv_sem_wait(&slow.inside);
	sleeper_start(&replacer, replace_by_one_that_stays, NULL);
	assert_int_equal(uv_thread_create(&reporters[1], report_in_a_thread, NULL), 0);
	uv_sem_wait(&newer.inside);
	uv_sem_post(&slow.go_on);
	sleeper_join(&replacer); /* while the new sink still runs */
	uv_sem_post(&newer.go_on);
	assert_int_equal(uv_thread_join(&reporters[0]), 0);
	assert_int_equal(uv_thread_join(&reporters[1]), 0);
	sessio_diag_set_sink(NULL, NULL);
	uv_sem_destroy(&slow.inside);
	uv_sem_destroy(&slow.go_on);
	uv_sem_destroy(&newer.inside);
	uv_sem_destroy(&newer.go_on);
}

#define ROUNDS 400u

static void count_report(void *ctx, sessio_diag_kind kind, const void *object,
	const void *session_context, const char *text)
{
	be_silent(ctx, kind, object, session_context, text);
	atomic_fetch_add_explicit((_Atomic unsigned *)ctx, 1, memory_order_relaxed);
}

static void report_many_times(void *arg)
{
	(void)arg;
	for (unsigned i = 0; i < ROUNDS; i++) {
		report();
	}
}

/* Each report reaches one of the two sinks, with that one's context. */
static void sinks_come_and_go_while_threads_report(void **state)
{
	static _Atomic unsigned counts[2];
	uv_thread_t reporters[2];

	(void)state;
	sessio_diag_set_sink(count_report, &counts[0]);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(uv_thread_create(&reporters[i], report_many_times, NULL), 0);
	}
	for (unsigned i = 0; i < ROUNDS; i++) {
		sessio_diag_set_sink(count_report, &counts[i % 2]);
	}
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(uv_thread_join(&reporters[i]), 0);
	}
	assert_int_equal(counts[0] + counts[1], 2 * ROUNDS);
	sessio_diag_set_sink(NULL, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(at_the_start_reports_go_to_the_standard_error_stream),
		cmocka_unit_test(each_kind_has_a_name),
		cmocka_unit_test(a_silent_sink_silences),
		cmocka_unit_test(a_long_line_is_cut_and_stays_a_line),
		cmocka_unit_test(an_object_is_named_with_its_type),
		cmocka_unit_test(the_sink_is_the_last_one_set),
		cmocka_unit_test(a_sink_may_replace_itself_and_report),
		cmocka_unit_test(a_replaced_sink_is_not_running_any_more),
		cmocka_unit_test(the_new_sinks_calls_are_not_waited_for),
		cmocka_unit_test(sinks_come_and_go_while_threads_report),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
