/* SPDX-License-Identifier: MIT */
/*
 * run_suite DRIVER...: loads each suite, runs it, prints its report if it has failed, and
 * unloads it. For Wine.
 */
#include <stdio.h>
#include <stdlib.h>

#include <windows.h>
#include <winioctl.h>

#include "suite.h"

static _Noreturn void give_up(const char *what)
{
	printf("%s: error %lu\n", what, (unsigned long)GetLastError());
	exit(1);
}

static SC_HANDLE make_service(SC_HANDLE services, const char *file)
{
	char path[MAX_PATH];
	SC_HANDLE service = OpenServiceA(services, "sessio_suite", SERVICE_ALL_ACCESS);

	if (service != NULL) {
		(void)DeleteService(service); /* of a suite that failed */
		(void)CloseServiceHandle(service);
	}
	if (GetFullPathNameA(file, sizeof(path), path, NULL) == 0) {
		give_up(file);
	}
	service = CreateServiceA(services, "sessio_suite", "sessio_suite", SERVICE_ALL_ACCESS,
		SERVICE_KERNEL_DRIVER, SERVICE_DEMAND_START, SERVICE_ERROR_NORMAL, path, NULL, NULL,
		NULL, NULL, NULL);
	if (service == NULL || !StartServiceA(service, 0, NULL)) {
		give_up("the driver does not start");
	}
	return service;
}

/* The number of tests that have passed; 0 if one has failed. */
static unsigned run(HANDLE device)
{
	static struct suite_report report;
	DWORD length;

	if (!DeviceIoControl(device, SUITE_RUN, NULL, 0, &report, sizeof(report), &length, NULL)) {
		printf("no report: error %lu\n", (unsigned long)GetLastError());
		return 0;
	}
	if (report.failed != 0) {
		printf("%s", report.text);
	}
	return report.failed != 0 ? 0 : report.tests;
}

static unsigned load_and_run(SC_HANDLE services, const char *file)
{
	SC_HANDLE service = make_service(services, file);
	HANDLE device = CreateFileA("\\\\.\\sessio_suite", GENERIC_READ | GENERIC_WRITE, 0, NULL,
		OPEN_EXISTING, 0, NULL);
	SERVICE_STATUS status;
	unsigned tests;

	if (device == INVALID_HANDLE_VALUE) {
		give_up("the suite cannot be opened");
	}
	tests = run(device);
	(void)CloseHandle(device);
	(void)ControlService(service, SERVICE_CONTROL_STOP, &status);
	(void)DeleteService(service);
	(void)CloseServiceHandle(service);
	printf("%s: %u tests %s\n", file, tests, tests != 0 ? "passed" : "or more: FAILED");
	(void)fflush(stdout);
	return tests;
}

int main(int argc, char **argv)
{
	SC_HANDLE services = OpenSCManagerA(NULL, NULL, SC_MANAGER_ALL_ACCESS);
	int passed = 0;

	if (argc < 2 || services == NULL) {
		give_up("usage: run_suite DRIVER...");
	}
	for (int i = 1; i < argc; i++) {
		passed += load_and_run(services, argv[i]) != 0;
	}
	printf("%d suites of %d have passed\n", passed, argc - 1);
	return passed == argc - 1 ? 0 : 1;
}
