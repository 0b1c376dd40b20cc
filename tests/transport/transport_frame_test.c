/* SPDX-License-Identifier: MIT */
/* Frames: the page's vectors, and every bound from both sides. */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "transport/transport_frame.h"

#define VECTOR_BYTES 128

struct vector {
	bool good;
	char name[16]; /* a kind, or a reason */
	unsigned char bytes[VECTOR_BYTES];
	size_t size;
};

static unsigned digit_of(char digit)
{
	return (unsigned)(digit <= '9' ? digit - '0' : digit - 'a' + 10);
}

/* Digits in pairs, with spaces between some of them. */
static bool read_bytes(const char *digits, struct vector *out)
{
	out->size = 0;
	while (*digits != '\0' && *digits != '\n') {
		if (*digits == ' ') {
			digits++;
			continue;
		}
		if (strspn(digits, "0123456789abcdef") < 2 || out->size == VECTOR_BYTES) {
			return false;
		}
		out->bytes[out->size++] =
			(unsigned char)(digit_of(digits[0]) * 16 + digit_of(digits[1]));
		digits += 2;
	}
	return true;
}

static bool read_vector(const char *line, struct vector *out)
{
	size_t word = strcspn(line, " ");
	const char *name = line + word + strspn(line + word, " ");
	size_t size = strcspn(name, " ");

	out->good = strncmp(line, "good ", 5) == 0;
	if ((!out->good && strncmp(line, "bad ", 4) != 0) || size >= sizeof(out->name)) {
		return false;
	}
	memcpy(out->name, name, size);
	out->name[size] = '\0';
	return read_bytes(name + size, out);
}

static const char *reason_name(enum si_frame_reason reason)
{
	switch (reason) {
#define XX(name, value, text)        \
	case SI_FRAME_REASON_##name: \
		return #name;
		SI_FRAME_REASON_MAP(XX)
#undef XX
	}
	return "?";
}

/* A copy of exactly these bytes, so that a sanitizer sees a read beyond them. */
static unsigned char *exactly(const unsigned char *bytes, size_t size)
{
	unsigned char *copy = malloc(size == 0 ? 1 : size);

	assert_non_null(copy);
	memcpy(copy, bytes, size);
	return copy;
}

static enum si_frame_result parse(const unsigned char *bytes, size_t size, size_t limit,
	struct si_frame *out_frame, size_t *out_size, enum si_frame_reason *out_reason)
{
	unsigned char *copy = exactly(bytes, size);
	enum si_frame_result result =
		si_frame_parse(copy, size, limit, out_frame, out_size, out_reason);

	free(copy);
	return result;
}

static void expect_good(const struct vector *vector)
{
	unsigned char *copy = exactly(vector->bytes, vector->size);
	unsigned char again[VECTOR_BYTES];
	struct si_frame frame;
	enum si_frame_reason reason;
	size_t size;

	for (size_t i = 0; i < vector->size; i++) {
		assert_int_equal(
			parse(vector->bytes, i, SI_FRAME_BYTES_MAX, &frame, &size, &reason),
			SI_FRAME_PARTIAL);
		assert_true(size > i && size <= vector->size);
	}
	assert_int_equal(
		si_frame_parse(copy, vector->size, SI_FRAME_BYTES_MAX, &frame, &size, &reason),
		SI_FRAME_WHOLE);
	assert_int_equal(size, vector->size);
	assert_string_equal(si_frame_kind_name(frame.kind), vector->name);
	assert_true(si_frame_is_known(frame.kind));
	assert_int_equal(si_frame_size(&frame, SI_FRAME_BYTES_MAX), vector->size);
	si_frame_write(&frame, again);
	assert_memory_equal(again, vector->bytes, vector->size);
	free(copy);
}

static void expect_bad(const struct vector *vector)
{
	struct si_frame frame = { .number = 99 };
	enum si_frame_reason reason = SI_FRAME_REASON_NONE;
	size_t size;

	assert_int_equal(
		parse(vector->bytes, vector->size, SI_FRAME_BYTES_MAX, &frame, &size, &reason),
		SI_FRAME_BROKEN);
	assert_string_equal(reason_name(reason), vector->name);
	assert_int_equal(frame.number, 99);
}

static void the_vectors_of_the_page_are_judged_as_it_says(void **state)
{
	FILE *page = fopen(PROTOCOL, "r");
	char line[512];
	bool inside = false;
	unsigned good = 0;
	unsigned bad = 0;
	struct vector vector = { 0 };

	(void)state;
	assert_non_null(page);
	while (fgets(line, sizeof(line), page) != NULL) {
		if (strncmp(line, "```", 3) == 0) {
			inside = strcmp(line, "```vectors\n") == 0;
			continue;
		}
		if (!inside) {
			continue;
		}
		assert_true(read_vector(line, &vector));
		if (vector.good) {
			expect_good(&vector);
			good++;
		} else {
			expect_bad(&vector);
			bad++;
		}
	}
	(void)fclose(page);
	assert_true(good >= 17 && bad >= 19);
}

/* A CALL with that many bytes behind the operation. */
static size_t call_of(size_t more, unsigned char *out)
{
	static unsigned char bytes[SI_FRAME_BYTES_MAX];
	struct si_frame frame = {
		.kind = SI_FRAME_CALL, .number = 1, .operation = 7, .bytes = bytes, .size = more
	};
	size_t size = si_frame_size(&frame, SI_FRAME_BYTES_MAX);

	if (size != 0) {
		si_frame_write(&frame, out);
	}
	return size;
}

