/* SPDX-License-Identifier: MIT */
/* Loading and unloading drivers. */
#include "sessio/testing_driver.h"

#include <stdlib.h>

#include "nt/sessio_nt.h"
#include "testing/file.h"
#include "wdk/work.h"

#define SERVICES L"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\"
#define DRIVERS L"\\Driver\\"

/* Writes the prefix and the driver's name at `at`, and moves that behind them. */
static UNICODE_STRING put_name(WCHAR **at, PCWSTR prefix, const char *name)
{
	UNICODE_STRING text = { 0, 0, *at };

	for (; *prefix != 0; prefix++) {
		*(*at)++ = *prefix;
	}
	for (; *name != '\0'; name++) {
		*(*at)++ = (WCHAR)(unsigned char)*name;
	}
	*(*at)++ = 0;
	text.MaximumLength = (USHORT)((PCHAR)*at - (PCHAR)text.Buffer);
	text.Length = (USHORT)(text.MaximumLength - sizeof(WCHAR));
	return text;
}

static sessio_kit_driver *make_driver(sessio_kit *kit, const sessio_driver_image *image)
{
	size_t letters = 3 * (strlen(image->image.name) + 1) + RTL_NUMBER_OF(SERVICES) +
		RTL_NUMBER_OF(DRIVERS);
	sessio_kit_driver *driver = calloc(1, sizeof(*driver) + letters * sizeof(WCHAR));
	UNICODE_STRING name;
	WCHAR *at;

	if (driver == NULL) {
		return NULL;
	}
	at = driver->names;
	name = put_name(&at, DRIVERS, image->image.name);
	if (sessio_nt_init_driver(&driver->object, &name) != SESSIO_OK) {
		free(driver);
		return NULL;
	}
	driver->kit = kit;
	driver->image = image;
	driver->registry_path = put_name(&at, SERVICES, image->image.name);
	driver->object.DriverExtension->ServiceKeyName = put_name(&at, L"", image->image.name);
	driver->object.DriverInit = image->entry;
	driver->object.DriverStart = (PVOID)(ULONG_PTR)image->image.code;
	driver->object.DriverSize = (ULONG)(image->image.code_end - image->image.code);
	si_list_append(&kit->drivers, &driver->link);
	return driver;
}

static bool is_loaded(const sessio_kit *kit, const sessio_driver_image *image)
{
	for (struct si_list_node *node = kit->drivers.first; node != NULL; node = node->next) {
		const sessio_kit_driver *driver = SI_LIST_ELEMENT(node, sessio_kit_driver, link);

		if (driver->image == image && driver->loaded) {
			return true;
		}
	}
	return false;
}

/* After the unload, or a load that failed. */
static void look_behind(sessio_kit_driver *driver)
{
	sessio_kit *kit = driver->kit;

	driver->loaded = false;
	if (!si_wdk_work_wait(SI_KIT_WORK_NS)) {
		si_kit_find_at(kit, SESSIO_KIT_RULE_WORK_ITEM_LEFT, driver,
			"a work item has not returned for ten seconds after the unload",
			si_kit_place_of(kit, driver->image->image.code));
	}
	si_kit_free_files(kit, &driver->object);
	si_kit_sweep(kit, driver, true);
	si_kit_check_quarantine(kit);
}

struct load {
	sessio_kit *kit;
	const sessio_driver_image *image;
	sessio_kit_driver *driver;
	NTSTATUS status;
};

static void load(void *arg)
{
	struct load *step = arg;
	struct si_wdk_standing before = si_wdk_standing();
	sessio_kit_driver *driver = make_driver(step->kit, step->image);

	if (driver == NULL || !si_kit_image_restore(&step->image->image)) {
		step->status = STATUS_INSUFFICIENT_RESOURCES;
		return;
	}
	step->driver = driver;
	driver->loaded = true;
	step->status = step->image->entry(&driver->object, &driver->registry_path);
	SI_WDK_CHECK_STANDING(&before, step->image->entry, "DriverEntry");
	if (!NT_SUCCESS(step->status)) {
		look_behind(driver);
		return;
	}
	for (PDEVICE_OBJECT device = driver->object.DeviceObject; device != NULL;
		device = device->NextDevice) {
		device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
	}
}

