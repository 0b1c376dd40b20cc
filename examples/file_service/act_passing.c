/* SPDX-License-Identifier: MIT */
#include "acts.h"
#include "story.h"

void act_passing(struct tale *tale)
{
	struct actor *emil = cast_enter(tale->cast, "emil", NULL);
	struct actor *clara = cast_enter(tale->cast, "clara", NULL);
	struct actor *frank = cast_enter(tale->cast, "frank", NULL);

	story_act("2. A handle passed on",
		"Emil gives clara a handle of his session, with fewer rights than his, and goes.\n"
		"The session lives as long as anybody has a handle of it.");
	(void)act_step(
		emil, "SESSIO_OK", "opens to read and write, alone", "open %s rw -", tale->file);
	(void)act_step(emil, "SESSIO_OK", "passes a handle to clara that may read", "pass h1 r %u",
		actor_connection(clara));
	act_event(clara, "given", "h1", "is given a handle");
	(void)act_step(clara, "SESSIO_OK", "reads", "read h1");
	(void)act_step(clara, "SESSIO_NO_RIGHTS", "writes", "write h1 \"not mine\"");
	(void)act_step(clara, "SESSIO_NO_RIGHTS", "passes it to frank: it may not be passed on",
		"pass h1 r %u", actor_connection(frank));
	actor_leave(emil);
	story_step("emil", "", "leaves; it is clara's session now");
	act_sees(tale, 1, 0);
	(void)act_step(clara, "SESSIO_OK", "reads on", "read h1");
	(void)act_step(frank, "SESSIO_BUSY", "opens: emil's session is still alone", "open %s r rw",
		tale->file);
	(void)act_step(clara, "SESSIO_OK", "drops the last handle", "drop h1");
	act_sees(tale, 0, 0);
	(void)act_step(frank, "SESSIO_OK", "opens", "open %s r rw", tale->file);
	actor_leave(clara);
	actor_leave(frank);
}

void act_killing(struct tale *tale)
{
	struct actor *gerd = cast_enter(tale->cast, "gerd", NULL);
	struct actor *ida = cast_enter(tale->cast, "ida", NULL);

	story_act("3. A consumer is killed",
		"Gerd waits for more of the file, and is killed meanwhile. Nothing of him stays.");
	act_sees(tale, 0, 0);
	(void)act_step(gerd, "SESSIO_OK", "opens to read, alone", "open %s r -", tale->file);
	actor_say(gerd, "await h1");
	act_sees(tale, 1, 1);
	story_step("gerd", "", "waits for more");
	(void)act_step(ida, "SESSIO_BUSY", "opens", "open %s rw rw", tale->file);
	actor_kill(gerd);
	story_step("gerd", "", "is killed");
	act_sees(tale, 0, 0);
	(void)act_step(ida, "SESSIO_OK", "opens", "open %s rw rw", tale->file);
	actor_leave(ida);
	act_sees(tale, 0, 0);
}
