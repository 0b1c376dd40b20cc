/* SPDX-License-Identifier: MIT */
/* The lines and words of a scenario's text. A mistake has its place and a sentence. */
#ifndef SI_TESTING_SCENARIO_READER_H
#define SI_TESTING_SCENARIO_READER_H

#include "testing/testing_scenario.h"

#define SI_WITH_COMMA(name, value, text) text ", "
#define SI_LIST_OF(map) "there are " map(SI_WITH_COMMA) "and no others"

/* Bytes of a line. */
struct si_word {
	const char *at;
	size_t length; /* 0: the line has ended */
};

struct si_reader {
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

/* A mistake at this byte of the line. Always false. */
bool si_reader_fail(struct si_reader *reader, const char *at, const char *text);
/* "Conected" is not an event: there are ... */
bool si_reader_fail_word(
	struct si_reader *reader, struct si_word word, const char *what, const char *hint);

/* The next word. */
struct si_word si_reader_word(struct si_reader *reader);
bool si_word_is_blank(char c);
bool si_word_is(struct si_word word, const char *text);
/* Takes the next word if it is this one. */
bool si_reader_skip(struct si_reader *reader, const char *text);
/* Whether the line has ended; else it is a mistake. */
bool si_reader_ends(struct si_reader *reader);

/* The digits that the word begins with. They are taken off it. */
bool si_reader_digits(struct si_reader *reader, struct si_word *word, uint64_t most, uint64_t *out);
/* A word of digits only; the next word. */
bool si_reader_number_in(
	struct si_reader *reader, struct si_word word, uint64_t most, uint64_t *out);
bool si_reader_number(struct si_reader *reader, uint64_t most, uint64_t *out);

/* Ends the line, and appends the step. */
bool si_reader_add(struct si_reader *reader, const sessio_step *step);

/* Lines of calls, behind their first word. The step may have a user session. */
bool si_reader_open(struct si_reader *reader, sessio_step step);
bool si_reader_file(struct si_reader *reader);
bool si_reader_driver(struct si_reader *reader);

#endif /* SI_TESTING_SCENARIO_READER_H */
