/* SPDX-License-Identifier: MIT */
/*
 * The ends of the join against each other, in exact interleavings. A thread can
 * be made to stop where the library takes a given lock. Only the main thread
 * asserts while others run.
 */
#include "test.h"

#include <string.h>

#include <uv.h>

#include <sessio/bind.h>

#include "host_log.h"
#include "leaks.h"
#include "platform/hooks.h"
#include "provider.h"
#include "resource/session.h"
#include "user/host.h"

#define ANNA 7u

static struct {
	sessio_host *host;
	sessio_user_session *anna;
	sessio_bind *bind;
	void *context;
	uv_thread_t thread;
	uv_sem_t there; /* a thread is where it is to stop */
	uv_sem_t go_on;
	Retcode rc; /* what the other thread got */
	_Atomic bool returned; /* the call in question has */
	bool too_early;
	unsigned calls;
} world;

/* The act of this thread at its next lock or unlock of a mutex. */
static _Thread_local struct {
	const void *mutex;
	const void *unlocked;
	void (*act)(void);
} stop_at;

static void at_lock(const void *mutex)
{
	if (stop_at.mutex == mutex && stop_at.act != NULL) {
		stop_at.mutex = NULL;
		stop_at.act();
	}
}

static void at_unlock(const void *mutex)
{
	if (stop_at.unlocked == mutex && stop_at.act != NULL) {
		stop_at.unlocked = NULL;
		stop_at.act();
	}
}

static const struct si_hooks hooks = {
	.before_lock = at_lock,
	.after_unlock = at_unlock,
};

static void act_after_unlock(const void *mutex, void (*act)(void))
{
	stop_at.unlocked = mutex;
	stop_at.act = act;
}

static void act_at_lock(const void *mutex, void (*act)(void))
{
	stop_at.mutex = mutex;
	stop_at.act = act;
}

/* A bind begins with its lock. */
static const void *lock_of_bind(void)
{
	return world.bind;
}

static const void *lock_of_file(void)
{
	return si_resource_of(provider.file)->lock;
}

static void stop_here(void)
{
	uv_sem_post(&world.there);
	uv_sem_wait(&world.go_on);
}

static void called(void *ctx, sessio_bind *bind, void *context, const sessio_user_notice *notice);

static const sessio_bind_policy policy = {
	.on_disconnect = SESSIO_BIND_CALL, .on_logoff = SESSIO_BIND_CLOSE, .fn = called
};

static int start(void **state)
{
	memset(&world, 0, sizeof(world));
	memset(&stop_at, 0, sizeof(stop_at));
	world.host = new_host();
	post(world.host, ANNA, EVENT(CREATED));
	post(world.host, ANNA, EVENT(CONNECTED));
	post(world.host, ANNA, EVENT(LOGON));
	assert_int_equal(sessio_host_find_session(world.host, ANNA, &world.anna), SESSIO_OK);
	assert_int_equal(sessio_bind_create(world.anna, &policy, &world.bind), SESSIO_OK);
	if (uv_sem_init(&world.there, 0) != 0 || uv_sem_init(&world.go_on, 0) != 0) {
		return -1;
	}
	return provider_start(state);
}

static int stop(void **state)
{
	int failed = provider_stop(state);

	sessio_bind_destroy(world.bind);
	if (world.host != NULL) {
		failed += sessio_host_destroy(world.host) != SESSIO_OK;
	}
	sessio_user_session_unref(world.anna);
	uv_sem_destroy(&world.there);
	uv_sem_destroy(&world.go_on);
	return failed;
}

static void open_bound(const char *name)
{
	world.context = provider_open(name);
	assert_int_equal(sessio_bind_add(world.bind, world.context), SESSIO_OK);
}

static void in_thread(void (*entry)(void *))
{
	assert_int_equal(uv_thread_create(&world.thread, entry, NULL), 0);
	uv_sem_wait(&world.there);
}

static void release_thread(void)
{
	uv_sem_post(&world.go_on);
	(void)uv_thread_join(&world.thread);
}

