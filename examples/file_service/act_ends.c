/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "acts.h"
#include "story.h"

/* Hanna's read waits when she is logged off, and ends as if nothing had happened. */
static void finish_the_read(struct tale *tale, struct actor *hanna, struct actor *ivo)
{
	char text[64] = "";

	(void)act_step(ivo, "SESSIO_OK", "writes: another user's session goes on",
		"write h1 \"from ivo\"");
	(void)line_field(act_outcome(hanna, "await", "SESSIO_OK", "has read what ivo wrote"),
		"text", text, sizeof(text));
	story_expect(strcmp(text, "from ivo\n") == 0, "a running operation outlives the logoff");
	act_event(hanna, "revoked", "h1", "is told that this handle is revoked, too");
	act_sees(tale, 1, 0);
}

void act_logoff(struct tale *tale)
{
	struct actor *hanna = cast_enter(tale->cast, "hanna", "hanna");
	struct actor *ivo = cast_enter(tale->cast, "ivo", "ivo");

	story_act("4. A logoff",
		"What hanna and ivo open is bound to their user sessions. Hanna is logged off\n"
		"while a read of hers waits for more; ivo does not notice.");
	(void)act_step(hanna, "SESSIO_OK", "opens to read", "open %s r rw", tale->file);
	(void)act_step(hanna, "SESSIO_OK", "opens another file", "open %s r rw", tale->other);
	(void)act_step(ivo, "SESSIO_OK", "opens to write", "open %s rw rw", tale->file);
	actor_say(hanna, "await h1");
	act_sees(tale, 3, 1);
	act_show(tale);
	(void)act_step(
		ivo, "SESSIO_NO_RIGHTS", "logs hanna off: he is no administrator", "logoff hanna");
	(void)act_step(tale->admin, "SESSIO_OK", "logs hanna off", "logoff hanna");
	act_event(hanna, "revoked", "h2", "is told that her handle of the other is revoked");
	act_sees(tale, 2, 1);
	(void)act_step(hanna, "SESSIO_REVOKED", "reads the other file", "read h2");
	(void)act_step(hanna, "SESSIO_BAD_STATE", "begins another read of the first", "read h1");
	(void)act_step(hanna, "SESSIO_BAD_STATE", "opens again", "open %s r rw", tale->file);
	finish_the_read(tale, hanna, ivo);
	(void)act_step(ivo, "SESSIO_OK", "reads", "read h1");
	actor_leave(hanna);
	actor_leave(ivo);
	act_sees(tale, 0, 0);
}

void act_withdrawal(struct tale *tale)
{
	struct actor *jana = cast_enter(tale->cast, "jana", NULL);
	struct actor *karl = cast_enter(tale->cast, "karl", "karl");

	story_act("5. An administrator withdraws a file",
		"that is being read. New operations are refused, the one that waits is told, and\n"
		"the session ends: in this order.");
	(void)act_step(jana, "SESSIO_OK", "opens to read", "open %s r rw", tale->file);
	actor_say(jana, "await h1");
	act_sees(tale, 1, 1);
	(void)act_step(karl, "SESSIO_NO_RIGHTS", "withdraws it: he is no administrator",
		"withdraw %s", tale->file);
	(void)act_step(tale->admin, "SESSIO_OK", "withdraws it", "withdraw %s", tale->file);
	(void)act_outcome(jana, "await", "FILES_WITHDRAWN", "is told why there is no more");
	act_event(jana, "revoked", "h1", "is told that her handle is revoked");
	(void)act_step(jana, "SESSIO_REVOKED", "reads", "read h1");
	(void)act_step(karl, "SESSIO_NOT_FOUND", "opens it", "open %s r rw", tale->file);
	act_sees(tale, 0, 0);
	actor_leave(jana);
	actor_leave(karl);
}
