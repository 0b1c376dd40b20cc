/* SPDX-License-Identifier: MIT */
/* Binds, one thread at a time: an event ends the bound sessions, and nothing else. */
#include "test.h"

#include <string.h>

#include <sessio/bind.h>
#include <sessio/inspect.h>
#include <sessio/wait.h>

#include "host_log.h"
#include "inside.h"
#include "provider.h"
#include "user/host.h"

#define ANNA 7u
#define BEN 8u

static struct {
	sessio_host *host;
	sessio_user_session *anna;
	sessio_user_session *ben;
	sessio_bind *bind; /* for hooks */
	sessio_bind_fn *act; /* in the next call of called() */
	void *other; /* for act */
	unsigned calls;
	sessio_user_event event; /* of the last call */
	Retcode rc; /* what a hook got */
	sessio_status status; /* and what it got from sessio */
	sessio_end_reason reason;
} world;

static const sessio_bind_policy closing = { .on_logoff = SESSIO_BIND_CLOSE };

static sessio_user_session *log_on(uint32_t id)
{
	sessio_user_session *user = NULL;

	post(world.host, id, EVENT(CREATED));
	post(world.host, id, EVENT(CONNECTED));
	post(world.host, id, EVENT(LOGON));
	assert_int_equal(sessio_host_find_session(world.host, id, &user), SESSIO_OK);
	return user;
}

static int start(void **state)
{
	memset(&world, 0, sizeof(world));
	world.host = new_host();
	world.anna = log_on(ANNA);
	world.ben = log_on(BEN);
	return provider_start(state);
}

static int stop(void **state)
{
	int failed = provider_stop(state);

	if (world.host != NULL) {
		failed += sessio_host_destroy(world.host) != SESSIO_OK;
	}
	sessio_user_session_unref(world.anna);
	sessio_user_session_unref(world.ben);
	return failed;
}

static sessio_bind *new_bind(sessio_user_session *user, const sessio_bind_policy *policy)
{
	sessio_bind *bind = NULL;

	assert_int_equal(sessio_bind_create(user, policy, &bind), SESSIO_OK);
	assert_ptr_equal(sessio_bind_user(bind), user);
	return bind;
}

static void *open_bound(sessio_bind *bind, const char *name)
{
	void *context = provider_open(name);

	assert_int_equal(sessio_bind_add(bind, context), SESSIO_OK);
	return context;
}

static bool is_open(void *context)
{
	return KosSessionRef(context, NULL, NULL) == rcOk && (KosSessionPut(context), true);
}

static void called(void *ctx, sessio_bind *bind, void *context, const sessio_user_notice *notice)
{
	sessio_bind_fn *act = world.act;

	note_that(ctx == &world);
	note_that(is_open(context));
	world.calls++;
	world.event = notice->event;
	world.act = NULL;
	if (act != NULL) {
		act(ctx, bind, context, notice);
	}
}

static const sessio_bind_policy calling = { .on_disconnect = SESSIO_BIND_CALL,
	.on_logoff = SESSIO_BIND_CALL,
	.on_termination = SESSIO_BIND_CALL,
	.fn = called,
	.ctx = &world };

static void a_logoff_ends_what_is_bound_and_nothing_else(void **state)
{
	sessio_bind *of_anna = new_bind(world.anna, &closing);
	sessio_bind *of_ben = new_bind(world.ben, &closing);
	void *others;
	void *nobodys = provider_open("nobody's");

	(void)state;
	(void)open_bound(of_anna, "a");
	others = open_bound(of_ben, "ben's");
	(void)open_bound(of_anna, "b");
	assert_int_equal(sessio_bind_count(of_anna), 2);
	provider_forget();
	post(world.host, ANNA, EVENT(LOGOFF));
	provider_expect("close a, complete a, destruct a, close b, complete b, destruct b");
	assert_int_equal(sessio_bind_count(of_anna), 0);
	assert_int_equal(sessio_bind_count(of_ben), 1);
	assert_true(is_open(others));
	assert_true(is_open(nobodys));
	sessio_bind_destroy(of_anna);
	sessio_bind_destroy(of_ben);
	provider_expect("");
}

static void ask_why(void *object, void *context)
{
	(void)object;
	world.reason = sessio_session_end_reason(context);
}

