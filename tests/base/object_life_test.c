/* SPDX-License-Identifier: MIT */
/* Constructors, destructors, and the counts between them. */
#include "test.h"

#include <string.h>

#include <uv.h>

#include <kos/objects.h>
#include <sessio/diag.h>

#include "base/object.h"
#include "inside.h"

#define DEPTH 5u

/* The calls of the chain below: "+0+1-1-0". */
static char trace[256];
static unsigned fail_at = DEPTH; /* whose constructor fails */
static Retcode fail_with;
static KosObjectType *chain[DEPTH];

static void note(char sign, unsigned depth)
{
	size_t length = strlen(trace);

	assert_true(length + 3 < sizeof(trace));
	trace[length] = sign;
	trace[length + 1] = (char)('0' + depth);
	trace[length + 2] = '\0';
}

static Retcode construct(unsigned depth, void *object, void *segment, void *create_ctx)
{
	note('+', depth);
	assert_ptr_equal(create_ctx, trace);
	assert_ptr_equal(segment, sessio_object_cast(object, chain[depth]));
	assert_int_equal(sessio_object_references(object), 1);
	return depth == fail_at ? fail_with : rcOk;
}

static void destruct(unsigned depth, void *object, void *segment)
{
	note('-', depth);
	assert_ptr_equal(segment, sessio_object_cast(object, chain[depth]));
	assert_int_equal(sessio_object_references(object), 0);
}

#define LEVEL(depth)                                                                    \
	static Retcode construct_##depth(void *object, void *segment, void *create_ctx) \
	{                                                                               \
		return construct(depth, object, segment, create_ctx);                   \
	}                                                                               \
	static void destruct_##depth(void *object, void *segment)                       \
	{                                                                               \
		destruct(depth, object, segment);                                       \
	}
LEVEL(0)
LEVEL(1)
LEVEL(3)
LEVEL(4)
#undef LEVEL

static int make_chain(void **state)
{
	/* Level 2 has neither, and is passed over. */
	KosObjectConstructor *const constructors[DEPTH] = { construct_0, construct_1, NULL,
		construct_3, construct_4 };
	KosObjectDestructor *const destructors[DEPTH] = { destruct_0, destruct_1, NULL, destruct_3,
		destruct_4 };

	(void)state;
	for (unsigned i = 0; i < DEPTH; i++) {
		if (KosCreateObjectType("level", i == 0 ? NULL : chain[i - 1], i * 8,
			    constructors[i], destructors[i], &chain[i]) != rcOk) {
			return -1;
		}
	}
	trace[0] = '\0';
	fail_at = DEPTH;
	return 0;
}

static int drop_chain(void **state)
{
	(void)state;
	for (unsigned i = 0; i < DEPTH; i++) {
		sessio_object_type_unref(chain[i]);
	}
	return 0;
}

/* Clauses: OB-7, OB-11 */
static void constructors_run_from_the_root_and_destructors_to_it(void **state)
{
	void *object;

	(void)state;
	assert_int_equal(KosCreateObject(chain[4], NULL, trace, &object), rcOk);
	assert_string_equal(trace, "+0+1+3+4");
	KosRefObject(object);
	KosPutObject(object);
	assert_string_equal(trace, "+0+1+3+4"); /* it was not the last one */
	KosPutObject(object);
	assert_string_equal(trace, "+0+1+3+4-4-3-1-0");
}

static void a_failed_constructor_undoes_those_before_it(void **state)
{
	static const struct {
		unsigned depth;
		const char *trace;
	} cases[] = { { 0, "+0" }, { 1, "+0+1-0" }, { 3, "+0+1+3-1-0" }, { 4, "+0+1+3+4-3-1-0" } };
	static const Retcode codes[] = { rcFail, rcBusy, 1, INT32_MAX, INT32_MIN,
		MAKE_RETCODE(RC_CUSTOMER_TRUE, RC_SPACE_GENERAL, 0, 77, "") };

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (unsigned j = 0; j < sizeof(codes) / sizeof(codes[0]); j++) {
			void *object = trace;

			trace[0] = '\0';
			fail_at = cases[i].depth;
			fail_with = codes[j];
			assert_int_equal(KosCreateObject(chain[4], NULL, trace, &object), codes[j]);
			assert_string_equal(trace, cases[i].trace);
			assert_ptr_equal(object, trace);
		}
	}
}

static void a_derived_constructor_does_not_run_for_the_base(void **state)
{
	void *object;

	(void)state;
	assert_int_equal(KosCreateObject(chain[2], NULL, trace, &object), rcOk);
	KosPutObject(object);
	assert_string_equal(trace, "+0+1-1-0");
}

/* Objects that own objects. */
#define OWNED_MAX 8u

struct owner {
	void *owned[OWNED_MAX];
	unsigned count;
};

static struct owner *running; /* whose destructor runs */
static unsigned destroyed;
static KosObjectType *owner_type;

