/* SPDX-License-Identifier: MIT */
#include <sessio/version.h>

const char SESSIO_VERSION_SYMBOL = 0;

const char *sessio_version(void)
{
	return SESSIO_VERSION;
}
