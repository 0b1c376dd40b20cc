/* SPDX-License-Identifier: MIT */
/*
 * The table that each source fills in, and the calls by which it reports.
 *
 * (source-1) Every slot is filled; a source that cannot do something answers
 *      SESSIO_UNSUPPORTED.
 * (source-2) A source reports only between the beginning of start and the end of stop,
 *      with si_source_observe(), si_source_adopt() and si_source_remark(). It then
 *      holds no lock that its start or stop takes.
 * (source-3) A report is counted while it runs. Closing refuses new ones first, then
 *      stops the source, then waits for those that run, then frees its state.
 */
#ifndef SI_SOURCE_H
#define SI_SOURCE_H

#include <sessio/source.h>

#include "base/rundown.h"

struct si_source_ops {
	const char *name;

	/* The rules that its reports follow. */
	sessio_rules rules;

	/* Opened by its name alone, because the program has to do something for it. */
	bool only_by_name;

	/* Whether this machine has the system that it mirrors. Asked before start; changes nothing. */
	bool (*is_offered)(void);

	/*
	 * Adopts the sessions that exist and begins to report what happens. No
	 * lock is held; may block. On failure nothing is left behind, and stop is
	 * not called. SESSIO_OK, SESSIO_UNSUPPORTED, SESSIO_NO_MEMORY.
	 */
	sessio_status (*start)(sessio_source *source, void **out_state);

	/*
	 * Makes an event happen. No lock is held; a report that this causes may
	 * come before or after the return. As sessio_source_post().
	 */
	sessio_status (*post)(sessio_source *source, uint32_t session_id, sessio_user_event event,
		unsigned flags, sessio_refusal *refusal);

	/*
	 * Ends what start began. No lock is held, and it may wait for the reports that
	 * run. New ones are refused by now. When it returns none will start.
	 */
	void (*stop)(void *state);

	/* After stop and the last report or post: frees what these may still use. */
	void (*fini)(void *state);
};

struct sessio_source {
	const struct si_source_ops *ops; /* fixed, as is host */
	sessio_host *host;
	void *state; /* the ops' own; fixed from the end of start to fini */
	struct si_rundown reports; /* (source-3) */
	_Atomic bool idle; /* the last report has ended */
};

/* Reports of a source: as the host's calls. SESSIO_BAD_STATE once it is being closed. */
SESSIO_MUST_CHECK
sessio_status si_source_observe(
	sessio_source *source, uint32_t session_id, sessio_user_event event, unsigned flags);
SESSIO_MUST_CHECK
sessio_status si_source_adopt(
	sessio_source *source, uint32_t session_id, sessio_user_state state, unsigned flags);

SESSIO_MUST_CHECK
sessio_status si_source_remark(
	sessio_source *source, uint32_t session_id, sessio_user_remark remark);

/* For a source's own calls that use its state; false once it is being closed. */
bool si_source_begin_report(sessio_source *source);
void si_source_end_report(sessio_source *source);

/* The post of a source where only the system makes events happen: SESSIO_UNSUPPORTED. */
SESSIO_MUST_CHECK
sessio_status si_source_no_post(sessio_source *source, uint32_t session_id, sessio_user_event event,
	unsigned flags, sessio_refusal *refusal);

/* The fini of a source that has nothing left. */
void si_source_no_fini(void *state);

/* Opens one by its table; for sessio_source_open() and for tests. */
SESSIO_MUST_CHECK
sessio_status si_source_open(
	const struct si_source_ops *ops, sessio_host *host, sessio_source **out_source);

extern const struct si_source_ops si_source_manual;

#endif /* SI_SOURCE_H */
