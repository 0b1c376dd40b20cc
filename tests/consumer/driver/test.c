/* SPDX-License-Identifier: MIT */
#include <sessio/testing_driver.h>

SESSIO_DRIVER(consumer_driver);

int main(void)
{
	sessio_kit *kit;
	int wrong = 1;

	if (sessio_kit_create(NULL, &kit) != SESSIO_OK) {
		return 1;
	}
	if (NT_SUCCESS(sessio_kit_load(kit, consumer_driver, NULL)) &&
		sessio_kit_finish(kit) == 1 &&
		sessio_kit_get_finding(kit, 0)->rule == SESSIO_KIT_RULE_DEVICE_LEFT) {
		wrong = 0;
	}
	sessio_kit_destroy(kit);
	return wrong;
}
