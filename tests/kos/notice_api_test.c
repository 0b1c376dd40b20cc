/* SPDX-License-Identifier: MIT */
/* Notices: which events come, to whom, and how they are waited for. */
#include "test.h"

#include <uv.h>

#include <coresrv/handle/handle_api.h>
#include <kos/objects.h>

#include "resource/handle_space.h"
#include "resource/notice.h"
#include "sleepers.h"

static struct {
	sessio_handle_space *space;
	sessio_handle_scope scope;
	Notice notice;
	Handle handle;
	Retcode rc; /* of another thread */
	EventDesc got;
	rtl_size_t count;
} world;

static int start(void **state)
{
	(void)state;
	return sessio_handle_space_create(&world.space) != SESSIO_OK ||
		sessio_handle_space_enter(world.space, &world.scope) != SESSIO_OK ||
		KnNoticeCreate(&world.notice) != rcOk ||
		KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST, OCAP_HANDLE_ALL_GENERAL, NULL,
			&world.handle) != rcOk;
}

static int stop(void **state)
{
	(void)state;
	sessio_handle_space_leave(&world.scope);
	sessio_handle_space_destroy(world.space);
	KosPutObject(world.notice);
	return 0;
}

static void subscribe(rtl_uint32_t mask, rtl_uintptr_t id)
{
	assert_int_equal(KnNoticeSubscribeToObject(world.notice, world.handle, mask, id), rcOk);
}

static void raise_event(rtl_uint32_t mask)
{
	assert_int_equal(KnNoticeSetObjectEvent(world.handle, mask), rcOk);
}

/* Clauses: N-22, N-27 */
static void programs_raise_special_events_only(void **state)
{
	EventDesc events[4];
	rtl_size_t count;

	(void)state;
	subscribe(UINT32_MAX, 1);
	for (unsigned bit = 0; bit < 16; bit++) {
		assert_int_equal(
			KnNoticeSetObjectEvent(world.handle, (1u << bit) | OBJECT_EVENT_USER(0)),
			rcInvalidArgument);
	}
	assert_int_equal(KnNoticeGetEvent(world.notice, 0, 4, events, &count), rcTimeout);
	for (unsigned i = 0; i < 8; i++) {
		assert_int_equal((OBJECT_EVENT_SPEC(i) | OBJECT_EVENT_USER(i)) & 0xffffu, 0);
		raise_event(OBJECT_EVENT_SPEC(i));
		raise_event(OBJECT_EVENT_USER(i));
	}
	assert_int_equal(KnNoticeGetEvent(world.notice, 0, 4, events, &count), rcOk);
	assert_int_equal(count, 1);
	assert_int_equal(events[0].eventMask, 0xffff0000u);
}

static void only_what_is_asked_for_comes(void **state)
{
	EventDesc events[4];
	rtl_size_t count;

	(void)state;
	subscribe(OBJECT_EVENT_USER(1), 1);
	subscribe(OBJECT_EVENT_USER(2), 2);
	raise_event(OBJECT_EVENT_USER(2) | OBJECT_EVENT_USER(3));
	raise_event(OBJECT_EVENT_USER(1));
	raise_event(OBJECT_EVENT_USER(2));
	assert_int_equal(KnNoticeGetEvent(world.notice, 0, 4, events, &count), rcOk);
	assert_int_equal(count, 2);
	assert_int_equal(events[0].eventId, 2);
	assert_int_equal(events[0].eventMask, OBJECT_EVENT_USER(2));
	assert_int_equal(events[1].eventId, 1);
	/* The same entry takes the new mask. */
	subscribe(OBJECT_EVENT_USER(5), 2);
	raise_event(OBJECT_EVENT_USER(2));
	assert_int_equal(KnNoticeGetEvent(world.notice, 0, 4, events, &count), rcTimeout);
}

