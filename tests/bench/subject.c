/* SPDX-License-Identifier: MIT */
#include "subject.h"

#include <kos/session.h>

#include "count.h"

#define READ 1u
#define WRITE 2u

/* How many a number of bytes is the average of. */
#define COUNTED 1000u

/* As real ones have some, objects and sessions have a payload; it is not counted. */
#define PAYLOAD 16u

static KosObjectType *object_type;
static KosSessionType *session_type;

struct subject {
	void *object;
	void *first; /* session */
};

static Retcode on_open(void *object, void *session, void *arg, rtl_uint32_t *rights)
{
	bench_use(object);
	bench_use(session);
	bench_use(arg);
	bench_use(rights);
	return rcOk;
}

static Retcode on_close(void *object, void *session)
{
	bench_use(object);
	bench_use(session);
	return rcOk;
}

static void make_types(void)
{
	static const KosSessionOps ops = { .open = on_open, .close = on_close };

	if (session_type == NULL) {
		KosObjectType *context_type;

		bench_require(KosCreateObjectType("bench", kosSessionBaseObjectType, PAYLOAD, NULL,
				      NULL, &object_type) == rcOk,
			"no object type");
		bench_require(KosCreateObjectType("bench session", kosSessionBaseSessionType,
				      PAYLOAD, NULL, NULL, &context_type) == rcOk,
			"no context type");
		bench_require(KosSessionCreateType(
				      object_type, context_type, &ops, &session_type) == rcOk,
			"no session type");
		sessio_object_type_unref(context_type);
	}
}

static void *registered_object(void)
{
	void *object;

	bench_require(KosCreateObject(object_type, NULL, NULL, &object) == rcOk, "no object");
	bench_require(KosSessionRegisterObject(session_type, object) == rcOk, "not registered");
	return object;
}

void *subject_create(size_t sessions)
{
	struct subject *subject = (struct subject *)bench_alone(sizeof(*subject));

	make_types();
	subject->object = registered_object();
	for (size_t i = 0; i < sessions; i++) {
		void *session;

		bench_require(
			KosSessionOpenObject(subject->object, READ, READ, NULL, &session) == rcOk,
			"a session was refused");
		if (i == 0) {
			subject->first = session;
		}
	}
	return subject;
}

void subject_ref_put(void *state, uint64_t n)
{
	void *session = ((struct subject *)state)->first;

	for (uint64_t i = 0; i < n; i++) {
		void *object;

		bench_require(KosSessionRef(session, session_type, &object) == rcOk,
			"an operation was refused");
		bench_use(object);
		KosSessionPut(session);
	}
}

void subject_open_close(void *state, uint64_t n)
{
	void *object = ((struct subject *)state)->object;

	for (uint64_t i = 0; i < n; i++) {
		void *session;

		bench_require(KosSessionOpenObject(object, READ, READ, NULL, &session) == rcOk,
			"a session was refused");
		bench_require(KosSessionCloseObject(session) == rcOk, "a close was refused");
	}
}

void subject_refused(void *state, uint64_t n)
{
	void *object = ((struct subject *)state)->object;

	for (uint64_t i = 0; i < n; i++) {
		void *session;

		bench_require(
			KosSessionOpenObject(object, READ | WRITE, READ, NULL, &session) == rcBusy,
			"a conflict was not refused");
	}
}

static Retcode on_walk(void *object, void *session, void *arg)
{
	bench_use(object);
	bench_use(session);
	bench_use(arg);
	return rcOk;
}

void subject_walk(void *state, uint64_t n)
{
	void *object = ((struct subject *)state)->object;

	for (uint64_t i = 0; i < n; i++) {
		bench_require(KosSessionWalk(object, on_walk, NULL) == rcOk, "a walk failed");
	}
}

void *subject_object(void)
{
	make_types();
	return registered_object();
}

double subject_session_bytes(void)
{
	void *object;
	size_t bytes;

	make_types();
	object = registered_object();
	count_begin();
	for (unsigned i = 0; i < COUNTED; i++) {
		void *session;

		bench_require(KosSessionOpenObject(object, READ, READ, NULL, &session) == rcOk,
			"a session was refused");
	}
	bytes = count_end(NULL, 0);
	bench_require(KosSessionUnregisterObject(object) == rcOk, "not unregistered");
	KosPutObject(object);
	return (double)bytes / COUNTED - PAYLOAD;
}

double subject_object_bytes(void)
{
	void *objects[COUNTED];
	size_t bytes;

	make_types();
	count_begin();
	for (unsigned i = 0; i < COUNTED; i++) {
		objects[i] = registered_object();
	}
	bytes = count_end(NULL, 0);
	for (unsigned i = 0; i < COUNTED; i++) {
		bench_require(KosSessionUnregisterObject(objects[i]) == rcOk, "not unregistered");
		KosPutObject(objects[i]);
	}
	return (double)bytes / COUNTED - PAYLOAD;
}
