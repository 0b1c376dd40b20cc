/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <fltKernel.h>
#include <sessio_nt.h>

#define TAG 'tseT'

static struct sessio_nt_usage usage(void)
{
	struct sessio_nt_usage now;

	sessio_nt_get_usage(&now);
	return now;
}

static void pool_blocks_are_counted_aligned_and_zeroed_on_demand(void **state)
{
	PVOID a = ExAllocatePoolWithTag(NonPagedPoolNx, 100, TAG);
	UCHAR *b = ExAllocatePool2(POOL_FLAG_PAGED, 50, TAG);
	UCHAR *c = ExAllocatePoolZero(PagedPool, 7, TAG);
	PVOID d = ExAllocatePool(NonPagedPool, 0);
	PVOID e = ExAllocatePoolUninitialized(NonPagedPool, 1, TAG);
	PVOID f = ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_UNINITIALIZED, 2, TAG);

	(void)state;
	assert_int_equal((ULONG_PTR)a % MEMORY_ALLOCATION_ALIGNMENT, 0);
	assert_int_equal(usage().pool_blocks, 6);
	assert_int_equal(usage().pool_bytes, 160);
	for (int i = 0; i < 50; i++) {
		assert_int_equal(b[i], 0);
	}
	assert_int_equal(c[6], 0);
	ExFreePoolWithTag(a, TAG);
	ExFreePoolWithTag(b, 0);
	ExFreePool(c);
	ExFreePool(d);
	ExFreePool(e);
	ExFreePool(f);
	assert_int_equal(usage().pool_blocks, 0);
	assert_int_equal(usage().pool_bytes, 0);
}

static void pool_refuses_what_it_cannot_mean(void **state)
{
	(void)state;
	assert_null(ExAllocatePool2(POOL_FLAG_PAGED, 0, TAG));
	assert_null(ExAllocatePool2(POOL_FLAG_PAGED, 1, 0));
	assert_null(ExAllocatePool2(0, 1, TAG));
	assert_null(ExAllocatePool2(POOL_FLAG_PAGED | POOL_FLAG_NON_PAGED, 1, TAG));
	assert_null(ExAllocatePoolWithTag(PagedPool, SIZE_MAX, TAG));
	assert_null(ExAllocatePoolZero(PagedPool, SIZE_MAX, TAG));
}

static PVOID own_allocate(POOL_TYPE type, SIZE_T size, ULONG tag)
{
	return ExAllocatePoolZero(type, size, tag);
}

static void own_free(PVOID block)
{
	ExFreePoolWithTag(block, TAG);
}

static PVOID refuse_ex(POOL_TYPE type, SIZE_T size, ULONG tag, PLOOKASIDE_LIST_EX list)
{
	(void)type;
	(void)size;
	(void)tag;
	(void)list;
	return NULL;
}

static void lookaside_lists_give_blocks_of_one_size(void **state)
{
	NPAGED_LOOKASIDE_LIST nonpaged;
	PAGED_LOOKASIDE_LIST paged;
	LOOKASIDE_LIST_EX ex;
	PVOID a, b, c;

	(void)state;
	ExInitializeNPagedLookasideList(&nonpaged, NULL, NULL, 0, 40, TAG, 0);
	ExInitializePagedLookasideList(&paged, own_allocate, own_free, 0, 8, TAG, 0);
	assert_int_equal(ExInitializeLookasideListEx(&ex, NULL, NULL, PagedPool, 0, 24, TAG, 0),
		STATUS_SUCCESS);
	a = ExAllocateFromNPagedLookasideList(&nonpaged);
	b = ExAllocateFromPagedLookasideList(&paged);
	c = ExAllocateFromLookasideListEx(&ex);
	assert_int_equal(usage().pool_bytes, 72);
	ExFreeToNPagedLookasideList(&nonpaged, a);
	ExFreeToPagedLookasideList(&paged, b);
	ExFlushLookasideListEx(&ex);
	ExFreeToLookasideListEx(&ex, c);
	ExDeleteNPagedLookasideList(&nonpaged);
	ExDeletePagedLookasideList(&paged);
	ExDeleteLookasideListEx(&ex);
	assert_int_equal(usage().pool_blocks, 0);
	assert_int_equal(ExInitializeLookasideListEx(&ex, NULL, NULL, PagedPool, 8, 24, TAG, 0),
		STATUS_INVALID_PARAMETER_5);
	assert_int_equal(ExInitializeLookasideListEx(&ex, refuse_ex, NULL, PagedPool, 0, 1, TAG, 0),
		STATUS_SUCCESS);
	assert_null(ExAllocateFromLookasideListEx(&ex));
	ExDeleteLookasideListEx(&ex);
}

