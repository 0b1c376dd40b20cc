/* SPDX-License-Identifier: MIT */
#include "subject.h"

#include <sessio/fast.h>

#include "count.h"
#include "subject_type.h"

/* How many a number of bytes is the average of. */
#define COUNTED 1000u

struct subject {
	void *object;
	void *first; /* session */
};

void *subject_create(size_t sessions)
{
	struct subject *subject = (struct subject *)bench_alone(sizeof(*subject));

	subject->object = subject_registered_object();
	for (size_t i = 0; i < sessions; i++) {
		void *session;

		bench_require(KosSessionOpenObject(subject->object, SUBJECT_READ, SUBJECT_READ,
				      NULL, &session) == rcOk,
			"a session was refused");
		if (i == 0) {
			subject->first = session;
		}
	}
	return subject;
}

/* One way to operate, n times; inline in each of its users. */
#define REF_PUT(ref, put)                                                                       \
	void *session = ((struct subject *)state)->first;                                       \
	KosSessionType *type = subject_session_type();                                          \
                                                                                                \
	for (uint64_t i = 0; i < n; i++) {                                                      \
		void *object;                                                                   \
                                                                                                \
		bench_require(ref(session, type, &object) == rcOk, "an operation was refused"); \
		bench_use(object);                                                              \
		put(session);                                                                   \
	}

/* Volatile, so that the compiler cannot know that these two have an inline way. */
static Retcode (*volatile called_ref)(
	void *session, KosSessionType *type, void **object) = KosSessionRef;
static void (*volatile called_put)(void *session) = KosSessionPut;

void subject_ref_put(void *state, uint64_t n)
{
	REF_PUT(called_ref, called_put)
}

void subject_ref_put_inline(void *state, uint64_t n)
{
	REF_PUT(KosSessionRef, KosSessionPut)
}

#if defined(SESSIO_FAST)
void subject_ref_put_counted(void *state, uint64_t n)
{
	REF_PUT(sessio_fast_ref_slowly, sessio_fast_put_slowly)
}
#else
void subject_ref_put_counted(void *state, uint64_t n)
{
	REF_PUT(KosSessionRef, KosSessionPut)
}
#endif

void subject_open_close(void *state, uint64_t n)
{
	void *object = ((struct subject *)state)->object;

	for (uint64_t i = 0; i < n; i++) {
		void *session;

		bench_require(KosSessionOpenObject(
				      object, SUBJECT_READ, SUBJECT_READ, NULL, &session) == rcOk,
			"a session was refused");
		bench_require(KosSessionCloseObject(session) == rcOk, "a close was refused");
	}
}

void subject_open_keep_close(void *state, uint64_t n)
{
	void *object = ((struct subject *)state)->object;

	for (uint64_t i = 0; i < n; i++) {
		void *session;

		bench_require(KosSessionOpenObject(object, SUBJECT_READ, SUBJECT_READ,
				      subject_keeps, &session) == rcOk,
			"a session was refused");
		bench_require(KosSessionCloseObject(session) == rcOk, "a close was refused");
		KosPutObject(session);
	}
}

void subject_refused(void *state, uint64_t n)
{
	void *object = ((struct subject *)state)->object;

	for (uint64_t i = 0; i < n; i++) {
		void *session;

		bench_require(KosSessionOpenObject(object, SUBJECT_READ | SUBJECT_WRITE,
				      SUBJECT_READ, NULL, &session) == rcBusy,
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

double subject_session_bytes(void)
{
	void *object;
	size_t bytes;

	object = subject_registered_object();
	count_begin();
	for (unsigned i = 0; i < COUNTED; i++) {
		void *session;

		bench_require(KosSessionOpenObject(
				      object, SUBJECT_READ, SUBJECT_READ, NULL, &session) == rcOk,
			"a session was refused");
	}
	bytes = count_end(NULL, 0);
	bench_require(KosSessionUnregisterObject(object) == rcOk, "not unregistered");
	KosPutObject(object);
	return (double)bytes / COUNTED - SUBJECT_PAYLOAD;
}

double subject_object_bytes(void)
{
	void *objects[COUNTED];
	size_t bytes;

	(void)subject_session_type();
	count_begin();
	for (unsigned i = 0; i < COUNTED; i++) {
		objects[i] = subject_registered_object();
	}
	bytes = count_end(NULL, 0);
	for (unsigned i = 0; i < COUNTED; i++) {
		bench_require(KosSessionUnregisterObject(objects[i]) == rcOk, "not unregistered");
		KosPutObject(objects[i]);
	}
	return (double)bytes / COUNTED - SUBJECT_PAYLOAD;
}