static void destruct_owner(void *object, void *segment)
{
	struct owner *owner = segment;

	(void)object;
	assert_null(running); /* destruction does not nest */
	running = owner;
	for (unsigned i = 0; i < owner->count; i++) {
		KosPutObject(owner->owned[i]);
	}
	running = NULL;
	destroyed++;
}

static Retcode refuse(void *object, void *segment, void *create_ctx)
{
	(void)object;
	(void)segment;
	(void)create_ctx;
	return rcFail;
}

static int make_owner_type(void **state)
{
	(void)state;
	running = NULL;
	destroyed = 0;
	return KosCreateObjectType("owner", NULL, sizeof(struct owner), NULL, destruct_owner,
		       &owner_type) == rcOk
		? 0
		: -1;
}

static int drop_owner_type(void **state)
{
	(void)state;
	sessio_object_type_unref(owner_type);
	return 0;
}

static struct owner *make_owner(void)
{
	void *object = NULL;

	assert_int_equal(KosCreateObject(owner_type, NULL, NULL, &object), rcOk);
	return object;
}

static void own(struct owner *owner, void *object)
{
	assert_true(owner->count < OWNED_MAX);
	owner->owned[owner->count++] = object;
}

static void a_million_objects_in_a_row_need_no_stack(void **state)
{
	struct owner *first = make_owner();
	unsigned count = 1000000;

	(void)state;
	for (unsigned i = 1; i < count; i++) {
		struct owner *next = make_owner();

		own(next, first);
		first = next;
	}
	KosPutObject(first);
	assert_int_equal(destroyed, count);
}

static struct owner *make_tree(unsigned depth)
{
	struct owner *owner = make_owner();

	for (unsigned i = 0; depth > 0 && i < 3; i++) {
		own(owner, make_tree(depth - 1));
	}
	return owner;
}

static void a_tree_goes_with_its_root(void **state)
{
	struct owner *shared = make_owner();
	struct owner *root = make_tree(7);

	(void)state;
	/* Held three times over, and gone with the last of them. */
	for (unsigned i = 0; i < 3; i++) {
		KosRefObject(shared);
		own(root->owned[i], shared);
	}
	KosPutObject(root);
	assert_int_equal(destroyed, (6561 - 1) / 2); /* 3^0 + ... + 3^7 */
	KosPutObject(shared);
	assert_int_equal(destroyed, (6561 - 1) / 2 + 1);
}

/* A type whose constructor fills the owner before a derived one refuses. */
static Retcode construct_filled(void *object, void *segment, void *create_ctx)
{
	struct owner *owner = segment;

	(void)object;
	(void)create_ctx;
	own(owner, make_tree(1));
	own(owner, make_owner());
	return rcOk;
}

static void a_refused_object_takes_its_parts_along(void **state)
{
	KosObjectType *filled;
	KosObjectType *refusing;
	struct owner *outer = make_owner();
	void *object = NULL;

	(void)state;
	assert_int_equal(KosCreateObjectType("filled", NULL, sizeof(struct owner), construct_filled,
				 destruct_owner, &filled),
		rcOk);
	assert_int_equal(KosCreateObjectType("refusing", filled, 0, refuse, NULL, &refusing), rcOk);
	assert_int_equal(KosCreateObject(refusing, NULL, NULL, &object), rcFail);
	assert_int_equal(destroyed, 6);
	KosPutObject(outer);
	assert_int_equal(destroyed, 7);
	sessio_object_type_unref(refusing);
	sessio_object_type_unref(filled);
}

/* A destructor that does as it likes, a creation that fails included. */
static KosObjectType *busy_refusing;

static void destruct_busy(void *object, void *segment)
{
	void *fresh = NULL;

	(void)object;
	(void)segment;
	assert_int_equal(KosCreateObject(busy_refusing, NULL, NULL, &fresh), rcFail);
	assert_int_equal(destroyed, 1); /* its parts wait for this destructor */
	KosPutObject(make_owner());
	assert_int_equal(destroyed, 1);
}

static void a_destructor_may_make_and_drop_objects(void **state)
{
	KosObjectType *busy;
	KosObjectType *filled;
	void *object;

	(void)state;
	assert_int_equal(KosCreateObjectType("filled", NULL, sizeof(struct owner), construct_filled,
				 destruct_owner, &filled),
		rcOk);
	assert_int_equal(
		KosCreateObjectType("refusing", filled, 0, refuse, NULL, &busy_refusing), rcOk);
	assert_int_equal(KosCreateObjectType("busy", NULL, 0, NULL, destruct_busy, &busy), rcOk);
	assert_int_equal(KosCreateObject(busy, NULL, NULL, &object), rcOk);
	destroyed = 0;
	KosPutObject(object);
	/* The refused one with its five parts, and the one dropped. */
	assert_int_equal(destroyed, 7);
	sessio_object_type_unref(busy);
	sessio_object_type_unref(busy_refusing);
	sessio_object_type_unref(filled);
}

