/* SPDX-License-Identifier: MIT */
/* The parts of a suite, and its report. */
#ifndef SESSIO_TESTS_SUITE_H
#define SESSIO_TESTS_SUITE_H

#include <stdarg.h>
#include <stddef.h>

#define SUITE_TEXT 60000u

/* The answer to SUITE_RUN. */
struct suite_report {
	unsigned failed; /* 0: everything has passed */
	unsigned tests;
	char text[SUITE_TEXT];
};

#define SUITE_RUN CTL_CODE(FILE_DEVICE_UNKNOWN, 0xA00, METHOD_BUFFERED, FILE_ANY_ACCESS)

extern struct suite_report suite_report;

/* Adds to the report's text. */
void suite_say(const char *format, ...) __attribute__((format(gnu_printf, 1, 2)));
void suite_say_list(const char *format, va_list arguments);

/* The suite has failed; ends the calling thread. */
_Noreturn void suite_end(void);

/* The suite's own main(). */
int suite_main(void);

#endif /* SESSIO_TESTS_SUITE_H */
