/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "peers.h"

void floor_two_increments(void *state, uint64_t n)
{
	_Atomic uint64_t *word = (_Atomic uint64_t *)state;

	for (uint64_t i = 0; i < n; i++) {
		atomic_fetch_add_explicit(word, 1, memory_order_seq_cst);
		bench_barrier();
		atomic_fetch_add_explicit(word, UINT64_MAX, memory_order_seq_cst);
		bench_barrier();
	}
}

void floor_malloc_free(void *state, uint64_t n)
{
	(void)state;
	for (uint64_t i = 0; i < n; i++) {
		void *memory = malloc(128);

		bench_use(memory);
		free(memory);
	}
}

#define BLOCK 256u /* bytes */

struct blocks {
	size_t count;
	unsigned char *at[];
};

void *floor_blocks_create(size_t count)
{
	struct blocks *blocks =
		(struct blocks *)bench_alone(sizeof(*blocks) + count * sizeof(blocks->at[0]));

	blocks->count = count;
	return blocks;
}

void floor_blocks(void *state, uint64_t n)
{
	struct blocks *blocks = (struct blocks *)state;

	for (uint64_t i = 0; i < n; i++) {
		for (size_t b = 0; b < blocks->count; b++) {
			blocks->at[b] = (unsigned char *)malloc(BLOCK);
			bench_require(blocks->at[b] != NULL, "out of memory");
			memset(blocks->at[b], (int)b, BLOCK);
			bench_use(blocks->at[b]);
		}
		for (size_t b = 0; b < blocks->count; b++) {
			bench_require(
				blocks->at[b][BLOCK / 2] == (unsigned char)b, "not its block");
			free(blocks->at[b]);
		}
	}
}

static int callee(void *context)
{
	bench_use(context);
	return 0;
}

/* Volatile, so that the compiler cannot know whom it calls. */
static int (*volatile callback)(void *context) = callee;

void floor_indirect_call(void *state, uint64_t n)
{
	int (*call)(void *context) = callback;

	for (uint64_t i = 0; i < n; i++) {
		call(state);
		bench_barrier();
	}
}

struct node {
	struct node *next;
	uint64_t payload[7]; /* nodes of a cache line each, as a session's first would be */
};

void *floor_list_create(size_t nodes)
{
	struct node *first = NULL;

	for (size_t i = 0; i < nodes; i++) {
		struct node *node = (struct node *)calloc(1, sizeof(*node));

		bench_require(node != NULL, "out of memory");
		node->next = first;
		first = node;
	}
	return first;
}

void floor_list_walk(void *state, uint64_t n)
{
	int (*call)(void *context) = callback;

	for (uint64_t i = 0; i < n; i++) {
		for (struct node *node = (struct node *)state; node != NULL; node = node->next) {
			if (call(node) != 0) {
				break;
			}
		}
	}
}

struct counted {
	pthread_mutex_t mutex;
	uint64_t count;
};

void *floor_mutex_create(void)
{
	struct counted *counted = (struct counted *)bench_alone(sizeof(*counted));

	bench_require(pthread_mutex_init(&counted->mutex, NULL) == 0, "no mutex");
	return counted;
}

void floor_mutex(void *state, uint64_t n)
{
	struct counted *counted = (struct counted *)state;

	for (uint64_t i = 0; i < n; i++) {
		pthread_mutex_lock(&counted->mutex);
		counted->count++;
		pthread_mutex_unlock(&counted->mutex);
	}
}
