/* SPDX-License-Identifier: MIT */
/* How a test under Wine plays the kernel: requests to the stand-in's device. */
#ifndef SESSIO_TESTS_STAND_IN_CONTROL_H
#define SESSIO_TESTS_STAND_IN_CONTROL_H

#define STAND_IN_CODE(number) \
	CTL_CODE(FILE_DEVICE_UNKNOWN, 0x900 + (number), METHOD_BUFFERED, FILE_ANY_ACCESS)

#define STAND_IN_EVENT STAND_IN_CODE(1) /* session, event, local */
#define STAND_IN_SESSION STAND_IN_CODE(2) /* session, state, local: it exists already */
#define STAND_IN_REFUSE STAND_IN_CODE(3) /* status: of every registration from now on */
#define STAND_IN_REQUESTOR STAND_IN_CODE(4) /* session: whose all callers are from now on */
#define STAND_IN_FORGET STAND_IN_CODE(5)
#define STAND_IN_LOAD STAND_IN_CODE(6) /* the driver of a service, in this process */
#define STAND_IN_UNLOAD STAND_IN_CODE(7)
#define STAND_IN_STORM STAND_IN_CODE(8) /* 1: threads make events; 0: they have ended */
#define STAND_IN_COUNT STAND_IN_CODE(9) /* out: registrations, events so far */

#define STAND_IN_NAME 160 /* characters */

struct stand_in_request {
	ULONG arguments[3];
	WCHAR service[STAND_IN_NAME]; /* to load or unload: its path in the registry */
};

struct stand_in_counts {
	ULONG registrations;
	ULONG events;
};

#endif /* SESSIO_TESTS_STAND_IN_CONTROL_H */
