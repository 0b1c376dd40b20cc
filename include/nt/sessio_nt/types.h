/* SPDX-License-Identifier: MIT */
/*
 * The plain types of the Windows kernel, with their sizes: LONG and ULONG are
 * 32 bits everywhere, WCHAR is 16 bits everywhere.
 */
#ifndef SESSIO_NT_TYPES_H
#define SESSIO_NT_TYPES_H

#include "compiler.h"
#include "sal.h"

#ifdef __cplusplus
extern "C" {
#endif

#if !defined(VOID)
#define VOID void
#endif
typedef void *PVOID;
typedef void *LPVOID;
typedef const void *PCVOID;
typedef void *HANDLE, **PHANDLE;
typedef char CHAR, CCHAR, *PCHAR, *PCCHAR, *LPCH, *PCH, *PSTR, *LPSTR, *PNZCH, *PSZ;
typedef const char *PCSTR, *LPCSTR, *PCCH, *PCSZ, *LPCCH;
typedef signed char SCHAR, INT8, *PSCHAR, *PINT8;
typedef unsigned char UCHAR, BYTE, UINT8, *PUCHAR, *PBYTE, *PUINT8;
typedef UCHAR BOOLEAN, *PBOOLEAN;
typedef short SHORT, CSHORT, INT16, *PSHORT, *PINT16;
typedef unsigned short USHORT, UINT16, *PUSHORT, *PUINT16;
typedef int INT, INT32, *PINT, *PINT32;
typedef int BOOL, *PBOOL, *LPBOOL;
typedef unsigned short WORD, *PWORD, *LPWORD;
typedef float FLOAT, *PFLOAT;
typedef double DOUBLE;
typedef unsigned int UINT, UINT32, *PUINT, *PUINT32;
#if defined(_WIN32)
typedef long LONG, LONG32, *PLONG, *PLONG32;
typedef unsigned long ULONG, ULONG32, LOGICAL, *PULONG, *PULONG32, *PLOGICAL;
#else
typedef int LONG, LONG32, *PLONG, *PLONG32;
typedef unsigned int ULONG, ULONG32, LOGICAL, *PULONG, *PULONG32, *PLOGICAL;
#endif
typedef ULONG DWORD, *PDWORD, *LPDWORD, DWORD32, *PDWORD32;
__extension__ typedef long long LONGLONG, LONG64, INT64, *PLONGLONG, *PLONG64, *PINT64;
__extension__ typedef unsigned long long ULONGLONG, ULONG64, UINT64, DWORDLONG, *PULONGLONG,
	*PULONG64, *PUINT64;
typedef ULONGLONG DWORD64, *PDWORD64;

#if defined(_WIN32) && UINTPTR_MAX == UINT64_MAX
typedef LONGLONG LONG_PTR, INT_PTR, SSIZE_T, *PLONG_PTR, *PINT_PTR, *PSSIZE_T;
typedef ULONGLONG ULONG_PTR, UINT_PTR, SIZE_T, *PULONG_PTR, *PUINT_PTR, *PSIZE_T;
#else
typedef intptr_t LONG_PTR, INT_PTR, SSIZE_T, *PLONG_PTR, *PINT_PTR, *PSSIZE_T;
typedef uintptr_t ULONG_PTR, UINT_PTR, *PULONG_PTR, *PUINT_PTR;
typedef size_t SIZE_T, *PSIZE_T;
#endif
typedef ULONG_PTR DWORD_PTR, *PDWORD_PTR;
typedef ULONG_PTR KAFFINITY, *PKAFFINITY;

/*
 * Wide literals are WCHARs where the compiler makes them 16 bits wide. Some C
 * libraries have a wchar_t of 32 bits all the same.
 */
#if !SESSIO_NT_WIDE_LITERALS && defined(__cplusplus)
typedef char16_t WCHAR;
#elif !SESSIO_NT_WIDE_LITERALS
typedef uint16_t WCHAR;
#elif defined(__cplusplus)
typedef wchar_t WCHAR;
#else
typedef __WCHAR_TYPE__ WCHAR;
#endif
typedef WCHAR *PWCHAR, *PWCH, *PWSTR, *LPWSTR, *PNZWCH;
typedef const WCHAR *PCWCH, *PCWSTR, *LPCWSTR, *PCNZWCH, *PCWCHAR;
typedef WCHAR **PZPWSTR;

#define TRUE 1
#define FALSE 0

typedef LONG NTSTATUS, *PNTSTATUS;
typedef LONG KPRIORITY;
typedef UCHAR KIRQL, *PKIRQL;
typedef CHAR KPROCESSOR_MODE;
typedef ULONG ACCESS_MASK, *PACCESS_MASK;
typedef ULONG LCID;
#define LOCALE_NEUTRAL ((LCID)0)
typedef ULONG DEVICE_TYPE;
typedef PVOID PSECURITY_DESCRIPTOR, PSID, PACCESS_TOKEN;

typedef enum _MODE { KernelMode, UserMode, MaximumMode } MODE;

typedef union _LARGE_INTEGER {
	__extension__ struct {
		ULONG LowPart;
		LONG HighPart;
	};
	struct {
		ULONG LowPart;
		LONG HighPart;
	} u;
	LONGLONG QuadPart DECLSPEC_ALIGN(8);
} LARGE_INTEGER, *PLARGE_INTEGER;

typedef union _ULARGE_INTEGER {
	__extension__ struct {
		ULONG LowPart;
		ULONG HighPart;
	};
	struct {
		ULONG LowPart;
		ULONG HighPart;
	} u;
	ULONGLONG QuadPart DECLSPEC_ALIGN(8);
} ULARGE_INTEGER, *PULARGE_INTEGER;

typedef LARGE_INTEGER PHYSICAL_ADDRESS, *PPHYSICAL_ADDRESS;

typedef struct _LUID {
	ULONG LowPart;
	LONG HighPart;
} LUID, *PLUID;

typedef struct _GUID {
	ULONG Data1;
	USHORT Data2;
	USHORT Data3;
	UCHAR Data4[8];
} GUID, *PGUID, *LPGUID;
typedef const GUID *LPCGUID;
#if defined(__cplusplus)
#define REFGUID const GUID &
#else
#define REFGUID const GUID *
#endif
#define DEFINE_GUID(name, a, b, c, d0, d1, d2, d3, d4, d5, d6, d7) \
	EXTERN_C const GUID name DECLSPEC_SELECTANY;               \
	const GUID name = { a, b, c, { d0, d1, d2, d3, d4, d5, d6, d7 } }

typedef struct _LIST_ENTRY {
	struct _LIST_ENTRY *Flink;
	struct _LIST_ENTRY *Blink;
} LIST_ENTRY, *PLIST_ENTRY, *PRLIST_ENTRY;

typedef struct _SINGLE_LIST_ENTRY {
	struct _SINGLE_LIST_ENTRY *Next;
} SINGLE_LIST_ENTRY, *PSINGLE_LIST_ENTRY;

/* Lengths are in bytes; a terminating zero is allowed, not counted, not needed. */
typedef struct _UNICODE_STRING {
	USHORT Length;
	USHORT MaximumLength;
	PWCH Buffer;
} UNICODE_STRING, *PUNICODE_STRING;
typedef const UNICODE_STRING *PCUNICODE_STRING;

typedef struct _STRING {
	USHORT Length;
	USHORT MaximumLength;
	PCHAR Buffer;
} STRING, ANSI_STRING, OEM_STRING, UTF8_STRING, *PSTRING, *PANSI_STRING, *POEM_STRING,
	*PUTF8_STRING;
typedef const STRING *PCSTRING, *PCANSI_STRING, *PCOEM_STRING, *PCUTF8_STRING;

#define UNICODE_NULL SESSIO_NT_CAST(WCHAR, 0)
#define ANSI_NULL SESSIO_NT_CAST(CHAR, 0)
#define UNICODE_STRING_MAX_BYTES SESSIO_NT_CAST(USHORT, 65534)
#define UNICODE_STRING_MAX_CHARS 32767

typedef struct _OBJECT_ATTRIBUTES {
	ULONG Length;
	HANDLE RootDirectory;
	PUNICODE_STRING ObjectName;
	ULONG Attributes;
	PVOID SecurityDescriptor;
	PVOID SecurityQualityOfService;
} OBJECT_ATTRIBUTES, *POBJECT_ATTRIBUTES;
typedef const OBJECT_ATTRIBUTES *PCOBJECT_ATTRIBUTES;

#define OBJ_INHERIT 0x00000002u
#define OBJ_PERMANENT 0x00000010u
#define OBJ_EXCLUSIVE 0x00000020u
#define OBJ_CASE_INSENSITIVE 0x00000040u
#define OBJ_OPENIF 0x00000080u
#define OBJ_KERNEL_HANDLE 0x00000200u

#define InitializeObjectAttributes(p, n, a, r, s)                               \
	do {                                                                    \
		(p)->Length = SESSIO_NT_CAST(ULONG, sizeof(OBJECT_ATTRIBUTES)); \
		(p)->RootDirectory = (r);                                       \
		(p)->ObjectName = (n);                                          \
		(p)->Attributes = (a);                                          \
		(p)->SecurityDescriptor = (s);                                  \
		(p)->SecurityQualityOfService = NULL;                           \
	} while (0)

typedef struct _IO_STATUS_BLOCK {
	__extension__ union {
		NTSTATUS Status;
		PVOID Pointer;
	};
	ULONG_PTR Information;
} IO_STATUS_BLOCK, *PIO_STATUS_BLOCK;

typedef struct _CLIENT_ID {
	HANDLE UniqueProcess;
	HANDLE UniqueThread;
} CLIENT_ID, *PCLIENT_ID;

typedef struct _TIME_FIELDS {
	CSHORT Year;
	CSHORT Month;
	CSHORT Day;
	CSHORT Hour;
	CSHORT Minute;
	CSHORT Second;
	CSHORT Milliseconds;
	CSHORT Weekday;
} TIME_FIELDS, *PTIME_FIELDS;

#define MAXCHAR 0x7f
#define MAXSHORT 0x7fff
#define MAXUSHORT 0xffff
#define MAXUCHAR 0xff
#define MINLONG SESSIO_NT_CAST(LONG, 0x80000000u)
#define MAXLONG 0x7fffffff
#define MAXULONG 0xffffffffu
#define MAXLONGLONG 0x7fffffffffffffffLL
#define MAXULONGLONG 0xffffffffffffffffULL
#define MAXSIZE_T SIZE_MAX

#define PtrToUlong(p) SESSIO_NT_CAST(ULONG, SESSIO_NT_CAST(ULONG_PTR, p))
#define PtrToLong(p) SESSIO_NT_CAST(LONG, SESSIO_NT_CAST(LONG_PTR, p))
#define PtrToUint(p) SESSIO_NT_CAST(UINT, SESSIO_NT_CAST(UINT_PTR, p))
#define UlongToPtr(n) SESSIO_NT_CAST(PVOID, SESSIO_NT_CAST(ULONG_PTR, SESSIO_NT_CAST(ULONG, n)))
#define ULongToPtr(n) UlongToPtr(n)
#define LongToPtr(n) SESSIO_NT_CAST(PVOID, SESSIO_NT_CAST(LONG_PTR, SESSIO_NT_CAST(LONG, n)))
#define HandleToULong(h) SESSIO_NT_CAST(ULONG, SESSIO_NT_CAST(ULONG_PTR, h))
#define HandleToUlong(h) HandleToULong(h)
#define HandleToLong(h) SESSIO_NT_CAST(LONG, SESSIO_NT_CAST(LONG_PTR, h))
#define ULongToHandle(n) SESSIO_NT_CAST(HANDLE, SESSIO_NT_CAST(ULONG_PTR, SESSIO_NT_CAST(ULONG, n)))
#define UlongToHandle(n) ULongToHandle(n)
#define LongToHandle(n) SESSIO_NT_CAST(HANDLE, SESSIO_NT_CAST(LONG_PTR, SESSIO_NT_CAST(LONG, n)))
#define Int32x32To64(a, b) \
	(SESSIO_NT_CAST(LONGLONG, SESSIO_NT_CAST(LONG, a)) * SESSIO_NT_CAST(LONG, b))
#define UInt32x32To64(a, b) \
	(SESSIO_NT_CAST(ULONGLONG, SESSIO_NT_CAST(ULONG, a)) * SESSIO_NT_CAST(ULONG, b))
#define PtrOffset(base, p) \
	SESSIO_NT_CAST(ULONG, SESSIO_NT_CAST(ULONG_PTR, p) - SESSIO_NT_CAST(ULONG_PTR, base))

C_ASSERT(sizeof(LONG) == 4 && sizeof(ULONG) == 4 && sizeof(WCHAR) == 2 && sizeof(BOOLEAN) == 1);
C_ASSERT(sizeof(LONGLONG) == 8 && sizeof(ULONG_PTR) == sizeof(void *));
C_ASSERT(sizeof(SIZE_T) == sizeof(void *) && sizeof(NTSTATUS) == 4);
SESSIO_NT_SIZE(LARGE_INTEGER, 8, 8);
SESSIO_NT_SIZE(UNICODE_STRING, 16, 8);
SESSIO_NT_OFFSET(UNICODE_STRING, Buffer, 8, 4);
SESSIO_NT_SIZE(LIST_ENTRY, 16, 8);
SESSIO_NT_SIZE(OBJECT_ATTRIBUTES, 48, 24);
SESSIO_NT_SIZE(IO_STATUS_BLOCK, 16, 8);
SESSIO_NT_SIZE(CLIENT_ID, 16, 8);
SESSIO_NT_SIZE(GUID, 16, 16);
SESSIO_NT_SIZE(TIME_FIELDS, 16, 16);

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_NT_TYPES_H */