static void a_close_callback_learns_that_its_user_has_left(void **state)
{
	sessio_bind *bind = new_bind(world.anna, &closing);

	(void)state;
	(void)open_bound(bind, "a");
	provider.in[CLOSE] = ask_why;
	post(world.host, ANNA, EVENT(LOGOFF));
	assert_int_equal(world.reason, SESSIO_END_USER_LEFT);
	sessio_bind_destroy(bind);
}

static void running_operations_finish_before_the_end(void **state)
{
	sessio_bind *bind = new_bind(world.anna, &closing);
	void *context = open_bound(bind, "a");

	(void)state;
	assert_int_equal(KosSessionRef(context, NULL, NULL), rcOk);
	provider_forget();
	post(world.host, ANNA, EVENT(LOGOFF));
	provider_expect("close a");
	assert_int_equal(KosSessionRef(context, NULL, NULL), rcInvalidOperation);
	assert_int_equal(KosSessionCloseObject(context), rcInvalidOperation);
	assert_int_equal(sessio_bind_count(bind), 1);
	KosSessionPut(context);
	provider_expect("complete a, destruct a");
	assert_int_equal(sessio_bind_count(bind), 0);
	sessio_bind_destroy(bind);
}

static const sessio_user_event events[] = { EVENT(DISCONNECTED), EVENT(LOGOFF), EVENT(TERMINATED) };

static sessio_bind_action *action_for(sessio_bind_policy *policy, unsigned event)
{
	sessio_bind_action *const actions[] = { &policy->on_disconnect, &policy->on_logoff,
		&policy->on_termination };

	return actions[event];
}

/* One event with one action; the two other events would do something else. */
static void expect_effect(unsigned event, sessio_bind_action action)
{
	sessio_bind_policy policy = { .fn = called, .ctx = &world };
	sessio_bind_action others =
		action == SESSIO_BIND_CLOSE ? SESSIO_BIND_NOTHING : SESSIO_BIND_CLOSE;
	bool closed = action == SESSIO_BIND_CLOSE;
	bool over = closed || events[event] == EVENT(TERMINATED);
	sessio_bind *bind;
	void *contexts[2];

	for (unsigned i = 0; i < 3; i++) {
		*action_for(&policy, i) = i == event ? action : others;
	}
	bind = new_bind(world.anna, &policy);
	world.calls = 0;
	for (unsigned i = 0; i < 2; i++) {
		contexts[i] = open_bound(bind, "s");
		KosRefObject(contexts[i]);
	}
	post(world.host, ANNA, events[event]);
	assert_int_equal(world.calls, action == SESSIO_BIND_CALL ? 2 : 0);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(is_open(contexts[i]), !closed);
	}
	assert_int_equal(sessio_bind_count(bind), over ? 0 : 2);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(
			sessio_bind_remove(bind, contexts[i]), over ? SESSIO_NOT_FOUND : SESSIO_OK);
		if (!closed) {
			assert_int_equal(sessio_bind_add(bind, contexts[i]),
				over ? SESSIO_BAD_STATE : SESSIO_OK);
			assert_int_equal(KosSessionCloseObject(contexts[i]), rcOk);
		}
		KosPutObject(contexts[i]);
	}
	sessio_bind_destroy(bind);
}

static void each_event_does_what_the_policy_says(void **state)
{
	provider.silent = true;
	for (unsigned event = 0; event < 3; event++) {
		for (unsigned action = SESSIO_BIND_NOTHING; action <= SESSIO_BIND_CLOSE; action++) {
			expect_effect(event, (sessio_bind_action)action);
			assert_int_equal(stop(state), 0);
			assert_int_equal(start(state), 0);
			provider.silent = true;
		}
	}
}

static void the_other_events_do_nothing(void **state)
{
	const sessio_bind_policy all = { SESSIO_BIND_CLOSE, SESSIO_BIND_CLOSE, SESSIO_BIND_CLOSE,
		NULL, NULL };
	sessio_user_session *user = NULL;
	sessio_bind *bind;
	void *context;

	(void)state;
	post(world.host, 9, EVENT(CREATED));
	assert_int_equal(sessio_host_find_session(world.host, 9, &user), SESSIO_OK);
	bind = new_bind(user, &all);
	context = open_bound(bind, "a");
	post(world.host, 9, EVENT(CONNECTED));
	post(world.host, 9, EVENT(LOGON));
	post(world.host, ANNA, EVENT(LOGOFF));
	assert_true(is_open(context));
	post(world.host, 9, EVENT(DISCONNECTED));
	assert_int_equal(sessio_bind_count(bind), 0);
	sessio_bind_destroy(bind);
	sessio_user_session_unref(user);
}

