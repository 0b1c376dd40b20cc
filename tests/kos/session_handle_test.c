/* SPDX-License-Identifier: MIT */
/* Handles of sessions, clause by clause: one provider, a consumer and a third process. */
#include "test.h"

#include <coresrv/handle/handle_api.h>
#include <coresrv/handle/notice_api.h>
#include <kos/session.h>
#include <nk/types.h>
#include <sessio/inspect.h>
#include <sessio/object.h>
#include <sessio/wait.h>

#include "provider.h"

#define READ OCAP_HANDLE_SPEC(0)
#define WRITE OCAP_HANDLE_SPEC(1)
#define MASK (READ | OCAP_HANDLE_TRANSFER | OCAP_HANDLE_COPY)
#define OWN_RIGHTS (OCAP_HANDLE_ALL_GENERAL | 0xffffu)

static struct {
	sessio_handle_space *provider;
	sessio_handle_space *consumer;
	sessio_handle_space *third;
	sessio_handle_scope scope; /* the test's thread is in the provider */
} world;

static int start(void **state)
{
	if (provider_start(state) != 0 ||
		sessio_handle_space_create(&world.provider) != SESSIO_OK ||
		sessio_handle_space_create(&world.consumer) != SESSIO_OK ||
		sessio_handle_space_create(&world.third) != SESSIO_OK) {
		return 1;
	}
	provider.handle_rights = MASK;
	return sessio_handle_space_enter(world.provider, &world.scope) != SESSIO_OK;
}

/* The provider's stop looks for sessions that are left; here nothing may be left in its space. */
static int stop(void **state)
{
	int result;

	sessio_handle_space_destroy(world.consumer);
	sessio_handle_space_destroy(world.third);
	result = provider_stop(state);
	if (sessio_handle_space_count(world.provider) != 0) {
		print_error("the provider has handles left\n");
		result = 1;
	}
	sessio_handle_space_leave(&world.scope);
	sessio_handle_space_destroy(world.provider);
	return result;
}

static nk_handle_desc_t contain(void *context)
{
	nk_handle_desc_t desc;

	assert_int_equal(KosSessionContextToIpcHandle(context, &desc), rcOk);
	return desc;
}

static sessio_status send(sessio_handle_space *from, nk_handle_desc_t sent, sessio_handle_space *to,
	nk_handle_desc_t *received)
{
	return sessio_handle_space_transfer(from, &sent, to, received);
}

/* A handle of another space; the transfer must succeed. */
static Handle give(sessio_handle_space *from, nk_handle_desc_t sent, sessio_handle_space *to)
{
	nk_handle_desc_t received;

	assert_int_equal(send(from, sent, to, &received), SESSIO_OK);
	assert_false(nk_is_handle_dereferenced(&received));
	return nk_get_handle(&received);
}

/* Opens the file for the consumer, as a request to open does. */
static Handle open_for_consumer(const char *name, void **context)
{
	*context = provider_open(name);
	return give(world.provider, contain(*context), world.consumer);
}

/* The container that the provider gets with a request that carries this handle. */
static nk_handle_desc_t request(sessio_handle_space *from, Handle handle)
{
	nk_handle_desc_t received;

	assert_int_equal(send(from, nk_handle_desc(handle), world.provider, &received), SESSIO_OK);
	assert_true(nk_is_handle_dereferenced(&received));
	return received;
}

static sessio_status status_of(sessio_handle_space *space, Handle handle)
{
	uint32_t rights;

	return sessio_handle_space_rights(space, handle, &rights);
}

static void close_in(sessio_handle_space *space, Handle handle)
{
	assert_int_equal(sessio_handle_space_close(space, handle), SESSIO_OK);
}

static Handle own_handle(void)
{
	Handle handle;

	assert_int_equal(KosSessionGetObjectHandle(provider.file, &handle), rcOk);
	return handle;
}

