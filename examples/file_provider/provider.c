/* SPDX-License-Identifier: MIT */
#include "provider.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sessio/wait.h>
#include <uv.h>

#include "copy.h"

/* The payload of a file object. */
struct file {
	struct provider *provider;
	char *path; /* in the copy */
	uint64_t size; /* when it was registered */
	/* Operations inside right now, counted to see that the share rule holds. */
	atomic_uint readers;
	atomic_uint writers;
};

/* The payload of a session context. */
struct file_session {
	const char *consumer; /* borrowed from the opener */
	uv_file fd;
	unsigned share;
};

/* The openCtx: an opener's name and share mode. */
struct opening {
	const char *consumer;
	unsigned share;
};

struct provider {
	char *folder;
	void **files; /* counted */
	size_t count;
	KosObjectType *file_type;
	KosObjectType *context_type;
	KosSessionType *session_type;
	provider_tell_fn *tell;
	atomic_ulong opened;
	atomic_ulong closed;
	atomic_ulong completed;
	atomic_ulong intruders;
};

static void destruct_file(void *object, void *segment)
{
	struct file *file = segment;

	(void)object;
	free(file->path);
}

/* open: the file itself may still say no. The consumer's reference is taken here. */
static Retcode on_open(void *object, void *session, void *openCtx, rtl_uint32_t *handleRights)
{
	struct file *file = object;
	struct file_session *context = session;
	const struct opening *opening = openCtx;
	unsigned rights = KosSessionGetOpenRights(session);
	uv_fs_t request;

	context->consumer = opening->consumer;
	context->share = opening->share;
	context->fd = uv_fs_open(NULL, &request, file->path,
		(rights & FILE_WRITE) != 0 ? UV_FS_O_RDWR | UV_FS_O_APPEND : UV_FS_O_RDONLY, 0,
		NULL);
	uv_fs_req_cleanup(&request);
	if (context->fd < 0) {
		return rcResourceNotFound;
	}
	*handleRights = rights;
	KosRefObject(session);
	atomic_fetch_add(&file->provider->opened, 1);
	file->provider->tell("open", object, context->consumer);
	return rcOk;
}

static Retcode on_close(void *object, void *session)
{
	struct file *file = object;
	struct file_session *context = session;

	atomic_fetch_add(&file->provider->closed, 1);
	file->provider->tell("close", object, context->consumer);
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
	atomic_fetch_add(&file->provider->completed, 1);
	file->provider->tell("closeComplete", object, context->consumer);
}

static void add_file(struct provider *provider, const char *path, const char *name, uint64_t size)
{
	struct file *file;
	void *object;
	void **files = realloc(provider->files, (provider->count + 1) * sizeof(*files));

	if (files == NULL) {
		return;
	}
	provider->files = files;
	if (KosCreateObject(provider->file_type, name, RTL_NULL, &object) != rcOk) {
		return;
	}
	file = object;
	file->provider = provider;
	file->path = strdup(path);
	file->size = size;
	if (file->path == NULL ||
		KosSessionRegisterObject(provider->session_type, object) != rcOk) {
		KosPutObject(object);
		return;
	}
	provider->files[provider->count++] = object;
}

static void found(void *ctx, const char *path, const char *name, uint64_t size)
{
	add_file(ctx, path, name, size);
}

static int make_types(struct provider *provider)
{
	static const KosSessionOps ops = { on_open, on_close, on_close_complete };

	return KosCreateObjectType("file", kosSessionBaseObjectType, sizeof(struct file), RTL_NULL,
		       destruct_file, &provider->file_type) == rcOk &&
		KosCreateObjectType("file session", kosSessionBaseSessionType,
			sizeof(struct file_session), RTL_NULL, RTL_NULL,
			&provider->context_type) == rcOk &&
		KosSessionCreateType(provider->file_type, provider->context_type, &ops,
			&provider->session_type) == rcOk;
}

struct provider *provider_start(const char *directory, provider_tell_fn *tell)
{
	struct provider *provider = calloc(1, sizeof(*provider));

	if (provider == NULL) {
		return NULL;
	}
	provider->tell = tell;
	provider->folder = make_types(provider) ? copy_some(directory, found, provider) : NULL;
	if (provider->folder == NULL || provider->count == 0) {
		fprintf(stderr, "no files to provide in %s\n", directory);
		(void)provider_stop(provider);
		return NULL;
	}
	return provider;
}

