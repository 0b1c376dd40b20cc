/* SPDX-License-Identifier: MIT */
/*
 * The library in a Windows kernel driver: the beginning and the end.
 *
 * A driver links the library of SESSIO_PLATFORM=nt_kernel and includes this header,
 * after its <wdm.h>. Between sessio_start() and sessio_stop() it may call everything
 * that the headers below declare, and the other KasperskyOS names. Before and after it
 * may call nothing. Other platforms have neither of the two.
 *
 * Every call is for IRQL <= APC_LEVEL, and stops the system above that. A driver
 * that waits in a callback, or between an enter and its leave, waits in KernelMode.
 *
 * Default: a call keeps no reference, does not block, calls nobody back, and is
 *          open to any thread.
 */
#ifndef SESSIO_DRIVER_H
#define SESSIO_DRIVER_H

/*
 * From examples/windows_driver/driver.c:
 *
 *     if (sessio_start(driver, &registration) != SESSIO_OK) {
 *         return STATUS_INSUFFICIENT_RESOURCES;
 *     }
 */

#include <kos/session.h>
#include <sessio/bind.h>
#include <sessio/diag.h>
#include <sessio/handle_space.h>
#include <sessio/host.h>
#include <sessio/inspect.h>
#include <sessio/object.h>
#include <sessio/source.h>
#include <sessio/wait.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Start the library, and follow the kernel's user sessions: sessio_host_default() is a host with
 * the observed rules that gets every event from now on. A session that exists already becomes
 * known at its first event.
 *
 * If the kernel refuses the registration, the library has started all the same. The host then has
 * the sessions that the driver adopts or posts itself.
 *
 * @param io_object   a driver, device or file object, which outlives the registration; a device
 *                    that belongs to one session hears of that session only. NULL: nothing is
 *                    registered.
 * @param out_answer  may be NULL; the NTSTATUS of the registration, or STATUS_NOT_SUPPORTED if none
 *                    was tried.
 * @return SESSIO_OK, SESSIO_BAD_STATE (it has started), SESSIO_NO_MEMORY.
 *
 * Ref:     borrows @p io_object until sessio_stop().
 * Threads: any, one call of the two at a time.
 */
SESSIO_MUST_CHECK
sessio_status sessio_start(void *io_object, int32_t *out_answer);

/**
 * End everything: the registration, the default host with its sessions, the process's own handle
 * space. The driver has ended before this what it made itself: watchers, binds, sessions, objects,
 * types. Anything that is left over stops the system, with the reason. Without a start this is a no-op.
 *
 * Events may go on arriving until this returns, and none is delivered after it.
 *
 * Blocks:  until events that are being delivered have been.
 * Calls back: as sessio_source_close().
 * Threads: any, one call of the two at a time; not in a callback.
 */
void sessio_stop(void);

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_DRIVER_H */
