/* SPDX-License-Identifier: MIT */
/* Callbacks that leave by a C++ exception, which a caller would catch. */
#include "death.h"

#include "callback_leaves.h"

static void throw_something()
{
	throw 1;
}

static void leave(void (*place)())
{
	way_out = throw_something;
	try {
		place();
	} catch (int) {
		fprintf(stderr, "caught\n");
	}
}

static void throw_in_constructor()
{
	leave(in_constructor);
}

static void throw_in_destructor()
{
	leave(in_destructor);
}

static void throw_in_walk()
{
	leave(in_walk);
}

static void throw_in_sink()
{
	leave(in_sink);
}

int main(int argc, char **argv)
{
	static const struct death cases[] = {
		{ "throw_in_constructor", throw_in_constructor },
		{ "throw_in_destructor", throw_in_destructor },
		{ "throw_in_walk", throw_in_walk },
		{ "throw_in_sink", throw_in_sink },
	};

	return death_main(argc, argv, cases, sizeof(cases) / sizeof(cases[0]));
}
