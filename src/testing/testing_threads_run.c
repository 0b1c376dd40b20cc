/* SPDX-License-Identifier: MIT */
/*
 * A schedule, in a child: threads that run one at a time.
 *
 * (testing_threads_run-1) One thread runs: the active one. Only it reads and writes what is below,
 *      and only it decides which thread is next.
 * (testing_threads_run-2) To hand over, it names the next thread, posts that thread's semaphore and
 *      waits for its own. A post may come before the wait. A thread begins with a wait.
 * (testing_threads_run-3) A thread that has ended hands over once more, and is never chosen again. It
 *      stays until the process ends, so that its stack is no other thread's.
 * (testing_threads_run-4) A thread that makes another one ready marks it before it hands over. The
 *      thread whose lock or wait that was tries again.
 *
 * tests/models/hand_over.pml checks (testing_threads_run-1)-(testing_threads_run-4).
 */
#if !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* syscall() */
#endif

#include "testing/testing_threads_run.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "platform/hooks.h"
#include "testing/walk.h"

#define BEGIN_NS UINT64_C(1000000000)
#define SLICE 500u /* points of one thread in a row, then it yields */

struct si_threads_world si_threads_world;
static _Thread_local struct si_thread *this_thread;

#define WORLD (&si_threads_world)

const char *const si_threads_point_names[SI_THREADS_POINTS] = {
#define XX(name, text) [SI_THREADS_##name] = (text),
	SI_THREADS_POINT_MAP(XX)
#undef XX
};

static bool keep_frame(const unsigned char *address, void *arg)
{
	struct si_threads_place *place = arg;

	place->frames[place->frame_count++] = address;
	return place->frame_count == SI_THREADS_FRAMES;
}

static unsigned number_of(const void *object)
{
	if (object == NULL) {
		return 0;
	}
	for (unsigned i = 0; i < WORLD->object_count; i++) {
		if (WORLD->objects[i] == object) {
			return i + 1;
		}
	}
	if (WORLD->object_count == SI_THREADS_OBJECTS) {
		return 0;
	}
	WORLD->objects[WORLD->object_count++] = object;
	return WORLD->object_count;
}

static int owner_of(const struct si_thread *thread)
{
	if (thread->status != SI_THREAD_HELD) {
		return -1;
	}
	for (unsigned i = 0; i < WORLD->count; i++) {
		const struct si_thread *other = &WORLD->threads[i];

		for (unsigned lock = 0; lock < other->lock_count; lock++) {
			if (other->locks[lock] == thread->object && other != thread) {
				return (int)i;
			}
		}
	}
	return -1;
}

/* Where this thread is, for the report. */
static void note_place(struct si_thread *self)
{
	struct si_threads_last *last = &WORLD->shared->last[self->index];

	last->point = (uint8_t)self->point;
	last->object = number_of(self->status == SI_THREAD_ASLEEP ? self->wanted : self->object);
	last->place = (struct si_threads_place){ .file = self->file, .line = self->line };
	if (WORLD->shared->plan.detailed && self->file == NULL) {
		si_kit_walk(keep_frame, &last->place);
	}
}

static void note_step(const struct si_thread *self, bool fails)
{
	struct si_threads_shared *shared = WORLD->shared;
	struct si_threads_step *step;

	if (!shared->plan.detailed || shared->step_count == SI_THREADS_STEPS) {
		return;
	}
	step = &shared->steps[shared->step_count];
	step->thread = (uint8_t)self->index;
	step->point = (uint8_t)self->point;
	step->fails = fails;
	step->place = shared->last[self->index].place;
	if (WORLD->options->state != NULL) {
		WORLD->options->state(WORLD->options->arg, step->state, sizeof(step->state));
		step->state[sizeof(step->state) - 1] = '\0';
	}
	shared->step_count++;
}

_Noreturn void si_threads_finish(sessio_threads_finding finding, const char *text)
{
	struct si_threads_shared *shared = WORLD->shared;

	WORLD->is_over = true;
	shared->finding = finding;
	(void)snprintf(shared->text, sizeof(shared->text), "%s", text);
	for (unsigned i = 0; i < WORLD->count; i++) {
		shared->last[i].owner = owner_of(&WORLD->threads[i]);
		shared->last[i].ended = WORLD->threads[i].status == SI_THREAD_ENDED;
	}
	if (this_thread != NULL) {
		note_step(this_thread, false);
	}
	shared->thread_count = WORLD->count;
	shared->ended = true;
	/* A sanitizer's _exit() takes a second. */
	for (;;) {
		(void)syscall(SYS_exit_group, 0);
	}
}

