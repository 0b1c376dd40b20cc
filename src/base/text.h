/* SPDX-License-Identifier: MIT */
/* Putting text together without a C library, in a buffer that may be too small. */
#ifndef SI_TEXT_H
#define SI_TEXT_H

#include <stddef.h>
#include <stdint.h>

/* The text is always a string if there is room for one; length goes on counting. */
struct si_text {
	char *at;
	size_t size;
	size_t length; /* of the whole text, without the final zero */
};

/* at may be NULL if size is 0. */
struct si_text si_text_start(char *at, size_t size);
void si_text_put(struct si_text *text, const char *more);
void si_text_put_number(struct si_text *text, uint64_t number);
void si_text_put_hex(struct si_text *text, uint64_t number);

#endif /* SI_TEXT_H */
