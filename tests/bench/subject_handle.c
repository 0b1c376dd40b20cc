/* SPDX-License-Identifier: MIT */
#include "subject_handle.h"

#include <sessio/handle_space.h>
#include <stdlib.h>

#include "count.h"
#include "subject_type.h"

/* Steps between two handles of subject_handle_operate_anywhere(); prime. */
#define FAR 7919u
/* Fills the first seven chunks of a space's slots to the brim. */
#define COUNTED 8128u

struct subject {
	sessio_handle_space *provider;
	sessio_handle_space *consumer;
	sessio_handle_space *other;
	void *object;
	size_t count;
	size_t at;
	uint32_t *handles; /* the consumer's */
};

static sessio_handle_space *new_space(void)
{
	sessio_handle_space *space;

	bench_require(sessio_handle_space_create(&space) == SESSIO_OK, "no space");
	return space;
}

/* A new session, as a handle of the consumer. */
static uint32_t send_session(struct subject *subject)
{
	nk_handle_desc_t sent;
	nk_handle_desc_t received;
	void *session;

	bench_require(KosSessionOpenObject(
			      subject->object, SUBJECT_READ, SUBJECT_READ, NULL, &session) == rcOk,
		"a session was refused");
	bench_require(KosSessionContextToIpcHandle(session, &sent) == rcOk, "no container");
	bench_require(sessio_handle_space_transfer(
			      subject->provider, &sent, subject->consumer, &received) == SESSIO_OK,
		"a session was not sent");
	return received.handle;
}

void *subject_handles_create(size_t handles)
{
	struct subject *subject = (struct subject *)bench_alone(sizeof(*subject));

	subject->provider = sessio_handle_space_own();
	subject->consumer = new_space();
	subject->other = new_space();
	subject->object = subject_registered_object();
	subject->count = handles;
	subject->handles = (uint32_t *)calloc(handles, sizeof(*subject->handles));
	bench_require(subject->handles != NULL, "out of memory");
	for (size_t i = 0; i < handles; i++) {
		subject->handles[i] = send_session(subject);
	}
	return subject;
}

static inline void operate(struct subject *subject, uint32_t handle)
{
	KosSessionType *type = subject_session_type();
	nk_handle_desc_t sent = { .handle = handle, .rights = SESSIO_HANDLE_SAME_RIGHTS };
	nk_handle_desc_t received;
	void *session;
	void *object;

	bench_require(sessio_handle_space_transfer(
			      subject->consumer, &sent, subject->provider, &received) == SESSIO_OK,
		"a handle was refused");
	bench_require(KosSessionIpcHandleToSession(&received, type, SUBJECT_READ, &session) == rcOk,
		"a handle is no session");
	bench_require(KosSessionRef(session, type, &object) == rcOk, "an operation was refused");
	bench_use(object);
	KosSessionPut(session);
}

void subject_handle_operate(void *state, uint64_t n)
{
	struct subject *subject = (struct subject *)state;
	uint32_t handle = subject->handles[0];

	for (uint64_t i = 0; i < n; i++) {
		operate(subject, handle);
	}
}

void subject_handle_operate_anywhere(void *state, uint64_t n)
{
	struct subject *subject = (struct subject *)state;

	for (uint64_t i = 0; i < n; i++) {
		subject->at = (subject->at + FAR) % subject->count;
		operate(subject, subject->handles[subject->at]);
	}
}

void subject_handle_create_close(void *state, uint64_t n)
{
	struct subject *subject = (struct subject *)state;

	for (uint64_t i = 0; i < n; i++) {
		uint32_t handle;

		bench_require(sessio_handle_space_create_object(subject->consumer, SUBJECT_READ,
				      subject, &handle) == SESSIO_OK,
			"no handle");
		bench_require(sessio_handle_space_close(subject->consumer, handle) == SESSIO_OK,
			"a close was refused");
	}
}

