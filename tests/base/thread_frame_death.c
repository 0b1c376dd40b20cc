/* SPDX-License-Identifier: MIT */
/* Frames that are popped where they are not. */
#include "death.h"

#include "base/thread_frame.h"

static void pop_a_frame_twice(void)
{
	struct si_thread_frame outer = { 0 };
	struct si_thread_frame frame = { 0 };

	si_thread_push(&outer, &outer, NULL);
	si_thread_push(&frame, &frame, NULL);
	si_thread_pop(&frame);
	si_thread_pop(&frame);
}

int main(int argc, char **argv)
{
	static const struct death cases[] = {
		{ "pop_a_frame_twice", pop_a_frame_twice },
	};

	return death_main(argc, argv, cases, sizeof(cases) / sizeof(cases[0]));
}
