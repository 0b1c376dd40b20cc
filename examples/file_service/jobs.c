/* SPDX-License-Identifier: MIT */
/*
 * Operations on files. The loop's thread begins each; a thread of libuv's pool does
 * the work and answers. FILES_AWAIT waits on the loop's thread in between.
 */
#include <stdlib.h>
#include <string.h>

#include "service.h"

struct job {
	struct job *next; /* file->waiting */
	uv_work_t work;
	struct service *service;
	sessio_request *request;
	struct file *file;
	void *session; /* the context, until the answer */
	uint32_t operation;
	uint32_t offset;
	uint32_t written; /* file->written when the work began */
	bool waits; /* the work found nothing: it is not over */
	int32_t code;
	const unsigned char *sent;
	size_t size;
	unsigned char bytes[FILES_PIECE];
};

/* The end of an operation and its answer; any thread. */
static void finish(struct job *job)
{
	struct file_session *context = job->session;

	atomic_fetch_sub(&context->doing[job->operation], 1);
	KosSessionPut(job->session);
	view_changed(job->service);
	(void)sessio_request_reply(
		job->request, job->code, job->size == 0 ? NULL : job->bytes, job->size, NULL, 0);
}

static void destroy(struct job *job)
{
	KosPutObject(job->file);
	free(job);
}

static void end(struct job *job, int32_t code)
{
	job->code = code;
	finish(job);
	destroy(job);
}

/* On a thread of the pool. */
static void do_work(uv_work_t *work)
{
	struct job *job = work->data;
	const struct file_session *context = job->session;
	uv_buf_t buffer = uv_buf_init((char *)job->bytes, FILES_PIECE);
	uv_fs_t request;
	int did;

	if (job->operation == FILES_WRITE) {
		buffer = uv_buf_init((char *)(uintptr_t)job->sent, (unsigned)job->size);
		did = uv_fs_write(NULL, &request, context->fd, &buffer, 1, -1, NULL);
		job->code = did == (int)job->size ? 0 : FILES_FAILED;
		job->size = 0;
	} else {
		did = uv_fs_read(NULL, &request, context->fd, &buffer, 1, job->offset, NULL);
		job->code = did >= 0 ? 0 : FILES_FAILED;
		job->size = did > 0 ? (size_t)did : 0;
	}
	uv_fs_req_cleanup(&request);
	job->waits = job->operation == FILES_AWAIT && job->code == 0 && job->size == 0;
	if (!job->waits) {
		finish(job);
	}
}

static void after_work(uv_work_t *work, int status);

static void queue(struct job *job)
{
	job->work.data = job;
	job->written = job->file->written;
	(void)uv_queue_work(&job->service->loop, &job->work, do_work, after_work);
}

static void unlist(struct job *job)
{
	struct job **at = &job->file->waiting;

	while (*at != job) {
		at = &(*at)->next;
	}
	*at = job->next;
}

static void cancel(void *ctx, sessio_request *request)
{
	struct job *job = ctx;

	(void)request;
	unlist(job);
	end(job, FILES_CANCELLED);
}

static void wait_for_more(struct job *job)
{
	job->next = job->file->waiting;
	job->file->waiting = job;
	/* If it was cancelled already, this ends it at once. */
	sessio_request_on_cancel(job->request, cancel, job);
}

/* Each that waits reads again, or ends if there is no more to come. */
static void wake_waiting(struct file *file)
{
	struct job *all = file->waiting;

	file->waiting = NULL;
	while (all != NULL) {
		struct job *job = all;

		all = job->next;
		sessio_request_on_cancel(job->request, NULL, NULL);
		if (file->over == 0) {
			queue(job);
		} else {
			end(job, file->over);
		}
	}
}

void job_end_waiting(struct file *file, int32_t why)
{
	file->over = why;
	wake_waiting(file);
}

static void after_work(uv_work_t *work, int status)
{
	struct job *job = work->data;
	struct file *file = job->file;

	(void)status;
	if (job->waits) {
		/* A write or the file may have come to an end between the read and now. */
		if (job->written != file->written) {
			queue(job);
		} else if (file->over != 0) {
			end(job, file->over);
		} else {
			wait_for_more(job);
		}
		return;
	}
	if (job->operation == FILES_WRITE) {
		file->written++;
		wake_waiting(file);
	}
	destroy(job);
}

/* Writes begin on the loop's thread, one after the other: so the file stays that small. */
static int32_t take_room(struct job *job)
{
	if (job->size > FILES_PIECE) {
		return SESSIO_INVALID_ARG;
	}
	if (job->size > FILES_MOST - job->file->size) {
		return FILES_FULL;
	}
	job->file->size += (uint32_t)job->size;
	return 0;
}

/* Where a read begins. */
static int32_t take_offset(struct job *job)
{
	const struct file_session *context = job->session;
	uv_fs_t request;

	if (job->size != 4) {
		return SESSIO_INVALID_ARG;
	}
	job->size = 0;
	job->offset = files_get32(job->sent);
	if (job->offset == FILES_END) {
		if (uv_fs_fstat(NULL, &request, context->fd, NULL) == 0) {
			job->offset = (uint32_t)uv_fs_get_statbuf(&request)->st_size;
		}
		uv_fs_req_cleanup(&request);
	}
	return 0;
}

/*
 * The documented order: the handle gives the session if its rights allow the
 * operation, the operation begins, it is done, it ends.
 */
static Retcode begin(
	struct service *service, sessio_request *request, void **out_session, void **out_file)
{
	unsigned right = sessio_request_operation(request) == FILES_WRITE ? FILE_WRITE : FILE_READ;
	Retcode rc = KosSessionIpcHandleToSession(
		sessio_request_handle(request, 0), service->session_type, right, out_session);

	if (rc == rcOk) {
		rc = KosSessionRef(*out_session, service->session_type, out_file);
	}
	return rc;
}

void job_begin(struct service *service, sessio_request *request)
{
	struct job *job = calloc(1, sizeof(*job));
	void *session;
	void *file;
	int32_t code;
	Retcode rc = job == NULL ? rcOutOfMemory : begin(service, request, &session, &file);

	if (rc != rcOk) {
		(void)sessio_request_reply(request, status_of(rc), NULL, 0, NULL, 0);
		free(job);
		return;
	}
	job->service = service;
	job->request = request;
	job->session = session;
	job->file = file;
	job->operation = sessio_request_operation(request);
	job->sent = sessio_request_bytes(request, &job->size);
	atomic_fetch_add(&((struct file_session *)session)->doing[job->operation], 1);
	view_changed(service);
	/* The job may outlive the session, which keeps the file. */
	KosRefObject(file);
	code = job->operation == FILES_WRITE ? take_room(job) : take_offset(job);
	if (code != 0) {
		job->size = 0;
		end(job, code);
		return;
	}
	queue(job);
}
