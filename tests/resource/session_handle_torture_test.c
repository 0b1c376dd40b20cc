/* SPDX-License-Identifier: MIT */
/*
 * Handles of sessions in a crowd. Openers deliver handles, and a client closes them or
 * sends them back. Closers end sessions, and an administrator revokes the object's
 * handle. Each session has its callbacks once, and nothing is left.
 */
#include "test.h"

#include <stdatomic.h>

#include <uv.h>

#include <kos/session.h>
#include <sessio/object.h>
#include <sessio/wait.h>

#include "resource/session_handle.h"

#define OPENERS 3u
#define ROUNDS 1500u
#define MASK (1u | SESSIO_HANDLE_TRANSFER)

static KosSessionType *type;
static void *file;
static sessio_handle_space *provider;
static sessio_handle_space *consumer;

static _Atomic unsigned opened;
static _Atomic unsigned closed;
static _Atomic unsigned completed;
static _Atomic unsigned faults;
static _Atomic unsigned openers_left;
static _Atomic uint32_t offered; /* a handle for the other threads; 0: none */

static void fault_if(bool fault)
{
	if (fault) {
		atomic_fetch_add(&faults, 1);
	}
}

static Retcode on_open(void *object, void *context, void *open_ctx, rtl_uint32_t *handle_rights)
{
	(void)object;
	if (open_ctx != NULL) {
		KosRefObject(context);
	}
	*handle_rights = MASK;
	atomic_fetch_add(&opened, 1);
	return rcOk;
}

static Retcode on_close(void *object, void *context)
{
	(void)object;
	(void)context;
	atomic_fetch_add(&closed, 1);
	return rcOk;
}

static void on_complete(void *object, void *context)
{
	(void)object;
	(void)context;
	atomic_fetch_add(&completed, 1);
}

static uint32_t deliver(void *context)
{
	nk_handle_desc_t desc;
	nk_handle_desc_t received;

	if (KosSessionContextToIpcHandle(context, &desc) != rcOk) {
		return 0;
	}
	if (sessio_handle_space_transfer(provider, &desc, consumer, &received) != SESSIO_OK) {
		si_session_handle_discard(&desc);
		return 0;
	}
	return received.handle;
}

/* Keeps a reference in every other round, and then puts it before or after the close. */
static void open_one(unsigned round)
{
	const bool keeps = round % 2 == 0;
	void *context;
	uint32_t handle;

	fault_if(KosSessionOpenObject(file, 0, UINT32_MAX, keeps ? file : NULL, &context) != rcOk);
	if (!keeps) {
		/* Nobody else knows the session before its container is delivered. */
		handle = deliver(context);
		if (handle == 0) {
			return;
		}
		handle = atomic_exchange(&offered, handle);
		if (handle != 0) {
			(void)sessio_handle_space_close(consumer, handle);
		}
		return;
	}
	handle = deliver(context);
	if (handle != 0) {
		handle = atomic_exchange(&offered, handle);
	}
	if (round % 4 == 0) {
		(void)KosSessionCloseObject(context);
	}
	if (handle != 0) {
		(void)sessio_handle_space_close(consumer, handle);
	}
	KosPutObject(context);
}

static void opener(void)
{
	for (unsigned round = 0; round < ROUNDS; round++) {
		open_one(round);
	}
	atomic_fetch_sub(&openers_left, 1);
}

/* Sends the handle that is offered, as a request, and closes the session or the handle. */
static void client(void)
{
	unsigned round = 0;

	while (atomic_load(&openers_left) != 0) {
		const uint32_t handle = atomic_exchange(&offered, 0);
		const nk_handle_desc_t sent = nk_handle_desc(handle);
		nk_handle_desc_t desc;
		void *context;

		if (handle == 0) {
			continue;
		}
		if (sessio_handle_space_transfer(consumer, &sent, provider, &desc) == SESSIO_OK &&
			si_session_handle_pin(&desc) == SESSIO_OK) {
			if (KosSessionIpcHandleToSession(&desc, type, 1, &context) == rcOk &&
				KosSessionRef(context, type, NULL) == rcOk) {
				fault_if(KosSessionGetOpenRights(context) != 0);
				KosSessionPut(context);
			}
			if (++round % 3 == 0) {
				(void)KosSessionCloseObjectByIpcHandle(&desc, type);
			}
			si_session_handle_unpin(&desc);
		}
		(void)sessio_handle_space_close(consumer, handle);
	}
}

static void administrator(void)
{
	Handle handle;

	while (atomic_load(&openers_left) != 0) {
		if (KosSessionGetObjectHandle(file, &handle) == rcOk) {
			(void)sessio_handle_space_revoke(
				provider, handle, atomic_load(&opened) % 2 == 0);
		}
	}
}

/* Each thread is the provider's. */
static void run_in_provider(void *arg)
{
	const unsigned number = (unsigned)(uintptr_t)arg;
	sessio_handle_scope scope;

	fault_if(sessio_handle_space_enter(provider, &scope) != SESSIO_OK);
	if (number < OPENERS) {
		opener();
	} else if (number == OPENERS) {
		client();
	} else {
		administrator();
	}
	sessio_handle_space_leave(&scope);
}

static void sessions_end_once_in_a_crowd(void **state)
{
	uv_thread_t threads[OPENERS + 2];

	(void)state;
	atomic_store(&openers_left, OPENERS);
	for (unsigned i = 0; i < OPENERS + 2; i++) {
		assert_int_equal(
			uv_thread_create(&threads[i], run_in_provider, (void *)(uintptr_t)i), 0);
	}
	for (unsigned i = 0; i < OPENERS + 2; i++) {
		assert_int_equal(uv_thread_join(&threads[i]), 0);
	}
	sessio_handle_space_destroy(consumer);
	assert_int_equal(sessio_object_drain(file, SESSIO_FOREVER), SESSIO_OK);
	assert_int_equal(atomic_load(&faults), 0);
	assert_int_equal(atomic_load(&opened), OPENERS * ROUNDS);
	assert_int_equal(atomic_load(&closed), OPENERS * ROUNDS);
	assert_int_equal(atomic_load(&completed), OPENERS * ROUNDS);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(sessions_end_once_in_a_crowd) };
	static const KosSessionOps ops = { on_open, on_close, on_complete };
	KosObjectType *file_type;
	sessio_handle_scope scope;
	int failed;

	if (KosCreateObjectType("file", kosSessionBaseObjectType, 0, NULL, NULL, &file_type) !=
			rcOk ||
		KosSessionCreateType(file_type, kosSessionBaseSessionType, &ops, &type) != rcOk ||
		KosCreateObject(file_type, NULL, NULL, &file) != rcOk ||
		KosSessionRegisterObject(type, file) != rcOk ||
		sessio_handle_space_create(&provider) != SESSIO_OK ||
		sessio_handle_space_create(&consumer) != SESSIO_OK) {
		return 1;
	}
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	if (sessio_handle_space_enter(provider, &scope) != SESSIO_OK ||
		KosSessionUnregisterObject(file) != rcOk) {
		return 1;
	}
	sessio_handle_space_leave(&scope);
	failed += sessio_handle_space_count(provider) != 0;
	sessio_handle_space_destroy(provider);
	KosPutObject(file);
	KosSessionDestroyType(type);
	sessio_object_type_unref(file_type);
	return failed;
}
