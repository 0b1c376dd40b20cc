/* SPDX-License-Identifier: MIT */
#pragma GCC diagnostic ignored "-Wpedantic"
#include "test.h"

#include <ntddk.h>
#include <sessio_nt.h>

static DRIVER_OBJECT driver;

static void a_reference_keeps_a_device(void **state)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Kept");
	struct sessio_nt_usage usage;
	PDEVICE_OBJECT device = NULL, other = NULL;

	(void)state;
	assert_int_equal(sessio_nt_init_driver(&driver, NULL), SESSIO_OK);
	assert_int_equal(IoCreateDevice(&driver, 0, &name, 0, 0, FALSE, &device), STATUS_SUCCESS);
	ObReferenceObject(device);
	ObReferenceObject(device);
	IoDeleteDevice(device);
	ObDereferenceObject(device);
	assert_int_equal(IoCreateDevice(&driver, 0, &name, 0, 0, FALSE, &other),
		STATUS_OBJECT_NAME_COLLISION);
	ObDereferenceObject(device);
	sessio_nt_get_usage(&usage);
	assert_int_equal(usage.devices, 0);
	sessio_nt_fini_driver(&driver);
}

static void a_handle_leads_to_its_object(void **state)
{
	HANDLE handle = NULL, second = NULL;
	PKEVENT event = IoCreateNotificationEvent(NULL, &handle);
	OBJECT_HANDLE_INFORMATION information;
	PVOID object = NULL;

	(void)state;
	assert_non_null(event);
	assert_int_equal(KeReadStateEvent(event), 1);
	assert_int_equal(ObReferenceObjectByHandle(handle, EVENT_MODIFY_STATE, *ExEventObjectType,
				 UserMode, &object, &information),
		STATUS_SUCCESS);
	assert_ptr_equal(object, event);
	assert_int_equal(information.GrantedAccess, EVENT_MODIFY_STATE);
	assert_int_equal(
		ObReferenceObjectByHandle(handle, 0, *IoFileObjectType, UserMode, &object, NULL),
		STATUS_OBJECT_TYPE_MISMATCH);
	assert_int_equal(
		ObOpenObjectByPointer(event, 0, NULL, 0, *ExEventObjectType, KernelMode, &second),
		STATUS_SUCCESS);
	assert_ptr_not_equal(handle, second);
	assert_int_equal(ZwClose(handle), STATUS_SUCCESS);
	assert_int_equal(ObReferenceObjectByHandle(handle, 0, NULL, UserMode, &object, NULL),
		STATUS_INVALID_HANDLE);
	assert_int_equal(ZwClose(second), STATUS_SUCCESS);
	assert_int_equal(KeResetEvent(event), 1); /* the reference is left */
	ObDereferenceObject(event);
	event = IoCreateSynchronizationEvent(NULL, &handle);
	assert_int_equal(event->Header.Type, SynchronizationEvent);
	assert_int_equal(ZwClose(handle), STATUS_SUCCESS);
}

static void a_file_or_a_process_has_its_type(void **state)
{
	FILE_OBJECT file;
	PVOID process = NULL;

	(void)state;
	sessio_nt_init_file(&file, NULL);
	assert_int_equal(ObReferenceObjectByPointer(&file, 0, *IoFileObjectType, KernelMode),
		STATUS_SUCCESS);
	assert_int_equal(ObReferenceObjectByPointer(&file, 0, *PsThreadType, KernelMode),
		STATUS_OBJECT_TYPE_MISMATCH);
	ObDereferenceObjectDeferDelete(&file);
	assert_int_equal(ObReferenceObjectByHandle(
				 NtCurrentProcess(), 0, *PsProcessType, KernelMode, &process, NULL),
		STATUS_SUCCESS);
	assert_ptr_equal(process, PsGetCurrentProcess());
	ObDereferenceObject(process);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_reference_keeps_a_device),
		cmocka_unit_test(a_handle_leads_to_its_object),
		cmocka_unit_test(a_file_or_a_process_has_its_type),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
