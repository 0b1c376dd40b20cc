/* SPDX-License-Identifier: MIT */
#include "wdk/usage.h"

#include "nt/sessio_nt.h"

void sessio_nt_get_usage(struct sessio_nt_usage *out_usage)
{
	si_wdk_pool_usage(&out_usage->pool_blocks, &out_usage->pool_bytes);
	si_wdk_device_usage(&out_usage->devices, &out_usage->symbolic_links);
	out_usage->requests = si_wdk_irp_usage();
	out_usage->work_items = si_wdk_work_usage();
}
