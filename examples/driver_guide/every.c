/* SPDX-License-Identifier: MIT */
/* Every history that a driver can meet, and the shortest in which it fails. */
#include <sessio/testing_explore_driver.h>

SESSIO_DRIVER(silent);

int main(void)
{
	return sessio_explore_driver_passes(silent, L"\\Device\\NextLogon", NULL) ? 0 : 1;
}
