/* SPDX-License-Identifier: MIT */
#include "acts.h"

#include <stdatomic.h>
#include <string.h>

#include <rtl/retcode_hr.h>
#include <sessio/bind.h>
#include <uv.h>

#include "story.h"

/* While this act is on, the provider's callbacks are part of the story. */
static atomic_bool aloud;
static atomic_uint heard; /* how many callbacks ran: their order is the point of this act */

void act_users_heard(const char *what, const void *file, const char *consumer)
{
	/* Her two sessions are closed; the one that is being read ends after the read. */
	static const char *const expected[] = { "close", "close", "closeComplete", "read",
		"closeComplete" };
	unsigned number;

	if (!atomic_load(&aloud)) {
		return;
	}
	if (strcmp(what, "read") == 0) {
		story_step(consumer, "", "... and comes to the end of the file");
	} else {
		story_step("provider", "", "its %s callback runs for %s's session on %s", what,
			consumer, sessio_object_name(file));
	}
	number = atomic_fetch_add(&heard, 1);
	story_expect(strcmp(consumer, "hanna") == 0, "only hanna loses something");
	story_expect(number < sizeof(expected) / sizeof(expected[0]) &&
			strcmp(expected[number], what) == 0,
		"the callbacks of a logoff in their order");
}

/* A user, and the bind that holds what is opened for that user. */
struct user {
	const char *name;
	uint32_t id;
	sessio_bind *bind;
};

struct reading {
	void *session;
	uv_sem_t halfway;
	uv_sem_t go_on;
	bool paused;
	uint64_t bytes;
	Retcode rc;
};

/* Somebody comes to the machine, sits down and logs on. */
static void log_on(sessio_host *host, struct user *user)
{
	static const sessio_user_event life[] = { SESSIO_USER_EVENT_CREATED,
		SESSIO_USER_EVENT_CONNECTED, SESSIO_USER_EVENT_LOGON };
	const sessio_bind_policy policy = { .on_logoff = SESSIO_BIND_CLOSE };
	sessio_user_session *session = NULL;
	bool good = true;

	for (size_t i = 0; i < sizeof(life) / sizeof(life[0]); i++) {
		good = good && sessio_host_post(host, user->id, life[i], 0, NULL) == SESSIO_OK;
	}
	good = good && sessio_host_find_session(host, user->id, &session) == SESSIO_OK &&
		sessio_bind_create(session, &policy, &user->bind) == SESSIO_OK;
	story_step(user->name, "", "logs on: user session %u, %s", (unsigned)user->id,
		good ? sessio_user_state_name(sessio_user_session_state(session)) : "not really");
	story_expect(good, "a user logs on");
	sessio_user_session_unref(session);
}

/* All sessions that are opened between the enter and the leave belong to the user. */
static void *open_for(const struct user *user, void *file, Retcode expected)
{
	sessio_bind_scope scope;
	void *session = NULL;
	Retcode rc = rcFail;

	if (sessio_bind_enter(user->bind, &scope) == SESSIO_OK) {
		rc = provider_open(file, FILE_READ, FILE_READ, user->name, &session);
		sessio_bind_leave(&scope);
	}
	story_step(user->name, sessio_retcode_name(rc), "opens %s for reading",
		sessio_object_name(file));
	story_expect(rc == expected, "an opening by a user");
	return session;
}

static void wait_halfway(void *ctx, uint64_t bytes_so_far)
{
	struct reading *reading = ctx;

	if (!reading->paused) {
		reading->paused = true;
		story_step("hanna", "", "is reading, %llu bytes so far ...",
			(unsigned long long)bytes_so_far);
		uv_sem_post(&reading->halfway);
		uv_sem_wait(&reading->go_on);
		story_step("hanna", "", "reads on ...");
	}
}

static void read_it(void *arg)
{
	struct reading *reading = arg;

	reading->rc = provider_read(reading->session, wait_halfway, reading, &reading->bytes);
	story_step("hanna", sessio_retcode_name(reading->rc), "has read %llu bytes",
		(unsigned long long)reading->bytes);
}

