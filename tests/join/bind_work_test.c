/* SPDX-License-Identifier: MIT */
/*
 * The work of a logoff, counted: how often the library locks, allocates and
 * frees for each bound session. A hundred times as many must not cost more each.
 */
#include "test.h"

#include <sessio/bind.h>

#include "host_log.h"
#include "leaks.h"
#include "platform/hooks.h"
#include "provider.h"

#define ANNA 7u

/* A hundred thousand at most: a destruction is counted with fewer, to be quick. */
#define LOGOFFS 1000u
#define DESTRUCTIONS 100u
#define TIMES 100u

struct work {
	size_t locks;
	size_t allocations;
	size_t frees;
};

static struct work work;

static void count_lock(const void *mutex)
{
	(void)mutex;
	work.locks++;
}

static void count_allocation(void *memory, size_t size)
{
	(void)memory;
	(void)size;
	work.allocations++;
}

static void count_free(void *memory)
{
	(void)memory;
	work.frees++;
}

static const struct si_hooks hooks = {
	.before_lock = count_lock,
	.allocated = count_allocation,
	.freeing = count_free,
};

typedef void ending_fn(sessio_host *host, sessio_bind *bind);

static void log_off(sessio_host *host, sessio_bind *bind)
{
	(void)bind;
	post(host, ANNA, EVENT(LOGOFF));
}

static void destroy(sessio_host *host, sessio_bind *bind)
{
	(void)host;
	sessio_bind_destroy(bind);
}

/* The work of ending a bind with so many sessions. */
static struct work work_of(ending_fn *ending, size_t sessions)
{
	const sessio_bind_policy closing = { .on_logoff = SESSIO_BIND_CLOSE };
	sessio_host *host = new_host();
	sessio_user_session *user = NULL;
	sessio_bind *bind = NULL;
	sessio_bind_scope scope;
	struct work done;

	assert_int_equal(provider_start(NULL), 0);
	provider.silent = true;
	post(host, ANNA, EVENT(CREATED));
	post(host, ANNA, EVENT(CONNECTED));
	post(host, ANNA, EVENT(LOGON));
	assert_int_equal(sessio_host_find_session(host, ANNA, &user), SESSIO_OK);
	assert_int_equal(sessio_bind_create(user, &closing, &bind), SESSIO_OK);
	assert_int_equal(sessio_bind_enter(bind, &scope), SESSIO_OK);
	for (size_t i = 0; i < sessions; i++) {
		(void)provider_open(NULL);
	}
	assert_int_equal(sessio_bind_count(bind), sessions);
	work = (struct work){ 0 };
	ending(host, bind);
	done = work;
	if (ending == log_off) {
		assert_int_equal(sessio_bind_count(bind), 0);
		sessio_bind_destroy(bind);
	}
	sessio_bind_leave(&scope);
	assert_int_equal(provider_stop(NULL), 0);
	sessio_user_session_unref(user);
	assert_int_equal(sessio_host_destroy(host), SESSIO_OK);
	return done;
}

static void expect_linear(ending_fn *ending, size_t count, size_t locks_each, size_t frees_each)
{
	struct work few = work_of(ending, count);
	struct work many = work_of(ending, count * TIMES);

	assert_true(few.locks >= count);
	/* The few that are not for a session count a hundred times on the right. */
	assert_in_range(many.locks, 1, few.locks * TIMES);
	assert_in_range(many.locks, 1, locks_each * count * TIMES);
	assert_in_range(many.frees, frees_each * count * TIMES, few.frees * TIMES);
	assert_int_equal(many.allocations, few.allocations);
}

static void a_logoff_takes_time_linear_in_what_is_bound(void **state)
{
	(void)state;
	expect_linear(log_off, LOGOFFS, 6, 1);
}

static void destroying_a_bind_takes_time_linear_in_what_is_bound(void **state)
{
	(void)state;
	expect_linear(destroy, DESTRUCTIONS, 4, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_logoff_takes_time_linear_in_what_is_bound),
		cmocka_unit_test(destroying_a_bind_takes_time_linear_in_what_is_bound),
	};

	leaks_hook(&hooks);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
