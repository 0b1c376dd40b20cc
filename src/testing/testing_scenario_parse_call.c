/* SPDX-License-Identifier: MIT */
/* Calls from lines of text. */
#include "testing/testing_scenario_reader.h"

#include <string.h>

/* A call as it is read: the texts that it points to. */
struct call {
	sessio_step_call call;
	char name[SESSIO_SCENARIO_MAX_NAME + 1];
	char device[SESSIO_SCENARIO_MAX_DEVICE + 1];
	unsigned char data[SESSIO_SCENARIO_MAX_DATA];
};

static bool add(struct si_reader *reader, sessio_step step, const struct call *call)
{
	step.kind = SESSIO_STEP_CALL;
	step.call = &call->call;
	return si_reader_add(reader, &step);
}

static bool read_name(struct si_reader *reader, struct call *call, const char *what)
{
	struct si_word word = si_reader_word(reader);

	if (!si_scenario_is_action(word.at, word.length)) {
		return si_reader_fail_word(reader, word, what,
			"it has letters, digits and the signs _ - . only, 63 at most");
	}
	memcpy(call->name, word.at, word.length);
	call->name[word.length] = '\0';
	call->call.name = call->name;
	return true;
}

static bool is_at_quote(const struct si_reader *reader)
{
	const char *at = reader->rest;

	while (at < reader->line_end && si_word_is_blank(*at)) {
		at++;
	}
	return at < reader->line_end && *at == '"';
}

/* The text between quotation marks, of which the first is there. */
static bool read_quoted(struct si_reader *reader, struct si_word *out)
{
	const char *begin, *end;

	while (*reader->rest != '"') {
		reader->rest++;
	}
	begin = reader->rest + 1;
	end = memchr(begin, '"', (size_t)(reader->line_end - begin));
	if (end == NULL) {
		return si_reader_fail(
			reader, reader->rest, "There is no second quotation mark on this line.");
	}
	*out = (struct si_word){ begin, (size_t)(end - begin) };
	reader->rest = end + 1;
	if (reader->rest < reader->line_end && !si_word_is_blank(*reader->rest)) {
		return si_reader_fail(
			reader, reader->rest, "There should be a blank behind the quotation mark.");
	}
	for (size_t i = 0; i < out->length; i++) {
		if (!si_scenario_is_text((const unsigned char *)&begin[i], 1)) {
			return si_reader_fail(reader, begin + i,
				"A text between quotation marks has printable ASCII only.");
		}
	}
	return true;
}

bool si_reader_open(struct si_reader *reader, sessio_step step)
{
	struct call call = { .call = { .call = SESSIO_CALL_OPEN } };
	struct si_word device = { "", 0 };

	if (!read_name(reader, &call, "the name of a file")) {
		return false;
	}
	if (!is_at_quote(reader)) {
		return si_reader_fail_word(reader, si_reader_word(reader), "the name of a device",
			"it stands between quotation marks");
	}
	if (!read_quoted(reader, &device)) {
		return false;
	}
	if (!si_scenario_is_device(device.at, device.length)) {
		return si_reader_fail(
			reader, device.at, "The name of a device has 1 to 255 bytes.");
	}
	memcpy(call.device, device.at, device.length);
	call.device[device.length] = '\0';
	call.call.device = call.device;
	step.flags |= si_reader_skip(reader, "refused") ? SESSIO_STEP_REFUSED : 0;
	return add(reader, step, &call);
}

