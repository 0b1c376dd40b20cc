/* SPDX-License-Identifier: MIT */
/* A filter lives through its device: plugged in, started, asleep, removed. */
#include "test.h"

#include <string.h>

#include "sessio/testing_driver.h"

#include "drivers/plug.h"

SESSIO_DRIVER(plug);

#define NOBODY SESSIO_KIT_NO_SESSION

static sessio_kit *kit;
static sessio_kit_driver *driver;

static int set_up(void **state)
{
	(void)state;
	assert_int_equal(sessio_kit_create(NULL, &kit), SESSIO_OK);
	assert_int_equal(sessio_kit_load(kit, plug, &driver), STATUS_SUCCESS);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	sessio_kit_destroy(kit);
	return 0;
}

static PDEVICE_OBJECT start(uint32_t session_id)
{
	PDEVICE_OBJECT device = NULL;

	assert_int_equal(sessio_kit_plug(kit, session_id, &device), STATUS_SUCCESS);
	assert_int_equal(sessio_kit_add_device(driver, device), STATUS_SUCCESS);
	assert_int_equal(sessio_kit_pnp(kit, device, IRP_MN_START_DEVICE), STATUS_SUCCESS);
	return device;
}

static struct plug_report read_report(PDEVICE_OBJECT device, ULONG forget)
{
	struct plug_report report = { .Forgetful = forget };
	sessio_kit_file *file = NULL;

	assert_int_equal(sessio_kit_open_device(kit, NOBODY, device, &file), STATUS_SUCCESS);
	if (forget != 0) {
		assert_int_equal(
			sessio_kit_write(file, &report, sizeof(report), NULL), STATUS_SUCCESS);
	}
	assert_int_equal(sessio_kit_read(file, &report, sizeof(report), NULL), STATUS_SUCCESS);
	assert_int_equal(sessio_kit_close(file), STATUS_SUCCESS);
	return report;
}

static void a_device_has_its_session(void **state)
{
	PDEVICE_OBJECT first, second;

	(void)state;
	assert_int_equal(sessio_kit_post(kit, 1, SESSIO_USER_EVENT_CREATED, 0), SESSIO_OK);
	first = start(1);
	second = start(NOBODY);
	assert_int_equal(sessio_kit_post(kit, 2, SESSIO_USER_EVENT_CREATED, 0), SESSIO_OK);
	assert_int_equal(sessio_kit_post(kit, 1, SESSIO_USER_EVENT_CONNECTED, 0), SESSIO_OK);
	assert_int_equal(read_report(first, 0).SessionId, 1);
	assert_int_equal(read_report(first, 0).Events, 1);
	assert_int_equal(read_report(first, 0).Started, 1);
	assert_int_equal(read_report(second, 0).SessionId, 0);
	assert_int_equal(sessio_kit_unload(driver), STATUS_DEVICE_BUSY);
	assert_int_equal(sessio_kit_pnp(kit, first, IRP_MN_QUERY_REMOVE_DEVICE), STATUS_SUCCESS);
	assert_int_equal(sessio_kit_pnp(kit, first, IRP_MN_REMOVE_DEVICE), STATUS_SUCCESS);
	assert_int_equal(
		sessio_kit_pnp(kit, first, IRP_MN_REMOVE_DEVICE), STATUS_INVALID_PARAMETER);
	assert_int_equal(sessio_kit_pnp(kit, second, IRP_MN_SURPRISE_REMOVAL), STATUS_SUCCESS);
	assert_int_equal(read_report(second, 0).Surprised, 1);
	assert_int_equal(sessio_kit_pnp(kit, second, IRP_MN_REMOVE_DEVICE), STATUS_SUCCESS);
	assert_int_equal(sessio_kit_unload(driver), STATUS_SUCCESS);
	assert_string_equal(sessio_kit_report(kit), "");
}

static void power_and_unknown_requests_reach_the_stack(void **state)
{
	POWER_STATE asleep = { .DeviceState = PowerDeviceD3 };
	POWER_STATE standby = { .SystemState = PowerSystemSleeping3 };
	PDEVICE_OBJECT device = start(NOBODY);

	(void)state;
	assert_int_equal(
		sessio_kit_power(kit, device, IRP_MN_QUERY_POWER, SystemPowerState, standby),
		STATUS_SUCCESS);
	assert_int_equal(sessio_kit_power(kit, device, IRP_MN_SET_POWER, DevicePowerState, asleep),
		STATUS_SUCCESS);
	assert_int_equal(read_report(device, 0).PowerState, PowerDeviceD3);
	assert_int_equal(
		sessio_kit_pnp(kit, device, IRP_MN_QUERY_DEVICE_TEXT), STATUS_NOT_SUPPORTED);
	assert_int_equal(sessio_kit_finish(kit), 0); /* it unplugs what is left */
}

