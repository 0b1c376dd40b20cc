/* SPDX-License-Identifier: MIT */
/*
 * The container notification calls of the Windows kernel, on the default host.
 *
 * Names, values, layouts and statuses are the documented ones. The values of
 * states and events begin with 1, as in the headers. A page that lists them
 * without values reads as if they began with 0, and is wrong.
 *
 * (nt_container-1) Arguments are judged in this order: class, length, callback,
 *      content, the place for the result, a second registration of the same
 *      object, memory.
 * (nt_container-2) The documents ask for IRQL <= APC_LEVEL. At DISPATCH_LEVEL
 *      these calls stop the program, as a kernel would.
 * (nt_container-3) A callback runs on the thread that posted the event, and sees
 *      the state after the event. It may call everything in this file.
 *
 * A driver for Windows itself takes these from its own kit, and this folder off
 * its include path.
 *
 * Default: a call keeps no reference, does not block, calls nobody back, and is
 *          open to any thread at IRQL <= APC_LEVEL, in a callback too.
 */
#ifndef SESSIO_NT_CONTAINER_H
#define SESSIO_NT_CONTAINER_H

/*
 * From examples/session_trace/driver.c:
 *
 *     notification.Size = sizeof(notification);
 *     notification.IoObject = DriverObject;
 *     notification.EventMask = IO_SESSION_STATE_ALL_EVENTS;
 *     return IoRegisterContainerNotification(IoSessionStateNotification,
 *         (PIO_CONTAINER_NOTIFICATION_FUNCTION)OnSessionEvent, &notification,
 *         sizeof(notification), &g_Registration);
 */

#include "sessio_nt/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum _IO_CONTAINER_INFORMATION_CLASS {
	IoSessionStateInformation,
	IoMaxContainerInformationClass
} IO_CONTAINER_INFORMATION_CLASS;

typedef enum _IO_CONTAINER_NOTIFICATION_CLASS {
	IoSessionStateNotification,
	IoMaxContainerNotificationClass
} IO_CONTAINER_NOTIFICATION_CLASS;

typedef enum _IO_SESSION_EVENT {
	IoSessionEventIgnore = 0,
	IoSessionEventCreated,
	IoSessionEventTerminated,
	IoSessionEventConnected,
	IoSessionEventDisconnected,
	IoSessionEventLogon,
	IoSessionEventLogoff,
	IoSessionEventMax
} IO_SESSION_EVENT,
	*PIO_SESSION_EVENT;

typedef enum _IO_SESSION_STATE {
	IoSessionStateCreated = 1,
	IoSessionStateInitialized,
	IoSessionStateConnected,
	IoSessionStateDisconnected,
	IoSessionStateDisconnectedLoggedOn,
	IoSessionStateLoggedOn,
	IoSessionStateLoggedOff,
	IoSessionStateTerminated,
	IoSessionStateMax
} IO_SESSION_STATE,
	*PIO_SESSION_STATE;

#define IO_SESSION_STATE_ALL_EVENTS 0xffffffffu
#define IO_SESSION_STATE_CREATION_EVENT 0x00000001u
#define IO_SESSION_STATE_TERMINATION_EVENT 0x00000002u
#define IO_SESSION_STATE_CONNECT_EVENT 0x00000004u
#define IO_SESSION_STATE_DISCONNECT_EVENT 0x00000008u
#define IO_SESSION_STATE_LOGON_EVENT 0x00000010u
#define IO_SESSION_STATE_LOGOFF_EVENT 0x00000020u
#define IO_SESSION_STATE_VALID_EVENT_MASK 0x0000003fu
#define IO_SESSION_MAX_PAYLOAD_SIZE 256L

typedef struct _IO_SESSION_CONNECT_INFO {
	ULONG SessionId;
	BOOLEAN LocalSession;
} IO_SESSION_CONNECT_INFO, *PIO_SESSION_CONNECT_INFO;

/* LocalSession means something in the states Connected, LoggedOn and LoggedOff. */
typedef struct _IO_SESSION_STATE_INFORMATION {
	ULONG SessionId;
	IO_SESSION_STATE SessionState;
	BOOLEAN LocalSession;
} IO_SESSION_STATE_INFORMATION, *PIO_SESSION_STATE_INFORMATION;

typedef struct _IO_SESSION_STATE_NOTIFICATION {
	ULONG Size; /* of this structure */
	ULONG Flags; /* 0 */
	PVOID IoObject; /* a driver, device or file object */
	ULONG EventMask; /* IO_SESSION_STATE_..._EVENT */
	PVOID Context;
} IO_SESSION_STATE_NOTIFICATION, *PIO_SESSION_STATE_NOTIFICATION;

