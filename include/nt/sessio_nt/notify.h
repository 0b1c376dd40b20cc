/* SPDX-License-Identifier: MIT */
/*
 * Routines that hear of processes, threads and images. They come and go by the calls of
 * a test only. A routine that is removed does not run any more when the call returns.
 */
#ifndef SESSIO_NT_NOTIFY_H
#define SESSIO_NT_NOTIFY_H

#include "object.h"
#include "process.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct _PS_CREATE_NOTIFY_INFO {
	SIZE_T Size;
	__extension__ union {
		ULONG Flags;
		__extension__ struct {
			ULONG FileOpenNameAvailable : 1;
			ULONG IsSubsystemProcess : 1;
			ULONG Reserved : 30;
		};
	};
	HANDLE ParentProcessId;
	CLIENT_ID CreatingThreadId;
	struct _FILE_OBJECT *FileObject; /* NULL: there are no files */
	PCUNICODE_STRING ImageFileName;
	PCUNICODE_STRING CommandLine; /* may be NULL */
	NTSTATUS CreationStatus; /* an error refuses the process */
} PS_CREATE_NOTIFY_INFO, *PPS_CREATE_NOTIFY_INFO;

typedef struct _IMAGE_INFO {
	__extension__ union {
		ULONG Properties;
		__extension__ struct {
			ULONG ImageAddressingMode : 8;
			ULONG SystemModeImage : 1;
			ULONG ImageMappedToAllPids : 1;
			ULONG ExtendedInfoPresent : 1;
			ULONG MachineTypeMismatch : 1;
			ULONG ImageSignatureLevel : 4;
			ULONG ImageSignatureType : 3;
			ULONG ImagePartialMap : 1;
			ULONG Reserved : 12;
		};
	};
	PVOID ImageBase;
	ULONG ImageSelector;
	SIZE_T ImageSize;
	ULONG ImageSectionNumber;
} IMAGE_INFO, *PIMAGE_INFO;
#define IMAGE_ADDRESSING_MODE_32BIT 3

SESSIO_NT_SIZE(PS_CREATE_NOTIFY_INFO, 72, 36);
SESSIO_NT_SIZE(IMAGE_INFO, 40, 20);

typedef void CREATE_PROCESS_NOTIFY_ROUTINE(HANDLE ParentId, HANDLE ProcessId, BOOLEAN Create);
typedef CREATE_PROCESS_NOTIFY_ROUTINE *PCREATE_PROCESS_NOTIFY_ROUTINE;
typedef void CREATE_PROCESS_NOTIFY_ROUTINE_EX(
	PEPROCESS Process, HANDLE ProcessId, PPS_CREATE_NOTIFY_INFO CreateInfo);
typedef CREATE_PROCESS_NOTIFY_ROUTINE_EX *PCREATE_PROCESS_NOTIFY_ROUTINE_EX;
typedef void CREATE_THREAD_NOTIFY_ROUTINE(HANDLE ProcessId, HANDLE ThreadId, BOOLEAN Create);
typedef CREATE_THREAD_NOTIFY_ROUTINE *PCREATE_THREAD_NOTIFY_ROUTINE;
typedef void LOAD_IMAGE_NOTIFY_ROUTINE(
	PUNICODE_STRING FullImageName, HANDLE ProcessId, PIMAGE_INFO ImageInfo);
typedef LOAD_IMAGE_NOTIFY_ROUTINE *PLOAD_IMAGE_NOTIFY_ROUTINE;

/**
 * Adds a routine for processes, or removes it. STATUS_INVALID_PARAMETER if it is there
 * already, or not there; STATUS_INSUFFICIENT_RESOURCES for more than 64.
 */
NTSTATUS PsSetCreateProcessNotifyRoutine(PCREATE_PROCESS_NOTIFY_ROUTINE routine, BOOLEAN remove);
/** The same for a routine that may refuse a process. */
NTSTATUS PsSetCreateProcessNotifyRoutineEx(
	PCREATE_PROCESS_NOTIFY_ROUTINE_EX routine, BOOLEAN remove);
/** Adds a routine for threads, as above. */
NTSTATUS PsSetCreateThreadNotifyRoutine(PCREATE_THREAD_NOTIFY_ROUTINE routine);
/** Removes it; STATUS_PROCEDURE_NOT_FOUND. */
NTSTATUS PsRemoveCreateThreadNotifyRoutine(PCREATE_THREAD_NOTIFY_ROUTINE routine);
/** Adds a routine for images, as above. */
NTSTATUS PsSetLoadImageNotifyRoutine(PLOAD_IMAGE_NOTIFY_ROUTINE routine);
/** Removes it; STATUS_PROCEDURE_NOT_FOUND. */
NTSTATUS PsRemoveLoadImageNotifyRoutine(PLOAD_IMAGE_NOTIFY_ROUTINE routine);

/** The process with this number, with a reference; STATUS_INVALID_PARAMETER if there is none. */
NTSTATUS PsLookupProcessByProcessId(HANDLE id, PEPROCESS *process);
/** The process that is there from the beginning, which is no other's. */
extern PEPROCESS PsInitialSystemProcess;

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_NT_NOTIFY_H */
