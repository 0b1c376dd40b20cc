/* SPDX-License-Identifier: MIT */
/* Broken invariants of hosts and of what they are built on. */
#include "death.h"
#include "user/host.h"

static sessio_user_session *dead_session(void)
{
	static sessio_user_session session;

	si_refcount_init(&session.refs, 0);
	return &session;
}

static void ref_a_dead_session(void)
{
	(void)sessio_user_session_ref(dead_session());
}

static void unref_a_dead_session(void)
{
	sessio_user_session_unref(dead_session());
}

static void remove_a_node_twice(void)
{
	struct si_map map;
	struct si_map_node node;

	si_map_init(&map);
	si_map_add(&map, &node, 1);
	si_map_remove(&map, &node);
	si_map_remove(&map, &node);
}

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
		{ "ref_a_dead_session", ref_a_dead_session },
		{ "unref_a_dead_session", unref_a_dead_session },
		{ "remove_a_node_twice", remove_a_node_twice },
		{ "pop_a_frame_twice", pop_a_frame_twice },
	};

	return death_main(argc, argv, cases, sizeof(cases) / sizeof(cases[0]));
}
