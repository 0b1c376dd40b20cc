/* SPDX-License-Identifier: MIT */
/* Handles of sessions as a transport meets them: pins, containers, the watch. */
#include "test.h"

#include "resource/session_handle.h"

#include <sessio/object.h>

#include "base/object.h"
#include "leaks.h"
#include "provider.h"
#include "resource/handle_space.h"
#include "resource/session_number.h"

#define OWN_SPACE 3u /* its memory, its lock and its first slots live for ever */
#define MASK (1u | SESSIO_HANDLE_TRANSFER)

static struct {
	sessio_handle_space *consumer;
	unsigned filled;
	unsigned gone;
	sessio_handle_desc last_filled;
	uint32_t last_gone;
} world;

static void on_filled(const sessio_handle_desc *desc)
{
	world.filled++;
	world.last_filled = *desc;
}

static void on_gone(uint32_t session)
{
	world.gone++;
	world.last_gone = session;
}

static const struct si_session_handle_watch watch = { on_filled, on_gone };

static int start(void **state)
{
	if (provider_start(state) != 0 ||
		sessio_handle_space_create(&world.consumer) != SESSIO_OK) {
		return 1;
	}
	provider.handle_rights = MASK;
	world.filled = 0;
	world.gone = 0;
	si_session_handle_set_watch(&watch);
	return 0;
}

static int stop(void **state)
{
	int result = provider_stop(state);

	si_session_handle_set_watch(NULL);
	sessio_handle_space_destroy(world.consumer);
	return result != 0 || sessio_handle_space_count(sessio_handle_space_own()) != 0;
}

static sessio_handle_desc fill(void *context)
{
	sessio_handle_desc desc;

	assert_int_equal(si_session_handle_fill(context, &desc), SESSIO_OK);
	return desc;
}

static sessio_handle_desc deliver(sessio_handle_desc sent)
{
	sessio_handle_desc received;

	assert_int_equal(sessio_handle_space_transfer(
				 sessio_handle_space_own(), &sent, world.consumer, &received),
		SESSIO_OK);
	return received;
}

static sessio_handle_desc request(uint32_t handle)
{
	const sessio_handle_desc sent = { .handle = handle, .rights = SESSIO_HANDLE_SAME_RIGHTS };
	sessio_handle_desc received;

	assert_int_equal(sessio_handle_space_transfer(
				 world.consumer, &sent, sessio_handle_space_own(), &received),
		SESSIO_OK);
	return received;
}

static void every_container_says_of_which_session_it_is(void **state)
{
	void *a = provider_open("a");
	void *b = provider_open("b");
	const sessio_handle_desc of_a = fill(a);
	const sessio_handle_desc of_b = fill(b);
	const sessio_handle_desc again = fill(a);

	(void)state;
	assert_int_equal(world.filled, 3);
	assert_memory_equal(&world.last_filled, &again, sizeof(again));
	assert_int_not_equal(of_a.session, 0);
	assert_int_not_equal(of_a.session, of_b.session);
	assert_int_equal(of_a.session, again.session);
	assert_int_equal(deliver(of_a).session, of_a.session);
	assert_int_equal(request(deliver(of_b).handle).session, of_b.session);
}

/* Clauses: IH-7 */
static void a_request_pins_its_context(void **state)
{
	void *context = provider_open("a");
	const uint32_t handle = deliver(fill(context)).handle;
	const sessio_handle_desc desc = request(handle);
	void *found;

	(void)state;
	assert_int_equal(si_session_handle_pin(&desc), SESSIO_OK);
	provider_forget();
	assert_int_equal(sessio_handle_space_close(world.consumer, handle), SESSIO_OK);
	provider_expect("");
	assert_int_equal(si_session_handle_find(&desc, NULL, 1, &found), SESSIO_OK);
	assert_ptr_equal(found, context);
	si_session_handle_unpin(&desc);
	provider_expect("close a, complete a, destruct a");
	assert_int_equal(si_session_handle_pin(&desc), SESSIO_REVOKED);
	assert_int_equal(si_session_handle_find(&desc, NULL, 1, &found), SESSIO_REVOKED);
}

