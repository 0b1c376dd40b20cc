/* SPDX-License-Identifier: MIT */
/*
 * Our reading of <rtl/retcode_hr.h>: a Retcode in a printf, for people.
 *
 * Default: a call keeps no reference, does not block, calls nobody back, and is
 *          open to any thread. The strings that it returns are constants.
 */
#ifndef RTL_RETCODE_HR_H
#define RTL_RETCODE_HR_H

#include <rtl/compiler.h>
#include <rtl/retcode.h>

__RTL_BEGIN_DECLS

#define RETCODE_HR_FMT "%s (0x%08x)"
#define RETCODE_HR_PARAMS(rc) sessio_retcode_name(rc), SESSIO_RTL_CAST(unsigned, rc)

/**
 * The name of a code as it is written in C, such as "rcBusy"; "unknown code" for
 * any other number.
 *
 * @return a string, never NULL.
 */
const char *sessio_retcode_name(Retcode rc);

__RTL_END_DECLS

#endif /* RTL_RETCODE_HR_H */
