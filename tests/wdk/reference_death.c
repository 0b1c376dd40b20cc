/* SPDX-License-Identifier: MIT */
#include "death.h"

#include <ntddk.h>

static void give_a_reference_back_that_was_not_taken(void)
{
	static KEVENT event;

	ObDereferenceObject(&event);
}

static void give_a_reference_of_ours_back(void)
{
	HANDLE handle;

	ObDereferenceObject(IoCreateNotificationEvent(NULL, &handle));
}

static void close_a_handle_twice(void)
{
	HANDLE handle;

	(void)IoCreateNotificationEvent(NULL, &handle);
	(void)ZwClose(handle);
	(void)ZwClose(handle);
}

int main(int argc, char **argv)
{
	static const struct death cases[] = {
		DEATH(give_a_reference_back_that_was_not_taken),
		DEATH(give_a_reference_of_ours_back),
		DEATH(close_a_handle_twice),
	};

	return death_main(argc, argv, cases, sizeof(cases) / sizeof(cases[0]));
}
