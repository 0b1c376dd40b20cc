/* SPDX-License-Identifier: MIT */
/* Debug prints and bug checks. */
#include "base/sink.h"
#include "platform/process.h"
#include "wdk/format.h"
#include "wdk/thread.h"

#include "nt/sessio_nt.h"

/* No more leaves in one print, as documented. */
#define PRINT_BYTES 512u

static struct si_sink sink; /* none: the standard error stream */

void sessio_nt_set_debug_print(sessio_nt_debug_print_fn *fn, void *ctx)
{
	si_sink_set(&sink, (si_sink_fn *)fn, ctx);
}

static void hand_over(ULONG component, ULONG level, const char *text, size_t length)
{
	SI_GUARDED_FRAME(frame);
	struct si_sink_call call;

	if (!si_sink_enter(&sink, &call, &frame)) {
		si_platform_print(text, length);
		return;
	}
	((sessio_nt_debug_print_fn *)call.fn)(call.ctx, component, level, text, length);
	si_sink_leave(&sink, &call, &frame);
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
	(void)SI_WDK_MISUSED(true, BREAKPOINT, NULL,
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