static void devices_have_names_and_extensions(void **state)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Sessions");
	UNICODE_STRING again = RTL_CONSTANT_STRING(L"\\DEVICE\\sessions");
	DRIVER_OBJECT driver;
	PDEVICE_OBJECT a = NULL;
	PDEVICE_OBJECT b = NULL;
	PDEVICE_OBJECT c = NULL;

	(void)state;
	sessio_nt_init_driver(&driver, &name);
	assert_int_equal(driver.Type, IO_TYPE_DRIVER);
	assert_int_equal(driver.Size, sizeof(driver));
	assert_int_equal(IoCreateDevice(&driver, 33, &name, FILE_DEVICE_UNKNOWN,
				 FILE_DEVICE_SECURE_OPEN, TRUE, &a),
		STATUS_SUCCESS);
	assert_int_equal(a->Type, IO_TYPE_DEVICE);
	assert_int_equal((ULONG_PTR)a->DeviceExtension % MEMORY_ALLOCATION_ALIGNMENT, 0);
	assert_int_equal(((UCHAR *)a->DeviceExtension)[32], 0);
	assert_int_equal(a->Flags, DO_DEVICE_INITIALIZING | DO_DEVICE_HAS_NAME | DO_EXCLUSIVE);
	assert_int_equal(
		IoCreateDevice(&driver, 0, &again, 1, 0, FALSE, &b), STATUS_OBJECT_NAME_COLLISION);
	assert_null(b);
	assert_int_equal(IoCreateDevice(&driver, 0, NULL, 1, 0, FALSE, &b), STATUS_SUCCESS);
	assert_int_equal(IoCreateDevice(&driver, 0, NULL, 1, 0, FALSE, &c), STATUS_SUCCESS);
	assert_null(b->DeviceExtension);
	assert_ptr_equal(driver.DeviceObject, c);
	assert_ptr_equal(c->NextDevice, b);
	assert_int_equal(usage().devices, 3);
	IoDeleteDevice(b);
	assert_ptr_equal(c->NextDevice, a);
	IoDeleteDevice(a);
	IoDeleteDevice(c);
	assert_null(driver.DeviceObject);
	assert_int_equal(usage().devices, 0);
}

static void links_are_names_too(void **state)
{
	UNICODE_STRING device = RTL_CONSTANT_STRING(L"\\Device\\D");
	UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\DosDevices\\L");
	UNICODE_STRING empty = { 0, 0, NULL };
	DRIVER_OBJECT driver;
	PDEVICE_OBJECT made;

	(void)state;
	sessio_nt_init_driver(&driver, NULL);
	assert_int_equal(IoCreateDevice(&driver, 0, &device, 1, 0, FALSE, &made), STATUS_SUCCESS);
	assert_int_equal(IoCreateSymbolicLink(&link, &device), STATUS_SUCCESS);
	assert_int_equal(IoCreateSymbolicLink(&link, &device), STATUS_OBJECT_NAME_COLLISION);
	assert_int_equal(IoCreateSymbolicLink(&device, &link), STATUS_OBJECT_NAME_COLLISION);
	assert_int_equal(IoCreateSymbolicLink(&empty, &device), STATUS_OBJECT_NAME_INVALID);
	assert_int_equal(IoCreateSymbolicLink(&link, &empty), STATUS_OBJECT_NAME_INVALID);
	assert_int_equal(usage().symbolic_links, 1);
	assert_int_equal(IoDeleteSymbolicLink(&device), STATUS_OBJECT_NAME_NOT_FOUND);
	assert_int_equal(IoDeleteSymbolicLink(&link), STATUS_SUCCESS);
	assert_int_equal(IoDeleteSymbolicLink(&link), STATUS_OBJECT_NAME_NOT_FOUND);
	IoDeleteDevice(made);
	assert_int_equal(usage().symbolic_links, 0);
}

