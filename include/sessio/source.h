/* SPDX-License-Identifier: MIT */
/*
 * A source: where the user sessions of a host come from.
 *
 * Most sources mirror a real system and report to their host what happened
 * there. The source "manual" mirrors nothing: its sessions are what the program
 * makes of them. A program that opens the default source gets the best that the
 * machine offers, and may ask which that is.
 */
#ifndef SESSIO_SOURCE_H
#define SESSIO_SOURCE_H

/*
 * From examples/watch_users.c:
 *
 *     if (sessio_host_create(sessio_source_rules("manual"), &host) ||
 *         sessio_source_open("manual", host, &source) ||
 *         sessio_host_watch(host, &options, on_event, NULL, &watch) || anna_comes(host)) {
 *         return 1;
 *     }
 */

#include <sessio/host.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A source that is open. */
typedef struct sessio_source sessio_source;

/**
 * The sources that this library was built with, the preferred ones first.
 *
 * @param index  from 0.
 * @return a name that lives for ever; NULL beyond the last.
 *
 * Ref:     none.
 * Locks:   takes none.
 * Threads: any.
 */
const char *sessio_source_name_at(size_t index);

/**
 * The rules that a source asks for: what it reports should not be marked only because the
 * documents do not know it. A host with other rules will do; see SESSIO_NOTICE_OUTSIDE.
 *
 * @return rules for sessio_host_create(); the documented ones if there is no such source.
 *
 * Ref:     none.
 * Locks:   takes none.
 * Threads: any.
 */
sessio_rules sessio_source_rules(const char *name);

/**
 * Open a source by its name. When this returns, the host knows the sessions that exist, and will
 * be told of what happens from now on.
 *
 * @param host  outlives the source. Several sources may report to one host, as long as no two know
 *              the same session id.
 * @return SESSIO_OK, SESSIO_INVALID_ARG, SESSIO_NOT_FOUND (no such source), SESSIO_UNSUPPORTED
 *         (this machine does not offer it), SESSIO_NO_MEMORY.
 *
 * Ref:     *out_source is the caller's, to be given to sessio_source_close().
 * Locks:   as sessio_host_post().
 * Threads: any.
 */
SESSIO_MUST_CHECK
sessio_status sessio_source_open(const char *name, sessio_host *host, sessio_source **out_source);

/**
 * Open the first source that this machine offers; sessio_source_name() says which. The last one
 * is "manual", which every machine offers.
 *
 * @return SESSIO_OK, SESSIO_INVALID_ARG, SESSIO_NO_MEMORY.
 *
 * Ref:     as sessio_source_open().
 * Locks:   as sessio_host_post().
 * Threads: any.
 */
SESSIO_MUST_CHECK
sessio_status sessio_source_default(sessio_host *host, sessio_source **out_source);

/**
 * The name of a source that is open.
 *
 * @return a name that lives for ever; NULL for NULL.
 *
 * Ref:     none.
 * Locks:   takes none.
 * Threads: any.
 */
const char *sessio_source_name(const sessio_source *source);

/**
 * Make something happen where the sessions come from. A source that only mirrors cannot.
 *
 * @param flags    as for sessio_host_post().
 * @param refusal  as for sessio_host_post().
 * @return SESSIO_OK, SESSIO_INVALID_ARG, SESSIO_UNSUPPORTED (this source only mirrors),
 *         SESSIO_BAD_STATE (refused as by sessio_host_post(), or the source is being closed: then
 *         @p refusal is not written), SESSIO_NO_MEMORY.
 *
 * Ref:     none.
 * Locks:   as sessio_host_post().
 * Threads: any.
 */
SESSIO_MUST_CHECK
sessio_status sessio_source_post(sessio_source *source, uint32_t session_id,
	sessio_user_event event, unsigned flags, sessio_refusal *refusal);

/**
 * Close a source. When this returns nothing is being reported and nothing will be. The host keeps
 * the sessions as they are.
 *
 * @return SESSIO_OK, SESSIO_INVALID_ARG, SESSIO_BUSY (inside a callback of any host: a report may
 *         be waiting for that to return).
 *
 * Ref:     -1 on @p source; on SESSIO_OK do not touch it after this.
 * Locks:   as sessio_host_post().
 * Threads: any; once.
 */
sessio_status sessio_source_close(sessio_source *source);

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_SOURCE_H */
