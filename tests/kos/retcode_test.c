/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include <rtl/retcode.h>
#include <rtl/retcode_hr.h>

#include "kos/retcode.h"

/* Every row of the decisions, stated once more. */
static const struct {
	sessio_status status;
	Retcode code;
} rows[] = {
	{ SESSIO_OK, rcOk },
	{ SESSIO_INVALID_ARG, rcInvalidArgument },
	{ SESSIO_NO_RIGHTS, rcNoCapability },
	{ SESSIO_REVOKED, rcHandleRevoked },
	{ SESSIO_BAD_STATE, rcInvalidOperation },
	{ SESSIO_NOT_FOUND, rcResourceNotFound },
	{ SESSIO_EXISTS, rcAlreadyExists },
	{ SESSIO_BUSY, rcBusy },
	{ SESSIO_LIMIT, rcQuotaExceeded },
	{ SESSIO_NO_MEMORY, rcOutOfMemory },
	{ SESSIO_TIMEOUT, rcTimeout },
	{ SESSIO_REFUSED, rcFail },
	{ SESSIO_UNSUPPORTED, rcUnimplemented },
	{ SESSIO_DISCONNECTED, rcNotConnected },
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static void every_status_has_its_code(void **state)
{
	size_t statuses = 0;

	(void)state;
#define XX(name, value, text) statuses++;
	SESSIO_STATUS_MAP(XX)
#undef XX
	assert_int_equal(ROWS, statuses);
	for (size_t i = 0; i < ROWS; i++) {
		assert_int_equal(si_retcode(rows[i].status), rows[i].code);
		for (size_t j = 0; j < i; j++) {
			assert_int_not_equal(rows[i].status, rows[j].status);
			assert_int_not_equal(rows[i].code, rows[j].code);
		}
	}
	assert_int_equal(si_retcode((sessio_status)12345), rcFail);
}

static void only_a_refusal_takes_the_callbacks_word(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		Retcode expected = rows[i].status == SESSIO_REFUSED ? 4711 : rows[i].code;

		assert_int_equal(si_retcode_or(rows[i].status, 4711), expected);
	}
}

/* The general space by name: numbers are ours, and only success has a known one. */
#define CODES(XX)              \
	XX(rcOk)               \
	XX(rcFail)             \
	XX(rcInvalidArgument)  \
	XX(rcOutOfMemory)      \
	XX(rcBusy)             \
	XX(rcTimeout)          \
	XX(rcResourceNotFound) \
	XX(rcAlreadyExists)    \
	XX(rcInvalidOperation) \
	XX(rcNoCapability)     \
	XX(rcHandleRevoked)    \
	XX(rcQuotaExceeded)    \
	XX(rcUnimplemented)    \
	XX(rcNotReady)         \
	XX(rcNotConnected)     \
	XX(rcBufferTooSmall)   \
	XX(rcBufferTooLarge)   \
	XX(rcSecurityDisallow) \
	XX(rcDeviceNotFound)   \
	XX(rcAbort)            \
	XX(rcInternalError)    \
	XX(rcTransferError)    \
	XX(rcReceiveError)     \
	XX(rcSourceFault)      \
	XX(rcTargetFault)      \
	XX(rcIpcInterrupt)     \
	XX(rcRestart)          \
	XX(rcFutexWouldBlock)  \
	XX(rcInvalidThreadState)

static void every_code_has_its_name(void **state)
{
	(void)state;
#define XX(code) assert_string_equal(sessio_retcode_name(code), #code);
	CODES(XX)
#undef XX
	assert_string_equal(sessio_retcode_name(1), "unknown code");
	assert_string_equal(sessio_retcode_name(MAKE_RETCODE(
				    RC_CUSTOMER_TRUE, RC_SPACE_GENERAL, 0, 2, "not the system's")),
		"unknown code");
}

