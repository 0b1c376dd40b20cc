/* SPDX-License-Identifier: MIT */
/* Broken invariants of binds. */
#include <stdlib.h>

#include <uv.h>

#include <sessio/bind.h>

#include "death.h"

static sessio_bind *new_bind(const sessio_bind_policy *policy)
{
	sessio_host *host = sessio_host_default();
	sessio_user_session *user;
	sessio_bind *bind;

	if (sessio_host_adopt(host, 1, SESSIO_USER_STATE_LOGGED_ON, 0) != SESSIO_OK ||
		sessio_host_find_session(host, 1, &user) != SESSIO_OK ||
		sessio_bind_create(user, policy, &bind) != SESSIO_OK) {
		exit(2);
	}
	return bind;
}

static const sessio_bind_policy nothing;

static void leave_a_bind_twice(void)
{
	sessio_bind_scope scope;

	if (sessio_bind_enter(new_bind(&nothing), &scope) == SESSIO_OK) {
		sessio_bind_leave(&scope);
		sessio_bind_leave(&scope);
	}
}

static void leave(void *scope)
{
	sessio_bind_leave(scope);
}

static void leave_a_bind_of_another_thread(void)
{
	sessio_bind_scope scope;
	uv_thread_t thread;

	if (sessio_bind_enter(new_bind(&nothing), &scope) == SESSIO_OK &&
		uv_thread_create(&thread, leave, &scope) == 0) {
		(void)uv_thread_join(&thread);
	}
}

int main(int argc, char **argv)
{
	static const struct death cases[] = {
		{ "leave_a_bind_twice", leave_a_bind_twice },
		{ "leave_a_bind_of_another_thread", leave_a_bind_of_another_thread },
	};

	return death_main(argc, argv, cases, sizeof(cases) / sizeof(cases[0]));
}
