/* SPDX-License-Identifier: MIT */
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* O_CLOEXEC in strict C11 */
#endif

#include "platform/task.h"

#if defined(__linux__)
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FIELDS_BEFORE_TIMES 11

static bool read_text(int64_t process, int64_t thread, char *text, size_t size)
{
	char path[80];
	ssize_t length;
	int file;

	if (thread != 0) {
		(void)snprintf(path, sizeof(path), "/proc/%lld/task/%lld/stat", (long long)process,
			(long long)thread);
	} else {
		(void)snprintf(path, sizeof(path), "/proc/%lld/stat", (long long)process);
	}
	file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0) {
		return false;
	}
	length = read(file, text, size - 1);
	(void)close(file);
	text[length > 0 ? length : 0] = '\0';
	return length > 0;
}

bool si_task_look(int64_t process, int64_t thread, struct si_task_looks *out_looks)
{
	char text[512];
	unsigned long ticks;
	const char *rest;
	char *end;

	if (!read_text(process, thread, text, sizeof(text))) {
		return false;
	}
	rest = strrchr(text, ')'); /* the name before it may have any characters */
	if (rest == NULL || rest[1] == '\0') {
		return false;
	}
	rest += 2;
	out_looks->state = rest[0];
	for (unsigned field = 0; field < FIELDS_BEFORE_TIMES && rest != NULL; field++) {
		rest = strchr(rest + 1, ' ');
	}
	if (rest == NULL) {
		return false;
	}
	ticks = strtoul(rest, &end, 10); /* its own, and those of the kernel for it */
	ticks += strtoul(end, NULL, 10);
	out_looks->cpu_ms = (uint64_t)ticks * 1000u / (uint64_t)sysconf(_SC_CLK_TCK);
	return true;
}

#else

bool si_task_look(int64_t process, int64_t thread, struct si_task_looks *out_looks)
{
	(void)process, (void)thread, (void)out_looks;
	return false;
}
#endif
