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

static int copy_file(const char *from, const char *to, uint64_t *out_size)
{
	uv_fs_t request;
	int failed = uv_fs_copyfile(NULL, &request, from, to, 0, NULL);

	uv_fs_req_cleanup(&request);
	if (failed == 0) {
		/* Ours to write to, whatever the original allows. */
		failed = uv_fs_chmod(NULL, &request, to, 0600, NULL);
		uv_fs_req_cleanup(&request);
	}
	if (failed == 0) {
		failed = uv_fs_stat(NULL, &request, to, NULL);
		*out_size = request.statbuf.st_size;
		uv_fs_req_cleanup(&request);
	}
	return failed;
}

static int make_folder(const char *path)
{
	uv_fs_t request;
	int failed = uv_fs_mkdir(NULL, &request, path, 0700, NULL);

	uv_fs_req_cleanup(&request);
	return failed;
}

struct copying {
	copy_found_fn *found;
	void *ctx;
};

static int copy_folder(
	const struct copying *copying, const char *from, const char *to, const char *name);

static int copy_entry(const struct copying *copying, const char *from, const char *to,
	const char *name, const uv_dirent_t *entry)
{
	char *source = join(from, entry->name);
	char *target = join(to, entry->name);
	char *inner = join(name, entry->name);
	uint64_t size;
	int failed = source == NULL || target == NULL || inner == NULL;

	if (!failed && entry->type == UV_DIRENT_DIR) {
		failed = make_folder(target) != 0 || copy_folder(copying, source, target, inner);
	} else if (!failed && entry->type == UV_DIRENT_FILE) {
		failed = copy_file(source, target, &size) != 0;
		if (!failed) {
			copying->found(copying->ctx, target, inner, size);
		}
	}
	free(source);
	free(target);
	free(inner);
	return failed;
}

static int copy_folder(
	const struct copying *copying, const char *from, const char *to, const char *name)
{
	uv_fs_t request;
	uv_dirent_t entry;
	int failed = uv_fs_scandir(NULL, &request, from, 0, NULL) < 0; /* sorted by name */

	while (!failed && uv_fs_scandir_next(&request, &entry) == 0) {
		failed = copy_entry(copying, from, to, name, &entry);
	}
	uv_fs_req_cleanup(&request);
	return failed;
}

char *copy_tree(const char *directory, copy_found_fn *found, void *ctx)
{
	const struct copying copying = { found, ctx };
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
	if (made != NULL && copy_folder(&copying, directory, made, "") != 0) {
		(void)remove_tree(made);
		free(made);
		return NULL;
	}
	return made;
}

static int remove_entry(const char *folder, const uv_dirent_t *entry)
{
	char *path = join(folder, entry->name);
	uv_fs_t request;
	int failed;

	if (path == NULL) {
		return -1;
	}
	if (entry->type == UV_DIRENT_DIR) {
		failed = remove_tree(path);
	} else {
		failed = uv_fs_unlink(NULL, &request, path, NULL);
		uv_fs_req_cleanup(&request);
	}
	free(path);
	return failed;
}

int remove_tree(const char *directory)
{
	uv_fs_t request;
	uv_dirent_t entry;
	int failed = uv_fs_scandir(NULL, &request, directory, 0, NULL) < 0;

	while (!failed && uv_fs_scandir_next(&request, &entry) == 0) {
		failed = remove_entry(directory, &entry) != 0;
	}
	uv_fs_req_cleanup(&request);
	if (!failed) {
		failed = uv_fs_rmdir(NULL, &request, directory, NULL) != 0;
		uv_fs_req_cleanup(&request);
	}
	return failed;
}
