/* SPDX-License-Identifier: MIT */
/*
 * What a test or a program needs around driver code that no driver sees: making
 * objects, marking a device as one session's, catching debug prints, and knowing
 * what was not given back.
 */
#ifndef SESSIO_NT_H
#define SESSIO_NT_H

#include "sessio/status.h"
#include "wdm.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Makes a driver object of the caller's memory: zeroed, with type, size, name,
 * an extension of its own, and dispatch routines that refuse every request.
 *
 * @param name  borrowed, may be NULL; for people.
 * @return SESSIO_OK, SESSIO_INVALID_ARG (@p driver is NULL), SESSIO_NO_MEMORY.
 *
 * Ref:     none.
 * Locks:   takes none.
 * Threads: one at a time per object.
 */
sessio_status sessio_nt_init_driver(PDRIVER_OBJECT driver, PUNICODE_STRING name);

/**
 * Frees the extension of a driver object. Without this call it stays for the next
 * driver object at the same address. NULL is a no-op.
 *
 * Ref:     none.
 * Locks:   takes none.
 * Threads: one at a time per object.
 */
void sessio_nt_fini_driver(PDRIVER_OBJECT driver);

/**
 * Makes a file object of the caller's memory: zeroed, with type, size and device.
 *
 * @param device  borrowed, may be NULL.
 *
 * Ref:     none.
 * Locks:   takes none.
 * Threads: one at a time per object.
 */
void sessio_nt_init_file(PFILE_OBJECT file, PDEVICE_OBJECT device);

/**
 * Gives a device the property DEVPKEY_Device_SessionId: registrations made for it
 * afterwards follow that session only. 0 stands for a device of the services,
 * which follows all sessions.
 *
 * @return SESSIO_OK, SESSIO_INVALID_ARG (no device of IoCreateDevice()).
 *
 * Ref:     none.
 * Locks:   takes none.
 * Threads: one at a time per device.
 */
SESSIO_MUST_CHECK
sessio_status sessio_nt_set_device_session(PDEVICE_OBJECT device, ULONG session_id);

/**
 * Takes a debug print: up to 512 bytes of UTF-8, with a zero behind them.
 *
 * Ref:     @p text is borrowed for the call.
 * Locks:   one that only prints take, so that they come whole and one by one:
 *          do not print from here.
 * Threads: the one that prints.
 */
typedef void sessio_nt_debug_print_fn(
	void *ctx, ULONG component, ULONG level, const char *text, size_t length);

/**
 * Says where debug prints go from now on; NULL for the standard error stream,
 * where they go at first. Returns when no print to the place before is running.
 *
 * Ref:     @p ctx is borrowed until the next call.
 * Locks:   takes and leaves the prints'.
 * Threads: any, not from inside a print.
 */
void sessio_nt_set_debug_print(sessio_nt_debug_print_fn *fn, void *ctx);

/** What driver code holds. All zero when everything was given back. */
struct sessio_nt_usage {
	size_t pool_blocks;
	size_t pool_bytes;
	size_t devices;
	size_t symbolic_links;
	size_t requests;
	size_t work_items;
};

/**
 * Tells what driver code holds at this moment.
 *
 * Ref:     none.
 * Locks:   takes and leaves those of the names.
 * Threads: any.
 */
void sessio_nt_get_usage(struct sessio_nt_usage *out_usage);

/**
 * Waits until every work item that was queued has run, and those that they queued.
 *
 * Ref:     none.
 * Locks:   hold none that a work item takes.
 * Threads: any, not from inside a work item.
 */
void sessio_nt_wait_for_work(void);

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_NT_H */
