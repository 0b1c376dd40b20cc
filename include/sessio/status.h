/* SPDX-License-Identifier: MIT */
/*
 * How every sessio_ function says what happened.
 *
 * A call that fails changes nothing and writes no out-parameter. When several
 * statuses apply, the order is: argument, then type, then rights, then state,
 * then memory.
 *
 * Default: a call keeps no reference, does not block, calls nobody back, and is
 *          open to any thread. The strings that it returns are constants.
 */
#ifndef SESSIO_STATUS_H
#define SESSIO_STATUS_H

/*
 * From examples/names_of_results.c:
 *
 *     sessio_status status = sessio_host_create(no_rules, &host);
 *
 *     if (status != SESSIO_OK) {
 *         printf("%s: %s\n", sessio_status_name(status), sessio_status_text(status));
 *     }
 */

#include <stdint.h>

#include <sessio/version.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Marks a result that must not be dropped. */
#if defined(__GNUC__)
#define SESSIO_MUST_CHECK __attribute__((warn_unused_result))
#else
#define SESSIO_MUST_CHECK
#endif

/** A timeout in milliseconds that never comes. */
#define SESSIO_FOREVER UINT32_MAX

/* XX(name, value, text): the one list of statuses. */
#define SESSIO_STATUS_MAP(XX)                                    \
	XX(OK, 0, "success")                                     \
	XX(INVALID_ARG, -1, "invalid argument")                  \
	XX(NO_RIGHTS, -2, "rights missing")                      \
	XX(REVOKED, -3, "revoked")                               \
	XX(BAD_STATE, -4, "not allowed in this state")           \
	XX(NOT_FOUND, -5, "not found")                           \
	XX(EXISTS, -6, "exists already")                         \
	XX(BUSY, -7, "shared in a way that does not allow this") \
	XX(LIMIT, -8, "a counter or table is full")              \
	XX(NO_MEMORY, -9, "out of memory")                       \
	XX(TIMEOUT, -10, "timed out")                            \
	XX(REFUSED, -11, "refused by a callback")                \
	XX(UNSUPPORTED, -12, "not supported here")               \
	XX(DISCONNECTED, -13, "the connection has ended")

/** The result of a call: SESSIO_OK is 0, every failure is negative. */
typedef enum sessio_status {
#define XX(name, value, text) SESSIO_##name = (value),
	SESSIO_STATUS_MAP(XX)
#undef XX
} sessio_status;

/**
 * A short English text for a status, "unknown status" for any other number.
 *
 * @return a string, never NULL.
 */
const char *sessio_status_text(sessio_status status);

/**
 * The name of a status as it is written in C, such as "SESSIO_BUSY";
 * "SESSIO_?" for any other number.
 *
 * @return a string, never NULL.
 */
const char *sessio_status_name(sessio_status status);

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_STATUS_H */
