/* SPDX-License-Identifier: MIT */
/* Scenarios from text, which may come from anywhere. */
#include "testing/testing_scenario_reader.h"

#include <string.h>

static bool read_time(struct si_reader *reader, uint64_t *out)
{
	struct si_word word = si_reader_word(reader);
	struct si_word whole = word;

	if (!si_reader_digits(reader, &word, UINT64_MAX, out)) {
		return false;
	}
	if (word.length == 0) {
		word = si_reader_word(reader);
	}
	for (size_t i = 0; i < SI_SCENARIO_UNITS; i++) {
		if (!si_word_is(word, si_scenario_units[i].name)) {
			continue;
		}
		if (*out > UINT64_MAX / si_scenario_units[i].ns) {
			return si_reader_fail_word(reader, whole, "a possible time",
				"18446744073709551615 ns is the longest");
		}
		*out *= si_scenario_units[i].ns;
		return true;
	}
	return si_reader_fail_word(reader, word, "a unit of time",
		"there are ns, us, ms, s, min, h, d, and no others");
}

static bool read_action(struct si_reader *reader, sessio_step step)
{
	struct si_word word = si_reader_word(reader);
	struct si_word number;
	char name[SESSIO_SCENARIO_MAX_NAME + 1];

	if (!si_scenario_is_action(word.at, word.length)) {
		return si_reader_fail_word(reader, word, "the name of an action",
			"it has letters, digits and the signs _ - . only, 63 at most");
	}
	memcpy(name, word.at, word.length);
	name[word.length] = '\0';
	step.kind = SESSIO_STEP_ACTION;
	step.action = name;
	number = si_reader_word(reader);
	if (number.length != 0 && !si_reader_number_in(reader, number, UINT64_MAX, &step.number)) {
		return false;
	}
	return si_reader_add(reader, &step);
}

static bool read_state(struct si_reader *reader, sessio_step step)
{
	struct si_word word = si_reader_word(reader);

	step.kind = SESSIO_STEP_EXISTS;
#define XX(name, value, text)                          \
	if (si_word_is(word, text)) {                  \
		step.state = SESSIO_USER_STATE_##name; \
	}
	SESSIO_USER_STATE_MAP(XX)
#undef XX
	if (step.state == SESSIO_USER_STATE_NONE) {
		return si_reader_fail_word(
			reader, word, "a state", SI_LIST_OF(SESSIO_USER_STATE_MAP));
	}
	if (step.state == SESSIO_USER_STATE_TERMINATED) {
		return si_reader_fail_word(reader, word, "a state of a session that exists", "");
	}
	step.flags |= si_reader_skip(reader, "remote") ? SESSIO_STEP_REMOTE : 0;
	return si_reader_add(reader, &step);
}

static bool read_remark(struct si_reader *reader, sessio_step step)
{
	struct si_word word = si_reader_word(reader);

	step.kind = SESSIO_STEP_REMARK;
#define XX(name, value, text)                            \
	if (si_word_is(word, text)) {                    \
		step.remark = SESSIO_USER_REMARK_##name; \
	}
	SESSIO_USER_REMARK_MAP(XX)
#undef XX
	if (step.remark == SESSIO_USER_REMARK_NONE) {
		return si_reader_fail_word(
			reader, word, "a remark", SI_LIST_OF(SESSIO_USER_REMARK_MAP));
	}
	return si_reader_add(reader, &step);
}

static bool read_event(struct si_reader *reader, struct si_word word, sessio_step step)
{
	step.kind = SESSIO_STEP_EVENT;
#define XX(name, value, text)                          \
	if (si_word_is(word, text)) {                  \
		step.event = SESSIO_USER_EVENT_##name; \
	}
	SESSIO_USER_EVENT_MAP(XX)
#undef XX
	if (step.event == SESSIO_USER_EVENT_NONE) {
		return si_reader_fail_word(
			reader, word, "an event", SI_LIST_OF(SESSIO_USER_EVENT_MAP));
	}
	step.flags |= si_reader_skip(reader, "remote") ? SESSIO_STEP_REMOTE : 0;
	if ((step.flags & SESSIO_STEP_OBSERVED) == 0) {
		step.flags |= si_reader_skip(reader, "refused") ? SESSIO_STEP_REFUSED : 0;
	}
	return si_reader_add(reader, &step);
}

