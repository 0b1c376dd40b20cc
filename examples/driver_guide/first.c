/* SPDX-License-Identifier: MIT */
/* A first test: a user logs on, and a program of this session reads and ends. */
#include <sessio/testing_driver.h>

SESSIO_DRIVER(silent);

int main(void)
{
	sessio_kit *kit = NULL;
	sessio_kit_file *file;
	char byte;
	bool ran = sessio_kit_create(NULL, &kit) == SESSIO_OK &&
		NT_SUCCESS(sessio_kit_load(kit, silent, NULL)) &&
		sessio_kit_post(kit, 1, SESSIO_USER_EVENT_CREATED, 0) == SESSIO_OK &&
		NT_SUCCESS(sessio_kit_open(kit, 1, L"\\Device\\NextLogon", &file)) &&
		NT_SUCCESS(sessio_kit_read(file, &byte, 1, NULL));

	return sessio_kit_passes(kit) && ran ? 0 : 1;
}
