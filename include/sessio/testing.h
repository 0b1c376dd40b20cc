/* SPDX-License-Identifier: MIT */
/*
 * The test kit: a world of its own for one test, and what was found in it.
 *
 * A kit puts a host of its own in the default host's place, with the rules that
 * the test wants. It watches the code under test. A mistake becomes a finding: data
 * that the test asserts on. A finding does not end the program, with any framework.
 * Drivers are loaded and driven by <sessio/testing_driver.h>.
 *
 * A broken invariant of the library stops a program. In a step of a kit that is a
 * finding, too, and the step fails. The state of the library is unknown then, so
 * every later step fails, and no other kit begins in this process. The same holds for
 * a wait without end in a step, when no thread or work item of a driver runs that could
 * end it. A crash of the code under test, and a wait for a thread that never ends,
 * still end or hold up the program.
 *
 * One kit at a time. A step is a call that runs code under test. Callbacks are in
 * that code: they may not leave by a longjmp, which a failing assertion of cmocka
 * is. Record in them, and assert outside.
 *
 * Default: a call keeps no reference, does not block, and calls nobody back. The
 *          calls for a kit come one at a time, from any thread outside of callbacks.
 */
#ifndef SESSIO_TESTING_H
#define SESSIO_TESTING_H

/*
 * From examples/driver_guide/first.c:
 *
 *     return sessio_kit_passes(kit) && ran ? 0 : 1;
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sessio/host.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sessio_kit sessio_kit;

/** In the place of a user session's id: a program that acts for none. */
#define SESSIO_KIT_NO_SESSION UINT32_MAX

/* XX(NAME, value, text): the one list of rules that code under test can break. */
#define SESSIO_KIT_RULE_MAP(XX)                                                    \
	XX(STOPPED, 1, "the library stopped the program")                          \
	XX(REGISTRATION_LEFT, 2, "a registration is left")                         \
	XX(REGISTERED_OBJECT_GONE, 3, "an object was registered when it went")     \
	XX(UNREGISTERED_TWICE, 4, "a handle was unregistered twice")               \
	XX(NEVER_REGISTERED, 5, "a handle was never registered")                   \
	XX(DEVICE_LEFT, 6, "a device is left")                                     \
	XX(DEVICE_DELETED_TWICE, 7, "a device was deleted twice")                  \
	XX(NO_DEVICE, 8, "something was deleted that is no device")                \
	XX(LINK_LEFT, 9, "a symbolic link is left")                                \
	XX(REQUEST_NOT_COMPLETED, 10, "a request was never completed")             \
	XX(REQUEST_COMPLETED_TWICE, 11, "a request was completed twice")           \
	XX(REQUEST_MARK, 12, "STATUS_PENDING and the mark of a request disagree")  \
	XX(REQUEST_STATUS, 13, "a request has two results")                        \
	XX(REQUEST_MISUSED, 14, "a request was misused")                           \
	XX(REQUEST_LEFT, 15, "a request was not freed")                            \
	XX(POOL_LEFT, 16, "pool memory is left")                                   \
	XX(POOL_FREED_TWICE, 17, "pool memory was freed twice")                    \
	XX(POOL_OVERRUN, 18, "pool memory was overrun")                            \
	XX(POOL_USED_AFTER_FREE, 19, "pool memory was written after it was freed") \
	XX(POOL_MISUSED, 20, "pool memory was misused")                            \
	XX(WORK_ITEM_LEFT, 21, "a work item is left")                              \
	XX(WORK_ITEM_MISUSED, 22, "a work item was misused")                       \
	XX(IRQL, 23, "a call above its IRQL")                                      \
	XX(IRQL_LEFT, 24, "the IRQL was not restored")                             \
	XX(LOCK_MISUSED, 25, "a lock was misused")                                 \
	XX(LOCK_LEFT, 26, "a lock is held on return")                              \
	XX(REGION_LEFT, 27, "a critical region was not left")                      \
	XX(WAIT_MISUSED, 28, "an object that threads wait for was misused")        \
	XX(CONTEXT_FREED, 29, "something was freed that a callback uses")          \
	XX(REFERENCE_LEFT, 30, "a reference is left")                              \
	XX(REFERENCE_MISUSED, 31, "a reference or a handle was misused")           \
	XX(HANDLE_LEFT, 32, "a handle is left")                                    \
	XX(MDL_LEFT, 33, "a memory descriptor list is left")                       \
	XX(MDL_MISUSED, 34, "a memory descriptor list was misused")                \
	XX(DEVICE_ATTACHED, 35, "a device was in a stack when it was deleted")     \
	XX(THREAD_LEFT, 36, "a thread runs after the unload")                      \
	XX(LOCK_ORDER, 37, "locks were taken in an order that can deadlock")       \
	XX(LOCK_FREED, 38, "a lock was freed while it was held")                   \
	XX(UNREGISTERED_INSIDE, 39, "a callback unregistered itself")              \
	XX(SESSION_GONE, 40, "a session object was used past its life")            \
	XX(TIMER_LEFT, 41, "a timer is left")                                      \
	XX(OPERATION_LEFT, 42, "an operation never ended")                         \
	XX(PUT_TOO_OFTEN, 43, "something was put that nobody had")                 \
	XX(USED_AFTER_END, 44, "something was used after its end")                 \
	XX(RIGHTS_CHECKED_EARLY, 45, "rights were checked too early")              \
	XX(REPORTED, 46, "the library reported it")                                \
	XX(NOTIFY_LEFT, 47, "a notify routine is left")                            \
	XX(WAITS_FOR_EVER, 48, "a thread waits for ever")                          \
	XX(BREAKPOINT, 49, "a debugger was asked for")                             \
	XX(REMOVE_LOCK_LEFT, 50, "a remove lock was never waited for")

