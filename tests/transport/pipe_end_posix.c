/* SPDX-License-Identifier: MIT */
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* what sockets need in strict C11 */
#endif

#include "test.h"

#include "pipe_end.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

void pipe_end_name(char *name, size_t size, const char *what)
{
	static atomic_uint count;
	const char *folder = getenv("TMPDIR");

	(void)snprintf(name, size, "%s/sessio-%s-%d-%u", folder == NULL ? "/tmp" : folder, what,
		(int)getpid(), count++);
}

static struct sockaddr_un address_of(const char *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	assert_true(strlen(name) < sizeof(address.sun_path));
	(void)strcpy(address.sun_path, name);
	return address;
}

static pipe_end make(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	return fd;
}

pipe_end pipe_end_connect(const char *name)
{
	const struct sockaddr_un address = address_of(name);
	pipe_end end = make();

	assert_int_equal(
		connect((int)end, (const struct sockaddr *)(const void *)&address, sizeof(address)),
		0);
	return end;
}

void pipe_end_close(pipe_end *end)
{
	assert_int_equal(close((int)*end), 0);
	*end = PIPE_END_NONE;
}

void pipe_end_stop_writing(pipe_end *end)
{
	assert_int_equal(shutdown((int)*end, SHUT_WR), 0);
}

bool pipe_end_write(pipe_end end, const void *bytes, size_t size)
{
	const unsigned char *at = bytes;

	while (size != 0) {
		ssize_t sent = send((int)end, at, size, MSG_NOSIGNAL);

		if (sent <= 0) {
			return false;
		}
		at += sent;
		size -= (size_t)sent;
	}
	return true;
}

size_t pipe_end_read(pipe_end end, void *bytes, size_t size)
{
	ssize_t got = recv((int)end, bytes, size, 0);

	return got < 0 ? 0 : (size_t)got;
}

void pipe_listen(struct pipe_listener *listener, const char *name)
{
	const struct sockaddr_un address = address_of(name);

	listener->end = make();
	(void)snprintf(listener->name, sizeof(listener->name), "%s", name);
	assert_int_equal(bind((int)listener->end, (const struct sockaddr *)(const void *)&address,
				 sizeof(address)),
		0);
	assert_int_equal(listen((int)listener->end, 1), 0);
}

pipe_end pipe_accept(struct pipe_listener *listener)
{
	int fd = accept((int)listener->end, NULL, NULL);

	assert_true(fd >= 0);
	return fd;
}

void pipe_listener_close(struct pipe_listener *listener)
{
	pipe_end_close(&listener->end);
	assert_int_equal(unlink(listener->name), 0);
}
