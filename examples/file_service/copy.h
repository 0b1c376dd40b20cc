/* SPDX-License-Identifier: MIT */
/* Private copies of a few files of a directory tree, in the folder for temporary files. */
#ifndef COPY_H
#define COPY_H

#include <stdint.h>

/* However large the tree is, this is all that is read of it. */
#define COPY_FILES 48u
#define COPY_BYTES (64u * 1024u) /* of each file */

/* Called for every file: where its copy is, and its name as seen from the tree's top. */
typedef void copy_found_fn(void *ctx, const char *path, const char *name, uint64_t size);

/*
 * Copies the beginnings of the first regular files, in order of name; skips what
 * cannot be read. The folder of the copies, or NULL.
 */
char *copy_some(const char *directory, copy_found_fn *found, void *ctx);

/* Removes that folder; 0 if nothing is left of it. */
int remove_copies(const char *folder);

#endif /* COPY_H */