static void a_pin_outlives_the_end(void **state)
{
	void *context = provider_open("a");
	const sessio_handle_desc desc = request(deliver(fill(context)).handle);

	(void)state;
	assert_int_equal(si_session_handle_pin(&desc), SESSIO_OK);
	provider_forget();
	assert_int_equal(si_session_close(context), SESSIO_OK);
	provider_expect("close a, complete a");
	si_session_handle_unpin(&desc);
	provider_expect("destruct a");
}

static void a_container_of_no_session_has_nothing_to_pin(void **state)
{
	uint32_t own;
	sessio_handle_desc desc = { .badge = SESSIO_HANDLE_INVALID };
	uint32_t references;

	(void)state;
	assert_int_equal(si_resource_handle(provider.file, &own), SESSIO_OK);
	desc.handle = own;
	desc.rights = MASK;
	desc = request(deliver(desc).handle);
	references = sessio_object_references(provider.file);
	assert_int_equal(si_session_handle_pin(&desc), SESSIO_OK);
	assert_int_equal(sessio_object_references(provider.file), references);
	si_session_handle_unpin(&desc);
	assert_int_equal(sessio_object_references(provider.file), references);
}

/* Clauses: IH-7 */
static void a_container_that_is_not_delivered_ends_the_session(void **state)
{
	void *context = provider_open("a");
	const sessio_handle_desc desc = fill(context);

	(void)state;
	provider_forget();
	si_session_handle_discard(&desc);
	provider_expect("close a, complete a, destruct a");
	si_session_handle_discard(&desc); /* of no use any more */
}

static void a_discarded_container_leaves_delivered_ones_alone(void **state)
{
	void *context = provider_open("a");
	const uint32_t handle = deliver(fill(context)).handle;
	const sessio_handle_desc desc = fill(context);

	(void)state;
	provider_forget();
	si_session_handle_discard(&desc);
	provider_expect("");
	assert_int_equal(sessio_handle_space_close(world.consumer, handle), SESSIO_OK);
	provider_expect("close a, complete a, destruct a");
}

/* Clauses: IH-9 */
static void a_discarded_container_ends_nothing_that_is_kept(void **state)
{
	void *context = provider_open("a");
	const sessio_handle_desc desc = fill(context);

	(void)state;
	KosRefObject(context);
	provider_forget();
	si_session_handle_discard(&desc);
	si_session_handle_discard(&desc);
	provider_expect("");
	assert_int_equal(sessio_object_references(context), 1);
	KosPutObject(context);
	provider_expect("close a, complete a, destruct a");
}

/* Even if the object's own handle, from which it was to be made, is revoked meanwhile. */
static void a_container_can_be_discarded_after_a_revocation(void **state)
{
	void *context = provider_open("a");
	const sessio_handle_desc desc = fill(context);

	(void)state;
	assert_int_equal(sessio_handle_space_revoke(sessio_handle_space_own(), desc.handle, true),
		SESSIO_OK);
	provider_forget();
	si_session_handle_discard(&desc);
	provider_expect("close a, complete a, destruct a");
}

static void the_watch_is_told_when_no_handle_is_left(void **state)
{
	void *a = provider_open("a");
	void *b = provider_open("b");
	const sessio_handle_desc of_a = fill(a);
	const sessio_handle_desc of_b = fill(b);
	const uint32_t handle = deliver(of_a).handle;

	(void)state;
	(void)deliver(of_a);
	(void)deliver(of_b);
	assert_int_equal(sessio_handle_space_close(world.consumer, handle), SESSIO_OK);
	assert_int_equal(world.gone, 0);
	assert_int_equal(si_session_close(a), SESSIO_OK);
	assert_int_equal(world.gone, 1);
	assert_int_equal(world.last_gone, of_a.session);
	/* With the object's own handle, for those of the sessions that are left. */
	assert_int_equal(sessio_handle_space_revoke(sessio_handle_space_own(), of_b.handle, true),
		SESSIO_OK);
	assert_int_equal(world.gone, 2);
	assert_int_equal(world.last_gone, of_b.session);
}

static void without_a_watch_nobody_is_told(void **state)
{
	void *context = provider_open("a");

	(void)state;
	si_session_handle_set_watch(NULL);
	(void)deliver(fill(context));
	assert_int_equal(si_session_close(context), SESSIO_OK);
	assert_int_equal(world.filled + world.gone, 0);
}

