/* SPDX-License-Identifier: MIT */
/*
 * Drivers in a test: load them, send them requests, unload them.
 *
 * CMake's sessio_add_driver(NAME source...) compiles a driver's sources as they are
 * and makes a library NAME to link. Its DriverEntry gets a name of its own, and its
 * other symbols are no one else's. So several drivers fit into one program. At each
 * load the driver's variables are as they were when the program began. It needs
 * an ELF platform with GNU's ld and objcopy, or those of LLVM.
 *
 * A file stands for a handle that a program has. Its requests act for the user
 * session that opened it. A request that its driver keeps answers STATUS_PENDING,
 * and is waited for or cancelled later. A driver gets a copy of each buffer, also with
 * direct input and output. Its output arrives when the request is completed, and of a
 * pended one when it is waited for or its file is closed.
 *
 * Steps after a stop, or after sessio_kit_finish(), answer STATUS_UNSUCCESSFUL.
 *
 * Default: a call keeps no reference, does not block, and calls nobody back but the
 *          driver. The calls for a kit come one at a time, from any thread outside of
 *          callbacks. A call that sends a request is a step, on the calling thread.
 *          Pointers for information may be NULL.
 */
#ifndef SESSIO_TESTING_DRIVER_H
#define SESSIO_TESTING_DRIVER_H

/*
 * From examples/driver_guide/first.c:
 *
 *     bool ran = sessio_kit_create(NULL, &kit) == SESSIO_OK &&
 *         NT_SUCCESS(sessio_kit_load(kit, silent, NULL)) &&
 *         sessio_kit_post(kit, 1, SESSIO_USER_EVENT_CREATED, 0) == SESSIO_OK &&
 *         NT_SUCCESS(sessio_kit_open(kit, 1, L"\\Device\\NextLogon", &file)) &&
 *         NT_SUCCESS(sessio_kit_read(file, &byte, 1, NULL));
 */

#include <nt/wdm.h>

#include <sessio/testing.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A driver as sessio_add_driver() linked it; its members are not for tests. */
typedef struct sessio_driver_image {
	sessio_kit_image image;
	DRIVER_INITIALIZE *entry;
} sessio_driver_image;

/* Declares the driver that sessio_add_driver(name ...) makes: SESSIO_DRIVER(name); */
#ifdef __cplusplus
#define SESSIO_DRIVER(name) extern "C" const sessio_driver_image sessio_driver_image_of_##name
#else
#define SESSIO_DRIVER(name) extern const sessio_driver_image sessio_driver_image_of_##name
#endif

typedef struct sessio_kit_driver sessio_kit_driver;
typedef struct sessio_kit_file sessio_kit_file;
typedef struct sessio_kit_request sessio_kit_request;
typedef struct sessio_kit_process sessio_kit_process;

