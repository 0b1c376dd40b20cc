/* SPDX-License-Identifier: MIT */
/* A private copy of a directory tree in the folder for temporary files. */
#ifndef COPY_H
#define COPY_H

#include <stdint.h>

/* Is told of every file: where its copy is, and its name as seen from the tree's top. */
typedef void copy_found_fn(void *ctx, const char *path, const char *name, uint64_t size);

/* Copies regular files and folders, in order of name; the folder of the copy, or NULL. */
char *copy_tree(const char *directory, copy_found_fn *found, void *ctx);

/* Removes a copy; 0 if nothing is left of it. */
int remove_tree(const char *directory);

#endif /* COPY_H */
