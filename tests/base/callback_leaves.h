/* SPDX-License-Identifier: MIT */
/*
 * Each kind of callback of base, left by another way than its return. It is C and
 * C++, so that an exception is one of the ways.
 */
#ifndef SESSIO_TESTS_CALLBACK_LEAVES_H
#define SESSIO_TESTS_CALLBACK_LEAVES_H

#include <kos/objcontainer.h>
#include <kos/objects.h>
#include <sessio/diag.h>

typedef void way_out_fn(void);

static way_out_fn *way_out;

static Retcode leave_constructor(void *object, void *segment, void *create_ctx)
{
	(void)object;
	(void)segment;
	(void)create_ctx;
	way_out();
	return rcOk;
}

static void leave_destructor(void *object, void *segment)
{
	(void)object;
	(void)segment;
	way_out();
}

static Retcode leave_walk(void *object, void *context)
{
	(void)object;
	(void)context;
	way_out();
	return rcOk;
}

static void leave_sink(void *ctx, sessio_diag_kind kind, const void *object,
	const void *session_context, const char *text)
{
	(void)ctx;
	(void)kind;
	(void)object;
	(void)session_context;
	(void)text;
	way_out();
}

static void in_constructor(void)
{
	KosObjectType *type = RTL_NULL;
	void *object = RTL_NULL;

	(void)KosCreateObjectType("type", RTL_NULL, 1, leave_constructor, RTL_NULL, &type);
	(void)KosCreateObject(type, RTL_NULL, RTL_NULL, &object);
}

static void in_destructor(void)
{
	KosObjectType *type = RTL_NULL;
	void *object = RTL_NULL;

	(void)KosCreateObjectType("type", RTL_NULL, 1, RTL_NULL, leave_destructor, &type);
	(void)KosCreateObject(type, RTL_NULL, RTL_NULL, &object);
	KosPutObject(object);
}

static KosObjContainer *container;

static void walk(KosObjContainerWalk *visit)
{
	KosObjContainer *inner = RTL_NULL;

	(void)KosCreateObjContainer(RTL_NULL, RTL_NULL, &container);
	(void)KosCreateObjContainer(container, "inner", &inner);
	(void)KosWalkObjContainerObjects(container, visit, RTL_NULL);
}

static void in_walk(void)
{
	walk(leave_walk);
}

/* The documents forbid a call in a walk's callback, so it is a report to the sink. */
static Retcode report(void *object, void *context)
{
	void *found = RTL_NULL;

	(void)object;
	(void)context;
	return KosGetObjContainerObjectByName(container, "none", &found);
}

static void in_sink(void)
{
	sessio_diag_set_sink(leave_sink, RTL_NULL);
	walk(report);
}

#endif /* SESSIO_TESTS_CALLBACK_LEAVES_H */
