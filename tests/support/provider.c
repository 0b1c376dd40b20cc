/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "inside.h"
#include "provider.h"

#include <string.h>

struct provider provider;

static const char *const step_names[STEPS] = { "construct", "open", "close", "complete",
	"destruct" };

void provider_note(const char *what, const char *name)
{
	size_t length = strlen(provider.trace);

	if (provider.silent) {
		return;
	}
	assert_true(length + strlen(what) + 32 < sizeof(provider.trace));
	if (length != 0) {
		strcat(provider.trace, ", ");
	}
	strcat(provider.trace, what);
	if (name != NULL) {
		strcat(provider.trace, " ");
		strcat(provider.trace, name);
	}
}

void provider_expect(const char *trace)
{
	assert_string_equal(provider.trace, trace);
	provider_forget();
}

void provider_forget(void)
{
	provider.trace[0] = '\0';
}

static struct note *note_of(const void *context)
{
	return sessio_object_cast(context, provider.note_type);
}

static void step(enum step step, void *object, void *context)
{
	provider_hook *hook = provider.in[step];
	const struct note *note = note_of(context);

	provider.in[step] = NULL;
	provider_note(step_names[step], note == NULL ? NULL : note->name);
	if (hook != NULL) {
		hook(object, context);
	}
}

static Retcode construct_note(void *context, void *segment, void *open_ctx)
{
	struct note *note = segment;

	note->name = open_ctx;
	note->object = provider.file;
	step(CONSTRUCT, provider.file, context);
	return provider.construct_result;
}

static void destruct_note(void *context, void *segment)
{
	struct note *note = segment;

	step(DESTRUCT, note->object, context);
}

static Retcode open_file(void *object, void *context, void *open_ctx, rtl_uint32_t *handle_rights)
{
	struct note *note = note_of(context);

	note_that(*handle_rights == 0);
	if (provider.handle_rights != 0) {
		*handle_rights = provider.handle_rights;
	}
	if (note != NULL) {
		note->object = object;
		note_that(note->name == open_ctx);
	}
	step(OPEN, object, context);
	return provider.open_result;
}

static Retcode close_file(void *object, void *context)
{
	step(CLOSE, object, context);
	return provider.close_result;
}

static void complete_file(void *object, void *context)
{
	step(COMPLETE, object, context);
}

const KosSessionOps provider_ops = { open_file, close_file, complete_file };

int provider_start(void **state)
{
	(void)state;
	memset(&provider, 0, sizeof(provider));
	if (KosCreateObjectType("file", kosSessionBaseObjectType, 64, NULL, NULL,
		    &provider.file_type) != rcOk ||
		KosCreateObjectType("note", kosSessionBaseSessionType, sizeof(struct note),
			construct_note, destruct_note, &provider.note_type) != rcOk ||
		KosSessionCreateType(provider.file_type, provider.note_type, &provider_ops,
			&provider.type) != rcOk) {
		return -1;
	}
	provider.file = provider_make_file("file");
	return 0;
}

int provider_stop(void **state)
{
	(void)state;
	notes_assert();
	memset(provider.in, 0, sizeof(provider.in));
	(void)KosSessionUnregisterObject(provider.file);
	KosPutObject(provider.file);
	KosSessionDestroyType(provider.type);
	sessio_object_type_unref(provider.note_type);
	sessio_object_type_unref(provider.file_type);
	return 0;
}

void *provider_make_file(const char *name)
{
	void *file = NULL;

	assert_int_equal(KosCreateObject(provider.file_type, name, NULL, &file), rcOk);
	assert_int_equal(KosSessionRegisterObject(provider.type, file), rcOk);
	return file;
}

void *provider_open(const char *name)
{
	void *context = NULL;

	assert_int_equal(KosSessionOpenObject(
				 provider.file, 0, UINT32_MAX, (void *)(uintptr_t)name, &context),
		rcOk);
	assert_non_null(context);
	return context;
}