int provider_stop(struct provider *provider)
{
	int failed = 0;

	for (size_t i = 0; i < provider->count; i++) {
		Retcode rc = KosSessionUnregisterObject(provider->files[i]);

		failed += rc != rcOk && rc != rcResourceNotFound; /* withdrawn before */
		failed += sessio_object_drain(provider->files[i], 10000) != SESSIO_OK;
		KosPutObject(provider->files[i]);
	}
	KosSessionDestroyType(provider->session_type);
	sessio_object_type_unref(provider->context_type);
	sessio_object_type_unref(provider->file_type);
	failed += provider->folder != NULL && remove_copies(provider->folder) != 0;
	free(provider->folder);
	free(provider->files);
	free(provider);
	return failed;
}

const char *provider_folder(const struct provider *provider)
{
	return provider->folder;
}

size_t provider_files(const struct provider *provider)
{
	return provider->count;
}

void *provider_file(const struct provider *provider, size_t number)
{
	return provider->files[number % provider->count];
}

void *provider_largest(const struct provider *provider)
{
	void *largest = provider->files[0];

	for (size_t i = 1; i < provider->count; i++) {
		if (((struct file *)provider->files[i])->size > ((struct file *)largest)->size) {
			largest = provider->files[i];
		}
	}
	return largest;
}

struct provider_counts provider_counted(const struct provider *provider)
{
	struct provider_counts counts = {
		atomic_load(&provider->opened),
		atomic_load(&provider->closed),
		atomic_load(&provider->completed),
		atomic_load(&provider->intruders),
	};

	return counts;
}

Retcode provider_open(
	void *file, unsigned rights, unsigned share, const char *consumer, void **out_session)
{
	struct opening opening = { consumer, share };

	return KosSessionOpenObject(file, rights, share, &opening, out_session);
}

Retcode provider_close(void *session)
{
	return KosSessionCloseObject(session);
}

void provider_forget(void *session)
{
	KosPutObject(session);
}

/* The documented order: check the rights, begin the operation, do it, end it. */
static Retcode begin(void *session, unsigned right, void **out_file)
{
	if ((KosSessionGetOpenRights(session) & right) == 0) {
		return rcNoCapability;
	}
	return KosSessionRef(session, RTL_NULL, out_file);
}

/* Counts this operation in and looks whom it meets that its share mode excludes. */
static void enter(struct file *file, const struct file_session *context, atomic_uint *mine)
{
	unsigned readers;
	unsigned writers;

	atomic_fetch_add(mine, 1);
	readers = atomic_load(&file->readers) - (mine == &file->readers);
	writers = atomic_load(&file->writers) - (mine == &file->writers);
	if (((context->share & FILE_READ) == 0 && readers != 0) ||
		((context->share & FILE_WRITE) == 0 && writers != 0)) {
		atomic_fetch_add(&file->provider->intruders, 1);
	}
}

Retcode provider_read(void *session, provider_pause_fn *pause, void *ctx, uint64_t *out_bytes)
{
	struct file_session *context = session;
	char piece[1024];
	uint64_t bytes = 0;
	int64_t got;
	void *object;
	Retcode rc = begin(session, FILE_READ, &object);

	if (rc != rcOk) {
		return rc;
	}
	enter(object, context, &((struct file *)object)->readers);
	do {
		uv_buf_t buffer = uv_buf_init(piece, sizeof(piece));
		uv_fs_t request;

		got = uv_fs_read(NULL, &request, context->fd, &buffer, 1, (int64_t)bytes, NULL);
		uv_fs_req_cleanup(&request);
		bytes += got > 0 ? (uint64_t)got : 0;
		if (got > 0 && pause != NULL) {
			pause(ctx, bytes);
		}
	} while (got > 0);
	atomic_fetch_sub(&((struct file *)object)->readers, 1);
	((struct file *)object)->provider->tell("read", object, context->consumer);
	KosSessionPut(session);
	*out_bytes = bytes;
	return got == 0 ? rcOk : rcFail;
}

Retcode provider_write(void *session, const char *line)
{
	struct file_session *context = session;
	uv_buf_t buffer = uv_buf_init((char *)(uintptr_t)line, (unsigned)strlen(line));
	uv_fs_t request;
	int wrote;
	void *object;
	Retcode rc = begin(session, FILE_WRITE, &object);

	if (rc != rcOk) {
		return rc;
	}
	enter(object, context, &((struct file *)object)->writers);
	wrote = uv_fs_write(NULL, &request, context->fd, &buffer, 1, -1, NULL);
	uv_fs_req_cleanup(&request);
	atomic_fetch_sub(&((struct file *)object)->writers, 1);
	KosSessionPut(session);
	return wrote == (int)buffer.len ? rcOk : rcFail;
}

Retcode provider_withdraw(void *file)
{
	return KosSessionUnregisterObject(file);
}
