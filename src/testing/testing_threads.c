/* SPDX-License-Identifier: MIT */
/*
 * The exploration: the order of the schedules, and the knowledge of them.
 *
 * Each run gives a list of decisions. Each other choice at each new decision is a
 * continuation to try. One without a further pre-emption is tried within this bound,
 * others wait for the next.
 */
#if !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* strdup(), clock_gettime() */
#endif

#include "testing/testing_threads.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "testing/testing_threads_run.h"
#include "wdk/timer.h"
#include "wdk/work.h"

#define USUAL_BOUNDS 4u
#define USUAL_SCHEDULES 100000u
#define USUAL_DEPTH 3u
#define USUAL_POINTS 20000u
#define MAX_BOUNDS 1024u
#define MAX_TASKS 1000000u

struct task {
	unsigned from; /* decisions that are no news */
	unsigned preemptions;
	unsigned count;
	struct si_threads_choice choices[];
};

struct tasks {
	struct task **tasks;
	size_t count, room;
};

struct search {
	sessio_threads *threads;
	sessio_threads_result *result;
	struct tasks now, later; /* within this bound, and the next */
	bool is_last; /* there is no next bound */
	uint64_t operations_off;
};

uint64_t *si_threads_seen(struct si_threads_shared *shared, uint64_t digest)
{
	/* One in eight stays free, so that a look ends soon. */
	if (shared->seen_count >= SI_THREADS_SEEN / 8 * 7) {
		return NULL;
	}
	for (uint64_t slot = digest >> 11;; slot++) {
		uint64_t *seen = &shared->seen[slot % SI_THREADS_SEEN];

		if (*seen == 0 || *seen == digest) {
			return seen;
		}
	}
}

static void learn(struct si_threads_shared *shared, unsigned from)
{
	for (unsigned i = from; i < shared->decision_count; i++) {
		uint64_t digest = shared->decisions[i].digest;
		uint64_t *seen = digest != 0 ? si_threads_seen(shared, digest) : NULL;

		if (seen != NULL && *seen == 0) {
			*seen = digest;
			shared->seen_count++;
		}
	}
}

bool si_threads_choices(const struct si_threads_shared *shared, struct si_threads_choice *choices,
	unsigned *out_count)
{
	unsigned count = 0;

	for (unsigned i = 0; i < shared->decision_count; i++) {
		const struct si_threads_decision *decision = &shared->decisions[i];

		if (decision->chosen == decision->usual) {
			continue;
		}
		if (count == SI_THREADS_CHOICES) {
			return false;
		}
		choices[count++] = (struct si_threads_choice){
			.nth = decision->nth, .thread = decision->thread, .to = decision->chosen
		};
	}
	*out_count = count;
	return true;
}

void si_threads_plan(sessio_threads *threads, const struct si_threads_choice *choices,
	unsigned count, uint64_t operations_off)
{
	struct si_threads_plan *plan = &threads->keeper.shared->plan;

	memset(plan, 0, offsetof(struct si_threads_plan, choices));
	plan->faults = threads->options.faults;
	plan->points = threads->options.points;
	plan->operations_off = operations_off;
	plan->choice_count = count;
	if (count != 0) {
		memcpy(plan->choices, choices, count * sizeof(choices[0]));
	}
}

bool si_threads_go(sessio_threads *threads)
{
	threads->broken = threads->broken || !si_threads_keeper_run(&threads->keeper);
	return !threads->broken;
}

static bool push(struct tasks *tasks, struct task *task)
{
	if (tasks->count == tasks->room) {
		size_t room = tasks->room != 0 ? 2 * tasks->room : 64;
		struct task **more = realloc(tasks->tasks, room * sizeof(struct task *));

		if (more == NULL) {
			return false;
		}
		tasks->tasks = more;
		tasks->room = room;
	}
	tasks->tasks[tasks->count++] = task;
	return true;
}

static void drop_all(struct tasks *tasks)
{
	for (size_t i = 0; i < tasks->count; i++) {
		free(tasks->tasks[i]);
	}
	free(tasks->tasks);
	*tasks = (struct tasks){ 0 };
}

