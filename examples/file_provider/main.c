/* SPDX-License-Identifier: MIT */
/*
 * The main job: a provider of real files and its consumers.
 *
 *     file_provider DIR
 *
 * Provides copies of the first files below DIR, which is only read.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "acts.h"
#include "story.h"

/* Each act speaks only while it is on. */
static void heard(const char *what, const void *file, const char *consumer)
{
	act_users_heard(what, file, consumer);
	act_administrator_heard(what, file, consumer);
}

int main(int argc, char **argv)
{
	struct provider *provider;
	struct provider_counts counts;

	if (argc != 2) {
		fprintf(stderr, "usage: %s DIR\n", argv[0]);
		return EXIT_FAILURE;
	}
#if defined(SIGPIPE)
	/* Output that nobody reads any more is no reason to leave the copies behind. */
	(void)signal(SIGPIPE, SIG_IGN);
#endif
	story_begin();
	provider = provider_start(argv[1], heard);
	if (provider == NULL) {
		return EXIT_FAILURE;
	}
	story_line("%u files of %s are provided, copied to %s", (unsigned)provider_files(provider),
		argv[1], provider_folder(provider));
	act_sharing(provider);
	act_crowd(provider);
	act_users(provider);
	act_administrator(provider);
	counts = provider_counted(provider);
	story_line("\nIn all, %lu sessions were opened, %lu closed and %lu completed.",
		counts.opened, counts.closed, counts.completed);
	story_expect(counts.opened == counts.closed && counts.closed == counts.completed,
		"every session that was opened has ended");
	story_expect(counts.intruders == 0, "nobody met an operation that its session excludes");
	story_expect(provider_stop(provider) == 0, "the provider goes without a trace");
	return story_end();
}
