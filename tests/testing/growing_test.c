/* SPDX-License-Identifier: MIT */
/* Text that grows: it fits, or it just does not, or there is no memory for it. */
#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "testing/growing.h"

static unsigned allowed; /* so many allocations, and the next one fails */

void *__wrap_realloc(void *memory, size_t size);
void *__real_realloc(void *memory, size_t size);

void *__wrap_realloc(void *memory, size_t size)
{
	if (allowed == 0) {
		return NULL;
	}
	allowed--;
	return __real_realloc(memory, size);
}

/* A text that fills the room to its last byte has none left for its end. */
static void a_text_grows_by_what_fits_and_by_what_does_not(void **state)
{
	struct si_growing text = { 0 };

	(void)state;
	allowed = UINT32_MAX;
	si_growing_add(&text, "%s", "");
	assert_string_equal(text.bytes, "");
	for (int less = -1; less <= 1; less++) {
		size_t before = text.length;
		int more = (int)(text.room - text.length) + less;

		si_growing_add(&text, "%*s", more, "!");
		assert_int_equal(text.length, before + (size_t)more);
		assert_true(text.length < text.room);
		assert_int_equal(strlen(text.bytes), text.length);
		assert_int_equal(text.bytes[text.length - 1], '!');
		si_growing_add(&text, "%u", 7u);
		assert_string_equal(text.bytes + before + more, "7");
	}
	free(text.bytes);
}

static void text_that_there_is_no_memory_for_stays_empty(void **state)
{
	(void)state;
	for (unsigned before = 0; before < 2; before++) {
		struct si_growing text = { 0 };

		allowed = before;
		si_growing_add(&text, "%s", "short");
		assert_int_equal(text.failed, before == 0);
		si_growing_add(&text, "%2000s", "long");
		assert_true(text.failed);
		allowed = 1;
		si_growing_add(&text, "%s", "short");
		assert_int_equal(allowed, 1);
		assert_null(text.bytes);
		assert_int_equal(text.length, 0);
		assert_int_equal(text.room, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_grows_by_what_fits_and_by_what_does_not),
		cmocka_unit_test(text_that_there_is_no_memory_for_stays_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