/* A load that a step can name: of a driver that was loaded before. */
static bool note_load(const sessio_kit *kit, const sessio_driver_image *image)
{
	for (struct si_list_node *node = kit->drivers.first; node != NULL; node = node->next) {
		const sessio_kit_driver *driver = SI_LIST_ELEMENT(node, sessio_kit_driver, link);

		if (driver->image == image) {
			return si_kit_note_driver(driver, SESSIO_CALL_LOAD);
		}
	}
	return false;
}

NTSTATUS sessio_kit_load_image(
	sessio_kit *kit, const sessio_driver_image *image, sessio_kit_driver **out_driver)
{
	struct load step = { .kit = kit, .image = image };
	bool noted;

	if (kit == NULL || image == NULL) {
		return STATUS_INVALID_PARAMETER;
	}
	if (is_loaded(kit, image)) {
		return STATUS_OBJECT_NAME_COLLISION;
	}
	noted = note_load(kit, image);
	if (!si_kit_step(kit, load, &step)) {
		step.status = STATUS_UNSUCCESSFUL;
	}
	if (noted) {
		si_kit_end_note(kit, true, NT_SUCCESS(step.status) ? 0u : SESSIO_STEP_REFUSED);
	}
	if (NT_SUCCESS(step.status) && out_driver != NULL) {
		*out_driver = step.driver;
	}
	return step.status;
}

PDRIVER_OBJECT sessio_kit_driver_object(sessio_kit_driver *driver)
{
	return driver != NULL ? &driver->object : NULL;
}

static void unload(void *arg)
{
	sessio_kit_driver *driver = arg;
	struct si_wdk_standing before = si_wdk_standing();
	PDRIVER_UNLOAD routine = driver->object.DriverUnload;

	routine(&driver->object);
	SI_WDK_CHECK_STANDING(&before, routine, "DriverUnload");
	look_behind(driver);
}

NTSTATUS sessio_kit_unload(sessio_kit_driver *driver)
{
	bool noted, done;

	if (driver == NULL || !driver->loaded) {
		return STATUS_INVALID_PARAMETER;
	}
	if (driver->object.DriverUnload == NULL) {
		return STATUS_INVALID_DEVICE_REQUEST;
	}
	if (si_kit_has_open_files(driver->kit, &driver->object) ||
		si_kit_has_plugged(driver->kit, &driver->object)) {
		return STATUS_DEVICE_BUSY;
	}
	noted = si_kit_note_driver(driver, SESSIO_CALL_UNLOAD);
	done = si_kit_step(driver->kit, unload, driver);
	if (noted) {
		si_kit_end_note(driver->kit, true, 0);
	}
	return done ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

/* The latest first. A driver that cannot be unloaded is left as it is, without a finding. */
void si_kit_end_drivers(sessio_kit *kit)
{
	for (struct si_list_node *node = kit->drivers.last; node != NULL; node = node->previous) {
		sessio_kit_driver *driver = SI_LIST_ELEMENT(node, sessio_kit_driver, link);

		if (driver->loaded && driver->object.DriverUnload != NULL) {
			unload(driver);
		} else if (driver->loaded) {
			(void)si_wdk_work_wait(SI_KIT_WORK_NS);
			si_kit_free_files(kit, &driver->object);
			si_kit_sweep(kit, driver, false);
		}
		/* Extensions are the library's memory, the rest is the kit's. */
		sessio_nt_fini_driver(&driver->object);
	}
}

void si_kit_free_drivers(sessio_kit *kit)
{
	struct si_list_node *next;

	for (struct si_list_node *node = kit->drivers.first; node != NULL; node = next) {
		next = node->next;
		free(SI_LIST_ELEMENT(node, sessio_kit_driver, link));
	}
}
