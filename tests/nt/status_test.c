/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "nt/status.h"

/* The same table, written down a second time, in numbers. */
static const struct {
	sessio_status from;
	ULONG to;
} rows[] = {
	{ SESSIO_OK, 0x00000000u },
	{ SESSIO_INVALID_ARG, 0xC000000Du },
	{ SESSIO_NO_RIGHTS, 0xC0000022u },
	{ SESSIO_REVOKED, 0xC0000008u },
	{ SESSIO_BAD_STATE, 0xC0000184u },
	{ SESSIO_NOT_FOUND, 0xC0000225u },
	{ SESSIO_EXISTS, 0xC0000021u },
	{ SESSIO_BUSY, 0xC0000043u },
	{ SESSIO_LIMIT, 0xC0000044u },
	{ SESSIO_NO_MEMORY, 0xC000009Au },
	{ SESSIO_TIMEOUT, 0xC00000B5u },
	{ SESSIO_REFUSED, 0xC00000D0u },
	{ SESSIO_UNSUPPORTED, 0xC00000BBu },
	{ SESSIO_DISCONNECTED, 0xC00000B0u },
};

static void every_status_has_its_row(void **state)
{
	unsigned count = 0;

#define XX(name, value, text) count++;
	SESSIO_STATUS_MAP(XX)
#undef XX
	(void)state;
	assert_int_equal(count, RTL_NUMBER_OF(rows));
	for (size_t i = 0; i < RTL_NUMBER_OF(rows); i++) {
		assert_int_equal((ULONG)si_nt_status(rows[i].from), rows[i].to);
		assert_int_equal(NT_SUCCESS(si_nt_status(rows[i].from)), rows[i].from == SESSIO_OK);
	}
	assert_int_equal((ULONG)si_nt_status((sessio_status)99), 0xC00000E5u);
}

static void severities_are_the_two_top_bits(void **state)
{
	(void)state;
	assert_true(NT_SUCCESS(STATUS_SUCCESS) && NT_SUCCESS(STATUS_PENDING));
	assert_true(NT_SUCCESS(STATUS_OBJECT_NAME_EXISTS));
	assert_true(NT_INFORMATION(STATUS_OBJECT_NAME_EXISTS));
	assert_true(NT_WARNING(STATUS_BUFFER_OVERFLOW) && !NT_SUCCESS(STATUS_BUFFER_OVERFLOW));
	assert_true(NT_ERROR(STATUS_UNSUCCESSFUL) && !NT_ERROR(STATUS_BUFFER_OVERFLOW));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_status_has_its_row),
		cmocka_unit_test(severities_are_the_two_top_bits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
