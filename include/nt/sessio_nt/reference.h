/* SPDX-License-Identifier: MIT */
/*
 * References to objects, and handles of the system. References to devices, threads and
 * processes keep them. A file or driver object in other memory is only counted. An
 * object that is given back more often than it was taken stops the program.
 */
#ifndef SESSIO_NT_REFERENCE_H
#define SESSIO_NT_REFERENCE_H

#include "object.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct _OBJECT_TYPE *POBJECT_TYPE;
typedef struct _OBJECT_HANDLE_INFORMATION {
	ULONG HandleAttributes;
	ACCESS_MASK GrantedAccess;
} OBJECT_HANDLE_INFORMATION, *POBJECT_HANDLE_INFORMATION;

extern POBJECT_TYPE *PsProcessType, *PsThreadType, *IoFileObjectType, *ExEventObjectType;

#define EVENT_QUERY_STATE 0x0001
#define EVENT_MODIFY_STATE 0x0002
#define EVENT_ALL_ACCESS (STANDARD_RIGHTS_REQUIRED | SYNCHRONIZE | 0x3)

/** Takes a reference to an object; the result is of no use. */
LONG_PTR ObfReferenceObject(PVOID object);
#define ObReferenceObject ObfReferenceObject
#define ObReferenceObjectWithTag(object, tag) ((void)(tag), ObfReferenceObject(object))
/** Gives a reference back. */
LONG_PTR ObfDereferenceObject(PVOID object);
#define ObDereferenceObject ObfDereferenceObject
#define ObDereferenceObjectWithTag(object, tag) ((void)(tag), ObfDereferenceObject(object))
/** The same. Here it does not wait for another thread. */
void ObDereferenceObjectDeferDelete(PVOID object);
/** Takes a reference; STATUS_OBJECT_TYPE_MISMATCH for another type. */
NTSTATUS ObReferenceObjectByPointer(
	PVOID object, ACCESS_MASK access, POBJECT_TYPE type, KPROCESSOR_MODE mode);
/**
 * Takes a reference to the object of a handle. STATUS_INVALID_HANDLE,
 * STATUS_OBJECT_TYPE_MISMATCH. Access is not checked.
 */
NTSTATUS ObReferenceObjectByHandle(HANDLE handle, ACCESS_MASK access, POBJECT_TYPE type,
	KPROCESSOR_MODE mode, PVOID *object, POBJECT_HANDLE_INFORMATION information);
/** Makes a handle of an object. */
NTSTATUS ObOpenObjectByPointer(PVOID object, ULONG attributes, PVOID state, ACCESS_MASK access,
	POBJECT_TYPE type, KPROCESSOR_MODE mode, PHANDLE handle);
/** Closes a handle; STATUS_INVALID_HANDLE. */
NTSTATUS ZwClose(HANDLE handle);
#define NtCurrentProcess() SESSIO_NT_CAST(HANDLE, SESSIO_NT_CAST(LONG_PTR, -1))
#define ZwCurrentProcess() NtCurrentProcess()

/**
 * An event with a handle, which lives until the handle is closed and no reference is
 * left; NULL if there is no memory. The name is not looked up: each call makes an event.
 */
PKEVENT IoCreateNotificationEvent(PUNICODE_STRING name, PHANDLE handle);
/** The same for an event that lets one waiter through. */
PKEVENT IoCreateSynchronizationEvent(PUNICODE_STRING name, PHANDLE handle);

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_NT_REFERENCE_H */
