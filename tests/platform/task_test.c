/* SPDX-License-Identifier: MIT */
/* The looks of a task of Linux: whether it sleeps, and how long it has run. */
#include "test.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "platform/copy.h"
#include "platform/task.h"

static void a_program_that_runs_uses_the_processor(void **state)
{
	struct si_task_looks before, after;

	(void)state;
	assert_true(si_task_look(getpid(), 0, &before));
	assert_int_equal(before.state, 'R');
	do {
		assert_true(si_task_look(getpid(), getpid(), &after));
	} while (after.cpu_ms < before.cpu_ms + 20);
	assert_true(after.cpu_ms * (CLOCKS_PER_SEC / 1000) <=
		(uint64_t)clock() + 20 * (CLOCKS_PER_SEC / 1000));
}

static uint64_t ms_of(struct timeval time)
{
	return (uint64_t)time.tv_sec * 1000 + (uint64_t)time.tv_usec / 1000;
}

static void the_kernels_time_for_a_program_counts_as_well(void **state)
{
	const clock_t enough = clock() + 10 * CLOCKS_PER_SEC;
	volatile unsigned rounds = 0;
	struct rusage used;
	struct si_task_looks looks;

	(void)state;
	do {
		for (unsigned i = 0; i < 100000; i++) {
			rounds = rounds + 1;
		}
		for (unsigned i = 0; i < 100; i++) {
			assert_true(si_task_look(getpid(), 0, &looks));
		}
		assert_int_equal(getrusage(RUSAGE_SELF, &used), 0);
	} while ((ms_of(used.ru_utime) < 80 || ms_of(used.ru_stime) < 80) && clock() < enough);
	assert_true(si_task_look(getpid(), 0, &looks));
	/* Both are cut to the kernel's ticks. */
	assert_true(looks.cpu_ms + 30 >= ms_of(used.ru_utime) + ms_of(used.ru_stime));
}

static void the_name_of_a_task_may_have_any_characters(void **state)
{
	struct si_task_looks looks;
	char name[16];

	(void)state;
	assert_int_equal(prctl(PR_GET_NAME, name), 0);
	assert_int_equal(prctl(PR_SET_NAME, "a) Z 1 (b"), 0);
	assert_true(si_task_look(getpid(), getpid(), &looks));
	assert_int_equal(looks.state, 'R');
	assert_int_equal(prctl(PR_SET_NAME, name), 0);
}

static void one_that_waits_sleeps(void **state)
{
	struct si_task_looks looks;
	pid_t child = fork();

	(void)state;
	if (child == 0) {
		pause();
		_exit(1);
	}
	do {
		assert_true(si_task_look(child, 0, &looks));
	} while (looks.state != 'S');
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_false(si_task_look(child, 0, &looks));
	assert_false(si_task_look(getpid(), child, &looks));
}

struct work {
	_Atomic uint32_t *progress;
	bool sleeps;
};

static void get_stuck(void *arg)
{
	const struct work *work = arg;

	atomic_fetch_add(work->progress, 1);
	if (work->sleeps) {
		pause();
	}
	for (;;) {
		atomic_signal_fence(memory_order_seq_cst);
	}
}

static void a_copy_that_sleeps_or_spins_hangs(void **state)
{
	struct work work = { .progress = si_copy_share(sizeof(*work.progress)) };
	int code;

	(void)state;
	assert_non_null(work.progress);
	assert_int_equal(si_copy_run(get_stuck, &work, work.progress, 30, &code), SI_COPY_HUNG);
	work.sleeps = true;
	assert_int_equal(si_copy_run(get_stuck, &work, work.progress, 30, &code), SI_COPY_HUNG);
	assert_int_equal(atomic_load(work.progress), 2);
	si_copy_unshare(work.progress, sizeof(*work.progress));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_program_that_runs_uses_the_processor),
		cmocka_unit_test(the_kernels_time_for_a_program_counts_as_well),
		cmocka_unit_test(the_name_of_a_task_may_have_any_characters),
		cmocka_unit_test(one_that_waits_sleeps),
		cmocka_unit_test(a_copy_that_sleeps_or_spins_hangs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