/* Clauses: N-25 */
static void at_most_so_many_are_fetched(void **state)
{
	EventDesc events[40];
	rtl_size_t count = 77;

	(void)state;
	for (rtl_uintptr_t id = 0; id < 40; id++) {
		subscribe(OBJECT_EVENT_USER(0), id);
	}
	assert_int_equal(
		KnNoticeGetEvent(world.notice, 1, rtl_countof(events), events, &count), rcTimeout);
	assert_int_equal(count, 77);
	raise_event(OBJECT_EVENT_USER(0));
	assert_int_equal(KnNoticeGetEvent(world.notice, INFINITE_TIMEOUT, 3, events, &count), rcOk);
	assert_int_equal(count, 3);
	assert_int_equal(
		KnNoticeGetEvent(world.notice, INFINITE_TIMEOUT, 40, events, &count), rcOk);
	assert_int_equal(count, 37);
	for (rtl_uintptr_t i = 0; i < 37; i++) {
		assert_int_equal(events[i].eventId, i + 3);
	}
}

static void fetch_in_thread(void *arg)
{
	(void)arg;
	world.rc = KnNoticeGetEvent(world.notice, INFINITE_TIMEOUT, 1, &world.got, &world.count);
}

/* Clauses: N-23, N-25 */
static void a_thread_that_waits_is_woken(void **state)
{
	struct sleeper fetching;

	(void)state;
	subscribe(EVENT_OBJECT_DESTROYED, 9);
	sleeper_start(&fetching, fetch_in_thread, NULL);
	assert_int_equal(KnHandleClose(world.handle), rcOk);
	sleeper_join(&fetching);
	assert_int_equal(world.rc, rcOk);
	assert_int_equal(world.count, 1);
	assert_int_equal(world.got.eventId, 9);
	assert_int_equal(world.got.eventMask, EVENT_OBJECT_DESTROYED);
}

/* Clauses: N-23 */
static void a_thread_that_waits_is_woken_by_a_programs_event(void **state)
{
	struct sleeper fetching;

	(void)state;
	subscribe(OBJECT_EVENT_USER(4), 8);
	sleeper_start(&fetching, fetch_in_thread, NULL);
	raise_event(OBJECT_EVENT_USER(4));
	sleeper_join(&fetching);
	assert_int_equal(world.rc, rcOk);
	assert_int_equal(world.got.eventId, 8);
}

/* Clauses: N-25 */
static void a_wait_takes_its_time(void **state)
{
	const uint64_t ms = 20;
	uint64_t began = uv_hrtime();
	EventDesc event;
	rtl_size_t count;

	(void)state;
	assert_int_equal(KnNoticeGetEvent(world.notice, ms, 1, &event, &count), rcTimeout);
	assert_true(uv_hrtime() - began >= ms * 1000000u);
}

/* Clauses: N-26 */
static void a_notice_is_an_object_that_ends_its_subscriptions(void **state)
{
	Notice other;

	(void)state;
	assert_int_equal(KnNoticeCreate(&other), rcOk);
	assert_int_equal(sessio_object_references(other), 1);
	assert_int_equal(KnNoticeSubscribeToObject(other, world.handle, UINT32_MAX, 1), rcOk);
	raise_event(OBJECT_EVENT_USER(0));
	KosPutObject(other);
	/* Nobody is left to receive it. */
	raise_event(OBJECT_EVENT_USER(0));
	assert_int_equal(KnHandleClose(world.handle), rcOk);
}

static void two_notices_may_use_one_id(void **state)
{
	EventDesc event = { 0, 0 };
	rtl_size_t count = 0;
	Notice other;

	(void)state;
	assert_int_equal(KnNoticeCreate(&other), rcOk);
	subscribe(OBJECT_EVENT_USER(1), 5);
	assert_int_equal(
		KnNoticeSubscribeToObject(other, world.handle, OBJECT_EVENT_USER(2), 5), rcOk);
	raise_event(OBJECT_EVENT_USER(1) | OBJECT_EVENT_USER(2));
	assert_int_equal(KnNoticeGetEvent(world.notice, 0, 1, &event, &count), rcOk);
	assert_int_equal(event.eventMask, OBJECT_EVENT_USER(1));
	assert_int_equal(KnNoticeGetEvent(other, 0, 1, &event, &count), rcOk);
	assert_int_equal(event.eventMask, OBJECT_EVENT_USER(2));
	assert_int_equal(event.eventId, 5);
	KosPutObject(other);
}