/* The value of a hexadecimal digit; -1 if it is none. */
static int digit_of(char c)
{
	if (c >= '0' && c <= '9') {
		return c - '0';
	}
	if (c >= 'a' && c <= 'f') {
		return c - 'a' + 10;
	}
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool fail_data(struct si_reader *reader, struct si_word word)
{
	return si_reader_fail_word(reader, word, "data",
		"it is a text between quotation marks, or pairs of hexadecimal digits");
}

static bool read_digits(struct si_reader *reader, struct call *call)
{
	struct si_word word = si_reader_word(reader);
	size_t length = word.length / 2;

	if (word.length == 0 || word.length % 2 != 0) {
		return fail_data(reader, word);
	}
	for (size_t i = 0; i < word.length; i++) {
		if (digit_of(word.at[i]) < 0) {
			return fail_data(reader, word);
		}
	}
	if (length > sizeof(call->data)) {
		return si_reader_fail(reader, word.at, "This is more data than 1024 bytes.");
	}
	for (size_t i = 0; i < length; i++) {
		call->data[i] = (unsigned char)(digit_of(word.at[2 * i]) * 16 +
			digit_of(word.at[2 * i + 1]));
	}
	call->call.length = (uint32_t)length;
	return true;
}

static bool read_data(struct si_reader *reader, struct call *call)
{
	struct si_word text = { "", 0 };

	call->call.data = call->data;
	if (!is_at_quote(reader)) {
		return read_digits(reader, call);
	}
	if (!read_quoted(reader, &text)) {
		return false;
	}
	if (text.length > sizeof(call->data)) {
		return si_reader_fail(reader, text.at, "This is more data than 1024 bytes.");
	}
	memcpy(call->data, text.at, text.length);
	call->call.length = (uint32_t)text.length;
	return true;
}

static bool read_room(struct si_reader *reader, struct call *call)
{
	struct si_word word = si_reader_word(reader);
	uint64_t room = 0;

	if (!si_reader_number_in(reader, word, UINT32_MAX, &room)) {
		return false;
	}
	if (room > SESSIO_SCENARIO_MAX_ROOM) {
		return si_reader_fail_word(
			reader, word, "a possible size", "1048576 bytes are the most");
	}
	call->call.room = (uint32_t)room;
	return true;
}

/* A control code, as numbers are written, or in hexadecimal digits behind 0x. */
static bool read_code(struct si_reader *reader, struct call *call)
{
	struct si_word word = si_reader_word(reader);
	uint64_t code = 0;

	if (word.length <= 2 || word.at[0] != '0' || word.at[1] != 'x') {
		if (!si_reader_number_in(reader, word, UINT32_MAX, &code)) {
			return false;
		}
		call->call.code = (uint32_t)code;
		return true;
	}
	for (size_t i = 2; i < word.length; i++) {
		int digit = digit_of(word.at[i]);

		if (digit < 0 || code > UINT32_MAX / 16) {
			return si_reader_fail_word(reader, word, "a control code",
				"it has eight hexadecimal digits at most");
		}
		code = code * 16 + (unsigned)digit;
	}
	call->call.code = (uint32_t)code;
	return true;
}

static bool read_control(struct si_reader *reader, struct call *call)
{
	return read_code(reader, call) &&
		(!si_reader_skip(reader, "in") || read_data(reader, call)) &&
		(!si_reader_skip(reader, "out") || read_room(reader, call));
}

/* Which of the pended requests, if the line says so. */
static bool read_which(struct si_reader *reader, sessio_step *step)
{
	const char *before = reader->rest;
	struct si_word word = si_reader_word(reader);

	if (word.length == 0 || *word.at < '0' || *word.at > '9') {
		reader->rest = before;
		return true;
	}
	return si_reader_number_in(reader, word, UINT64_MAX, &step->number);
}

static bool read_rest(struct si_reader *reader, sessio_step step, struct call *call)
{
	bool good = true;

	switch (call->call.call) {
	case SESSIO_CALL_READ:
		good = read_room(reader, call);
		break;
	case SESSIO_CALL_WRITE:
		good = read_data(reader, call);
		break;
	case SESSIO_CALL_CONTROL:
		good = read_control(reader, call);
		break;
	case SESSIO_CALL_CANCEL:
		good = read_which(reader, &step);
		step.flags |= good && si_reader_skip(reader, "waits") ? SESSIO_STEP_WAITS : 0;
		break;
	case SESSIO_CALL_AWAIT:
		good = read_which(reader, &step);
		break;
	default:
		break;
	}
	return good && add(reader, step, call);
}

bool si_reader_file(struct si_reader *reader)
{
	struct call call = { .call = { .name = NULL } };
	struct si_word word;

	if (!read_name(reader, &call, "the name of a file")) {
		return false;
	}
	word = si_reader_word(reader);
	for (int i = SESSIO_CALL_READ; i <= SESSIO_CALL_CLOSE; i++) {
		if (si_word_is(word, si_scenario_call_word((sessio_call)i))) {
			call.call.call = (sessio_call)i;
			return read_rest(reader, (sessio_step){ 0 }, &call);
		}
	}
	return si_reader_fail_word(reader, word, "a call for a file",
		"there are read, write, control, cancel, await, cleanup, close, and no others");
}

bool si_reader_driver(struct si_reader *reader)
{
	struct call call = { .call = { .name = NULL } };
	sessio_step step = { .flags = 0 };
	struct si_word word;

	if (!read_name(reader, &call, "the name of a driver")) {
		return false;
	}
	word = si_reader_word(reader);
	if (!si_word_is(word, "load") && !si_word_is(word, "unload")) {
		return si_reader_fail_word(reader, word, "a call for a driver",
			"there are load, unload, and no others");
	}
	call.call.call = si_word_is(word, "load") ? SESSIO_CALL_LOAD : SESSIO_CALL_UNLOAD;
	step.flags = si_reader_skip(reader, "refused") ? SESSIO_STEP_REFUSED : 0u;
	return add(reader, step, &call);
}