static void wrong_arguments_are_refused(void **state)
{
	const sessio_bind_policy wrong[] = { { .on_disconnect = SESSIO_BIND_CALL },
		{ .on_logoff = SESSIO_BIND_CALL }, { .on_termination = SESSIO_BIND_CALL },
		{ .on_logoff = (sessio_bind_action)3, .fn = called } };
	sessio_bind *bind = NULL;
	sessio_bind_scope scope;

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		assert_int_equal(
			sessio_bind_create(world.anna, &wrong[i], &bind), SESSIO_INVALID_ARG);
	}
	assert_int_equal(sessio_bind_create(NULL, &closing, &bind), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_bind_create(world.anna, NULL, &bind), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_bind_create(world.anna, &closing, NULL), SESSIO_INVALID_ARG);
	assert_null(bind);
	bind = new_bind(world.anna, &closing);
	assert_int_equal(sessio_bind_add(NULL, provider.file), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_bind_add(bind, NULL), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_bind_add(bind, provider.file), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_bind_remove(NULL, provider.file), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_bind_remove(bind, NULL), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_bind_remove(bind, provider.file), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_bind_enter(NULL, &scope), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_bind_enter(bind, NULL), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_bind_count(NULL), 0);
	assert_null(sessio_bind_user(NULL));
	sessio_bind_leave(NULL);
	sessio_bind_destroy(NULL);
	sessio_bind_destroy(bind);
	assert_int_equal(sessio_host_watch_count(world.host), 0);
}

static void there_is_no_bind_for_a_user_who_has_gone(void **state)
{
	sessio_bind *bind = NULL;

	(void)state;
	post(world.host, ANNA, EVENT(TERMINATED));
	assert_int_equal(sessio_bind_create(world.anna, &closing, &bind), SESSIO_BAD_STATE);
	assert_int_equal(sessio_host_watch_count(world.host), 0);
	assert_int_equal(sessio_host_destroy(world.host), SESSIO_OK);
	world.host = NULL;
	assert_int_equal(sessio_bind_create(world.ben, &closing, &bind), SESSIO_BAD_STATE);
	assert_null(bind);
}

static void a_session_is_bound_once(void **state)
{
	sessio_bind *of_anna = new_bind(world.anna, &closing);
	sessio_bind *of_ben = new_bind(world.ben, &closing);
	void *context = open_bound(of_anna, "a");

	(void)state;
	assert_int_equal(sessio_bind_add(of_anna, context), SESSIO_EXISTS);
	assert_int_equal(sessio_bind_add(of_ben, context), SESSIO_EXISTS);
	assert_int_equal(sessio_bind_remove(of_ben, context), SESSIO_NOT_FOUND);
	assert_int_equal(sessio_bind_count(of_anna), 1);
	assert_int_equal(sessio_bind_remove(of_anna, context), SESSIO_OK);
	assert_int_equal(sessio_bind_remove(of_anna, context), SESSIO_NOT_FOUND);
	assert_int_equal(sessio_bind_add(of_ben, context), SESSIO_OK);
	post(world.host, ANNA, EVENT(LOGOFF));
	assert_true(is_open(context));
	/* A bind that goes unbinds, and closes nothing. */
	sessio_bind_destroy(of_ben);
	post(world.host, BEN, EVENT(LOGOFF));
	assert_true(is_open(context));
	sessio_bind_destroy(of_anna);
}

static void add_the_new_one(void *object, void *context)
{
	(void)object;
	world.rc = (Retcode)sessio_bind_add(world.bind, context);
}

static void only_what_is_open_can_be_bound(void **state)
{
	void *context;

	(void)state;
	world.bind = new_bind(world.anna, &closing);
	provider.in[OPEN] = add_the_new_one;
	context = provider_open("a");
	assert_int_equal(world.rc, (Retcode)SESSIO_BAD_STATE);
	KosRefObject(context);
	assert_int_equal(KosSessionRef(context, NULL, NULL), rcOk);
	assert_int_equal(KosSessionCloseObject(context), rcOk);
	assert_int_equal(sessio_bind_add(world.bind, context), SESSIO_BAD_STATE);
	KosSessionPut(context);
	assert_int_equal(sessio_bind_add(world.bind, context), SESSIO_BAD_STATE);
	assert_int_equal(sessio_bind_remove(world.bind, context), SESSIO_NOT_FOUND);
	KosPutObject(context);
	assert_int_equal(sessio_bind_count(world.bind), 0);
	sessio_bind_destroy(world.bind);
}

