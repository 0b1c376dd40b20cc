/* SPDX-License-Identifier: MIT */
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* MAP_ANONYMOUS in strict C11 */
#endif

#include "platform/copy.h"
#include "platform/task.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/prctl.h>
#endif

#define RETURNED 86 /* an exit code that programs rarely use */

bool si_copy_possible(void)
{
	return true;
}

void *si_copy_share(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return memory != MAP_FAILED ? memory : NULL;
}

void si_copy_unshare(void *memory, size_t size)
{
	if (memory != NULL) {
		(void)munmap(memory, size);
	}
}

static const int signals[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSYS, SIGTRAP };
#define SIGNALS (sizeof(signals) / sizeof(signals[0]))

/* A test framework's handlers would go on with its tests, in the copy. */
static void forget_handlers(void)
{
	struct rlimit no_core = { 0, 0 };

	for (size_t i = 0; i < SIGNALS; i++) {
		(void)signal(signals[i], SIG_DFL);
	}
	(void)setrlimit(RLIMIT_CORE, &no_core);
}

static void (*before_crash)(const void *address);
static unsigned char crash_stack[64 * 1024]; /* the thread's own may be full */

/* The handlers are gone by now (SA_RESETHAND), so that the signal ends the copy. */
static void on_crash(int number, siginfo_t *info, void *context)
{
	(void)context;
	before_crash(number == SIGSEGV || number == SIGBUS ? info->si_addr : NULL);
	(void)raise(number);
}

void si_copy_before_crash(void (*fn)(const void *address))
{
	const stack_t stack = { .ss_sp = crash_stack, .ss_size = sizeof(crash_stack) };
	struct sigaction action = { .sa_sigaction = on_crash,
		.sa_flags = (int)(SA_RESETHAND | SA_ONSTACK | SA_NODEFER | SA_SIGINFO) };

	before_crash = fn;
	(void)sigaltstack(&stack, NULL);
	for (size_t i = 0; i < SIGNALS; i++) {
		(void)sigaction(signals[i], &action, NULL);
	}
}

static _Noreturn void be_copy(
	void (*run)(void *arg), void *arg, const int pipe_ends[2], pid_t owner)
{
	(void)close(pipe_ends[0]);
	forget_handlers();
#if defined(__linux__)
	/* Nobody else would end a copy that hangs. */
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != owner) {
		_exit(1);
	}
#else
	(void)owner;
#endif
	run(arg);
	(void)fflush(NULL);
	_exit(RETURNED);
}

/* How long the copy has been without progress. */
struct rest {
	pid_t copy;
	const _Atomic uint32_t *progress;
	uint32_t before;
	uint64_t cpu_ms; /* that it had used when its progress was seen last */
};

/*
 * On a busy machine a copy may wait for a processor longer than the limit. One that sleeps,
 * or has used a processor for so long, hangs.
 */
static bool hangs(struct rest *rest, uint32_t limit_ms)
{
	uint32_t now = atomic_load(rest->progress);
	struct si_task_looks looks;
	bool seen = si_task_look(rest->copy, 0, &looks);

	if (now != rest->before) {
		rest->before = now;
		rest->cpu_ms = seen ? looks.cpu_ms : 0;
		return false;
	}
	return !seen || (looks.state != 'R' && looks.state != 'D') ||
		looks.cpu_ms - rest->cpu_ms >= limit_ms;
}

/* False if it hangs. The pipe ends with the last who has it. */
static bool wait_for_end(pid_t copy, int end, const _Atomic uint32_t *progress, uint32_t limit_ms)
{
	struct rest rest = { .copy = copy, .progress = progress, .before = atomic_load(progress) };
	struct pollfd what = { .fd = end, .events = POLLIN };
	int limit = limit_ms < INT32_MAX ? (int)limit_ms : -1;

	for (;;) {
		int ready = poll(&what, 1, limit);

		if (ready > 0) {
			return true;
		}
		if (ready == 0 && hangs(&rest, limit_ms)) {
			return false;
		}
	}
}

static enum si_copy_end reap(pid_t copy, bool hung, int *out_code)
{
	int status = 0;

	while (waitpid(copy, &status, 0) < 0) {
		if (errno != EINTR) {
			return SI_COPY_NONE; /* the program itself reaps all its children */
		}
	}
	if (hung) {
		return SI_COPY_HUNG;
	}
	if (WIFSIGNALED(status)) {
		*out_code = WTERMSIG(status);
		return SI_COPY_CRASHED;
	}
	*out_code = WEXITSTATUS(status);
	return *out_code == RETURNED ? SI_COPY_RETURNED : SI_COPY_EXITED;
}

enum si_copy_end si_copy_run(void (*run)(void *arg), void *arg, const _Atomic uint32_t *progress,
	uint32_t limit_ms, int *out_code)
{
	pid_t copy, owner = getpid();
	int pipe_ends[2];
	bool hung;

	if (pipe(pipe_ends) != 0) {
		return SI_COPY_NONE;
	}
	/* Else both would write the output that is buffered now. */
	(void)fflush(NULL);
	copy = fork();
	if (copy == 0) {
		be_copy(run, arg, pipe_ends, owner);
	}
	(void)close(pipe_ends[1]);
	if (copy < 0) {
		(void)close(pipe_ends[0]);
		return SI_COPY_NONE;
	}
	hung = !wait_for_end(copy, pipe_ends[0], progress, limit_ms);
	(void)close(pipe_ends[0]);
	if (hung) {
		(void)kill(copy, SIGKILL);
	}
	return reap(copy, hung, out_code);
}
