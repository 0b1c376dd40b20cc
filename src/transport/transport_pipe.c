/* SPDX-License-Identifier: MIT */
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* struct ucred, and what uv.h needs in strict C11 */
#endif

#include "transport/transport_pipe.h"

#include <stdio.h>
#include <string.h>
#if !defined(_WIN32)
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#endif

sessio_status si_pipe_status(int error)
{
	switch (error) {
	case 0:
		return SESSIO_OK;
	case UV_ENOENT:
	case UV_ECONNREFUSED:
	case UV_ENOTSOCK:
		return SESSIO_NOT_FOUND;
	case UV_EADDRINUSE:
		return SESSIO_EXISTS;
	case UV_EACCES:
	case UV_EPERM:
	case UV_EROFS:
		return SESSIO_NO_RIGHTS;
	case UV_ENOMEM:
		return SESSIO_NO_MEMORY;
	case UV_EINVAL:
	case UV_ENAMETOOLONG:
		return SESSIO_INVALID_ARG;
	default:
		return SESSIO_REFUSED;
	}
}

#if defined(_WIN32)

void si_pipe_block_signal(void)
{
}

bool si_pipe_name_is_valid(const char *name)
{
	return name[0] != '\0' && strlen(name) < 256;
}

/* Windows itself refuses a second first instance of a name. */
sessio_status si_pipe_listen(struct si_pipe_claim *claim, uv_pipe_t *pipe, const char *name,
	int backlog, uv_connection_cb on_connection)
{
	int error;

	claim->lock = -1;
	if (!si_pipe_name_is_valid(name)) {
		return SESSIO_INVALID_ARG;
	}
	error = uv_pipe_bind(pipe, name);
	if (error == 0) {
		error = uv_listen((uv_stream_t *)pipe, backlog, on_connection);
	}
	return si_pipe_status(error);
}

void si_pipe_release(struct si_pipe_claim *claim)
{
	(void)claim;
}

sessio_peer si_pipe_peer(uv_pipe_t *pipe)
{
	sessio_peer peer = { 0 };
	ULONG pid;
	uv_os_fd_t handle;

	if (uv_fileno((uv_handle_t *)pipe, &handle) == 0 &&
		GetNamedPipeClientProcessId(handle, &pid)) {
		peer.known = true;
		peer.pid = (uint32_t)pid;
	}
	return peer;
}

#else

#define LOCK_SUFFIX ".lock"

void si_pipe_block_signal(void)
{
	sigset_t pipe;

	(void)sigemptyset(&pipe);
	(void)sigaddset(&pipe, SIGPIPE);
	(void)pthread_sigmask(SIG_BLOCK, &pipe, NULL);
}

static void forget(struct si_pipe_claim *claim)
{
	if (claim->lock >= 0) {
		(void)close(claim->lock);
		claim->lock = -1;
	}
}

bool si_pipe_name_is_valid(const char *name)
{
	/* libuv would cut a longer one off, and serve another pipe. */
	return name[0] != '\0' && strlen(name) < sizeof(((struct sockaddr_un *)NULL)->sun_path);
}

/* Whether the file that is locked is still the one of that name. */
static bool is_current(const struct si_pipe_claim *claim)
{
	struct stat locked;
	struct stat named;

	return fstat(claim->lock, &locked) == 0 && stat(claim->path, &named) == 0 &&
		locked.st_dev == named.st_dev && locked.st_ino == named.st_ino;
}

/*
 * The lock says that its holder serves the name, for as long as it lives. A pipe that
 * is there while the lock is free is a dead provider's. A provider that stops
 * removes its lock's file, so a lock may turn out to be of a removed one.
 */
static int claim_name(struct si_pipe_claim *claim, const char *name)
{
	(void)snprintf(claim->path, sizeof(claim->path), "%s" LOCK_SUFFIX, name);
	do {
		forget(claim);
		claim->lock = open(claim->path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
		if (claim->lock < 0) {
			return uv_translate_sys_error(errno);
		}
		if (flock(claim->lock, LOCK_EX | LOCK_NB) != 0) {
			int error = errno == EWOULDBLOCK ? UV_EADDRINUSE
							 : uv_translate_sys_error(errno);

			forget(claim);
			return error;
		}
	} while (!is_current(claim));
	return 0;
}

/* Only a socket is ever removed: a name may be mistyped. */
static int remove_dead(const char *name)
{
	struct stat found;

	if (lstat(name, &found) != 0) {
		return errno == ENOENT ? 0 : uv_translate_sys_error(errno);
	}
	if (!S_ISSOCK(found.st_mode)) {
		return UV_EADDRINUSE;
	}
	return unlink(name) == 0 ? 0 : uv_translate_sys_error(errno);
}

sessio_status si_pipe_listen(struct si_pipe_claim *claim, uv_pipe_t *pipe, const char *name,
	int backlog, uv_connection_cb on_connection)
{
	int error;

	claim->lock = -1;
	if (!si_pipe_name_is_valid(name)) {
		return SESSIO_INVALID_ARG;
	}
	error = claim_name(claim, name);
	if (error == 0) {
		error = remove_dead(name);
	}
	if (error == 0) {
		error = uv_pipe_bind(pipe, name);
	}
	if (error == 0) {
		error = uv_listen((uv_stream_t *)pipe, backlog, on_connection);
	}
	if (error != 0) {
		si_pipe_release(claim);
	}
	return si_pipe_status(error);
}

void si_pipe_release(struct si_pipe_claim *claim)
{
	if (claim->lock >= 0) {
		/* Removed while it is locked: the next one makes a file of its own. */
		(void)unlink(claim->path);
		forget(claim);
	}
}

sessio_peer si_pipe_peer(uv_pipe_t *pipe)
{
	sessio_peer peer = { 0 };
#if defined(SO_PEERCRED) && defined(__linux__)
	struct ucred who;
	socklen_t size = sizeof(who);
	uv_os_fd_t fd;

	if (uv_fileno((uv_handle_t *)pipe, &fd) == 0 &&
		getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) == 0) {
		peer.known = true;
		peer.uid = (uint32_t)who.uid;
		peer.gid = (uint32_t)who.gid;
		peer.pid = (uint32_t)who.pid;
	}
#else
	(void)pipe;
#endif
	return peer;
}

#endif