static void a_session_that_ends_by_itself_is_unbound(void **state)
{
	sessio_bind *bind = new_bind(world.anna, &closing);
	void *first = open_bound(bind, "a");

	(void)state;
	(void)open_bound(bind, "b");
	(void)open_bound(bind, "c");
	assert_int_equal(KosSessionCloseObject(first), rcOk);
	assert_int_equal(sessio_bind_count(bind), 2);
	assert_int_equal(KosSessionUnregisterObject(provider.file), rcOk);
	assert_int_equal(sessio_bind_count(bind), 0);
	provider_forget();
	post(world.host, ANNA, EVENT(LOGOFF));
	provider_expect("");
	sessio_bind_destroy(bind);
}

/* Its user has closed it, and an operation is what it waits for when the logoff comes. */
static void a_session_that_is_ending_is_not_closed_again(void **state)
{
	sessio_bind *bind = new_bind(world.anna, &calling);
	void *context = open_bound(bind, "a");

	(void)state;
	assert_int_equal(KosSessionRef(context, NULL, NULL), rcOk);
	assert_int_equal(KosSessionCloseObject(context), rcOk);
	post(world.host, ANNA, EVENT(DISCONNECTED));
	assert_int_equal(world.calls, 0);
	sessio_bind_destroy(bind);
	provider_forget();
	KosSessionPut(context);
	provider_expect("complete a, destruct a");
}

static void a_closed_bind_stays_closed(void **state)
{
	sessio_bind *bind = new_bind(world.anna, &closing);
	sessio_bind *next;
	void *context = provider_open("a");

	(void)state;
	post(world.host, ANNA, EVENT(LOGOFF));
	assert_int_equal(sessio_bind_add(bind, context), SESSIO_BAD_STATE);
	post(world.host, ANNA, EVENT(DISCONNECTED));
	post(world.host, ANNA, EVENT(LOGON));
	assert_int_equal(sessio_bind_add(bind, context), SESSIO_BAD_STATE);
	next = new_bind(world.anna, &closing);
	assert_int_equal(sessio_bind_add(next, context), SESSIO_OK);
	provider_forget();
	post(world.host, ANNA, EVENT(LOGOFF));
	provider_expect("close a, complete a, destruct a");
	sessio_bind_destroy(bind);
	sessio_bind_destroy(next);
}

static void the_next_user_with_the_id_is_another(void **state)
{
	const sessio_bind_policy policy = { .on_logoff = SESSIO_BIND_CLOSE,
		.on_disconnect = SESSIO_BIND_CLOSE };
	sessio_bind *old = new_bind(world.anna, &policy);
	sessio_bind *fresh;
	sessio_user_session *next;
	void *context = open_bound(old, "a");

	(void)state;
	post(world.host, ANNA, EVENT(TERMINATED));
	assert_true(is_open(context));
	next = log_on(ANNA);
	fresh = new_bind(next, &policy);
	assert_int_equal(sessio_host_watch_count(world.host), 1);
	post(world.host, ANNA, EVENT(LOGOFF));
	assert_true(is_open(context));
	assert_int_equal(sessio_bind_add(old, context), SESSIO_BAD_STATE);
	sessio_bind_destroy(old);
	sessio_bind_destroy(fresh);
	sessio_user_session_unref(next);
}

static void unbind_both(
	void *ctx, sessio_bind *bind, void *context, const sessio_user_notice *notice)
{
	(void)ctx;
	(void)notice;
	assert_int_equal(sessio_bind_remove(bind, context), SESSIO_OK);
	assert_int_equal(sessio_bind_remove(bind, world.other), SESSIO_OK);
}

static void a_call_is_not_made_for_what_one_before_unbound(void **state)
{
	sessio_bind *bind = new_bind(world.anna, &calling);

	(void)state;
	(void)open_bound(bind, "a");
	world.other = open_bound(bind, "b");
	(void)open_bound(bind, "c");
	world.act = unbind_both;
	post(world.host, ANNA, EVENT(LOGOFF));
	assert_int_equal(world.calls, 2);
	assert_int_equal(world.event, EVENT(LOGOFF));
	assert_int_equal(sessio_bind_count(bind), 1);
	sessio_bind_destroy(bind);
}

