/* SPDX-License-Identifier: MIT */
/*
 * The parts of a kit, as its sources see them.
 *
 * There is one kit at a time, and the hooks of the process are its own. They run on
 * any thread, so all that they touch is under the kit's lock. The lists of drivers,
 * files and requests belong to the thread of the step.
 */
#ifndef SI_TESTING_KIT_H
#define SI_TESTING_KIT_H

#include <setjmp.h>

#include "base/list.h"
#include "base/map.h"
#include "platform/hooks.h"
#include "sessio/testing_driver.h"
#include "sessio/testing_scenario.h"
#include "wdk/hooks.h"
#include "wdk/thread.h"

#define SI_KIT_FINDINGS 256u /* more of them are counted only */
#define SI_KIT_WORK_NS UINT64_C(10000000000)

/* A call in the code under test. */
struct si_kit_place {
	const sessio_kit_image *image; /* NULL: not known */
	const unsigned char *address;
};

/* Whose mistake it is if bytes behind this block have changed. */
struct si_kit_blame {
	const void *block; /* NULL: none */
	const char *text;
	struct si_kit_place at;
};

/* The things of providers, under the kit's lock. See testing/provider.h. */
struct si_kit_ledger {
	struct si_map by_object;
	struct si_map by_block;
	struct si_list things;
	struct si_list gone;
	size_t gone_count;
	_Atomic(const void *) busy; /* the thread with the lock, whose own frees end no thing */
	bool listens;
};

/* Something that driver code has made, or had. */
struct si_kit_record {
	struct si_map_node by_object; /* kit->records or kit->past */
	struct si_list_node link; /* kit->made of its kind, or kit->gone; oldest first */
	enum si_wdk_kind kind;
	void *object;
	const void *owner;
	const void *memory;
	size_t size;
	ULONG tag;
	struct si_kit_place made;
	CSHORT owner_type; /* of a registration */
	char name[80];
	bool found; /* a finding has named it: it is not reported as left besides */
};

/* Locks that driver code holds, and the orders in which it takes them. */
struct si_kit_locks {
	struct si_map threads; /* which locks each holds */
	struct si_map orders; /* by the lock that was held */
	struct si_list all_orders;
	struct si_list all_threads;
	unsigned search; /* the number of the latest */
};

struct si_kit_finding {
	sessio_kit_finding face;
	struct si_kit_finding *next; /* kit->dropped */
	char text[256];
};

struct sessio_kit_driver {
	struct si_list_node link; /* kit->drivers */
	sessio_kit *kit;
	const sessio_driver_image *image;
	DRIVER_OBJECT object;
	UNICODE_STRING registry_path;
	bool loaded;
	WCHAR names[]; /* of the driver, its service and its registry path */
};

struct sessio_kit {
	sessio_host *host;
	bool finished;
	bool unverified; /* only a stop is a finding */
	bool guarded; /* pool blocks are in pages of their own, where there are any */
	bool placeless; /* it is not noted where things are made, as that is slow */
	_Atomic bool misses_place; /* and then the kit had to know it */
	/* A step: where a stop leads to. */
	bool in_step; /* of the thread of the step, and so the next two */
	void *step_frame; /* of the platform's thread */
	jmp_buf step;
	_Atomic bool stopped;
	struct si_list drivers;
	struct si_list files;
	struct si_list providers;
	struct si_list consumers;
	struct si_list processes; /* that the test has started */
	struct si_list plugged; /* the devices of the kit's bus */
	DRIVER_OBJECT bus; /* its driver, once there is such a device */
	KSPIN_LOCK lock;
	struct si_map records; /* under the lock, and so all up to the count of lost ones */
	struct si_map past;
	struct si_list made[SI_WDK_KINDS];
	struct si_list gone;
	size_t gone_count;
	struct si_kit_locks locks; /* testing_driver_locks.c */
	struct si_list paged; /* blocks in pages of their own, until they are freed */
	/* A request's buffer that is about to be freed. It is looked at on the thread of the step. */
	struct si_kit_blame blame;
	struct si_list quarantine;
	size_t quarantine_size;
	struct si_kit_finding *findings[SI_KIT_FINDINGS];
	size_t finding_count;
	size_t looked_at; /* how many of them the test has seen */
	size_t lost; /* findings that there was no room for */
	uint64_t allowed; /* a bit a rule, under the lock */
	struct si_kit_finding *dropped; /* that were allowed later */
	char *report;
	struct si_kit_ledger ledger; /* of providers */
	/* A log of this kit, or NULL, and how it learns of the kit's end: before, and after. */
	sessio_scenario_log *log;
	void (*log_ends)(sessio_scenario_log *log, bool finished);
	/* And how it learns of a call that the test makes itself, inside of no other. NULL: of one that
	 * cannot be a step. After it: whether it counts, and flags that its step has besides. */
	bool (*log_begins_call)(sessio_scenario_log *log, const sessio_step *step);
	void (*log_ends_call)(sessio_scenario_log *log, bool counts, unsigned flags);
	uint32_t file_count; /* files that were opened */
};

/* The kit of the process, or NULL. */
sessio_kit *si_kit_current(void);

/*
 * Runs a part of a test, in which a stop of the library is a finding. False if it was
 * stopped, or if there may be no more steps.
 */
typedef void si_kit_step_fn(void *arg);
bool si_kit_step(sessio_kit *kit, si_kit_step_fn *fn, void *arg);
/* A call that a test makes itself is noted in the kit's log. See testing/file.h. */
bool si_kit_begin_note(sessio_kit *kit, const sessio_step *step);
void si_kit_end_note(sessio_kit *kit, bool counts, unsigned flags);
/* From inside a step, on its thread: as a stop of the library leads out of it. */
_Noreturn void si_kit_leave_step(sessio_kit *kit);
/* Whether an exploration of schedules runs this process, one thread at a time. */
bool si_kit_is_in_schedule(void);
/* Whether this is the thread of a step, and no schedule lets others run besides. */
bool si_kit_is_only_caller(void);