static unsigned waiters_of(sessio_host *host)
{
	unsigned waiters;

	si_mutex_lock(&host->lock);
	waiters = host->waiters;
	si_mutex_unlock(&host->lock);
	return waiters;
}

/* Until somebody waits for the host, or has not waited. */
static void until_awaited(void)
{
	while (waiters_of(world.host) == 0 && !atomic_load(&world.returned)) {
	}
	world.too_early = atomic_load(&world.returned);
}

static void called(void *ctx, sessio_bind *bind, void *context, const sessio_user_notice *notice)
{
	(void)ctx;
	(void)bind;
	(void)context;
	(void)notice;
	world.calls++;
	uv_sem_post(&world.there);
	until_awaited();
}

static void stop_in_hook(void *object, void *context)
{
	(void)object;
	(void)context;
	stop_here();
}

static void open_in_bind(void *arg)
{
	sessio_bind_scope scope;
	void *context;

	(void)arg;
	if (sessio_bind_enter(world.bind, &scope) == SESSIO_OK) {
		world.rc = KosSessionOpenObject(provider.file, 0, 0, NULL, &context);
		sessio_bind_leave(&scope);
	}
}

/* The unbinding has seen the session; then its opener takes it back whole. */
static void an_opening_may_be_taken_back_while_it_is_unbound(void **state)
{
	(void)state;
	provider.in[CONSTRUCT] = stop_in_hook;
	provider.construct_result = rcNotReady;
	in_thread(open_in_bind);
	assert_int_equal(sessio_bind_count(world.bind), 1);
	act_at_lock(lock_of_file(), release_thread);
	sessio_bind_destroy(world.bind);
	world.bind = NULL;
	assert_null(stop_at.mutex);
	assert_int_equal(world.rc, rcNotReady);
}

/* The same while the session stays PENDING: it opens, unbound. */
static void an_opening_that_is_unbound_succeeds(void **state)
{
	(void)state;
	provider.in[CONSTRUCT] = stop_in_hook;
	in_thread(open_in_bind);
	sessio_bind_destroy(world.bind);
	world.bind = NULL;
	release_thread();
	assert_int_equal(world.rc, rcOk);
	post(world.host, ANNA, EVENT(LOGOFF));
	provider_expect("construct, open");
}

static void close_and_stop_at_record(void *arg)
{
	(void)arg;
	act_at_lock(lock_of_file(), stop_here);
	world.rc = KosSessionCloseObject(world.context);
}

/* The session has been closed and comes for its record when the bind goes. */
static void an_ending_session_comes_for_its_record_after_the_bind(void **state)
{
	(void)state;
	open_bound("a");
	in_thread(close_and_stop_at_record);
	sessio_bind_destroy(world.bind);
	world.bind = NULL;
	release_thread();
	assert_int_equal(world.rc, rcOk);
	provider_expect("construct a, open a, close a, complete a, destruct a");
}

/* The same when a logoff comes instead: it has nothing to close. */
static void a_logoff_meets_a_session_that_has_ended(void **state)
{
	(void)state;
	open_bound("a");
	in_thread(close_and_stop_at_record);
	post(world.host, ANNA, EVENT(LOGOFF));
	assert_int_equal(sessio_bind_count(world.bind), 1);
	release_thread();
	assert_int_equal(sessio_bind_count(world.bind), 0);
	provider_expect("construct a, open a, close a, complete a, destruct a");
}

static void close_it(void *arg)
{
	(void)arg;
	world.rc = KosSessionCloseObject(world.context);
}

static void a_session_closed_by_its_user_is_not_closed_by_the_logoff(void **state)
{
	(void)state;
	open_bound("a");
	provider.in[CLOSE] = stop_in_hook;
	in_thread(close_it);
	post(world.host, ANNA, EVENT(LOGOFF));
	release_thread();
	assert_int_equal(world.rc, rcOk);
	provider_expect("construct a, open a, close a, complete a, destruct a");
}

static void log_off(void *arg)
{
	(void)arg;
	if (sessio_host_post(world.host, ANNA, EVENT(LOGOFF), 0, NULL) != SESSIO_OK) {
		world.too_early = true;
	}
}

