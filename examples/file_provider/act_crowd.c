/* SPDX-License-Identifier: MIT */
#include "acts.h"

#include <uv.h>

#include "story.h"

#define CONSUMERS 6u
#define VISITS 400u

struct consumer {
	const char *name;
	struct provider *provider;
	uv_barrier_t *start;
	unsigned rights;
	unsigned share;
	unsigned turn; /* where in the tree it begins, and how it goes on */
	unsigned opened;
	unsigned refused;
	unsigned operations;
	uint64_t bytes;
	unsigned failed;
};

static void operate(struct consumer *consumer, void *session)
{
	uint64_t bytes = 0;

	if ((consumer->rights & FILE_READ) != 0) {
		consumer->failed += provider_read(session, RTL_NULL, RTL_NULL, &bytes) != rcOk;
		consumer->operations++;
	}
	if ((consumer->rights & FILE_WRITE) != 0) {
		consumer->failed += provider_write(session, "one more line\n") != rcOk;
		consumer->operations++;
	}
	consumer->bytes += bytes;
}

static void consume(void *arg)
{
	struct consumer *consumer = arg;
	size_t at = consumer->turn;

	(void)uv_barrier_wait(consumer->start);
	for (unsigned i = 0; i < VISITS; i++) {
		void *session;
		Retcode rc;

		at = at * 5 + consumer->turn + 1;
		rc = provider_open(provider_file(consumer->provider, at % 4096), consumer->rights,
			consumer->share, consumer->name, &session);
		if (rc == rcBusy) {
			consumer->refused++;
			continue;
		}
		if (rc != rcOk) {
			consumer->failed++;
			continue;
		}
		consumer->opened++;
		operate(consumer, session);
		consumer->failed += provider_close(session) != rcOk;
		provider_forget(session);
	}
}

void act_crowd(struct provider *provider)
{
	const unsigned all = FILE_READ | FILE_WRITE;
	struct consumer consumers[CONSUMERS] = {
		{ .name = "reader 1", .rights = FILE_READ, .share = all },
		{ .name = "reader 2", .rights = FILE_READ, .share = all },
		{ .name = "careful", .rights = FILE_READ, .share = FILE_READ },
		{ .name = "writer 1", .rights = FILE_WRITE, .share = all },
		{ .name = "writer 2", .rights = FILE_WRITE, .share = FILE_READ },
		{ .name = "editor", .rights = all, .share = 0 },
	};
	uv_thread_t threads[CONSUMERS];
	uv_barrier_t start;

	story_act("2. A crowd",
		"Six threads open, read, write and close files all over the tree. Those who do\n"
		"not share must never meet in an operation; the provider looks.");
	story_expect(uv_barrier_init(&start, CONSUMERS) == 0, "a start");
	for (unsigned i = 0; i < CONSUMERS; i++) {
		consumers[i].start = &start;
		consumers[i].provider = provider;
		consumers[i].turn = i * 7;
		story_expect(
			uv_thread_create(&threads[i], consume, &consumers[i]) == 0, "a thread");
	}
	story_line(
		"  %-10s %10s %10s %10s %12s", "", "opened", "refused", "operations", "bytes read");
	for (unsigned i = 0; i < CONSUMERS; i++) {
		const struct consumer *consumer = &consumers[i];

		story_expect(uv_thread_join(&threads[i]) == 0, "a thread's end");
		story_line("  %-10s %10u %10u %10u %12llu", consumer->name, consumer->opened,
			consumer->refused, consumer->operations,
			(unsigned long long)consumer->bytes);
		story_expect(consumer->failed == 0, "every operation of the crowd");
		story_expect(consumer->opened + consumer->refused == VISITS, "every visit counted");
	}
	uv_barrier_destroy(&start);
	story_line("\n  operations that met one that their session excludes: %lu",
		provider_counted(provider).intruders);
}
