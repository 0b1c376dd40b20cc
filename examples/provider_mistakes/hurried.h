/* SPDX-License-Identifier: MIT */
/* A board on which the last note can be repeated. */
#ifndef SESSIO_EXAMPLES_HURRIED_H
#define SESSIO_EXAMPLES_HURRIED_H

#include "board.h"

/* Writes one note more for the session that wrote last. */
Retcode board_repeat(void);

#endif /* SESSIO_EXAMPLES_HURRIED_H */
