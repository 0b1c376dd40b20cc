/* SPDX-License-Identifier: MIT */
/*
 * Providers and their consumers, as the kit's sources see them.
 *
 * The ledger holds a thing for each object, session context, type and handle that a
 * provider has made or taken a reference to. The calls of its sources keep it, see
 * testing_provider_calls.c. A thing whose memory has been freed is gone. It stays known
 * until that memory is used again, so that a later use of it is seen.
 */
#ifndef SI_TESTING_PROVIDER_H
#define SI_TESTING_PROVIDER_H

#include "resource/session.h"
#include "sessio/testing_provider.h"
#include "testing/kit.h"

#define SI_KIT_GONE_THINGS 256u

enum si_kit_thing_kind {
	SI_THING_CONTEXT,
	SI_THING_OBJECT,
	SI_THING_SESSION_TYPE,
	SI_THING_OBJECT_TYPE,
	SI_THING_HANDLE,
	SI_THING_KINDS
};

struct si_kit_thing {
	struct si_map_node by_object; /* ledger->by_object */
	struct si_map_node by_block; /* ledger->by_block; not of a handle */
	struct si_list_node link; /* ledger->things, or ledger->gone; oldest first */
	enum si_kit_thing_kind kind;
	bool gone;
	uintptr_t object;
	int64_t references; /* that the provider has taken and not put */
	uint64_t operations; /* that the provider has begun and not ended */
	struct si_kit_place made; /* where the provider made it, or first took a reference */
	struct si_kit_place operated; /* where its latest operation began */
	struct si_kit_place registered; /* its image is NULL while it is not registered */
	struct si_kit_place
		rights_read; /* outside of operations; its image is NULL if they were not */
	char name[112];
};

struct sessio_kit_provider {
	struct si_list_node link; /* kit->providers */
	sessio_kit *kit;
	const sessio_provider_image *image;
	bool loaded;
};

/* An operation that a consumer has begun. */
struct si_kit_operation {
	struct si_list_node link; /* session->operations; oldest first */
	void *context;
};

struct sessio_kit_session {
	struct si_list_node link; /* consumer->sessions */
	sessio_kit_consumer *consumer;
	void *context; /* counted while it is held */
	bool held;
	bool closed;
	uint32_t handle; /* in the consumer's space, or SESSIO_HANDLE_INVALID */
	struct si_list operations;
};

struct sessio_kit_consumer {
	struct si_list_node link; /* kit->consumers */
	sessio_kit *kit;
	sessio_handle_space *space;
	struct sessio_bind *bind; /* NULL: it acts for no user session */
	struct si_list sessions;
};

void si_kit_things_init(sessio_kit *kit);
/* The kit hears of the library's memory and reports from here to the other. */
void si_kit_things_listen(sessio_kit *kit);
void si_kit_things_ignore(sessio_kit *kit);
void si_kit_things_fini(sessio_kit *kit);

/* A call of the provider has made this, or has got a reference to it. */
void si_kit_thing_made(
	sessio_kit *kit, enum si_kit_thing_kind kind, uintptr_t object, struct si_kit_place at);
/* The kind of an object's pointer. */
enum si_kit_thing_kind si_kit_thing_kind_of(const void *object);

/* With the ledger's lock held. NULL if nothing is known of it. */
struct si_kit_thing *si_kit_thing_locked(
	sessio_kit *kit, enum si_kit_thing_kind kind, uintptr_t object);
/* The same for one that exists, which becomes known; NULL without memory. */
struct si_kit_thing *si_kit_thing_there_locked(
	sessio_kit *kit, enum si_kit_thing_kind kind, uintptr_t object, struct si_kit_place at);
void si_kit_thing_forget_locked(sessio_kit *kit, struct si_kit_thing *thing);
void si_kit_ledger_lock(sessio_kit *kit);
void si_kit_ledger_unlock(sessio_kit *kit);

/* A finding about a thing, which may be gone. */
void si_kit_find_thing(sessio_kit *kit, sessio_kit_rule rule, enum si_kit_thing_kind kind,
	uintptr_t object, const char *text, struct si_kit_place at);

/* Reports and gives back what this provider has left. */
void si_kit_sweep_things(sessio_kit *kit, const sessio_provider_image *image);

/* At the end of a kit. */
void si_kit_end_consumers(sessio_kit *kit);
void si_kit_end_providers(sessio_kit *kit);
void si_kit_free_consumers(sessio_kit *kit);
void si_kit_free_providers(sessio_kit *kit);

#endif /* SI_TESTING_PROVIDER_H */