/*
 * (testing_threads_run-1). A wait leaves other remains on the stack if the turn has come before. So its
 * frames are far below this one, where wipe_stack() reaches all of them.
 */
static SI_NOINLINE void wait_for_turn(struct si_thread *self)
{
	volatile uintptr_t room[32];

	room[0] = 0;
	(void)room[0];
	while (sem_wait(&self->turn) != 0) {
	}
}

/* (testing_threads_run-2); its frame is the first that is no part of the state. */
static SI_NOINLINE void hand_over(struct si_thread *self)
{
	struct si_thread *next;

	self->stack_low = __builtin_frame_address(0);
	next = si_threads_next(self);
	if (next == self) {
		self->status = SI_THREAD_READY;
		return;
	}
	note_step(self, false);
	WORLD->slice = 0;
	atomic_store_explicit(&WORLD->shared->active, next->index, memory_order_relaxed);
	(void)sem_post(&next->turn);
	wait_for_turn(self);
	/* Work after the call, or its frame could take the place of this one, which others read. */
	self->status = SI_THREAD_READY;
}

/* No remains of the functions above may become part of a state. */
static SI_NOINLINE void wipe_stack(void)
{
	volatile uintptr_t left[4096 / sizeof(uintptr_t)];

	for (size_t i = 0; i < sizeof(left) / sizeof(left[0]); i++) {
		left[i] = 0;
	}
}

static bool is_mine(void)
{
	if (WORLD->options == NULL || WORLD->is_over) {
		return false;
	}
	if (this_thread == NULL) {
		si_threads_finish(SESSIO_THREADS_FOREIGN,
			"a thread that the explorer did not start called the library");
	}
	return !this_thread->is_inside;
}

/* The calling thread comes to a point, and is ready or waits. */
static SI_NOINLINE void reach(
	enum si_threads_point point, enum si_thread_status status, const void *object)
{
	struct si_thread *self = this_thread;

#if !defined(__clang__) || __clang_major__ >= 4
	__builtin_unwind_init(); /* the registers are on the stack, too */
#endif
	self->is_inside = true;
	self->point = point;
	self->status = status;
	self->object = object;
	note_place(self);
	si_threads_count_point(self);
	if (++WORLD->slice > SLICE && status == SI_THREAD_READY) {
		self->point = SI_THREADS_YIELD;
	}
	hand_over(self);
	self->object = NULL;
	if (WORLD->options->digest != NULL) {
		wipe_stack();
	}
	self->is_inside = false;
}

static void point(enum si_threads_point kind, const void *object)
{
	if (is_mine()) {
		this_thread->file = NULL;
		reach(kind, SI_THREAD_READY, object);
	}
}

static bool on_alloc(size_t size)
{
	bool fails = false;

	(void)size;
	if (is_mine()) {
		point(SI_THREADS_ALLOC, NULL);
		fails = si_threads_allocation_fails(this_thread);
		if (fails) {
			note_step(this_thread, true);
		}
	}
	return !fails;
}

static void on_allocated(void *memory, size_t size)
{
	if (WORLD->block_count == SI_THREADS_BLOCKS) {
		WORLD->has_more_blocks = true;
		return;
	}
	WORLD->blocks[WORLD->block_count++] = (struct si_thread_block){ memory, size };
}

static void on_freeing(void *memory)
{
	for (unsigned i = 0; i < WORLD->block_count; i++) {
		if (WORLD->blocks[i].memory == memory) {
			WORLD->blocks[i] = WORLD->blocks[--WORLD->block_count];
			return;
		}
	}
}

static void on_before_lock(const void *lock)
{
	point(SI_THREADS_LOCK, lock);
	if (is_mine() && lock != NULL && this_thread->lock_count < SI_THREAD_LOCKS) {
		this_thread->locks[this_thread->lock_count++] = lock;
	}
}

static void on_looking(const void *object)
{
	if (is_mine()) {
		this_thread->wanted = object;
		point(SI_THREADS_LOOK, object);
	}
}

static void on_meeting(const void *object)
{
	point(SI_THREADS_MEET, object);
}

static void drop_lock(struct si_thread *self, const void *lock)
{
	for (unsigned i = self->lock_count; i > 0; i--) {
		if (self->locks[i - 1] == lock) {
			self->lock_count--;
			memmove(&self->locks[i - 1], &self->locks[i],
				(self->lock_count - (i - 1)) * sizeof(self->locks[0]));
			return;
		}
	}
}