void subject_handle_transfer_close(void *state, uint64_t n)
{
	struct subject *subject = (struct subject *)state;
	sessio_handle_desc sent = { .handle = subject->handles[0],
		.rights = SESSIO_HANDLE_SAME_RIGHTS,
		.badge = SESSIO_HANDLE_INVALID };

	for (uint64_t i = 0; i < n; i++) {
		sessio_handle_desc received;

		bench_require(sessio_handle_space_transfer(subject->consumer, &sent, subject->other,
				      &received) == SESSIO_OK,
			"a handle was not passed on");
		bench_require(
			sessio_handle_space_close(subject->other, received.handle) == SESSIO_OK,
			"a close was refused");
	}
}

void subject_handle_send_close(void *state, uint64_t n)
{
	struct subject *subject = (struct subject *)state;

	for (uint64_t i = 0; i < n; i++) {
		bench_require(sessio_handle_space_close(subject->consumer, send_session(subject)) ==
				SESSIO_OK,
			"a close was refused");
	}
}

struct revoked {
	size_t descendants;
	size_t others;
	sessio_handle_space *provider;
	sessio_handle_space *consumer;
	uint32_t handles[SUBJECT_REVOKED];
};

void *subject_revoke_create(size_t descendants, size_t others)
{
	struct revoked *revoked = (struct revoked *)bench_alone(sizeof(*revoked));

	revoked->descendants = descendants;
	revoked->others = others;
	return revoked;
}

static uint32_t parent_of_many(const struct revoked *revoked, size_t descendants)
{
	sessio_handle_desc sent = { .rights = SESSIO_HANDLE_SAME_RIGHTS,
		.badge = SESSIO_HANDLE_INVALID };
	sessio_handle_desc received;

	bench_require(
		sessio_handle_space_create_object(revoked->provider,
			SUBJECT_READ | SESSIO_HANDLE_TRANSFER, NULL, &sent.handle) == SESSIO_OK,
		"no handle");
	for (size_t i = 0; i < descendants; i++) {
		bench_require(sessio_handle_space_transfer(revoked->provider, &sent,
				      revoked->consumer, &received) == SESSIO_OK,
			"a handle was not passed on");
	}
	return sent.handle;
}

void subject_revoke_prepare(void *state)
{
	struct revoked *revoked = (struct revoked *)state;
	uint32_t rights;

	sessio_handle_space_destroy(revoked->consumer);
	sessio_handle_space_destroy(revoked->provider);
	revoked->provider = new_space();
	revoked->consumer = new_space();
	for (unsigned i = 0; i < SUBJECT_REVOKED; i++) {
		revoked->handles[i] = parent_of_many(revoked, revoked->descendants);
	}
	(void)parent_of_many(revoked, revoked->others);
	/* The same lines are in the cache whatever came before. */
	for (unsigned i = 0; i < SUBJECT_REVOKED; i++) {
		bench_require(sessio_handle_space_rights(
				      revoked->provider, revoked->handles[i], &rights) == SESSIO_OK,
			"a handle is not there");
	}
}

void subject_revoke(void *state, uint64_t n)
{
	struct revoked *revoked = (struct revoked *)state;

	for (uint64_t i = 0; i < n * SUBJECT_REVOKED; i++) {
		bench_require(sessio_handle_space_revoke(
				      revoked->provider, revoked->handles[i], false) == SESSIO_OK,
			"a revocation was refused");
	}
}

void subject_handle_bytes(double *out_slot, double *out_node)
{
	sessio_handle_space *provider = new_space();
	sessio_handle_space *consumer = new_space();
	sessio_handle_desc sent = { .rights = SESSIO_HANDLE_SAME_RIGHTS,
		.badge = SESSIO_HANDLE_INVALID };
	sessio_handle_desc received;
	size_t nodes;

	bench_require(
		sessio_handle_space_create_object(provider, SUBJECT_READ | SESSIO_HANDLE_TRANSFER,
			NULL, &sent.handle) == SESSIO_OK,
		"no handle");
	count_begin();
	for (unsigned i = 0; i < COUNTED; i++) {
		bench_require(sessio_handle_space_transfer(provider, &sent, consumer, &received) ==
				SESSIO_OK,
			"a handle was not passed on");
	}
	/* A chunk of slots has at least 1 KiB. */
	*out_slot = (double)count_end(&nodes, 1024) / COUNTED - (double)nodes / COUNTED;
	*out_node = (double)nodes / COUNTED;
	sessio_handle_space_destroy(consumer);
	sessio_handle_space_destroy(provider);
}
