/* SPDX-License-Identifier: MIT */
/*
 * For LD_PRELOAD: of a program of tests only the function that SESSIO_ONLY_TEST names
 * is run. So a fault that stops the program in an earlier one hides nothing.
 */
#include <stdlib.h>

void cmocka_set_test_filter(const char *pattern);

__attribute__((constructor)) static void choose(void)
{
	cmocka_set_test_filter(getenv("SESSIO_ONLY_TEST"));
}
