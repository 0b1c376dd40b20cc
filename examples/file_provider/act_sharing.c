/* SPDX-License-Identifier: MIT */
#include "acts.h"

#include <stdio.h>
#include <string.h>

#include <rtl/retcode_hr.h>

#include "story.h"

static const char *words(unsigned rights)
{
	static const char *const text[] = { "nothing", "reading", "writing",
		"reading and writing" };

	return text[rights & 3u];
}

/* One attempt to open, with what the share rule says of it by hand. */
struct attempt {
	const char *who;
	unsigned rights;
	unsigned share;
	Retcode expected;
	const char *why;
};

static const struct attempt attempts[] = {
	{ "anna", FILE_READ, FILE_READ | FILE_WRITE, rcOk, "the first may do anything" },
	{ "ben", FILE_READ, FILE_READ, rcOk, "anna shares reading, and reads only herself" },
	{ "carla", FILE_WRITE, FILE_READ | FILE_WRITE, rcBusy, "ben does not share writing" },
	{ "dora", FILE_READ, 0, rcBusy, "dora would exclude anna and ben" },
	{ "emil", FILE_READ | FILE_WRITE, 0, rcBusy, "both" },
};

#define ATTEMPTS (sizeof(attempts) / sizeof(attempts[0]))

static void *try_to_open(void *file, const struct attempt *attempt)
{
	void *session = NULL;
	Retcode rc = provider_open(file, attempt->rights, attempt->share, attempt->who, &session);
	char outcome[64];

	(void)snprintf(outcome, sizeof(outcome), "%s", sessio_retcode_name(rc));
	story_step(attempt->who, outcome, "opens for %s, shares %s", words(attempt->rights),
		words(attempt->share));
	story_line("  %-10s     %s", "", attempt->why);
	story_expect(rc == attempt->expected, "the share rule by hand");
	return rc == rcOk ? session : NULL;
}

static void close_one(void *session, const char *who)
{
	Retcode rc = provider_close(session);

	story_step(who, sessio_retcode_name(rc), "closes");
	story_expect(rc == rcOk, "a close");
	provider_forget(session);
}

void act_sharing(struct provider *provider)
{
	static const struct attempt again = { "carla", FILE_WRITE, FILE_READ | FILE_WRITE, rcOk,
		"only anna is left, and she shares writing" };
	void *file = provider_largest(provider);
	void *sessions[ATTEMPTS];
	void *writer;
	uint64_t bytes = 0;
	Retcode rc;

	story_act("1. Who may share what",
		"Every session says what it wants and what others may have besides.");
	story_line("  all of them open %s\n", sessio_object_name(file));
	for (size_t i = 0; i < ATTEMPTS; i++) {
		sessions[i] = try_to_open(file, &attempts[i]);
	}
	rc = provider_read(sessions[0], RTL_NULL, RTL_NULL, &bytes);
	story_step("anna", sessio_retcode_name(rc), "reads %llu bytes", (unsigned long long)bytes);
	story_expect(rc == rcOk && bytes > 0, "anna reads");
	rc = provider_write(sessions[0], "anna was here\n");
	story_step("anna", sessio_retcode_name(rc), "writes, which she did not ask for at open");
	story_expect(rc == rcNoCapability, "rights are checked");
	close_one(sessions[1], "ben");
	writer = try_to_open(file, &again);
	if (writer != NULL) {
		rc = provider_write(writer, "carla was here\n");
		story_step("carla", sessio_retcode_name(rc), "writes");
		story_expect(rc == rcOk, "carla writes");
		close_one(writer, "carla");
	}
	close_one(sessions[0], "anna");
}