/* Two equal labels would not compile, nor would a code that is no constant. */
static bool is_a_failure(Retcode rc)
{
	switch (rc) {
	case rcOk:
		return false;
	case rcFail:
	case rcInvalidArgument:
	case rcOutOfMemory:
	case rcBusy:
	case rcTimeout:
	case rcResourceNotFound:
	case rcAlreadyExists:
	case rcInvalidOperation:
	case rcNoCapability:
	case rcHandleRevoked:
	case rcQuotaExceeded:
	case rcUnimplemented:
	case rcNotReady:
	case rcNotConnected:
	case rcBufferTooSmall:
	case rcBufferTooLarge:
	case rcSecurityDisallow:
	case rcDeviceNotFound:
	case rcAbort:
	case rcInternalError:
	case rcTransferError:
	case rcReceiveError:
	case rcSourceFault:
	case rcTargetFault:
	case rcIpcInterrupt:
	case rcRestart:
	case rcFutexWouldBlock:
	case rcInvalidThreadState:
		return true;
	default:
		return false;
	}
}

static void codes_are_constants_and_all_but_success_are_negative(void **state)
{
	(void)state;
	_Static_assert(rcOk == 0, "documented");
	_Static_assert(sizeof(Retcode) == 4, "documented");
	_Static_assert(rcAbort < 0 && rcFail < 0, "an error has its severity set");
#define XX(code)                                              \
	assert_int_equal(is_a_failure(code), (code) != rcOk); \
	assert_true((code) < 0 || (code) == rcOk);
	CODES(XX)
#undef XX
}

/* Every field of a code is somewhere, and no two share a bit. */
static void the_fields_of_a_code_keep_apart(void **state)
{
	const Retcode none = MAKE_RETCODE(0, 0, 0, 0, "");
	const Retcode fields[] = { MAKE_RETCODE(1, 0, 0, 0, ""), MAKE_RETCODE(0, 0x3f, 0, 0, ""),
		MAKE_RETCODE(0, 0, 0xff, 0, ""), MAKE_RETCODE(0, 0, 0, 0xffff, "") };
	uint32_t all = (uint32_t)none;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		uint32_t own = (uint32_t)fields[i] ^ (uint32_t)none;

		assert_true(fields[i] < 0);
		assert_int_equal(all & own, 0);
		all |= own;
	}
	assert_int_equal(all, UINT32_MAX);
}

static void a_code_can_be_printed_for_people(void **state)
{
	char text[64];

	(void)state;
	snprintf(text, sizeof(text), "open: " RETCODE_HR_FMT ".", RETCODE_HR_PARAMS(rcOk));
	assert_string_equal(text, "open: rcOk (0x00000000).");
	snprintf(text, sizeof(text), RETCODE_HR_FMT, RETCODE_HR_PARAMS(rcBusy));
	assert_non_null(strstr(text, "rcBusy (0x8"));
	snprintf(text, sizeof(text), RETCODE_HR_FMT, RETCODE_HR_PARAMS(0x1234abc));
	assert_string_equal(text, "unknown code (0x01234abc)");
	/* The longest one is whole. */
	snprintf(text, sizeof(text), RETCODE_HR_FMT, RETCODE_HR_PARAMS(rcInvalidThreadState));
	assert_int_equal(strlen(text), strlen("rcInvalidThreadState (0x80000000)"));
}

static void a_printed_code_is_evaluated_once(void **state)
{
	Retcode codes[] = { rcOk, rcBusy };
	const Retcode *next = codes;
	char text[64];

	(void)state;
	snprintf(text, sizeof(text), RETCODE_HR_FMT, RETCODE_HR_PARAMS(*next++));
	assert_string_equal(text, "rcOk (0x00000000)");
	assert_ptr_equal(next, &codes[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_status_has_its_code),
		cmocka_unit_test(only_a_refusal_takes_the_callbacks_word),
		cmocka_unit_test(every_code_has_its_name),
		cmocka_unit_test(codes_are_constants_and_all_but_success_are_negative),
		cmocka_unit_test(the_fields_of_a_code_keep_apart),
		cmocka_unit_test(a_code_can_be_printed_for_people),
		cmocka_unit_test(a_printed_code_is_evaluated_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
