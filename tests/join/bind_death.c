/* SPDX-License-Identifier: MIT */
/* Broken invariants of binds. */
#include <stdlib.h>

#include <sessio/bind.h>

#include "death.h"

static sessio_bind *new_bind(void)
{
	const sessio_bind_policy nothing = { .fn = NULL };
	sessio_host *host = sessio_host_default();
	sessio_user_session *user;
	sessio_bind *bind;

	if (sessio_host_adopt(host, 1, SESSIO_USER_STATE_LOGGED_ON, 0) != SESSIO_OK ||
		sessio_host_find_session(host, 1, &user) != SESSIO_OK ||
		sessio_bind_create(user, &nothing, &bind) != SESSIO_OK) {
		exit(2);
	}
	return bind;
}

static void leave_a_bind_twice(void)
{
	sessio_bind_scope scope;

	if (sessio_bind_enter(new_bind(), &scope) == SESSIO_OK) {
		sessio_bind_leave(&scope);
		sessio_bind_leave(&scope);
	}
}

int main(int argc, char **argv)
{
	static const struct death cases[] = {
		{ "leave_a_bind_twice", leave_a_bind_twice },
	};

	return death_main(argc, argv, cases, sizeof(cases) / sizeof(cases[0]));
}
