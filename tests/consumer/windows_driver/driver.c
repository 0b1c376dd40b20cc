/* SPDX-License-Identifier: MIT */
/* A driver of another project: it counts what happens to user sessions. */
#include <ntddk.h>

#include <sessio/driver.h>

static sessio_watch watch;
static volatile LONG notices;

static void count(const sessio_user_notice *notice, void *ctx)
{
	InterlockedIncrement(&notices);
}

static void NTAPI unload(PDRIVER_OBJECT driver)
{
	sessio_host_unwatch(sessio_host_default(), watch);
	sessio_stop();
	DbgPrint("%d changes\n", notices);
}

DRIVER_INITIALIZE DriverEntry;

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
	static const sessio_watch_options options = { .events = SESSIO_USER_EVENTS_ALL };
	int answer;

	if (sessio_start(driver, &answer) != SESSIO_OK) {
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	if (sessio_host_watch(sessio_host_default(), &options, count, NULL, &watch) != SESSIO_OK) {
		sessio_stop();
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	driver->DriverUnload = unload;
	return STATUS_SUCCESS;
}