/* To do this at that decision. Without room it is cut. */
static void add_task(struct search *search, const struct task *parent, unsigned at, unsigned to)
{
	const struct si_threads_shared *shared = search->threads->keeper.shared;
	const struct si_threads_decision *decision = &shared->decisions[at];
	bool costs = (decision->costly >> to & 1u) != 0 && decision->point != SI_THREADS_FAULT;
	struct tasks *tasks = costs ? &search->later : &search->now;
	struct task *task = NULL;

	if (!(costs && search->is_last) && parent->count < SI_THREADS_CHOICES &&
		search->now.count + search->later.count < MAX_TASKS) {
		task = malloc(sizeof(*task) + (parent->count + 1) * sizeof(task->choices[0]));
	}
	if (task == NULL) {
		search->result->cut++;
		return;
	}
	task->from = at + 1;
	task->preemptions = parent->preemptions + costs;
	task->count = parent->count + 1;
	memcpy(task->choices, parent->choices, parent->count * sizeof(task->choices[0]));
	task->choices[parent->count] = (struct si_threads_choice){
		.nth = decision->nth, .thread = decision->thread, .to = (uint8_t)to
	};
	if (!push(tasks, task)) {
		free(task);
		search->result->cut++;
	}
}

static void add_continuations(struct search *search, const struct task *task)
{
	const struct si_threads_shared *shared = search->threads->keeper.shared;

	for (unsigned at = task->from; at < shared->decision_count; at++) {
		const struct si_threads_decision *decision = &shared->decisions[at];
		unsigned others =
			(unsigned)(decision->free | decision->costly) & ~(1u << decision->chosen);

		for (unsigned to = 0; others >> to != 0; to++) {
			if ((others >> to & 1u) != 0) {
				add_task(search, task, at, to);
			}
		}
	}
}

static bool is_same(const struct si_threads_decision *a, const struct si_threads_decision *b)
{
	return a->trail == b->trail && a->nth == b->nth && a->free == b->free &&
		a->costly == b->costly && a->thread == b->thread && a->point == b->point &&
		a->chosen == b->chosen;
}

/* The same schedule again: it must make the same decisions. False after a finding. */
static bool run_again(sessio_threads *threads)
{
	struct si_threads_shared *shared = threads->keeper.shared;
	unsigned count = shared->decision_count;
	bool was_whole = !shared->equal;
	struct si_threads_decision *first = malloc((count + 1) * sizeof(*first));
	unsigned at = 0;

	if (first == NULL) {
		threads->broken = true;
		return false;
	}
	memcpy(first, shared->decisions, count * sizeof(*first));
	shared->plan.compare = false;
	if (si_threads_go(threads)) {
		while (at < count && at < shared->decision_count &&
			is_same(&first[at], &shared->decisions[at])) {
			at++;
		}
		if (at < count || (was_whole && count < shared->decision_count)) {
			unsigned thread = at < shared->decision_count ? shared->decisions[at].thread
								      : first[at].thread;
			unsigned point = at < shared->decision_count ? shared->decisions[at].point
								     : SI_THREADS_END;

			shared->finding = SESSIO_THREADS_UNSTABLE;
			(void)snprintf(shared->text, sizeof(shared->text),
				"decision %u differs: %s was at a point of kind %s, and then %s",
				at + 1, shared->last[thread].name,
				si_threads_point_names[at < count ? first[at].point
								  : SI_THREADS_END],
				si_threads_point_names[point]);
		}
	}
	free(first);
	return !threads->broken && shared->finding == SESSIO_THREADS_NOTHING;
}

