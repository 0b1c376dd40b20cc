/* SPDX-License-Identifier: MIT */
/*
 * The keeper: it forks a child for each schedule, and looks after it.
 *
 * A child that comes to no point is looked at in /proc. If all of its threads sleep
 * for half a second, the active one waits where the explorer cannot see it. If it
 * uses the processor for seconds, it has a loop without a point.
 */
#if !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* memfd_create() */
#endif

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "platform/task.h"
#include "testing/testing_threads.h"

#define SLICE_NS 100000u
#define LOOK_MS 50
#define SLEEPING_LOOKS 10u
#define BUSY_MS 3000u

/* The keeper's own; it allocates no memory, so that all children begin alike. */
struct watch {
	struct si_threads_shared *shared;
	pid_t pid;
	uint64_t progress;
	unsigned sleeping; /* looks in a row */
	uint64_t cpu_ms; /* when the last point was met */
};

static bool all_sleep(const struct si_threads_shared *shared, pid_t pid)
{
	unsigned threads = 0;

	for (unsigned i = 0; i < SESSIO_THREADS_MAX; i++) {
		pid_t task = atomic_load(&shared->tasks[i]);
		struct si_task_looks looks;

		if (task == 0) {
			continue;
		}
		if (!si_task_look(pid, task, &looks) || looks.state != 'S') {
			return false;
		}
		threads++;
	}
	return threads != 0;
}

static void say(struct watch *watch, sessio_threads_finding finding, const char *what)
{
	struct si_threads_shared *shared = watch->shared;
	unsigned active = atomic_load(&shared->active);

	shared->finding = finding;
	(void)snprintf(
		shared->text, sizeof(shared->text), "%s %s", shared->last[active].name, what);
	(void)kill(watch->pid, SIGKILL);
}

/* True after a finding. */
static bool look(struct watch *watch)
{
	uint64_t progress = atomic_load(&watch->shared->progress);
	struct si_task_looks looks;

	if (!si_task_look(watch->pid, 0, &looks)) {
		return false;
	}
	if (progress != watch->progress) {
		watch->progress = progress;
		watch->cpu_ms = looks.cpu_ms;
		watch->sleeping = 0;
		return false;
	}
	watch->sleeping = all_sleep(watch->shared, watch->pid) ? watch->sleeping + 1 : 0;
	if (watch->sleeping >= SLEEPING_LOOKS) {
		say(watch, SESSIO_THREADS_UNSEEN_WAIT, "waits where the explorer cannot see it");
		return true;
	}
	if (looks.cpu_ms - watch->cpu_ms >= BUSY_MS) {
		say(watch, SESSIO_THREADS_NO_POINT, "runs on and comes to no scheduling point");
		return true;
	}
	return false;
}

static void judge(struct si_threads_shared *shared, int status)
{
	bool is_reported = strstr(shared->output, "Sanitizer:") != NULL;

	if (shared->finding != SESSIO_THREADS_NOTHING || (shared->ended && !is_reported)) {
		return;
	}
	if (WIFSIGNALED(status)) {
		shared->finding = SESSIO_THREADS_CRASHED;
		(void)snprintf(shared->text, sizeof(shared->text), "signal %d (%s) in %s",
			WTERMSIG(status), strsignal(WTERMSIG(status)),
			shared->last[atomic_load(&shared->active)].name);
	} else if (is_reported) {
		shared->finding = SESSIO_THREADS_CRASHED;
		(void)snprintf(shared->text, sizeof(shared->text),
			"the report of a sanitizer, in %s",
			shared->last[atomic_load(&shared->active)].name);
	} else {
		shared->finding = SESSIO_THREADS_LEFT;
		(void)snprintf(shared->text, sizeof(shared->text),
			"the body was left, or the process ended with code %d",
			WEXITSTATUS(status));
	}
}

static void keep_output(struct si_threads_shared *shared, int output)
{
	off_t size = lseek(output, 0, SEEK_END);
	off_t room = (off_t)sizeof(shared->output) - 1;
	ssize_t length;

	length = pread(output, shared->output, (size_t)room, size > room ? size - room : 0);
	shared->output[length > 0 ? length : 0] = '\0';
}

_Noreturn static void be_child(const sessio_threads_options *options,
	struct si_threads_shared *shared, int output, pid_t keeper)
{
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != keeper || dup2(output, STDOUT_FILENO) < 0 ||
		dup2(output, STDERR_FILENO) < 0) {
		_exit(1);
	}
	si_threads_run(options, shared);
}