C_ASSERT(sizeof(IO_SESSION_STATE) == 4 && sizeof(IO_SESSION_EVENT) == 4);
SESSIO_NT_SIZE(IO_SESSION_STATE_NOTIFICATION, 32, 20);
SESSIO_NT_OFFSET(IO_SESSION_STATE_NOTIFICATION, Flags, 4, 4);
SESSIO_NT_OFFSET(IO_SESSION_STATE_NOTIFICATION, IoObject, 8, 8);
SESSIO_NT_OFFSET(IO_SESSION_STATE_NOTIFICATION, EventMask, 16, 12);
SESSIO_NT_OFFSET(IO_SESSION_STATE_NOTIFICATION, Context, 24, 16);
SESSIO_NT_SIZE(IO_SESSION_STATE_INFORMATION, 12, 12);
SESSIO_NT_OFFSET(IO_SESSION_STATE_INFORMATION, SessionState, 4, 4);
SESSIO_NT_OFFSET(IO_SESSION_STATE_INFORMATION, LocalSession, 8, 8);
SESSIO_NT_SIZE(IO_SESSION_CONNECT_INFO, 8, 8);
SESSIO_NT_OFFSET(IO_SESSION_CONNECT_INFO, LocalSession, 4, 4);

/**
 * A driver's callback. Its result is noted and otherwise ignored (W-27). The
 * payload is an IO_SESSION_CONNECT_INFO for the event Connected, and NULL for the
 * others. It is valid during the call only.
 *
 * Ref:     @p SessionObject is borrowed for the call.
 * Threads: the one that posted the event, one event at a time.
 */
typedef NTSTATUS IO_SESSION_NOTIFICATION_FUNCTION(PVOID SessionObject, PVOID IoObject, ULONG Event,
	PVOID Context, PVOID NotificationPayload, ULONG PayloadLength);
typedef IO_SESSION_NOTIFICATION_FUNCTION *PIO_SESSION_NOTIFICATION_FUNCTION;

/* The documented type of the register call's argument. Every callback is cast to it. */
typedef NTSTATUS IO_CONTAINER_NOTIFICATION_FUNCTION(VOID);
typedef IO_CONTAINER_NOTIFICATION_FUNCTION *PIO_CONTAINER_NOTIFICATION_FUNCTION;

/**
 * Registers a callback for the events of user sessions. A device that belongs to
 * one session hears of that session only, see sessio_nt_set_device_session(). All
 * other objects hear of every session. Sessions that exist are not replayed. The
 * structure is copied. An object whose type and size are 0, such as a test's own
 * zeroed DRIVER_OBJECT, counts as a driver object.
 *
 * @param CallbackRegistration  the address of a PVOID, in either of the two
 *                              documented ways to write it; set on success.
 * @return STATUS_SUCCESS; STATUS_INVALID_PARAMETER_1 (not IoSessionStateNotification),
 *         STATUS_INVALID_PARAMETER_4 (the length is not the structure's),
 *         STATUS_INVALID_PARAMETER_2 (no callback),
 *         STATUS_INVALID_PARAMETER_3 (no structure, its Size or Flags, an object that
 *         is no driver, device or file object, no event in the mask),
 *         STATUS_INVALID_PARAMETER_5 (no place for the result),
 *         STATUS_ALREADY_COMMITTED (the object has a registration),
 *         STATUS_INSUFFICIENT_RESOURCES.
 *
 * Ref:     the registration is the caller's, until IoUnregisterContainerNotification().
 *          It borrows the object, whose deletion it forbids.
 * Models:  W-1..W-18
 */
NTSTATUS IoRegisterContainerNotification(IO_CONTAINER_NOTIFICATION_CLASS NotificationClass,
	PIO_CONTAINER_NOTIFICATION_FUNCTION CallbackFunction, PVOID NotificationInformation,
	ULONG NotificationInformationLength, PVOID CallbackRegistration);

/**
 * Ends a registration. From outside its callback this call returns when no call of
 * the callback runs or can start. From inside it returns at once, and the running
 * call is the last. NULL, and any other value that is no registration, is ignored
 * and reported.
 *
 * Ref:     ends the registration.
 * Blocks:  until a running call of the callback has returned. Hold no lock that the
 *          callback takes.
 * Models:  W-6, W-10, W-31..W-33
 */
void IoUnregisterContainerNotification(PVOID CallbackRegistration);

/**
 * Tells a session's id, its state and whether it is local. In a callback the state
 * is the one after the event. A NULL object means the session that the calling
 * thread has entered.
 *
 * @return STATUS_SUCCESS; STATUS_INVALID_PARAMETER_1 (not IoSessionStateInformation),
 *         STATUS_INVALID_PARAMETER_4 (the length is less than the structure's),
 *         STATUS_INVALID_PARAMETER_3 (no buffer), STATUS_INVALID_PARAMETER_2 (no
 *         object, and the thread has entered no session).
 *
 * Models:  W-29, W-35..W-39
 */
NTSTATUS IoGetContainerInformation(IO_CONTAINER_INFORMATION_CLASS InformationClass,
	PVOID ContainerObject, PVOID Buffer, ULONG BufferLength);

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_NT_CONTAINER_H */
