/* SPDX-License-Identifier: MIT */
/* Strings into other strings, some of them allocated. */
#include "wdk/utf.h"

#define TAG_STRING 0x72745352u /* "RStr" */

/* An empty string may have no buffer, to which nothing can be added. */
static PCWSTR wide_end(PCUNICODE_STRING s)
{
	return s->Length == 0 ? s->Buffer : s->Buffer + s->Length / sizeof(WCHAR);
}

static PCSTR narrow_end(PCANSI_STRING s)
{
	return s->Length == 0 ? s->Buffer : s->Buffer + s->Length;
}

/* Room for so many bytes: a new *buffer, or the present one. */
static NTSTATUS make_room(
	PVOID *buffer, USHORT *maximum, SIZE_T bytes, BOOLEAN allocate, NTSTATUS too_small)
{
	if (bytes > MAXUSHORT) {
		return STATUS_INVALID_PARAMETER_2;
	}
	if (!allocate) {
		return bytes <= *maximum ? STATUS_SUCCESS : too_small;
	}
	*buffer = ExAllocatePoolWithTag(PagedPool, bytes, TAG_STRING);
	if (*buffer == NULL) {
		return STATUS_NO_MEMORY;
	}
	*maximum = (USHORT)bytes;
	return STATUS_SUCCESS;
}

static NTSTATUS make_wide(PUNICODE_STRING to, SIZE_T bytes, BOOLEAN allocate)
{
	PVOID buffer = to->Buffer;
	NTSTATUS status =
		make_room(&buffer, &to->MaximumLength, bytes, allocate, STATUS_BUFFER_OVERFLOW);

	if (NT_SUCCESS(status)) {
		to->Buffer = buffer;
	}
	return status;
}

static NTSTATUS make_narrow(PANSI_STRING to, SIZE_T bytes, BOOLEAN allocate)
{
	PVOID buffer = to->Buffer;
	NTSTATUS status =
		make_room(&buffer, &to->MaximumLength, bytes, allocate, STATUS_BUFFER_OVERFLOW);

	if (NT_SUCCESS(status)) {
		to->Buffer = buffer;
	}
	return status;
}

NTSTATUS RtlUpcaseUnicodeString(PUNICODE_STRING to, PCUNICODE_STRING from, BOOLEAN allocate)
{
	NTSTATUS status;

	if (to == NULL || from == NULL) {
		return STATUS_INVALID_PARAMETER;
	}
	status = make_wide(to, from->Length, allocate);
	if (!NT_SUCCESS(status)) {
		return status;
	}
	for (SIZE_T i = 0; i < from->Length / sizeof(WCHAR); i++) {
		to->Buffer[i] = RtlUpcaseUnicodeChar(from->Buffer[i]);
	}
	to->Length = from->Length;
	return STATUS_SUCCESS;
}

NTSTATUS RtlAnsiStringToUnicodeString(PUNICODE_STRING to, PCANSI_STRING from, BOOLEAN allocate)
{
	PCSTR end;
	SIZE_T count = 0;
	WCHAR pair[2];
	NTSTATUS status;

	if (to == NULL || from == NULL) {
		return STATUS_INVALID_PARAMETER;
	}
	end = narrow_end(from);
	for (PCSTR at = from->Buffer; at != end;) {
		count += si_wdk_put_utf16(si_wdk_get_utf8(&at, end), pair);
	}
	status = make_wide(to, (count + 1) * sizeof(WCHAR), allocate);
	if (!NT_SUCCESS(status)) {
		return status;
	}
	to->Length = (USHORT)(count * sizeof(WCHAR));
	count = 0;
	for (PCSTR at = from->Buffer; at != end;) {
		unsigned units = si_wdk_put_utf16(si_wdk_get_utf8(&at, end), pair);

		memcpy(&to->Buffer[count], pair, units * sizeof(WCHAR));
		count += units;
	}
	to->Buffer[count] = 0;
	return STATUS_SUCCESS;
}

NTSTATUS RtlUnicodeStringToAnsiString(PANSI_STRING to, PCUNICODE_STRING from, BOOLEAN allocate)
{
	PCWSTR end;
	SIZE_T count = 0;
	char bytes[4];
	NTSTATUS status;

	if (to == NULL || from == NULL) {
		return STATUS_INVALID_PARAMETER;
	}
	end = wide_end(from);
	for (PCWSTR at = from->Buffer; at != end;) {
		count += si_wdk_put_utf8(si_wdk_get_utf16(&at, end), bytes);
	}
	status = make_narrow(to, count + 1, allocate);
	if (!NT_SUCCESS(status)) {
		return status;
	}
	to->Length = (USHORT)count;
	count = 0;
	for (PCWSTR at = from->Buffer; at != end;) {
		unsigned length = si_wdk_put_utf8(si_wdk_get_utf16(&at, end), bytes);

		memcpy(&to->Buffer[count], bytes, length);
		count += length;
	}
	to->Buffer[count] = '\0';
	return STATUS_SUCCESS;
}

