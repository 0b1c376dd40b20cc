/* SPDX-License-Identifier: MIT */
/* A board with room for two notes. Each of the providers beside this file serves one. */
#ifndef SESSIO_EXAMPLES_BOARD_H
#define SESSIO_EXAMPLES_BOARD_H

#include <kos/session.h>

enum { BOARD_READ = 1, BOARD_WRITE = 2 };

struct board {
	int notes;
};

/* Of the sessions with the board. */
extern KosSessionType *board_sessions;

Retcode board_start(void);
void board_stop(void);

/* Writes one note, as the session with this handle. */
Retcode board_write(const nk_handle_desc_t *desc);

/* A session has ended. */
void board_forget(void *session);

#endif /* SESSIO_EXAMPLES_BOARD_H */
