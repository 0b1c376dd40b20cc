/* SPDX-License-Identifier: MIT */
/*
 * run_suite DRIVER...: loads each suite, runs it, prints its report if it has failed, and
 * unloads it. A suite that has failed stays loaded, and none is run after it.
 */
#include <stdio.h>

#include <windows.h>
#include <winioctl.h>

#include "../suite/suite.h"
#include "play.h"

/* The number of tests that have passed; 0 if one has failed. */
static unsigned run(void)
{
	static struct suite_report report;
	HANDLE device = CreateFileA("\\\\.\\sessio_suite", GENERIC_READ | GENERIC_WRITE, 0, NULL,
		OPEN_EXISTING, 0, NULL);
	DWORD length;

	EXPECT(device != INVALID_HANDLE_VALUE);
	EXPECT(DeviceIoControl(device, SUITE_RUN, NULL, 0, &report, sizeof(report), &length, NULL));
	EXPECT(CloseHandle(device));
	if (report.failed != 0) {
		printf("%s", report.text);
		return 0;
	}
	return report.tests;
}

static BOOL load_and_run(const char *file)
{
	SC_HANDLE service = play_make_service("sessio_suite", file);
	unsigned tests;

	EXPECT(play_load("sessio_suite"));
	tests = run();
	printf("%s: %u tests %s\n", file, tests, tests != 0 ? "passed" : "or more: FAILED");
	(void)fflush(stdout);
	if (tests != 0) {
		EXPECT(play_unload("sessio_suite"));
	}
	play_end_service(service);
	return tests != 0;
}

int main(int argc, char **argv)
{
	int passed = 0;

	EXPECT(argc > 1);
	play_begin();
	while (passed < argc - 1 && load_and_run(argv[passed + 1])) {
		passed++;
	}
	printf("%d suites of %d have passed\n", passed, argc - 1);
	if (passed != argc - 1) {
		return 1;
	}
	play_end();
	return 0;
}
