/* SPDX-License-Identifier: MIT */
/* Every history that a driver can meet, and the shortest in which it fails. */
#include <stdio.h>

#include <sessio/testing_explore_driver.h>

SESSIO_DRIVER(silent);

static bool print(const char *text, size_t length, void *ctx)
{
	(void)ctx;
	return fwrite(text, 1, length, stdout) == length;
}

int main(void)
{
	const sessio_explore_failure *failure;
	sessio_explore *result;
	sessio_status status = SESSIO_OK;

	if (sessio_explore_driver(silent, L"\\Device\\NextLogon", NULL, &result) != SESSIO_OK) {
		return 1;
	}
	failure = sessio_explore_get_failure(result, 0);
	if (failure != NULL) {
		printf("%s\n\n", failure->text);
		status = sessio_scenario_print(failure->scenario, print, NULL);
	}
	sessio_explore_destroy(result);
	return failure != NULL && status == SESSIO_OK ? 0 : 1;
}
