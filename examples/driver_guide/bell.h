/* SPDX-License-Identifier: MIT */
/* The device controls of bell.c. */
#ifndef BELL_H
#define BELL_H

/* Waits until somebody rings. */
#define IOCTL_BELL_WAIT CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800, METHOD_BUFFERED, FILE_ANY_ACCESS)
/* Ends the wait of so many, a number in one byte. */
#define IOCTL_BELL_RING CTL_CODE(FILE_DEVICE_UNKNOWN, 0x801, METHOD_BUFFERED, FILE_ANY_ACCESS)

#endif /* BELL_H */
