/* SPDX-License-Identifier: MIT */
#include "wdk/usage.h"

#include "nt/sessio_nt.h"
#include "wdk/device_names.h"

void sessio_nt_get_usage(struct sessio_nt_usage *out_usage)
{
	if (out_usage == NULL) {
		return;
	}
	si_wdk_pool_usage(&out_usage->pool_blocks, &out_usage->pool_bytes);
	out_usage->devices = si_wdk_device_usage();
	out_usage->symbolic_links = si_wdk_name_links();
	out_usage->requests = si_wdk_irp_usage();
	out_usage->work_items = si_wdk_work_usage();
}
