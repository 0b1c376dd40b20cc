/* SPDX-License-Identifier: MIT */
#include "nt/devpkey.h"
#include "wdk/device.h"
#include "wdk/thread.h"

NTSTATUS IoGetDevicePropertyData(PDEVICE_OBJECT device, const DEVPROPKEY *key, LCID lcid,
	ULONG flags, ULONG size, PVOID data, PULONG required, PDEVPROPTYPE type)
{
	ULONG session_id;

	UNREFERENCED_PARAMETER(lcid);
	UNREFERENCED_PARAMETER(flags);
	if (device == NULL || key == NULL || required == NULL || type == NULL) {
		return STATUS_INVALID_PARAMETER;
	}
	SI_WDK_LEVEL(APC_LEVEL, "IoGetDevicePropertyData");
	session_id = si_wdk_device_session(device);
	if (memcmp(key, &DEVPKEY_Device_SessionId, sizeof(*key)) != 0 || session_id == 0) {
		return STATUS_OBJECT_NAME_NOT_FOUND;
	}
	*required = sizeof(session_id);
	*type = DEVPROP_TYPE_UINT32;
	if (size < sizeof(session_id) || data == NULL) {
		return STATUS_BUFFER_TOO_SMALL;
	}
	memcpy(data, &session_id, sizeof(session_id));
	return STATUS_SUCCESS;
}
