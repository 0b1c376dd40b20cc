/* SPDX-License-Identifier: MIT */
/*
 * Consumer processes that are killed: at every step of the protocol, at any moment,
 * and many at once. The provider has nothing of them left. SESSIO_KILLS says how many
 * are killed at any moment.
 */
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* what uv.h needs in strict C11 */
#endif

#include "test.h"

#include "doomed.h"
#include "holding.h"
#include "random.h"
#include "talk.h"

#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define KILLS 300u
#define AT_ONCE 8u
#define CROWD 50u
#define A_BATCH 100u

static struct talk *talk;

static int set_up(void **state)
{
	(void)state;
	talk = talk_start(NULL);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	talk_stop(talk);
	return 0;
}

static struct errand errand_of(void (*run)(const struct errand *errand))
{
	struct errand errand = { .run = run };

	strcpy(errand.pipe, talk_pipe(talk));
	return errand;
}

/* With all that a first consumer makes for the whole process. */
static struct holding hold_after_one(void)
{
	const struct errand errand = errand_of(doomed_scripted_consumer);

	assert_int_equal(nursery_reap(nursery_start(&errand)), 0);
	return holding_take(talk, 0, 0);
}

static void killed_at_every_step(void **state)
{
	struct errand errand = errand_of(doomed_scripted_consumer);
	const struct holding before = hold_after_one();
	int status;

	(void)state;
	do {
		errand.step++;
		status = nursery_reap(nursery_start(&errand));
		holding_check(talk, 0, 0, &before);
	} while (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	assert_int_equal(status, 0);
	print_message("%u steps\n", errand.step - 1);
	assert_in_range(errand.step, 60, 100);
}

static unsigned kills(void)
{
	const char *text = getenv("SESSIO_KILLS");

	return text == NULL ? KILLS : (unsigned)strtoul(text, NULL, 10);
}

/* A random while; now and then until some calls have been served. */
static void dawdle(struct random *random)
{
	if (random_below(random, 4) == 0) {
		talk_await_calls(talk, talk_calls(talk) + random_below(random, 8));
	}
	for (unsigned i = random_below(random, 1u << random_below(random, 10)); i != 0; i--) {
		(void)sched_yield();
	}
}

static void killed_at_any_moment(void **state)
{
	struct errand errand = errand_of(doomed_random_consumer);
	const struct holding before = hold_after_one();
	struct random random = { 1108 };
	pid_t children[AT_ONCE];
	unsigned left = kills();

	(void)state;
	assert_int_not_equal(left, 0);
	while (left != 0) {
		unsigned batch = left < A_BATCH ? left : A_BATCH;

		for (unsigned i = 0; i < AT_ONCE; i++) {
			errand.seed = random_next(&random);
			children[i] = nursery_start(&errand);
		}
		for (unsigned i = 0; i < batch; i++) {
			unsigned which = random_below(&random, AT_ONCE);

			dawdle(&random);
			nursery_kill(children[which]);
			errand.seed = random_next(&random);
			children[which] = nursery_start(&errand);
		}
		for (unsigned i = 0; i < AT_ONCE; i++) {
			nursery_kill(children[i]);
		}
		left -= batch;
		holding_check(talk, 0, 0, &before);
	}
	print_message("%u killed, with %u calls\n", kills(), talk_calls(talk));
}

static void a_crowd_is_killed_at_once(void **state)
{
	struct errand errand = errand_of(doomed_random_consumer);
	const struct holding before = hold_after_one();
	pid_t children[CROWD];

	(void)state;
	for (unsigned i = 0; i < CROWD; i++) {
		errand.seed = i;
		children[i] = nursery_start(&errand);
	}
	talk_await_connections(talk, CROWD);
	talk_await_calls(talk, talk_calls(talk) + 4 * CROWD);
	for (unsigned i = 0; i < CROWD; i++) {
		assert_int_equal(kill(children[i], SIGKILL), 0);
	}
	for (unsigned i = 0; i < CROWD; i++) {
		(void)nursery_reap(children[i]);
	}
	holding_check(talk, 0, 0, &before);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(killed_at_every_step),
		TEST(killed_at_any_moment),
		TEST(a_crowd_is_killed_at_once),
	};
#undef TEST
	int failed;

	nursery_open();
	failed = cmocka_run_group_tests_name("transport_kill", tests, NULL, NULL);
	nursery_close();
	return failed;
}