/* Findings. The object's record, if there is one, adds what is known of it. */
void si_kit_find(sessio_kit *kit, sessio_kit_rule rule, const void *object, const char *text);
void si_kit_find_at(sessio_kit *kit, sessio_kit_rule rule, const void *object, const char *text,
	struct si_kit_place at);
/* The same with a second place, where no record has one. */
void si_kit_find_pair(sessio_kit *kit, sessio_kit_rule rule, const void *object, const char *text,
	struct si_kit_place at, struct si_kit_place other);
void si_kit_free_findings(sessio_kit *kit);
/* The name of a finding's second place. */
const char *si_kit_second_place(sessio_kit_rule rule);

/* Gives an image's variables the values from before its first load. False without memory. */
bool si_kit_image_restore(const sessio_kit_image *image);

/* The innermost call on this thread's stack that is in code under test. */
struct si_kit_place si_kit_here(const sessio_kit *kit);
/* The same for something that a finding may name later; none in a placeless kit. */
struct si_kit_place si_kit_note_here(const sessio_kit *kit);
/* The code under test that this address is in; nowhere without a kit. */
struct si_kit_place si_kit_place_at(const sessio_kit *kit, const void *return_address);
/* This routine of a driver. */
struct si_kit_place si_kit_place_of(const sessio_kit *kit, const void *routine);
sessio_kit_place si_kit_place_face(struct si_kit_place place);

/* Records. */
void si_kit_ledger_init(sessio_kit *kit);
void si_kit_ledger_fini(sessio_kit *kit);
/* The text for a thing that changed after it was freed. */
const char *si_kit_text_of_change(sessio_kit *kit, const void *object);
/* A thing of the kit's own: nothing is known of it any more. */
void si_kit_forget(sessio_kit *kit, enum si_wdk_kind kind, const void *object);
/* With the lock held: the record of a thing that is there, or was there; NULL if none. */
struct si_kit_record *si_kit_record_locked(sessio_kit *kit, const void *object);
/* Whether something is registered for this object, which is about to go: a finding. */
bool si_kit_find_registered(sessio_kit *kit, const void *owner, const char *text);
/* Reports and gives back what this driver has left, all that is left with NULL. */
void si_kit_sweep(sessio_kit *kit, const sessio_kit_driver *driver, bool report);
extern const struct si_wdk_hooks si_kit_hooks;

/* A request that is complete was completed: a finding, which names it. */
void si_kit_find_completed_twice(sessio_kit *kit, PIRP irp);

/* Locks: the hook of their steps, and memory that goes with the locks in it. */
void si_kit_on_lock(const void *lock, enum si_wdk_lock_step step);
/* This routine has returned with a lock held: a finding, which has the lock's place. */
void si_kit_find_lock_left(sessio_kit *kit, const void *routine, const char *text);
void si_kit_locks_init(sessio_kit *kit);
void si_kit_locks_fini(sessio_kit *kit);
void si_kit_locks_gone(sessio_kit *kit, const void *memory, size_t size, bool may_be_held);

/* Pool memory with a guard behind it, which is kept for a while after it was freed. */
void *si_kit_take_memory(size_t header_size, size_t size, void **out_block);
void si_kit_give_memory(void *header, bool in_use);
/*
 * Writes down the block in pages of its own that this address is in or behind. It takes no
 * lock, for a thread that has crashed. False if there is none.
 */
bool si_kit_describe_address(sessio_kit *kit, const void *address, char *text, size_t size);
void si_kit_check_quarantine(sessio_kit *kit);
void si_kit_free_quarantine(sessio_kit *kit);

/* Faults that a test asked for: whether a registration may succeed now; a slow callback. */
bool si_kit_may_register(void);
void si_kit_calling_back(void);
void si_kit_begin_faults(void);
/* Call paths to allocations that have failed once, in this kit or another. */
#define SI_KIT_KNOWN_PATHS 16384u /* a power of two; half of them is room */
struct si_kit_paths {
	uint64_t ids[SI_KIT_KNOWN_PATHS]; /* 0: free */
	uint32_t count;
	uint32_t failed; /* which of this kit's distinct paths has failed, from 1; 0: none */
	bool full;
};
/* The first allocation on a path that is not among these fails, and the path is added. */
sessio_status si_kit_fail_new_path(sessio_kit *kit, struct si_kit_paths *known);
/* All are over, and time is the system's again. Work items that are late stay so. */
void si_kit_end_faults(void);
/* A step of a scenario has ended, or of a history: late work items may run now. */
void si_kit_end_step(void);
/* Held: allocations that Windows would not make, and which no fault is to meet. */
void si_kit_hold_allocation_faults(bool held);

/* Processes that the test has not ended. */
void si_kit_free_processes(sessio_kit *kit);

/* Devices of the kit's bus. */
bool si_kit_has_plugged(const sessio_kit *kit, const DRIVER_OBJECT *driver);
void si_kit_unplug_all(sessio_kit *kit);

/* Drivers and files, at the end. */
void si_kit_end_drivers(sessio_kit *kit);
void si_kit_free_drivers(sessio_kit *kit);
void si_kit_close_files(sessio_kit *kit);
bool si_kit_has_open_files(const sessio_kit *kit, const DRIVER_OBJECT *driver);
/* Frees the closed files of this driver, all closed ones with NULL. */
void si_kit_free_files(sessio_kit *kit, const DRIVER_OBJECT *driver);

#endif /* SI_TESTING_KIT_H */