static void close_both(
	void *ctx, sessio_bind *bind, void *context, const sessio_user_notice *notice)
{
	(void)ctx;
	(void)bind;
	(void)notice;
	assert_int_equal(KosSessionCloseObject(context), rcOk);
	assert_int_equal(KosSessionCloseObject(world.other), rcOk);
}

static void a_call_is_not_made_for_what_one_before_closed(void **state)
{
	sessio_bind *bind = new_bind(world.anna, &calling);

	(void)state;
	(void)open_bound(bind, "a");
	world.other = open_bound(bind, "b");
	(void)open_bound(bind, "c");
	world.act = close_both;
	post(world.host, ANNA, EVENT(DISCONNECTED));
	assert_int_equal(world.calls, 2);
	assert_int_equal(sessio_bind_count(bind), 1);
	/* The bind is not closed: the next event calls again. */
	post(world.host, ANNA, EVENT(TERMINATED));
	assert_int_equal(world.calls, 3);
	assert_int_equal(sessio_bind_count(bind), 0);
	sessio_bind_destroy(bind);
}

static void bind_another(
	void *ctx, sessio_bind *bind, void *context, const sessio_user_notice *notice)
{
	(void)ctx;
	(void)context;
	(void)notice;
	(void)open_bound(bind, "b");
}

static void what_a_call_binds_is_called_for_at_the_next_event(void **state)
{
	sessio_bind *bind = new_bind(world.anna, &calling);

	(void)state;
	(void)open_bound(bind, "a");
	world.act = bind_another;
	post(world.host, ANNA, EVENT(DISCONNECTED));
	assert_int_equal(world.calls, 1);
	post(world.host, ANNA, EVENT(LOGOFF));
	assert_int_equal(world.calls, 3);
	sessio_bind_destroy(bind);
}

static void destroy_it(
	void *ctx, sessio_bind *bind, void *context, const sessio_user_notice *notice)
{
	(void)ctx;
	(void)notice;
	sessio_bind_destroy(bind);
	assert_true(is_open(context));
}

static void a_bind_destroyed_in_a_call_calls_no_more(void **state)
{
	sessio_bind *bind = new_bind(world.anna, &calling);
	void *contexts[40];

	(void)state;
	provider.silent = true;
	for (unsigned i = 0; i < 40; i++) {
		contexts[i] = open_bound(bind, "s");
	}
	world.act = destroy_it;
	post(world.host, ANNA, EVENT(LOGOFF));
	assert_int_equal(world.calls, 1);
	assert_int_equal(sessio_host_watch_count(world.host), 0);
	for (unsigned i = 0; i < 40; i++) {
		assert_true(is_open(contexts[i]));
	}
}

static void close_the_other_and_wait(void *object, void *context)
{
	(void)object;
	(void)context;
	world.rc = KosSessionCloseObject(world.other);
	world.status = sessio_session_wait(world.other, 0);
}

/* Sessions are closed one after the other: the second is open while the first is closed. */
static void a_close_callback_may_close_another_and_wait_for_its_end(void **state)
{
	sessio_bind *bind = new_bind(world.anna, &closing);

	(void)state;
	(void)open_bound(bind, "a");
	world.other = open_bound(bind, "b");
	KosRefObject(world.other);
	provider_forget();
	provider.in[CLOSE] = close_the_other_and_wait;
	post(world.host, ANNA, EVENT(LOGOFF));
	assert_int_equal(world.rc, rcOk);
	assert_int_equal(world.status, SESSIO_OK);
	provider_expect("close a, close b, complete b, complete a, destruct a");
	KosPutObject(world.other);
	provider_expect("destruct b");
	sessio_bind_destroy(bind);
}

static void unbind_the_other(void *object, void *context)
{
	(void)object;
	(void)context;
	world.status = sessio_bind_remove(world.bind, world.other);
}

static void what_a_close_callback_unbinds_stays_open(void **state)
{
	(void)state;
	world.bind = new_bind(world.anna, &closing);
	(void)open_bound(world.bind, "a");
	world.other = open_bound(world.bind, "b");
	provider.in[CLOSE] = unbind_the_other;
	post(world.host, ANNA, EVENT(LOGOFF));
	assert_int_equal(world.status, SESSIO_OK);
	assert_true(is_open(world.other));
	sessio_bind_destroy(world.bind);
}

static void destroy_on_close(void *object, void *context)
{
	(void)object;
	(void)context;
	sessio_bind_destroy(world.bind);
}

