/* SPDX-License-Identifier: MIT */
/* Text for pictures and traces, in pieces. */
#include "testing/testing_scenario_draw.h"

#include <string.h>

#include "base/text.h"

struct si_draw si_draw_start(sessio_write_fn *write, void *ctx)
{
	return (struct si_draw){ .write = write, .ctx = ctx, .good = true };
}

static void flush(struct si_draw *draw)
{
	draw->good = draw->good &&
		(draw->length == 0 || draw->write(draw->buffer, draw->length, draw->ctx));
	draw->length = 0;
}

static void put_bytes(struct si_draw *draw, const char *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (draw->length == sizeof(draw->buffer)) {
			flush(draw);
		}
		draw->buffer[draw->length++] = bytes[i];
	}
}

void si_draw_put(struct si_draw *draw, const char *text)
{
	put_bytes(draw, text, strlen(text));
}

void si_draw_put_number(struct si_draw *draw, uint64_t number)
{
	char digits[24];
	struct si_text text = si_text_start(digits, sizeof(digits));

	si_text_put_number(&text, number);
	si_draw_put(draw, digits);
}

sessio_status si_draw_finish(struct si_draw *draw)
{
	flush(draw);
	return draw->good ? SESSIO_OK : SESSIO_REFUSED;
}

static bool is_continuation(char c)
{
	return ((unsigned char)c & 0xc0u) == 0x80u;
}

size_t si_draw_character(const char *text)
{
	unsigned first = (unsigned char)text[0];
	unsigned long value;
	size_t length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;

	if (length == 1) {
		return first >= ' ' && first != 0x7f ? 1 : 0;
	}
	if (first < 0xc2 || first > 0xf4) {
		return 0;
	}
	value = first & (0x7fu >> length);
	for (size_t i = 1; i < length; i++) {
		if (!is_continuation(text[i])) {
			return 0;
		}
		value = value << 6 | ((unsigned char)text[i] & 0x3fu);
	}
	if ((length == 3 && value < 0x800) ||
		(length == 4 && (value < 0x10000 || value > 0x10ffff))) {
		return 0;
	}
	/* Controls, surrogates, and the two that are no characters. */
	return value < 0xa0 || (value >= 0xd800 && value < 0xe000) || value == 0xfffe ||
			value == 0xffff
		? 0
		: length;
}

static size_t count_characters(const char *text)
{
	size_t count = 0;

	for (; *text != '\0'; count++) {
		size_t length = si_draw_character(text);

		text += length != 0 ? length : 1;
	}
	return count;
}

void si_draw_put_xml(struct si_draw *draw, const char *text, size_t most)
{
	bool is_long = count_characters(text) > most;

	for (size_t i = is_long ? 1 : 0; i < most && *text != '\0'; i++) {
		size_t length = si_draw_character(text);

		if (length == 0) {
			si_draw_put(draw, "?");
		} else if (*text == '&') {
			si_draw_put(draw, "&amp;");
		} else if (*text == '<') {
			si_draw_put(draw, "&lt;");
		} else if (*text == '>') {
			si_draw_put(draw, "&gt;");
		} else if (*text == '"') {
			si_draw_put(draw, "&quot;");
		} else {
			put_bytes(draw, text, length);
		}
		text += length != 0 ? length : 1;
	}
	if (is_long) {
		si_draw_put(draw, "\xe2\x80\xa6");
	}
}

void si_draw_put_json(struct si_draw *draw, const char *text)
{
	while (*text != '\0') {
		size_t length = si_draw_character(text);

		if (length == 0) {
			si_draw_put(draw, "?");
		} else {
			if (*text == '"' || *text == '\\') {
				si_draw_put(draw, "\\");
			}
			put_bytes(draw, text, length);
		}
		text += length != 0 ? length : 1;
	}
}

/* Units for people. From minutes on a time has two of them. */
static const struct si_scenario_unit units[] = {
	{ "y", UINT64_C(31536000000000000) },
	{ "d", UINT64_C(86400000000000) },
	{ "h", UINT64_C(3600000000000) },
	{ "min", UINT64_C(60000000000) },
	{ "s", UINT64_C(1000000000) },
	{ "ms", 1000000 },
	{ "us", 1000 },
	{ "ns", 1 },
};
#define TWO_UNITS 4u /* so many of them */
#define UNITS (sizeof(units) / sizeof(units[0]))

static void put_unit(struct si_text *text, uint64_t number, size_t unit)
{
	si_text_put_number(text, number);
	si_text_put(text, " ");
	si_text_put(text, units[unit].name);
}

/* Up to three decimals, without zeros at the end. */
static void put_decimals(struct si_text *text, uint64_t ns, size_t unit)
{
	uint64_t thousandths = unit + 1 < UNITS ? ns % units[unit].ns / (units[unit].ns / 1000) : 0;

	si_text_put_number(text, ns / units[unit].ns);
	for (uint64_t place = 100; thousandths != 0; place /= 10) {
		si_text_put(text, place == 100 ? "." : "");
		si_text_put_number(text, thousandths / place);
		thousandths %= place;
	}
	si_text_put(text, " ");
	si_text_put(text, units[unit].name);
}

void si_draw_time(uint64_t ns, char text[SI_DRAW_TIME])
{
	struct si_text out = si_text_start(text, SI_DRAW_TIME);
	size_t unit = 0;

	while (unit + 1 < UNITS && ns < units[unit].ns) {
		unit++;
	}
	if (ns == 0) {
		si_text_put(&out, "0");
	} else if (unit >= TWO_UNITS) {
		put_decimals(&out, ns, unit);
	} else {
		uint64_t rest = ns % units[unit].ns;

		put_unit(&out, ns / units[unit].ns, unit);
		if (rest >= units[unit + 1].ns) {
			si_text_put(&out, " ");
			put_unit(&out, rest / units[unit + 1].ns, unit + 1);
		}
	}
}
