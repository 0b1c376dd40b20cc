/* SPDX-License-Identifier: MIT */
/* Logs as pictures and traces: well-formed, bounded, and with all that can be seen. */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sessio/testing_scenario.h>

#include "markup.h"
#include "provider.h"
#include "testing/testing_scenario_draw.h"

#define HEAD "sessio-scenario 1\n"
#define MOST ((size_t)2 << 20)

struct text {
	char *at;
	size_t length;
	size_t refuse_at; /* 0: never */
};

static bool take(const char *part, size_t length, void *ctx)
{
	struct text *text = ctx;

	if (text->refuse_at != 0 && text->length >= text->refuse_at) {
		return false;
	}
	assert_true(text->length + length < 2 * MOST);
	memcpy(text->at + text->length, part, length);
	text->length += length;
	text->at[text->length] = '\0';
	return true;
}

static struct text new_text(void)
{
	struct text text = { .at = malloc(2 * MOST) };

	assert_non_null(text.at);
	text.at[0] = '\0';
	return text;
}

static sessio_status refuse(sessio_kit *kit, uint32_t session_id, uint64_t number, void *ctx)
{
	(void)kit;
	(void)session_id;
	(void)number;
	(void)ctx;
	return SESSIO_BUSY;
}

/* The log of a run in a kit that has ended. */
static sessio_scenario_log *log_of(sessio_scenario *scenario)
{
	const sessio_kit_options wishes = { .rules = sessio_scenario_rules(scenario) };
	const sessio_step_action action = { "fail", refuse };
	sessio_scenario_options options = { .actions = &action, .action_count = 1 };
	sessio_kit *kit;

	assert_int_equal(sessio_kit_create(&wishes, &kit), SESSIO_OK);
	assert_int_equal(sessio_kit_log(kit, &options.log), SESSIO_OK);
	(void)!sessio_kit_run(kit, scenario, &options, NULL);
	sessio_kit_destroy(kit);
	sessio_scenario_destroy(scenario);
	return options.log;
}

static sessio_scenario *parse(const char *text)
{
	sessio_scenario *scenario;

	assert_int_equal(sessio_scenario_parse(text, strlen(text), &scenario, NULL), SESSIO_OK);
	return scenario;
}

/* Draws, frees the log, and returns the picture, which the caller frees. */
static char *draw(sessio_scenario_log *log, const char *title)
{
	struct text text = new_text();

	assert_int_equal(sessio_scenario_log_svg(log, title, take, &text), SESSIO_OK);
	sessio_scenario_log_destroy(log);
	assert_true(text.length <= MOST);
	assert_true(markup_is_xml(text.at));
	return text.at;
}

static char *trace(sessio_scenario_log *log)
{
	struct text text = new_text();

	assert_int_equal(sessio_scenario_log_trace(log, take, &text), SESSIO_OK);
	sessio_scenario_log_destroy(log);
	assert_true(markup_is_json(text.at));
	return text.at;
}

static void assert_has(const char *text, const char *part)
{
	if (strstr(text, part) == NULL) {
		fail_msg("there is no %s in:\n%s", part, text);
	}
}

static void assert_has_not(const char *text, const char *part)
{
	assert_null(strstr(text, part));
}

static size_t count(const char *text, const char *part)
{
	size_t found = 0;

	while ((text = strstr(text, part)) != NULL) {
		text += strlen(part);
		found++;
	}
	return found;
}

static void what_is_not_well_formed_is_noticed(void **state)
{
	(void)state;
	assert_true(markup_is_xml("<a b=\"c\"><d/>e &amp; f</a>\n"));
	assert_false(markup_is_xml("<a><b></a></b>"));
	assert_false(markup_is_xml("<a>&</a>"));
	assert_false(markup_is_xml("<a>\x01</a>"));
	assert_false(markup_is_xml("<a></a><b/>"));
	assert_false(markup_is_xml("<a b=\"<\"/>"));
	assert_false(markup_is_xml("<a>"));
	assert_true(markup_is_json("{\"a\":[1,2.5,\"b\\\"\"],\"c\":{}}\n"));
	assert_false(markup_is_json("{\"a\":[1,]}"));
	assert_false(markup_is_json("{\"a\":01}"));
	assert_false(markup_is_json("[\"a\n\"]"));
	assert_false(markup_is_json("{a:1}"));
	assert_false(markup_is_json("[1]2"));
}