static void a_frame_may_be_as_long_as_the_limit_and_no_longer(void **state)
{
	static unsigned char bytes[SI_FRAME_BYTES_MAX];
	struct si_frame frame;
	enum si_frame_reason reason;
	size_t size = call_of(SI_FRAME_BYTES_MAX - 16, bytes);

	(void)state;
	assert_int_equal(size, SI_FRAME_BYTES_MAX);
	assert_int_equal(
		parse(bytes, size, SI_FRAME_BYTES_MAX, &frame, &size, &reason), SI_FRAME_WHOLE);
	assert_int_equal(
		parse(bytes, SI_FRAME_BYTES_MAX, SI_FRAME_BYTES_MAX - 1, &frame, &size, &reason),
		SI_FRAME_BROKEN);
	assert_int_equal(reason, SI_FRAME_REASON_LENGTH);
	assert_int_equal(call_of(SI_FRAME_BYTES_MAX - 15, bytes), 0);
	/* The length is refused before any byte of the body is there. */
	assert_int_equal(
		parse(bytes, SI_FRAME_HEADER_BYTES, SI_FRAME_BYTES_MAX - 1, &frame, &size, &reason),
		SI_FRAME_BROKEN);
}

static void a_frame_has_as_many_handles_as_its_kind_wants(void **state)
{
	struct si_frame frame = { .kind = SI_FRAME_CALL, .number = 1 };

	(void)state;
	frame.handle_count = SI_FRAME_HANDLES_MAX;
	assert_int_equal(si_frame_size(&frame, SI_FRAME_BYTES_MAX), 12 + 64 + 4);
	frame.handle_count = SI_FRAME_HANDLES_MAX + 1;
	assert_int_equal(si_frame_size(&frame, SI_FRAME_BYTES_MAX), 0);
	frame.kind = SI_FRAME_PASS;
	frame.handle_count = 0;
	assert_int_equal(si_frame_size(&frame, SI_FRAME_BYTES_MAX), 0);
	frame.handle_count = 1;
	assert_int_equal(si_frame_size(&frame, SI_FRAME_BYTES_MAX), 24);
}

static void a_name_has_1_to_255_bytes(void **state)
{
	static char name[SI_FRAME_NAME_MAX + 1];
	static unsigned char bytes[SI_FRAME_BYTES_MAX];
	struct si_frame frame = { .kind = SI_FRAME_OPEN, .number = 1, .name = name };
	struct si_frame parsed;
	enum si_frame_reason reason;
	size_t size;

	(void)state;
	memset(name, 'n', sizeof(name));
	frame.name_size = 0;
	assert_int_equal(si_frame_size(&frame, SI_FRAME_BYTES_MAX), 0);
	frame.name_size = SI_FRAME_NAME_MAX + 1;
	assert_int_equal(si_frame_size(&frame, SI_FRAME_BYTES_MAX), 0);
	frame.name_size = SI_FRAME_NAME_MAX;
	size = si_frame_size(&frame, SI_FRAME_BYTES_MAX);
	assert_int_equal(size, 12 + 8 + 2 + SI_FRAME_NAME_MAX);
	si_frame_write(&frame, bytes);
	assert_int_equal(si_frame_parse(bytes, size, SI_FRAME_BYTES_MAX, &parsed, &size, &reason),
		SI_FRAME_WHOLE);
	assert_int_equal(parsed.name_size, SI_FRAME_NAME_MAX);
	assert_memory_equal(parsed.name, name, SI_FRAME_NAME_MAX);
	/* One more, by hand: the length field is at 20. */
	bytes[20] = 0;
	bytes[21] = 1;
	bytes[0]++;
	assert_int_equal(
		si_frame_parse(bytes, size + 1, SI_FRAME_BYTES_MAX, &parsed, &size, &reason),
		SI_FRAME_BROKEN);
	assert_int_equal(reason, SI_FRAME_REASON_BODY);
}

static void an_unknown_kind_is_taken_for_an_answer(void **state)
{
	const unsigned char bytes[] = { 0x0e, 0, 0, 0, 0x7f, 0, 0, 0, 6, 0, 0, 0, 1, 2 };
	struct si_frame frame;
	enum si_frame_reason reason;
	size_t size;

	(void)state;
	assert_int_equal(parse(bytes, sizeof(bytes), SI_FRAME_BYTES_MAX, &frame, &size, &reason),
		SI_FRAME_WHOLE);
	assert_int_equal(frame.kind, 0x7f);
	assert_int_equal(frame.number, 6);
	assert_false(si_frame_is_known(frame.kind));
	assert_string_equal(si_frame_kind_name(frame.kind), "?");
}

static void every_reason_has_a_text(void **state)
{
	(void)state;
	for (unsigned i = 0; i <= SI_FRAME_REASON_TIME; i++) {
		assert_string_not_equal(si_frame_reason_text((uint16_t)i), "an unknown reason");
	}
	assert_string_equal(si_frame_reason_text(SI_FRAME_REASON_TIME + 1), "an unknown reason");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_vectors_of_the_page_are_judged_as_it_says),
		cmocka_unit_test(a_frame_may_be_as_long_as_the_limit_and_no_longer),
		cmocka_unit_test(a_frame_has_as_many_handles_as_its_kind_wants),
		cmocka_unit_test(a_name_has_1_to_255_bytes),
		cmocka_unit_test(an_unknown_kind_is_taken_for_an_answer),
		cmocka_unit_test(every_reason_has_a_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
