/* SPDX-License-Identifier: MIT */
#include "nt/wdmsec.h"

#define SDDL(name, text)                                                                        \
	static WCHAR name##_text[] = text;                                                      \
	const UNICODE_STRING name = { sizeof(name##_text) - sizeof(WCHAR), sizeof(name##_text), \
		name##_text }

SDDL(SDDL_DEVOBJ_KERNEL_ONLY, u"D:P");
SDDL(SDDL_DEVOBJ_SYS_ALL, u"D:P(A;;GA;;;SY)");
SDDL(SDDL_DEVOBJ_SYS_ALL_ADM_ALL, u"D:P(A;;GA;;;SY)(A;;GA;;;BA)");
SDDL(SDDL_DEVOBJ_SYS_ALL_ADM_RX, u"D:P(A;;GA;;;SY)(A;;GRGX;;;BA)");
SDDL(SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_R, u"D:P(A;;GA;;;SY)(A;;GRGWGX;;;BA)(A;;GR;;;WD)");
SDDL(SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_RWX_RES_RWX,
	u"D:P(A;;GA;;;SY)(A;;GRGWGX;;;BA)(A;;GRGWGX;;;WD)(A;;GRGWGX;;;RC)");

NTSTATUS IoCreateDeviceSecure(PDRIVER_OBJECT driver, ULONG extension_size, PUNICODE_STRING name,
	DEVICE_TYPE type, ULONG characteristics, BOOLEAN exclusive, PCUNICODE_STRING sddl,
	LPCGUID class_guid, PDEVICE_OBJECT *device)
{
	UNREFERENCED_PARAMETER(class_guid);
	if (sddl == NULL) {
		return STATUS_INVALID_PARAMETER;
	}
	return IoCreateDevice(
		driver, extension_size, name, type, characteristics, exclusive, device);
}
