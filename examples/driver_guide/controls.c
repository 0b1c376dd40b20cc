/* SPDX-License-Identifier: MIT */
/* Every history of a driver with two device controls, of which one pends. */
#include <sessio/testing_explore_driver.h>

#include "bell.h"

SESSIO_DRIVER(bell);

int main(void)
{
	const sessio_explore_control controls[] = {
		{ .name = "wait", .code = IOCTL_BELL_WAIT },
		{ .name = "ring", .code = IOCTL_BELL_RING, .in = "\2", .in_length = 1 },
	};
	const sessio_explore_options options = { .controls = controls, .control_count = 2 };

	return sessio_explore_driver_passes(bell, L"\\Device\\Bell", &options) ? 0 : 1;
}
