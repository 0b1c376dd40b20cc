/* SPDX-License-Identifier: MIT */
/*
 * The part of a test around driver code, which no driver sees. It makes objects,
 * marks a device as one session's, catches debug prints, waits for work items, and
 * counts the things that were not given back.
 *
 * Default: a call keeps no reference, does not block, calls nobody back, and is
 *          open to any thread. Calls for one object come one at a time.
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
 */
sessio_status sessio_nt_init_driver(PDRIVER_OBJECT driver, PUNICODE_STRING name);

/**
 * Frees the extension of a driver object. Without this call it stays for the next
 * driver object at the same address. NULL is a no-op.
 */
void sessio_nt_fini_driver(PDRIVER_OBJECT driver);

/**
 * Makes a file object of the caller's memory: zeroed, with type, size and device.
 * NULL is a no-op.
 *
 * @param device  borrowed, may be NULL.
 */
void sessio_nt_init_file(PFILE_OBJECT file, PDEVICE_OBJECT device);

/**
 * Gives a device the property DEVPKEY_Device_SessionId: registrations made for it
 * afterwards follow that session only. 0 stands for a device of the services,
 * which follows all sessions.
 *
 * @return SESSIO_OK, SESSIO_INVALID_ARG (no device of IoCreateDevice()).
 */
SESSIO_MUST_CHECK
sessio_status sessio_nt_set_device_session(PDEVICE_OBJECT device, ULONG session_id);

/**
 * Takes a debug print: up to 512 bytes of UTF-8, with a zero behind them. It runs
 * with no lock of the library held, and on several threads at once. It may print,
 * which calls it again.
 *
 * Ref:     @p text is borrowed for the call.
 * Threads: the one that prints.
 */
typedef void sessio_nt_debug_print_fn(
	void *ctx, ULONG component, ULONG level, const char *text, size_t length);

/**
 * Sets the function that gets the debug prints from now on. NULL stands for the
 * standard error stream, which gets them at first. Called from a print it returns
 * at once, and the running call is that function's last.
 *
 * Ref:     @p ctx is borrowed until the next call.
 * Blocks:  until no call of the function before is running.
 */
void sessio_nt_set_debug_print(sessio_nt_debug_print_fn *fn, void *ctx);

/** The things that driver code holds. All zero when everything was given back. */
struct sessio_nt_usage {
	size_t pool_blocks;
	size_t pool_bytes;
	size_t devices;
	size_t symbolic_links;
	size_t requests;
	size_t work_items;
};

/** Counts the things that driver code holds at this moment. NULL is a no-op. */
void sessio_nt_get_usage(struct sessio_nt_usage *out_usage);

/**
 * Waits for work items.
 *
 * Blocks:  until every queued item has run, and those that they queued. Hold no lock
 *          that an item takes.
 * Threads: any, but not from inside a work item.
 */
void sessio_nt_wait_for_work(void);

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_NT_H */