/** Loads the driver that SESSIO_DRIVER() declares; see sessio_kit_load_image(). */
#define sessio_kit_load(kit, name, out_driver) \
	sessio_kit_load_image((kit), &sessio_driver_image_of_##name, (out_driver))

/**
 * Load a driver: restore its variables and call its DriverEntry, with a driver object and
 * a registry path under its name. If that fails, what it leaves is a finding.
 *
 * @return the result of DriverEntry; STATUS_OBJECT_NAME_COLLISION (it is loaded already),
 *         STATUS_INSUFFICIENT_RESOURCES, STATUS_INVALID_PARAMETER (an argument is NULL).
 *
 * Ref:     *out_driver is borrowed, until the kit is destroyed.
 */
NTSTATUS sessio_kit_load_image(
	sessio_kit *kit, const sessio_driver_image *image, sessio_kit_driver **out_driver);

/**
 * The object of a loaded driver; its devices are at DeviceObject.
 *
 * @return the object; NULL for NULL.
 *
 * Ref:     borrowed, until the kit is destroyed.
 */
PDRIVER_OBJECT sessio_kit_driver_object(sessio_kit_driver *driver);

/**
 * Unload a driver: call its DriverUnload, wait for work items, and look for what is left.
 * Each such thing is a finding, and is given back.
 *
 * @return STATUS_SUCCESS, STATUS_DEVICE_BUSY (a file is open, or a device is plugged), STATUS_INVALID_DEVICE_REQUEST
 *         (it has no DriverUnload), STATUS_INVALID_PARAMETER (it is NULL or not loaded).
 *
 * Blocks:  until queued work items have run, ten seconds at most.
 */
NTSTATUS sessio_kit_unload(sessio_kit_driver *driver);

/**
 * Open a device by its name or link, from a user session. The driver gets a create
 * request. The file's name is the rest behind the device's.
 *
 * @param session_id  a session of the kit's host, or SESSIO_KIT_NO_SESSION.
 * @return the driver's result; STATUS_OBJECT_NAME_NOT_FOUND, STATUS_NO_SUCH_LOGON_SESSION,
 *         STATUS_ACCESS_DENIED (an exclusive device is open), STATUS_NO_SUCH_DEVICE (it is
 *         still initializing), STATUS_INSUFFICIENT_RESOURCES, STATUS_INVALID_PARAMETER.
 *
 * Ref:     *out_file is the kit's, for sessio_kit_close(); written on success only.
 */
NTSTATUS sessio_kit_open(
	sessio_kit *kit, uint32_t session_id, PCWSTR name, sessio_kit_file **out_file);

/**
 * Open a device that may have no name. As sessio_kit_open() besides.
 *
 * @return as sessio_kit_open(): STATUS_OBJECT_NAME_NOT_FOUND if it is no device.
 *
 * Ref:     *out_file is the kit's, for sessio_kit_close(); written on success only.
 */
NTSTATUS sessio_kit_open_device(
	sessio_kit *kit, uint32_t session_id, PDEVICE_OBJECT device, sessio_kit_file **out_file);

/**
 * The file object of an open file.
 *
 * @return the object; NULL for NULL.
 *
 * Ref:     borrowed, until the file's driver is unloaded.
 */
PFILE_OBJECT sessio_kit_file_object(sessio_kit_file *file);

/**
 * The open file of a user session.
 *
 * @param session_id  or SESSIO_KIT_NO_SESSION.
 * @return the one that was opened first; NULL if there is none, or for NULL.
 *
 * Ref:     borrowed, until the file's driver is unloaded.
 */
sessio_kit_file *sessio_kit_find_file(sessio_kit *kit, uint32_t session_id);

/**
 * Read from a file at offset 0.
 *
 * @param buffer           borrowed until the request is completed.
 * @param out_information  gets the request's Information once it is completed.
 * @return the driver's result; STATUS_PENDING: see sessio_kit_pended().
 */
NTSTATUS sessio_kit_read(
	sessio_kit_file *file, PVOID buffer, ULONG length, ULONG_PTR *out_information);

/**
 * Write to a file at offset 0.
 *
 * @param buffer           borrowed until the request is completed.
 * @param out_information  gets the request's Information once it is completed.
 * @return the driver's result; STATUS_PENDING: see sessio_kit_pended().
 */
NTSTATUS sessio_kit_write(
	sessio_kit_file *file, PVOID buffer, ULONG length, ULONG_PTR *out_information);

/**
 * Send a device control. Its buffers reach the driver by the method of the code.
 *
 * @param in               borrowed until the request is completed, and so is @p out.
 * @param out_information  gets the request's Information once it is completed.
 * @return the driver's result; STATUS_PENDING: see sessio_kit_pended().
 */
NTSTATUS sessio_kit_control(sessio_kit_file *file, ULONG code, PVOID in, ULONG in_length, PVOID out,
	ULONG out_length, ULONG_PTR *out_information);

/**
 * The latest request of a file that answered STATUS_PENDING and has not been waited for.
 *
 * @return the request; NULL if there is none.
 *
 * Ref:     borrowed, until the file's driver is unloaded.
 */
sessio_kit_request *sessio_kit_pended(sessio_kit_file *file);

/**
 * Wait until a request is completed.
 *
 * @param timeout_ms  milliseconds; 0 only looks, SESSIO_FOREVER waits without end.
 * @return the driver's result; STATUS_TIMEOUT, STATUS_INVALID_PARAMETER (it is NULL).
 *
 * Blocks:  until then or the timeout.
 */
NTSTATUS sessio_kit_wait(
	sessio_kit_request *request, uint32_t timeout_ms, ULONG_PTR *out_information);

/**
 * Cancel a request, as IoCancelIrp() does, and wait for it.
 *
 * @param timeout_ms  as for sessio_kit_wait().
 * @return as sessio_kit_wait(); STATUS_UNSUCCESSFUL after a stop.
 *
 * Blocks:  as sessio_kit_wait().
 * Calls back: its cancel routine.
 */
NTSTATUS sessio_kit_cancel(
	sessio_kit_request *request, uint32_t timeout_ms, ULONG_PTR *out_information);

/**
 * Close the last handle of a file, as a program does or its end: the driver gets a cleanup
 * request. Pended requests can still be waited for. NULL is a no-op.
 *
 * @return the driver's result; STATUS_FILE_CLOSED (it had a cleanup before).
 */
NTSTATUS sessio_kit_cleanup(sessio_kit_file *file);

/**
 * Close a file: cleanup, unless it had one, and then a close request. A request of this
 * file that is still pended then was never completed, which is a finding.
 *
 * @return the driver's result for the close request; STATUS_FILE_CLOSED (it is closed).
 *
 * Blocks:  until queued work items have run, ten seconds at most.
 */
NTSTATUS sessio_kit_close(sessio_kit_file *file);

/**
 * Plug a device in: the kit's bus makes one, the bottom of a stack to be. Drivers are added
 * to it by sessio_kit_add_device(), then it is started by sessio_kit_pnp().
 *
 * @param session_id  the DEVPKEY_Device_SessionId of the device, or SESSIO_KIT_NO_SESSION.
 * @return STATUS_SUCCESS, STATUS_INSUFFICIENT_RESOURCES, STATUS_INVALID_PARAMETER.
 *
 * Ref:     *out_device is borrowed, until its removal or until the kit is finished.
 */
NTSTATUS sessio_kit_plug(sessio_kit *kit, uint32_t session_id, PDEVICE_OBJECT *out_device);

/**
 * Call a driver's AddDevice routine with a device of sessio_kit_plug(): function drivers and
 * filters, from the lowest on. A step.
 *
 * @return the routine's result; STATUS_INVALID_DEVICE_REQUEST (it has none),
 *         STATUS_INVALID_PARAMETER.
 */
NTSTATUS sessio_kit_add_device(sessio_kit_driver *driver, PDEVICE_OBJECT device);

/**
 * Send a PnP request, as the PnP manager does, to the top of the stack of a device of
 * sessio_kit_plug(). After IRP_MN_REMOVE_DEVICE that device is gone. A device that a driver
 * leaves attached to it is a finding.
 *
 * @param minor  such as IRP_MN_START_DEVICE, IRP_MN_QUERY_REMOVE_DEVICE,
 *               IRP_MN_SURPRISE_REMOVAL, IRP_MN_REMOVE_DEVICE.
 * @return the result of the request; STATUS_INVALID_PARAMETER.
 *
 * Blocks:  until queued work items have run, ten seconds at most, if the request is kept.
 */
NTSTATUS sessio_kit_pnp(sessio_kit *kit, PDEVICE_OBJECT device, UCHAR minor);

/**
 * Send a power request, as the power manager does, to the top of such a stack.
 *
 * @param minor  IRP_MN_SET_POWER or IRP_MN_QUERY_POWER.
 * @return the result of the request; STATUS_INVALID_PARAMETER.
 *
 * Blocks:  as sessio_kit_pnp().
 */
NTSTATUS sessio_kit_power(sessio_kit *kit, PDEVICE_OBJECT device, UCHAR minor,
	POWER_STATE_TYPE type, POWER_STATE state);

/**
 * Start a process and its first thread, as the code under test hears of it: its routines for
 * processes and threads are called. There is no program in it. A step.
 *
 * @param session_id    the calls act for this user session, or SESSIO_KIT_NO_SESSION.
 * @param command_line  may be NULL.
 * @return STATUS_SUCCESS, the status of a routine that refuses it,
 *         STATUS_NO_SUCH_LOGON_SESSION, STATUS_INSUFFICIENT_RESOURCES,
 *         STATUS_INVALID_PARAMETER.
 *
 * Ref:     *out_process is the kit's, for sessio_kit_end_process(); written on success only.
 */
NTSTATUS sessio_kit_start_process(sessio_kit *kit, uint32_t session_id, PCWSTR image,
	PCWSTR command_line, sessio_kit_process **out_process);

/**
 * Start another thread in a process, and then end it. A step.
 *
 * @return STATUS_SUCCESS, STATUS_INVALID_PARAMETER (it is NULL).
 */
NTSTATUS sessio_kit_run_thread(sessio_kit_process *process);

/**
 * Load an image into a process. A step.
 *
 * @param base  where it would be; not looked at.
 * @return STATUS_SUCCESS, STATUS_INVALID_PARAMETER (it is NULL, or the name is).
 */
NTSTATUS sessio_kit_load_module(sessio_kit_process *process, PCWSTR name, PVOID base, SIZE_T size);

/**
 * The process as driver code sees it.
 *
 * @return the object; NULL for NULL.
 *
 * Ref:     borrowed, until the process has ended.
 */
PEPROCESS sessio_kit_process_object(sessio_kit_process *process);

/**
 * End a process: its first thread, then itself. A step. NULL is a no-op. Processes that a test
 * leaves end with the kit, and nobody hears of it.
 *
 * Ref:     -1 on @p process.
 */
void sessio_kit_end_process(sessio_kit_process *process);

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_TESTING_DRIVER_H */
