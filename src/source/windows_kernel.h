/* SPDX-License-Identifier: MIT */
/*
 * The source that mirrors the sessions of the Windows kernel that it runs in. It
 * registers for the container notifications of one object.
 */
#ifndef SI_WINDOWS_KERNEL_H
#define SI_WINDOWS_KERNEL_H

#include "source/source.h"

/*
 * The driver, device or file object for which the next opening registers. It outlives
 * the source. NULL, as at first: the source is not offered.
 */
void si_windows_kernel_set_object(void *io_object);

/* The NTSTATUS of the last registration; 0 before the first. */
int32_t si_windows_kernel_answer(void);

extern const struct si_source_ops si_source_windows_kernel;

#endif /* SI_WINDOWS_KERNEL_H */
