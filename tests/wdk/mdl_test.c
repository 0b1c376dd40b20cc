/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <ntddk.h>

static void a_description_leads_to_its_buffer(void **state)
{
	static char pages[3 * PAGE_SIZE];
	PMDL mdl = IoAllocateMdl(pages + 100, 5000, FALSE, FALSE, NULL);

	(void)state;
	assert_int_equal(MmGetMdlByteCount(mdl), 5000);
	assert_int_equal(MmGetMdlByteOffset(mdl), (ULONG_PTR)(pages + 100) % PAGE_SIZE);
	assert_int_equal((ULONG_PTR)mdl->StartVa % PAGE_SIZE, 0);
	assert_ptr_equal(MmGetMdlVirtualAddress(mdl), pages + 100);
	MmProbeAndLockPages(mdl, UserMode, IoWriteAccess);
	assert_ptr_equal(
		MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority | MdlMappingNoExecute),
		pages + 100);
	MmUnlockPages(mdl);
	assert_int_equal(mdl->MdlFlags, 0);
	MmBuildMdlForNonPagedPool(mdl);
	assert_ptr_equal(mdl->MappedSystemVa, pages + 100);
	assert_ptr_equal(MmGetSystemAddressForMdlSafe(mdl, LowPagePriority), pages + 100);
	IoFreeMdl(mdl);
}

static void a_request_has_its_descriptions_in_order(void **state)
{
	PIRP irp = IoAllocateIrp(1, FALSE);
	PMDL first = IoAllocateMdl(irp, 1, FALSE, FALSE, irp);
	PMDL second = IoAllocateMdl(irp, 2, TRUE, FALSE, irp);
	PMDL third = IoAllocateMdl(irp, 3, TRUE, FALSE, irp);

	(void)state;
	assert_ptr_equal(irp->MdlAddress, first);
	assert_ptr_equal(first->Next, second);
	assert_ptr_equal(second->Next, third);
	assert_null(third->Next);
	IoFreeMdl(third);
	IoFreeMdl(second);
	IoFreeMdl(first);
	IoFreeIrp(irp);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_description_leads_to_its_buffer),
		cmocka_unit_test(a_request_has_its_descriptions_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
