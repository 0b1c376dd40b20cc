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
	ULONG Forgetful; /* a write sets it, to one of these: then the removal forgets that */
};
#define PLUG_FORGETS_TO_DETACH 1
#define PLUG_FORGETS_TO_WAIT 2

#endif /* SESSIO_TESTS_PLUG_H */
