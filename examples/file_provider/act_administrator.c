/* SPDX-License-Identifier: MIT */
#include "acts.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include <rtl/retcode_hr.h>
#include <sessio/diag.h>
#include <sessio/inspect.h>
#include <sessio/wait.h>
#include <uv.h>

#include "story.h"

/* While this act is on, the provider's callbacks are part of the story. */
static atomic_bool aloud;
static atomic_uint step; /* what happened so far: the order is the point of this act */

enum { READING = 1, CLOSE_CALLED, WITHDRAWN, READ_DONE, COMPLETED };

static void happened(unsigned what, const char *text)
{
	story_expect(atomic_exchange(&step, what) == what - 1, text);
}

void act_administrator_heard(const char *what, const void *file, const char *consumer)
{
	if (!atomic_load(&aloud)) {
		return;
	}
	(void)file;
	if (strcmp(what, "read") == 0) {
		story_step(consumer, "", "... and comes to the end of the file");
		happened(READ_DONE, "the running read finishes after the withdrawal");
		return;
	}
	story_step("provider", "", "its %s callback runs for %s's session", what, consumer);
	if (strcmp(what, "close") == 0) {
		happened(CLOSE_CALLED, "close runs while the read does");
	} else if (strcmp(what, "closeComplete") == 0) {
		happened(COMPLETED, "closeComplete runs after the read");
	}
}

struct reader {
	void *session;
	uv_sem_t halfway;
	uv_sem_t go_on;
	uint64_t bytes;
	Retcode rc;
};

static void wait_halfway(void *ctx, uint64_t bytes_so_far)
{
	struct reader *reader = ctx;

	if (atomic_load(&step) == 0) {
		story_step("frida", "", "is reading, %llu bytes so far ...",
			(unsigned long long)bytes_so_far);
		happened(READING, "the read comes first");
		uv_sem_post(&reader->halfway);
		uv_sem_wait(&reader->go_on);
		story_step("frida", "", "reads on ...");
	}
}

static void read_it(void *arg)
{
	struct reader *reader = arg;
	char text[64];

	reader->rc = provider_read(reader->session, wait_halfway, reader, &reader->bytes);
	(void)snprintf(
		text, sizeof(text), "has read %llu bytes", (unsigned long long)reader->bytes);
	story_step("frida", sessio_retcode_name(reader->rc), "%s", text);
}

static void tell_why(
	void *ctx, sessio_diag_kind kind, const void *object, const void *session, const char *text)
{
	(void)ctx, (void)kind, (void)object, (void)session;
	story_line("\n  > %s\n", text);
}

/* Everything that is refused while the last read still runs. */
static void try_the_closed(struct reader *reader, void *file)
{
	uint64_t bytes;
	void *session;
	Retcode rc = provider_read(reader->session, RTL_NULL, RTL_NULL, &bytes);

	story_step("frida", sessio_retcode_name(rc), "begins another read in the same session");
	story_expect(rc == rcInvalidOperation, "no operation begins after the close");
	rc = provider_open(file, FILE_READ, FILE_READ, "gustav", &session);
	story_step("gustav", sessio_retcode_name(rc), "opens it");
	story_expect(rc == rcResourceNotFound, "what is withdrawn cannot be opened");
	story_step("admin", "", "asks whether it is over");
	sessio_diag_set_sink(tell_why, NULL);
	story_expect(sessio_object_drain(file, 0) == SESSIO_TIMEOUT, "it is not over yet");
	sessio_diag_set_sink(NULL, NULL);
}

void act_administrator(struct provider *provider)
{
	void *file = provider_largest(provider);
	struct reader reader;
	uv_thread_t thread;
	Retcode rc;

	story_act("4. The administrator",
		"withdraws a file that is being read. New operations are refused, the running\n"
		"one finishes, then the session ends: in this order.");
	sessio_inspect_track(true);
	atomic_store(&aloud, true);
	rc = provider_open(file, FILE_READ, FILE_READ, "frida", &reader.session);
	story_step(
		"frida", sessio_retcode_name(rc), "opens %s for reading", sessio_object_name(file));
	if (rc != rcOk || uv_sem_init(&reader.halfway, 0) != 0 ||
		uv_sem_init(&reader.go_on, 0) != 0 ||
		uv_thread_create(&thread, read_it, &reader) != 0) {
		story_expect(false, "the administrator's act can begin");
		return;
	}
	uv_sem_wait(&reader.halfway);
	rc = provider_withdraw(file);
	story_step("admin", sessio_retcode_name(rc), "withdraws it; the call returns at once");
	happened(WITHDRAWN, "the close callback runs before the withdrawal returns");
	try_the_closed(&reader, file);
	uv_sem_post(&reader.go_on);
	story_expect(sessio_session_wait(reader.session, 10000) == SESSIO_OK, "it ends in the end");
	(void)uv_thread_join(&thread);
	story_expect(atomic_load(&step) == COMPLETED, "the end comes last");
	story_expect(reader.rc == rcOk, "the running read finishes undisturbed");
	provider_forget(reader.session);
	sessio_inspect_track(false);
	atomic_store(&aloud, false);
	uv_sem_destroy(&reader.halfway);
	uv_sem_destroy(&reader.go_on);
}
