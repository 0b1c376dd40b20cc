/* SPDX-License-Identifier: MIT */
/*
 * ask CASE DRIVER: one test of the example driver under Wine. Plays the kernel through the
 * stand-in's device, and asks the driver through its own. The first thing that is
 * otherwise than expected ends it with a failure, and is printed.
 *
 * It makes, starts and stops the services itself: Wine ends all drivers when the last
 * program of a user has ended.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <windows.h>
#include <winioctl.h>

#include "lister.h"
#include "stand_in_control.h"

#define SUCCESS 0u
#define EXPECT(condition) expect((condition), #condition, __LINE__)

enum { CREATED = 1, TERMINATED, CONNECTED, DISCONNECTED, LOGON, LOGOFF }; /* events */
enum {
	STATE_CREATED = 1,
	STATE_CONNECTED = 3,
	STATE_DISCONNECTED,
	STATE_DISCONNECTED_LOGGED_ON,
	STATE_LOGGED_ON,
	STATE_LOGGED_OFF
}; /* states */

static HANDLE kernel;

static void expect(int fine, const char *what, int line)
{
	if (!fine) {
		printf("ask.c:%d: not so: %s (last error %lu)\n", line, what,
			(unsigned long)GetLastError());
		(void)fflush(stdout);
		exit(1);
	}
}

static BOOL play(DWORD code, ULONG a, ULONG b, ULONG c)
{
	struct stand_in_request request = { { a, b, c } };
	DWORD length;

	return DeviceIoControl(kernel, code, &request, sizeof(request), NULL, 0, &length, NULL);
}

static struct stand_in_counts count(void)
{
	struct stand_in_counts counts;
	DWORD length;

	EXPECT(DeviceIoControl(
		kernel, STAND_IN_COUNT, NULL, 0, &counts, sizeof(counts), &length, NULL));
	return counts;
}

static HANDLE open_device(DWORD share)
{
	return CreateFileA("\\\\.\\sessio_lister", GENERIC_READ | GENERIC_WRITE, share, NULL,
		OPEN_EXISTING, 0, NULL);
}

#define SHARE_ALL (FILE_SHARE_READ | FILE_SHARE_WRITE)

static struct lister_list list_by(HANDLE device)
{
	struct lister_list list;
	DWORD length = 0;

	EXPECT(DeviceIoControl(
		device, LISTER_IOCTL_LIST, NULL, 0, &list, sizeof(list), &length, NULL));
	EXPECT(length == sizeof(list));
	return list;
}

static BOOL use(HANDLE device)
{
	DWORD length;

	return DeviceIoControl(device, LISTER_IOCTL_USE, NULL, 0, NULL, 0, &length, NULL);
}

/* The state of a user session; 0 if the driver does not know it. */
static ULONG state_in(const struct lister_list *list, ULONG id)
{
	for (ULONG i = 0; i < list->user_count && i < LISTER_MAX; i++) {
		if (list->users[i].id == id) {
			return list->users[i].state;
		}
	}
	return 0;
}

static void load(void)
{
	EXPECT(play(STAND_IN_LOAD, 0, 0, 0));
}

static void unload(void)
{
	EXPECT(play(STAND_IN_UNLOAD, 0, 0, 0));
	EXPECT(count().registrations == 0);
	EXPECT(open_device(SHARE_ALL) == INVALID_HANDLE_VALUE);
	EXPECT(play(STAND_IN_FORGET, 0, 0, 0));
}

static void happen(ULONG session, ULONG event)
{
	EXPECT(play(STAND_IN_EVENT, session, event, 1));
}

/* Calls of session 0 are of no user whose session is listed below. */
static HANDLE open_as(ULONG user, DWORD share)
{
	EXPECT(play(STAND_IN_REQUESTOR, user, 0, 0));
	return open_device(share);
}

struct step {
	ULONG session;
	ULONG event;
};

/* The recorded trace: a user on the console returns over the network, and comes back. */
static void trace(void)
{
	static const struct step steps[] = { { 2, CREATED }, { 2, CONNECTED }, { 1, DISCONNECTED },
		{ 2, DISCONNECTED }, { 3, CREATED }, { 3, CONNECTED }, { 1, CONNECTED },
		{ 2, TERMINATED }, { 1, DISCONNECTED }, { 3, DISCONNECTED }, { 1, CONNECTED },
		{ 3, TERMINATED } };
	/* Of the sessions 1, 2 and 3 after each step. */
	static const ULONG states[][3] = { { 0, 1, 0 }, { 0, 3, 0 }, { 5, 3, 0 }, { 5, 4, 0 },
		{ 5, 4, 1 }, { 5, 4, 3 }, { 6, 4, 3 }, { 6, 0, 3 }, { 5, 0, 3 }, { 5, 0, 4 },
		{ 6, 0, 4 }, { 6, 0, 0 } };
	HANDLE device;

	EXPECT(play(STAND_IN_SESSION, 1, STATE_LOGGED_ON, 1));
	load();
	device = open_as(0, SHARE_ALL);
	EXPECT(device != INVALID_HANDLE_VALUE);
	EXPECT(list_by(device).registration == 0);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct lister_list list;

		happen(steps[i].session, steps[i].event);
		list = list_by(device);
		for (ULONG session = 1; session <= 3; session++) {
			EXPECT(state_in(&list, session) == states[i][session - 1]);
		}
	}
	EXPECT(CloseHandle(device));
	unload();
}

