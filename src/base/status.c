/* SPDX-License-Identifier: MIT */
#include <sessio/status.h>

const char *sessio_status_text(sessio_status status)
{
	switch (status) { /* no default: the compiler names a missing row */
#define XX(name, value, text) \
	case SESSIO_##name:   \
		return text;
		SESSIO_STATUS_MAP(XX)
#undef XX
	}
	return "unknown status";
}

const char *sessio_status_name(sessio_status status)
{
	switch (status) {
#define XX(name, value, text) \
	case SESSIO_##name:   \
		return "SESSIO_" #name;
		SESSIO_STATUS_MAP(XX)
#undef XX
	}
	return "SESSIO_?";
}
