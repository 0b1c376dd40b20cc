/* SPDX-License-Identifier: MIT */
/* A child of a process that has other threads may exec, and the parent goes on. */
#include "test.h"

#include <sys/wait.h>
#include <unistd.h>

#include "base/waiting.h"
#include "sleepers.h"

static bool done;

static bool is_done(void *arg)
{
	(void)arg;
	return done;
}

static void wait_at_gate(void *arg)
{
	(void)arg;
	(void)si_wait_until(is_done, NULL, SI_WAIT_FOREVER);
}

/* While a thread sleeps and this one is at the gate, which nobody leaves in the child. */
static void a_child_may_exec_whatever_is_locked(void **state)
{
	struct sleeper sleeper;
	int status = 0;
	pid_t child;

	(void)state;
	done = false;
	sleeper_start(&sleeper, wait_at_gate, NULL);
	si_gate_enter();
	child = fork();
	if (child == 0) {
		(void)execl("/bin/sh", "sh", "-c", "exit 7", (char *)NULL);
		_exit(1);
	}
	done = true;
	si_gate_leave();
	si_wait_wake();
	sleeper_join(&sleeper);
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_child_may_exec_whatever_is_locked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
