/* SPDX-License-Identifier: MIT */
/*
 * The three container calls, by a kernel that the tests play. It is written for
 * <wdm.h> alone. The tests of this machine compile it against include/nt. Drivers
 * under Wine, whose kernel has none of the three, compile it against mingw-w64's.
 *
 * It follows the documents and the traces. Nothing is replayed. A session keeps its
 * object from Created to Terminated. The query says the state after the event, and
 * unregistering waits for a call that runs.
 */
#ifndef SESSIO_TESTS_STAND_IN_H
#define SESSIO_TESTS_STAND_IN_H

#include <wdm.h>

/* Before anything else, and once. */
void stand_in_start(void);

/*
 * An event happens, and all registrations are called in order. An unknown session
 * becomes known. STATUS_INSUFFICIENT_RESOURCES if there are too many.
 */
NTSTATUS stand_in_event(ULONG session_id, ULONG event, BOOLEAN local);

/* A session that exists already: no event. */
NTSTATUS stand_in_session(ULONG session_id, IO_SESSION_STATE state, BOOLEAN local);

/* Registrations are answered with this from now on; STATUS_SUCCESS: by the documents' rules. */
void stand_in_refuse(NTSTATUS status);

/* The query fails from now on. */
void stand_in_keep_silent(BOOLEAN silent);

/* The query says the state before the event. */
void stand_in_tell_old_state(BOOLEAN old);

/* Forgets all sessions. Nothing may be registered. */
void stand_in_forget(void);

/* How many registrations there are. */
ULONG stand_in_registrations(void);

#endif /* SESSIO_TESTS_STAND_IN_H */
