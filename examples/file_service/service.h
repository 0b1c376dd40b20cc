/* SPDX-License-Identifier: MIT */
/*
 * The provider's inside. All of it belongs to the loop's thread, but for the atomics
 * and for the work of a job.
 */
#ifndef SERVICE_H
#define SERVICE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <kos/session.h>
#include <sessio/transport.h>
#include <uv.h>

#include "files.h"

#define MOST_USERS 64u
#define USER_NAME 32u

struct job;
struct service;

/* The payload of a file object. */
struct file {
	struct service *service;
	char *path; /* of the copy */
	uint32_t written; /* how many writes have come to an end */
	uint32_t size; /* with the writes that have begun; FILES_MOST at most */
	struct job *waiting; /* FILES_AWAIT, at the end of the file */
	int32_t over; /* not 0: nothing more will come, and this is why */
};

/* A consumer process; the data of its connection. */
struct consumer {
	uint32_t connection;
	sessio_peer peer;
	char user[USER_NAME]; /* empty: it acts for nobody */
};

/* The payload of a session context. It may outlive the connection that opened it. */
struct file_session {
	struct service *service;
	struct consumer opener; /* as it was then */
	uv_file fd;
	atomic_uint doing[FILES_WRITE + 1]; /* operations that run, by kind */
};

struct user {
	char name[USER_NAME];
	uint32_t id; /* of the user session; 0: not logged on */
};

struct watcher {
	struct watcher *next;
	struct service *service;
	sessio_request *request;
};

struct service {
	uv_loop_t loop;
	uv_async_t changed;
	uv_signal_t signals[3];
	uv_pipe_t input; /* at its end the service stops, if asked to */
	bool has_input;
	bool stopping;
	sessio_provider *provider;
	char *folder; /* of the copies */
	uint32_t owner; /* the user who runs this process, who may administer */
	void **files; /* counted */
	size_t file_count;
	KosObjectType *file_type;
	KosObjectType *context_type;
	KosSessionType *session_type;
	sessio_host *host;
	struct user users[MOST_USERS];
	uint32_t last_user;
	uint32_t connections;
	uint32_t version; /* of what FILES_WATCH answers */
	struct watcher *watchers;
	atomic_ulong opened;
	atomic_ulong closed;
	atomic_ulong completed;
};

/* --- store.c: the files, and sessions on them --- */

/* Copies the first files of a folder and registers each; false if there are none. */
bool store_open(struct service *service, const char *directory);

/* Unregisters, waits for the sessions, removes the copies. False if something is left. */
bool store_close(struct service *service);

/* A file by name, with a reference for the caller; NULL if there is none. */
void *store_find(struct service *service, const char *name);

/* A line a file; the caller frees it. NULL without memory. */
char *store_list(struct service *service, size_t *out_size);

/* --- jobs.c: operations on files, done by libuv's worker threads --- */

void job_begin(struct service *service, sessio_request *request);

/* There will be no more of a file: ends those operations that wait for it. */
void job_end_waiting(struct file *file, int32_t why);

/* --- users.c: consumers act for users, who log on and off --- */

sessio_status user_log_on(struct service *service, sessio_connection *connection, const char *name);
sessio_status user_log_off(struct service *service, const char *name);

/* --- view.c: the open files, and their holders --- */

/* Somebody began or ended something; any thread. */
void view_changed(struct service *service);

/* Answers the watchers, after a change. */
void view_answer(struct service *service);
void view_begin(struct service *service, sessio_request *request);

/* --- calls.c: the provider's operations --- */

extern const sessio_provider_ops service_ops;

/* A code for the wire. */
sessio_status status_of(Retcode rc);

#endif /* SERVICE_H */