static bool read_session(struct si_reader *reader)
{
	sessio_step step = { 0 };
	struct si_word word;
	uint64_t id;

	if (!si_reader_number(reader, UINT32_MAX, &id)) {
		return false;
	}
	step.session_id = (uint32_t)id;
	word = si_reader_word(reader);
	if (si_word_is(word, "is")) {
		return read_state(reader, step);
	}
	if (si_word_is(word, "remark")) {
		return read_remark(reader, step);
	}
	if (si_word_is(word, "do")) {
		step.flags = SESSIO_STEP_FOR_SESSION;
		return read_action(reader, step);
	}
	if (si_word_is(word, "open")) {
		step.flags = SESSIO_STEP_FOR_SESSION;
		return si_reader_open(reader, step);
	}
	if (si_word_is(word, "observed")) {
		step.flags = SESSIO_STEP_OBSERVED;
		word = si_reader_word(reader);
		return read_event(reader, word, step);
	}
	return read_event(reader, word, step);
}

static bool read_wait(struct si_reader *reader)
{
	sessio_step step = { .kind = SESSIO_STEP_WAIT };

	return read_time(reader, &step.number) && si_reader_add(reader, &step);
}

static bool read_fault(struct si_reader *reader)
{
	sessio_step step = { .kind = SESSIO_STEP_FAULT, .number = 1 };
	struct si_word word = si_reader_word(reader);
	const char *number_at;

#define XX(name, value, text)                     \
	if (si_word_is(word, text)) {             \
		step.fault = SESSIO_FAULT_##name; \
	}
	SESSIO_FAULT_MAP(XX)
#undef XX
	if (si_scenario_fault_word(step.fault) == NULL) {
		return si_reader_fail_word(reader, word, "a fault", SI_LIST_OF(SESSIO_FAULT_MAP));
	}
	if (step.fault == SESSIO_FAULT_SLOW) {
		return read_time(reader, &step.number) && si_reader_add(reader, &step);
	}
	number_at = reader->rest;
	word = si_reader_word(reader);
	if (word.length != 0 && step.fault != SESSIO_FAULT_EACH_PATH) {
		if (!si_reader_number_in(reader, word, UINT64_MAX, &step.number)) {
			return false;
		}
		if (step.number == 0) {
			return si_reader_fail_word(
				reader, word, "the number of a failure", "they count from 1");
		}
		return si_reader_add(reader, &step);
	}
	reader->rest = number_at;
	return si_reader_add(reader, &step);
}

/* The rest of the line, without blanks around it. */
static struct si_word rest_of_line(struct si_reader *reader)
{
	struct si_word word = { reader->rest, 0 };

	while (word.at < reader->line_end && si_word_is_blank(*word.at)) {
		word.at++;
	}
	word.length = (size_t)(reader->line_end - word.at);
	while (word.length != 0 && si_word_is_blank(word.at[word.length - 1])) {
		word.length--;
	}
	reader->rest = reader->line_end;
	return word;
}

/* Such lines come once, and before the steps. */
static bool is_head(struct si_reader *reader, bool has_it)
{
	if (has_it) {
		return si_reader_fail(reader, reader->line, "There is such a line already.");
	}
	return sessio_scenario_count(reader->scenario) == 0 ||
		si_reader_fail(reader, reader->line, "This line belongs before the steps.");
}

static bool read_origin(struct si_reader *reader, const char **out, size_t *out_length)
{
	struct si_word text = rest_of_line(reader);

	if (!is_head(reader, *out != NULL)) {
		return false;
	}
	if (text.length > SESSIO_SCENARIO_MAX_TEXT) {
		return si_reader_fail(reader, text.at, "This text is longer than 480 bytes.");
	}
	*out = text.at;
	*out_length = text.length;
	return true;
}

