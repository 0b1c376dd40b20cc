/* SPDX-License-Identifier: MIT */
/*
 * A resource provider: files of a directory tree, open to consumers through
 * resource sessions. It works on copies of a few of them, which it removes again.
 */
#ifndef FILE_PROVIDER_H
#define FILE_PROVIDER_H

#include <stddef.h>
#include <stdint.h>

#include <kos/session.h>

#define FILE_READ 1u
#define FILE_WRITE 2u

struct provider;

/* The provider's own counts, to be compared with the promises of the share rule. */
struct provider_counts {
	unsigned long opened;
	unsigned long closed; /* close callbacks */
	unsigned long completed; /* closeComplete callbacks */
	unsigned long intruders; /* operations that met one that their session excludes */
};

/* Reports callbacks as they run, and "read" when a read is about to end; any thread. */
typedef void provider_tell_fn(const char *what, const void *file, const char *consumer);

/* Copies the first files and registers each. NULL, after saying why, if it cannot. */
struct provider *provider_start(const char *directory, provider_tell_fn *tell);

/* Unregisters what is left, waits for the sessions and removes the copies. 0 if all went well. */
int provider_stop(struct provider *provider);

const char *provider_folder(const struct provider *provider);
size_t provider_files(const struct provider *provider);

/* A file by number, the largest file; borrowed. */
void *provider_file(const struct provider *provider, size_t number);
void *provider_largest(const struct provider *provider);

struct provider_counts provider_counted(const struct provider *provider);

/*
 * The consumer's side. A session that provider_open() gives is referenced for its
 * consumer, who drops it with provider_forget() after the close.
 */
Retcode provider_open(
	void *file, unsigned rights, unsigned share, const char *consumer, void **out_session);
Retcode provider_close(void *session);
void provider_forget(void *session);

/* Called between two pieces of a read; may take its time. */
typedef void provider_pause_fn(void *ctx, uint64_t bytes_so_far);

/* Operations: read it all, add a line at the end. */
Retcode provider_read(void *session, provider_pause_fn *pause, void *ctx, uint64_t *out_bytes);
Retcode provider_write(void *session, const char *line);

/* The administrator's side. */
Retcode provider_withdraw(void *file);

#endif /* FILE_PROVIDER_H */