/** A rule that code under test can break. */
typedef enum sessio_kit_rule {
#define XX(name, value, text) SESSIO_KIT_RULE_##name = (value),
	SESSIO_KIT_RULE_MAP(XX)
#undef XX
} sessio_kit_rule;

/**
 * The rule as it reads in a report, such as "a device is left".
 *
 * @return a string, never NULL; "unknown rule" for any other number.
 *
 * Ref:     borrowed, a constant.
 */
const char *sessio_kit_rule_text(sessio_kit_rule rule);

/** Code under test as CMake linked it; its members are not for tests. */
typedef struct sessio_kit_image {
	const char *name;
	const unsigned char *code, *code_end;
	unsigned char *data, *data_end;
	unsigned char **saved; /* the data before the first load, NULL until then */
	const struct sessio_kit_line {
		const char *file;
		uint32_t line;
		uint32_t offset; /* in the code */
	} * lines;
	size_t line_count;
} sessio_kit_image;

/** A line of the code under test. */
typedef struct sessio_kit_place {
	const char *driver; /* or provider. NULL: in none, or not known */
	const char *file; /* NULL: not known */
	uint32_t line; /* 0: not known */
} sessio_kit_place;

/** One broken rule. Its pointers are good as long as the kit lives. */
typedef struct sessio_kit_finding {
	sessio_kit_rule rule;
	const char *text; /* one line, which names the object */
	sessio_kit_place at; /* the call, or for what is left the place that made it */
	/*
	 * Where the object was made, if that is known. Of LOCK_LEFT, where the lock was taken; of
	 * LOCK_ORDER, where locks are taken the other way round.
	 */
	sessio_kit_place made;
	const void *object; /* to compare with only; it may be gone */
	size_t size; /* of pool memory, in bytes */
	uint32_t tag; /* of pool memory */
	size_t times; /* how often it came at this place with this object */
} sessio_kit_finding;

/** The wishes of a test; copied. All zero: the documented rules. */
typedef struct sessio_kit_options {
	sessio_rules rules; /* of the host; 0 for the documented ones */
	bool unverified; /* the verifier is off: only a stop of the library is a finding */
	/*
	 * Each pool block ends at a page that nobody may touch, up to 15 bytes before it. So a
	 * read past its end crashes, and so does any use after it was freed. It costs
	 * some microseconds a block, and needs a system with mmap(). Elsewhere it changes nothing.
	 */
	bool guarded;
} sessio_kit_options;