static void each_documented_sequence_can_be_drawn(void **state)
{
	const char *name;

	(void)state;
	for (size_t i = 0; (name = sessio_scenario_documented_name(i)) != NULL; i++) {
		sessio_scenario *scenario;
		char *picture;

		assert_int_equal(sessio_scenario_documented(name, &scenario), SESSIO_OK);
		picture = draw(log_of(scenario), name);
		assert_has(picture, name);
		assert_has(picture, ">user session 1</text>");
		assert_has_not(picture, "class=\"f\"");
		free(picture);
	}
}

static void a_picture_has_rows_states_events_and_times(void **state)
{
	char *picture =
		draw(log_of(parse(HEAD "session 1 is LoggedOn\nwait 192 ms\n"
				       "session 1 Disconnected\nwait 400 d\n"
				       "session 2 Created remote\nsession 2 Connected remote\n"
				       "session 1 remark Locked\nfault open 3\n")),
			NULL);

	(void)state;
	assert_has(picture,
		"<title>Sessions</title>\n<desc>8 steps in 1 y 35 d, 5 events, "
		"0 findings. Rows: the test; user session 1; user session 2.</desc>");
	assert_has(picture, ">LoggedOn</text>");
	assert_has(picture, ">DisconnectedLoggedOn</text>");
	assert_has(picture, ">Disconnected</text>");
	assert_has(picture, ">Connected, remote</text>");
	assert_has(picture, ">Locked</text>");
	assert_has(picture, "class=\"b r\"");
	assert_has(picture, ">open 3</text>");
	assert_has(picture, ">192 ms</text>");
	assert_has(picture, ">1 y 35 d</text>");
	free(picture);
}

static void a_finding_is_red_and_says_when(void **state)
{
	char *picture = draw(log_of(parse(HEAD "session 1 Created\nsession 1 do fail 7\n")), "x");

	(void)state;
	assert_int_equal(count(picture, "class=\"f\""), 1);
	assert_has(picture,
		"1, at step 2: step 2, session 1 do fail 7: shared in a way that does "
		"not allow this<title>");
	assert_has(picture, ">fail 7</text>");
	free(picture);
}

/* The texts of marks would lie over each other in one line, and every other was left out. */
static void each_mark_of_a_busy_row_has_its_text(void **state)
{
	static const char *const texts[] = { "Connected", "RemoteControl", "Logon", "Locked",
		"Unlocked", "Disconnected" };
	char *picture = draw(log_of(parse(HEAD "session 1 Created\nwait 1 ms\n"
					       "session 1 Connected\nwait 3 ms\n"
					       "session 1 remark RemoteControl\nwait 1 ns\n"
					       "session 1 Logon\nsession 1 remark Locked\n"
					       "session 1 remark Unlocked\n"
					       "session 1 Disconnected\nwait 100 s\n")),
		"x");

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		char part[64];

		(void)snprintf(part, sizeof(part), "><title>%s</title></path>", texts[i]);
		assert_int_equal(count(picture, part), 1);
		(void)snprintf(part, sizeof(part), "\">%s</text>", texts[i]);
		assert_has(picture, part);
	}
	free(picture);
}

static void equal_findings_are_shown_once(void **state)
{
	const sessio_step_action action = { "fail", refuse };
	sessio_scenario_options options = { .actions = &action, .action_count = 1 };
	sessio_step step = { .kind = SESSIO_STEP_ACTION, .action = "fail" };
	sessio_kit *kit;
	char *picture;

	(void)state;
	assert_int_equal(sessio_kit_create(NULL, &kit), SESSIO_OK);
	assert_int_equal(sessio_kit_log(kit, &options.log), SESSIO_OK);
	for (unsigned i = 0; i < 46; i++) {
		step.number = i < 30 ? 1 : i;
		assert_int_equal(sessio_kit_run_step(kit, &step, &options, NULL), SESSIO_BAD_STATE);
	}
	sessio_kit_destroy(kit);
	picture = draw(options.log, "x");
	assert_has(picture, "46 findings");
	assert_has(picture,
		"1, at step 1: step 1, do fail 1: shared in a way that does not allow this "
		"(30 times)<title>");
	assert_has(picture, "2, at step 31: step 1, do fail 30: shared");
	assert_has(picture, "12, at step 41: step 1, do fail 40: shared");
	assert_has(picture, "and 5 more findings");
	free(picture);
}

static void nothing_is_drawn_as_nothing(void **state)
{
	char *picture = draw(log_of(parse(HEAD)), "");

	(void)state;
	assert_has(picture, "Nothing happened.");
	assert_has(picture, "0 steps, 0 events, 0 findings; no time passes");
	free(picture);
}

