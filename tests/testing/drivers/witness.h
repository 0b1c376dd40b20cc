/* SPDX-License-Identifier: MIT */
#ifndef SESSIO_TESTS_WITNESS_H
#define SESSIO_TESTS_WITNESS_H

/* A read of the driver witness gives this; a write makes it forget a routine. */
struct witness_report {
	ULONG Started, Old, Ended; /* processes */
	ULONG Threads;
	ULONG ImageSize; /* of the latest image */
	ULONG SessionId; /* of the latest process */
	ULONG CommandLength; /* in bytes */
};

#endif /* SESSIO_TESTS_WITNESS_H */
