/* SPDX-License-Identifier: MIT */
/* The threads of a schedule, as the sources that run it see them. */
#ifndef SI_TESTING_THREADS_RUN_H
#define SI_TESTING_THREADS_RUN_H

#include <semaphore.h>

#include "platform/platform.h"
#include "testing/testing_threads.h"

#define SI_THREAD_NEVER UINT64_MAX
#define SI_THREAD_LOCKS 16u
#define SI_THREADS_OBJECTS 256u
#define SI_THREADS_BLOCKS 1024u

enum si_thread_status {
	SI_THREAD_READY,
	SI_THREAD_HELD, /* another has the lock */
	SI_THREAD_ASLEEP, /* at the gate */
	SI_THREAD_JOINING,
	SI_THREAD_ENDED
};

/* All but the turn belongs to the active thread (testing_threads_run-1). */
struct si_thread {
	sem_t turn; /* (testing_threads_run-2) */
	unsigned index;
	void (*run)(void *arg);
	void *arg;
	bool is_of_test; /* until it ends */
	bool is_inside; /* of the explorer: hooks do nothing */
	enum si_thread_status status;
	enum si_threads_point point; /* the last, and so to line */
	const void *object; /* a lock */
	const void *wanted; /* an object that it last looked at */
	const char *file;
	int line;
	uint64_t deadline; /* of its sleep */
	uint32_t nth; /* decisions */
	uint64_t priority; /* for PCT */
	unsigned lock_count;
	const void *locks[SI_THREAD_LOCKS]; /* that it has, or wants */
	const unsigned char *stack_low; /* the part that is the thread's own */
	const unsigned char *stack_high;
};

/* Memory that the library has from the system. */
struct si_thread_block {
	const unsigned char *memory;
	size_t size;
};

extern struct si_threads_world {
	const sessio_threads_options *options; /* NULL: this is no schedule */
	struct si_threads_shared *shared;
	bool is_over;
	unsigned count;
	unsigned library_threads;
	struct si_thread threads[SESSIO_THREADS_MAX];
	uint64_t now_ns;
	unsigned slice; /* points since another thread ran */
	unsigned object_count;
	const void *objects[SI_THREADS_OBJECTS]; /* in the order in which they were met */
	struct si_thread_block blocks[SI_THREADS_BLOCKS]; /* made in this schedule, in any order */
	unsigned block_count;
	bool has_more_blocks; /* than there is room for: then no state is known */
	uint64_t trail;
	uint64_t points;
	uint64_t random;
	uint64_t lowest; /* priority so far */
} si_threads_world;

void si_threads_decide_init(void);
uint64_t si_threads_priority(void);
void si_threads_count_point(const struct si_thread *self);
/* The thread that runs next; ends the schedule if there is none. */
struct si_thread *si_threads_next(struct si_thread *self);
bool si_threads_allocation_fails(struct si_thread *self);

_Noreturn void si_threads_finish(sessio_threads_finding finding, const char *text);

/* Whether this process runs a schedule. */
bool si_threads_is_schedule(void);

#endif /* SI_TESTING_THREADS_RUN_H */