void RtlFreeUnicodeString(PUNICODE_STRING string)
{
	if (string->Buffer != NULL) {
		ExFreePoolWithTag(string->Buffer, TAG_STRING);
		memset(string, 0, sizeof(*string));
	}
}

void RtlFreeAnsiString(PANSI_STRING string)
{
	if (string->Buffer != NULL) {
		ExFreePoolWithTag(string->Buffer, TAG_STRING);
		memset(string, 0, sizeof(*string));
	}
}

NTSTATUS RtlDuplicateUnicodeString(ULONG flags, PCUNICODE_STRING from, PUNICODE_STRING to)
{
	ULONG with_zero = flags & RTL_DUPLICATE_UNICODE_STRING_NULL_TERMINATE;
	ULONG always = flags & RTL_DUPLICATE_UNICODE_STRING_ALLOCATE_NULL_STRING;
	UNICODE_STRING made = { 0, 0, NULL };
	NTSTATUS status;

	if (from == NULL || to == NULL || (always != 0 && with_zero == 0)) {
		return STATUS_INVALID_PARAMETER;
	}
	if (from->Length != 0 || always != 0) {
		SIZE_T bytes = from->Length + (with_zero != 0 ? sizeof(WCHAR) : 0);

		status = make_wide(&made, bytes, TRUE);
		if (!NT_SUCCESS(status)) {
			return status;
		}
		RtlCopyUnicodeString(&made, from);
	}
	*to = made;
	return STATUS_SUCCESS;
}

NTSTATUS RtlIntegerToUnicodeString(ULONG value, ULONG base, PUNICODE_STRING to)
{
	WCHAR digits[33];
	ULONG at = RTL_NUMBER_OF(digits);
	ULONG bytes;

	if (base == 0) {
		base = 10;
	}
	if (to == NULL || (base != 2 && base != 8 && base != 10 && base != 16)) {
		return STATUS_INVALID_PARAMETER;
	}
	digits[--at] = 0;
	do {
		digits[--at] = (WCHAR)(UCHAR) "0123456789ABCDEF"[value % base];
		value /= base;
	} while (value != 0);
	bytes = (ULONG)((RTL_NUMBER_OF(digits) - at) * sizeof(WCHAR));
	if (bytes > to->MaximumLength) {
		return STATUS_BUFFER_OVERFLOW;
	}
	memcpy(to->Buffer, &digits[at], bytes);
	to->Length = (USHORT)(bytes - sizeof(WCHAR));
	return STATUS_SUCCESS;
}

static ULONG digit_of(WCHAR c)
{
	if (c >= '0' && c <= '9') {
		return (ULONG)c - '0';
	}
	c = RtlUpcaseUnicodeChar(c);
	return c >= 'A' && c <= 'F' ? (ULONG)c - 'A' + 10 : MAXULONG;
}

/* 0x, 0o and 0b, behind which the digits are. */
static ULONG base_of(PCWSTR *at, PCWSTR end)
{
	ULONG base = 10;

	if (end - *at >= 2 && (*at)[0] == '0') {
		WCHAR letter = (*at)[1];

		base = letter == 'x' ? 16u : letter == 'o' ? 8u : letter == 'b' ? 2u : 10u;
		*at += base != 10 ? 2 : 0;
	}
	return base;
}

NTSTATUS RtlUnicodeStringToInteger(PCUNICODE_STRING s, ULONG base, PULONG value)
{
	PCWSTR at;
	PCWSTR end;
	BOOLEAN negative = FALSE;
	ULONG sum = 0;

	if (s == NULL || value == NULL) {
		return STATUS_INVALID_PARAMETER;
	}
	at = s->Buffer;
	end = wide_end(s);
	while (at != end && *at <= ' ') {
		at++;
	}
	if (at != end && (*at == '-' || *at == '+')) {
		negative = *at++ == '-';
	}
	if (base == 0) {
		base = base_of(&at, end);
	} else if (base != 2 && base != 8 && base != 10 && base != 16) {
		return STATUS_INVALID_PARAMETER;
	}
	for (; at != end && digit_of(*at) < base; at++) {
		sum = sum * base + digit_of(*at);
	}
	*value = negative ? 0u - sum : sum;
	return STATUS_SUCCESS;
}
