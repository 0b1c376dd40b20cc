/* SPDX-License-Identifier: MIT */
/* Scenarios from text, which may come from anywhere. */
#include "testing/testing_scenario.h"

#include <string.h>

#include "base/text.h"

#define QUOTED 40u /* bytes of a word that an error shows */

#define WITH_COMMA(name, value, text) text ", "
#define LIST(map) "there are " map(WITH_COMMA) "and no others"

struct word {
	const char *at;
	size_t length; /* 0: the line has ended */
};

struct reader {
	const char *at; /* the next line */
	const char *end;
	const char *line;
	const char *rest; /* of the line, behind the words that were read */
	const char *line_end;
	size_t number; /* of the line */
	sessio_scenario *scenario;
	const char *program, *bounds; /* texts of the caller, NULL if there is none yet */
	size_t program_length, bounds_length;
	bool has_version;
	bool has_rules;
	sessio_status status;
	sessio_scenario_error error;
};

/* Always false. */
static bool fail(struct reader *reader, const char *at, const char *text)
{
	struct si_text out = si_text_start(reader->error.text, sizeof(reader->error.text));

	reader->status = SESSIO_INVALID_ARG;
	reader->error.line = reader->number;
	reader->error.column = (size_t)(at - reader->line) + 1;
	si_text_put(&out, text);
	return false;
}

