/* SPDX-License-Identifier: MIT */
#include <sessio/bind.h>

#include "subject.h"
#include "subject_type.h"

struct subject {
	sessio_host *host;
	sessio_user_session *user;
	void *object;
	size_t sessions;
};

void *subject_bind_create(size_t sessions)
{
	struct subject *subject = (struct subject *)bench_alone(sizeof(*subject));

	subject->object = subject_registered_object();
	subject->sessions = sessions;
	subject->host = subject_host();
	subject_host_post(subject->host, SESSIO_USER_EVENT_CONNECTED);
	bench_require(
		sessio_host_find_session(subject->host, SUBJECT_USER, &subject->user) == SESSIO_OK,
		"no user");
	return subject;
}

void subject_logoff(void *state, uint64_t n)
{
	const sessio_bind_policy policy = { .on_logoff = SESSIO_BIND_CLOSE };
	struct subject *subject = (struct subject *)state;

	for (uint64_t i = 0; i < n; i++) {
		sessio_bind *bind;
		sessio_bind_scope scope;

		subject_host_post(subject->host, SESSIO_USER_EVENT_LOGON);
		bench_require(
			sessio_bind_create(subject->user, &policy, &bind) == SESSIO_OK, "no bind");
		bench_require(sessio_bind_enter(bind, &scope) == SESSIO_OK, "no way in");
		for (size_t s = 0; s < subject->sessions; s++) {
			void *session;

			bench_require(
				KosSessionOpenObject(subject->object, 0, 0, NULL, &session) == rcOk,
				"a session was refused");
		}
		sessio_bind_leave(&scope);
		subject_host_post(subject->host, SESSIO_USER_EVENT_LOGOFF);
		bench_require(sessio_bind_count(bind) == 0, "a session was left");
		sessio_bind_destroy(bind);
		/* The way back to a terminal: a logged-off session cannot be logged on. */
		subject_host_post(subject->host, SESSIO_USER_EVENT_DISCONNECTED);
		subject_host_post(subject->host, SESSIO_USER_EVENT_CONNECTED);
	}
}