/* Clauses: IH-1..IH-4, IH-6, IS-1 */
static void the_consumers_handle_brings_the_context_back(void **state)
{
	void *a;
	void *b;
	void *found;
	const Handle of_a = open_for_consumer("a", &a);
	const Handle of_b = open_for_consumer("b", &b);
	nk_badge_t badge = 0;
	nk_handle_desc_t desc = request(world.consumer, of_a);
	uint32_t rights;

	(void)state;
	assert_int_equal(sessio_handle_space_rights(world.consumer, of_a, &rights), SESSIO_OK);
	assert_int_equal(rights, MASK);
	assert_int_equal(nk_get_rights(&desc), MASK);
	assert_int_equal(nk_get_badge_op(&desc, READ, &badge), NK_EOK);
	assert_ptr_equal((void *)badge, a);
	assert_int_equal(nk_get_handle(&desc), own_handle());
	assert_int_equal(KosSessionIpcHandleToSession(&desc, provider.type, READ, &found), rcOk);
	assert_ptr_equal(found, a);
	desc = request(world.consumer, of_b);
	assert_int_equal(KosSessionIpcHandleToSession(&desc, provider.type, READ, &found), rcOk);
	assert_ptr_equal(found, b);
	close_in(world.consumer, of_a);
	close_in(world.consumer, of_b);
	provider_expect("construct a, open a, construct b, open b, close a, complete a, "
			"destruct a, close b, complete b, destruct b");
}

/* Clauses: IH-3, IH-5, N-3 */
static void a_mask_wider_than_the_objects_handle_is_refused(void **state)
{
	nk_handle_desc_t desc = nk_handle_desc(77);
	void *context;

	(void)state;
	provider.silent = true;
	for (unsigned bit = 0; bit < 32; bit++) {
		const rtl_uint32_t mask = UINT32_C(1) << bit;

		provider.handle_rights = mask;
		context = provider_open(NULL);
		if ((mask & OWN_RIGHTS) != 0) {
			desc = contain(context);
			assert_int_equal(nk_get_rights(&desc), mask);
		} else {
			assert_int_equal(
				KosSessionContextToIpcHandle(context, &desc), rcNoCapability);
			assert_int_equal(nk_get_handle(&desc), 77);
		}
		desc = nk_handle_desc(77);
		assert_int_equal(KosSessionCloseObject(context), rcOk);
	}
}

static Retcode in_open;

static void contain_inside_open(void *object, void *context)
{
	nk_handle_desc_t desc;

	(void)object;
	in_open = KosSessionContextToIpcHandle(context, &desc);
}

/* Clauses: IH-3 */
static void a_container_is_filled_while_the_session_is_open(void **state)
{
	nk_handle_desc_t desc;
	void *context;

	(void)state;
	provider.in[OPEN] = contain_inside_open;
	context = provider_open(NULL);
	assert_int_equal(in_open, rcInvalidOperation);
	assert_int_equal(KosSessionRef(context, NULL, NULL), rcOk);
	assert_int_equal(KosSessionCloseObject(context), rcOk);
	assert_int_equal(KosSessionContextToIpcHandle(context, &desc), rcInvalidOperation);
	KosSessionPut(context);
}

/* Clauses: IH-6, IH-7, IH-8, IH-10 */
static void the_session_ends_with_the_last_descendant(void **state)
{
	void *context;
	const Handle first = open_for_consumer("a", &context);
	const Handle second = give(world.provider, contain(context), world.consumer);
	const Handle passed = give(world.consumer, nk_handle_desc(first), world.third);
	const Handle passed_on = give(world.third, nk_handle_desc(passed), world.consumer);

	(void)state;
	provider_forget();
	assert_int_equal(sessio_object_references(context), 1);
	close_in(world.consumer, first);
	close_in(world.third, passed);
	close_in(world.consumer, second);
	provider_expect("");
	close_in(world.consumer, passed_on);
	provider_expect("close a, complete a, destruct a");
}

/* Clauses: IH-7 */
static void the_session_ends_when_its_handles_are_revoked(void **state)
{
	void *context;
	Handle handle = open_for_consumer("a", &context);

	(void)state;
	provider_forget();
	assert_int_equal(KnHandleRevokeEx(own_handle(), rtl_false), rcOk);
	provider_expect("close a, complete a, destruct a");
	assert_int_equal(status_of(world.consumer, handle), SESSIO_REVOKED);
}

/* Clauses: IH-8 */
static void a_consumer_that_dies_ends_its_session(void **state)
{
	void *context;

	(void)state;
	(void)open_for_consumer("a", &context);
	provider_forget();
	sessio_handle_space_destroy(world.consumer);
	world.consumer = NULL;
	provider_expect("close a, complete a, destruct a");
}