/* "Conected" is not an event: there are ... */
static bool fail_word(struct reader *reader, struct word word, const char *what, const char *hint)
{
	char quoted[QUOTED + 1] = "";
	char text[sizeof(reader->error.text)];
	struct si_text out = si_text_start(text, sizeof(text));

	if (word.length == 0) {
		si_text_put(&out, "The line ends before ");
	} else {
		memcpy(quoted, word.at, word.length < QUOTED ? word.length : QUOTED);
		si_text_put(&out, "\"");
		si_text_put(&out, quoted);
		si_text_put(&out, word.length > QUOTED ? "...\" is not " : "\" is not ");
	}
	si_text_put(&out, what);
	si_text_put(&out, *hint != '\0' ? ": " : "");
	si_text_put(&out, hint);
	si_text_put(&out, ".");
	return fail(reader, word.at, text);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static struct word next_word(struct reader *reader)
{
	struct word word;

	while (reader->rest < reader->line_end && is_blank(*reader->rest)) {
		reader->rest++;
	}
	if (reader->rest < reader->line_end && *reader->rest == '#') {
		reader->rest = reader->line_end;
	}
	word.at = reader->rest;
	while (reader->rest < reader->line_end && !is_blank(*reader->rest)) {
		reader->rest++;
	}
	word.length = (size_t)(reader->rest - word.at);
	return word;
}

static bool is(struct word word, const char *text)
{
	return word.length == strlen(text) && memcmp(word.at, text, word.length) == 0;
}

/* Takes the next word if it is this one. */
static bool skip(struct reader *reader, const char *text)
{
	const char *before = reader->rest;

	if (is(next_word(reader), text)) {
		return true;
	}
	reader->rest = before;
	return false;
}

static bool ends(struct reader *reader)
{
	struct word word = next_word(reader);

	return word.length == 0 || fail(reader, word.at, "The line should end before this word.");
}

/* The digits that the word begins with. They are taken off it. */
static bool read_digits(struct reader *reader, struct word *word, uint64_t most, uint64_t *out)
{
	struct word whole = *word;
	uint64_t value = 0;

	while (word->length != 0 && *word->at >= '0' && *word->at <= '9') {
		uint64_t digit = (uint64_t)(*word->at - '0');

		if (value > (most - digit) / 10) {
			return fail_word(reader, whole, "a number of that size",
				most == UINT32_MAX ? "4294967295 is the largest here"
						   : "18446744073709551615 is the largest");
		}
		value = value * 10 + digit;
		word->at++;
		word->length--;
	}
	*out = value;
	return word->at != whole.at || fail_word(reader, whole, "a number", "it has digits only");
}

static bool parse_number(struct reader *reader, struct word word, uint64_t most, uint64_t *out)
{
	struct word rest = word;

	return read_digits(reader, &rest, most, out) &&
		(rest.length == 0 || fail_word(reader, word, "a number", "it has digits only"));
}

static bool read_number(struct reader *reader, uint64_t most, uint64_t *out)
{
	return parse_number(reader, next_word(reader), most, out);
}

static bool read_time(struct reader *reader, uint64_t *out)
{
	struct word word = next_word(reader);
	struct word whole = word;

	if (!read_digits(reader, &word, UINT64_MAX, out)) {
		return false;
	}
	if (word.length == 0) {
		word = next_word(reader);
	}
	for (size_t i = 0; i < SI_SCENARIO_UNITS; i++) {
		if (!is(word, si_scenario_units[i].name)) {
			continue;
		}
		if (*out > UINT64_MAX / si_scenario_units[i].ns) {
			return fail_word(reader, whole, "a possible time",
				"18446744073709551615 ns is the longest");
		}
		*out *= si_scenario_units[i].ns;
		return true;
	}
	return fail_word(reader, word, "a unit of time",
		"there are ns, us, ms, s, min, h, d, and no others");
}

static bool add(struct reader *reader, const sessio_step *step)
{
	sessio_status status;

	if (!ends(reader)) {
		return false;
	}
	status = sessio_scenario_add(reader->scenario, step);
	if (status == SESSIO_LIMIT) {
		(void)fail(reader, reader->line,
			step->kind == SESSIO_STEP_ACTION
				? "There are too many steps, or names of actions."
				: "There are too many steps.");
	}
	if (status != SESSIO_OK) {
		reader->status = status;
	}
	return status == SESSIO_OK;
}

static bool read_action(struct reader *reader, sessio_step step)
{
	struct word word = next_word(reader);
	struct word number;
	char name[SESSIO_SCENARIO_MAX_NAME + 1];

	if (!si_scenario_is_action(word.at, word.length)) {
		return fail_word(reader, word, "the name of an action",
			"it has letters, digits and the signs _ - . only, 63 at most");
	}
	memcpy(name, word.at, word.length);
	name[word.length] = '\0';
	step.kind = SESSIO_STEP_ACTION;
	step.action = name;
	number = next_word(reader);
	if (number.length != 0 && !parse_number(reader, number, UINT64_MAX, &step.number)) {
		return false;
	}
	return add(reader, &step);
}

static bool read_state(struct reader *reader, sessio_step step)
{
	struct word word = next_word(reader);

	step.kind = SESSIO_STEP_EXISTS;
#define XX(name, value, text)                          \
	if (is(word, text)) {                          \
		step.state = SESSIO_USER_STATE_##name; \
	}
	SESSIO_USER_STATE_MAP(XX)
#undef XX
	if (step.state == SESSIO_USER_STATE_NONE) {
		return fail_word(reader, word, "a state", LIST(SESSIO_USER_STATE_MAP));
	}
	if (step.state == SESSIO_USER_STATE_TERMINATED) {
		return fail_word(reader, word, "a state of a session that exists", "");
	}
	step.flags |= skip(reader, "remote") ? SESSIO_STEP_REMOTE : 0;
	return add(reader, &step);
}

static bool read_remark(struct reader *reader, sessio_step step)
{
	struct word word = next_word(reader);

	step.kind = SESSIO_STEP_REMARK;
#define XX(name, value, text)                            \
	if (is(word, text)) {                            \
		step.remark = SESSIO_USER_REMARK_##name; \
	}
	SESSIO_USER_REMARK_MAP(XX)
#undef XX
	if (step.remark == SESSIO_USER_REMARK_NONE) {
		return fail_word(reader, word, "a remark", LIST(SESSIO_USER_REMARK_MAP));
	}
	return add(reader, &step);
}

static bool read_event(struct reader *reader, struct word word, sessio_step step)
{
	step.kind = SESSIO_STEP_EVENT;
#define XX(name, value, text)                          \
	if (is(word, text)) {                          \
		step.event = SESSIO_USER_EVENT_##name; \
	}
	SESSIO_USER_EVENT_MAP(XX)
#undef XX
	if (step.event == SESSIO_USER_EVENT_NONE) {
		return fail_word(reader, word, "an event", LIST(SESSIO_USER_EVENT_MAP));
	}
	step.flags |= skip(reader, "remote") ? SESSIO_STEP_REMOTE : 0;
	if ((step.flags & SESSIO_STEP_OBSERVED) == 0) {
		step.flags |= skip(reader, "refused") ? SESSIO_STEP_REFUSED : 0;
	}
	return add(reader, &step);
}

static bool read_session(struct reader *reader)
{
	sessio_step step = { 0 };
	struct word word;
	uint64_t id;

	if (!read_number(reader, UINT32_MAX, &id)) {
		return false;
	}
	step.session_id = (uint32_t)id;
	word = next_word(reader);
	if (is(word, "is")) {
		return read_state(reader, step);
	}
	if (is(word, "remark")) {
		return read_remark(reader, step);
	}
	if (is(word, "do")) {
		step.flags = SESSIO_STEP_FOR_SESSION;
		return read_action(reader, step);
	}
	if (is(word, "observed")) {
		step.flags = SESSIO_STEP_OBSERVED;
		word = next_word(reader);
		return read_event(reader, word, step);
	}
	return read_event(reader, word, step);
}

static bool read_wait(struct reader *reader)
{
	sessio_step step = { .kind = SESSIO_STEP_WAIT };

	return read_time(reader, &step.number) && add(reader, &step);
}

static bool read_fault(struct reader *reader)
{
	sessio_step step = { .kind = SESSIO_STEP_FAULT, .number = 1 };
	struct word word = next_word(reader);
	const char *number_at;

#define XX(name, value, text)                     \
	if (is(word, text)) {                     \
		step.fault = SESSIO_FAULT_##name; \
	}
	SESSIO_FAULT_MAP(XX)
#undef XX
	if (si_scenario_fault_word(step.fault) == NULL) {
		return fail_word(reader, word, "a fault", LIST(SESSIO_FAULT_MAP));
	}
	if (step.fault == SESSIO_FAULT_SLOW) {
		return read_time(reader, &step.number) && add(reader, &step);
	}
	number_at = reader->rest;
	word = next_word(reader);
	if (word.length != 0 && step.fault != SESSIO_FAULT_EACH_PATH) {
		if (!parse_number(reader, word, UINT64_MAX, &step.number)) {
			return false;
		}
		if (step.number == 0) {
			return fail_word(
				reader, word, "the number of a failure", "they count from 1");
		}
		return add(reader, &step);
	}
	reader->rest = number_at;
	return add(reader, &step);
}

/* The rest of the line, without blanks around it. */
static struct word rest_of_line(struct reader *reader)
{
	struct word word = { reader->rest, 0 };

	while (word.at < reader->line_end && is_blank(*word.at)) {
		word.at++;
	}
	word.length = (size_t)(reader->line_end - word.at);
	while (word.length != 0 && is_blank(word.at[word.length - 1])) {
		word.length--;
	}
	reader->rest = reader->line_end;
	return word;
}

/* Such lines come once, and before the steps. */
static bool is_head(struct reader *reader, bool has_it)
{
	if (has_it) {
		return fail(reader, reader->line, "There is such a line already.");
	}
	return sessio_scenario_count(reader->scenario) == 0 ||
		fail(reader, reader->line, "This line belongs before the steps.");
}

static bool read_origin(struct reader *reader, const char **out, size_t *out_length)
{
	struct word text = rest_of_line(reader);

	if (!is_head(reader, *out != NULL)) {
		return false;
	}
	if (text.length > SESSIO_SCENARIO_MAX_TEXT) {
		return fail(reader, text.at, "This text is longer than 480 bytes.");
	}
	*out = text.at;
	*out_length = text.length;
	return true;
}

static bool set_rules(struct reader *reader, sessio_rules rules)
{
	sessio_scenario_destroy(reader->scenario);
	reader->scenario = NULL;
	reader->has_rules = true;
	reader->status = sessio_scenario_create(rules, &reader->scenario);
	return reader->status == SESSIO_OK;
}

static bool read_rules(struct reader *reader)
{
	struct word word = next_word(reader);

	if (!is_head(reader, reader->has_rules)) {
		return false;
	}
	if (!is(word, "documented") && !is(word, "observed")) {
		return fail_word(reader, word, "a set of rules",
			"there are documented, observed, and no others");
	}
	return ends(reader) &&
		set_rules(reader,
			is(word, "observed") ? SESSIO_RULES_OBSERVED : SESSIO_RULES_DOCUMENTED);
}

static bool read_version(struct reader *reader, struct word word)
{
	uint64_t version;

	if (!is(word, SI_SCENARIO_HEAD)) {
		return fail(reader, word.at,
			"A scenario begins with the line \"" SI_SCENARIO_HEAD " 1\".");
	}
	word = next_word(reader);
	if (!parse_number(reader, word, UINT32_MAX, &version)) {
		return false;
	}
	if (version != SI_SCENARIO_VERSION) {
		return fail_word(reader, word, "a version that is known", "there is 1");
	}
	reader->has_version = true;
	return ends(reader);
}

static bool read_line(struct reader *reader)
{
	struct word word = next_word(reader);

	if (word.length == 0) {
		return true;
	}
	if (!reader->has_version) {
		return read_version(reader, word);
	}
	if (is(word, "session")) {
		return read_session(reader);
	}
	if (is(word, "do")) {
		return read_action(reader, (sessio_step){ 0 });
	}
	if (is(word, "wait")) {
		return read_wait(reader);
	}
	if (is(word, "fault")) {
		return read_fault(reader);
	}
	if (is(word, "program")) {
		return read_origin(reader, &reader->program, &reader->program_length);
	}
	if (is(word, "bounds")) {
		return read_origin(reader, &reader->bounds, &reader->bounds_length);
	}
	if (is(word, "rules")) {
		return read_rules(reader);
	}
	return fail_word(reader, word, "the beginning of a line",
		"there are session, do, wait, fault, program, bounds, rules, and no others");
}

/* Finds the next line, and whether it is text. */
static bool begin_line(struct reader *reader)
{
	size_t left = (size_t)(reader->end - reader->at);
	const char *newline = memchr(reader->at, '\n', left);

	reader->number++;
	reader->line = reader->at;
	reader->rest = reader->at;
	reader->line_end = newline != NULL ? newline : reader->end;
	reader->at = newline != NULL ? newline + 1 : reader->end;
	if (newline != NULL && newline != reader->line && newline[-1] == '\r') {
		reader->line_end--;
	}
	if (reader->line_end - reader->line > (ptrdiff_t)SESSIO_SCENARIO_MAX_LINE) {
		return fail(reader, reader->line + SESSIO_SCENARIO_MAX_LINE,
			"This line is longer than 512 bytes.");
	}
	for (const char *c = reader->line; c < reader->line_end; c++) {
		if (*c == '\0') {
			return fail(reader, c, "There is a zero byte, which is no text.");
		}
		if (((unsigned char)*c < ' ' && *c != '\t') || *c == 0x7f) {
			return fail(reader, c, "There is a control character, which is no text.");
		}
	}
	return true;
}

static bool read_all(struct reader *reader)
{
	while (reader->at < reader->end) {
		if (!begin_line(reader) || !read_line(reader)) {
			return false;
		}
	}
	if (!reader->has_version) {
		/* A text without a newline at its end has no line behind the last one. */
		if (reader->number == 0 || reader->line_end != reader->end) {
			reader->number++;
			reader->line = reader->at;
		}
		return fail(reader, reader->at,
			"A scenario begins with the line \"" SI_SCENARIO_HEAD " 1\".");
	}
	return true;
}

static bool set_origin(struct reader *reader)
{
	char program[SESSIO_SCENARIO_MAX_TEXT + 1] = "";
	char bounds[SESSIO_SCENARIO_MAX_TEXT + 1] = "";

	if (reader->program != NULL) {
		memcpy(program, reader->program, reader->program_length);
	}
	if (reader->bounds != NULL) {
		memcpy(bounds, reader->bounds, reader->bounds_length);
	}
	reader->status = sessio_scenario_set_origin(reader->scenario, program, bounds);
	return reader->status == SESSIO_OK;
}

sessio_status sessio_scenario_parse(const char *text, size_t length, sessio_scenario **out_scenario,
	sessio_scenario_error *out_error)
{
	struct reader reader = { .at = text, .end = text };

	if (text == NULL || out_scenario == NULL) {
		return SESSIO_INVALID_ARG;
	}
	reader.end += length;
	reader.status = sessio_scenario_create(SESSIO_RULES_DOCUMENTED, &reader.scenario);
	if (reader.status == SESSIO_OK && read_all(&reader) && set_origin(&reader)) {
		*out_scenario = reader.scenario;
		return SESSIO_OK;
	}
	sessio_scenario_destroy(reader.scenario);
	if (out_error != NULL && reader.error.line != 0) {
		*out_error = reader.error;
	}
	return reader.status;
}
