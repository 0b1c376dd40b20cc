/* SPDX-License-Identifier: MIT */
/*
 * ask CASE DRIVER: one test of the example driver under Wine. Plays the kernel through the
 * stand-in's device, and asks the driver through its own.
 */
#include <stdio.h>
#include <string.h>

#include <windows.h>
#include <winioctl.h>

#include "lister.h"
#include "play.h"
#include "stand_in_control.h"

#define SUCCESS 0u

enum { CREATED = 1, TERMINATED, CONNECTED, DISCONNECTED, LOGON, LOGOFF }; /* events */
enum {
	STATE_CREATED = 1,
	STATE_CONNECTED = 3,
	STATE_DISCONNECTED,
	STATE_DISCONNECTED_LOGGED_ON,
	STATE_LOGGED_ON,
	STATE_LOGGED_OFF
}; /* states */

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
	EXPECT(play_load("sessio_lister"));
}

static void unload(void)
{
	EXPECT(play_unload("sessio_lister"));
	EXPECT(play_count().registrations == 0);
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
	ULONG before = play_count().events;

	EXPECT(play(STAND_IN_STORM, 1, 0, 0));
	for (ULONG i = 0; i < 24; i++) {
		load();
		if (i % 4 == 0) {
			ULONG now = play_count().events;
			HANDLE device = open_as(1, SHARE_ALL);

			while (play_count().events - now < 20) {
				EXPECT(use(device));
			}
			EXPECT(list_by(device).user_count > 0);
			EXPECT(CloseHandle(device));
		}
		EXPECT(play_unload("sessio_lister"));
		EXPECT(play_count().registrations == 0);
	}
	EXPECT(play(STAND_IN_STORM, 0, 0, 0));
	EXPECT(play(STAND_IN_FORGET, 0, 0, 0));
	printf("24 unloads in %lu events\n", (unsigned long)(play_count().events - before));
}

static void started_by_hand(SC_HANDLE lister)
{
	SERVICE_STATUS status;

	for (ULONG i = 0; i < 3; i++) {
		EXPECT(StartServiceA(lister, 0, NULL));
		EXPECT(QueryServiceStatus(lister, &status));
		EXPECT(status.dwCurrentState == SERVICE_RUNNING);
		EXPECT(ControlService(lister, SERVICE_CONTROL_STOP, &status));
		EXPECT(open_device(SHARE_ALL) == INVALID_HANDLE_VALUE);
	}
}

/*
 * The driver as it is shipped: it asks Wine's kernel, not the stand-in, for the container
 * calls. That one has none.
 */
static void alone(void)
{
	for (ULONG i = 0; i < 3; i++) {
		HANDLE device;

		load();
		device = open_device(SHARE_ALL);
		EXPECT(device != INVALID_HANDLE_VALUE);
		EXPECT(list_by(device).registration == (LONG)0xC00000BBu);
		EXPECT(list_by(device).opening_count == 1);
		EXPECT(use(device));
		EXPECT(CloseHandle(device));
		unload();
	}
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} cases[] = { { "trace", trace }, { "sequences", sequences }, { "logoff", logoff },
		{ "refused", refused }, { "again", again }, { "storm", storm },
		{ "alone", alone } };
	SC_HANDLE lister;

	for (size_t i = 0; argc == 3 && i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (strcmp(argv[1], cases[i].name) != 0) {
			continue;
		}
		lister = play_make_service("sessio_lister", argv[2]);
		if (cases[i].run == alone) {
			started_by_hand(lister);
		}
		play_begin();
		cases[i].run();
		play_end();
		play_end_service(lister);
		printf("%s: passed\n", argv[1]);
		return 0;
	}
	printf("usage: ask CASE DRIVER\n");
	return 1;
}