static void foreign_text_cannot_leave_its_place(void **state)
{
	char *picture = draw(log_of(parse(HEAD)),
		"</title><script>\"&'\x01\xff\xc0\x80\xed\xa0\x80 \xd1\x81\xe2\x82\xac");

	(void)state;
	assert_has(picture,
		"<title>&lt;/title&gt;&lt;script&gt;&quot;&amp;'??????? "
		"\xd1\x81\xe2\x82\xac</title>");
	assert_has_not(picture, "<script");
	free(picture);
}

/* So many steps: sessions that come and change all the time. */
static sessio_scenario *many_steps(size_t steps, uint32_t sessions)
{
	static const sessio_user_event events[] = { SESSIO_USER_EVENT_CONNECTED,
		SESSIO_USER_EVENT_LOGON, SESSIO_USER_EVENT_DISCONNECTED, SESSIO_USER_EVENT_LOGOFF };
	sessio_scenario *scenario;

	assert_int_equal(sessio_scenario_create(SESSIO_RULES_DOCUMENTED, &scenario), SESSIO_OK);
	for (size_t i = 0; i < steps; i++) {
		sessio_step step = { .kind = SESSIO_STEP_EVENT,
			.flags = SESSIO_STEP_OBSERVED,
			.session_id = (uint32_t)i % sessions,
			.event = events[i / sessions % 4] };

		assert_int_equal(sessio_scenario_add(scenario, &step), SESSIO_OK);
	}
	return scenario;
}

static void ten_thousand_steps_are_bounded(void **state)
{
	char *picture = draw(log_of(many_steps(10000, 60)), "many");

	(void)state;
	assert_has(picture, "and 20 more rows");
	assert_has(picture, "10000 steps, 10000 events");
	assert_int_equal(count(picture, "class=\"n\""), 40);
	free(picture);
	picture = draw(log_of(many_steps(10000, 1)), "dense");
	/* Nothing can be seen but that there is much. */
	assert_has(picture, "<path class=\"s5\"");
	assert_true(strlen(picture) < 100000);
	free(picture);
}

