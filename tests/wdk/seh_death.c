/* SPDX-License-Identifier: MIT */
#pragma GCC diagnostic ignored "-Wpedantic"
#include "death.h"

#include <ntddk.h>

static void return_from_a_block(void)
{
	__try {
		return;
	} __finally {
		DbgPrint("not reached\n");
	}
}

static void continue_out_of_a_block(void)
{
	for (int i = 0; i < 1; i++) {
		__try {
			if (i == 0) {
				continue;
			}
		} __finally {
			DbgPrint("not reached\n");
		}
	}
}

static void break_out_of_a_block(void)
{
	for (;;) {
		__try {
			break;
		} __except (EXCEPTION_EXECUTE_HANDLER) {
			DbgPrint("not reached\n");
		}
	}
}

int main(int argc, char **argv)
{
	static const struct death cases[] = {
		DEATH(return_from_a_block),
		DEATH(continue_out_of_a_block),
		DEATH(break_out_of_a_block),
	};

	return death_main(argc, argv, cases, sizeof(cases) / sizeof(cases[0]));
}
