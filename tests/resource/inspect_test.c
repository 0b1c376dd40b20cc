/* SPDX-License-Identifier: MIT */
/* Inspecting sessions and objects; wait_test.c waits for them. */
#include "test.h"

#include <stdatomic.h>
#include <string.h>

#include <uv.h>

#include <kos/session.h>
#include <sessio/diag.h>
#include <sessio/inspect.h>

#include "base/diag.h"
#include "inside.h"
#include "provider.h"

/* The clock and the thread's number are ours. */
static uint64_t clock_ms;
static _Thread_local uint64_t thread_number = 7;

uint64_t __wrap_si_platform_stamp_ns(void);
uint64_t __wrap_si_platform_thread_id(void);

uint64_t __wrap_si_platform_stamp_ns(void)
{
	return clock_ms * 1000000u;
}

uint64_t __wrap_si_platform_thread_id(void)
{
	return thread_number;
}

static int start(void **state)
{
	clock_ms = 1000;
	return provider_start(state);
}

static int stop(void **state)
{
	sessio_inspect_track(false);
	return provider_stop(state);
}

static void *open_tracked(rtl_uint32_t rights, rtl_uint32_t share)
{
	void *context = NULL;

	sessio_inspect_track(true);
	assert_int_equal(KosSessionOpenObject(
				 provider.file, rights, share, (void *)(uintptr_t) "a", &context),
		rcOk);
	sessio_inspect_track(false);
	return context;
}

static void begin(void *context)
{
	assert_int_equal(KosSessionRef(context, NULL, NULL), rcOk);
}

static void must_close(void *context)
{
	assert_int_equal(KosSessionCloseObject(context), rcOk);
}

static sessio_session_info inspect(void *context)
{
	sessio_session_info info;

	memset(&info, 0xee, sizeof(info));
	assert_int_equal(sessio_session_inspect(context, &info), SESSIO_OK);
	return info;
}

static void an_inspection_shows_all_that_is_known(void **state)
{
	sessio_session_info info;
	void *context;

	(void)state;
	provider.handle_rights = 0x40;
	thread_number = 41;
	context = open_tracked(5, 0xfd);
	thread_number = 7;
	clock_ms += 30;
	begin(context);
	begin(context);
	KosRefObject(context);
	info = inspect(context);
	assert_ptr_equal(info.object, provider.file);
	assert_string_equal(info.object_name, "file");
	assert_int_equal(info.phase, SESSIO_SESSION_OPEN);
	assert_true(info.tracked);
	assert_int_equal(info.required_rights, 5);
	assert_int_equal(info.share_mode, 0xfd);
	assert_int_equal(info.handle_rights, 0x40);
	assert_int_equal(info.references, 2);
	assert_int_equal(info.operations, 2);
	assert_int_equal(info.opener_thread, 41);
	assert_int_equal(info.opened_ms, 30);
	assert_int_equal(info.ending_ms, 0);
	must_close(context);
	clock_ms += 12;
	info = inspect(context);
	assert_int_equal(info.phase, SESSIO_SESSION_ENDING);
	assert_int_equal(info.opened_ms, 42);
	assert_int_equal(info.ending_ms, 12);
	KosSessionPut(context);
	assert_int_equal(inspect(context).operations, 1);
	KosSessionPut(context);
	info = inspect(context);
	assert_int_equal(info.phase, SESSIO_SESSION_ENDED);
	assert_int_equal(info.references, 1);
	assert_int_equal(info.operations, 0);
	clock_ms = 1; /* a clock may lag a little, and never counts backwards */
	assert_int_equal(inspect(context).opened_ms, 0);
	KosPutObject(context);
}

static sessio_session_phase seen_phase;

static void see_phase(void *object, void *context)
{
	sessio_object_info info;

	seen_phase = inspect(context).phase;
	note_that(sessio_object_inspect(object, &info) == SESSIO_OK);
	note_that(info.opening == (seen_phase == SESSIO_SESSION_OPENING));
	note_that(info.open == 0);
	note_that(info.ending ==
		(seen_phase == SESSIO_SESSION_ENDING || seen_phase == SESSIO_SESSION_COMPLETING));
}

static void every_phase_is_seen_in_its_callback(void **state)
{
	static const struct {
		enum step step;
		sessio_session_phase phase;
	} cases[] = { { CONSTRUCT, SESSIO_SESSION_OPENING }, { OPEN, SESSIO_SESSION_OPENING },
		{ CLOSE, SESSIO_SESSION_ENDING }, { COMPLETE, SESSIO_SESSION_COMPLETING },
		{ DESTRUCT, SESSIO_SESSION_ENDED } };

	(void)state;
	for (unsigned i = 0; i < 5; i++) {
		seen_phase = 0;
		provider.in[cases[i].step] = see_phase;
		must_close(provider_open("a"));
		assert_int_equal(seen_phase, cases[i].phase);
	}
}

