/* SPDX-License-Identifier: MIT */
/* The default host, and others in its place. */
#include "test.h"

#include "host_log.h"
#include "inside.h"
#include "leaks.h"

static void the_default_host_is_one_and_stays(void **state)
{
	sessio_host *host = sessio_host_default();

	(void)state;
	assert_non_null(host);
	assert_ptr_equal(sessio_host_default(), host);
	assert_int_equal(sessio_host_rules(host), SESSIO_RULES_DOCUMENTED);
	assert_int_equal(sessio_host_destroy(host), SESSIO_BAD_STATE);
	post(host, 1, EVENT(CREATED));
	post(host, 1, EVENT(TERMINATED));
}

/* Leaves no default host, and so no memory of one. */
static void put_none(void)
{
	assert_int_equal(sessio_host_set_default(NULL), SESSIO_OK);
}

static void a_default_host_that_the_library_made_is_destroyed(void **state)
{
	sessio_user_session *kept = NULL;
	size_t before;

	(void)state;
	put_none();
	before = leaks_live();
	post(sessio_host_default(), 1, EVENT(CREATED));
	assert_int_equal(sessio_host_find_session(sessio_host_default(), 1, &kept), SESSIO_OK);
	put_none();
	assert_int_equal(sessio_host_session_count(sessio_host_default()), 0);
	put_none();
	assert_int_equal(sessio_user_session_id(kept), 1);
	assert_int_equal(sessio_user_session_state(kept), STATE(CREATED));
	sessio_user_session_unref(kept);
	put_none();
	assert_int_equal(leaks_live(), before);
}

static void a_host_of_ones_own_takes_its_place_and_is_ones_own_again(void **state)
{
	sessio_host *own = NULL;
	size_t before;

	(void)state;
	put_none();
	before = leaks_live();
	assert_int_equal(sessio_host_create(SESSIO_RULES_OBSERVED, &own), SESSIO_OK);
	assert_non_null(sessio_host_default());
	assert_int_equal(sessio_host_set_default(own), SESSIO_OK);
	assert_int_equal(sessio_host_set_default(own), SESSIO_OK);
	assert_ptr_equal(sessio_host_default(), own);
	assert_int_equal(sessio_host_destroy(own), SESSIO_BAD_STATE);
	post(own, 1, EVENT(CREATED));
	put_none();
	assert_int_equal(sessio_host_session_count(own), 1);
	assert_ptr_not_equal(sessio_host_default(), own);
	assert_int_equal(sessio_host_rules(sessio_host_default()), SESSIO_RULES_DOCUMENTED);
	drop(own);
	put_none();
	assert_int_equal(leaks_live(), before);
}

static void try_to_replace(struct logged *self, const sessio_user_notice *notice)
{
	sessio_host *other = self->more;

	(void)notice;
	note_that(sessio_host_unwatch(self->host, self->watch) == SESSIO_OK);
	note_that(sessio_host_watch_count(self->host) == 0);
	note_that(sessio_host_set_default(other) == SESSIO_BUSY);
	note_that(sessio_host_set_default(NULL) == SESSIO_BUSY);
}

static void a_default_host_that_is_in_use_stays(void **state)
{
	sessio_host *other = new_host();
	sessio_host *host = sessio_host_default();
	struct logged a = { .act = try_to_replace, .more = other };

	(void)state;
	logged_start(&a, host, NULL, "a");
	assert_int_equal(sessio_host_set_default(other), SESSIO_BUSY);
	assert_int_equal(sessio_host_set_default(NULL), SESSIO_BUSY);
	post(host, 1, EVENT(CREATED));
	assert_int_equal(a.calls, 1);
	assert_ptr_equal(sessio_host_default(), host);
	assert_int_equal(sessio_host_set_default(other), SESSIO_OK);
	put_none();
	drop(other);
}

static sessio_status status_of_replacing;

static void post_to_second_and_end(struct logged *self, const sessio_user_notice *notice)
{
	post(self->more, notice->session_id, EVENT(CREATED));
	(void)sessio_host_unwatch(self->host, self->watch);
}

static void replace(struct logged *self, const sessio_user_notice *notice)
{
	(void)self;
	(void)notice;
	status_of_replacing = sessio_host_set_default(NULL);
}

/* Its event is not delivered before those that it caused on other hosts. */
static void a_default_host_without_watchers_stays_while_it_delivers(void **state)
{
	sessio_host *host = sessio_host_default();
	sessio_host *second = new_host();
	struct logged a = { .act = post_to_second_and_end, .more = second };
	struct logged b = { .act = replace };

	(void)state;
	logged_start(&a, host, NULL, "a");
	logged_start(&b, second, NULL, "b");
	post(host, 7, EVENT(CREATED));
	assert_int_equal(b.calls, 1);
	assert_int_equal(status_of_replacing, SESSIO_BUSY);
	assert_ptr_equal(sessio_host_default(), host);
	put_none();
	drop(second);
}

static void replace_on_release(void *ctx)
{
	sessio_host *host = ctx;

	note_that(sessio_host_set_default(host) == SESSIO_BAD_STATE);
	note_that(sessio_host_default() != host);
}

static void a_host_that_is_being_destroyed_does_not_take_its_place(void **state)
{
	sessio_host *host = new_host();
	sessio_watch_options options = { .events = 1, .released = replace_on_release };
	sessio_watch watch = 0;

	(void)state;
	assert_int_equal(sessio_host_watch(host, &options, count_calls, host, &watch), SESSIO_OK);
	drop(host);
	put_none();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_default_host_is_one_and_stays),
		cmocka_unit_test(a_default_host_that_the_library_made_is_destroyed),
		cmocka_unit_test(a_host_of_ones_own_takes_its_place_and_is_ones_own_again),
		cmocka_unit_test(a_default_host_that_is_in_use_stays),
		cmocka_unit_test(a_default_host_without_watchers_stays_while_it_delivers),
		cmocka_unit_test(a_host_that_is_being_destroyed_does_not_take_its_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