/* Clauses: IH-7, IH-8 */
static void a_consumer_that_passed_its_handle_on_may_die(void **state)
{
	void *context;
	const Handle handle = open_for_consumer("a", &context);
	const Handle passed = give(world.consumer, nk_handle_desc(handle), world.third);
	nk_handle_desc_t desc;
	void *found;

	(void)state;
	provider_forget();
	sessio_handle_space_destroy(world.consumer);
	world.consumer = NULL;
	provider_expect("");
	desc = request(world.third, passed);
	assert_int_equal(KosSessionIpcHandleToSession(&desc, NULL, READ, &found), rcOk);
	assert_ptr_equal(found, context);
	close_in(world.third, passed);
	provider_expect("close a, complete a, destruct a");
}

/* Clauses: IH-8..IH-11 */
static void a_reference_keeps_the_end_in_the_providers_hands(void **state)
{
	void *context = provider_open("a");
	Handle handle;

	(void)state;
	KosRefObject(context);
	handle = give(world.provider, contain(context), world.consumer);
	provider_forget();
	assert_int_equal(sessio_object_references(context), 2);
	close_in(world.consumer, handle);
	assert_int_equal(sessio_object_references(context), 1);
	provider_expect("");
	assert_int_equal(KosSessionRef(context, provider.type, NULL), rcOk);
	KosSessionPut(context);
	assert_int_equal(KosSessionCloseObject(context), rcOk);
	provider_expect("close a, complete a");
	assert_int_equal(sessio_object_references(context), 1);
	KosPutObject(context);
	provider_expect("destruct a");
}

/* Clauses: IH-9, IH-11 */
static void the_last_put_ends_what_has_no_handles_any_more(void **state)
{
	void *context = provider_open("a");
	Handle handle;

	(void)state;
	KosRefObject(context);
	handle = give(world.provider, contain(context), world.consumer);
	close_in(world.consumer, handle);
	provider_forget();
	KosPutObject(context);
	provider_expect("close a, complete a, destruct a");
}

/* Clauses: IH-9, IH-11 */
static void the_last_put_may_come_while_the_end_waits(void **state)
{
	void *context = provider_open("a");
	Handle handle;

	(void)state;
	KosRefObject(context);
	handle = give(world.provider, contain(context), world.consumer);
	close_in(world.consumer, handle);
	assert_int_equal(KosSessionRef(context, NULL, NULL), rcOk);
	assert_int_equal(KosSessionCloseObject(context), rcOk);
	provider_forget();
	KosPutObject(context);
	provider_expect("");
	KosSessionPut(context);
	provider_expect("complete a, destruct a");
}

/* Clauses: IH-9 */
static void a_session_without_handles_can_get_new_ones(void **state)
{
	void *context = provider_open("a");
	Handle handle;

	(void)state;
	KosRefObject(context);
	for (unsigned i = 0; i < 3; i++) {
		handle = give(world.provider, contain(context), world.consumer);
		close_in(world.consumer, handle);
		assert_int_equal(sessio_object_references(context), 1);
	}
	/* Revoked with the object's handle; the next container is of a new one. */
	for (unsigned i = 0; i < 3; i++) {
		handle = give(world.provider, contain(context), world.consumer);
		assert_int_equal(KnHandleRevoke(own_handle()), rcOk);
		assert_int_equal(status_of(world.consumer, handle), SESSIO_REVOKED);
		close_in(world.consumer, handle);
	}
	handle = give(world.provider, contain(context), world.consumer);
	provider_forget();
	assert_int_equal(KosSessionCloseObject(context), rcOk);
	assert_int_equal(status_of(world.consumer, handle), SESSIO_REVOKED);
	KosPutObject(context);
	provider_expect("close a, complete a, destruct a");
}

/* Clauses: IS-2, IS-3 */
static void every_bit_of_the_operation_must_be_there(void **state)
{
	void *context;
	void *found = NULL;
	Handle handle;
	nk_handle_desc_t desc;

	(void)state;
	provider.handle_rights = READ | WRITE;
	handle = open_for_consumer("a", &context);
	desc = request(world.consumer, handle);
	assert_int_equal(KosSessionIpcHandleToSession(&desc, NULL, READ | WRITE, &found), rcOk);
	assert_int_equal(KosSessionIpcHandleToSession(&desc, NULL, 0, &found), rcOk);
	found = NULL;
	assert_int_equal(
		KosSessionIpcHandleToSession(&desc, NULL, READ | OCAP_HANDLE_SPEC(2), &found),
		rcNoCapability);
	assert_null(found);
	close_in(world.consumer, handle);
}

