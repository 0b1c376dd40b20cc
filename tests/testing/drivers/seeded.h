/* SPDX-License-Identifier: MIT */
#ifndef SESSIO_TESTS_SEEDED_H
#define SESSIO_TESTS_SEEDED_H

/*
 * XX(BUG, KIND, RULE): a write of the number makes the driver have this bug, which shows
 * in some histories only, in this way.
 */
#define SEEDED_MAP(XX)                                        \
	XX(TAKES_EVENT_FOR_STATE, CHECK, 0)                   \
	XX(CUTS_OFF_ANOTHER, CHECK, 0)                        \
	XX(FORGETS_USER, CHECK, 0)                            \
	XX(QUERIES_TOO_HIGH, FINDING, IRQL)                   \
	XX(LEAKS, FINDING, POOL_LEFT)                         \
	XX(FREES_BEFORE_UNREGISTER, FINDING, CONTEXT_FREED)   \
	XX(FORGETS_TO_UNREGISTER, FINDING, REGISTRATION_LEFT) \
	XX(COMPLETES_NEVER, FINDING, REQUEST_NOT_COMPLETED)   \
	XX(STOPS, FINDING, STOPPED)                           \
	XX(WAITS_FOR_EVER, FINDING, WAITS_FOR_EVER)           \
	XX(CRASHES, CRASHED, 0)                               \
	XX(HANGS, HUNG, 0)

enum seeded_bug {
	SEEDED_NONE,
#define XX(bug, kind, rule) SEEDED_##bug,
	SEEDED_MAP(XX)
#undef XX
		SEEDED_NEEDS_MEMORY, /* shows only where an allocation fails */
	SEEDED_FREES_WITH_WORK_QUEUED, /* shows only where a work item is late */
	SEEDED_WAITS_FOR_WORK /* and this is right */
};

#define SEEDED_SESSIONS 9u

/* The answer to a read. */
struct seeded_table {
	unsigned owner; /* the session that opened last and is still there; 0: none */
	unsigned char states[SEEDED_SESSIONS]; /* IO_SESSION_STATE; 0: no such session */
	unsigned char has_user[SEEDED_SESSIONS];
};

#endif /* SESSIO_TESTS_SEEDED_H */
