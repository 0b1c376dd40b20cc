/* SPDX-License-Identifier: MIT */
/*
 * python_consumer PYTHON CONSUMER.PY PROTOCOL.MD: runs a consumer that was written from
 * the page alone against a provider, and ends as it ends.
 */
#include "test.h"

#include "talk.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int count, char **arguments)
{
	struct talk *talk;
	int status = -1;
	pid_t child;

	if (count != 4) {
		fprintf(stderr, "usage: %s PYTHON CONSUMER.PY PROTOCOL.MD\n", arguments[0]);
		return 2;
	}
	talk = talk_start(NULL);
	child = fork();
	if (child == 0) {
		(void)execlp(arguments[1], arguments[1], arguments[2], talk_pipe(talk),
			arguments[3], (char *)NULL);
		_exit(127);
	}
	if (child < 0 || waitpid(child, &status, 0) != child) {
		return 2;
	}
	talk_await_connections(talk, 0);
	talk_stop(talk);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
