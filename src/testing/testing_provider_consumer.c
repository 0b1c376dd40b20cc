/* SPDX-License-Identifier: MIT */
/* The consumers of providers under test. Each does as a process of its own would. */
#include <stdlib.h>

#include <sessio/bind.h>

#include "kos/retcode.h"
#include "resource/session_handle.h"
#include "testing/provider.h"

static sessio_kit_session *new_session(sessio_kit_consumer *consumer)
{
	sessio_kit_session *session = calloc(1, sizeof(*session));

	if (session != NULL) {
		session->consumer = consumer;
		session->handle = SESSIO_HANDLE_INVALID;
		si_list_append(&consumer->sessions, &session->link);
	}
	return session;
}

static void free_session(sessio_kit_session *session)
{
	si_list_remove(&session->consumer->sessions, &session->link);
	free(session);
}

/* Each step below: its result is rcFail unless it comes to its end. */
struct call {
	sessio_kit_consumer *consumer;
	sessio_kit_session *session;
	void *object;
	void *open_arg;
	const nk_handle_desc_t *sent;
	nk_handle_desc_t *received;
	rtl_uint32_t required;
	rtl_uint32_t shared;
	Retcode rc;
};

static Retcode run(sessio_kit *kit, si_kit_step_fn *fn, struct call *call)
{
	call->rc = rcFail;
	return si_kit_step(kit, fn, call) ? call->rc : rcFail;
}

static bool has_handle(const sessio_kit_session *session)
{
	return session != NULL && session->handle != SESSIO_HANDLE_INVALID;
}

/* --- Consumers --- */

static sessio_status bind_to(sessio_kit_consumer *consumer, uint32_t session_id)
{
	const sessio_bind_policy policy = { .on_logoff = SESSIO_BIND_CLOSE,
		.on_termination = SESSIO_BIND_CLOSE };
	sessio_user_session *user;
	sessio_status status = sessio_host_find_session(consumer->kit->host, session_id, &user);

	if (status == SESSIO_OK) {
		status = sessio_bind_create(user, &policy, &consumer->bind);
		sessio_user_session_unref(user);
	}
	return status;
}

sessio_status sessio_kit_create_consumer(
	sessio_kit *kit, uint32_t session_id, sessio_kit_consumer **out_consumer)
{
	sessio_kit_consumer *consumer;
	sessio_status status;

	if (kit == NULL || out_consumer == NULL) {
		return SESSIO_INVALID_ARG;
	}
	if (kit->finished || atomic_load(&kit->stopped)) {
		return SESSIO_BAD_STATE;
	}
	consumer = calloc(1, sizeof(*consumer));
	if (consumer == NULL) {
		return SESSIO_NO_MEMORY;
	}
	consumer->kit = kit;
	status = session_id != SESSIO_KIT_NO_SESSION ? bind_to(consumer, session_id) : SESSIO_OK;
	if (status == SESSIO_OK) {
		status = sessio_handle_space_create(&consumer->space);
	}
	if (status != SESSIO_OK) {
		sessio_bind_destroy(consumer->bind);
		free(consumer);
		return status;
	}
	si_list_append(&kit->consumers, &consumer->link);
	*out_consumer = consumer;
	return SESSIO_OK;
}

/* It is in no list any more. */
static void end_taken(struct si_kit_operation *operation)
{
	void *context = operation->context;

	free(operation);
	KosSessionPut(context);
}

static void close_directly(sessio_kit_session *session)
{
	if (session->held) {
		session->held = false;
		(void)KosSessionCloseObject(session->context);
		KosPutObject(session->context);
	}
}

static void end_session(sessio_kit_session *session)
{
	struct si_list_node *next;

	for (struct si_list_node *node = session->operations.first; node != NULL; node = next) {
		next = node->next;
		end_taken(SI_LIST_ELEMENT(node, struct si_kit_operation, link));
	}
	close_directly(session);
}

/* Its memory stays: after the end of its kit its calls answer rcFail. */
static void end_consumer(sessio_kit_consumer *consumer)
{
	for (struct si_list_node *node = consumer->sessions.first; node != NULL;
		node = node->next) {
		end_session(SI_LIST_ELEMENT(node, sessio_kit_session, link));
	}
	sessio_handle_space_destroy(consumer->space); /* with all its handles */
	sessio_bind_destroy(consumer->bind);
}

static void free_consumer(sessio_kit_consumer *consumer)
{
	struct si_list_node *next;

	for (struct si_list_node *node = consumer->sessions.first; node != NULL; node = next) {
		next = node->next;
		free(SI_LIST_ELEMENT(node, sessio_kit_session, link));
	}
	free(consumer);
}