/* The sender of a request may give fewer rights than it has. */
/* Clauses: IS-2 */
static void the_rights_are_those_of_the_handle_in_the_request(void **state)
{
	void *context;
	void *found;
	Handle handle;
	nk_handle_desc_t desc;

	(void)state;
	provider.handle_rights = READ | WRITE;
	handle = open_for_consumer("a", &context);
	assert_int_equal(send(world.consumer, nk_handle_desc(handle, READ), world.provider, &desc),
		SESSIO_OK);
	assert_int_equal(KosSessionIpcHandleToSession(&desc, NULL, READ, &found), rcOk);
	assert_int_equal(KosSessionIpcHandleToSession(&desc, NULL, WRITE, &found), rcNoCapability);
	close_in(world.consumer, handle);
}

/* A session type whose contexts are of the base type. */
static KosSessionType *other_type(void)
{
	KosSessionType *type;
	KosObjectType *context_type;

	assert_int_equal(KosCreateObjectType(
				 "other", kosSessionBaseSessionType, 8, NULL, NULL, &context_type),
		rcOk);
	assert_int_equal(
		KosSessionCreateType(provider.file_type, context_type, &provider_ops, &type), rcOk);
	sessio_object_type_unref(context_type);
	return type;
}

/* Clauses: IS-4..IS-6, CL-5 */
static void a_handle_of_another_type_is_refused(void **state)
{
	KosSessionType *type = other_type();
	void *context;
	void *found = NULL;
	const Handle handle = open_for_consumer("a", &context);
	nk_handle_desc_t desc = request(world.consumer, handle);

	(void)state;
	provider_forget();
	assert_int_equal(
		KosSessionIpcHandleToSession(&desc, type, READ, &found), rcInvalidArgument);
	assert_int_equal(KosSessionCloseObjectByIpcHandle(&desc, type), rcInvalidArgument);
	assert_null(found);
	/* Type before rights; and no type is any type, which the caller can ask for. */
	assert_int_equal(
		KosSessionIpcHandleToSession(&desc, type, WRITE, &found), rcInvalidArgument);
	assert_int_equal(KosSessionIpcHandleToSession(&desc, NULL, READ, &found), rcOk);
	assert_true(sessio_object_is_a(found, provider.note_type));
	provider_expect("");
	assert_int_equal(KosSessionCloseObjectByIpcHandle(&desc, provider.type), rcOk);
	provider_expect("close a, complete a, destruct a");
	KosSessionDestroyType(type);
}

static void refuse(const nk_handle_desc_t *desc)
{
	void *found = NULL;

	assert_int_equal(KosSessionIpcHandleToSession(desc, NULL, 0, &found), rcInvalidArgument);
	assert_null(found);
	assert_int_equal(KosSessionCloseObjectByIpcHandle(desc, NULL), rcInvalidArgument);
}

/* Clauses: IS-6 */
static void what_is_no_sessions_handle_is_refused(void **state)
{
	static int anything; /* the context of a resource that is no KosObject */
	void *context;
	const Handle of_session = open_for_consumer("a", &context);
	nk_handle_desc_t desc = contain(context);
	Handle resource;
	Handle theirs;

	(void)state;
	refuse(&desc); /* not dereferenced */
	assert_int_equal(KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST,
				 OCAP_HANDLE_TRANSFER | READ, &anything, &resource),
		rcOk);
	theirs = give(world.provider, nk_handle_desc(resource), world.consumer);
	desc = request(world.consumer, theirs);
	refuse(&desc);
	/* The object's own handle is no session's. */
	theirs = give(world.provider, nk_handle_desc(own_handle(), READ), world.consumer);
	desc = request(world.consumer, theirs);
	assert_ptr_equal((void *)desc.badge, provider.file);
	refuse(&desc);
	close_in(world.provider, resource);
	close_in(world.consumer, of_session);
}

/* Clauses: CL-1, CL-5 */
static void a_consumer_closes_its_own_session_and_no_other(void **state)
{
	void *a;
	void *b;
	const Handle of_a = open_for_consumer("a", &a);
	const Handle of_b = open_for_consumer("b", &b);
	const nk_handle_desc_t desc = request(world.consumer, of_a);

	(void)state;
	provider_forget();
	assert_int_equal(KosSessionCloseObjectByIpcHandle(&desc, provider.type), rcOk);
	provider_expect("close a, complete a, destruct a");
	assert_int_equal(status_of(world.consumer, of_a), SESSIO_REVOKED);
	assert_int_equal(status_of(world.consumer, of_b), SESSIO_OK);
	assert_int_equal(KosSessionCloseObjectByIpcHandle(&desc, NULL), rcHandleRevoked);
	close_in(world.consumer, of_b);
}