/* (testing_threads_run-4) */
static void make_ready(enum si_thread_status status, const void *object)
{
	for (unsigned i = 0; i < WORLD->count; i++) {
		struct si_thread *thread = &WORLD->threads[i];

		if (thread->status == status && thread->object == object) {
			thread->status = SI_THREAD_READY;
		}
	}
}

static void on_given(const void *lock)
{
	if (is_mine()) {
		make_ready(SI_THREAD_HELD, lock);
	}
}

static void on_after_unlock(const void *lock)
{
	if (!is_mine()) {
		return;
	}
	if (lock != NULL) {
		drop_lock(this_thread, lock);
		make_ready(SI_THREAD_HELD, lock);
	}
	point(SI_THREADS_UNLOCK, lock);
}

static bool on_held(const void *lock)
{
	if (!is_mine()) {
		return false;
	}
	this_thread->file = NULL;
	reach(SI_THREADS_HELD, SI_THREAD_HELD, lock);
	return true;
}

static void on_asleep(const void *gate, uint64_t timeout_ns)
{
	if (!is_mine()) {
		return;
	}
	drop_lock(this_thread, gate);
	make_ready(SI_THREAD_HELD, gate);
	this_thread->deadline = timeout_ns < SI_THREAD_NEVER - WORLD->now_ns
		? WORLD->now_ns + timeout_ns
		: SI_THREAD_NEVER;
	this_thread->file = NULL;
	reach(SI_THREADS_SLEEP, SI_THREAD_ASLEEP, NULL);
}

static void on_wake(void)
{
	if (is_mine()) {
		make_ready(SI_THREAD_ASLEEP, NULL);
	}
}

static bool on_yield(void)
{
	point(SI_THREADS_YIELD, NULL);
	return true;
}

static uint64_t on_now(void)
{
	point(SI_THREADS_CLOCK, NULL);
	return WORLD->now_ns;
}

static void on_stopping(const char *file, int line, const char *what, const char *why)
{
	char text[SI_THREADS_TEXT];

	(void)snprintf(text, sizeof(text), "%s (%s:%d: %s)", why, file, line, what);
	si_threads_finish(SESSIO_THREADS_STOPPED, text);
}

/* One word, and no other thread's. */
static void put_name(unsigned index, const char *name)
{
	struct si_threads_last *last = WORLD->shared->last;
	char *own = last[index].name;
	size_t length;

	(void)snprintf(own, sizeof(last->name), "%.20s", name[0] != '\0' ? name : "-");
	length = strlen(own);
	for (char *at = own; *at != '\0'; at++) {
		if (*at <= ' ' || *at == ':') {
			*at = '_';
		}
	}
	for (unsigned i = 0; i < index; i++) {
		if (strcmp(last[i].name, own) == 0) {
			(void)snprintf(own + length, sizeof(last->name) - length, "#%u", index);
		}
	}
}

static struct si_thread *add_thread(const char *name, void (*run)(void *arg), void *arg)
{
	struct si_thread *thread = &WORLD->threads[WORLD->count];

	if (WORLD->count == SESSIO_THREADS_MAX || sem_init(&thread->turn, 0, 0) != 0) {
		return NULL;
	}
	thread->index = WORLD->count;
	thread->run = run;
	thread->arg = arg;
	thread->deadline = SI_THREAD_NEVER;
	thread->status = SI_THREAD_READY;
	thread->point = SI_THREADS_BEGIN;
	thread->priority = si_threads_priority();
	put_name(thread->index, name);
	WORLD->count++;
	return thread;
}

static bool test_threads_have_ended(void)
{
	for (unsigned i = 0; i < WORLD->count; i++) {
		const struct si_thread *thread = &WORLD->threads[i];

		if (thread->is_of_test && thread->status != SI_THREAD_ENDED) {
			return false;
		}
	}
	return true;
}

static void begin_thread(struct si_thread *self)
{
	this_thread = self;
	atomic_store(&WORLD->shared->tasks[self->index], (pid_t)syscall(SYS_gettid));
}

/* (testing_threads_run-2), (testing_threads_run-3) */
static void run_thread(void *arg)
{
	struct si_thread *self = arg;

	begin_thread(self);
	self->stack_high = __builtin_frame_address(0);
	wait_for_turn(self);
	self->status = SI_THREAD_READY;
	wipe_stack();
	self->run(self->arg);
	self->file = NULL;
	if (self->is_of_test) {
		self->is_of_test = false;
		if (test_threads_have_ended()) {
			make_ready(SI_THREAD_JOINING, NULL);
		}
	}
	reach(SI_THREADS_END, SI_THREAD_ENDED, NULL);
}

