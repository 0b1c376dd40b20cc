/* SPDX-License-Identifier: MIT */
#pragma GCC diagnostic ignored "-Wpedantic"
#include "test.h"

#include <ntddk.h>
#include <sessio_nt.h>

#define ECHO CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define ECHO_DIRECT CTL_CODE(FILE_DEVICE_UNKNOWN, 0x801, METHOD_OUT_DIRECT, FILE_ANY_ACCESS)

static DRIVER_OBJECT driver;
static PDEVICE_OBJECT base, middle, top;
static int count[IRP_MJ_MAXIMUM_FUNCTION + 1];

/* The base completes, the devices above pass on. */
static NTSTATUS pass_on(PDEVICE_OBJECT device, PIRP irp)
{
	PIO_STACK_LOCATION here = IoGetCurrentIrpStackLocation(irp);
	PDEVICE_OBJECT *lower = device->DeviceExtension;

	if (*lower != NULL) {
		IoSkipCurrentIrpStackLocation(irp);
		return IoCallDriver(*lower, irp);
	}
	count[here->MajorFunction]++;
	irp->IoStatus.Status = STATUS_SUCCESS;
	irp->IoStatus.Information = 0;
	if (here->MajorFunction == IRP_MJ_DEVICE_CONTROL) {
		PVOID to = irp->AssociatedIrp.SystemBuffer;

		if (irp->MdlAddress != NULL) {
			to = MmGetSystemAddressForMdlSafe(irp->MdlAddress, NormalPagePriority);
		}
		memmove(to, irp->AssociatedIrp.SystemBuffer, 2);
		irp->IoStatus.Information = 2;
	} else if (here->MajorFunction == IRP_MJ_READ) {
		memcpy(irp->AssociatedIrp.SystemBuffer, "read", 4);
		irp->IoStatus.Information = 4;
	}
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return STATUS_SUCCESS;
}

static PDEVICE_OBJECT make(PCWSTR text)
{
	PDEVICE_OBJECT device = NULL;
	UNICODE_STRING name;

	RtlInitUnicodeString(&name, text);
	assert_int_equal(IoCreateDevice(&driver, sizeof(PVOID), &name, 0, 0, FALSE, &device),
		STATUS_SUCCESS);
	device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
	device->Flags |= DO_BUFFERED_IO;
	return device;
}

static int set_up(void **state)
{
	(void)state;
	memset(count, 0, sizeof(count));
	assert_int_equal(sessio_nt_init_driver(&driver, NULL), SESSIO_OK);
	for (size_t i = 0; i < RTL_NUMBER_OF(driver.MajorFunction); i++) {
		driver.MajorFunction[i] = pass_on;
	}
	base = make(L"\\Device\\Base");
	middle = make(NULL);
	top = make(NULL);
	return 0;
}

static int tear_down(void **state)
{
	struct sessio_nt_usage usage;

	(void)state;
	IoDeleteDevice(top);
	IoDeleteDevice(middle);
	IoDeleteDevice(base);
	sessio_nt_get_usage(&usage);
	assert_int_equal(usage.devices, 0);
	assert_int_equal(usage.requests, 0);
	sessio_nt_fini_driver(&driver);
	return 0;
}

static void devices_form_a_stack(void **state)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Base");
	UNICODE_STRING nobody = RTL_CONSTANT_STRING(L"\\Device\\Nobody");
	PDEVICE_OBJECT *middle_lower = middle->DeviceExtension, *top_lower = top->DeviceExtension;
	PDEVICE_OBJECT lower = NULL;

	(void)state;
	assert_int_equal(IoAttachDevice(middle, &nobody, &lower), STATUS_OBJECT_NAME_NOT_FOUND);
	assert_int_equal(IoAttachDevice(middle, &name, middle_lower), STATUS_SUCCESS);
	assert_ptr_equal(*middle_lower, base);
	*top_lower = IoAttachDeviceToDeviceStack(top, base);
	assert_ptr_equal(*top_lower, middle);
	assert_int_equal(top->StackSize, 3);
	assert_ptr_equal(base->AttachedDevice, middle);
	assert_ptr_equal(IoGetAttachedDevice(base), top);
	lower = IoGetLowerDeviceObject(top);
	assert_ptr_equal(lower, middle);
	ObDereferenceObject(lower);
	assert_null(IoGetLowerDeviceObject(base));
	assert_null(IoAttachDeviceToDeviceStack(top, base)); /* it is attached */
	IoDetachDevice(middle);
	assert_ptr_equal(IoGetAttachedDevice(base), middle);
	IoDetachDevice(base);
	middle->Flags |= DO_DEVICE_INITIALIZING;
	assert_int_equal(
		IoAttachDeviceToDeviceStackSafe(top, middle, top_lower), STATUS_NO_SUCH_DEVICE);
	middle->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
}