static struct {
	Handle handle;
	sessio_status in_close;
	sessio_status in_complete;
} watched;

static void look_in_close(void *object, void *context)
{
	(void)object;
	(void)context;
	watched.in_close = status_of(world.consumer, watched.handle);
}

static void look_in_complete(void *object, void *context)
{
	(void)object;
	(void)context;
	watched.in_complete = status_of(world.consumer, watched.handle);
}

/* Clauses: CL-2..CL-4 */
static void handles_are_revoked_by_the_complete_end(void **state)
{
	void *context;
	void *found;
	nk_handle_desc_t desc;

	(void)state;
	watched.handle = open_for_consumer("a", &context);
	provider.in[CLOSE] = look_in_close;
	provider.in[COMPLETE] = look_in_complete;
	desc = request(world.consumer, watched.handle);
	assert_int_equal(KosSessionRef(context, NULL, NULL), rcOk);
	assert_int_equal(KosSessionCloseObject(context), rcOk);
	assert_int_equal(watched.in_close, SESSIO_OK);
	assert_int_equal(status_of(world.consumer, watched.handle), SESSIO_OK);
	assert_int_equal(
		KosSessionIpcHandleToSession(&desc, NULL, READ, &found), rcInvalidOperation);
	assert_int_equal(KosSessionCloseObjectByIpcHandle(&desc, NULL), rcInvalidOperation);
	KosSessionPut(context);
	assert_int_equal(watched.in_complete, SESSIO_REVOKED);
	assert_int_equal(KosSessionIpcHandleToSession(&desc, NULL, READ, &found), rcHandleRevoked);
	/* Revoked until it is closed. */
	assert_int_equal(sessio_handle_space_count(world.consumer), 1);
	assert_int_equal(status_of(world.consumer, watched.handle), SESSIO_REVOKED);
	close_in(world.consumer, watched.handle);
	assert_int_equal(status_of(world.consumer, watched.handle), SESSIO_INVALID_ARG);
}

/* Clauses: UN-2..UN-4 */
static void unregistration_revokes_as_the_sessions_end(void **state)
{
	void *a;
	void *b;
	const Handle of_a = open_for_consumer("a", &a);
	const Handle of_b = open_for_consumer("b", &b);
	const Handle passed = give(world.consumer, nk_handle_desc(of_b), world.third);
	const Handle plain =
		give(world.provider, nk_handle_desc(own_handle(), READ), world.consumer);

	(void)state;
	assert_int_equal(KosSessionRef(b, NULL, NULL), rcOk);
	assert_int_equal(KosSessionUnregisterObject(provider.file), rcOk);
	assert_int_equal(status_of(world.consumer, of_a), SESSIO_REVOKED);
	assert_int_equal(status_of(world.consumer, plain), SESSIO_REVOKED);
	assert_int_equal(status_of(world.consumer, of_b), SESSIO_OK);
	assert_int_equal(status_of(world.third, passed), SESSIO_OK);
	KosSessionPut(b);
	assert_int_equal(status_of(world.consumer, of_b), SESSIO_REVOKED);
	assert_int_equal(status_of(world.third, passed), SESSIO_REVOKED);
	assert_int_equal(sessio_handle_space_count(world.consumer), 3);
	close_in(world.consumer, of_a);
	close_in(world.consumer, of_b);
	close_in(world.consumer, plain);
	close_in(world.third, passed);
	assert_int_equal(sessio_handle_space_count(world.provider), 0);
}

/* Clauses: GH-1, GH-3 */
static void an_object_and_its_contexts_have_one_handle(void **state)
{
	void *context = provider_open(NULL);
	Handle of_object;
	Handle of_context;
	uint32_t rights;

	(void)state;
	assert_int_equal(KosSessionGetObjectHandleBySession(context, &of_context), rcOk);
	assert_int_equal(KosSessionGetObjectHandle(provider.file, &of_object), rcOk);
	assert_int_equal(of_object, of_context);
	assert_int_equal(sessio_handle_space_rights(world.provider, of_object, &rights), SESSIO_OK);
	assert_int_equal(rights, OWN_RIGHTS);
	assert_int_equal(sessio_handle_space_count(world.provider), 1);
	assert_int_equal(KosSessionCloseObject(context), rcOk);
	assert_int_equal(KosSessionUnregisterObject(provider.file), rcOk);
	assert_int_equal(status_of(world.provider, of_object), SESSIO_INVALID_ARG);
	assert_int_equal(KosSessionGetObjectHandle(provider.file, &of_object), rcResourceNotFound);
}

