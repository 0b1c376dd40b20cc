/* SPDX-License-Identifier: MIT */
/* Text that never runs over: cut where it does not fit, and said so. */
#include "nt/ntstrsafe.h"

#include <stdbool.h>

#include "wdk/format.h"

/* Whether there is a place for a text, and a text. */
static bool is_usable(const VOID *to, SIZE_T size, const VOID *text)
{
	return to != NULL && size != 0 && size <= NTSTRSAFE_MAX_CCH && text != NULL;
}

static NTSTATUS fits(BOOLEAN whole)
{
	return whole ? STATUS_SUCCESS : STATUS_BUFFER_OVERFLOW;
}

NTSTATUS RtlStringCchCopyNA(PSTR to, SIZE_T size, PCSTR from, SIZE_T count)
{
	SIZE_T length = 0;

	if (!is_usable(to, size, from)) {
		return STATUS_INVALID_PARAMETER;
	}
	while (length < count && length < size - 1 && from[length] != '\0') {
		to[length] = from[length];
		length++;
	}
	to[length] = '\0';
	return fits(length == count || from[length] == '\0');
}

NTSTATUS RtlStringCchCopyNW(PWSTR to, SIZE_T size, PCWSTR from, SIZE_T count)
{
	SIZE_T length = 0;

	if (!is_usable(to, size, from)) {
		return STATUS_INVALID_PARAMETER;
	}
	while (length < count && length < size - 1 && from[length] != 0) {
		to[length] = from[length];
		length++;
	}
	to[length] = 0;
	return fits(length == count || from[length] == 0);
}

NTSTATUS RtlStringCchCopyA(PSTR to, SIZE_T size, PCSTR from)
{
	return RtlStringCchCopyNA(to, size, from, SIZE_MAX);
}

NTSTATUS RtlStringCchCopyW(PWSTR to, SIZE_T size, PCWSTR from)
{
	return RtlStringCchCopyNW(to, size, from, SIZE_MAX);
}

NTSTATUS RtlStringCchLengthA(PCSTR s, SIZE_T size, SIZE_T *length)
{
	SIZE_T count = 0;

	if (s == NULL || size > NTSTRSAFE_MAX_CCH) {
		return STATUS_INVALID_PARAMETER;
	}
	while (count < size && s[count] != '\0') {
		count++;
	}
	if (count == size) {
		return STATUS_INVALID_PARAMETER;
	}
	if (length != NULL) {
		*length = count;
	}
	return STATUS_SUCCESS;
}

NTSTATUS RtlStringCchLengthW(PCWSTR s, SIZE_T size, SIZE_T *length)
{
	SIZE_T count;

	if (s == NULL || size > NTSTRSAFE_MAX_CCH) {
		return STATUS_INVALID_PARAMETER;
	}
	count = sessio_nt_wcsnlen(s, size);
	if (count == size) {
		return STATUS_INVALID_PARAMETER;
	}
	if (length != NULL) {
		*length = count;
	}
	return STATUS_SUCCESS;
}

NTSTATUS RtlStringCchCatA(PSTR to, SIZE_T size, PCSTR from)
{
	SIZE_T length;
	NTSTATUS status = RtlStringCchLengthA(to, size, &length);

	return NT_SUCCESS(status) ? RtlStringCchCopyA(to + length, size - length, from) : status;
}

NTSTATUS RtlStringCchCatW(PWSTR to, SIZE_T size, PCWSTR from)
{
	SIZE_T length;
	NTSTATUS status = RtlStringCchLengthW(to, size, &length);

	return NT_SUCCESS(status) ? RtlStringCchCopyW(to + length, size - length, from) : status;
}

NTSTATUS RtlStringCchVPrintfA(PSTR to, SIZE_T size, PCSTR format, va_list args)
{
	if (!is_usable(to, size, format)) {
		return STATUS_INVALID_PARAMETER;
	}
	return fits(si_wdk_format(to, size, format, args) < size);
}

NTSTATUS RtlStringCchVPrintfW(PWSTR to, SIZE_T size, PCWSTR format, va_list args)
{
	if (!is_usable(to, size, format)) {
		return STATUS_INVALID_PARAMETER;
	}
	return fits(si_wdk_format_wide(to, size, format, args) < size);
}

NTSTATUS RtlStringCchPrintfA(PSTR to, SIZE_T size, PCSTR format, ...)
{
	va_list args;
	NTSTATUS status;

	va_start(args, format);
	status = RtlStringCchVPrintfA(to, size, format, args);
	va_end(args);
	return status;
}

NTSTATUS RtlStringCchPrintfW(PWSTR to, SIZE_T size, PCWSTR format, ...)
{
	va_list args;
	NTSTATUS status;

	va_start(args, format);
	status = RtlStringCchVPrintfW(to, size, format, args);
	va_end(args);
	return status;
}

NTSTATUS RtlUnicodeStringPrintf(PUNICODE_STRING to, PCWSTR format, ...)
{
	SIZE_T room = to != NULL ? to->MaximumLength / sizeof(WCHAR) : 0;
	va_list args;
	SIZE_T length;

	if (room == 0 || to->Buffer == NULL || format == NULL) {
		return STATUS_INVALID_PARAMETER;
	}
	va_start(args, format);
	length = si_wdk_format_wide(to->Buffer, room, format, args);
	va_end(args);
	to->Length = (USHORT)((length < room ? length : room - 1) * sizeof(WCHAR));
	return fits(length < room);
}
