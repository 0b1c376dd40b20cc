/* SPDX-License-Identifier: MIT */
/* Watches on a loop when memory runs out: at every allocation. */
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* what uv.h needs in strict C11 */
#endif

#include "test.h"

#include "alloc_fail.h"
#include "provider.h"

#include <uv.h>

#include <sessio/loop.h>

struct heard {
	unsigned events;
	unsigned missed;
	unsigned ends;
	unsigned releases;
};

static void on_event(const sessio_user_notice *notice, void *ctx)
{
	(void)notice;
	((struct heard *)ctx)->events++;
}

static void on_missed(void *ctx, size_t count)
{
	((struct heard *)ctx)->missed += (unsigned)count;
}

static void on_released(void *ctx)
{
	((struct heard *)ctx)->releases++;
}

static void on_end(void *ctx, const sessio_session_end *end)
{
	(void)end;
	((struct heard *)ctx)->ends++;
}

/* Each call fails whole or is done whole. Then everything watched is heard of. */
static void watching(struct alloc_fail *tester, void *ctx)
{
	struct heard heard = { 0 };
	const sessio_loop_options options = { .events = SESSIO_USER_EVENTS_ALL,
		.event = on_event,
		.missed = on_missed,
		.released = on_released,
		.ctx = &heard };
	sessio_loop_watch *watch = NULL;
	sessio_loop_watch *other = NULL;
	sessio_loop *loop = NULL;
	sessio_status status;
	sessio_host *host;
	uv_loop_t uv;
	void *session;

	(void)ctx;
	assert_int_equal(uv_loop_init(&uv), 0);
	assert_int_equal(sessio_host_create(SESSIO_RULES_DOCUMENTED, &host), SESSIO_OK);
	session = provider_open("a");
	alloc_fail_on(tester);
	status = sessio_loop_start(&uv, &loop);
	if (alloc_fail_off(tester, status != SESSIO_OK)) {
		assert_int_equal(status, SESSIO_NO_MEMORY);
		assert_null(loop);
		assert_int_equal(sessio_loop_start(&uv, &loop), SESSIO_OK);
	}
	alloc_fail_on(tester);
	status = sessio_loop_watch_host(loop, host, &options, &watch);
	if (alloc_fail_off(tester, status != SESSIO_OK)) {
		assert_int_equal(status, SESSIO_NO_MEMORY);
		assert_null(watch);
		assert_int_equal(sessio_loop_watch_host(loop, host, &options, &watch), SESSIO_OK);
	}
	alloc_fail_on(tester);
	status = sessio_loop_watch_session(loop, session, on_end, &heard, &other);
	if (alloc_fail_off(tester, status != SESSIO_OK)) {
		assert_int_equal(status, SESSIO_NO_MEMORY);
		assert_int_equal(sessio_loop_watch_session(loop, session, on_end, &heard, &other),
			SESSIO_OK);
	}
	assert_int_equal(sessio_host_post(host, 1, SESSIO_USER_EVENT_CREATED, 0, NULL), SESSIO_OK);
	assert_int_equal(KosSessionCloseObject(session), rcOk);
	(void)uv_run(&uv, UV_RUN_NOWAIT);
	assert_int_equal(heard.events, 1);
	assert_int_equal(heard.missed, 0);
	assert_int_equal(heard.ends, 1);
	sessio_loop_stop(loop, NULL, NULL);
	assert_int_equal(heard.releases, 1);
	(void)uv_run(&uv, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&uv), 0);
	assert_int_equal(sessio_host_destroy(host), SESSIO_OK);
}

static void watches_fail_whole_at_every_allocation(void **state)
{
	(void)state;
	provider.silent = true;
	alloc_fail_sweep(watching, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			watches_fail_whole_at_every_allocation, provider_start, provider_stop),
	};

	return cmocka_run_group_tests_name("loop_alloc", tests, NULL, NULL);
}