static void a_file_of_a_driver_reaches_the_top(void **state)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Base");
	PDEVICE_OBJECT *middle_lower = middle->DeviceExtension, device = NULL;
	PFILE_OBJECT file = NULL;

	(void)state;
	assert_int_equal(
		IoAttachDeviceToDeviceStackSafe(middle, base, middle_lower), STATUS_SUCCESS);
	assert_int_equal(
		IoGetDeviceObjectPointer(&name, FILE_READ_DATA, &file, &device), STATUS_SUCCESS);
	assert_ptr_equal(device, middle);
	assert_ptr_equal(IoGetRelatedDeviceObject(file), middle);
	assert_int_equal(count[IRP_MJ_CREATE], 1);
	assert_int_equal(count[IRP_MJ_CLEANUP], 1);
	assert_int_equal(count[IRP_MJ_CLOSE], 0);
	ObDereferenceObject(file);
	assert_int_equal(count[IRP_MJ_CLOSE], 1);
	IoDetachDevice(base);
	name.Length = (USHORT)(name.Length - sizeof(WCHAR));
	assert_int_equal(IoGetDeviceObjectPointer(&name, FILE_READ_DATA, &file, &device),
		STATUS_OBJECT_NAME_NOT_FOUND);
}

static void built_requests_free_themselves(void **state)
{
	char in[] = "in", out[] = "--", read[] = "----";
	IO_STATUS_BLOCK result = { { STATUS_PENDING }, 0 };
	KEVENT done;
	PIRP irp;

	(void)state;
	KeInitializeEvent(&done, NotificationEvent, FALSE);
	irp = IoBuildDeviceIoControlRequest(ECHO, base, in, 2, out, 2, FALSE, &done, &result);
	assert_non_null(irp);
	assert_int_equal(IoCallDriver(base, irp), STATUS_SUCCESS);
	assert_int_equal(KeReadStateEvent(&done), 1);
	assert_int_equal(result.Status, STATUS_SUCCESS);
	assert_string_equal(out, "in");
	memcpy(out, "--", 2);
	irp = IoBuildDeviceIoControlRequest(
		ECHO_DIRECT, base, in, 2, out, 2, FALSE, &done, &result);
	assert_int_equal(IoCallDriver(base, irp), STATUS_SUCCESS);
	assert_string_equal(out, "in");
	irp = IoBuildSynchronousFsdRequest(IRP_MJ_READ, base, read, 4, NULL, &done, &result);
	assert_int_equal(IoCallDriver(base, irp), STATUS_SUCCESS);
	assert_int_equal(result.Information, 4);
	assert_string_equal(read, "read");
	irp = IoBuildSynchronousFsdRequest(IRP_MJ_WRITE, base, read, 4, NULL, &done, &result);
	assert_int_equal(IoCallDriver(base, irp), STATUS_SUCCESS);
	irp = IoBuildSynchronousFsdRequest(IRP_MJ_FLUSH_BUFFERS, base, NULL, 0, NULL, NULL, NULL);
	assert_int_equal(IoCallDriver(base, irp), STATUS_SUCCESS);
	assert_int_equal(count[IRP_MJ_FLUSH_BUFFERS], 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(devices_form_a_stack, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_file_of_a_driver_reaches_the_top, set_up, tear_down),
		cmocka_unit_test_setup_teardown(built_requests_free_themselves, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
