/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "pipe_end.h"

#include <stdatomic.h>
#include <stdio.h>
#include <windows.h>

#define BUFFER_BYTES 65536u
#define ROOM_MS 20u

void pipe_end_name(char *name, size_t size, const char *what)
{
	static atomic_uint count;

	(void)snprintf(name, size, "\\\\.\\pipe\\sessio-%s-%lu-%u", what,
		(unsigned long)GetCurrentProcessId(), count++);
}

static HANDLE handle_of(pipe_end end)
{
	return (HANDLE)end;
}

/* So that one thread can write while another one reads. */
static OVERLAPPED begin(void)
{
	OVERLAPPED overlapped = { 0 };

	overlapped.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL);
	assert_non_null(overlapped.hEvent);
	return overlapped;
}

/* How many bytes; 0: the other end is closed. */
static DWORD finish(pipe_end end, OVERLAPPED *overlapped, BOOL done)
{
	DWORD size = 0;

	if (done || GetLastError() == ERROR_IO_PENDING) {
		done = GetOverlappedResult(handle_of(end), overlapped, &size, TRUE);
	}
	(void)CloseHandle(overlapped->hEvent);
	return done ? size : 0;
}

pipe_end pipe_end_connect(const char *name)
{
	for (;;) {
		HANDLE handle = CreateFileA(name, GENERIC_READ | GENERIC_WRITE, 0, NULL,
			OPEN_EXISTING, FILE_FLAG_OVERLAPPED, NULL);

		if (handle != INVALID_HANDLE_VALUE) {
			return (pipe_end)handle;
		}
		/* The other end has not yet made room for one more; another peer may take it. */
		assert_int_equal(GetLastError(), ERROR_PIPE_BUSY);
		(void)WaitNamedPipeA(name, ROOM_MS);
	}
}

void pipe_end_close(pipe_end *end)
{
	if (*end != PIPE_END_NONE) {
		assert_true(CloseHandle(handle_of(*end)));
		*end = PIPE_END_NONE;
	}
}

void pipe_end_stop_writing(pipe_end *end)
{
	pipe_end_close(end);
}

bool pipe_end_write(pipe_end end, const void *bytes, size_t size)
{
	const unsigned char *at = bytes;

	while (size != 0) {
		OVERLAPPED overlapped = begin();
		DWORD written = finish(end, &overlapped,
			WriteFile(handle_of(end), at, (DWORD)size, NULL, &overlapped));

		if (written == 0) {
			return false;
		}
		at += written;
		size -= written;
	}
	return true;
}

size_t pipe_end_read(pipe_end end, void *bytes, size_t size)
{
	OVERLAPPED overlapped = begin();

	return finish(
		end, &overlapped, ReadFile(handle_of(end), bytes, (DWORD)size, NULL, &overlapped));
}

void pipe_listen(struct pipe_listener *listener, const char *name)
{
	HANDLE handle = CreateNamedPipeA(name,
		PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED | FILE_FLAG_FIRST_PIPE_INSTANCE,
		PIPE_TYPE_BYTE, 1, BUFFER_BYTES, BUFFER_BYTES, 0, NULL);

	assert_true(handle != INVALID_HANDLE_VALUE);
	listener->end = (pipe_end)handle;
}

/* The one instance becomes the peer's. */
pipe_end pipe_accept(struct pipe_listener *listener)
{
	OVERLAPPED overlapped = begin();
	pipe_end end = listener->end;

	if (!ConnectNamedPipe(handle_of(end), &overlapped) &&
		GetLastError() != ERROR_PIPE_CONNECTED) {
		(void)finish(end, &overlapped, FALSE);
	} else {
		(void)CloseHandle(overlapped.hEvent);
	}
	listener->end = PIPE_END_NONE;
	return end;
}

void pipe_listener_close(struct pipe_listener *listener)
{
	pipe_end_close(&listener->end);
}
