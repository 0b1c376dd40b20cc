/* SPDX-License-Identifier: MIT */
/* Callbacks that leave by a thread's exit, its cancellation, or a longjmp. */
#include "death.h"

#include <pthread.h>
#include <setjmp.h>

#include "callback_leaves.h"

static void exit_thread(void)
{
	pthread_exit(NULL);
}

static void cancel_thread(void)
{
	(void)pthread_cancel(pthread_self());
	pthread_testcancel();
}

static void *run(void *arg)
{
	(*(void (**)(void))arg)();
	return NULL;
}

/* On a thread of its own, which could well end alone. */
static void leave(void (*place)(void), way_out_fn *way)
{
	pthread_t thread;

	way_out = way;
	if (pthread_create(&thread, NULL, run, &place) == 0) {
		(void)pthread_join(thread, NULL);
	}
}

static void exit_in_constructor(void)
{
	leave(in_constructor, exit_thread);
}

static void exit_in_destructor(void)
{
	leave(in_destructor, exit_thread);
}

static void exit_in_walk(void)
{
	leave(in_walk, exit_thread);
}

static void exit_in_sink(void)
{
	leave(in_sink, exit_thread);
}

static void cancel_in_destructor(void)
{
	leave(in_destructor, cancel_thread);
}

static jmp_buf back;

static void jump(void)
{
	longjmp(back, 1);
}

/* Far enough down the stack that every compiler's later frames lie above. */
static void go_deep(void)
{
	char room[4096];
	char *volatile kept = room; /* or an optimiser leaves it out */

	*kept = 0;
	in_destructor();
	*kept = 1;
}

/* The jump itself cannot be seen. The next object that is destroyed finds it. */
static void jump_out_of_a_destructor(void)
{
	way_out = jump;
	if (setjmp(back) == 0) {
		go_deep();
	}
	in_destructor();
}

int main(int argc, char **argv)
{
	static const struct death cases[] = {
		{ "exit_in_constructor", exit_in_constructor },
		{ "exit_in_destructor", exit_in_destructor },
		{ "exit_in_walk", exit_in_walk },
		{ "exit_in_sink", exit_in_sink },
		{ "cancel_in_destructor", cancel_in_destructor },
		{ "jump_out_of_a_destructor", jump_out_of_a_destructor },
	};

	return death_main(argc, argv, cases, sizeof(cases) / sizeof(cases[0]));
}