static void a_session_closed_by_the_logoff_is_not_closed_by_its_user(void **state)
{
	(void)state;
	open_bound("a");
	KosRefObject(world.context);
	provider.in[CLOSE] = stop_in_hook;
	in_thread(log_off);
	assert_int_equal(KosSessionCloseObject(world.context), rcInvalidOperation);
	assert_int_equal(sessio_bind_remove(world.bind, world.context), SESSIO_OK);
	release_thread();
	KosPutObject(world.context);
	provider_expect("construct a, open a, close a, complete a, destruct a");
}

static void nothing_is_bound_behind_a_logoff(void **state)
{
	void *late;

	(void)state;
	open_bound("a");
	provider.in[CLOSE] = stop_in_hook;
	in_thread(log_off);
	late = provider_open("b");
	assert_int_equal(sessio_bind_add(world.bind, late), SESSIO_BAD_STATE);
	release_thread();
	assert_false(world.too_early);
	assert_int_equal(KosSessionRef(late, NULL, NULL), rcOk);
	KosSessionPut(late);
}

static void disconnect(void *arg)
{
	(void)arg;
	if (sessio_host_post(world.host, ANNA, EVENT(DISCONNECTED), 0, NULL) != SESSIO_OK) {
		world.too_early = true;
	}
}

static void destroying_a_bind_waits_for_its_callback(void **state)
{
	(void)state;
	open_bound("a");
	in_thread(disconnect);
	sessio_bind_destroy(world.bind);
	world.bind = NULL;
	atomic_store(&world.returned, true);
	(void)uv_thread_join(&world.thread);
	assert_int_equal(world.calls, 1);
	assert_false(world.too_early);
}

static void stop_until_awaited(void)
{
	uv_sem_post(&world.there);
	until_awaited();
}

static void destroy_bind(void *arg)
{
	(void)arg;
	act_at_lock(lock_of_bind(), stop_until_awaited);
	sessio_bind_destroy(world.bind);
}

/* The bind has left its host, and has not come back from there. */
static void destroying_a_host_waits_for_a_bind_that_goes(void **state)
{
	(void)state;
	open_bound("a");
	in_thread(destroy_bind);
	assert_int_equal(sessio_host_destroy(world.host), SESSIO_OK);
	atomic_store(&world.returned, true);
	(void)uv_thread_join(&world.thread);
	assert_false(world.too_early);
	world.host = NULL;
	world.bind = NULL;
}

static void destroy_host(void *arg)
{
	(void)arg;
	act_at_lock(lock_of_bind(), stop_until_awaited);
	world.rc = (Retcode)sessio_host_destroy(world.host);
}

/* The other way round: the host is releasing the watcher of the bind that goes. */
static void a_bind_may_go_while_its_host_does(void **state)
{
	(void)state;
	open_bound("a");
	in_thread(destroy_host);
	sessio_bind_destroy(world.bind);
	atomic_store(&world.returned, true);
	(void)uv_thread_join(&world.thread);
	assert_false(world.too_early);
	assert_int_equal(world.rc, (Retcode)SESSIO_OK);
	world.host = NULL;
	world.bind = NULL;
	provider_expect("construct a, open a");
}

static void note_the_lock(void)
{
	world.calls++;
}

static const void *other_lock;

static void close_the_first(void)
{
	world.rc = KosSessionCloseObject(world.context);
	act_at_lock(other_lock, note_the_lock);
}

