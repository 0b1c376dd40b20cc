/* SPDX-License-Identifier: MIT */
#include "wdk/utf.h"

#define NO_CHAR ((ULONG)'?')

ULONG si_wdk_get_utf16(PCWSTR *at, PCWSTR end)
{
	ULONG first = *(*at)++;

	if (first < 0xd800u || first > 0xdfffu) {
		return first;
	}
	if (first < 0xdc00u && *at != end && **at >= 0xdc00u && **at <= 0xdfffu) {
		return 0x10000u + ((first - 0xd800u) << 10) + (ULONG)(*(*at)++ - 0xdc00u);
	}
	return NO_CHAR;
}

ULONG si_wdk_get_utf8(PCSTR *at, PCSTR end)
{
	/* The smallest character that needs so many more bytes: none may be longer than needed. */
	static const ULONG smallest[] = { 0, 0x80u, 0x800u, 0x10000u };
	ULONG first = (UCHAR) * (*at)++;
	unsigned more = first < 0xc2u ? 0 : first < 0xe0u ? 1 : first < 0xf0u ? 2 : 3;
	ULONG c = first & (0x3fu >> more);

	if (first < 0x80u) {
		return first;
	}
	if (more == 0 || first > 0xf4u) {
		return NO_CHAR;
	}
	for (unsigned i = 0; i < more; i++) {
		if (*at == end || ((UCHAR) * *at & 0xc0u) != 0x80u) {
			return NO_CHAR;
		}
		c = c << 6 | ((UCHAR) * (*at)++ & 0x3fu);
	}
	if (c < smallest[more] || c > 0x10ffffu || (c >= 0xd800u && c <= 0xdfffu)) {
		return NO_CHAR;
	}
	return c;
}

unsigned si_wdk_put_utf8(ULONG c, char out[4])
{
	unsigned more = c < 0x80u ? 0 : c < 0x800u ? 1 : c < 0x10000u ? 2 : 3;
	static const UCHAR lead[] = { 0, 0xc0u, 0xe0u, 0xf0u };

	out[0] = (char)(lead[more] | c >> (6 * more));
	for (unsigned i = 1; i <= more; i++) {
		out[i] = (char)(0x80u | (c >> (6 * (more - i)) & 0x3fu));
	}
	return more + 1;
}

unsigned si_wdk_put_utf16(ULONG c, WCHAR out[2])
{
	if (c < 0x10000u) {
		out[0] = (WCHAR)c;
		return 1;
	}
	out[0] = (WCHAR)(0xd800u + ((c - 0x10000u) >> 10));
	out[1] = (WCHAR)(0xdc00u + ((c - 0x10000u) & 0x3ffu));
	return 2;
}
