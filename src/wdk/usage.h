/* SPDX-License-Identifier: MIT */
/* The counts that sessio_nt_get_usage() collects. */
#ifndef SI_WDK_USAGE_H
#define SI_WDK_USAGE_H

#include <stddef.h>

void si_wdk_pool_usage(size_t *out_blocks, size_t *out_bytes);
size_t si_wdk_device_usage(void);
size_t si_wdk_irp_usage(void);
size_t si_wdk_work_usage(void);

#endif /* SI_WDK_USAGE_H */