static void a_session_is_given_to_devices_of_ours_only(void **state)
{
	DRIVER_OBJECT driver;
	DEVICE_OBJECT foreign;
	PDEVICE_OBJECT device;

	(void)state;
	memset(&foreign, 0, sizeof(foreign));
	sessio_nt_init_driver(&driver, NULL);
	assert_int_equal(IoCreateDevice(&driver, 0, NULL, 1, 0, FALSE, &device), STATUS_SUCCESS);
	assert_int_equal(sessio_nt_set_device_session(device, 3), SESSIO_OK);
	assert_int_equal(sessio_nt_set_device_session(&foreign, 3), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_nt_set_device_session(NULL, 3), SESSIO_INVALID_ARG);
	IoDeleteDevice(device);
}

static void a_file_object_says_what_it_is(void **state)
{
	FILE_OBJECT file;

	(void)state;
	sessio_nt_init_file(&file, NULL);
	assert_int_equal(file.Type, IO_TYPE_FILE);
	assert_int_equal(file.Size, sizeof(file));
	assert_true(IsListEmpty(&file.IrpList));
}

static NTSTATUS control(PDEVICE_OBJECT device, PIRP irp)
{
	PIO_STACK_LOCATION here = IoGetCurrentIrpStackLocation(irp);

	assert_ptr_equal(here->DeviceObject, device);
	if (here->Parameters.DeviceIoControl.IoControlCode == 1) {
		IoMarkIrpPending(irp);
		return STATUS_PENDING;
	}
	irp->IoStatus.Status = STATUS_SUCCESS;
	irp->IoStatus.Information = here->Parameters.DeviceIoControl.InputBufferLength;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return STATUS_SUCCESS;
}

/* A driver above: its extension is the device below. */
static NTSTATUS note(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	assert_non_null(device);
	if (irp->PendingReturned) {
		IoMarkIrpPending(irp);
	}
	++*(int *)context;
	return STATUS_CONTINUE_COMPLETION;
}

static int noted;

static NTSTATUS pass_on(PDEVICE_OBJECT device, PIRP irp)
{
	IoCopyCurrentIrpStackLocationToNext(irp);
	IoSetCompletionRoutine(irp, note, &noted, TRUE, TRUE, TRUE);
	return IoCallDriver(*(PDEVICE_OBJECT *)device->DeviceExtension, irp);
}

