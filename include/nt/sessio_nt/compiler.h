/* SPDX-License-Identifier: MIT */
/*
 * The words of another compiler, for gcc and clang.
 *
 * (compiler-1) WCHAR is 16 bits. Wide literals are 16 bits only with -fshort-wchar,
 *      which the target sessio::nt adds. Without it everything but L"..." works,
 *      and giving L"..." to something that wants WCHAR is an error.
 * (compiler-2) Habits of driver code cause no warning: pragmas for another compiler,
 *      characters of four letters.
 * (compiler-3) There is one calling convention here: ours on both sides.
 */
#ifndef SESSIO_NT_COMPILER_H
#define SESSIO_NT_COMPILER_H

#include <limits.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <sessio/version.h>

#if defined(_KERNEL_MODE) && defined(_MSC_VER)
#error "a Windows kernel build has the real headers: take include/nt off its include path"
#endif
#if !defined(__GNUC__)
#error "include/nt is for gcc and clang"
#endif

/* (compiler-2) alloc_text, warning, prefast, code_seg; and pool tags like 'tseT'. */
#pragma GCC diagnostic ignored "-Wunknown-pragmas"
#pragma GCC diagnostic ignored "-Wmultichar"

#define SESSIO_NT_WIDE_LITERALS (__SIZEOF_WCHAR_T__ == 2) /* (compiler-1) */
#if !SESSIO_NT_WIDE_LITERALS && !defined(__cplusplus)
#pragma GCC diagnostic error "-Wincompatible-pointer-types"
#endif

/* (compiler-3) */
#define NTAPI
#define FASTCALL
#define NTSYSAPI
#define NTSYSCALLAPI
#define NTKERNELAPI
#define NTHALAPI
#define DECLSPEC_IMPORT
#define DECLSPEC_EXPORT
#if !defined(_WIN32)
#define __cdecl
#define __stdcall
#define __fastcall
#define __vectorcall
#endif

#define DECLSPEC_NORETURN __attribute__((noreturn))
#define DECLSPEC_NOINLINE __attribute__((noinline))
#define DECLSPEC_ALIGN(bytes) __attribute__((aligned(bytes)))
#define DECLSPEC_CACHEALIGN DECLSPEC_ALIGN(64)
#if defined(_WIN32)
#define DECLSPEC_SELECTANY __attribute__((selectany))
#else
#define DECLSPEC_SELECTANY __attribute__((weak))
#endif
#define DECLSPEC_DEPRECATED __attribute__((deprecated))
#define DECLSPEC_RESTRICT
#define DECLSPEC_NOTHROW
#define DECLSPEC_NOVTABLE
#define DECLSPEC_UUID(text)

/* __declspec(x): the ones that mean something here, the rest are empty. */
#if !defined(_WIN32) && !defined(__declspec)
#define __declspec(x) SESSIO_NT_DECLSPEC_##x
#define SESSIO_NT_DECLSPEC_align(bytes) __attribute__((aligned(bytes)))
#define SESSIO_NT_DECLSPEC_noreturn __attribute__((noreturn))
#define SESSIO_NT_DECLSPEC_noinline __attribute__((noinline))
#define SESSIO_NT_DECLSPEC_selectany __attribute__((weak))
#define SESSIO_NT_DECLSPEC_deprecated __attribute__((deprecated))
#define SESSIO_NT_DECLSPEC_thread __thread
#define SESSIO_NT_DECLSPEC_allocate(section)
#define SESSIO_NT_DECLSPEC_code_seg(section)
#define SESSIO_NT_DECLSPEC_uuid(text)
#define SESSIO_NT_DECLSPEC_dllimport
#define SESSIO_NT_DECLSPEC_dllexport
#define SESSIO_NT_DECLSPEC_novtable
#define SESSIO_NT_DECLSPEC_nothrow
#define SESSIO_NT_DECLSPEC_noalias
#define SESSIO_NT_DECLSPEC_restrict
#define SESSIO_NT_DECLSPEC_safebuffers
#define SESSIO_NT_DECLSPEC_guard(what)
#endif

#if !defined(_WIN32)
#define __int8 char
#define __int16 short
#define __int32 int
#define __int64 long long
#define __forceinline __inline__ __attribute__((always_inline))
#define __unaligned
#define __ptr32
#define __ptr64
#define __w64
#endif
#define __pragma(text)
#undef UNALIGNED
#define UNALIGNED
#undef FORCEINLINE
#define FORCEINLINE __inline__ __attribute__((always_inline))
#define CFORCEINLINE FORCEINLINE

