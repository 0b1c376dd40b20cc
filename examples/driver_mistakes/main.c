/* SPDX-License-Identifier: MIT */
/*
 * Loads three drivers, each with a mistake that drivers make, and their corrected
 * twins. Prints what the test kit finds in each: one finding, and none in a twin.
 */
#include <stdio.h>

#include <sessio/testing_driver.h>

SESSIO_DRIVER(forgetful);
SESSIO_DRIVER(forgetful_corrected);
SESSIO_DRIVER(hasty);
SESSIO_DRIVER(hasty_corrected);
SESSIO_DRIVER(silent);
SESSIO_DRIVER(silent_corrected);

/* A user logs on, a program reads if there is a device to read from, and ends. */
static size_t run(const sessio_driver_image *image)
{
	sessio_kit *kit;
	sessio_kit_driver *driver;
	sessio_kit_file *file;
	const sessio_kit_finding *finding;
	size_t count;
	char byte;

	if (sessio_kit_create(NULL, &kit) != SESSIO_OK) {
		return 99;
	}
	printf("%s\n", image->name);
	if (NT_SUCCESS(sessio_kit_load_image(kit, image, &driver)) &&
		sessio_kit_post(kit, 1, SESSIO_USER_EVENT_CREATED, 0) == SESSIO_OK) {
		if (NT_SUCCESS(sessio_kit_open(kit, 1, L"\\Device\\NextLogon", &file))) {
			(void)sessio_kit_read(file, &byte, 1, NULL);
			(void)sessio_kit_close(file);
		}
		(void)sessio_kit_unload(driver);
	}
	count = sessio_kit_finish(kit);
	for (size_t i = 0; (finding = sessio_kit_get_finding(kit, i)) != NULL; i++) {
		printf("  %s: %s\n", sessio_kit_rule_text(finding->rule), finding->text);
	}
	sessio_kit_destroy(kit);
	return count;
}

int main(void)
{
	size_t mistakes = run(&sessio_driver_image_of_forgetful) +
		run(&sessio_driver_image_of_hasty) + run(&sessio_driver_image_of_silent);
	size_t corrected = run(&sessio_driver_image_of_forgetful_corrected) +
		run(&sessio_driver_image_of_hasty_corrected) +
		run(&sessio_driver_image_of_silent_corrected);

	return mistakes == 3 && corrected == 0 ? 0 : 1;
}
