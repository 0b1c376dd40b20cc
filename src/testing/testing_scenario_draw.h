/* SPDX-License-Identifier: MIT */
/* Text for pictures and traces, in pieces. */
#ifndef SI_TESTING_SCENARIO_DRAW_H
#define SI_TESTING_SCENARIO_DRAW_H

#include "testing/testing_scenario_log.h"

/* A text that a callback takes piece by piece. */
struct si_draw {
	sessio_write_fn *write;
	void *ctx;
	bool good; /* the callback wants more */
	size_t length; /* of the buffer */
	char buffer[4096];
};

struct si_draw si_draw_start(sessio_write_fn *write, void *ctx);
void si_draw_put(struct si_draw *draw, const char *text);
void si_draw_put_number(struct si_draw *draw, uint64_t number);
/* The last piece; the result of the whole. */
sessio_status si_draw_finish(struct si_draw *draw);

/*
 * At most so many characters of a text, with an ellipsis if it is longer. A byte that is
 * no UTF-8, or no character of XML, becomes a question mark.
 */
void si_draw_put_xml(struct si_draw *draw, const char *text, size_t most);
/* The inside of a JSON string. */
void si_draw_put_json(struct si_draw *draw, const char *text);

/* How many bytes the character at a text has; 0: it is none, or cannot be shown. */
size_t si_draw_character(const char *text);

/* A time for people, such as "1.131 s" or "3 d 4 h". */
#define SI_DRAW_TIME 32u
void si_draw_time(uint64_t ns, char text[SI_DRAW_TIME]);

#endif /* SI_TESTING_SCENARIO_DRAW_H */
