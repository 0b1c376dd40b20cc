/* SPDX-License-Identifier: MIT */
/* The mutex-and-list version: one writes it first, and most code has it. */
#include <pthread.h>
#include <stdlib.h>

#include "peers.h"

struct object;

struct session {
	struct session *next; /* object->first */
	struct session *previous;
	struct object *object;
	uint32_t rights;
	uint32_t share;
	uint64_t active;
	bool closed;
};

struct object {
	pthread_mutex_t mutex;
	struct session *first;
};

#define READ 1u
#define WRITE 2u

static int callee(struct object *object, struct session *session, void *context)
{
	bench_use(object);
	bench_use(session);
	bench_use(context);
	return 0;
}

static int (*volatile callback)(
	struct object *object, struct session *session, void *context) = callee;

static void link_first(struct object *object, struct session *session)
{
	session->object = object;
	session->previous = NULL;
	session->next = object->first;
	if (object->first != NULL) {
		object->first->previous = session;
	}
	object->first = session;
}

__attribute__((noinline)) static struct session *list_open(
	struct object *object, uint32_t rights, uint32_t share)
{
	struct session *session;

	pthread_mutex_lock(&object->mutex);
	for (session = object->first; session != NULL; session = session->next) {
		if ((rights & ~session->share) != 0 || (session->rights & ~share) != 0) {
			pthread_mutex_unlock(&object->mutex);
			return NULL;
		}
	}
	session = (struct session *)calloc(1, sizeof(*session));
	bench_require(session != NULL, "out of memory");
	session->rights = rights;
	session->share = share;
	link_first(object, session);
	pthread_mutex_unlock(&object->mutex);
	callback(object, session, NULL);
	return session;
}

__attribute__((noinline)) static void list_close(struct session *session)
{
	struct object *object = session->object;

	callback(object, session, NULL);
	pthread_mutex_lock(&object->mutex);
	session->closed = true;
	if (session->next != NULL) {
		session->next->previous = session->previous;
	}
	if (session->previous != NULL) {
		session->previous->next = session->next;
	} else {
		object->first = session->next;
	}
	pthread_mutex_unlock(&object->mutex);
	free(session);
}

__attribute__((noinline)) static bool list_ref(struct session *session)
{
	bool ok;

	pthread_mutex_lock(&session->object->mutex);
	ok = !session->closed;
	session->active += ok;
	pthread_mutex_unlock(&session->object->mutex);
	return ok;
}

__attribute__((noinline)) static void list_put(struct session *session)
{
	pthread_mutex_lock(&session->object->mutex);
	session->active--;
	pthread_mutex_unlock(&session->object->mutex);
}

/* Built directly: opening one by one would take a scan for each. */
void *peer_list_create(size_t sessions)
{
	struct object *object = (struct object *)bench_alone(sizeof(*object));

	pthread_mutex_init(&object->mutex, NULL);
	for (size_t i = 0; i < sessions; i++) {
		struct session *session = (struct session *)calloc(1, sizeof(*session));

		bench_require(session != NULL, "out of memory");
		session->rights = READ;
		session->share = READ;
		link_first(object, session);
	}
	return object;
}

void peer_list_ref_put(void *state, uint64_t n)
{
	struct session *session = ((struct object *)state)->first;

	for (uint64_t i = 0; i < n; i++) {
		bench_require(list_ref(session), "the peer is closed");
		list_put(session);
	}
}

void peer_list_open_close(void *state, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++) {
		struct session *session = list_open((struct object *)state, READ, READ);

		bench_require(session != NULL, "the peer refused an open");
		list_close(session);
	}
}

void peer_list_refused(void *state, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++) {
		bench_require(list_open((struct object *)state, READ | WRITE, READ) == NULL,
			"the peer did not refuse an open");
	}
}

void peer_list_walk(void *state, uint64_t n)
{
	struct object *object = (struct object *)state;

	for (uint64_t i = 0; i < n; i++) {
		pthread_mutex_lock(&object->mutex);
		for (struct session *session = object->first; session != NULL;
			session = session->next) {
			if (callback(object, session, NULL) != 0) {
				break;
			}
		}
		pthread_mutex_unlock(&object->mutex);
	}
}
