/* SPDX-License-Identifier: MIT */
/*
 * The decisions of a schedule: the threads that can run, the usual one, and the plan's.
 *
 * A digest of a state has the test's own digest, the library's memory, each thread's
 * stack and status, and the clock. It has the active thread, and how many pre-emptions and faults there were: so
 * many fewer are left. Two schedules at equal states then have the same continuations
 * within the same bounds. There is no other reduction. Left out are the counts of
 * points after which a thread yields, and a schedule is a livelock.
 */
#include "testing/testing_threads_run.h"

#include <stdio.h>

#define WORLD (&si_threads_world)

#if defined(__clang__) || defined(__GNUC__)
#define UNSANITIZED __attribute__((no_sanitize_address, no_sanitize_thread, noinline))
#else
#define UNSANITIZED
#endif

#define FAULT_CHANCE 16u /* one of so many allocations fails at random */

static uint64_t mix(uint64_t digest, uint64_t word)
{
	digest = (digest ^ word) * UINT64_C(0x9e3779b97f4a7c15);
	return digest ^ digest >> 29;
}

static uint64_t next_random(void)
{
	WORLD->random += UINT64_C(0x9e3779b97f4a7c15);
	return mix(mix(1, WORLD->random), WORLD->random >> 32);
}

void si_threads_decide_init(void)
{
	WORLD->random = WORLD->shared->plan.seed;
	WORLD->lowest = UINT64_C(1) << 32;
}

/* Those that threads get at change points and yields are below all these. */
uint64_t si_threads_priority(void)
{
	return (UINT64_C(1) << 33) + (next_random() >> 8);
}

void si_threads_count_point(const struct si_thread *self)
{
	WORLD->trail = mix(WORLD->trail, (uint64_t)self->index << 8 | (uint64_t)self->point);
	atomic_fetch_add_explicit(&WORLD->shared->progress, 1, memory_order_relaxed);
	if (++WORLD->points > WORLD->shared->plan.points) {
		si_threads_finish(SESSIO_THREADS_LIVELOCK,
			"threads run, and the schedule does not come to an end");
	}
}

/* Other threads stand still; this reads their stacks, and memory that they work on. */
static UNSANITIZED uint64_t mix_memory(
	uint64_t digest, const unsigned char *from, const unsigned char *to)
{
	while ((size_t)(to - from) >= sizeof(uintptr_t)) {
		digest = mix(digest, *(const uintptr_t *)(const void *)from);
		from += sizeof(uintptr_t);
	}
	for (; from < to; from++) {
		digest = mix(digest, *from);
	}
	return digest;
}

static uint64_t mix_stack(uint64_t digest, const struct si_thread *thread)
{
	return thread->stack_low != NULL ? mix_memory(digest, thread->stack_low, thread->stack_high)
					 : mix(digest, 0);
}

/* The order of the blocks does not matter. */
static uint64_t blocks_digest(void)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < WORLD->block_count; i++) {
		const struct si_thread_block *block = &WORLD->blocks[i];

		sum += mix_memory(mix((uint64_t)(uintptr_t)block->memory, block->size),
			block->memory, block->memory + block->size);
	}
	return sum;
}

static uint64_t digest_of(const struct si_thread *self)
{
	const struct si_threads_shared *shared = WORLD->shared;
	uint64_t digest = mix(self->index, self->point);

	digest = mix(digest, shared->faults);
	digest = mix(digest, WORLD->options->digest(WORLD->options->arg));
	digest = mix(digest, WORLD->now_ns);
	digest = mix(digest, blocks_digest());
	for (unsigned i = 0; i < WORLD->count; i++) {
		const struct si_thread *thread = &WORLD->threads[i];

		digest = mix(digest, thread->status);
		digest = mix(digest, (uint64_t)(uintptr_t)thread->object);
		if (thread->status == SI_THREAD_ASLEEP) {
			digest = mix(digest, thread->deadline);
		}
		for (unsigned lock = 0; lock < thread->lock_count; lock++) {
			digest = mix(digest, (uint64_t)(uintptr_t)thread->locks[lock]);
		}
		if (thread->status != SI_THREAD_ENDED) {
			digest = mix_stack(digest, thread);
		}
	}
	return digest;
}