/* True after a finding, or if nothing can be run any more. */
static bool try_task(struct search *search, const struct task *task)
{
	sessio_threads *threads = search->threads;
	struct si_threads_shared *shared = threads->keeper.shared;

	si_threads_plan(threads, task->choices, task->count, search->operations_off);
	shared->plan.from = task->from;
	shared->plan.compare = true;
	shared->plan.strict = true;
	if (!si_threads_go(threads)) {
		return true;
	}
	search->result->schedules++;
	search->result->points += shared->decision_count;
	search->result->equal += shared->equal;
	search->result->cut += shared->faults_cut;
	if (shared->thread_count > search->result->threads) {
		search->result->threads = shared->thread_count;
	}
	if (shared->decision_count > search->result->random_points) {
		search->result->random_points = shared->decision_count;
	}
	if (shared->misfit >= 0) {
		shared->finding = SESSIO_THREADS_UNSTABLE;
		(void)snprintf(shared->text, sizeof(shared->text),
			"choice %d of an earlier schedule was not there any more",
			shared->misfit + 1);
	}
	if (shared->finding != SESSIO_THREADS_NOTHING) {
		return true;
	}
	learn(shared, task->from);
	add_continuations(search, task);
	return (threads->options.flags & SESSIO_THREADS_TWICE) != 0 && !run_again(threads);
}

/* True if the bound was tried to its end. */
static bool try_bound(struct search *search, uint64_t schedules)
{
	while (search->now.count != 0 && search->result->schedules < schedules) {
		struct task *task = search->now.tasks[--search->now.count];
		bool is_over = try_task(search, task);

		free(task);
		if (is_over) {
			return false;
		}
	}
	return search->now.count == 0;
}

void si_threads_search(sessio_threads *threads, uint64_t operations_off, unsigned bounds,
	uint64_t schedules, sessio_threads_result *result)
{
	struct search search = {
		.threads = threads, .result = result, .operations_off = operations_off
	};
	struct task *first = calloc(1, sizeof(*first));
	struct si_threads_shared *shared = threads->keeper.shared;

	if (first == NULL || !push(&search.now, first)) {
		free(first);
		threads->broken = true;
		return;
	}
	memset(shared->seen, 0, shared->seen_count != 0 ? sizeof(shared->seen) : 0);
	shared->seen_count = 0;
	for (unsigned bound = 0; bound < bounds && search.now.count != 0; bound++) {
		search.is_last = bound + 1 == bounds;
		if (!try_bound(&search, schedules)) {
			break;
		}
		result->bounds = bound + 1;
		free(search.now.tasks);
		search.now = search.later;
		search.later = (struct tasks){ 0 };
	}
	result->cut += search.now.count + search.later.count;
	if (search.now.count == 0 && !threads->broken &&
		shared->finding == SESSIO_THREADS_NOTHING) {
		result->bounds = bounds; /* more pre-emptions than there are make no difference */
		result->complete = result->cut == 0;
	}
	drop_all(&search.now);
	drop_all(&search.later);
}

/* 1 - (1 - p)^times */
static double chance_of(double p, uint64_t times)
{
	double missed = 1, factor = 1 - p;

	for (; times != 0; times >>= 1) {
		missed *= (times & 1u) != 0 ? factor : 1;
		factor *= factor;
	}
	return 1 - missed;
}

void si_threads_search_at_random(sessio_threads *threads, sessio_threads_result *result)
{
	const sessio_threads_options *options = &threads->options;
	struct si_threads_shared *shared = threads->keeper.shared;
	uint64_t counted = 0; /* with these steps and threads, as the formula wants */
	double p = 1;

	for (uint64_t i = 0; i < options->random; i++) {
		uint64_t steps = result->random_points != 0 ? result->random_points : 1;

		si_threads_plan(threads, NULL, 0, 0);
		shared->plan.random = true;
		shared->plan.seed = options->seed + i;
		shared->plan.depth = options->depth;
		shared->plan.steps = steps;
		if (!si_threads_go(threads)) {
			return;
		}
		result->random++;
		counted++;
		if (shared->decision_count > steps || shared->thread_count > result->threads) {
			/* Those before were drawn from too few. */
			counted = 0;
			result->random_points =
				shared->decision_count > steps ? shared->decision_count : steps;
			result->threads = shared->thread_count > result->threads
				? shared->thread_count
				: result->threads;
		}
		if (shared->finding != SESSIO_THREADS_NOTHING) {
			return;
		}
	}
	for (unsigned i = 1; i < options->depth && result->random_points != 0; i++) {
		p /= (double)result->random_points;
	}
	p /= result->threads != 0 ? result->threads : 1;
	result->chance = chance_of(p, counted);
}

