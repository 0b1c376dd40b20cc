/* SPDX-License-Identifier: MIT */
#include "copy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <uv.h>

static char *join(const char *folder, const char *name)
{
	size_t size = strlen(folder) + strlen(name) + 2;
	char *path = malloc(size);

	if (path != NULL) {
		(void)snprintf(path, size, "%s%s%s", folder, *folder == '\0' ? "" : "/", name);
	}
	return path;
}

struct copying {
	copy_found_fn *found;
	void *ctx;
	const char *folder;
	unsigned files; /* copied so far; the name of the next copy */
	char *piece; /* COPY_BYTES */
};

static void close_file(uv_file file)
{
	uv_fs_t request;

	(void)uv_fs_close(NULL, &request, file, NULL);
	uv_fs_req_cleanup(&request);
}

/* The beginning of a file; how many bytes it is, or negative. */
static int64_t read_beginning(const char *path, char *piece)
{
	uv_fs_t request;
	uv_file file = uv_fs_open(NULL, &request, path, UV_FS_O_RDONLY, 0, NULL);
	int64_t size = 0;
	int64_t got = 1;

	uv_fs_req_cleanup(&request);
	if (file < 0) {
		return -1;
	}
	while (got > 0 && size < COPY_BYTES) {
		uv_buf_t rest = uv_buf_init(piece + size, COPY_BYTES - (unsigned)size);

		got = uv_fs_read(NULL, &request, file, &rest, 1, size, NULL);
		uv_fs_req_cleanup(&request);
		size += got > 0 ? got : 0;
	}
	close_file(file);
	return got < 0 ? -1 : size;
}

static int write_file(const char *path, char *piece, unsigned size)
{
	uv_buf_t all = uv_buf_init(piece, size);
	uv_fs_t request;
	uv_file file = uv_fs_open(
		NULL, &request, path, UV_FS_O_WRONLY | UV_FS_O_CREAT | UV_FS_O_EXCL, 0600, NULL);
	int wrote;

	uv_fs_req_cleanup(&request);
	if (file < 0) {
		return -1;
	}
	wrote = uv_fs_write(NULL, &request, file, &all, 1, 0, NULL);
	uv_fs_req_cleanup(&request);
	close_file(file);
	return wrote == (int)size ? 0 : -1;
}

/* 0 as well when there was nothing to read. */
static int copy_file(struct copying *copying, const char *from, const char *name)
{
	char number[16];
	char *to;
	int failed;
	int64_t size = read_beginning(from, copying->piece);

	if (size < 0) {
		return 0;
	}
	(void)snprintf(number, sizeof(number), "%u", copying->files);
	to = join(copying->folder, number);
	failed = to == NULL || write_file(to, copying->piece, (unsigned)size) != 0;
	if (!failed) {
		copying->files++;
		copying->found(copying->ctx, to, name, (uint64_t)size);
	}
	free(to);
	return failed;
}

static int copy_folder(struct copying *copying, const char *from, const char *name);

static int copy_entry(
	struct copying *copying, const char *from, const char *name, const uv_dirent_t *entry)
{
	char *source = join(from, entry->name);
	char *inner = join(name, entry->name);
	int failed = source == NULL || inner == NULL;

	if (!failed && entry->type == UV_DIRENT_DIR) {
		failed = copy_folder(copying, source, inner);
	} else if (!failed && entry->type == UV_DIRENT_FILE) {
		failed = copy_file(copying, source, inner);
	}
	free(source);
	free(inner);
	return failed;
}

static int copy_folder(struct copying *copying, const char *from, const char *name)
{
	uv_fs_t request;
	uv_dirent_t entry;
	int readable = uv_fs_scandir(NULL, &request, from, 0, NULL) >= 0; /* sorted by name */
	int failed = 0;

	/* To the last entry: libuv 1.44 does not free all of a scan that stops before. */
	while (readable && uv_fs_scandir_next(&request, &entry) == 0) {
		if (!failed && copying->files < COPY_FILES) {
			failed = copy_entry(copying, from, name, &entry);
		}
	}
	uv_fs_req_cleanup(&request);
	return failed;
}

static char *make_folder(void)
{
	char folder[1024];
	size_t size = sizeof(folder);
	uv_fs_t request;
	char *pattern;
	char *made = NULL;

	if (uv_os_tmpdir(folder, &size) != 0) {
		return NULL;
	}
	pattern = join(folder, "sessio-XXXXXX");
	if (pattern != NULL && uv_fs_mkdtemp(NULL, &request, pattern, NULL) == 0) {
		made = strdup(request.path);
		uv_fs_req_cleanup(&request);
	}
	free(pattern);
	return made;
}

char *copy_some(const char *directory, copy_found_fn *found, void *ctx)
{
	char *folder = make_folder();
	struct copying copying = { found, ctx, folder, 0, malloc(COPY_BYTES) };
	int failed = folder == NULL || copying.piece == NULL ||
		copy_folder(&copying, directory, "") != 0;

	free(copying.piece);
	if (failed && folder != NULL) {
		(void)remove_copies(folder);
		free(folder);
		folder = NULL;
	}
	return folder;
}

static int remove_file(const char *folder, const char *name)
{
	char *path = join(folder, name);
	uv_fs_t request;
	int failed = path == NULL;

	if (!failed) {
		failed = uv_fs_unlink(NULL, &request, path, NULL) != 0;
		uv_fs_req_cleanup(&request);
	}
	free(path);
	return failed;
}

int remove_copies(const char *folder)
{
	uv_fs_t request;
	uv_dirent_t entry;
	int failed = uv_fs_scandir(NULL, &request, folder, 0, NULL) < 0;

	while (!failed && uv_fs_scandir_next(&request, &entry) == 0) {
		failed = remove_file(folder, entry.name);
	}
	uv_fs_req_cleanup(&request);
	if (!failed) {
		failed = uv_fs_rmdir(NULL, &request, folder, NULL) != 0;
		uv_fs_req_cleanup(&request);
	}
	return failed;
}
