/* SPDX-License-Identifier: MIT */
/* Devices as the container calls, work items and requests see them. */
#ifndef SI_WDK_DEVICE_H
#define SI_WDK_DEVICE_H

#include <stdbool.h>

#include "nt/sessio_nt/device.h"
#include "nt/sessio_nt/pnp.h"

/* The session that a device, or one that it is attached to, belongs to; 0 for all others, also for those not made here. */
ULONG si_wdk_device_session(const DEVICE_OBJECT *device);

/*
 * Whether an object is registered for notifications. The container calls set it,
 * as this room does not know them; IoDeleteDevice() asks it with no lock held.
 */
typedef bool si_wdk_is_registered_fn(const void *object);
void si_wdk_device_set_registered(si_wdk_is_registered_fn *is_registered);

/*
 * Keeps a device until the release, even if it is deleted before. False if the
 * object is no device of IoCreateDevice(), or has been freed.
 */
bool si_wdk_device_hold(const void *object);
void si_wdk_device_release(const void *object);

/*
 * The device of this name, kept until si_wdk_device_release(), or NULL. The name may
 * be a link's, and more may follow it behind a backslash: that is *out_rest, a part
 * of the name.
 */
PDEVICE_OBJECT si_wdk_device_open(PCUNICODE_STRING name, PUNICODE_STRING out_rest);

/*
 * The device that this one is attached to, NULL while it is attached to none. NULL itself
 * if it is no device of IoCreateDevice().
 */
PDEVICE_OBJECT *si_wdk_device_lower(const DEVICE_OBJECT *device);

/* The states of power that were noted, by their type; NULL if it is no device of ours. */
POWER_STATE *si_wdk_device_power(const DEVICE_OBJECT *device);

/* Takes a device out of its stack. */
void si_wdk_device_detach(PDEVICE_OBJECT device);

/* Removes a link by the object that was made for it. */
void si_wdk_link_delete(void *link);

#endif /* SI_WDK_DEVICE_H */
