/* SPDX-License-Identifier: MIT */
/*
 * A provider of one file that writes down every callback and lets a test act
 * inside each. provider.in[STEP] runs once, in the next callback of that kind.
 * For one thread at a time.
 *
 * Sessions are named by a string in their openCtx, NULL for none. The trace reads
 * "construct a, open a, close a, complete a, destruct a".
 */
#ifndef SESSIO_TESTS_PROVIDER_H
#define SESSIO_TESTS_PROVIDER_H

#include <kos/session.h>

enum step { CONSTRUCT, OPEN, CLOSE, COMPLETE, DESTRUCT, STEPS };

/* object is the open object. */
typedef void provider_hook(void *object, void *context);

/* The data that this provider adds to a session context. */
struct note {
	const char *name; /* of the session */
	void *object;
};

struct provider {
	KosObjectType *file_type;
	KosObjectType *note_type;
	KosSessionType *type;
	void *file; /* registered with type */

	provider_hook *in[STEPS];
	Retcode construct_result;
	Retcode open_result;
	Retcode close_result;
	rtl_uint32_t handle_rights; /* what open sets, unless 0 */

	bool silent; /* writes no trace */
	char trace[1024];
};

extern struct provider provider;

/* The callbacks of this provider, for tests with a session type of their own. */
extern const KosSessionOps provider_ops;

/* A cmocka setup and teardown. The teardown unregisters the file if a test has not. */
int provider_start(void **state);
int provider_stop(void **state);

/* Another file, registered; give it back with an unregistration and a put. */
void *provider_make_file(const char *name);

/* Opens the file with no rights and everything shared: any number goes together. */
void *provider_open(const char *name);

/* Writes into the trace, as the callbacks do. */
void provider_note(const char *what, const char *name);

/* Compares the trace since the last call, and forgets it. */
void provider_expect(const char *trace);
void provider_forget(void);

#endif /* SESSIO_TESTS_PROVIDER_H */
