/* SPDX-License-Identifier: MIT */
/* The user-mode side: prints what the driver knows. For Windows, with its own C library. */
#include <stdio.h>

#include <windows.h>
#include <winioctl.h>

#include "lister.h"

static const char *const states[] = { "?", "Created", "Initialized", "Connected", "Disconnected",
	"DisconnectedLoggedOn", "LoggedOn", "LoggedOff", "Terminated" };

static void print(const struct lister_list *list)
{
	printf("registration: 0x%08lx\n", (unsigned long)list->registration);
	for (ULONG i = 0; i < list->user_count && i < LISTER_MAX; i++) {
		const struct lister_user *user = &list->users[i];

		printf("user session %lu: %s\n", (unsigned long)user->id,
			states[user->state < 9 ? user->state : 0]);
	}
	for (ULONG i = 0; i < list->opening_count && i < LISTER_MAX; i++) {
		const struct lister_opening *opening = &list->openings[i];

		printf("resource session of user session %ld: rights %lu, share %lu%s\n",
			(long)(LONG)opening->user, (unsigned long)opening->rights,
			(unsigned long)opening->share, opening->is_open ? "" : ", ending");
	}
}

int main(void)
{
	HANDLE device = CreateFileA("\\\\.\\sessio_lister", FILE_READ_ATTRIBUTES,
		FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
	struct lister_list list;
	DWORD length;

	if (device == INVALID_HANDLE_VALUE) {
		printf("the device cannot be opened: error %lu\n", (unsigned long)GetLastError());
		return 1;
	}
	if (!DeviceIoControl(
		    device, LISTER_IOCTL_LIST, NULL, 0, &list, sizeof(list), &length, NULL)) {
		printf("no list: error %lu\n", (unsigned long)GetLastError());
		return 1;
	}
	print(&list);
	return CloseHandle(device) ? 0 : 1;
}
