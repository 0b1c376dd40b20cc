/* SPDX-License-Identifier: MIT */
/*
 * A source: where the user sessions of a host come from.
 *
 * Most sources mirror a real system and report to their host what happened
 * there. The source "manual" mirrors nothing: its sessions are what the program
 * makes of them. A program that opens the default source gets the best that the
 * machine offers, and may ask which that is.
 *
 *     windows_kernel   in a driver: the container notifications of its object
 *     windows_wts      on Windows: the terminal services, by a window of its own; also remarks
 *     windows_service  on Windows: the same for a service, whose control handler passes on
 *                      every change of a session; opened by its name alone
 *     manual           everywhere
 *
 * Default: a call keeps no reference, does not block, calls nobody back, and is
 *          open to any thread.
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
 * @return a name; NULL beyond the last.
 *
 * Ref:     a constant.
 */
const char *sessio_source_name_at(size_t index);

/**
 * The rules that a source asks for. A host with these rules does not mark this source's normal
 * events with SESSIO_NOTICE_OUTSIDE. A host with other rules will do, too.
 *
 * @return rules for sessio_host_create(); the documented ones if there is no such source.
 */
sessio_rules sessio_source_rules(const char *name);

/**
 * Open a source by its name. It adopts the sessions that exist, and reports every event from now
 * on. Outside any callback the host knows those sessions when this returns.
 *
 * @param host  outlives the source. Several sources may report to one host, as long as no two know
 *              the same session id.
 * @return SESSIO_OK, SESSIO_INVALID_ARG, SESSIO_NOT_FOUND (no such source), SESSIO_UNSUPPORTED
 *         (this machine does not offer it), SESSIO_NO_MEMORY.
 *
 * Ref:     *out_source is the caller's, to be given to sessio_source_close().
 * Blocks:  as sessio_host_post().
 * Calls back: as sessio_host_post().
 */
SESSIO_MUST_CHECK
sessio_status sessio_source_open(const char *name, sessio_host *host, sessio_source **out_source);

/**
 * Open the first source that this machine offers, of those that work by themselves;
 * sessio_source_name() says which. The last one is "manual", which every machine offers.
 *
 * @return SESSIO_OK, SESSIO_INVALID_ARG, SESSIO_NO_MEMORY.
 *
 * Ref:     as sessio_source_open().
 * Blocks:  as sessio_host_post().
 * Calls back: as sessio_host_post().
 */
SESSIO_MUST_CHECK
sessio_status sessio_source_default(sessio_host *host, sessio_source **out_source);

/**
 * The name of a source that is open.
 *
 * @return a name; NULL for NULL.
 *
 * Ref:     a constant.
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
 * Blocks:  as sessio_host_post().
 * Calls back: as sessio_host_post().
 */
SESSIO_MUST_CHECK
sessio_status sessio_source_post(sessio_source *source, uint32_t session_id,
	sessio_user_event event, unsigned flags, sessio_refusal *refusal);

/**
 * Pass on a change to the source "windows_service": from the service's HandlerEx, for the control
 * code SERVICE_CONTROL_SESSIONCHANGE. The service asks for that by SERVICE_ACCEPT_SESSIONCHANGE.
 *
 * @param code        the dwEventType; a code that is unknown does nothing.
 * @param session_id  the dwSessionId of the WTSSESSION_NOTIFICATION.
 * @return SESSIO_OK, SESSIO_INVALID_ARG, SESSIO_UNSUPPORTED (it is another source),
 *         SESSIO_BAD_STATE (the source is being closed), SESSIO_NO_MEMORY.
 *
 * Blocks:  as sessio_host_post().
 * Calls back: as sessio_host_post().
 * Threads: one at a time per source, as Windows calls the handler.
 */
SESSIO_MUST_CHECK
sessio_status sessio_source_session_change(
	sessio_source *source, uint32_t code, uint32_t session_id);

/**
 * Close a source. When this returns nothing is being reported and nothing will be. Reports that
 * were made in callbacks may still be in their host's queue. The host keeps its sessions.
 *
 * @return SESSIO_OK, SESSIO_INVALID_ARG, SESSIO_BUSY (in a callback of any host, `released`
 *         included: a report may be waiting for that to return).
 *
 * Ref:     -1 on @p source; on SESSIO_OK do not touch it after this.
 * Blocks:  until reports on other threads have returned.
 * Threads: any, but only once.
 */
sessio_status sessio_source_close(sessio_source *source);

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_SOURCE_H */
