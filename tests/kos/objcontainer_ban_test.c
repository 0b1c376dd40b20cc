/* SPDX-License-Identifier: MIT */
/* Calls in the callback of a container walk: they work, and are reported once each. */
#include "test.h"

#include <string.h>

#include <kos/objcontainer.h>
#include <sessio/diag.h>

#include "inside.h"
#include "things.h"

static char reported[1024];

static void hear(void *ctx, sessio_diag_kind kind, const void *object, const void *session_context,
	const char *text)
{
	(void)ctx;
	(void)object;
	(void)session_context;
	note_that(kind == SESSIO_DIAG_PORTABILITY);
	assert_non_null(strstr(text, " in the callback of a container walk"));
	strncat(reported, text, strcspn(text, " ") + 1);
}

static KosObjContainer *container;
static bool calls; /* whether the callback below makes its calls */
static bool destroys; /* whether a destructor makes one, in the walk */

static Retcode stop(void *object, void *context)
{
	(void)object;
	(void)context;
	return rcBusy;
}

static void look(void *ctx)
{
	void *found = NULL;

	note_that(KosGetObjContainerObjectByName(ctx, "none", &found) == rcResourceNotFound);
}

static Retcode visit(void *object, void *context)
{
	KosObjContainer *inner = NULL;
	void *found = NULL;

	(void)object;
	(void)context;
	if (destroys) {
		struct thing *brief = new_thing(NULL);

		brief->on_end = look;
		brief->ctx = container;
		KosPutObject(brief);
	}
	if (!calls) {
		return rcOk;
	}
	note_that(KosCreateObjContainer(container, "inner", &inner) == rcOk);
	note_that(KosInsertObjContainerObject(container, "again", inner) == rcOk);
	note_that(KosGetObjContainerObjectByName(container, "again", &found) == rcOk);
	KosPutObject(found);
	note_that(KosRemoveObjContainerObjectByName(container, "again") == rcOk);
	note_that(KosWalkObjContainerObjects(container, stop, NULL) == rcBusy);
	note_that(KosRemoveObjContainerObject(container, inner) == rcOk);
	KosPutObject(inner);
	return rcOk;
}

static void walk(void)
{
	reported[0] = '\0';
	assert_int_equal(KosWalkObjContainerObjects(container, visit, NULL), rcOk);
}

static void each_call_in_a_walk_is_reported_once(void **state)
{
	struct thing *thing = new_thing(NULL);

	(void)state;
	sessio_diag_set_sink(hear, NULL);
	assert_int_equal(KosCreateObjContainer(NULL, NULL, &container), rcOk);
	assert_int_equal(KosInsertObjContainerObject(container, "thing", thing), rcOk);
	walk();
	assert_string_equal(reported, "");
	/* A destructor is not the callback, although it runs inside of it. */
	destroys = true;
	walk();
	assert_string_equal(reported, "");
	calls = true;
	walk();
	assert_string_equal(reported,
		"KosCreateObjContainer KosInsertObjContainerObject KosGetObjContainerObjectByName "
		"KosRemoveObjContainerObjectByName KosWalkObjContainerObjects "
		"KosRemoveObjContainerObject ");
	walk();
	assert_string_equal(reported, "");
	KosPutObject(container);
	KosPutObject(thing);
	sessio_diag_set_sink(NULL, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			each_call_in_a_walk_is_reported_once, things_set_up, things_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
