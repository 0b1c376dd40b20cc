/* SPDX-License-Identifier: MIT */
/*
 * Debug prints and bug checks.
 *
 * (wdk_debug-1) The sink is called with its lock held: prints come whole, one by one,
 *      and sessio_nt_set_debug_print() returns when the old sink has ended.
 */
#include "platform/process.h"
#include "wdk/format.h"
#include "wdk/thread.h"

#include "nt/sessio_nt.h"

/* No more leaves in one print, as documented. */
#define PRINT_BYTES 512u

static void print_to_stderr(
	void *ctx, ULONG component, ULONG level, const char *text, size_t length)
{
	UNREFERENCED_PARAMETER(ctx);
	UNREFERENCED_PARAMETER(component);
	UNREFERENCED_PARAMETER(level);
	si_platform_print(text, length);
}

static struct {
	KSPIN_LOCK lock; /* (wdk_debug-1) */
	sessio_nt_debug_print_fn *fn;
	void *ctx;
} sink = { .fn = print_to_stderr };

void sessio_nt_set_debug_print(sessio_nt_debug_print_fn *fn, void *ctx)
{
	si_wdk_lock(&sink.lock);
	sink.fn = fn != NULL ? fn : print_to_stderr;
	sink.ctx = ctx;
	si_wdk_unlock(&sink.lock);
}

static void hand_over(ULONG component, ULONG level, const char *text, size_t length)
{
	si_wdk_lock(&sink.lock);
	sink.fn(sink.ctx, component, level, text, length);
	si_wdk_unlock(&sink.lock);
}

ULONG vDbgPrintExWithPrefix(PCSTR prefix, ULONG component, ULONG level, PCSTR format, va_list args)
{
	char text[PRINT_BYTES + 1];
	size_t before = 0;
	size_t length;

	if (prefix == NULL || format == NULL) {
		return (ULONG)STATUS_INVALID_PARAMETER;
	}
	while (before < PRINT_BYTES && prefix[before] != '\0') {
		text[before] = prefix[before];
		before++;
	}
	length = before + si_wdk_format(text + before, sizeof(text) - before, format, args);
	hand_over(component, level, text, length < PRINT_BYTES ? length : PRINT_BYTES);
	return STATUS_SUCCESS;
}

ULONG vDbgPrintEx(ULONG component, ULONG level, PCSTR format, va_list args)
{
	return vDbgPrintExWithPrefix("", component, level, format, args);
}

ULONG DbgPrintEx(ULONG component, ULONG level, PCSTR format, ...)
{
	va_list args;
	ULONG result;

	va_start(args, format);
	result = vDbgPrintEx(component, level, format, args);
	va_end(args);
	return result;
}

ULONG DbgPrint(PCSTR format, ...)
{
	va_list args;
	ULONG result;

	va_start(args, format);
	result = vDbgPrintEx(DPFLTR_DEFAULT_ID, DPFLTR_INFO_LEVEL, format, args);
	va_end(args);
	return result;
}

void DbgBreakPoint(void)
{
	si_platform_stop(__FILE__, __LINE__, "DbgBreakPoint",
		"a driver asked for a debugger by DbgBreakPoint(), and there is none");
}

void KeBugCheckEx(ULONG code, ULONG_PTR p1, ULONG_PTR p2, ULONG_PTR p3, ULONG_PTR p4)
{
	char text[128];

	si_wdk_print(text, sizeof(text), "bug check 0x%08X (%p, %p, %p, %p)", code, (PVOID)p1,
		(PVOID)p2, (PVOID)p3, (PVOID)p4);
	si_platform_stop(__FILE__, __LINE__, "KeBugCheckEx", text);
}

void KeBugCheck(ULONG code)
{
	KeBugCheckEx(code, 0, 0, 0, 0);
}

void RtlAssert(PVOID what, PVOID file, ULONG line, PSTR message)
{
	si_platform_stop(
		file, (int)line, what, message != NULL ? message : "a driver's assertion failed");
}