static void times_have_fitting_units(void **state)
{
	static const struct {
		uint64_t ns;
		const char *text;
	} times[] = {
		{ 0, "0" },
		{ 1, "1 ns" },
		{ 999, "999 ns" },
		{ 1000, "1 us" },
		{ 1050, "1.05 us" },
		{ 1001001, "1.001 ms" },
		{ UINT64_C(34414000000), "34.414 s" },
		{ UINT64_C(60000000000), "1 min" },
		{ UINT64_C(3599999999999), "59 min 59 s" },
		{ UINT64_C(90000000000000), "1 d 1 h" },
		{ UINT64_C(31536000000000000), "1 y" },
		{ UINT64_MAX, "584 y 343 d" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		char text[SI_DRAW_TIME];

		si_draw_time(times[i].ns, text);
		assert_string_equal(text, times[i].text);
	}
}

static void a_trace_has_a_track_for_each_row(void **state)
{
	char *text = trace(log_of(parse(HEAD "session 1 is LoggedOn\nwait 1005 ns\n"
					     "session 1 Disconnected\nwait 3 s\n"
					     "session 1 Terminated\nwait 45 ns\ndo fail\n")));

	(void)state;
	assert_has(text,
		"{\"ph\":\"M\",\"pid\":1,\"tid\":2,\"name\":\"thread_name\","
		"\"args\":{\"name\":\"user session 1\"}}");
	assert_has(text,
		"{\"ph\":\"X\",\"pid\":1,\"tid\":2,\"name\":\"LoggedOn\",\"cat\":\"state\","
		"\"ts\":1,\"dur\":3.005,\"args\":{\"step\":1,\"time\":\"0\"}}");
	assert_has(text,
		"{\"ph\":\"X\",\"pid\":1,\"tid\":2,\"name\":\"DisconnectedLoggedOn\","
		"\"cat\":\"state\",\"ts\":4.005,\"dur\":3000002,"
		"\"args\":{\"step\":3,\"time\":\"1.005 us\"}}");
	assert_has(text,
		"{\"ph\":\"i\",\"pid\":1,\"tid\":2,\"name\":\"Disconnected\","
		"\"cat\":\"event\",\"ts\":4.005,\"s\":\"t\","
		"\"args\":{\"step\":3,\"time\":\"1.005 us\"}}");
	assert_has(text,
		"\"cat\":\"finding\",\"ts\":3000008.050,\"s\":\"g\","
		"\"args\":{\"step\":7,\"time\":\"3 s\"}}");
	assert_int_equal(count(text, "\"ph\":\"X\""), 2);
	free(text);
}

static void a_trace_without_time_goes_by_steps(void **state)
{
	char *text = trace(log_of(parse(HEAD "session 1 Created\nsession 1 Connected\n")));

	(void)state;
	assert_has(text, "\"name\":\"Created\",\"cat\":\"state\",\"ts\":1,\"dur\":1,");
	assert_has(text, "\"name\":\"Connected\",\"cat\":\"state\",\"ts\":2,\"dur\":1,");
	free(text);
	text = trace(log_of(parse(HEAD)));
	assert_int_equal(count(text, "\"ph\":\"M\""), 3);
	free(text);
}

static void resource_sessions_have_rows(void **state)
{
	sessio_kit *kit;
	sessio_scenario_log *log;
	void *first, *second;
	char *picture;

	(void)state;
	assert_int_equal(provider_start(NULL), 0);
	assert_int_equal(sessio_kit_create(NULL, &kit), SESSIO_OK);
	assert_int_equal(sessio_kit_log(kit, &log), SESSIO_OK);
	assert_int_equal(sessio_scenario_log_object(log, provider.file), SESSIO_OK);
	first = provider_open("a");
	sessio_scenario_log_look(log);
	assert_int_equal(sessio_kit_pass_time(kit, 5), SESSIO_OK);
	assert_int_equal(KosSessionCloseObject(first), rcOk);
	second = provider_open("b");
	assert_int_equal(sessio_kit_finish(kit), 0);
	sessio_kit_destroy(kit);
	assert_int_equal(KosSessionCloseObject(second), rcOk);
	picture = draw(log, "resources");
	assert_has(picture, ">file, session 1</text>");
	assert_has(picture, ">open, rights 0x0</text>");
	free(picture);
	assert_int_equal(provider_stop(NULL), 0);
}

static void a_writer_can_end_it_and_files_are_written(void **state)
{
	static const char path[] = "testing_scenario_svg_test.svg";
	sessio_scenario_log *log = log_of(many_steps(1000, 10));
	struct text text = new_text();
	FILE *file;

	(void)state;
	text.refuse_at = 1;
	assert_int_equal(sessio_scenario_log_svg(log, NULL, take, &text), SESSIO_REFUSED);
	assert_int_equal(sessio_scenario_log_trace(log, take, &text), SESSIO_REFUSED);
	free(text.at);
	assert_int_equal(sessio_scenario_log_save_svg(log, "x", path), SESSIO_OK);
	assert_int_equal(sessio_scenario_log_save_trace(log, path), SESSIO_OK);
	file = fopen(path, "rb");
	assert_non_null(file);
	assert_int_equal(fgetc(file), '{');
	assert_int_equal(fclose(file), 0);
	assert_int_equal(remove(path), 0);
	assert_int_equal(sessio_scenario_log_save_svg(log, "x", "no/such/x"), SESSIO_REFUSED);
	assert_int_equal(sessio_scenario_log_save_trace(log, "no/such/x"), SESSIO_REFUSED);
	assert_int_equal(sessio_scenario_log_save_svg(log, NULL, NULL), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_scenario_log_save_svg(NULL, "x", path), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_scenario_log_save_trace(log, NULL), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_scenario_log_save_trace(NULL, path), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_scenario_log_svg(NULL, "x", take, NULL), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_scenario_log_svg(log, "x", NULL, NULL), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_scenario_log_trace(NULL, take, NULL), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_scenario_log_trace(log, NULL, NULL), SESSIO_INVALID_ARG);
	sessio_scenario_log_destroy(log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_well_formed_is_noticed),
		cmocka_unit_test(each_documented_sequence_can_be_drawn),
		cmocka_unit_test(a_picture_has_rows_states_events_and_times),
		cmocka_unit_test(a_finding_is_red_and_says_when),
		cmocka_unit_test(each_mark_of_a_busy_row_has_its_text),
		cmocka_unit_test(equal_findings_are_shown_once),
		cmocka_unit_test(nothing_is_drawn_as_nothing),
		cmocka_unit_test(foreign_text_cannot_leave_its_place),
		cmocka_unit_test(ten_thousand_steps_are_bounded),
		cmocka_unit_test(times_have_fitting_units),
		cmocka_unit_test(a_trace_has_a_track_for_each_row),
		cmocka_unit_test(a_trace_without_time_goes_by_steps),
		cmocka_unit_test(resource_sessions_have_rows),
		cmocka_unit_test(a_writer_can_end_it_and_files_are_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
