/* SPDX-License-Identifier: MIT */
/*
 * The kernel's print formats. Arguments are read with the kernel's sizes: long has
 * 32 bits, %p is as wide as a pointer, %Z takes a counted string.
 */
#include <stdbool.h>

#include "wdk/format.h"
#include "wdk/utf.h"

enum size { SIZE_NONE, SIZE_NARROW, SIZE_WIDE, SIZE_64, SIZE_POINTER, SIZE_8 };

struct out {
	bool is_wide; /* then %s and %c are, too */
	char *narrow;
	WCHAR *wide;
	size_t room; /* without the zero */
	size_t length; /* of the whole, written or not */
	char bytes[4]; /* of a character that is not complete, for wide */
	unsigned have;
};

struct spec {
	bool left, plus, blank, alternate, zero;
	int width;
	int precision; /* -1: none */
	enum size size;
	char type;
};

static unsigned bytes_of(char first)
{
	UCHAR lead = (UCHAR)first;

	return lead < 0xc2u ? 1 : lead < 0xe0u ? 2 : lead < 0xf0u ? 3 : lead < 0xf5u ? 4 : 1;
}

/* The bytes so far are a character, or the beginning of one that never ended. */
static void end_character(struct out *out)
{
	PCSTR at = out->bytes;
	WCHAR units[2];
	unsigned count = si_wdk_put_utf16(si_wdk_get_utf8(&at, out->bytes + out->have), units);

	out->have = 0;
	for (unsigned i = 0; i < count; i++) {
		if (out->length < out->room) {
			out->wide[out->length] = units[i];
		}
		out->length++;
	}
}

static void put(struct out *out, char c)
{
	if (!out->is_wide) {
		if (out->length < out->room) {
			out->narrow[out->length] = c;
		}
		out->length++;
		return;
	}
	if (out->have != 0 && ((UCHAR)c & 0xc0u) != 0x80u) {
		end_character(out);
	}
	out->bytes[out->have++] = c;
	if (out->have == bytes_of(out->bytes[0])) {
		end_character(out);
	}
}

static void fill(struct out *out, char c, int count)
{
	for (; count > 0; count--) {
		put(out, c);
	}
}

/* Wider than any print: a larger count would only take time. */
#define COUNT_MAX 99999

/* A number of digits, or the next argument for a star. */
static const char *read_count(const char *at, va_list *args, int *count)
{
	if (*at == '*') {
		*count = va_arg(*args, int);
		*count = *count > COUNT_MAX ? COUNT_MAX : *count < -COUNT_MAX ? -COUNT_MAX : *count;
		return at + 1;
	}
	*count = 0;
	for (; *at >= '0' && *at <= '9'; at++) {
		*count = *count > COUNT_MAX / 10 ? *count : *count * 10 + (*at - '0');
	}
	return at;
}

static const char *read_flags(const char *at, struct spec *spec)
{
	for (;; at++) {
		switch (*at) {
		case '-':
			spec->left = true;
			break;
		case '+':
			spec->plus = true;
			break;
		case ' ':
			spec->blank = true;
			break;
		case '#':
			spec->alternate = true;
			break;
		case '0':
			spec->zero = true;
			break;
		default:
			return at;
		}
	}
}

static const char *read_size(const char *at, enum size *size)
{
	*size = SIZE_NONE;
	if (strncmp(at, "I64", 3) == 0) {
		*size = SIZE_64;
		return at + 3;
	}
	if (strncmp(at, "I32", 3) == 0) {
		return at + 3;
	}
	if (strncmp(at, "ll", 2) == 0) {
		*size = SIZE_64;
		return at + 2;
	}
	if (strncmp(at, "hh", 2) == 0) {
		*size = SIZE_8;
		return at + 2;
	}
	switch (*at) {
	case 'h':
		*size = SIZE_NARROW;
		return at + 1;
	case 'l':
	case 'w':
		*size = SIZE_WIDE;
		return at + 1;
	case 'j':
		*size = SIZE_64;
		return at + 1;
	case 'I':
	case 'z':
	case 't':
		*size = SIZE_POINTER;
		return at + 1;
	default:
		return at;
	}
}

static ULONGLONG read_unsigned(enum size size, va_list *args)
{
	switch (size) {
	case SIZE_64:
		return va_arg(*args, ULONGLONG);
	case SIZE_POINTER:
		return va_arg(*args, ULONG_PTR);
	case SIZE_NARROW:
		return (USHORT)va_arg(*args, int);
	case SIZE_8:
		return (UCHAR)va_arg(*args, int);
	default:
		return va_arg(*args, ULONG);
	}
}

static LONGLONG read_signed(enum size size, va_list *args)
{
	switch (size) {
	case SIZE_64:
		return va_arg(*args, LONGLONG);
	case SIZE_POINTER:
		return va_arg(*args, LONG_PTR);
	case SIZE_NARROW:
		return (SHORT)va_arg(*args, int);
	case SIZE_8:
		return (SCHAR)va_arg(*args, int);
	default:
		return va_arg(*args, LONG);
	}
}

