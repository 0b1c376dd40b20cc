/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>

#include <windows.h>
#include <winioctl.h>

#include "play.h"
#include "stand_in_control.h"

static HANDLE kernel;
static SC_HANDLE stand_in;

void play_expect(int fine, const char *what, const char *file, int line)
{
	if (!fine) {
		printf("%s:%d: not so: %s (last error %lu)\n", file, line, what,
			(unsigned long)GetLastError());
		(void)fflush(stdout);
		exit(1);
	}
}

static SC_HANDLE services(void)
{
	static SC_HANDLE manager;

	if (manager == NULL) {
		manager = OpenSCManagerA(NULL, NULL, SC_MANAGER_ALL_ACCESS);
	}
	EXPECT(manager != NULL);
	return manager;
}

void play_end_service(SC_HANDLE service)
{
	EXPECT(DeleteService(service) && CloseServiceHandle(service));
}

SC_HANDLE play_make_service(const char *name, const char *file)
{
	char path[MAX_PATH];
	SC_HANDLE service;

	EXPECT(GetFullPathNameA(file, sizeof(path), path, NULL) != 0);
	EXPECT(GetFileAttributesA(path) != INVALID_FILE_ATTRIBUTES);
	service = OpenServiceA(services(), name, SERVICE_ALL_ACCESS);
	if (service != NULL) {
		play_end_service(service); /* of a test that failed */
	}
	service = CreateServiceA(services(), name, name, SERVICE_ALL_ACCESS, SERVICE_KERNEL_DRIVER,
		SERVICE_DEMAND_START, SERVICE_ERROR_NORMAL, path, NULL, NULL, NULL, NULL, NULL);
	EXPECT(service != NULL);
	return service;
}

void play_begin(void)
{
	stand_in = play_make_service("sessio_stand_in", "sessio_stand_in.sys");
	EXPECT(StartServiceA(stand_in, 0, NULL));
	kernel = CreateFileA("\\\\.\\sessio_stand_in", GENERIC_READ | GENERIC_WRITE,
		FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
	EXPECT(kernel != INVALID_HANDLE_VALUE);
}

/* The handle is left open until the driver has gone: Wine stops it while a close is on its way. */
void play_end(void)
{
	SERVICE_STATUS status;

	EXPECT(ControlService(stand_in, SERVICE_CONTROL_STOP, &status));
	EXPECT(CloseHandle(kernel));
	play_end_service(stand_in);
}

static BOOL request(DWORD code, struct stand_in_request *of)
{
	DWORD length;

	return DeviceIoControl(kernel, code, of, sizeof(*of), NULL, 0, &length, NULL);
}

BOOL play(DWORD code, ULONG a, ULONG b, ULONG c)
{
	struct stand_in_request of = { .arguments = { a, b, c } };

	return request(code, &of);
}

static BOOL request_for(DWORD code, const char *name)
{
	struct stand_in_request of = { .arguments = { 0 } };
	char path[STAND_IN_NAME];

	(void)snprintf(path, sizeof(path),
		"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\%s", name);
	for (size_t i = 0; path[i] != '\0'; i++) {
		of.service[i] = (WCHAR)path[i];
	}
	return request(code, &of);
}

BOOL play_load(const char *name)
{
	return request_for(STAND_IN_LOAD, name);
}

BOOL play_unload(const char *name)
{
	return request_for(STAND_IN_UNLOAD, name);
}

struct stand_in_counts play_count(void)
{
	struct stand_in_counts counts;
	DWORD length;

	EXPECT(DeviceIoControl(
		kernel, STAND_IN_COUNT, NULL, 0, &counts, sizeof(counts), &length, NULL));
	return counts;
}
