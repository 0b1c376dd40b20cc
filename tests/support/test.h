/* SPDX-License-Identifier: MIT */
/* cmocka with the includes it needs; every test includes this first. */
#ifndef SESSIO_TESTS_TEST_H
#define SESSIO_TESTS_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif /* SESSIO_TESTS_TEST_H */