/* The known sequences: the deeds of a user, and the state in which they leave session 1. */
static void sequences(void)
{
	static const struct {
		const char *what;
		ULONG before; /* in which the driver finds session 1 */
		struct step steps[6];
		ULONG after; /* 0: it is gone */
	} cases[] = {
		{ "logon at an idle screen", STATE_CONNECTED, { { 1, LOGON } }, STATE_LOGGED_ON },
		{ "another user", STATE_LOGGED_ON,
			{ { 1, DISCONNECTED }, { 2, CREATED }, { 2, CONNECTED }, { 2, LOGON } },
			STATE_DISCONNECTED_LOGGED_ON },
		{ "away and back", STATE_LOGGED_ON,
			{ { 1, DISCONNECTED }, { 2, CREATED }, { 2, CONNECTED },
				{ 2, DISCONNECTED }, { 1, CONNECTED }, { 2, TERMINATED } },
			STATE_LOGGED_ON },
		{ "logoff at the console", STATE_LOGGED_ON,
			{ { 1, LOGOFF }, { 1, DISCONNECTED }, { 1, TERMINATED }, { 2, CREATED },
				{ 2, CONNECTED } },
			0 },
		{ "over the network", 0, { { 1, CREATED }, { 1, CONNECTED }, { 1, LOGON } },
			STATE_LOGGED_ON },
		{ "a broken line", STATE_LOGGED_ON, { { 1, DISCONNECTED } },
			STATE_DISCONNECTED_LOGGED_ON },
		{ "the services", 0, { { 1, CREATED }, { 1, DISCONNECTED } }, STATE_DISCONNECTED },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct lister_list list;
		HANDLE device;

		printf("%s\n", cases[i].what);
		if (cases[i].before != 0) {
			EXPECT(play(STAND_IN_SESSION, 1, cases[i].before, 1));
		}
		load();
		for (size_t j = 0; j < 6 && cases[i].steps[j].event != 0; j++) {
			happen(cases[i].steps[j].session, cases[i].steps[j].event);
		}
		device = open_as(0, SHARE_ALL);
		list = list_by(device);
		EXPECT(state_in(&list, 1) == cases[i].after);
		EXPECT(CloseHandle(device));
		unload();
	}
}

/* Resource sessions by the share rule, and a logoff that ends one user's. */
static void logoff(void)
{
	HANDLE one, another, other, refused;
	struct lister_list list;

	load();
	for (ULONG user = 1; user <= 2; user++) {
		happen(user, CREATED);
		happen(user, CONNECTED);
		happen(user, LOGON);
	}
	one = open_as(1, 0);
	EXPECT(one != INVALID_HANDLE_VALUE);
	/* Wine opens the file all the same, so only its requests say that it is none. */
	refused = open_as(2, SHARE_ALL);
	EXPECT(use(one));
	EXPECT(refused == INVALID_HANDLE_VALUE || !use(refused));
	EXPECT(list_by(one).opening_count == 1);
	EXPECT(CloseHandle(refused) && CloseHandle(one));
	one = open_as(1, SHARE_ALL);
	another = open_as(1, SHARE_ALL);
	other = open_as(2, SHARE_ALL);
	EXPECT(use(one) && use(another) && use(other));
	list = list_by(other);
	EXPECT(list.user_count == 2);
	EXPECT(list.opening_count == 3);
	for (ULONG i = 0; i < 3; i++) {
		EXPECT(list.openings[i].rights == 3 && list.openings[i].share == 3);
		EXPECT(list.openings[i].is_open);
	}
	happen(1, LOGOFF);
	EXPECT(!use(one) && !use(another) && use(other));
	list = list_by(one);
	EXPECT(list.opening_count == 1 && list.openings[0].user == 2);
	EXPECT(state_in(&list, 1) == STATE_LOGGED_OFF);
	happen(2, TERMINATED);
	EXPECT(!use(other));
	EXPECT(CloseHandle(one) && CloseHandle(another) && CloseHandle(other));
	unload();
}

/* A kernel that refuses the registration: the driver runs, and belongs to nobody. */
static void refused(void)
{
	HANDLE device;

	EXPECT(play(STAND_IN_REFUSE, 0xC00000F1u, 0, 0));
	load();
	device = open_as(1, SHARE_ALL);
	EXPECT(list_by(device).registration == (LONG)0xC00000F1u);
	EXPECT(list_by(device).openings[0].user == LISTER_NOBODY);
	EXPECT(use(device));
	EXPECT(CloseHandle(device));
	unload();
	EXPECT(play(STAND_IN_REFUSE, SUCCESS, 0, 0));
}

