/* SPDX-License-Identifier: MIT */
/* Words of a line, numbers, and mistakes. */
#include "testing/testing_scenario_reader.h"

#include <string.h>

#include "base/text.h"

#define QUOTED 40u /* bytes of a word that an error shows */

bool si_reader_fail(struct si_reader *reader, const char *at, const char *text)
{
	struct si_text out = si_text_start(reader->error.text, sizeof(reader->error.text));

	reader->status = SESSIO_INVALID_ARG;
	reader->error.line = reader->number;
	reader->error.column = (size_t)(at - reader->line) + 1;
	si_text_put(&out, text);
	return false;
}

bool si_reader_fail_word(
	struct si_reader *reader, struct si_word word, const char *what, const char *hint)
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
	return si_reader_fail(reader, word.at, text);
}

bool si_word_is_blank(char c)
{
	return c == ' ' || c == '\t';
}

struct si_word si_reader_word(struct si_reader *reader)
{
	struct si_word word;

	while (reader->rest < reader->line_end && si_word_is_blank(*reader->rest)) {
		reader->rest++;
	}
	if (reader->rest < reader->line_end && *reader->rest == '#') {
		reader->rest = reader->line_end;
	}
	word.at = reader->rest;
	while (reader->rest < reader->line_end && !si_word_is_blank(*reader->rest)) {
		reader->rest++;
	}
	word.length = (size_t)(reader->rest - word.at);
	return word;
}

bool si_word_is(struct si_word word, const char *text)
{
	return word.length == strlen(text) && memcmp(word.at, text, word.length) == 0;
}

bool si_reader_skip(struct si_reader *reader, const char *text)
{
	const char *before = reader->rest;

	if (si_word_is(si_reader_word(reader), text)) {
		return true;
	}
	reader->rest = before;
	return false;
}

bool si_reader_ends(struct si_reader *reader)
{
	struct si_word word = si_reader_word(reader);

	return word.length == 0 ||
		si_reader_fail(reader, word.at, "The line should end before this word.");
}

bool si_reader_digits(struct si_reader *reader, struct si_word *word, uint64_t most, uint64_t *out)
{
	struct si_word whole = *word;
	uint64_t value = 0;

	while (word->length != 0 && *word->at >= '0' && *word->at <= '9') {
		uint64_t digit = (uint64_t)(*word->at - '0');

		if (value > (most - digit) / 10) {
			return si_reader_fail_word(reader, whole, "a number of that size",
				most == UINT32_MAX ? "4294967295 is the largest here"
						   : "18446744073709551615 is the largest");
		}
		value = value * 10 + digit;
		word->at++;
		word->length--;
	}
	*out = value;
	return word->at != whole.at ||
		si_reader_fail_word(reader, whole, "a number", "it has digits only");
}

bool si_reader_number_in(
	struct si_reader *reader, struct si_word word, uint64_t most, uint64_t *out)
{
	struct si_word rest = word;

	return si_reader_digits(reader, &rest, most, out) &&
		(rest.length == 0 ||
			si_reader_fail_word(reader, word, "a number", "it has digits only"));
}

bool si_reader_number(struct si_reader *reader, uint64_t most, uint64_t *out)
{
	return si_reader_number_in(reader, si_reader_word(reader), most, out);
}

bool si_reader_add(struct si_reader *reader, const sessio_step *step)
{
	sessio_status status;

	if (!si_reader_ends(reader)) {
		return false;
	}
	status = sessio_scenario_add(reader->scenario, step);
	if (status == SESSIO_LIMIT) {
		(void)si_reader_fail(reader, reader->line,
			step->kind == SESSIO_STEP_ACTION
				? "There are too many steps, or names of actions."
				: "There are too many steps.");
	}
	if (status != SESSIO_OK) {
		reader->status = status;
	}
	return status == SESSIO_OK;
}