static double seconds_now(void)
{
	struct timespec now = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* The finding in shared, with its detailed run and its texts. */
static void tell(sessio_threads *threads)
{
	struct si_threads_shared *shared = threads->keeper.shared;
	sessio_threads_result *result = &threads->result;
	sessio_threads_finding finding = shared->finding;
	char text[SI_THREADS_TEXT];

	memcpy(text, shared->text, sizeof(text));
	if (finding != SESSIO_THREADS_UNSTABLE) {
		si_threads_plan(
			threads, threads->choices, threads->choice_count, threads->operations_off);
		shared->plan.detailed = true;
		if (!si_threads_go(threads)) {
			return;
		}
		if (shared->finding != finding) {
			finding = SESSIO_THREADS_UNSTABLE;
			(void)snprintf(text, sizeof(text),
				"the same schedule did not find it again: %.160s",
				threads->keeper.shared->text);
		}
	}
	result->finding = finding;
	result->preemptions = shared->preemptions;
	result->faults = shared->faults;
	shared->finding = finding;
	memcpy(shared->text, text, sizeof(text));
	threads->text = strdup(text);
	threads->report = si_threads_report(threads);
	threads->schedule = si_threads_save(threads);
}

static void tell_nothing(sessio_threads *threads)
{
	threads->report = si_threads_report_nothing(&threads->result);
}

static bool put_texts(sessio_threads *threads)
{
	sessio_threads_result *result = &threads->result;
	bool is_found = result->finding != SESSIO_THREADS_NOTHING;

	result->text = threads->text != NULL ? threads->text : "";
	result->report = threads->report != NULL ? threads->report : "";
	result->schedule = threads->schedule != NULL ? threads->schedule : "";
	return !threads->broken && threads->report != NULL &&
		(!is_found || (threads->text != NULL && threads->schedule != NULL));
}

static bool take_options(sessio_threads *threads, const sessio_threads_options *options)
{
	sessio_threads_options *own = &threads->options;

	*own = *options;
	own->program = own->program != NULL ? own->program : "program";
	own->bounds = own->bounds != 0 ? own->bounds : USUAL_BOUNDS;
	own->schedules = own->schedules != 0 ? own->schedules : USUAL_SCHEDULES;
	own->depth = own->depth != 0 ? own->depth : USUAL_DEPTH;
	own->points = own->points != 0 ? own->points : USUAL_POINTS;
	return own->body != NULL && own->bounds <= MAX_BOUNDS && own->depth <= 64 &&
		own->points <= SI_THREADS_MAX_POINTS / 2 &&
		(own->flags & ~(SESSIO_THREADS_TWICE | SESSIO_THREADS_KEEP)) == 0;
}

static sessio_status begin(const sessio_threads_options *options, sessio_threads **out_threads)
{
	sessio_threads *threads;

	if (si_threads_is_schedule()) {
		return SESSIO_BUSY;
	}
	threads = calloc(1, sizeof(*threads));
	if (threads == NULL) {
		return SESSIO_NO_MEMORY;
	}
	if (!take_options(threads, options)) {
		free(threads);
		return SESSIO_INVALID_ARG;
	}
	/* A kit of this process may have started them, and copies would wait for them for ever. */
	si_wdk_work_end_thread();
	si_wdk_timers_end_thread();
	if (!si_threads_keeper_start(&threads->keeper, &threads->options)) {
		free(threads);
		return SESSIO_NO_MEMORY;
	}
	*out_threads = threads;
	return SESSIO_OK;
}

static sessio_status end(sessio_threads *threads, double since, sessio_threads **out_threads)
{
	si_threads_keeper_stop(&threads->keeper);
	threads->result.seconds = seconds_now() - since;
	if (!put_texts(threads)) {
		sessio_threads_destroy(threads);
		return SESSIO_NO_MEMORY;
	}
	*out_threads = threads;
	return SESSIO_OK;
}

sessio_status sessio_threads_explore(
	const sessio_threads_options *options, sessio_threads **out_threads)
{
	sessio_threads *threads;
	struct si_threads_shared *shared;
	double since = seconds_now();
	sessio_status status;

	if (options == NULL || out_threads == NULL) {
		return SESSIO_INVALID_ARG;
	}
	status = begin(options, &threads);
	if (status != SESSIO_OK) {
		return status;
	}
	shared = threads->keeper.shared;
	si_threads_search(
		threads, 0, threads->options.bounds, threads->options.schedules, &threads->result);
	if (shared->finding == SESSIO_THREADS_NOTHING && !threads->broken) {
		si_threads_search_at_random(threads, &threads->result);
	}
	if (shared->finding == SESSIO_THREADS_NOTHING || threads->broken) {
		tell_nothing(threads);
	} else {
		si_threads_shrink(threads);
		tell(threads);
	}
	return end(threads, since, out_threads);
}

/* Whether the run in shared did what the text says at each choice. */
static bool fits(
	const sessio_threads *threads, const struct si_threads_saved *saved, char *why, size_t size)
{
	const struct si_threads_shared *shared = threads->keeper.shared;

	for (unsigned i = 0; i < threads->choice_count; i++) {
		const struct si_threads_choice *choice = &threads->choices[i];
		bool is_met = false;

		for (unsigned at = 0; at < shared->decision_count && !is_met; at++) {
			const struct si_threads_decision *decision = &shared->decisions[at];

			is_met = decision->thread == choice->thread &&
				decision->nth == choice->nth && decision->chosen == choice->to &&
				decision->point == saved->points[i] &&
				strcmp(saved->names[choice->thread],
					shared->last[choice->thread].name) == 0;
		}
		if (!is_met) {
			(void)snprintf(why, size, "line %u: the program does not do this",
				saved->line + i);
			return false;
		}
	}
	return true;
}

sessio_status sessio_threads_replay(
	const sessio_threads_options *options, const char *schedule, sessio_threads **out_threads)
{
	struct si_threads_saved *saved;
	sessio_threads *threads, *made = NULL;
	double since = seconds_now();
	char why[SI_THREADS_TEXT];
	sessio_status status, loaded;

	if (options == NULL || schedule == NULL || out_threads == NULL) {
		return SESSIO_INVALID_ARG;
	}
	status = begin(options, &threads);
	if (status != SESSIO_OK) {
		return status;
	}
	saved = calloc(1, sizeof(*saved));
	threads->broken = saved == NULL;
	loaded = saved != NULL ? si_threads_load(threads, schedule, saved, why, sizeof(why))
			       : SESSIO_NO_MEMORY;
	if (loaded == SESSIO_OK) {
		si_threads_plan(
			threads, threads->choices, threads->choice_count, threads->operations_off);
		if (si_threads_go(threads) && !fits(threads, saved, why, sizeof(why))) {
			loaded = SESSIO_REFUSED;
		}
		threads->result.schedules = 1;
		threads->result.points = threads->keeper.shared->decision_count;
	}
	free(saved);
	if (loaded != SESSIO_OK) {
		threads->report = strdup(why);
	} else if (threads->keeper.shared->finding == SESSIO_THREADS_NOTHING || threads->broken) {
		tell_nothing(threads);
	} else {
		tell(threads);
	}
	status = end(threads, since, &made);
	if (status == SESSIO_OK && (loaded == SESSIO_OK || loaded == SESSIO_REFUSED)) {
		*out_threads = made;
	} else {
		sessio_threads_destroy(made);
	}
	return status != SESSIO_OK ? status : loaded;
}

const sessio_threads_result *sessio_threads_get_result(const sessio_threads *threads)
{
	return threads != NULL ? &threads->result : NULL;
}

void sessio_threads_destroy(sessio_threads *threads)
{
	if (threads != NULL) {
		free(threads->text);
		free(threads->report);
		free(threads->schedule);
		free(threads);
	}
}
