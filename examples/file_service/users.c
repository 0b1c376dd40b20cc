/* SPDX-License-Identifier: MIT */
/*
 * Users. They are simulated: a consumer names the user it acts for. A provider that
 * has to be sure goes by sessio_connection_peer(), and by a source of its system.
 */
#include <string.h>

#include <sessio/bind.h>

#include "service.h"

static struct user *find_user(struct service *service, const char *name)
{
	for (size_t i = 0; i < MOST_USERS; i++) {
		if (service->users[i].id != 0 && strcmp(service->users[i].name, name) == 0) {
			return &service->users[i];
		}
	}
	return NULL;
}

/* Somebody comes to the machine, sits down and logs on. */
static sessio_status create_user(struct service *service, const char *name, struct user **out_user)
{
	static const sessio_user_event life[] = { SESSIO_USER_EVENT_CREATED,
		SESSIO_USER_EVENT_CONNECTED, SESSIO_USER_EVENT_LOGON };
	sessio_status status = SESSIO_OK;
	uint32_t id = service->last_user + 1;

	for (size_t i = 0; i < MOST_USERS; i++) {
		struct user *user = &service->users[i];

		if (user->id != 0) {
			continue;
		}
		for (size_t j = 0; j < sizeof(life) / sizeof(life[0]) && status == SESSIO_OK; j++) {
			status = sessio_host_post(service->host, id, life[j], 0, NULL);
		}
		service->last_user = id;
		if (status == SESSIO_OK) {
			user->id = id;
			(void)strcpy(user->name, name);
			*out_user = user;
		}
		return status;
	}
	return SESSIO_LIMIT;
}

sessio_status user_log_on(struct service *service, sessio_connection *connection, const char *name)
{
	const sessio_bind_policy policy = { .on_logoff = SESSIO_BIND_CLOSE };
	struct consumer *consumer = sessio_connection_data(connection);
	struct user *user = find_user(service, name);
	sessio_user_session *session = NULL;
	sessio_status status = user == NULL ? create_user(service, name, &user) : SESSIO_OK;

	if (status == SESSIO_OK) {
		status = sessio_host_find_session(service->host, user->id, &session);
	}
	if (status == SESSIO_OK) {
		status = sessio_connection_bind(connection, session, &policy);
	}
	if (status == SESSIO_OK) {
		(void)strcpy(consumer->user, user->name);
		view_changed(service);
	}
	sessio_user_session_unref(session);
	return status;
}

sessio_status user_log_off(struct service *service, const char *name)
{
	static const sessio_user_event end[] = { SESSIO_USER_EVENT_LOGOFF,
		SESSIO_USER_EVENT_TERMINATED };
	struct user *user = find_user(service, name);
	sessio_status status = user == NULL ? SESSIO_NOT_FOUND : SESSIO_OK;

	for (size_t i = 0; i < sizeof(end) / sizeof(end[0]) && status == SESSIO_OK; i++) {
		status = sessio_host_post(service->host, user->id, end[i], 0, NULL);
	}
	if (user != NULL) {
		user->id = 0;
	}
	return status;
}