static void put_number(struct out *out, const struct spec *spec, ULONGLONG value, unsigned base,
	const char *prefix)
{
	const char *digits = spec->type == 'x' ? "0123456789abcdef" : "0123456789ABCDEF";
	char text[24];
	int length = 0;
	int zeros;
	int blanks;

	for (ULONGLONG rest = value; rest != 0; rest /= base) {
		text[length++] = digits[rest % base];
	}
	if (length == 0 && spec->precision != 0) {
		text[length++] = '0';
	}
	zeros = spec->precision > length ? spec->precision - length : 0;
	blanks = spec->width - length - zeros - (int)strlen(prefix);
	if (spec->zero && !spec->left && spec->precision < 0 && blanks > 0) {
		zeros = blanks;
		blanks = 0;
	}
	fill(out, ' ', spec->left ? 0 : blanks);
	while (*prefix != '\0') {
		put(out, *prefix++);
	}
	fill(out, '0', zeros);
	while (length > 0) {
		put(out, text[--length]);
	}
	fill(out, ' ', spec->left ? blanks : 0);
}

static void put_signed(struct out *out, const struct spec *spec, LONGLONG value)
{
	ULONGLONG size = value < 0 ? 0 - (ULONGLONG)value : (ULONGLONG)value;

	put_number(out, spec, size, 10,
		value < 0             ? "-"
			: spec->plus  ? "+"
			: spec->blank ? " "
				      : "");
}

static void put_narrow(struct out *out, const struct spec *spec, const char *text, size_t length)
{
	int blanks;

	if (spec->precision >= 0 && length > (size_t)spec->precision) {
		length = (size_t)spec->precision;
	}
	blanks = length < (size_t)INT_MAX ? spec->width - (int)length : 0;
	fill(out, ' ', spec->left ? 0 : blanks);
	for (size_t i = 0; i < length; i++) {
		put(out, text[i]);
	}
	fill(out, ' ', spec->left ? blanks : 0);
}

static void put_wide(struct out *out, const struct spec *spec, PCWSTR text, size_t length)
{
	int blanks;

	if (spec->precision >= 0 && length > (size_t)spec->precision) {
		length = (size_t)spec->precision;
	}
	blanks = length < (size_t)INT_MAX ? spec->width - (int)length : 0;
	fill(out, ' ', spec->left ? 0 : blanks);
	for (PCWSTR at = text, end = text + length; at != end;) {
		char bytes[4];
		unsigned count = si_wdk_put_utf8(si_wdk_get_utf16(&at, end), bytes);

		for (unsigned i = 0; i < count; i++) {
			put(out, bytes[i]);
		}
	}
	fill(out, ' ', spec->left ? blanks : 0);
}

static void put_null(struct out *out, const struct spec *spec)
{
	put_narrow(out, spec, "(null)", 6);
}

/* The length of a string that may have no zero within the precision. */
static size_t narrow_length(const char *s, int precision)
{
	size_t length = 0;

	while ((precision < 0 || length < (size_t)precision) && s[length] != '\0') {
		length++;
	}
	return length;
}

static size_t wide_length(PCWSTR s, int precision)
{
	size_t length = 0;

	while ((precision < 0 || length < (size_t)precision) && s[length] != 0) {
		length++;
	}
	return length;
}

/* Without a size, %s and %c have the width of the call, in capitals the other. */
static bool is_wide(const struct out *out, const struct spec *spec)
{
	if (spec->size == SIZE_WIDE || spec->size == SIZE_NARROW) {
		return spec->size == SIZE_WIDE;
	}
	switch (spec->type) {
	case 's':
	case 'c':
		return out->is_wide;
	case 'S':
	case 'C':
		return !out->is_wide;
	default:
		return false;
	}
}

static void put_string(struct out *out, const struct spec *spec, va_list *args)
{
	const void *text = va_arg(*args, const void *);

	if (text == NULL) {
		put_null(out, spec);
	} else if (is_wide(out, spec)) {
		put_wide(out, spec, text, wide_length(text, spec->precision));
	} else {
		put_narrow(out, spec, text, narrow_length(text, spec->precision));
	}
}

static void put_char(struct out *out, const struct spec *spec, va_list *args)
{
	int c = va_arg(*args, int);

	if (is_wide(out, spec)) {
		WCHAR wide = (WCHAR)c;

		put_wide(out, spec, &wide, 1);
	} else {
		char narrow = (char)c;

		put_narrow(out, spec, &narrow, 1);
	}
}

static void put_counted(struct out *out, const struct spec *spec, va_list *args)
{
	const void *string = va_arg(*args, const void *);

	if (is_wide(out, spec)) {
		PCUNICODE_STRING wide = string;

		if (wide == NULL || wide->Buffer == NULL) {
			put_null(out, spec);
		} else {
			put_wide(out, spec, wide->Buffer, wide->Length / sizeof(WCHAR));
		}
	} else {
		const STRING *narrow = string;

		if (narrow == NULL || narrow->Buffer == NULL) {
			put_null(out, spec);
		} else {
			put_narrow(out, spec, narrow->Buffer, narrow->Length);
		}
	}
}

