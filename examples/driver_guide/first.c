/* SPDX-License-Identifier: MIT */
/* A first test of a driver: one history, and what the kit found. */
#include <stdio.h>

#include <sessio/testing_driver.h>

SESSIO_DRIVER(silent);

/* A user logs on, and a program of this session reads and ends. */
static void use(sessio_kit *kit, sessio_kit_driver *driver)
{
	sessio_kit_file *file;
	char byte;

	if (NT_SUCCESS(sessio_kit_open(kit, 1, L"\\Device\\NextLogon", &file))) {
		(void)sessio_kit_read(file, &byte, 1, NULL);
		(void)sessio_kit_close(file);
	}
	(void)sessio_kit_unload(driver);
}

int main(void)
{
	sessio_kit *kit;
	sessio_kit_driver *driver;
	const sessio_kit_finding *finding;
	size_t count;

	if (sessio_kit_create(NULL, &kit) != SESSIO_OK) {
		return 1;
	}
	if (NT_SUCCESS(sessio_kit_load(kit, silent, &driver)) &&
		sessio_kit_post(kit, 1, SESSIO_USER_EVENT_CREATED, 0) == SESSIO_OK) {
		use(kit, driver);
	}
	count = sessio_kit_finish(kit);
	for (size_t i = 0; (finding = sessio_kit_get_finding(kit, i)) != NULL; i++) {
		printf("%s: %s\n", sessio_kit_rule_text(finding->rule), finding->text);
	}
	sessio_kit_destroy(kit);
	return count == 1 ? 0 : 1;
}
