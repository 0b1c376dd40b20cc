/* SPDX-License-Identifier: MIT */
/* The device as an object that is opened: each open file is a resource session. */
#ifndef OPENINGS_H
#define OPENINGS_H

#include <ntifs.h>

#include <sessio/driver.h>

#include "lister.h"

/*
 * One open file. NULL is one whose create was refused: Wine goes on with it all the same,
 * and each of its requests is refused.
 */
struct opening;

/* After sessio_start(). If it fails, nothing has to be ended. */
Retcode openings_begin(void);

/* Closes what is open, before sessio_stop(). */
void openings_end(void);

/* Opens for a user session; LISTER_NOBODY for none. */
NTSTATUS opening_create(ULONG user, ULONG rights, ULONG share, struct opening **out_opening);

/* The file is closed: no request of it will begin. */
void opening_close(struct opening *opening);

/* The file's last request has ended. */
void opening_free(struct opening *opening);

/* An operation. */
NTSTATUS opening_use(struct opening *opening);

/* Adds what is open to the list. */
void openings_list(struct lister_list *list);

#endif /* OPENINGS_H */