/* Clauses: GH-2 */
static void the_objects_handle_serves_notices_and_questions(void **state)
{
	Notice notice;
	EventDesc event;
	rtl_size_t count = 0;
	rtl_uint32_t sid;
	rtl_uint32_t sid_of_consumer;
	void *context;
	const Handle handle = open_for_consumer("a", &context);
	sessio_handle_scope scope;

	(void)state;
	provider.handle_rights = 0;
	assert_int_equal(KnNoticeCreate(&notice), rcOk);
	assert_int_equal(
		KnNoticeSubscribeToObject(notice, own_handle(), OBJECT_EVENT_SPEC(3), 5), rcOk);
	assert_int_equal(KnNoticeSetObjectEvent(own_handle(), OBJECT_EVENT_SPEC(3)), rcOk);
	assert_int_equal(KnNoticeGetEvent(notice, 0, 1, &event, &count), rcOk);
	assert_int_equal(event.eventId, 5);
	assert_int_equal(KnHandleGetSidByHandle(own_handle(), &sid), rcOk);
	assert_int_equal(sessio_handle_space_enter(world.consumer, &scope), SESSIO_OK);
	assert_int_equal(KnHandleGetSidByHandle(handle, &sid_of_consumer), rcNoCapability);
	sessio_handle_space_leave(&scope);
	close_in(world.consumer, handle);
	KosPutObject(notice);
}

/* Clauses: IH-9, GH-1 */
static void revoking_the_objects_handle_ends_all_that_nobody_keeps(void **state)
{
	void *a;
	void *b;
	void *local = provider_open("local");
	Handle of_a;
	Handle of_b;
	Handle old;

	(void)state;
	of_a = open_for_consumer("a", &a);
	of_b = open_for_consumer("b", &b);
	old = own_handle();
	KosRefObject(b);
	provider_forget();
	assert_int_equal(KnHandleRevoke(old), rcOk);
	provider_expect("close a, complete a, destruct a");
	assert_int_equal(status_of(world.consumer, of_a), SESSIO_REVOKED);
	assert_int_equal(status_of(world.consumer, of_b), SESSIO_REVOKED);
	assert_int_not_equal(own_handle(), old);
	assert_int_equal(status_of(world.provider, own_handle()), SESSIO_OK);
	assert_int_equal(KosSessionCloseObject(b), rcOk);
	KosPutObject(b);
	assert_int_equal(KosSessionCloseObject(local), rcOk);
}

static void the_objects_handle_stays_in_its_space(void **state)
{
	sessio_handle_scope scope;
	Handle handle;

	(void)state;
	(void)own_handle();
	assert_int_equal(sessio_handle_space_enter(world.third, &scope), SESSIO_OK);
	assert_int_equal(KosSessionGetObjectHandle(provider.file, &handle), rcInvalidOperation);
	sessio_handle_space_leave(&scope);
}

#define MANY 1000

/* Clauses: IH-6 */
static void a_thousand_sessions_take_one_number_of_the_provider(void **state)
{
	static void *contexts[MANY];
	static Handle handles[MANY];
	void *found;

	(void)state;
	provider.silent = true;
	for (unsigned i = 0; i < MANY; i++) {
		handles[i] = open_for_consumer(NULL, &contexts[i]);
	}
	assert_int_equal(sessio_handle_space_count(world.provider), 1);
	for (unsigned i = 0; i < MANY; i++) {
		const nk_handle_desc_t desc = request(world.consumer, handles[i]);

		assert_int_equal(KosSessionIpcHandleToSession(&desc, NULL, READ, &found), rcOk);
		assert_ptr_equal(found, contexts[i]);
		close_in(world.consumer, handles[i]);
	}
}

