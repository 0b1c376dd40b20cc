/* SPDX-License-Identifier: MIT */
/*
 * A test program as a driver. A request to its device runs the program's main() on a
 * kernel thread, and is answered with its report.
 */
#include <ntddk.h>

#include <stdarg.h>

#include <sessio/host.h>

#include "entry.h"
#include "platform/kernel.h"
#include "resource/handle_space.h"
#include "suite.h"

#define TAG 0x74697573u /* "suit" */

struct suite_report suite_report;
static KEVENT has_failed;
static KSPIN_LOCK text_lock;
static size_t text_length;

/* The program's constructors and destructors, as the linker lists them. */
extern void (*const __CTOR_LIST__[])(void);
extern void (*const __DTOR_LIST__[])(void);

int _vsnprintf(char *text, size_t size, const char *format, va_list arguments);

void suite_say_list(const char *format, va_list arguments)
{
	char line[512];
	KIRQL level;
	int length = _vsnprintf(line, sizeof(line) - 1, format, arguments);

	line[sizeof(line) - 1] = '\0';
	length = length < 0 ? (int)sizeof(line) - 1 : length;
	KeAcquireSpinLock(&text_lock, &level);
	for (int i = 0; i < length && text_length < SUITE_TEXT - 1; i++) {
		suite_report.text[text_length++] = line[i];
	}
	KeReleaseSpinLock(&text_lock, level);
}

void suite_say(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	suite_say_list(format, arguments);
	va_end(arguments);
}

_Noreturn void suite_end(void)
{
	suite_report.failed = 1;
	(void)KeSetEvent(&has_failed, IO_NO_INCREMENT, FALSE);
	for (;;) {
		(void)PsTerminateSystemThread(STATUS_UNSUCCESSFUL);
	}
}

/* The last one in the list comes first. */
static void construct(void)
{
	size_t count = 0;

	while (__CTOR_LIST__[count + 1] != NULL) {
		count++;
	}
	for (; count != 0; count--) {
		__CTOR_LIST__[count]();
	}
}

static void destruct(void)
{
	for (size_t i = 1; __DTOR_LIST__[i] != NULL; i++) {
		__DTOR_LIST__[i]();
	}
}

static void NTAPI run(PVOID context)
{
	UNREFERENCED_PARAMETER(context);
	if (!si_kernel_start()) {
		suite_say("started already\n");
		suite_end();
	}
	construct();
	if (suite_main() != 0) {
		suite_end();
	}
	destruct();
	/* As a process, the suite may leave these two to its end; here all pool has to be back. */
	if (sessio_host_set_default(NULL) != SESSIO_OK) {
		suite_say("the default host is in use at the end\n");
		suite_end();
	}
	si_handle_space_end_own();
	si_kernel_stop();
	(void)PsTerminateSystemThread(STATUS_SUCCESS);
}

void *malloc(size_t size)
{
	return ExAllocatePoolWithTag(NonPagedPoolNx, size, TAG);
}

void *calloc(size_t count, size_t size)
{
	void *memory = malloc(count * size);

	if (memory != NULL) {
		memset(memory, 0, count * size);
	}
	return memory;
}

void free(void *memory)
{
	if (memory != NULL) {
		ExFreePoolWithTag(memory, TAG);
	}
}

_Noreturn void _Exit(int status)
{
	suite_say("the program ended itself with %d\n", status);
	suite_end();
}

_Noreturn void abort(void)
{
	_Exit(134);
}

char *getenv(const char *name)
{
	UNREFERENCED_PARAMETER(name);
	return NULL;
}

int fprintf(void *stream, const char *format, ...)
{
	va_list arguments;

	UNREFERENCED_PARAMETER(stream);
	va_start(arguments, format);
	suite_say_list(format, arguments);
	va_end(arguments);
	return 1;
}

int snprintf(char *text, size_t size, const char *format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = _vsnprintf(text, size, format, arguments);
	va_end(arguments);
	if (size != 0) {
		text[size - 1] = '\0';
	}
	return length < 0 ? (int)size : length;
}

UNICODE_STRING entry_device = RTL_CONSTANT_STRING(L"\\Device\\sessio_suite");
UNICODE_STRING entry_link = RTL_CONSTANT_STRING(L"\\DosDevices\\sessio_suite");

void entry_begin(void)
{
	KeInitializeEvent(&has_failed, NotificationEvent, FALSE);
	KeInitializeSpinLock(&text_lock);
}

/*
 * Until the program has failed, or its thread has ended. A thread that only says that
 * it is at its end still runs in this driver, which may be unloaded next.
 */
static NTSTATUS run_program(void)
{
	PVOID ends[2] = { &has_failed, NULL };
	HANDLE handle;
	NTSTATUS status =
		PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, run, NULL);

	if (!NT_SUCCESS(status)) {
		return status;
	}
	status = ObReferenceObjectByHandle(
		handle, THREAD_ALL_ACCESS, NULL, KernelMode, &ends[1], NULL);
	(void)ZwClose(handle);
	if (!NT_SUCCESS(status)) {
		entry_stay();
		return status;
	}
	(void)KeWaitForMultipleObjects(2, ends, WaitAny, Executive, KernelMode, FALSE, NULL, NULL);
	ObDereferenceObject(ends[1]);
	return STATUS_SUCCESS;
}

NTSTATUS entry_serve(ULONG code, PVOID buffer, ULONG room, PULONG length)
{
	NTSTATUS status;

	if (code != SUITE_RUN || room < sizeof(suite_report)) {
		return STATUS_INVALID_DEVICE_REQUEST;
	}
	status = run_program();
	if (suite_report.failed != 0) {
		entry_stay(); /* other threads of the program may wait for ever */
	}
	memcpy(buffer, &suite_report, sizeof(suite_report));
	*length = sizeof(suite_report);
	return status;
}