static void a_bind_may_be_destroyed_while_it_closes(void **state)
{
	sessio_object_info info;

	(void)state;
	provider.silent = true;
	world.bind = new_bind(world.anna, &closing);
	for (unsigned i = 0; i < 40; i++) {
		(void)open_bound(world.bind, "s");
	}
	provider.in[CLOSE] = destroy_on_close;
	post(world.host, ANNA, EVENT(LOGOFF));
	assert_int_equal(sessio_host_watch_count(world.host), 0);
	/* The one in hand is closed whole; the others are unbound. */
	assert_int_equal(sessio_object_inspect(provider.file, &info), SESSIO_OK);
	assert_int_equal(info.ending, 0);
	assert_int_equal(info.open, 39);
}

static void destroy_in_watcher(struct logged *self, const sessio_user_notice *notice)
{
	(void)self;
	(void)notice;
	sessio_bind_destroy(world.bind);
}

static void another_watcher_may_destroy_a_bind(void **state)
{
	struct logged before = { .act = destroy_in_watcher };
	void *context;

	(void)state;
	logged_start(&before, world.host, NULL, "w");
	world.bind = new_bind(world.anna, &closing);
	context = open_bound(world.bind, "a");
	post(world.host, ANNA, EVENT(LOGOFF));
	assert_int_equal(before.calls, 1);
	assert_true(is_open(context));
	assert_int_equal(sessio_host_destroy(world.host), SESSIO_OK);
	world.host = NULL;
}

static void a_bind_does_not_unwatch_a_number_that_others_have_now(void **state)
{
	struct logged other = { 0 };
	sessio_watch number;

	(void)state;
	world.bind = new_bind(world.anna, &closing);
	number = world.host->last_watch;
	post(world.host, ANNA, EVENT(TERMINATED));
	assert_int_equal(sessio_host_watch_count(world.host), 0);
	set_last_watch(world.host, number - 1);
	logged_start(&other, world.host, NULL, "w");
	assert_int_equal(other.watch, number);
	sessio_bind_destroy(world.bind);
	assert_int_equal(sessio_host_watch_count(world.host), 1);
	assert_int_equal(other.releases, 0);
	assert_int_equal(sessio_host_unwatch(world.host, number), SESSIO_OK);
}

static void a_host_that_goes_first_unbinds_and_closes_nothing(void **state)
{
	sessio_bind *bind = new_bind(world.anna, &closing);
	void *context = open_bound(bind, "a");

	(void)state;
	assert_int_equal(sessio_host_destroy(world.host), SESSIO_OK);
	world.host = NULL;
	assert_true(is_open(context));
	assert_int_equal(sessio_bind_count(bind), 0);
	assert_int_equal(sessio_bind_add(bind, context), SESSIO_BAD_STATE);
	assert_int_equal(sessio_user_session_id(sessio_bind_user(bind)), ANNA);
	sessio_bind_destroy(bind);
}

#define SUITE(test) cmocka_unit_test_setup_teardown(test, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SUITE(a_logoff_ends_what_is_bound_and_nothing_else),
		SUITE(a_close_callback_learns_that_its_user_has_left),
		SUITE(running_operations_finish_before_the_end),
		SUITE(each_event_does_what_the_policy_says),
		SUITE(the_other_events_do_nothing),
		SUITE(wrong_arguments_are_refused),
		SUITE(there_is_no_bind_for_a_user_who_has_gone),
		SUITE(a_session_is_bound_once),
		SUITE(only_what_is_open_can_be_bound),
		SUITE(a_session_that_ends_by_itself_is_unbound),
		SUITE(a_session_that_is_ending_is_not_closed_again),
		SUITE(a_closed_bind_stays_closed),
		SUITE(the_next_user_with_the_id_is_another),
		SUITE(a_call_is_not_made_for_what_one_before_unbound),
		SUITE(a_call_is_not_made_for_what_one_before_closed),
		SUITE(what_a_call_binds_is_called_for_at_the_next_event),
		SUITE(a_bind_destroyed_in_a_call_calls_no_more),
		SUITE(a_close_callback_may_close_another_and_wait_for_its_end),
		SUITE(what_a_close_callback_unbinds_stays_open),
		SUITE(a_bind_may_be_destroyed_while_it_closes),
		SUITE(another_watcher_may_destroy_a_bind),
		SUITE(a_bind_does_not_unwatch_a_number_that_others_have_now),
		SUITE(a_host_that_goes_first_unbinds_and_closes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