static NTSTATUS keep(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	assert_null(device);
	*(PIRP *)context = irp;
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static PIRP make_request(CCHAR stack, UCHAR major, ULONG code)
{
	PIRP irp = IoAllocateIrp(stack, FALSE);
	PIO_STACK_LOCATION next = IoGetNextIrpStackLocation(irp);

	next->MajorFunction = major;
	next->Parameters.DeviceIoControl.IoControlCode = code;
	next->Parameters.DeviceIoControl.InputBufferLength = 77;
	return irp;
}

static void a_request_goes_down_and_comes_back(void **state)
{
	DRIVER_OBJECT lower, upper;
	PDEVICE_OBJECT below, above;
	IO_STATUS_BLOCK block;
	KEVENT done;
	PIRP irp;
	PIRP kept = NULL;

	(void)state;
	sessio_nt_init_driver(&lower, NULL);
	sessio_nt_init_driver(&upper, NULL);
	lower.MajorFunction[IRP_MJ_DEVICE_CONTROL] = control;
	upper.MajorFunction[IRP_MJ_DEVICE_CONTROL] = pass_on;
	assert_int_equal(IoCreateDevice(&lower, 0, NULL, 1, 0, FALSE, &below), STATUS_SUCCESS);
	assert_int_equal(
		IoCreateDevice(&upper, sizeof(PVOID), NULL, 1, 0, FALSE, &above), STATUS_SUCCESS);
	*(PDEVICE_OBJECT *)above->DeviceExtension = below;

	irp = make_request(2, IRP_MJ_DEVICE_CONTROL, 0);
	KeInitializeEvent(&done, NotificationEvent, FALSE);
	irp->UserIosb = &block;
	irp->UserEvent = &done;
	assert_int_equal(IoCallDriver(above, irp), STATUS_SUCCESS);
	assert_int_equal(noted, 1);
	assert_int_equal(KeReadStateEvent(&done), 1);
	assert_int_equal(block.Information, 77);
	assert_int_equal(usage().requests, 1);
	IoFreeIrp(irp);

	irp = make_request(2, IRP_MJ_DEVICE_CONTROL, 1);
	IoSetCompletionRoutine(irp, keep, &kept, FALSE, TRUE, FALSE);
	assert_int_equal(IoCallDriver(above, irp), STATUS_PENDING);
	irp->IoStatus.Status = STATUS_UNSUCCESSFUL;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	assert_ptr_equal(kept, irp);
	assert_true(irp->PendingReturned);
	assert_int_equal(noted, 2);
	IoFreeIrp(irp);

	irp = make_request(1, IRP_MJ_POWER, 0);
	assert_int_equal(IoCallDriver(below, irp), STATUS_INVALID_DEVICE_REQUEST);
	assert_int_equal(irp->IoStatus.Status, STATUS_INVALID_DEVICE_REQUEST);
	assert_int_equal(IoGetRequestorProcessId(irp), HandleToULong(PsGetCurrentProcessId()));
	IoFreeIrp(irp);
	assert_null(IoAllocateIrp(0, FALSE));
	assert_int_equal(usage().requests, 0);
	IoDeleteDevice(below);
	IoDeleteDevice(above);
}

static void cancel_it(PDEVICE_OBJECT device, PIRP irp)
{
	assert_null(device);
	assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
	IoReleaseCancelSpinLock(irp->CancelIrql);
	noted = 100;
}

static NTSTATUS pass_through(PDEVICE_OBJECT device, PIRP irp)
{
	IoCopyCurrentIrpStackLocationToNext(irp);
	return IoCallDriver(*(PDEVICE_OBJECT *)device->DeviceExtension, irp);
}

static void pending_and_cancelled_requests_are_reported_upwards(void **state)
{
	DRIVER_OBJECT lower, upper;
	PDEVICE_OBJECT below, above;
	PIRP irp = make_request(2, IRP_MJ_DEVICE_CONTROL, 1);
	PIRP kept = NULL;

	(void)state;
	sessio_nt_init_driver(&lower, NULL);
	sessio_nt_init_driver(&upper, NULL);
	lower.MajorFunction[IRP_MJ_DEVICE_CONTROL] = control;
	upper.MajorFunction[IRP_MJ_DEVICE_CONTROL] = pass_through;
	assert_int_equal(IoCreateDevice(&lower, 0, NULL, 1, 0, FALSE, &below), STATUS_SUCCESS);
	assert_int_equal(
		IoCreateDevice(&upper, sizeof(PVOID), NULL, 1, 0, FALSE, &above), STATUS_SUCCESS);
	*(PDEVICE_OBJECT *)above->DeviceExtension = below;
	IoSetCompletionRoutine(irp, keep, &kept, FALSE, FALSE, TRUE);
	assert_int_equal(IoCallDriver(above, irp), STATUS_PENDING);
	assert_false(IoCancelIrp(irp));
	irp->IoStatus.Status = STATUS_CANCELLED;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	assert_ptr_equal(kept, irp);
	assert_true(irp->PendingReturned);
	IoFreeIrp(irp);
	IoDeleteDevice(below);
	IoDeleteDevice(above);
}

static void cancelling_calls_the_routine_once(void **state)
{
	PIRP irp = IoAllocateIrp(1, FALSE);

	(void)state;
	assert_null(IoSetCancelRoutine(irp, cancel_it));
	assert_true(IoCancelIrp(irp));
	assert_int_equal(noted, 100);
	assert_true(irp->Cancel);
	assert_false(IoCancelIrp(irp));
	assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
	IoFreeIrp(irp);
}

static void a_filter_starts_once(void **state)
{
	FLT_REGISTRATION registration = { sizeof(registration), FLT_REGISTRATION_VERSION, 0, NULL,
		NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL };
	DRIVER_OBJECT driver;
	PFLT_FILTER filter;

	(void)state;
	sessio_nt_init_driver(&driver, NULL);
	assert_int_equal(FltRegisterFilter(&driver, &registration, &filter), STATUS_SUCCESS);
	assert_int_equal(FltStartFiltering(filter), STATUS_SUCCESS);
	assert_int_equal(FltStartFiltering(filter), STATUS_INVALID_PARAMETER);
	FltUnregisterFilter(filter);
	registration.Version = 1;
	assert_int_equal(
		FltRegisterFilter(&driver, &registration, &filter), STATUS_INVALID_PARAMETER);
	registration.Version = FLT_REGISTRATION_VERSION;
	registration.Size--;
	assert_int_equal(
		FltRegisterFilter(&driver, &registration, &filter), STATUS_INVALID_PARAMETER);
}

static void routines_have_addresses_by_name(void **state)
{
	UNICODE_STRING known = RTL_CONSTANT_STRING(L"DbgPrint");
	UNICODE_STRING unknown = RTL_CONSTANT_STRING(L"DbgPrinu");
	RTL_OSVERSIONINFOW version = { .dwOSVersionInfoSize = sizeof(version) };

	(void)state;
	assert_ptr_equal(MmGetSystemRoutineAddress(&known), (PVOID)(ULONG_PTR)DbgPrint);
	assert_null(MmGetSystemRoutineAddress(&unknown));
	assert_int_equal(RtlGetVersion(&version), STATUS_SUCCESS);
	assert_int_equal(version.dwMajorVersion, 10);
	assert_true(RtlIsNtDdiVersionAvailable(NTDDI_WIN7));
	assert_false(RtlIsNtDdiVersionAvailable(NTDDI_WIN10 + 0x10000));
	assert_int_equal(version.dwOSVersionInfoSize, sizeof(version));
}

struct job {
	PIO_WORKITEM item;
	PDEVICE_OBJECT device;
	LONG runs;
	HANDLE thread;
};

static void do_job(PDEVICE_OBJECT device, PVOID context)
{
	struct job *job = context;

	assert_ptr_equal(device, job->device);
	assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
	job->thread = PsGetCurrentThreadId();
	if (InterlockedIncrement(&job->runs) < 3) {
		IoQueueWorkItem(job->item, do_job, DelayedWorkQueue, job);
	}
}

static void free_own_item(PVOID object, PVOID context, PIO_WORKITEM item)
{
	struct job *job = context;

	assert_ptr_equal(object, job->device);
	InterlockedIncrement(&job->runs);
	IoFreeWorkItem(item);
}

static void work_is_done_later_on_another_thread(void **state)
{
	DRIVER_OBJECT driver;
	struct job job = { .runs = 0 };

	(void)state;
	sessio_nt_init_driver(&driver, NULL);
	assert_int_equal(
		IoCreateDevice(&driver, 0, NULL, 1, 0, FALSE, &job.device), STATUS_SUCCESS);
	job.item = IoAllocateWorkItem(job.device);
	assert_int_equal(usage().work_items, 1);
	IoQueueWorkItem(job.item, do_job, DelayedWorkQueue, &job);
	sessio_nt_wait_for_work();
	assert_int_equal(job.runs, 3);
	assert_ptr_not_equal(job.thread, PsGetCurrentThreadId());
	IoQueueWorkItemEx(job.item, free_own_item, CriticalWorkQueue, &job);
	sessio_nt_wait_for_work();
	assert_int_equal(job.runs, 4);
	assert_int_equal(usage().work_items, 0);
	IoDeleteDevice(job.device);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pool_blocks_are_counted_aligned_and_zeroed_on_demand),
		cmocka_unit_test(pool_refuses_what_it_cannot_mean),
		cmocka_unit_test(lookaside_lists_give_blocks_of_one_size),
		cmocka_unit_test(devices_have_names_and_extensions),
		cmocka_unit_test(links_are_names_too),
		cmocka_unit_test(a_session_is_given_to_devices_of_ours_only),
		cmocka_unit_test(a_file_object_says_what_it_is),
		cmocka_unit_test(a_request_goes_down_and_comes_back),
		cmocka_unit_test(pending_and_cancelled_requests_are_reported_upwards),
		cmocka_unit_test(cancelling_calls_the_routine_once),
		cmocka_unit_test(a_filter_starts_once),
		cmocka_unit_test(work_is_done_later_on_another_thread),
		cmocka_unit_test(routines_have_addresses_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