/**
 * Begin a test: a fresh default host, no finding, and the verifier on.
 *
 * @param options  NULL for all zero.
 * @return SESSIO_OK, SESSIO_INVALID_ARG, SESSIO_BUSY (there is a kit, or something is
 *         watched on the default host), SESSIO_BAD_STATE (the library stopped in this
 *         process), SESSIO_NO_MEMORY.
 *
 * Ref:     *out_kit is the caller's, for sessio_kit_destroy().
 */
SESSIO_MUST_CHECK
sessio_status sessio_kit_create(const sessio_kit_options *options, sessio_kit **out_kit);

/**
 * The host of a kit: the default host while the kit lives.
 *
 * @return the host; NULL for NULL.
 *
 * Ref:     borrowed, until the kit is finished.
 */
sessio_host *sessio_kit_host(sessio_kit *kit);

/**
 * Post an event to the kit's host, as sessio_host_post() does. A step.
 *
 * @param flags  0 or SESSIO_POST_REMOTE.
 * @return as sessio_host_post(); SESSIO_BAD_STATE also after a stop, or if the kit is
 *         finished. SESSIO_OK, SESSIO_INVALID_ARG, SESSIO_BAD_STATE, SESSIO_NO_MEMORY.
 *
 * Blocks:  until the event has been delivered.
 * Calls back: the watchers of the event.
 */
SESSIO_MUST_CHECK
sessio_status sessio_kit_post(
	sessio_kit *kit, uint32_t session_id, sessio_user_event event, unsigned flags);

/**
 * End the test's world: close files, unload drivers, look for what is left, and give it
 * back. The findings can still be read. A second call only counts. A step. A watcher of
 * the test's own on the kit's host has to be ended before.
 *
 * @return how many findings there are; 0 for NULL.
 *
 * Blocks:  until queued work items have run, ten seconds at most.
 * Calls back: the drivers.
 */
size_t sessio_kit_finish(sessio_kit *kit);

/**
 * Allow what is a finding else, such as a driver's DbgBreakPoint(). Findings of this rule are
 * left out from now on, and those that there are, too. The code under test goes on as
 * before. SESSIO_KIT_RULE_STOPPED and SESSIO_KIT_RULE_WAITS_FOR_EVER cannot be allowed.
 *
 * @return SESSIO_OK, SESSIO_INVALID_ARG (a NULL, no rule, or one of these two).
 */
SESSIO_MUST_CHECK
sessio_status sessio_kit_allow(sessio_kit *kit, sessio_kit_rule rule);

/**
 * How many findings there are so far.
 *
 * @return the number of sessio_kit_finding() that are there; 0 for NULL.
 */
size_t sessio_kit_finding_count(const sessio_kit *kit);

/**
 * One finding, in the order in which they came.
 *
 * @return the finding; NULL if there is none with this index.
 *
 * Ref:     borrowed, lives as long as the kit.
 */
const sessio_kit_finding *sessio_kit_get_finding(const sessio_kit *kit, size_t index);

/**
 * All findings as text for people, one paragraph each, with places. It is empty if there
 * is none, so that a test can compare it with "".
 *
 * @return the text, never NULL.
 *
 * Ref:     borrowed, until the next call for this kit.
 */
const char *sessio_kit_report(sessio_kit *kit);

/**
 * Finish a kit, print its findings to the standard output, and free it.
 *
 * @return whether there was none; false for NULL.
 *
 * Ref:     -1 on @p kit.
 * Blocks:  as sessio_kit_finish().
 * Calls back: as sessio_kit_finish().
 */
SESSIO_MUST_CHECK
bool sessio_kit_passes(sessio_kit *kit);

/**
 * Finish a kit and free it. Findings that came after the last look at them are printed to
 * the standard error stream. NULL is a no-op.
 *
 * Ref:     -1 on @p kit.
 * Blocks:  as sessio_kit_finish().
 * Calls back: as sessio_kit_finish().
 */
void sessio_kit_destroy(sessio_kit *kit);

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_TESTING_H */
