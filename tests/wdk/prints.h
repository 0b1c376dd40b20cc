/* SPDX-License-Identifier: MIT */
/* Fixtures that keep the last debug print. */
#ifndef SESSIO_TESTS_WDK_PRINTS_H
#define SESSIO_TESTS_WDK_PRINTS_H

#include <ntddk.h>

struct print {
	unsigned count;
	ULONG component;
	ULONG level;
	size_t length;
	char text[1024];
};

extern struct print printed;

int catch_prints(void **state);
int let_prints_go(void **state);

#endif /* SESSIO_TESTS_WDK_PRINTS_H */