/* Loaded and unloaded, a hundred times; in each life something happens. */
static void again(void)
{
	for (ULONG i = 0; i < 100; i++) {
		HANDLE device;

		load();
		device = open_as(1, SHARE_ALL);
		happen(1, i % 2 == 0 ? LOGOFF : DISCONNECTED);
		EXPECT(use(device) == (i % 2 != 0));
		EXPECT(list_by(device).user_count == 1);
		EXPECT(CloseHandle(device));
		unload();
	}
	printf("loaded 100 times\n");
}

/* Loaded and unloaded while threads of the kernel make events. */
static void storm(void)
{
	ULONG before = count().events;

	EXPECT(play(STAND_IN_STORM, 1, 0, 0));
	for (ULONG i = 0; i < 24; i++) {
		load();
		if (i % 4 == 0) {
			ULONG now = count().events;
			HANDLE device = open_as(1, SHARE_ALL);

			while (count().events - now < 20) {
				EXPECT(use(device));
			}
			EXPECT(list_by(device).user_count > 0);
			EXPECT(CloseHandle(device));
		}
		EXPECT(play(STAND_IN_UNLOAD, 0, 0, 0));
		EXPECT(count().registrations == 0);
	}
	EXPECT(play(STAND_IN_STORM, 0, 0, 0));
	EXPECT(play(STAND_IN_FORGET, 0, 0, 0));
	printf("24 unloads in %lu events\n", (unsigned long)(count().events - before));
}

static SC_HANDLE services;

static void end_service(SC_HANDLE service)
{
	EXPECT(DeleteService(service) && CloseServiceHandle(service));
}

/* A kernel driver as a service, by the path of its file. */
static SC_HANDLE make_service(const char *name, const char *file)
{
	char path[MAX_PATH];
	SC_HANDLE service;

	EXPECT(GetFullPathNameA(file, sizeof(path), path, NULL) != 0);
	EXPECT(GetFileAttributesA(path) != INVALID_FILE_ATTRIBUTES);
	service = OpenServiceA(services, name, SERVICE_ALL_ACCESS);
	if (service != NULL) {
		end_service(service); /* of a test that failed */
	}
	service = CreateServiceA(services, name, name, SERVICE_ALL_ACCESS, SERVICE_KERNEL_DRIVER,
		SERVICE_DEMAND_START, SERVICE_ERROR_NORMAL, path, NULL, NULL, NULL, NULL, NULL);
	EXPECT(service != NULL);
	return service;
}

static void run_on_stand_in(void (*run)(void), const char *driver)
{
	SC_HANDLE stand_in = make_service("sessio_stand_in", "sessio_stand_in.sys");
	SC_HANDLE lister = make_service("sessio_lister", driver);
	SERVICE_STATUS status;

	EXPECT(StartServiceA(stand_in, 0, NULL));
	kernel = CreateFileA("\\\\.\\sessio_stand_in", GENERIC_READ | GENERIC_WRITE, SHARE_ALL,
		NULL, OPEN_EXISTING, 0, NULL);
	EXPECT(kernel != INVALID_HANDLE_VALUE);
	run();
	EXPECT(CloseHandle(kernel));
	EXPECT(ControlService(stand_in, SERVICE_CONTROL_STOP, &status));
	end_service(lister);
	end_service(stand_in);
}

/* The driver as it is shipped, on Wine's kernel, which has no container calls. */
static void run_alone(const char *driver)
{
	SC_HANDLE lister = make_service("sessio_lister", driver);
	SERVICE_STATUS status;

	for (ULONG i = 0; i < 3; i++) {
		HANDLE device;

		EXPECT(StartServiceA(lister, 0, NULL));
		device = open_device(SHARE_ALL);
		EXPECT(device != INVALID_HANDLE_VALUE);
		EXPECT(list_by(device).registration == (LONG)0xC00000BBu);
		EXPECT(list_by(device).opening_count == 1);
		EXPECT(use(device));
		EXPECT(CloseHandle(device));
		EXPECT(ControlService(lister, SERVICE_CONTROL_STOP, &status));
		EXPECT(open_device(SHARE_ALL) == INVALID_HANDLE_VALUE);
	}
	end_service(lister);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(void); /* NULL: without the stand-in */
	} cases[] = { { "trace", trace }, { "sequences", sequences }, { "logoff", logoff },
		{ "refused", refused }, { "again", again }, { "storm", storm }, { "alone", NULL } };

	services = OpenSCManagerA(NULL, NULL, SC_MANAGER_ALL_ACCESS);
	EXPECT(services != NULL);
	for (size_t i = 0; argc == 3 && i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (strcmp(argv[1], cases[i].name) != 0) {
			continue;
		}
		if (cases[i].run != NULL) {
			run_on_stand_in(cases[i].run, argv[2]);
		} else {
			run_alone(argv[2]);
		}
		printf("%s: passed\n", argv[1]);
		return 0;
	}
	printf("usage: ask CASE DRIVER\n");
	return 1;
}