static void kill_consumer(void *arg)
{
	sessio_kit_consumer *consumer = arg;

	si_list_remove(&consumer->kit->consumers, &consumer->link);
	end_consumer(consumer);
	free_consumer(consumer);
}

void sessio_kit_kill_consumer(sessio_kit_consumer *consumer)
{
	if (consumer != NULL) {
		(void)si_kit_step(consumer->kit, kill_consumer, consumer);
	}
}

/* The latest first. */
void si_kit_end_consumers(sessio_kit *kit)
{
	for (struct si_list_node *node = kit->consumers.last; node != NULL; node = node->previous) {
		end_consumer(SI_LIST_ELEMENT(node, sessio_kit_consumer, link));
	}
}

void si_kit_free_consumers(sessio_kit *kit)
{
	struct si_list_node *next;

	for (struct si_list_node *node = kit->consumers.first; node != NULL; node = next) {
		next = node->next;
		free_consumer(SI_LIST_ELEMENT(node, sessio_kit_consumer, link));
	}
}

/* --- Opening --- */

static void open_object(void *arg)
{
	struct call *call = arg;
	sessio_bind_scope scope;
	sessio_status status;
	Retcode reason = rcFail;
	void *context;

	call->session = new_session(call->consumer);
	if (call->session == NULL) {
		call->rc = rcOutOfMemory;
		return;
	}
	if (call->consumer->bind != NULL &&
		sessio_bind_enter(call->consumer->bind, &scope) != SESSIO_OK) {
		free_session(call->session);
		return;
	}
	status = si_session_open_held(
		call->object, call->required, call->shared, call->open_arg, &context, &reason);
	if (call->consumer->bind != NULL) {
		sessio_bind_leave(&scope);
	}
	call->rc = si_retcode_or(status, reason);
	if (call->rc != rcOk) {
		free_session(call->session);
		return;
	}
	call->session->context = context;
	call->session->held = true;
}

Retcode sessio_kit_open_object(sessio_kit_consumer *consumer, void *object,
	rtl_uint32_t required_rights, rtl_uint32_t share_mode, void *open_arg,
	sessio_kit_session **out_session)
{
	struct call call = { .consumer = consumer,
		.object = object,
		.required = required_rights,
		.shared = share_mode,
		.open_arg = open_arg };

	if (consumer == NULL || object == NULL || out_session == NULL) {
		return rcInvalidArgument;
	}
	if (run(consumer->kit, open_object, &call) == rcOk) {
		*out_session = call.session;
	}
	return call.rc;
}

/* --- Handles --- */

static void receive(void *arg)
{
	struct call *call = arg;
	nk_handle_desc_t received;

	call->session = new_session(call->consumer);
	if (call->session == NULL) {
		call->rc = rcOutOfMemory;
		return;
	}
	call->rc = si_retcode(sessio_handle_space_transfer(
		sessio_handle_space_own(), call->sent, call->consumer->space, &received));
	if (call->rc != rcOk) {
		free_session(call->session);
		return;
	}
	call->session->handle = received.handle;
}

Retcode sessio_kit_receive(sessio_kit_consumer *consumer, const nk_handle_desc_t *sent,
	sessio_kit_session **out_session)
{
	struct call call = { .consumer = consumer, .sent = sent };

	if (consumer == NULL || sent == NULL || out_session == NULL) {
		return rcInvalidArgument;
	}
	if (run(consumer->kit, receive, &call) == rcOk) {
		*out_session = call.session;
	}
	return call.rc;
}

static void give_handle(void *arg)
{
	struct call *call = arg;
	sessio_kit_session *session = call->session;
	nk_handle_desc_t sent, received;

	call->rc = KosSessionContextToIpcHandle(session->context, &sent);
	if (call->rc != rcOk) {
		return;
	}
	call->rc = si_retcode(sessio_handle_space_transfer(
		sessio_handle_space_own(), &sent, session->consumer->space, &received));
	if (call->rc != rcOk) {
		si_session_handle_discard(&sent);
		return;
	}
	session->handle = received.handle;
	session->held = false;
	KosPutObject(session->context);
}

Retcode sessio_kit_give_handle(sessio_kit_session *session)
{
	struct call call = { .session = session };

	if (session == NULL) {
		return rcInvalidArgument;
	}
	if (has_handle(session)) {
		return rcAlreadyExists;
	}
	if (!session->held) {
		return rcInvalidOperation;
	}
	return run(session->consumer->kit, give_handle, &call);
}

static Retcode transfer(const sessio_kit_session *session, rtl_uint32_t rights,
	sessio_handle_space *to, nk_handle_desc_t *out_received)
{
	const nk_handle_desc_t sent = {
		.handle = session->handle, .rights = rights, .badge = SESSIO_HANDLE_INVALID
	};

	return si_retcode(
		sessio_handle_space_transfer(session->consumer->space, &sent, to, out_received));
}

