/* SPDX-License-Identifier: MIT */
/*
 * Debug prints and assertions.
 *
 * A print understands the kernel's formats, but no floating point. %d has 32 bits
 * with and without l; %I64d, %lld and %Id are wider; %p has its full width. %ws, %S
 * and %ls are wide strings, %wZ and %Z counted ones. At most 512 bytes leave in one
 * print. Nothing filters them. sessio_nt_set_debug_print() says where they go.
 */
#ifndef SESSIO_NT_DEBUG_H
#define SESSIO_NT_DEBUG_H

#include "status.h"

#ifdef __cplusplus
extern "C" {
#endif

#define DPFLTR_SYSTEM_ID 0
#define DPFLTR_IHVDRIVER_ID 77
#define DPFLTR_IHVVIDEO_ID 78
#define DPFLTR_IHVAUDIO_ID 79
#define DPFLTR_IHVNETWORK_ID 80
#define DPFLTR_IHVSTREAMING_ID 81
#define DPFLTR_IHVBUS_ID 82
#define DPFLTR_FLTMGR_ID 84
#define DPFLTR_DEFAULT_ID 101
#define DPFLTR_ERROR_LEVEL 0
#define DPFLTR_WARNING_LEVEL 1
#define DPFLTR_TRACE_LEVEL 2
#define DPFLTR_INFO_LEVEL 3
#define DPFLTR_MASK 0x80000000u

/** Prints with component DPFLTR_DEFAULT_ID and level DPFLTR_INFO_LEVEL. */
ULONG DbgPrint(PCSTR format, ...);
/** Prints with a component and a level. */
ULONG DbgPrintEx(ULONG component, ULONG level, PCSTR format, ...);
/** Prints with a component and a level, from a list of arguments. */
ULONG vDbgPrintEx(ULONG component, ULONG level, PCSTR format, va_list args);
/** As vDbgPrintEx, with a text before each line. */
ULONG vDbgPrintExWithPrefix(PCSTR prefix, ULONG component, ULONG level, PCSTR format, va_list args);
/** Stops the program, because no debugger is there to go on from it; a finding in the test kit. */
void DbgBreakPoint(void);
/** Stops the program, as a bug check stops a kernel. */
DECLSPEC_NORETURN void KeBugCheck(ULONG code);
/** Stops the program and says the code and its four parameters. */
DECLSPEC_NORETURN void KeBugCheckEx(
	ULONG code, ULONG_PTR p1, ULONG_PTR p2, ULONG_PTR p3, ULONG_PTR p4);
/** Stops the program: an assertion of a checked build failed. */
DECLSPEC_NORETURN void RtlAssert(PVOID what, PVOID file, ULONG line, PSTR message);

/* A checked build says DBG=1; asserts and KdPrint are only in that. */
#if !defined(DBG)
#define DBG 0
#endif
#if DBG
#define KdPrint(args) DbgPrint args
#define KdPrintEx(args) DbgPrintEx args
#define NT_ASSERT(expr) \
	((expr) ? (void)0 : RtlAssert((PVOID) #expr, (PVOID)__FILE__, (ULONG)__LINE__, NULL))
#define NT_ASSERTMSG(text, expr) \
	((expr) ? (void)0        \
		: RtlAssert((PVOID) #expr, (PVOID)__FILE__, (ULONG)__LINE__, (PSTR)(text)))
#define NT_VERIFY(expr) NT_ASSERT(expr)
#else
#define KdPrint(args) ((void)0)
#define KdPrintEx(args) ((void)0)
#define NT_ASSERT(expr) ((void)0)
#define NT_ASSERTMSG(text, expr) ((void)0)
#define NT_VERIFY(expr) ((void)(expr))
#endif
#define NT_FRE_ASSERT(expr) \
	((expr) ? (void)0 : RtlAssert((PVOID) #expr, (PVOID)__FILE__, (ULONG)__LINE__, NULL))
#if !defined(ASSERT)
#define ASSERT(expr) NT_ASSERT(expr)
#define ASSERTMSG(text, expr) NT_ASSERTMSG(text, expr)
#define RTL_ASSERT(expr) NT_ASSERT(expr)
#define RTL_SOFT_ASSERT(expr) NT_ASSERT(expr)
#endif
#if DBG
#define KdBreakPoint() DbgBreakPoint()
#else
#define KdBreakPoint() ((void)0)
#endif

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_NT_DEBUG_H */
