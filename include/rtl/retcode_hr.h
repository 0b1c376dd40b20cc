/* SPDX-License-Identifier: MIT */
/*
 * Our reading of <rtl/retcode_hr.h>: a Retcode in a printf, for people. The two macros
 * are documented by their use; sessio_retcode_name() and sessio_retcode_text() are ours.
 *
 * Default: a call keeps no reference, does not block, calls nobody back, and is
 *          open to any thread. The strings that it returns are constants.
 */
#ifndef RTL_RETCODE_HR_H
#define RTL_RETCODE_HR_H

#include <rtl/compiler.h>
#include <rtl/retcode.h>

__RTL_BEGIN_DECLS

#define RETCODE_HR_FMT "%s"
/* Evaluates its argument once. The text lives until the end of the full expression. */
#define RETCODE_HR_PARAMS(rc) (sessio_retcode_text(rc).text)

/** A code as people read it. */
struct sessio_retcode_text {
	char text[48];
};

/**
 * The name of a code as it is written in C, such as "rcBusy"; "unknown code" for
 * any other number.
 *
 * @return a string, never NULL.
 */
const char *sessio_retcode_name(Retcode rc);

/**
 * The name and the number of a code, such as "rcBusy (0x80000004)".
 *
 * @return the text, by value.
 */
struct sessio_retcode_text sessio_retcode_text(Retcode rc);

__RTL_END_DECLS

#endif /* RTL_RETCODE_HR_H */