/* False: no process is to be had. */
static bool run_child(
	const sessio_threads_options *options, struct si_threads_shared *shared, int output)
{
	struct watch watch = { .shared = shared };
	struct pollfd alive = { .events = POLLIN };
	pid_t keeper = getpid();
	int ends[2];
	int status = 0;

	if (ftruncate(output, 0) != 0 || lseek(output, 0, SEEK_SET) != 0 ||
		pipe2(ends, O_CLOEXEC) != 0) {
		return false;
	}
	watch.pid = fork();
	if (watch.pid == 0) {
		be_child(options, shared, output, keeper);
	}
	(void)close(ends[1]); /* so it is the child's, and closed by its end */
	alive.fd = ends[0];
	while (watch.pid > 0 && poll(&alive, 1, LOOK_MS) <= 0) {
		if (look(&watch)) {
			break;
		}
	}
	(void)close(ends[0]);
	if (watch.pid < 0 || waitpid(watch.pid, &status, 0) != watch.pid) {
		return false;
	}
	keep_output(shared, output);
	judge(shared, status);
	return true;
}

/*
 * A schedule is a chain of threads that each run for microseconds. On a busy machine each
 * would wait for the end of another program's slice. Newer kernels let those that want
 * short slices go first. Elsewhere this does nothing.
 */
static void want_short_slices(void)
{
	struct {
		uint32_t size, policy;
		uint64_t flags;
		int32_t nice;
		uint32_t priority;
		uint64_t runtime, deadline, period;
	} wish = { .size = sizeof(wish), .runtime = SLICE_NS };

	errno = 0;
	wish.nice = getpriority(PRIO_PROCESS, 0);
	(void)syscall(SYS_sched_setattr, 0, &wish, 0);
}

_Noreturn static void keep(
	const sessio_threads_options *options, struct si_threads_shared *shared, int in, int out)
{
	int output = memfd_create("sessio_threads", MFD_CLOEXEC);
	char command;

	want_short_slices();
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (output >= 0 && read(in, &command, 1) == 1) {
		char answer = run_child(options, shared, output) ? 'y' : 'n';

		if (write(out, &answer, 1) != 1) {
			break;
		}
	}
	_exit(0);
}

static void close_pair(const int ends[2])
{
	(void)close(ends[0]);
	(void)close(ends[1]);
}

bool si_threads_keeper_start(
	struct si_threads_keeper *keeper, const sessio_threads_options *options)
{
	int commands[2], answers[2];

	keeper->shared = mmap(NULL, sizeof(*keeper->shared), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (keeper->shared == MAP_FAILED) {
		return false;
	}
	if (pipe2(commands, O_CLOEXEC) != 0) {
		goto no_commands;
	}
	if (pipe2(answers, O_CLOEXEC) != 0) {
		goto no_answers;
	}
	(void)fflush(NULL); /* or a child might print it, too */
	keeper->pid = fork();
	if (keeper->pid == 0) {
		(void)close(commands[1]);
		(void)close(answers[0]);
		keep(options, keeper->shared, commands[0], answers[1]);
	}
	if (keeper->pid < 0) {
		goto no_keeper;
	}
	(void)close(commands[0]);
	(void)close(answers[1]);
	keeper->commands = commands[1];
	keeper->answers = answers[0];
	return true;

no_keeper:
	close_pair(answers);
no_answers:
	close_pair(commands);
no_commands:
	(void)munmap(keeper->shared, sizeof(*keeper->shared));
	return false;
}

void si_threads_keeper_stop(struct si_threads_keeper *keeper)
{
	(void)close(keeper->commands); /* which ends it */
	(void)close(keeper->answers);
	while (waitpid(keeper->pid, NULL, 0) < 0 && errno == EINTR) {
	}
	(void)munmap(keeper->shared, sizeof(*keeper->shared));
}

static void forget_last_run(struct si_threads_shared *shared)
{
	atomic_store(&shared->progress, 0);
	atomic_store(&shared->active, 0);
	shared->ended = false;
	shared->equal = false;
	shared->misfit = -1;
	shared->finding = SESSIO_THREADS_NOTHING;
	shared->text[0] = '\0';
	shared->file = NULL;
	shared->line = 0;
	shared->thread_count = 0;
	shared->preemptions = 0;
	shared->faults = 0;
	shared->faults_cut = 0;
	shared->operations = 0;
	shared->step_count = 0;
	shared->decision_count = 0;
	for (unsigned i = 0; i < SESSIO_THREADS_MAX; i++) {
		atomic_store(&shared->tasks[i], 0);
	}
	memset(shared->last, 0, sizeof(shared->last));
}

bool si_threads_keeper_run(struct si_threads_keeper *keeper)
{
	char command = 'r', answer = 'n';
	ssize_t got;

	forget_last_run(keeper->shared);
	if (write(keeper->commands, &command, 1) != 1) {
		return false;
	}
	do {
		got = read(keeper->answers, &answer, 1);
	} while (got < 0 && errno == EINTR);
	return got == 1 && answer == 'y';
}