/* The first session ends when its lock is about to be taken; the next is under another. */
static void each_session_is_unbound_under_its_own_lock(void **state)
{
	void *files[8];
	void *file = NULL;
	void *context = NULL;

	(void)state;
	/* Objects share some locks: take one that does not share the file's. */
	for (unsigned i = 0; i < 8; i++) {
		files[i] = provider_make_file("other");
		if (si_resource_of(files[i])->lock != lock_of_file()) {
			file = files[i];
		}
	}
	assert_non_null(file);
	other_lock = si_resource_of(file)->lock;
	open_bound("a");
	assert_int_equal(KosSessionOpenObject(file, 0, 0, NULL, &context), rcOk);
	assert_int_equal(sessio_bind_add(world.bind, context), SESSIO_OK);
	act_at_lock(lock_of_file(), close_the_first);
	sessio_bind_destroy(world.bind);
	world.bind = NULL;
	assert_int_equal(world.rc, rcOk);
	assert_int_equal(world.calls, 1);
	for (unsigned i = 0; i < 8; i++) {
		assert_int_equal(KosSessionUnregisterObject(files[i]), rcOk);
		KosPutObject(files[i]);
	}
}

static void withdraw(void)
{
	(void)KosSessionUnregisterObject(provider.file);
}

static void post_logoff(void)
{
	log_off(NULL);
}

static void close_context(void)
{
	close_it(NULL);
}

/* The opening has asked for the bind, and is about to look at the object and at the bind. */
static void an_opening_knows_why_it_cannot_be_bound(void **state)
{
	(void)state;
	act_at_lock(lock_of_file(), withdraw);
	open_in_bind(NULL);
	assert_int_equal(world.rc, rcResourceNotFound);
	assert_int_equal(KosSessionRegisterObject(provider.type, provider.file), rcOk);
	act_at_lock(lock_of_file(), post_logoff);
	open_in_bind(NULL);
	assert_int_equal(world.rc, rcInvalidOperation);
	assert_false(world.too_early);
	provider_expect("");
}

static void a_session_may_end_while_it_is_being_bound(void **state)
{
	(void)state;
	world.context = provider_open("a");
	KosRefObject(world.context);
	act_at_lock(lock_of_file(), close_context);
	assert_int_equal(sessio_bind_add(world.bind, world.context), SESSIO_BAD_STATE);
	assert_int_equal(world.rc, rcOk);
	assert_int_equal(sessio_bind_count(world.bind), 0);
	KosPutObject(world.context);
}

static void replace_user(void)
{
	post(world.host, ANNA, EVENT(TERMINATED));
	post(world.host, ANNA, EVENT(CREATED));
}

/* The bind is watching already, and has not yet looked whether its user is still there. */
static void a_bind_is_not_made_for_the_next_user_of_the_id(void **state)
{
	sessio_bind *bind = NULL;

	(void)state;
	act_after_unlock(&world.host->lock, replace_user);
	assert_int_equal(sessio_bind_create(world.anna, &policy, &bind), SESSIO_BAD_STATE);
	assert_null(bind);
	assert_int_equal(sessio_host_session_count(world.host), 1);
	assert_int_equal(sessio_host_watch_count(world.host), 0);
	/* Nor later, while the next one is there. */
	assert_int_equal(sessio_bind_create(world.anna, &policy, &bind), SESSIO_BAD_STATE);
	assert_int_equal(sessio_host_watch_count(world.host), 0);
}

#define SUITE(test) cmocka_unit_test_setup_teardown(test, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SUITE(an_opening_may_be_taken_back_while_it_is_unbound),
		SUITE(an_opening_that_is_unbound_succeeds),
		SUITE(an_ending_session_comes_for_its_record_after_the_bind),
		SUITE(a_logoff_meets_a_session_that_has_ended),
		SUITE(a_session_closed_by_its_user_is_not_closed_by_the_logoff),
		SUITE(a_session_closed_by_the_logoff_is_not_closed_by_its_user),
		SUITE(nothing_is_bound_behind_a_logoff),
		SUITE(destroying_a_bind_waits_for_its_callback),
		SUITE(destroying_a_host_waits_for_a_bind_that_goes),
		SUITE(a_bind_may_go_while_its_host_does),
		SUITE(each_session_is_unbound_under_its_own_lock),
		SUITE(an_opening_knows_why_it_cannot_be_bound),
		SUITE(a_session_may_end_while_it_is_being_bound),
		SUITE(a_bind_is_not_made_for_the_next_user_of_the_id),
	};

	leaks_hook(&hooks);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
