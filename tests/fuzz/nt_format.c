/* SPDX-License-Identifier: MIT */
/*
 * Print formats and counted strings of the Windows kernel. Numbers and narrow
 * text are compared with the C library's formats, narrow calls with wide ones,
 * strings with arrays of units.
 *
 * (nt_format-1) Each format has one conversion, so that its arguments are known.
 */
#include "nt_strings.h"

#include "nt/ntstrsafe.h"

#define TEXT 1200u /* longer than any text here */

struct conversion {
	char flags[8];
	char count[16]; /* width and precision, both with stars or both without, or nothing */
	bool stars;
	int width;
	int precision;
	const char *size; /* as the kernel writes it */
	const char *c_size; /* as C does for an argument of the same type */
	bool is_64;
	char type;
};

static int any_count(void)
{
	uint8_t byte = fuzz_byte(&m.in);

	return byte < 200 ? byte % 40 : byte < 250 ? (int)byte + 100 : 0;
}

static void any_flags(struct conversion *c, const char *known)
{
	size_t length = 0;

	for (unsigned i = 0; known[i] != '\0'; i++) {
		if (fuzz_below(&m.in, 3) == 1) {
			c->flags[length++] = known[i];
		}
	}
	c->flags[length] = '\0';
}

static void any_width(struct conversion *c)
{
	c->width = any_count();
	c->precision = any_count();
	switch (fuzz_below(&m.in, 4)) {
	case 0:
		break;
	case 1:
		(void)snprintf(c->count, sizeof(c->count), "%d", c->width + 1);
		break;
	case 2:
		(void)snprintf(c->count, sizeof(c->count), "%d.%d", c->width + 1, c->precision);
		break;
	default:
		c->stars = true;
		c->width = fuzz_below(&m.in, 2) == 1 ? -c->width : c->width;
		c->precision = fuzz_below(&m.in, 4) == 1 ? -c->precision : c->precision;
		(void)strcpy(c->count, "*.*");
	}
}

static void widen(const char *text, WCHAR *wide)
{
	do {
		*wide++ = (UCHAR)*text;
	} while (*text++ != '\0');
}

/* The text that a narrow and a wide call made into rooms of this size, against C's. */
static void check_text(const char *expected, size_t size, NTSTATUS narrow_status,
	const char *narrow, NTSTATUS wide_status, const WCHAR *wide)
{
	size_t length = strlen(expected);
	size_t kept = length < size ? length : size - 1;

	FUZZ_CHECK(narrow_status == (length < size ? STATUS_SUCCESS : STATUS_BUFFER_OVERFLOW));
	FUZZ_CHECK(wide_status == narrow_status);
	FUZZ_CHECK(memcmp(narrow, expected, kept) == 0 && narrow[kept] == '\0');
	for (size_t i = 0; i < kept; i++) {
		FUZZ_CHECK(wide[i] == (UCHAR)expected[i]);
	}
	FUZZ_CHECK(wide[kept] == 0);
}

/* Calls C and both of the kernel's with the same arguments. */
#define FORMAT_ALL(...)                                                                  \
	do {                                                                             \
		(void)snprintf(expected, sizeof(expected), c_format, __VA_ARGS__);       \
		narrow_status = RtlStringCchPrintfA(narrow, size, format, __VA_ARGS__);  \
		wide_status = RtlStringCchPrintfW(wide, size, wide_format, __VA_ARGS__); \
	} while (0)

#define FORMAT(value)                                              \
	do {                                                       \
		if (c.stars) {                                     \
			FORMAT_ALL(c.width, c.precision, (value)); \
		} else {                                           \
			FORMAT_ALL((value));                       \
		}                                                  \
	} while (0)

enum value { VALUE_32, VALUE_64, VALUE_POINTER, VALUE_TEXT };

static void run(struct conversion c, enum value kind, ULONGLONG value, const void *pointer)
{
	size_t size = 1u + fuzz_byte(&m.in) * (fuzz_below(&m.in, 2) == 1 ? 3u : 1u);
	char *narrow = malloc(size); /* not longer than the size that the call gets */
	WCHAR *wide = malloc(size * sizeof(*wide));
	char expected[TEXT];
	char format[64];
	char c_format[64];
	WCHAR wide_format[64];
	NTSTATUS narrow_status = STATUS_UNSUCCESSFUL;
	NTSTATUS wide_status = STATUS_UNSUCCESSFUL;

	FUZZ_CHECK(narrow != NULL && wide != NULL);
	(void)snprintf(format, sizeof(format), "<%%%s%s%s%c>", c.flags, c.count, c.size, c.type);
	(void)snprintf(
		c_format, sizeof(c_format), "<%%%s%s%s%c>", c.flags, c.count, c.c_size, c.type);
	widen(format, wide_format);
	switch (kind) {
	case VALUE_32:
		FORMAT((ULONG)value);
		break;
	case VALUE_64:
		FORMAT(value);
		break;
	case VALUE_POINTER:
		FORMAT((ULONG_PTR)value);
		break;
	case VALUE_TEXT:
		FORMAT(pointer);
		break;
	}
	check_text(expected, size, narrow_status, narrow, wide_status, wide);
	free(narrow);
	free(wide);
}

