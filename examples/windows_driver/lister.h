/* SPDX-License-Identifier: MIT */
/* The language of the driver and its user-mode program; after <ntifs.h> or <windows.h>. */
#ifndef LISTER_H
#define LISTER_H

/* The list, for any open file of the driver. */
#define LISTER_IOCTL_LIST CTL_CODE(FILE_DEVICE_UNKNOWN, 0x801, METHOD_BUFFERED, FILE_ANY_ACCESS)
/* An operation of the caller's own resource session; refused when that has ended. */
#define LISTER_IOCTL_USE CTL_CODE(FILE_DEVICE_UNKNOWN, 0x802, METHOD_BUFFERED, FILE_ANY_ACCESS)

/* The rights of a resource session, and of its share mode. */
#define LISTER_READ 1u
#define LISTER_WRITE 2u

#define LISTER_MAX 32u /* what does not fit is counted, and not listed */

struct lister_user {
	ULONG id;
	ULONG state; /* as IO_SESSION_STATE */
	ULONG local;
};

struct lister_opening {
	ULONG user; /* whose, or LISTER_NOBODY */
	ULONG rights;
	ULONG share;
	ULONG is_open; /* 0: it is ending */
};

#define LISTER_NOBODY 0xffffffffu

struct lister_list {
	LONG registration; /* the NTSTATUS of IoRegisterContainerNotification() */
	ULONG user_count;
	ULONG opening_count;
	struct lister_user users[LISTER_MAX];
	struct lister_opening openings[LISTER_MAX];
};

#endif /* LISTER_H */
