/* SPDX-License-Identifier: MIT */
/* Numbers that stand for counted things: liburcu's hash table, and an array with a mutex. */
#include <pthread.h>
#include <stdlib.h>

#include <urcu.h>
#include <urcu/rculfhash.h>
#include <urcu/ref.h>

#include "peers.h"

#define READ 1u
#define GENERATION_SHIFT 20u
#define INDEX_MASK ((1u << GENERATION_SHIFT) - 1)
#define GENERATION 5u
#define FAR 7919u

struct thing {
	struct cds_lfht_node node;
	struct urcu_ref refs;
	uint32_t number;
	uint32_t rights;
};

struct lookup {
	struct cds_lfht *table;
	pthread_mutex_t mutex;
	struct slot {
		struct thing *thing;
		uint32_t generation;
	} * slots;
	size_t count;
	size_t at;
};

/* A number's bits, mixed as a hash table wants them. */
static unsigned long hash_of(uint32_t number)
{
	uint64_t mixed = number * UINT64_C(0x9e3779b97f4a7c15);

	return (unsigned long)(mixed ^ mixed >> 32);
}

static int is_thing(struct cds_lfht_node *node, const void *key)
{
	return caa_container_of(node, struct thing, node)->number == *(const uint32_t *)key;
}

void *peer_lookup_create(size_t things)
{
	struct lookup *lookup = (struct lookup *)bench_alone(sizeof(*lookup));
	static bool registered;
	unsigned long buckets = 64;

	if (!registered) {
		rcu_register_thread();
		registered = true;
	}
	pthread_mutex_init(&lookup->mutex, NULL);
	lookup->count = things;
	/* Its full size at once: it would grow by a thread that may not run meanwhile. */
	while (buckets < things) {
		buckets *= 2;
	}
	lookup->table = cds_lfht_new(buckets, buckets, 0, 0, NULL);
	lookup->slots = (struct slot *)calloc(things, sizeof(*lookup->slots));
	bench_require(lookup->table != NULL && lookup->slots != NULL, "out of memory");
	for (size_t i = 0; i < things; i++) {
		struct thing *thing = (struct thing *)calloc(1, sizeof(*thing));

		bench_require(thing != NULL, "out of memory");
		urcu_ref_init(&thing->refs);
		thing->number = GENERATION << GENERATION_SHIFT | (uint32_t)i;
		thing->rights = READ;
		lookup->slots[i] = (struct slot){ thing, GENERATION };
		rcu_read_lock();
		cds_lfht_add(lookup->table, hash_of(thing->number), &thing->node);
		rcu_read_unlock();
	}
	return lookup;
}

static void never(struct urcu_ref *refs)
{
	(void)refs;
	bench_stop("the peer's last reference went");
}

__attribute__((noinline)) static struct thing *hash_ref(struct lookup *lookup, uint32_t number)
{
	struct cds_lfht_iter at;
	struct cds_lfht_node *node;
	struct thing *thing = NULL;

	rcu_read_lock();
	cds_lfht_lookup(lookup->table, hash_of(number), is_thing, &number, &at);
	node = cds_lfht_iter_get_node(&at);
	if (node != NULL) {
		thing = caa_container_of(node, struct thing, node);
		if ((thing->rights & READ) == 0 || !urcu_ref_get_unless_zero(&thing->refs)) {
			thing = NULL;
		}
	}
	rcu_read_unlock();
	return thing;
}

__attribute__((noinline)) static void hash_put(struct thing *thing)
{
	urcu_ref_put(&thing->refs, never);
}

static uint32_t next_number(struct lookup *lookup, size_t step)
{
	lookup->at = (lookup->at + step) % lookup->count;
	return GENERATION << GENERATION_SHIFT | (uint32_t)lookup->at;
}

static void hash_operate(struct lookup *lookup, uint64_t n, size_t step)
{
	for (uint64_t i = 0; i < n; i++) {
		struct thing *thing = hash_ref(lookup, next_number(lookup, step));

		bench_require(thing != NULL, "the peer found nothing");
		hash_put(thing);
	}
}

void peer_lookup_hash(void *state, uint64_t n)
{
	hash_operate((struct lookup *)state, n, 0);
}

void peer_lookup_hash_anywhere(void *state, uint64_t n)
{
	hash_operate((struct lookup *)state, n, FAR);
}

__attribute__((noinline)) static struct thing *array_ref(struct lookup *lookup, uint32_t number)
{
	uint32_t index = number & INDEX_MASK;
	struct thing *thing = NULL;

	pthread_mutex_lock(&lookup->mutex);
	if (index < lookup->count &&
		lookup->slots[index].generation == number >> GENERATION_SHIFT) {
		thing = lookup->slots[index].thing;
		if ((thing->rights & READ) == 0) {
			thing = NULL;
		} else {
			thing->refs.refcount++;
		}
	}
	pthread_mutex_unlock(&lookup->mutex);
	return thing;
}

__attribute__((noinline)) static void array_put(struct lookup *lookup, struct thing *thing)
{
	pthread_mutex_lock(&lookup->mutex);
	bench_require(--thing->refs.refcount > 0, "the peer's last reference went");
	pthread_mutex_unlock(&lookup->mutex);
}

static void array_operate(struct lookup *lookup, uint64_t n, size_t step)
{
	for (uint64_t i = 0; i < n; i++) {
		struct thing *thing = array_ref(lookup, next_number(lookup, step));

		bench_require(thing != NULL, "the peer found nothing");
		array_put(lookup, thing);
	}
}

void peer_lookup_array(void *state, uint64_t n)
{
	array_operate((struct lookup *)state, n, 0);
}

void peer_lookup_array_anywhere(void *state, uint64_t n)
{
	array_operate((struct lookup *)state, n, FAR);
}