static void format_number(void)
{
	static const struct {
		const char *size;
		const char *c_size;
		enum value kind;
	} sizes[] = { { "", "", VALUE_32 }, { "l", "", VALUE_32 }, { "I32", "", VALUE_32 },
		{ "h", "h", VALUE_32 }, { "hh", "hh", VALUE_32 }, { "ll", "ll", VALUE_64 },
		{ "I64", "ll", VALUE_64 }, { "j", "ll", VALUE_64 }, { "I", "z", VALUE_POINTER },
		{ "z", "z", VALUE_POINTER } };
	static const ULONGLONG values[] = { 0, 1, 8, 10, 0x7fffffff, 0x80000000, MAXULONGLONG,
		UINT64_C(1) << 63 };
	unsigned size = fuzz_below(&m.in, sizeof(sizes) / sizeof(sizes[0]));
	unsigned which = fuzz_below(&m.in, 12);
	ULONGLONG value = which < 8 ? values[which] : fuzz_u32(&m.in) * UINT64_C(0x100000001);
	struct conversion c = { .size = sizes[size].size, .c_size = sizes[size].c_size };

	c.type = "diuoxX"[fuzz_below(&m.in, 6)];
	any_flags(&c, "-+ #0");
	any_width(&c);
	run(c, sizes[size].kind, value, NULL);
}

static void format_text(void)
{
	char text[300];
	size_t length = fuzz_byte(&m.in);
	struct conversion c = { .size = "h", .c_size = "", .type = 's' };

	for (size_t i = 0; i < length; i++) {
		text[i] = (char)(' ' + (fuzz_byte(&m.in) & 0x3f));
	}
	text[length] = '\0';
	any_flags(&c, "-");
	any_width(&c);
	run(c, VALUE_TEXT, 0, text);
}

/* Letters that are no conversion stay, and take no argument. */
static void format_nothing(void)
{
	char format[64] = "";
	char expected[64] = "";
	char text[64];

	for (unsigned n = fuzz_below(&m.in, 10); n != 0; n--) {
		static const char *const pieces[][2] = { { "%%", "%" }, { "%y", "%y" },
			{ "%-5.3k", "%-5.3k" }, { "text", "text" }, { "%I64q", "%I64q" } };
		unsigned piece = fuzz_below(&m.in, 5);

		(void)strcat(format, pieces[piece][0]);
		(void)strcat(expected, pieces[piece][1]);
	}
	if (fuzz_below(&m.in, 2) == 1) {
		(void)strcat(format, "%");
		(void)strcat(expected, "%");
	}
	FUZZ_CHECK(RtlStringCchPrintfA(text, sizeof(text), format) == STATUS_SUCCESS);
	FUZZ_CHECK(strcmp(text, expected) == 0);
}

static void act(void)
{
	UNICODE_STRING *s = any_string();

	switch (fuzz_below(&m.in, 12)) {
	case 0:
		format_number();
		break;
	case 1:
		format_text();
		break;
	case 2:
		format_nothing();
		break;
	case 3:
		print_string(s);
		break;
	case 4:
		copy(s, any_string());
		break;
	case 5:
		append(s, any_string());
		break;
	case 6:
		compare(s, any_string(), fuzz_below(&m.in, 2) == 1);
		break;
	case 7:
		convert(s);
		break;
	case 8:
		widen_bytes(s, any_string());
		break;
	case 9:
		integer(s);
		break;
	case 10:
		duplicate(s);
		break;
	default:
		refill(s);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sessio_nt_usage usage;

	m.in = (struct fuzz_input){ data, data + size };
	for (unsigned i = 0; i < STRINGS; i++) {
		USHORT room = (USHORT)fuzz_below(&m.in, ROOM + 1);

		m.strings[i] = (UNICODE_STRING){ 0, room, calloc(1, room == 0 ? 1u : room) };
		FUZZ_CHECK(m.strings[i].Buffer != NULL);
		refill(&m.strings[i]);
	}
	while (fuzz_has_more(&m.in)) {
		act();
	}
	for (unsigned i = 0; i < STRINGS; i++) {
		free(m.strings[i].Buffer);
	}
	sessio_nt_get_usage(&usage);
	FUZZ_CHECK(usage.pool_blocks == 0 && usage.pool_bytes == 0);
	return 0;
}