/* The logoff itself, while the read is half-way, and what is refused after it. */
static void log_off(sessio_host *host, const struct user *hanna, struct reading *reading)
{
	void *file = NULL;
	uint64_t bytes;
	Retcode rc = KosSessionRef(reading->session, RTL_NULL, &file);

	if (rc == rcOk) {
		KosSessionPut(reading->session); /* only to know the file */
	}
	atomic_store(&aloud, true);
	story_step("hanna", "", "logs off");
	story_expect(
		sessio_host_post(host, hanna->id, SESSIO_USER_EVENT_LOGOFF, 0, NULL) == SESSIO_OK,
		"a logoff does not wait for the read");
	story_expect(atomic_load(&heard) == 3, "what is idle ends at once");
	story_step("hanna", "", "still has %u session: the one that is being read",
		(unsigned)sessio_bind_count(hanna->bind));
	story_expect(sessio_bind_count(hanna->bind) == 1, "one session waits for its read");
	rc = provider_read(reading->session, RTL_NULL, RTL_NULL, &bytes);
	story_step("hanna", sessio_retcode_name(rc), "begins another read in that session");
	story_expect(rc == rcInvalidOperation, "no operation begins after the logoff");
	(void)open_for(hanna, file, rcInvalidOperation);
}

/* He reads as if nothing had happened. */
static void go_on(const struct user *ivo, void *session)
{
	uint64_t bytes = 0;
	Retcode rc = provider_read(session, RTL_NULL, RTL_NULL, &bytes);

	story_step(
		ivo->name, sessio_retcode_name(rc), "reads %llu bytes", (unsigned long long)bytes);
	story_expect(rc == rcOk && bytes > 0, "another user's session goes on");
	rc = provider_close(session);
	story_step(ivo->name, sessio_retcode_name(rc), "closes");
	story_expect(rc == rcOk, "another user's session is there to be closed");
	provider_forget(session);
}

static void play(sessio_host *host, struct provider *provider, struct reading *reading)
{
	struct user hanna = { "hanna", 1, NULL };
	struct user ivo = { "ivo", 2, NULL };
	void *ivos;
	void *other;
	uv_thread_t thread;

	log_on(host, &hanna);
	log_on(host, &ivo);
	reading->session = open_for(&hanna, provider_largest(provider), rcOk);
	other = open_for(&hanna, provider_file(provider, 0), rcOk);
	ivos = open_for(&ivo, provider_largest(provider), rcOk);
	if (reading->session == NULL || other == NULL || ivos == NULL ||
		uv_thread_create(&thread, read_it, reading) != 0) {
		story_expect(false, "the users' act can begin");
		return;
	}
	uv_sem_wait(&reading->halfway);
	log_off(host, &hanna, reading);
	uv_sem_post(&reading->go_on);
	(void)uv_thread_join(&thread);
	atomic_store(&aloud, false);
	story_expect(reading->rc == rcOk, "the running read finishes undisturbed");
	story_expect(atomic_load(&heard) == 5, "then its session ends, too");
	story_expect(sessio_bind_count(hanna.bind) == 0, "she has lost what was hers");
	story_expect(sessio_bind_count(ivo.bind) == 1, "and he has what is his");
	go_on(&ivo, ivos);
	provider_forget(reading->session);
	provider_forget(other);
	sessio_bind_destroy(hanna.bind);
	sessio_bind_destroy(ivo.bind);
}

void act_users(struct provider *provider)
{
	struct reading reading = { .rc = rcFail };
	sessio_host *host = NULL;

	story_act("3. The users",
		"What hanna and ivo open is bound to them. Hanna logs off while she reads, and\n"
		"loses what is hers, the running read excepted; ivo does not notice.");
	if (sessio_host_create(SESSIO_RULES_DOCUMENTED, &host) != SESSIO_OK ||
		uv_sem_init(&reading.halfway, 0) != 0 || uv_sem_init(&reading.go_on, 0) != 0) {
		story_expect(false, "the users' act can begin");
		return;
	}
	play(host, provider, &reading);
	story_expect(sessio_host_destroy(host) == SESSIO_OK, "the users' host goes");
	uv_sem_destroy(&reading.halfway);
	uv_sem_destroy(&reading.go_on);
}
