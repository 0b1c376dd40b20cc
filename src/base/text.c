/* SPDX-License-Identifier: MIT */
#include "base/text.h"

struct si_text si_text_start(char *at, size_t size)
{
	struct si_text text = { at, at == NULL ? 0 : size, 0 };

	if (text.size != 0) {
		at[0] = '\0';
	}
	return text;
}

void si_text_put(struct si_text *text, const char *more)
{
	for (; *more != '\0'; more++, text->length++) {
		if (text->size != 0 && text->length < text->size - 1) {
			text->at[text->length] = *more;
			text->at[text->length + 1] = '\0';
		}
	}
}

static void put_digits(struct si_text *text, uint64_t number, unsigned base)
{
	char digits[21];
	size_t at = sizeof(digits) - 1;

	digits[at] = '\0';
	do {
		digits[--at] = "0123456789abcdef"[number % base];
		number /= base;
	} while (number != 0);
	si_text_put(text, &digits[at]);
}

void si_text_put_number(struct si_text *text, uint64_t number)
{
	put_digits(text, number, 10);
}

void si_text_put_hex(struct si_text *text, uint64_t number)
{
	si_text_put(text, "0x");
	put_digits(text, number, 16);
}
