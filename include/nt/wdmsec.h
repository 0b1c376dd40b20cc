/* SPDX-License-Identifier: MIT */
/*
 * Devices with a security descriptor. It is taken as text and not looked at: nobody is
 * refused here.
 */
#ifndef SESSIO_NT_WDMSEC_H
#define SESSIO_NT_WDMSEC_H

#include "wdm.h"

#ifdef __cplusplus
extern "C" {
#endif

extern const UNICODE_STRING SDDL_DEVOBJ_KERNEL_ONLY, SDDL_DEVOBJ_SYS_ALL,
	SDDL_DEVOBJ_SYS_ALL_ADM_ALL, SDDL_DEVOBJ_SYS_ALL_ADM_RX,
	SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_R, SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_RWX_RES_RWX;

/**
 * As IoCreateDevice(). The descriptor is text, and must not be NULL. The class may be.
 */
NTSTATUS IoCreateDeviceSecure(PDRIVER_OBJECT driver, ULONG extension_size, PUNICODE_STRING name,
	DEVICE_TYPE type, ULONG characteristics, BOOLEAN exclusive, PCUNICODE_STRING sddl,
	LPCGUID class_guid, PDEVICE_OBJECT *device);
#define WdmlibIoCreateDeviceSecure IoCreateDeviceSecure

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_NT_WDMSEC_H */