#if defined(__cplusplus)
#define EXTERN_C extern "C"
#define EXTERN_C_START extern "C" {
#define EXTERN_C_END }
#define SESSIO_NT_STATIC_ASSERT(expr) static_assert(expr, #expr)
#else
#define EXTERN_C extern
#define EXTERN_C_START
#define EXTERN_C_END
#define SESSIO_NT_STATIC_ASSERT(expr) _Static_assert(expr, #expr)
#endif
#define C_ASSERT(expr) SESSIO_NT_STATIC_ASSERT(expr)
#if !defined(__cplusplus) && !defined(static_assert)
#define static_assert _Static_assert
#endif

/* A conversion. In C++ it is no old-style cast. */
#if defined(__cplusplus)
#define SESSIO_NT_CAST(type, value) (__typeof__(type)(value))
#else
#define SESSIO_NT_CAST(type, value) ((type)(value))
#endif

/* The size on a 64-bit and on a 32-bit machine, checked where this is compiled. */
#if UINTPTR_MAX == UINT64_MAX
#define SESSIO_NT_SIZE(type, size64, size32) SESSIO_NT_STATIC_ASSERT(sizeof(type) == (size64))
#define SESSIO_NT_OFFSET(type, member, at64, at32) \
	SESSIO_NT_STATIC_ASSERT(offsetof(type, member) == (at64))
#define MEMORY_ALLOCATION_ALIGNMENT 16
#if !defined(_WIN64)
#define _WIN64 1
#endif
#else
#define SESSIO_NT_SIZE(type, size64, size32) SESSIO_NT_STATIC_ASSERT(sizeof(type) == (size32))
#define SESSIO_NT_OFFSET(type, member, at64, at32) \
	SESSIO_NT_STATIC_ASSERT(offsetof(type, member) == (at32))
#define MEMORY_ALLOCATION_ALIGNMENT 8
#endif

/* Which processor, as drivers ask for it. */
#if defined(__x86_64__) && !defined(_AMD64_)
#define _AMD64_ 1
#elif defined(__i386__) && !defined(_X86_)
#define _X86_ 1
#elif defined(__aarch64__) && !defined(_ARM64_)
#define _ARM64_ 1
#endif

#define ANYSIZE_ARRAY 1
#define NOTHING
#define IN
#define OUT
#define OPTIONAL
#define CONST const
#undef NULL
#if defined(__cplusplus)
#define NULL __null
#else
#define NULL ((void *)0)
#endif

#define UNREFERENCED_PARAMETER(p) ((void)(p))
#define DBG_UNREFERENCED_PARAMETER(p) ((void)(p))
#define DBG_UNREFERENCED_LOCAL_VARIABLE(v) ((void)(v))
#define ARGUMENT_PRESENT(p) ((p) != NULL)
#define FIELD_OFFSET(type, field) SESSIO_NT_CAST(LONG, offsetof(type, field))
#define UFIELD_OFFSET(type, field) SESSIO_NT_CAST(ULONG, offsetof(type, field))
#define RTL_FIELD_SIZE(type, field) (sizeof(SESSIO_NT_CAST(type *, 0)->field))
#define RTL_SIZEOF_THROUGH_FIELD(type, field) (offsetof(type, field) + RTL_FIELD_SIZE(type, field))
#define RTL_CONTAINS_FIELD(record, size, field)                                \
	(SESSIO_NT_CAST(char *, &(record)->field) + sizeof((record)->field) <= \
		SESSIO_NT_CAST(char *, record) + (size))
#define RTL_NUMBER_OF(array) (sizeof(array) / sizeof((array)[0]))
#define RTL_NUMBER_OF_FIELD(type, field) RTL_NUMBER_OF(SESSIO_NT_CAST(type *, 0)->field)
#define ARRAYSIZE(array) RTL_NUMBER_OF(array)
#define _ARRAYSIZE(array) RTL_NUMBER_OF(array)
#define CONTAINING_RECORD(address, type, field) \
	SESSIO_NT_CAST(type *,                  \
		SESSIO_NT_CAST(void *, SESSIO_NT_CAST(char *, address) - offsetof(type, field)))
#define ALIGN_DOWN_BY(n, align) \
	(SESSIO_NT_CAST(ULONG_PTR, n) & ~(SESSIO_NT_CAST(ULONG_PTR, align) - 1))
#define ALIGN_UP_BY(n, align) ALIGN_DOWN_BY(SESSIO_NT_CAST(ULONG_PTR, n) + (align)-1, align)
#define ROUND_TO_SIZE(n, align) ALIGN_UP_BY(n, align)
#if (!defined(__cplusplus) || defined(SESSIO_NT_NO_STANDARD)) && !defined(NOMINMAX)
#undef min
#undef max
#define min(a, b) ((a) < (b) ? (a) : (b))
#define max(a, b) ((a) > (b) ? (a) : (b))
#endif

/* Sections are for a loader that is not here; drivers ask whether the pragmas exist. */
#define ALLOC_PRAGMA 1
#define ALLOC_DATA_PRAGMA 1
#define DDKAPI

#endif /* SESSIO_NT_COMPILER_H */