/* A transfer that has looked up the badge goes on when another thread has ended the session. */
static void nothing_is_tied_to_a_session_that_has_ended_meanwhile(void **state)
{
	sessio_handle_space *own = sessio_handle_space_own();
	void *context = provider_open("a");
	sessio_handle_desc desc = fill(context);
	struct si_badge *badge = si_session_handle_badge(&desc);
	struct si_handle_place place = { .space = own->number };
	struct si_lineage_node *node = NULL;
	struct si_handle_pin pin;

	(void)state;
	assert_int_equal(si_handle_look_up(own, desc.handle, 0, &pin), SESSIO_OK);
	assert_int_equal(si_session_close(context), SESSIO_OK);
	assert_int_equal(si_lineage_create_child(pin.node, badge, &place, &node), SESSIO_REVOKED);
	assert_null(node);
	assert_int_equal(atomic_load(&badge->ties), 0);
	(void)si_handle_unpin(own, &pin);
	si_badge_unref(badge);
}

/* (session_number-1), and -4: as many slots wait as must. */
static void numbers_differ_for_a_long_time(void **state)
{
	static uint32_t numbers[3 * SI_NUMBER_WAITING];
	const unsigned count = sizeof(numbers) / sizeof(numbers[0]);

	(void)state;
	for (unsigned i = 0; i < count; i++) {
		sessio_handle_desc sent;

		provider_forget();
		sent = fill(provider_open("a"));
		numbers[i] = sent.session;
		assert_int_equal(
			sessio_handle_space_close(world.consumer, deliver(sent).handle), SESSIO_OK);
	}
	for (unsigned i = SI_NUMBER_WAITING; i < count; i++) {
		assert_int_not_equal(numbers[i], numbers[i - SI_NUMBER_WAITING]);
		assert_int_not_equal(numbers[i], numbers[i - 1]);
	}
	/* The first slots were used again, with another generation. */
	assert_int_not_equal(
		numbers[0] >> SI_NUMBER_INDEX_BITS, numbers[count - 1] >> SI_NUMBER_INDEX_BITS);
}

/* (session_number-2): the end does not wait, and the context does not go. */
static void a_pinned_number_keeps_its_context(void **state)
{
	void *context = provider_open("a");
	const sessio_handle_desc desc = request(deliver(fill(context)).handle);
	void *found;

	(void)state;
	assert_non_null(si_session_number_pin(desc.session, desc.badge));
	assert_non_null(si_session_number_pin(desc.session, desc.badge));
	assert_null(si_session_number_pin(desc.session, desc.badge + 1));
	provider_forget();
	assert_int_equal(si_session_close(context), SESSIO_OK);
	provider_expect("close a, complete a");
	assert_int_equal(si_session_handle_find(&desc, NULL, 1, &found), SESSIO_REVOKED);
	assert_null(si_session_number_pin(desc.session, desc.badge));
	si_session_number_unpin(desc.session);
	provider_expect("");
	si_session_number_unpin(desc.session);
	provider_expect("destruct a");
}

static void numbers_that_never_were_are_refused(void **state)
{
	static const uint32_t numbers[] = { 1, SI_NUMBER_PAGE * 3, UINT32_MAX };
	sessio_handle_desc desc = { .dereferenced = 1 };
	void *found;

	(void)state;
	for (unsigned i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		desc.session = numbers[i] | UINT32_C(0xfff) << SI_NUMBER_INDEX_BITS;
		assert_int_equal(si_session_handle_find(&desc, NULL, 0, &found), SESSIO_REVOKED);
		assert_int_equal(si_session_handle_pin(&desc), SESSIO_REVOKED);
	}
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_container_says_of_which_session_it_is),
		TEST(a_request_pins_its_context),
		TEST(a_pin_outlives_the_end),
		TEST(a_container_of_no_session_has_nothing_to_pin),
		TEST(a_container_that_is_not_delivered_ends_the_session),
		TEST(a_discarded_container_leaves_delivered_ones_alone),
		TEST(a_discarded_container_ends_nothing_that_is_kept),
		TEST(a_container_can_be_discarded_after_a_revocation),
		TEST(the_watch_is_told_when_no_handle_is_left),
		TEST(without_a_watch_nobody_is_told),
		TEST(nothing_is_tied_to_a_session_that_has_ended_meanwhile),
		TEST(numbers_differ_for_a_long_time),
		TEST(a_pinned_number_keeps_its_context),
		TEST(numbers_that_never_were_are_refused),
	};

	leaks_allow(OWN_SPACE);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