static void a_removal_that_does_not_detach_is_found(void **state)
{
	PDEVICE_OBJECT device = start(NOBODY);

	(void)state;
	(void)read_report(device, PLUG_FORGETS_TO_DETACH);
	assert_int_equal(sessio_kit_pnp(kit, device, IRP_MN_REMOVE_DEVICE), STATUS_SUCCESS);
	assert_int_equal(sessio_kit_finding_count(kit), 1);
	assert_int_equal(sessio_kit_get_finding(kit, 0)->rule, SESSIO_KIT_RULE_DEVICE_ATTACHED);
	assert_int_equal(sessio_kit_finish(kit), 1);
}

static void a_remove_lock_that_is_never_waited_for_is_found(void **state)
{
	PDEVICE_OBJECT device = start(NOBODY);
	const sessio_kit_finding *finding;

	(void)state;
	(void)read_report(device, PLUG_FORGETS_TO_WAIT);
	assert_int_equal(sessio_kit_pnp(kit, device, IRP_MN_REMOVE_DEVICE), STATUS_SUCCESS);
	assert_int_equal(sessio_kit_finish(kit), 1);
	finding = sessio_kit_get_finding(kit, 0);
	assert_int_equal(finding->rule, SESSIO_KIT_RULE_REMOVE_LOCK_LEFT);
	assert_non_null(strstr(finding->text, "a device without a name went, with a remove lock"));
	assert_non_null(strstr(finding->text, "has 0 users"));
}

/* Its device was deleted before any request came. */
static void a_remove_lock_that_nobody_took_is_no_finding(void **state)
{
	PDEVICE_OBJECT device;

	(void)state;
	assert_int_equal(sessio_kit_plug(kit, NOBODY, &device), STATUS_SUCCESS);
	assert_int_equal(sessio_kit_add_device(driver, device), STATUS_SUCCESS);
	IoDetachDevice(device);
	IoDeleteDevice(sessio_kit_driver_object(driver)->DeviceObject);
	assert_int_equal(sessio_kit_finish(kit), 0);
}

static void what_is_not_plugged_is_refused(void **state)
{
	POWER_STATE working = { .DeviceState = PowerDeviceD0 };
	PDEVICE_OBJECT device = NULL;
	DEVICE_OBJECT other;

	(void)state;
	assert_int_equal(sessio_kit_plug(NULL, NOBODY, &device), STATUS_INVALID_PARAMETER);
	assert_int_equal(sessio_kit_plug(kit, NOBODY, NULL), STATUS_INVALID_PARAMETER);
	assert_int_equal(sessio_kit_plug(kit, NOBODY, &device), STATUS_SUCCESS);
	assert_int_equal(sessio_kit_add_device(NULL, device), STATUS_INVALID_PARAMETER);
	assert_int_equal(sessio_kit_add_device(driver, NULL), STATUS_INVALID_PARAMETER);
	assert_int_equal(sessio_kit_add_device(driver, &other), STATUS_INVALID_PARAMETER);
	assert_int_equal(sessio_kit_pnp(NULL, device, 0), STATUS_INVALID_PARAMETER);
	assert_int_equal(sessio_kit_pnp(kit, NULL, 0), STATUS_INVALID_PARAMETER);
	assert_int_equal(
		sessio_kit_power(NULL, device, IRP_MN_SET_POWER, DevicePowerState, working),
		STATUS_INVALID_PARAMETER);
	assert_int_equal(sessio_kit_power(kit, NULL, IRP_MN_SET_POWER, DevicePowerState, working),
		STATUS_INVALID_PARAMETER);
	sessio_kit_driver_object(driver)->DriverExtension->AddDevice = NULL;
	assert_int_equal(sessio_kit_add_device(driver, device), STATUS_INVALID_DEVICE_REQUEST);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_device_has_its_session, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			power_and_unknown_requests_reach_the_stack, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_removal_that_does_not_detach_is_found, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_remove_lock_that_is_never_waited_for_is_found, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_remove_lock_that_nobody_took_is_no_finding, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_not_plugged_is_refused, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