static bool set_rules(struct si_reader *reader, sessio_rules rules)
{
	sessio_scenario_destroy(reader->scenario);
	reader->scenario = NULL;
	reader->has_rules = true;
	reader->status = sessio_scenario_create(rules, &reader->scenario);
	return reader->status == SESSIO_OK;
}

static bool read_rules(struct si_reader *reader)
{
	struct si_word word = si_reader_word(reader);

	if (!is_head(reader, reader->has_rules)) {
		return false;
	}
	if (!si_word_is(word, "documented") && !si_word_is(word, "observed")) {
		return si_reader_fail_word(reader, word, "a set of rules",
			"there are documented, observed, and no others");
	}
	return si_reader_ends(reader) &&
		set_rules(reader,
			si_word_is(word, "observed") ? SESSIO_RULES_OBSERVED
						     : SESSIO_RULES_DOCUMENTED);
}

static bool read_version(struct si_reader *reader, struct si_word word)
{
	uint64_t version;

	if (!si_word_is(word, SI_SCENARIO_HEAD)) {
		return si_reader_fail(reader, word.at,
			"A scenario begins with the line \"" SI_SCENARIO_HEAD " 1\".");
	}
	word = si_reader_word(reader);
	if (!si_reader_number_in(reader, word, UINT32_MAX, &version)) {
		return false;
	}
	if (version != SI_SCENARIO_VERSION) {
		return si_reader_fail_word(reader, word, "a version that is known", "there is 1");
	}
	reader->has_version = true;
	return si_reader_ends(reader);
}

static bool read_head(struct si_reader *reader, struct si_word word)
{
	if (si_word_is(word, "program")) {
		return read_origin(reader, &reader->program, &reader->program_length);
	}
	if (si_word_is(word, "bounds")) {
		return read_origin(reader, &reader->bounds, &reader->bounds_length);
	}
	if (si_word_is(word, "rules")) {
		return read_rules(reader);
	}
	return si_reader_fail_word(reader, word, "the beginning of a line",
		"there are session, do, open, file, driver, wait, fault, program, bounds, rules, "
		"and no others");
}

static bool read_line(struct si_reader *reader)
{
	struct si_word word = si_reader_word(reader);

	if (word.length == 0) {
		return true;
	}
	if (!reader->has_version) {
		return read_version(reader, word);
	}
	if (si_word_is(word, "session")) {
		return read_session(reader);
	}
	if (si_word_is(word, "do")) {
		return read_action(reader, (sessio_step){ 0 });
	}
	if (si_word_is(word, "open")) {
		return si_reader_open(reader, (sessio_step){ 0 });
	}
	if (si_word_is(word, "file")) {
		return si_reader_file(reader);
	}
	if (si_word_is(word, "driver")) {
		return si_reader_driver(reader);
	}
	if (si_word_is(word, "wait")) {
		return read_wait(reader);
	}
	if (si_word_is(word, "fault")) {
		return read_fault(reader);
	}
	return read_head(reader, word);
}

/* Finds the next line, and whether it is text. */
static bool begin_line(struct si_reader *reader)
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
		return si_reader_fail(reader, reader->line + SESSIO_SCENARIO_MAX_LINE,
			"This line is longer than 4096 bytes.");
	}
	for (const char *c = reader->line; c < reader->line_end; c++) {
		if (*c == '\0') {
			return si_reader_fail(reader, c, "There is a zero byte, which is no text.");
		}
		if (((unsigned char)*c < ' ' && *c != '\t') || *c == 0x7f) {
			return si_reader_fail(
				reader, c, "There is a control character, which is no text.");
		}
	}
	return true;
}

static bool read_all(struct si_reader *reader)
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
		return si_reader_fail(reader, reader->at,
			"A scenario begins with the line \"" SI_SCENARIO_HEAD " 1\".");
	}
	return true;
}

static bool set_origin(struct si_reader *reader)
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
	struct si_reader reader = { .at = text, .end = text };

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