struct report {
	unsigned times;
	sessio_diag_kind kind;
	const void *object;
};

static void hear(void *ctx, sessio_diag_kind kind, const void *object, const void *session_context,
	const char *text)
{
	struct report *report = ctx;

	note_that(session_context == NULL);
	assert_string_equal(text,
		"an object of type \"owner\" has too many references and will never be destroyed");
	report->times++;
	report->kind = kind;
	report->object = object;
}

/* Clauses: OB-2 */
static void a_full_count_keeps_the_object_for_ever_and_is_reported_once(void **state)
{
	struct owner *owner = make_owner();
	struct si_header *header = si_header_of(owner);
	struct report report = { 0 };

	(void)state;
	sessio_diag_set_sink(hear, &report);
	atomic_store(&header->u.live.refs.count, SI_REFCOUNT_LIMIT - 1);
	KosRefObject(owner); /* the last one that is counted */
	assert_int_equal(report.times, 0);
	(void)si_object_ref(owner); /* as the library does it: silently */
	assert_int_equal(report.times, 0);
	KosRefObject(owner);
	assert_int_equal(report.times, 1);
	assert_int_equal(report.kind, SESSIO_DIAG_SATURATED);
	assert_ptr_equal(report.object, owner);
	for (unsigned i = 0; i < 1000; i++) {
		KosRefObject(owner);
		KosPutObject(owner);
		KosPutObject(owner);
	}
	assert_int_equal(report.times, 1);
	assert_int_equal(destroyed, 0);
	assert_true(sessio_object_references(owner) > SI_REFCOUNT_LIMIT);
	sessio_diag_set_sink(NULL, NULL);
	atomic_store(&header->u.live.refs.count, 1);
	KosPutObject(owner);
	assert_int_equal(destroyed, 1);
}

/* Only the count orders the holders' writes before the destructor's reads. */
#define HOLDERS 4u
#define ROUNDS 200u

struct shared {
	unsigned written[HOLDERS];
};

static struct {
	uv_barrier_t start;
	struct shared *object;
	_Atomic unsigned next;
} crowd;
static unsigned sum; /* written by the destructor, read after the join */

static void destruct_shared(void *object, void *segment)
{
	struct shared *shared = segment;

	(void)object;
	for (unsigned i = 0; i < HOLDERS; i++) {
		sum += shared->written[i];
	}
}

static void hold(void *arg)
{
	unsigned index = atomic_fetch_add_explicit(&crowd.next, 1, memory_order_relaxed);
	struct shared *shared = crowd.object;

	(void)arg;
	(void)uv_barrier_wait(&crowd.start);
	for (unsigned i = 0; i < 10; i++) {
		KosRefObject(shared);
		shared->written[index]++;
		KosPutObject(shared);
	}
	KosPutObject(shared);
}

static void the_last_holder_sees_what_all_others_did(void **state)
{
	KosObjectType *type;

	(void)state;
	assert_int_equal(KosCreateObjectType("shared", NULL, sizeof(struct shared), NULL,
				 destruct_shared, &type),
		rcOk);
	for (unsigned round = 0; round < ROUNDS; round++) {
		uv_thread_t threads[HOLDERS];
		void *object;

		assert_int_equal(KosCreateObject(type, NULL, NULL, &object), rcOk);
		crowd.object = object;
		atomic_store(&crowd.next, 0);
		sum = 0;
		assert_int_equal(uv_barrier_init(&crowd.start, HOLDERS), 0);
		for (unsigned i = 1; i < HOLDERS; i++) {
			KosRefObject(object);
		}
		for (unsigned i = 0; i < HOLDERS; i++) {
			assert_int_equal(uv_thread_create(&threads[i], hold, NULL), 0);
		}
		for (unsigned i = 0; i < HOLDERS; i++) {
			assert_int_equal(uv_thread_join(&threads[i]), 0);
		}
		uv_barrier_destroy(&crowd.start);
		assert_int_equal(sum, HOLDERS * 10);
	}
	sessio_object_type_unref(type);
}

#define ON_CHAIN(test) cmocka_unit_test_setup_teardown(test, make_chain, drop_chain)
#define OWNING(test) cmocka_unit_test_setup_teardown(test, make_owner_type, drop_owner_type)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_CHAIN(constructors_run_from_the_root_and_destructors_to_it),
		ON_CHAIN(a_failed_constructor_undoes_those_before_it),
		ON_CHAIN(a_derived_constructor_does_not_run_for_the_base),
		OWNING(a_million_objects_in_a_row_need_no_stack),
		OWNING(a_tree_goes_with_its_root),
		OWNING(a_refused_object_takes_its_parts_along),
		OWNING(a_destructor_may_make_and_drop_objects),
		OWNING(a_full_count_keeps_the_object_for_ever_and_is_reported_once),
		cmocka_unit_test(the_last_holder_sees_what_all_others_did),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