static void a_container_is_of_no_use_after_the_end(void **state)
{
	void *context = provider_open(NULL);
	const nk_handle_desc_t desc = contain(context);
	nk_handle_desc_t received;

	(void)state;
	assert_int_equal(KosSessionCloseObject(context), rcOk);
	assert_int_equal(send(world.provider, desc, world.consumer, &received), SESSIO_REVOKED);
	/* Another session, perhaps at the same address, is not reached either. */
	context = provider_open(NULL);
	(void)contain(context);
	assert_int_equal(send(world.provider, desc, world.consumer, &received), SESSIO_REVOKED);
	assert_int_equal(KosSessionCloseObject(context), rcOk);
}

/* A consumer's space cannot send a container as the provider can. */
static void only_the_provider_sends_containers(void **state)
{
	void *context;
	const Handle handle = open_for_consumer(NULL, &context);
	nk_handle_desc_t desc = contain(context);
	nk_handle_desc_t received;

	(void)state;
	desc.handle = handle;
	assert_int_equal(send(world.consumer, desc, world.third, &received), SESSIO_INVALID_ARG);
	close_in(world.consumer, handle);
}

static void the_calls_refuse_null(void **state)
{
	void *context = provider_open(NULL);
	nk_handle_desc_t desc = contain(context);
	const Handle handle = give(world.provider, desc, world.consumer);
	Handle own = 77;
	void *found = NULL;

	(void)state;
	assert_int_equal(KosSessionContextToIpcHandle(NULL, &desc), rcInvalidArgument);
	assert_int_equal(KosSessionContextToIpcHandle(context, NULL), rcInvalidArgument);
	assert_int_equal(KosSessionContextToIpcHandle(provider.file, &desc), rcInvalidArgument);
	desc = request(world.consumer, handle);
	assert_int_equal(
		KosSessionIpcHandleToSession(NULL, provider.type, 0, &found), rcInvalidArgument);
	assert_int_equal(
		KosSessionIpcHandleToSession(&desc, provider.type, 0, NULL), rcInvalidArgument);
	assert_null(found);
	assert_int_equal(KosSessionIpcHandleToSession(&desc, NULL, 0, &found), rcOk);
	assert_int_equal(KosSessionGetObjectHandle(NULL, &own), rcInvalidArgument);
	assert_int_equal(KosSessionGetObjectHandle(context, &own), rcInvalidArgument);
	assert_int_equal(KosSessionGetObjectHandle(provider.file, NULL), rcInvalidArgument);
	assert_int_equal(KosSessionGetObjectHandleBySession(NULL, &own), rcInvalidArgument);
	assert_int_equal(
		KosSessionGetObjectHandleBySession(provider.file, &own), rcInvalidArgument);
	assert_int_equal(KosSessionGetObjectHandleBySession(context, NULL), rcInvalidArgument);
	assert_int_equal(own, 77);
	assert_int_equal(KosSessionCloseObjectByIpcHandle(NULL, provider.type), rcInvalidArgument);
	assert_int_equal(KosSessionCloseObjectByIpcHandle(&desc, NULL), rcOk);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_consumers_handle_brings_the_context_back),
		TEST(a_mask_wider_than_the_objects_handle_is_refused),
		TEST(a_container_is_filled_while_the_session_is_open),
		TEST(the_session_ends_with_the_last_descendant),
		TEST(the_session_ends_when_its_handles_are_revoked),
		TEST(a_consumer_that_dies_ends_its_session),
		TEST(a_consumer_that_passed_its_handle_on_may_die),
		TEST(a_reference_keeps_the_end_in_the_providers_hands),
		TEST(the_last_put_ends_what_has_no_handles_any_more),
		TEST(the_last_put_may_come_while_the_end_waits),
		TEST(a_session_without_handles_can_get_new_ones),
		TEST(every_bit_of_the_operation_must_be_there),
		TEST(the_rights_are_those_of_the_handle_in_the_request),
		TEST(a_handle_of_another_type_is_refused),
		TEST(what_is_no_sessions_handle_is_refused),
		TEST(a_consumer_closes_its_own_session_and_no_other),
		TEST(handles_are_revoked_by_the_complete_end),
		TEST(unregistration_revokes_as_the_sessions_end),
		TEST(an_object_and_its_contexts_have_one_handle),
		TEST(the_objects_handle_serves_notices_and_questions),
		TEST(revoking_the_objects_handle_ends_all_that_nobody_keeps),
		TEST(the_objects_handle_stays_in_its_space),
		TEST(a_thousand_sessions_take_one_number_of_the_provider),
		TEST(a_container_is_of_no_use_after_the_end),
		TEST(only_the_provider_sends_containers),
		TEST(the_calls_refuse_null),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
