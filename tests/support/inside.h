/* SPDX-License-Identifier: MIT */
/*
 * Checks for callbacks. A failing assertion of cmocka is a longjmp, which must not
 * leave a callback. So a check in a callback records, and the test asserts when the
 * call that ran the callback has returned. A record that no test asserts ends the
 * program as a failure.
 */
#ifndef SESSIO_TESTS_INSIDE_H
#define SESSIO_TESTS_INSIDE_H

#include <stdbool.h>

/* Records the first condition that is false; returns the condition. On any thread. */
#define note_that(condition) note_record((condition), #condition, __FILE__, __LINE__)

bool note_record(bool fine, const char *what, const char *file, int line);

/* Outside of callbacks: fails the test if a condition was false. */
void notes_assert(void);

#endif /* SESSIO_TESTS_INSIDE_H */
