/* SPDX-License-Identifier: MIT */
/* Consumers come and go, and call the operations that are no file's. */
#include <stdlib.h>
#include <string.h>

#include "service.h"

sessio_status status_of(Retcode rc)
{
	switch (rc) {
	case rcOk:
		return SESSIO_OK;
	case rcNoCapability:
		return SESSIO_NO_RIGHTS;
	case rcHandleRevoked:
		return SESSIO_REVOKED;
	case rcInvalidOperation:
		return SESSIO_BAD_STATE;
	case rcResourceNotFound:
		return SESSIO_NOT_FOUND;
	case rcOutOfMemory:
		return SESSIO_NO_MEMORY;
	case rcQuotaExceeded:
		return SESSIO_LIMIT;
	default:
		return SESSIO_INVALID_ARG;
	}
}

static sessio_status connected(void *ctx, sessio_connection *connection)
{
	struct service *service = ctx;
	struct consumer *consumer = calloc(1, sizeof(*consumer));

	if (consumer == NULL) {
		return SESSIO_NO_MEMORY;
	}
	consumer->connection = sessio_connection_number(connection);
	consumer->peer = sessio_connection_peer(connection);
	sessio_connection_set_data(connection, consumer);
	service->connections++;
	view_changed(service);
	return SESSIO_OK;
}

static void disconnected(void *ctx, sessio_connection *connection)
{
	struct service *service = ctx;

	free(sessio_connection_data(connection));
	service->connections--;
	view_changed(service);
}

static void *find(void *ctx, sessio_connection *connection, const char *name)
{
	(void)connection;
	return store_find(ctx, name);
}

/* The bytes of a call as a name; false if they are none. */
static bool take_name(sessio_request *request, char *name, size_t room)
{
	size_t size;
	const char *bytes = sessio_request_bytes(request, &size);

	if (size == 0 || size >= room || memchr(bytes, '\0', size) != NULL) {
		return false;
	}
	memcpy(name, bytes, size);
	name[size] = '\0';
	return true;
}

/* A process of the user who runs the provider, and that acts for nobody else. */
static bool may_administer(const struct service *service, sessio_request *request)
{
	const struct consumer *consumer =
		sessio_connection_data(sessio_request_connection(request));

	return consumer->peer.known && consumer->peer.uid == service->owner &&
		*consumer->user == '\0';
}

static sessio_status log_on(struct service *service, sessio_request *request)
{
	char name[USER_NAME];

	return take_name(request, name, sizeof(name))
		? user_log_on(service, sessio_request_connection(request), name)
		: SESSIO_INVALID_ARG;
}

static sessio_status log_off(struct service *service, sessio_request *request)
{
	char name[USER_NAME];

	if (!take_name(request, name, sizeof(name))) {
		return SESSIO_INVALID_ARG;
	}
	return may_administer(service, request) ? user_log_off(service, name) : SESSIO_NO_RIGHTS;
}

/* The sessions of the file are closed; operations that would wait for ever end, too. */
static sessio_status withdraw(struct service *service, sessio_request *request)
{
	char name[256];
	void *file;
	Retcode rc;

	if (!take_name(request, name, sizeof(name))) {
		return SESSIO_INVALID_ARG;
	}
	if (!may_administer(service, request)) {
		return SESSIO_NO_RIGHTS;
	}
	file = store_find(service, name);
	if (file == NULL) {
		return SESSIO_NOT_FOUND;
	}
	rc = KosSessionUnregisterObject(file);
	job_end_waiting(file, FILES_WITHDRAWN);
	KosPutObject(file);
	view_changed(service);
	return status_of(rc);
}

static void list(struct service *service, sessio_request *request)
{
	size_t size;
	char *text = store_list(service, &size);

	(void)sessio_request_reply(request, text == NULL ? SESSIO_NO_MEMORY : 0, text,
		text == NULL ? 0 : size, NULL, 0);
	free(text);
}

static void call(void *ctx, sessio_request *request)
{
	struct service *service = ctx;
	sessio_status status = SESSIO_UNSUPPORTED;

	switch (sessio_request_operation(request)) {
	case FILES_READ:
	case FILES_AWAIT:
	case FILES_WRITE:
		job_begin(service, request);
		return;
	case FILES_LIST:
		list(service, request);
		return;
	case FILES_WATCH:
		view_begin(service, request);
		return;
	case FILES_LOGON:
		status = log_on(service, request);
		break;
	case FILES_LOGOFF:
		status = log_off(service, request);
		break;
	case FILES_WITHDRAW:
		status = withdraw(service, request);
		break;
	default:
		break;
	}
	(void)sessio_request_reply(request, status, NULL, 0, NULL, 0);
}

const sessio_provider_ops service_ops = { connected, disconnected, find, call };
