/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "acts.h"
#include "story.h"

/* Values that are no handles of this process. */
static void try_what_is_not_ours(struct tale *tale, struct actor *bert, struct actor *dora)
{
	char berts[16] = "";
	char old[16] = "";

	(void)line_field(act_step(bert, "SESSIO_OK", "opens it again", "open %s r rw", tale->file),
		"value", berts, sizeof(berts));
	(void)act_step(dora, "SESSIO_INVALID_ARG", "reads with the value of bert's handle",
		"read %s", berts);
	(void)line_field(act_step(dora, "SESSIO_OK", "opens it", "open %s r rw", tale->file),
		"value", old, sizeof(old));
	(void)act_step(dora, "SESSIO_OK", "closes it", "close h1");
	(void)act_step(
		dora, "SESSIO_INVALID_ARG", "reads with the value of that handle", "read %s", old);
	(void)act_step(bert, "SESSIO_OK", "reads, undisturbed", "read %s", berts);
}

void act_sharing(struct tale *tale)
{
	struct actor *anna = cast_enter(tale->cast, "anna", NULL);
	struct actor *bert = cast_enter(tale->cast, "bert", NULL);
	struct actor *dora = cast_enter(tale->cast, "dora", NULL);

	story_act("1. Sharing, and rights",
		"Each consumer is a process of its own. An opening says what it will do, and what\n"
		"others may do meanwhile. A handle has rights, and is its owner's alone.");
	(void)act_step(anna, "SESSIO_OK", "opens to read and write, lets others read",
		"open %s rw r", tale->file);
	(void)act_step(bert, "SESSIO_BUSY", "opens to read, and nobody else may", "open %s r -",
		tale->file);
	(void)act_step(bert, "SESSIO_BUSY", "opens to write", "open %s w rw", tale->file);
	(void)act_step(
		bert, "SESSIO_OK", "opens to read, lets others do all", "open %s r rw", tale->file);
	(void)act_step(bert, "SESSIO_OK", "reads", "read h1");
	(void)act_step(
		bert, "SESSIO_NO_RIGHTS", "writes through his handle", "write h1 \"not mine\"");
	(void)act_step(anna, "SESSIO_OK", "writes", "write h1 \"from anna\"");
	act_sees(tale, 2, 0);
	try_what_is_not_ours(tale, bert, dora);
	actor_leave(anna);
	actor_leave(bert);
	actor_leave(dora);
	story_step("all three", "", "leave, and close nothing");
	act_sees(tale, 0, 0);
}