/* The same with so many pre-emptions so far; 0 stands for none. */
static uint64_t with_preemptions(uint64_t digest, unsigned preemptions)
{
	digest = mix(digest, preemptions);
	return digest != 0 ? digest : 1;
}

/* PCT: the highest priority; at some points the active thread's drops. */
static unsigned choose_by_priority(
	struct si_thread *self, const struct si_threads_decision *decision)
{
	const struct si_threads_plan *plan = &WORLD->shared->plan;
	unsigned all = decision->free | decision->costly;
	unsigned best = decision->usual;

	for (unsigned i = 1; i < plan->depth; i++) {
		uint64_t change = mix(mix(plan->seed, i), 7) % plan->steps;

		if (change == WORLD->shared->decision_count) {
			self->priority = plan->depth - i;
		}
	}
	if (self->point == SI_THREADS_YIELD) {
		self->priority = WORLD->lowest--;
	}
	for (unsigned i = 0; i < WORLD->count; i++) {
		const struct si_thread *thread = &WORLD->threads[i];

		if ((all >> i & 1u) != 0 && thread->status == SI_THREAD_READY &&
			(WORLD->threads[best].status != SI_THREAD_READY ||
				thread->priority > WORLD->threads[best].priority)) {
			best = i;
		}
	}
	return best;
}

static unsigned choose_by_plan(
	const struct si_thread *self, const struct si_threads_decision *decision)
{
	const struct si_threads_plan *plan = &WORLD->shared->plan;
	unsigned all = decision->free | decision->costly;

	for (unsigned i = 0; i < plan->choice_count; i++) {
		const struct si_threads_choice *choice = &plan->choices[i];

		if (choice->thread != self->index || choice->nth != self->nth) {
			continue;
		}
		if ((all >> choice->to & 1u) != 0) {
			return choice->to;
		}
		if (plan->strict && WORLD->shared->misfit < 0) {
			WORLD->shared->misfit = (int)i;
		}
	}
	return decision->usual;
}

static bool is_known(uint64_t digest)
{
	const uint64_t *seen = si_threads_seen(WORLD->shared, digest);

	return seen != NULL && *seen == digest;
}

/*
 * All that can follow a state is known if it was met with as many pre-emptions and
 * faults. With fewer pre-emptions even more could follow.
 */
static void end_if_known(uint64_t digest)
{
	struct si_threads_shared *shared = WORLD->shared;

	if (!shared->plan.compare || shared->decision_count < shared->plan.from) {
		return;
	}
	for (unsigned i = 0; i <= shared->preemptions; i++) {
		if (is_known(with_preemptions(digest, i))) {
			shared->equal = true;
			si_threads_finish(SESSIO_THREADS_NOTHING, "");
		}
	}
}

static unsigned decide(struct si_thread *self, struct si_threads_decision decision)
{
	struct si_threads_shared *shared = WORLD->shared;
	bool is_costly;

	decision.thread = (uint8_t)self->index;
	decision.nth = self->nth;
	decision.trail = WORLD->trail;
	if (WORLD->options->digest != NULL && !shared->plan.random && !WORLD->has_more_blocks) {
		uint64_t digest = digest_of(self);

		end_if_known(digest);
		decision.digest = with_preemptions(digest, shared->preemptions);
	}
	if (shared->plan.random && decision.point != SI_THREADS_FAULT) {
		decision.chosen = (uint8_t)choose_by_priority(self, &decision);
	} else if (shared->plan.random) {
		decision.chosen = next_random() % FAULT_CHANCE == 0;
	} else {
		decision.chosen = (uint8_t)choose_by_plan(self, &decision);
	}
	is_costly = (decision.costly >> decision.chosen & 1u) != 0;
	if (decision.point == SI_THREADS_FAULT) {
		shared->faults += is_costly;
	} else {
		shared->preemptions += is_costly;
	}
	self->nth++;
	shared->decisions[shared->decision_count++] = decision;
	return decision.chosen;
}

