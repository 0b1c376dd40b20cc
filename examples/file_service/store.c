/* SPDX-License-Identifier: MIT */
/* The files: objects that can be opened, and what a session on one holds. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <services/ocap.h>
#include <sessio/inspect.h>
#include <sessio/wait.h>

#include "copy.h"
#include "service.h"

/* How long the end waits for operations that still run. */
#define PATIENCE_MS 10000u

static void destruct_file(void *object, void *segment)
{
	struct file *file = segment;

	(void)object;
	free(file->path);
}

/*
 * No reference is taken here: the consumer's handles own the session, and it ends
 * with the last of them.
 */
static Retcode on_open(void *object, void *session, void *openCtx, rtl_uint32_t *handleRights)
{
	struct file *file = object;
	struct file_session *context = session;
	const sessio_opening *opening = openCtx;
	unsigned rights = KosSessionGetOpenRights(session);
	uv_fs_t request;

	if ((rights & ~(FILE_READ | FILE_WRITE)) != 0) {
		return rcInvalidArgument;
	}
	context->service = file->service;
	context->opener = *(struct consumer *)sessio_connection_data(opening->connection);
	context->fd = uv_fs_open(NULL, &request, file->path,
		(rights & FILE_WRITE) != 0 ? UV_FS_O_RDWR | UV_FS_O_APPEND : UV_FS_O_RDONLY, 0,
		NULL);
	uv_fs_req_cleanup(&request);
	if (context->fd < 0) {
		return rcResourceNotFound;
	}
	*handleRights = rights | OCAP_HANDLE_TRANSFER;
	atomic_fetch_add(&file->service->opened, 1);
	view_changed(file->service);
	return rcOk;
}

static Retcode on_close(void *object, void *session)
{
	struct file *file = object;

	(void)session;
	atomic_fetch_add(&file->service->closed, 1);
	view_changed(file->service);
	return rcOk;
}

/* Nothing reads or writes any more: now, and not before, the descriptor may go. */
static void on_close_complete(void *object, void *session)
{
	struct file *file = object;
	struct file_session *context = session;
	uv_fs_t request;

	(void)uv_fs_close(NULL, &request, context->fd, NULL);
	uv_fs_req_cleanup(&request);
	atomic_fetch_add(&file->service->completed, 1);
	view_changed(file->service);
}

static bool make_types(struct service *service)
{
	static const KosSessionOps ops = { on_open, on_close, on_close_complete };

	return KosCreateObjectType("file", kosSessionBaseObjectType, sizeof(struct file), RTL_NULL,
		       destruct_file, &service->file_type) == rcOk &&
		KosCreateObjectType("file session", kosSessionBaseSessionType,
			sizeof(struct file_session), RTL_NULL, RTL_NULL,
			&service->context_type) == rcOk &&
		KosSessionCreateType(service->file_type, service->context_type, &ops,
			&service->session_type) == rcOk;
}

static void add_file(void *ctx, const char *path, const char *name, uint64_t size)
{
	struct service *service = ctx;
	void **files = realloc(service->files, (service->file_count + 1) * sizeof(*files));
	struct file *file;
	void *object;

	if (files == NULL) {
		return;
	}
	service->files = files;
	if (KosCreateObject(service->file_type, name, RTL_NULL, &object) != rcOk) {
		return;
	}
	file = object;
	file->service = service;
	file->size = (uint32_t)size; /* COPY_BYTES at most */
	file->path = strdup(path);
	if (file->path == NULL || KosSessionRegisterObject(service->session_type, object) != rcOk) {
		KosPutObject(object);
		return;
	}
	service->files[service->file_count++] = object;
}

bool store_open(struct service *service, const char *directory)
{
	uv_fs_t request;

	/* Since when a session is open, for those who watch. */
	sessio_inspect_track(true);
	if (!make_types(service)) {
		return false;
	}
	service->folder = copy_some(directory, add_file, service);
	if (service->folder != NULL && uv_fs_stat(NULL, &request, service->folder, NULL) == 0) {
		service->owner = (uint32_t)uv_fs_get_statbuf(&request)->st_uid;
		uv_fs_req_cleanup(&request);
	}
	return service->folder != NULL && service->file_count != 0;
}

bool store_close(struct service *service)
{
	bool good = true;

	for (size_t i = 0; i < service->file_count; i++) {
		/* It may have been withdrawn before. */
		(void)KosSessionUnregisterObject(service->files[i]);
		good = sessio_object_drain(service->files[i], PATIENCE_MS) == SESSIO_OK && good;
		KosPutObject(service->files[i]);
	}
	KosSessionDestroyType(service->session_type);
	sessio_object_type_unref(service->context_type);
	sessio_object_type_unref(service->file_type);
	if (service->folder != NULL) {
		good = remove_copies(service->folder) == 0 && good;
	}
	free(service->folder);
	free(service->files);
	return good;
}

void *store_find(struct service *service, const char *name)
{
	for (size_t i = 0; i < service->file_count; i++) {
		if (strcmp(sessio_object_name(service->files[i]), name) == 0) {
			KosRefObject(service->files[i]);
			return service->files[i];
		}
	}
	return NULL;
}

static uint64_t size_of(const char *path)
{
	uv_fs_t request;
	uint64_t size = 0;

	if (uv_fs_stat(NULL, &request, path, NULL) == 0) {
		size = uv_fs_get_statbuf(&request)->st_size;
	}
	uv_fs_req_cleanup(&request);
	return size;
}

char *store_list(struct service *service, size_t *out_size)
{
	size_t room = 1;
	size_t at = 0;
	char *text;

	for (size_t i = 0; i < service->file_count; i++) {
		room += strlen(sessio_object_name(service->files[i])) + 24;
	}
	text = malloc(room);
	for (size_t i = 0; i < service->file_count && text != NULL; i++) {
		sessio_object_info info;

		if (sessio_object_inspect(service->files[i], &info) != SESSIO_OK ||
			!info.registered) {
			continue;
		}
		at += (size_t)snprintf(text + at, room - at, "%llu\t%s\n",
			(unsigned long long)size_of(((struct file *)service->files[i])->path),
			info.name);
	}
	*out_size = at;
	return text;
}