static void send_home(void *arg)
{
	struct call *call = arg;

	call->rc = transfer(call->session, SESSIO_HANDLE_SAME_RIGHTS, sessio_handle_space_own(),
		call->received);
}

Retcode sessio_kit_send(sessio_kit_session *session, nk_handle_desc_t *out_desc)
{
	struct call call = { .session = session, .received = out_desc };

	if (!has_handle(session) || out_desc == NULL) {
		return rcInvalidArgument;
	}
	return run(session->consumer->kit, send_home, &call);
}

static void pass(void *arg)
{
	struct call *call = arg;
	sessio_kit_session *passed = new_session(call->consumer);
	nk_handle_desc_t received;

	if (passed == NULL) {
		call->rc = rcOutOfMemory;
		return;
	}
	call->rc = transfer(call->session, call->required, call->consumer->space, &received);
	if (call->rc != rcOk) {
		free_session(passed);
		return;
	}
	passed->handle = received.handle;
	call->session = passed;
}

Retcode sessio_kit_pass(sessio_kit_session *session, rtl_uint32_t rights,
	sessio_kit_consumer *receiver, sessio_kit_session **out_session)
{
	struct call call = { .session = session, .consumer = receiver, .required = rights };

	if (!has_handle(session) || receiver == NULL || out_session == NULL ||
		receiver->kit != session->consumer->kit) {
		return rcInvalidArgument;
	}
	if (run(receiver->kit, pass, &call) == rcOk) {
		*out_session = call.session;
	}
	return call.rc;
}

static void revoke_passed(void *arg)
{
	struct call *call = arg;

	call->rc = si_retcode(sessio_handle_space_revoke(
		call->session->consumer->space, call->session->handle, false));
}

Retcode sessio_kit_revoke_passed(sessio_kit_session *session)
{
	struct call call = { .session = session };

	return has_handle(session) ? run(session->consumer->kit, revoke_passed, &call)
				   : rcInvalidArgument;
}

/* --- Operations and the end --- */

static Retcode find_context(const sessio_kit_session *session, void **out_context)
{
	nk_handle_desc_t received;
	Retcode rc;

	if (!has_handle(session)) {
		*out_context = session->context;
		return session->held ? rcOk : rcInvalidOperation;
	}
	rc = transfer(session, SESSIO_HANDLE_SAME_RIGHTS, sessio_handle_space_own(), &received);
	return rc == rcOk ? KosSessionIpcHandleToSession(&received, RTL_NULL, 0, out_context) : rc;
}

static void begin_operation(void *arg)
{
	struct call *call = arg;
	struct si_kit_operation *operation = calloc(1, sizeof(*operation));

	if (operation == NULL) {
		call->rc = rcOutOfMemory;
		return;
	}
	call->rc = find_context(call->session, &operation->context);
	if (call->rc == rcOk) {
		call->rc = KosSessionRef(operation->context, RTL_NULL, RTL_NULL);
	}
	if (call->rc != rcOk) {
		free(operation);
		return;
	}
	si_list_append(&call->session->operations, &operation->link);
}

Retcode sessio_kit_begin_operation(sessio_kit_session *session)
{
	struct call call = { .session = session };

	return session != NULL ? run(session->consumer->kit, begin_operation, &call)
			       : rcInvalidArgument;
}

static void end_operation(void *arg)
{
	struct call *call = arg;
	struct si_list_node *oldest = call->session->operations.first;

	si_list_remove(&call->session->operations, oldest);
	end_taken(SI_LIST_ELEMENT(oldest, struct si_kit_operation, link));
	call->rc = rcOk;
}

Retcode sessio_kit_end_operation(sessio_kit_session *session)
{
	struct call call = { .session = session };

	if (session == NULL) {
		return rcInvalidArgument;
	}
	if (si_list_is_empty(&session->operations)) {
		return rcInvalidOperation;
	}
	return run(session->consumer->kit, end_operation, &call);
}

static void close_session(void *arg)
{
	struct call *call = arg;
	sessio_kit_session *session = call->session;

	session->closed = true;
	if (has_handle(session)) {
		call->rc = si_retcode(
			sessio_handle_space_close(session->consumer->space, session->handle));
		session->handle = SESSIO_HANDLE_INVALID;
		return;
	}
	call->rc = KosSessionCloseObject(session->context);
	session->held = false;
	KosPutObject(session->context);
}

Retcode sessio_kit_close_session(sessio_kit_session *session)
{
	struct call call = { .session = session };

	if (session == NULL) {
		return rcInvalidArgument;
	}
	if (session->closed) {
		return rcInvalidOperation;
	}
	return run(session->consumer->kit, close_session, &call);
}