/* A thread that has looked the handle up subscribes when another has revoked it. */
static void nobody_subscribes_to_what_has_gone_meanwhile(void **state)
{
	struct si_notice *notice = si_notice_of(world.notice);
	struct si_handle_pin pin;
	EventDesc event;
	rtl_size_t count;

	(void)state;
	assert_int_equal(si_handle_look_up(world.space, world.handle, 0, &pin), SESSIO_OK);
	assert_int_equal(KnHandleRevoke(world.handle), rcOk);
	assert_int_equal(
		si_notice_subscribe(notice, pin.node->object, UINT32_MAX, 1), SESSIO_REVOKED);
	si_notice_raise(pin.node->object, OBJECT_EVENT_USER(0));
	si_handle_unpin(world.space, &pin);
	assert_int_equal(KnNoticeGetEvent(world.notice, 0, 1, &event, &count), rcTimeout);
	assert_true(si_list_is_empty(&notice->subscriptions));
}

/* Clauses: N-22 */
static void subscribing_and_raising_need_their_rights(void **state)
{
	Handle blind;

	(void)state;
	assert_int_equal(
		KnHandleCopy(world.handle, OCAP_HANDLE_GET_SID, INVALID_HANDLE, &blind), rcOk);
	assert_int_equal(
		KnNoticeSubscribeToObject(world.notice, blind, UINT32_MAX, 1), rcNoCapability);
	assert_int_equal(KnNoticeSetObjectEvent(blind, OBJECT_EVENT_USER(0)), rcNoCapability);
}

static void null_and_what_is_none_are_refused(void **state)
{
	EventDesc event;
	rtl_size_t count;

	(void)state;
	assert_int_equal(KnNoticeCreate(NULL), rcInvalidArgument);
	assert_int_equal(
		KnNoticeSubscribeToObject(NULL, world.handle, UINT32_MAX, 1), rcInvalidArgument);
	assert_int_equal(KnNoticeSubscribeToObject(world.notice, INVALID_HANDLE, UINT32_MAX, 1),
		rcInvalidArgument);
	assert_int_equal(
		KnNoticeSubscribeToObject(world.notice, world.handle, 0, 1), rcInvalidArgument);
	assert_int_equal(KnNoticeSetObjectEvent(world.handle, 0), rcInvalidArgument);
	assert_int_equal(
		KnNoticeSetObjectEvent(INVALID_HANDLE, OBJECT_EVENT_USER(0)), rcInvalidArgument);
	assert_int_equal(KnNoticeGetEvent(NULL, 0, 1, &event, &count), rcInvalidArgument);
	assert_int_equal(KnNoticeGetEvent(world.notice, 0, 0, &event, &count), rcInvalidArgument);
	assert_int_equal(KnNoticeGetEvent(world.notice, 0, 1, NULL, &count), rcInvalidArgument);
	assert_int_equal(KnNoticeGetEvent(world.notice, 0, 1, &event, NULL), rcInvalidArgument);
}

#define SUITE(test) cmocka_unit_test_setup_teardown(test, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SUITE(programs_raise_special_events_only),
		SUITE(only_what_is_asked_for_comes),
		SUITE(at_most_so_many_are_fetched),
		SUITE(a_thread_that_waits_is_woken),
		SUITE(a_thread_that_waits_is_woken_by_a_programs_event),
		SUITE(a_wait_takes_its_time),
		SUITE(a_notice_is_an_object_that_ends_its_subscriptions),
		SUITE(two_notices_may_use_one_id),
		SUITE(nobody_subscribes_to_what_has_gone_meanwhile),
		SUITE(subscribing_and_raising_need_their_rights),
		SUITE(null_and_what_is_none_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