static void *run_test_thread(void *arg)
{
	run_thread(arg);
	return NULL;
}

static bool on_start_thread(void (**run)(void *arg), void **arg)
{
	struct si_thread *thread;
	char name[32];

	if (!is_mine()) {
		return true;
	}
	(void)snprintf(name, sizeof(name), "library-%u", ++WORLD->library_threads);
	thread = add_thread(name, *run, *arg);
	*run = run_thread;
	*arg = thread;
	return thread != NULL;
}

static void on_started_thread(bool started)
{
	if (is_mine()) {
		WORLD->count -= !started;
		point(SI_THREADS_START, NULL);
	}
}

static const struct si_hooks hooks = {
	.may_alloc = on_alloc,
	.allocated = on_allocated,
	.freeing = on_freeing,
	.before_lock = on_before_lock,
	.after_unlock = on_after_unlock,
	.given = on_given,
	.held = on_held,
	.looking = on_looking,
	.meeting = on_meeting,
	.asleep = on_asleep,
	.wake = on_wake,
	.yield = on_yield,
	.now_ns = on_now,
	.start_thread = on_start_thread,
	.started_thread = on_started_thread,
	.stopping = on_stopping,
};

bool si_threads_is_schedule(void)
{
	return WORLD->options != NULL;
}

static bool is_in_body(void)
{
	return WORLD->options != NULL && this_thread != NULL && !this_thread->is_inside;
}

sessio_status sessio_threads_start(const char *name, void (*run)(void *arg), void *arg)
{
	struct si_thread *thread;
	pthread_t system;

	if (name == NULL || run == NULL) {
		return SESSIO_INVALID_ARG;
	}
	if (!is_in_body()) {
		return SESSIO_BAD_STATE;
	}
	thread = add_thread(name, run, arg);
	if (thread == NULL) {
		return SESSIO_LIMIT;
	}
	if (pthread_create(&system, NULL, run_test_thread, thread) != 0) {
		WORLD->count--;
		return SESSIO_LIMIT;
	}
	(void)pthread_detach(system);
	thread->is_of_test = true;
	point(SI_THREADS_START, NULL);
	return SESSIO_OK;
}

void sessio_threads_join(void)
{
	if (!is_in_body() || this_thread->index != 0) {
		return;
	}
	this_thread->file = NULL;
	while (!test_threads_have_ended()) {
		reach(SI_THREADS_JOIN, SI_THREAD_JOINING, NULL);
	}
}

void sessio_threads_yield(void)
{
	if (is_in_body()) {
		point(SI_THREADS_YIELD, NULL);
	}
}

void sessio_threads_point_at(const char *file, int line)
{
	if (is_in_body()) {
		this_thread->file = file;
		this_thread->line = line;
		reach(SI_THREADS_POINT, SI_THREAD_READY, NULL);
	}
}

void sessio_threads_check_at(bool condition, const char *text, const char *file, int line)
{
	if (condition || !is_in_body()) {
		return;
	}
	this_thread->file = file;
	this_thread->line = line;
	this_thread->point = SI_THREADS_POINT;
	note_place(this_thread);
	WORLD->shared->file = file;
	WORLD->shared->line = line;
	si_threads_finish(SESSIO_THREADS_FAILED, text != NULL ? text : "");
}

bool sessio_threads_does(unsigned number)
{
	uint64_t bit = number < 64 ? UINT64_C(1) << number : 0;

	if (!is_in_body()) {
		return true;
	}
	WORLD->shared->operations |= bit;
	return (WORLD->shared->plan.operations_off & bit) == 0;
}

_Noreturn void si_threads_run(
	const sessio_threads_options *options, struct si_threads_shared *shared)
{
	WORLD->shared = shared;
	WORLD->now_ns = BEGIN_NS;
	si_threads_decide_init();
	begin_thread(add_thread("main", NULL, NULL));
	this_thread->stack_high = __builtin_frame_address(0);
	WORLD->options = options;
	si_hooks_set(&hooks);
	wipe_stack();
	options->body(options->arg);
	sessio_threads_join();
	this_thread->file = NULL;
	this_thread->point = SI_THREADS_END;
	note_place(this_thread);
	si_threads_finish(SESSIO_THREADS_NOTHING, "");
}