static void put_pointer(struct out *out, struct spec *spec, va_list *args)
{
	spec->precision = 2 * (int)sizeof(void *);
	spec->type = 'X';
	put_number(out, spec, (ULONG_PTR)va_arg(*args, void *), 16, "");
}

/* In the alternate form the first digit is a zero, which it may be anyway. */
static void put_octal(struct out *out, const struct spec *spec, ULONGLONG value)
{
	int digits = value == 0 && spec->precision != 0;

	for (ULONGLONG rest = value; rest != 0; rest /= 8) {
		digits++;
	}
	if (spec->precision > digits || (value == 0 && digits != 0)) {
		put_number(out, spec, value, 8, "");
	} else {
		put_number(out, spec, value, 8, spec->alternate ? "0" : "");
	}
}

/* False for a type that is none: the caller prints it as it is. */
static bool put_spec(struct out *out, struct spec *spec, va_list *args)
{
	switch (spec->type) {
	case 'd':
	case 'i':
		put_signed(out, spec, read_signed(spec->size, args));
		return true;
	case 'u':
		put_number(out, spec, read_unsigned(spec->size, args), 10, "");
		return true;
	case 'o':
		put_octal(out, spec, read_unsigned(spec->size, args));
		return true;
	case 'x':
	case 'X': {
		ULONGLONG value = read_unsigned(spec->size, args);
		const char *prefix = spec->type == 'x' ? "0x" : "0X";

		put_number(out, spec, value, 16, spec->alternate && value != 0 ? prefix : "");
		return true;
	}
	case 'p':
		put_pointer(out, spec, args);
		return true;
	case 's':
	case 'S':
		put_string(out, spec, args);
		return true;
	case 'c':
	case 'C':
		put_char(out, spec, args);
		return true;
	case 'Z':
		put_counted(out, spec, args);
		return true;
	case 'e':
	case 'E':
	case 'f':
	case 'g':
	case 'G':
	case 'a':
	case 'A':
		/* Not supported there: the argument goes, the letters stay. */
		(void)va_arg(*args, double);
		return false;
	default:
		return false;
	}
}

/* One conversion, behind its percent sign; where it ends. */
static const char *convert(struct out *out, const char *at, va_list *args)
{
	struct spec spec = { .precision = -1 };
	const char *start = at;

	if (*at == '%') {
		put(out, '%');
		return at + 1;
	}
	at = read_flags(at, &spec);
	at = read_count(at, args, &spec.width);
	if (spec.width < 0) {
		spec.left = true;
		spec.width = -spec.width;
	}
	if (*at == '.') {
		at = read_count(at + 1, args, &spec.precision);
	}
	at = read_size(at, &spec.size);
	spec.type = *at;
	if (*at != '\0') {
		at++;
	}
	if (!put_spec(out, &spec, args)) {
		put(out, '%');
		for (; start != at; start++) {
			put(out, *start);
		}
	}
	return at;
}

size_t si_wdk_format(char *text, size_t size, const char *format, va_list args)
{
	struct out out = { .narrow = text, .room = size == 0 ? 0 : size - 1 };
	va_list rest;

	va_copy(rest, args);
	while (*format != '\0') {
		if (*format == '%') {
			format = convert(&out, format + 1, &rest);
		} else {
			put(&out, *format++);
		}
	}
	va_end(rest);
	if (size != 0) {
		text[out.length < out.room ? out.length : out.room] = '\0';
	}
	return out.length;
}

/* Copies a conversion, which is ASCII, behind its percent sign; where it ends. */
static PCWSTR narrow_conversion(PCWSTR at, char *text, size_t size)
{
	size_t length = 0;

	while (*at != 0 && length < size - 2 && *at < 0x80u &&
		strchr("-+ #0123456789.*hlwIjzt", (char)*at) != NULL) {
		text[length++] = (char)*at++;
	}
	if (*at != 0) {
		text[length++] = *at < 0x80u ? (char)*at : '?';
		at++;
	}
	text[length] = '\0';
	return at;
}

void si_wdk_print(char *text, size_t size, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)si_wdk_format(text, size, format, args);
	va_end(args);
}

size_t si_wdk_format_wide(PWSTR text, size_t size, PCWSTR format, va_list args)
{
	struct out out = { .is_wide = true, .wide = text, .room = size - 1 };
	va_list rest;

	va_copy(rest, args);
	while (*format != 0) {
		char conversion[32] = "";

		if (*format == '%') {
			format = narrow_conversion(format + 1, conversion, sizeof(conversion));
			(void)convert(&out, conversion, &rest);
		} else {
			PCWSTR end = format[1] != 0 ? format + 2 : format + 1;
			unsigned count =
				si_wdk_put_utf8(si_wdk_get_utf16(&format, end), conversion);

			for (unsigned i = 0; i < count; i++) {
				put(&out, conversion[i]);
			}
		}
	}
	va_end(rest);
	if (out.have != 0) {
		end_character(&out);
	}
	text[out.length < out.room ? out.length : out.room] = 0;
	return out.length;
}