bool si_threads_allocation_fails(struct si_thread *self)
{
	const struct si_threads_shared *shared = WORLD->shared;
	bool fails;

	if (shared->plan.faults == 0) {
		return false;
	}
	if (shared->faults >= shared->plan.faults) {
		WORLD->shared->faults_cut++;
		return false;
	}
	self->is_inside = true;
	fails = decide(self,
			(struct si_threads_decision){
				.point = SI_THREADS_FAULT, .free = 1, .costly = 2, .usual = 0 }) !=
		0;
	self->is_inside = false;
	return fails;
}

/* The thread whose sleep ends first; NULL if none does. */
static struct si_thread *first_sleeper(void)
{
	struct si_thread *first = NULL;

	for (unsigned i = 0; i < WORLD->count; i++) {
		struct si_thread *thread = &WORLD->threads[i];

		if (thread->status == SI_THREAD_ASLEEP && thread->deadline != SI_THREAD_NEVER &&
			(first == NULL || thread->deadline < first->deadline)) {
			first = thread;
		}
	}
	return first;
}

static unsigned ready_threads(void)
{
	unsigned ready = 0;

	for (unsigned i = 0; i < WORLD->count; i++) {
		if (WORLD->threads[i].status == SI_THREAD_READY) {
			ready |= 1u << i;
		}
	}
	return ready;
}

/* The first of these after that one, in a circle. */
static unsigned next_in_turn(unsigned threads, unsigned after)
{
	unsigned i = after;

	do {
		i = (i + 1) % WORLD->count;
	} while ((threads >> i & 1u) == 0);
	return i;
}

/* The threads that can run, and their price. */
static struct si_threads_decision offer(const struct si_thread *self)
{
	struct si_threads_decision offered = { .point = (uint8_t)self->point };
	const struct si_thread *sleeper = first_sleeper();
	unsigned me = 1u << self->index;
	unsigned ready = ready_threads();
	unsigned others = ready & ~me;
	unsigned free = others;

	if ((ready & me) != 0 && (self->point != SI_THREADS_YIELD || others == 0)) {
		free = me;
		offered.usual = (uint8_t)self->index;
	} else if (others != 0) {
		offered.usual = (uint8_t)next_in_turn(others, self->index);
		/* Another choice costs, or a loop of yields would have no end. */
		free = self->point == SI_THREADS_YIELD ? 1u << offered.usual : others;
	} else if (sleeper != NULL) {
		offered.usual = (uint8_t)sleeper->index;
		free = 1u << sleeper->index;
	}
	if (sleeper != NULL) {
		ready |= 1u << sleeper->index;
	}
	offered.free = (uint16_t)free;
	offered.costly = (uint16_t)(ready & ~free);
	return offered;
}

static void let_time_pass(uint64_t until)
{
	if (until > WORLD->now_ns) {
		WORLD->now_ns = until;
	}
	for (unsigned i = 0; i < WORLD->count; i++) {
		struct si_thread *thread = &WORLD->threads[i];

		if (thread->status == SI_THREAD_ASLEEP && thread->deadline <= WORLD->now_ns) {
			thread->status = SI_THREAD_READY;
		}
	}
}

struct si_thread *si_threads_next(struct si_thread *self)
{
	struct si_threads_decision offered = offer(self);
	unsigned all = offered.free | offered.costly;
	struct si_thread *next;

	if (all == 0) {
		si_threads_finish(SESSIO_THREADS_DEADLOCK, "each thread waits, and none can go on");
	}
	next = &WORLD->threads[offered.usual];
	if ((all & (all - 1)) != 0) {
		next = &WORLD->threads[decide(self, offered)];
	}
	if (next->status == SI_THREAD_ASLEEP) {
		let_time_pass(next->deadline);
	}
	return next;
}