static void an_objects_sessions_are_counted_by_phase(void **state)
{
	void *busy = provider_open("a");
	void *ending = provider_open("b");
	sessio_object_info info;

	(void)state;
	begin(busy);
	begin(ending);
	begin(ending);
	must_close(ending);
	KosRefObject(provider.file);
	assert_int_equal(sessio_object_inspect(provider.file, &info), SESSIO_OK);
	assert_string_equal(info.name, "file");
	assert_string_equal(info.type_name, "file");
	assert_true(info.registered);
	assert_int_equal(info.references, 3);
	assert_int_equal(info.opening, 0);
	assert_int_equal(info.open, 1);
	assert_int_equal(info.ending, 1);
	assert_int_equal(info.operations, 3);
	assert_int_equal(KosSessionUnregisterObject(provider.file), rcOk);
	assert_int_equal(sessio_object_inspect(provider.file, &info), SESSIO_OK);
	assert_false(info.registered);
	assert_int_equal(info.open, 0);
	assert_int_equal(info.ending, 2);
	KosSessionPut(busy);
	KosSessionPut(ending);
	KosSessionPut(ending);
	assert_int_equal(sessio_object_inspect(provider.file, &info), SESSIO_OK);
	assert_int_equal(info.ending, 0);
	KosPutObject(provider.file);
}

static void what_is_no_session_or_resource_is_refused(void **state)
{
	void *context = provider_open("a");
	sessio_session_info session_info = { .references = 77 };
	sessio_object_info object_info = { .references = 77 };
	sessio_holder holder = { .thread = 77 };
	size_t count = 77;
	char text[4] = "old";

	(void)state;
	assert_int_equal(sessio_session_inspect(NULL, &session_info), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_session_inspect(provider.file, &session_info), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_session_inspect(context, NULL), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_object_inspect(NULL, &object_info), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_object_inspect(context, &object_info), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_object_inspect(provider.file, NULL), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_session_holders(NULL, &holder, 1, &count), SESSIO_INVALID_ARG);
	assert_int_equal(
		sessio_session_holders(provider.file, &holder, 1, &count), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_session_holders(context, NULL, 1, &count), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_session_holders(context, &holder, 1, NULL), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_session_holders(context, &holder, 1, &count), SESSIO_UNSUPPORTED);
	assert_int_equal(sessio_session_describe(NULL, text, sizeof(text)), 0);
	assert_string_equal(text, "");
	assert_int_equal(session_info.references, 77);
	assert_int_equal(object_info.references, 77);
	assert_int_equal(holder.thread, 77);
	assert_int_equal(count, 77);
	must_close(context);
}

static size_t holders_of(void *context, sessio_holder *holders, size_t capacity)
{
	size_t count = 77;

	assert_int_equal(sessio_session_holders(context, holders, capacity, &count), SESSIO_OK);
	return count;
}

static void operations_of_a_tracked_session_are_known(void **state)
{
	void *context = open_tracked(1, 1);
	sessio_holder holders[3];

	(void)state;
	assert_int_equal(holders_of(context, NULL, 0), 0);
	for (unsigned i = 0; i < 3; i++) {
		thread_number = 10 + i;
		begin(context);
		clock_ms += 100;
	}
	assert_int_equal(holders_of(context, NULL, 0), 3);
	memset(holders, 0, sizeof(holders));
	assert_int_equal(holders_of(context, holders, 2), 3);
	assert_int_equal(holders[0].thread, 12); /* the oldest comes last */
	assert_int_equal(holders[0].for_ms, 100);
	assert_int_equal(holders[1].thread, 11);
	assert_int_equal(holders[1].for_ms, 200);
	assert_int_equal(holders[2].thread, 0); /* there was no room for it */
	thread_number = 11;
	KosSessionPut(context); /* its own */
	assert_int_equal(holders_of(context, holders, 3), 2);
	assert_int_equal(holders[0].thread, 12);
	assert_int_equal(holders[1].thread, 10);
	thread_number = 99;
	KosSessionPut(context); /* another's: the oldest goes */
	assert_int_equal(holders_of(context, holders, 3), 1);
	assert_int_equal(holders[0].thread, 12);
	thread_number = 7;
	KosSessionPut(context);
	assert_int_equal(holders_of(context, holders, 3), 0);
	must_close(context);
}

static void tracking_concerns_sessions_opened_from_then_on(void **state)
{
	void *before = provider_open("before");
	void *tracked = open_tracked(0, UINT32_MAX);
	sessio_holder holder;
	size_t count;

	(void)state;
	sessio_inspect_track(true);
	begin(before);
	assert_int_equal(sessio_session_holders(before, &holder, 1, &count), SESSIO_UNSUPPORTED);
	assert_false(inspect(before).tracked);
	sessio_inspect_track(false);
	begin(tracked);
	assert_int_equal(holders_of(tracked, &holder, 1), 1);
	assert_int_equal(KosSessionUnregisterObject(provider.file), rcOk);
	KosSessionPut(tracked);
	KosSessionPut(before);
}

