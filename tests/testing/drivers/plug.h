/* SPDX-License-Identifier: MIT */
#ifndef SESSIO_TESTS_PLUG_H
#define SESSIO_TESTS_PLUG_H

/* A read of the driver plug gives this. */
struct plug_report {
	ULONG SessionId; /* 0: none */
	ULONG Events; /* that its registration has seen */
	ULONG Started;
	ULONG Surprised;
	ULONG PowerState; /* of the device */
	ULONG Forgetful; /* a write sets it: then the removal does not detach */
};

#endif /* SESSIO_TESTS_PLUG_H */
