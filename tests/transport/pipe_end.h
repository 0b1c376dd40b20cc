/* SPDX-License-Identifier: MIT */
/*
 * One end of a pipe by the operating system's own calls, which wait: a Unix socket, or a
 * named pipe of Windows. A failure stops the test, but for the other end's closing.
 */
#ifndef SESSIO_TESTS_PIPE_END_H
#define SESSIO_TESTS_PIPE_END_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef intptr_t pipe_end;

#define PIPE_END_NONE ((pipe_end)-1)

/* A name for a pipe of this process; `what` is a part of it. */
void pipe_end_name(char *name, size_t size, const char *what);

pipe_end pipe_end_connect(const char *name);
void pipe_end_close(pipe_end *end);

/* The other end reads an end after what was written. Windows closes both directions. */
void pipe_end_stop_writing(pipe_end *end);

/* Writes all. False: the other end is closed. */
bool pipe_end_write(pipe_end end, const void *bytes, size_t size);

/* Waits for bytes, and reads what there is. 0: the other end is closed. */
size_t pipe_end_read(pipe_end end, void *bytes, size_t size);

/* Waits for one peer. The name is free again when the listener is closed. */
struct pipe_listener {
	pipe_end end;
	char name[100];
};
void pipe_listen(struct pipe_listener *listener, const char *name);
pipe_end pipe_accept(struct pipe_listener *listener);
void pipe_listener_close(struct pipe_listener *listener);

#endif /* SESSIO_TESTS_PIPE_END_H */