static void expect_line(void *context, const char *line)
{
	char text[1000];

	assert_int_equal(sessio_session_describe(context, text, sizeof(text)), strlen(line));
	assert_string_equal(text, line);
}

static const char *line_in_callback;

static void describe_in_callback(void *object, void *context)
{
	(void)object;
	expect_line(context, line_in_callback);
}

static void a_line_tells_what_a_session_waits_for(void **state)
{
	void *context;

	(void)state;
	line_in_callback = "session on \"file\" (rights 0x5, share 0xff): its open callback has "
			   "not let it begin";
	provider.in[OPEN] = describe_in_callback;
	context = open_tracked(5, 0xff);
	KosRefObject(context);
	clock_ms += 12;
	expect_line(context,
		"session on \"file\" (rights 0x5, share 0xff): open for 12 ms, 0 operations");
	begin(context);
	expect_line(context,
		"session on \"file\" (rights 0x5, share 0xff): open for 12 ms, 1 operation: "
		"thread 7 for 0 ms");
	clock_ms += 1000;
	thread_number = 12;
	begin(context);
	line_in_callback = "session on \"file\" (rights 0x5, share 0xff): ending, waits for "
			   "2 operations: thread 12 for 0 ms, thread 7 for 1000 ms";
	provider.in[CLOSE] = describe_in_callback;
	must_close(context);
	clock_ms += 4294967296;
	KosSessionPut(context);
	thread_number = 7;
	expect_line(context,
		"session on \"file\" (rights 0x5, share 0xff): ending for 4294967296 ms, waits "
		"for 1 operation: thread 7 for 4294968296 ms");
	line_in_callback = "session on \"file\" (rights 0x5, share 0xff): ending for 4294967296 "
			   "ms, waits for its closeComplete callback";
	provider.in[COMPLETE] = describe_in_callback;
	KosSessionPut(context);
	expect_line(context, "session on \"file\" (rights 0x5, share 0xff): ended, 1 reference");
	KosRefObject(context);
	expect_line(context, "session on \"file\" (rights 0x5, share 0xff): ended, 2 references");
	KosPutObject(context);
	KosPutObject(context);
}

static void a_line_says_when_only_callbacks_are_waited_for(void **state)
{
	void *file = provider_make_file(NULL);
	void *context;

	(void)state;
	assert_int_equal(KosSessionOpenObject(file, 0, 0, NULL, &context), rcOk);
	line_in_callback = "session on an object without a name (rights 0x0, share 0x0): ending, "
			   "waits for its close callback";
	provider.in[CLOSE] = describe_in_callback;
	must_close(context);
	assert_null(provider.in[CLOSE]);
	assert_int_equal(KosSessionUnregisterObject(file), rcOk);
	KosPutObject(file);
}

static void a_line_names_as_many_holders_as_it_has_room_for(void **state)
{
	void *context = open_tracked(1, 1);
	char text[1000];

	(void)state;
	for (unsigned i = 0; i < 8; i++) {
		begin(context);
	}
	(void)sessio_session_describe(context, text, sizeof(text));
	assert_null(strstr(text, "more"));
	begin(context);
	(void)sessio_session_describe(context, text, sizeof(text));
	assert_non_null(strstr(text, "thread 7 for 0 ms, and more"));
	for (unsigned i = 0; i < 9; i++) {
		KosSessionPut(context);
	}
	must_close(context);
}

static void a_line_fits_into_any_buffer(void **state)
{
	void *context = open_tracked(0xabcdef, UINT32_MAX);
	char whole[200];
	size_t length;

	(void)state;
	begin(context);
	length = sessio_session_describe(context, whole, sizeof(whole));
	assert_true(length > 60 && length < sizeof(whole));
	assert_int_equal(sessio_session_describe(context, NULL, 0), length);
	for (size_t size = 1; size <= length + 2; size++) {
		size_t kept = size <= length ? size - 1 : length;
		char text[200];

		memset(text, '#', sizeof(text));
		assert_int_equal(sessio_session_describe(context, text, size), length);
		assert_memory_equal(text, whole, kept);
		assert_int_equal(text[kept], '\0');
		for (size_t i = size; i < sizeof(text); i++) {
			assert_int_equal(text[i], '#');
		}
	}
	KosSessionPut(context);
	must_close(context);
}

#define PROVIDED(test) cmocka_unit_test_setup_teardown(test, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PROVIDED(an_inspection_shows_all_that_is_known),
		PROVIDED(every_phase_is_seen_in_its_callback),
		PROVIDED(an_objects_sessions_are_counted_by_phase),
		PROVIDED(what_is_no_session_or_resource_is_refused),
		PROVIDED(operations_of_a_tracked_session_are_known),
		PROVIDED(tracking_concerns_sessions_opened_from_then_on),
		PROVIDED(a_line_tells_what_a_session_waits_for),
		PROVIDED(a_line_says_when_only_callbacks_are_waited_for),
		PROVIDED(a_line_names_as_many_holders_as_it_has_room_for),
		PROVIDED(a_line_fits_into_any_buffer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
