/* SPDX-License-Identifier: MIT */
/*
 * Faults that a test asks for, and its time. They stand between the library and the
 * platform in a table of hooks. The table that was there before is asked first, so
 * that a test program can have hooks of its own. A program has one kit at a time, and
 * these are its faults.
 *
 * Allocations come on any thread and under locks. So the state is under a lock that
 * calls nothing.
 */
#include "testing/kit.h"

#include <stdlib.h>
#include <string.h>

#include "resource/session.h"
#include "rtl/retcode.h"
#include "sessio/testing_scenario.h"
#include "testing/walk.h"
#include "wdk/timer.h"
#include "wdk/work.h"

#define STILL_MAX 1000u
#define PATHS 4096u /* distinct ones that are known; a power of two */
#define FAULTS 8u /* one more than there are */

struct path {
	uint64_t id;
	unsigned frames;
};

static struct {
	KSPIN_LOCK lock;
	bool hooked;
	struct si_hooks before; /* the table that the test program has */
	const struct si_hooks *table_before;
	struct si_hooks table;
	bool ahead[FAULTS]; /* under the lock, and so are the next seven */
	uint64_t left[FAULTS];
	bool held; /* no allocation fails, and none is counted */
	bool is_late; /* work items wait for their second step, or a later one */
	uint64_t *paths; /* the distinct ones since PATH or EACH_PATH was asked for; 0: none */
	size_t path_count;
	struct si_kit_paths *known; /* unless NULL: only a path that is not among them fails */
	size_t count;
	_Atomic uint64_t passed_ns;
} faults;

/* The fault's turn has come. */
static bool is_due_locked(sessio_fault fault)
{
	if (!faults.ahead[fault] || --faults.left[fault] != 0) {
		return false;
	}
	faults.ahead[fault] = false;
	faults.count++;
	return true;
}

static bool is_due(sessio_fault fault)
{
	bool due;

	si_wdk_lock(&faults.lock);
	due = is_due_locked(fault);
	si_wdk_unlock(&faults.lock);
	return due;
}

static bool add_frame(const unsigned char *address, void *arg)
{
	struct path *path = arg;

	path->id = (path->id ^ (uint64_t)(uintptr_t)address) * UINT64_C(0x100000001b3);
	path->id ^= path->id >> 29;
	path->frames++;
	return false;
}

/*
 * Which calls led here. Where a stack cannot be walked, all that is known of an
 * allocation is its size.
 */
static uint64_t path_here(size_t size)
{
	struct path path = { UINT64_C(0xcbf29ce484222325), 0 };

	si_kit_walk(add_frame, &path);
	if (path.frames < 2) {
		(void)add_frame((const unsigned char *)(uintptr_t)(size + 1), &path);
	}
	return path.id != 0 ? path.id : 1;
}

/* False if the table has it. */
static bool add_path(uint64_t *paths, size_t room, uint64_t id)
{
	size_t at = (size_t)id & (room - 1);

	while (paths[at] != 0) {
		if (paths[at] == id) {
			return false;
		}
		at = (at + 1) & (room - 1);
	}
	paths[at] = id;
	return true;
}

/* Whether it is the first allocation on this path. A full table knows all of them. */
static bool is_new_locked(uint64_t id)
{
	if (faults.paths == NULL || faults.path_count == PATHS / 2 ||
		!add_path(faults.paths, PATHS, id)) {
		return false;
	}
	faults.path_count++;
	return true;
}

static bool is_unknown_locked(uint64_t id)
{
	struct si_kit_paths *known = faults.known;

	known->full = known->full || known->count == SI_KIT_KNOWN_PATHS / 2;
	if (known->full || !add_path(known->ids, SI_KIT_KNOWN_PATHS, id)) {
		return false;
	}
	known->count++;
	known->failed = (uint32_t)faults.path_count;
	faults.known = NULL;
	faults.ahead[SESSIO_FAULT_PATH] = false;
	faults.count++;
	return true;
}

static bool counts_paths_locked(void)
{
	return faults.ahead[SESSIO_FAULT_PATH] || faults.ahead[SESSIO_FAULT_EACH_PATH];
}

void si_kit_hold_allocation_faults(bool held)
{
	si_wdk_lock(&faults.lock);
	faults.held = held;
	si_wdk_unlock(&faults.lock);
}

static bool is_allocation_due(void)
{
	bool due;

	si_wdk_lock(&faults.lock);
	due = !faults.held && is_due_locked(SESSIO_FAULT_ALLOCATION);
	si_wdk_unlock(&faults.lock);
	return due;
}

static bool is_path_due(size_t size)
{
	bool asked, due = false;
	uint64_t id;

	si_wdk_lock(&faults.lock);
	asked = counts_paths_locked() && !faults.held;
	si_wdk_unlock(&faults.lock);
	if (!asked) {
		return false;
	}
	id = path_here(size);
	si_wdk_lock(&faults.lock);
	if (counts_paths_locked() && is_new_locked(id)) {
		due = faults.known != NULL ? is_unknown_locked(id)
					   : is_due_locked(SESSIO_FAULT_PATH);
		if (!due && faults.ahead[SESSIO_FAULT_EACH_PATH]) {
			faults.count++;
			due = true;
		}
	}
	si_wdk_unlock(&faults.lock);
	return due;
}

static bool may_alloc(size_t size)
{
	bool due;

	if (faults.before.may_alloc != NULL && !faults.before.may_alloc(size)) {
		return false;
	}
	due = is_path_due(size);
	return !is_allocation_due() && !due;
}

static uint64_t now_ns(void)
{
	uint64_t now =
		faults.before.now_ns != NULL ? faults.before.now_ns() : si_hooks_unhooked_now_ns();

	return now + atomic_load(&faults.passed_ns);
}

static void be_slow(void)
{
	uint64_t ns = 0;

	si_wdk_lock(&faults.lock);
	if (faults.ahead[SESSIO_FAULT_SLOW]) {
		faults.ahead[SESSIO_FAULT_SLOW] = false;
		faults.count++;
		ns = faults.left[SESSIO_FAULT_SLOW];
	}
	si_wdk_unlock(&faults.lock);
	atomic_fetch_add(&faults.passed_ns, ns);
}

static int32_t ask_open(void)
{
	be_slow();
	return is_due(SESSIO_FAULT_OPEN) ? (int32_t)rcNoCapability : 0;
}

bool si_kit_may_register(void)
{
	return !is_due(SESSIO_FAULT_REGISTRATION);
}

void si_kit_calling_back(void)
{
	be_slow();
}

void si_kit_end_step(void)
{
	bool is_first, is_last;
	size_t items;

	if (!faults.ahead[SESSIO_FAULT_LATE]) {
		return;
	}
	items = si_wdk_work_held(SI_KIT_WORK_NS);
	si_wdk_lock(&faults.lock);
	is_first = !faults.is_late;
	is_last = faults.left[SESSIO_FAULT_LATE]-- == 0 || items == 0;
	faults.count += is_first && items != 0;
	faults.is_late = !is_last;
	faults.ahead[SESSIO_FAULT_LATE] = !is_last;
	si_wdk_unlock(&faults.lock);
	if (is_last) {
		(void)si_wdk_work_wait(SI_KIT_WORK_NS);
	}
}

static void hook(void)
{
	struct si_hooks table;

	atomic_store(&si_session_ask_open, ask_open);
	if (faults.hooked) {
		return;
	}
	faults.table_before = si_hooks_get();
	faults.before = (struct si_hooks){ 0 };
	if (faults.table_before != NULL) {
		faults.before = *faults.table_before;
	}
	table = faults.before;
	table.may_alloc = may_alloc;
	table.now_ns = now_ns;
	/* A thread that sleeps since the table was in use before may still look into it. */
	if (memcmp(&faults.table, &table, sizeof(table)) != 0) {
		faults.table = table;
	}
	faults.hooked = true;
	si_hooks_set(&faults.table);
}

void si_kit_end_faults(void)
{
	if (faults.hooked) {
		atomic_store(&si_session_ask_open, NULL);
	}
	/* Another's table on top of this one stays, and finds no fault in it. */
	if (faults.hooked && si_hooks_get() == &faults.table) {
		si_hooks_set(faults.table_before);
		faults.hooked = false;
	}
	free(faults.paths);
	faults.paths = NULL;
	faults.path_count = 0;
	faults.known = NULL;
	memset(faults.ahead, 0, sizeof(faults.ahead));
	faults.is_late = false;
}

void si_kit_begin_faults(void)
{
	faults.count = 0;
	atomic_store(&faults.passed_ns, 0);
}

static bool has_path_table(sessio_fault fault)
{
	bool wanted = fault == SESSIO_FAULT_PATH || fault == SESSIO_FAULT_EACH_PATH;

	if (wanted && faults.paths == NULL) {
		faults.paths = calloc(PATHS, sizeof(*faults.paths));
	} else if (wanted && !counts_paths_locked()) {
		memset(faults.paths, 0, PATHS * sizeof(*faults.paths));
		faults.path_count = 0;
	}
	return !wanted || faults.paths != NULL;
}

sessio_status sessio_kit_fault(sessio_kit *kit, sessio_fault fault, uint64_t number)
{
	const sessio_step step = { .kind = SESSIO_STEP_FAULT, .fault = fault, .number = number };
	bool noted;

	if (kit == NULL || sessio_step_text(&step, NULL, 0) == 0) {
		return SESSIO_INVALID_ARG;
	}
	if (kit->finished) {
		return SESSIO_BAD_STATE;
	}
	if (!has_path_table(fault)) {
		return SESSIO_NO_MEMORY;
	}
	noted = si_kit_begin_note(kit, &step);
	hook();
	si_wdk_lock(&faults.lock);
	faults.ahead[fault] = true;
	faults.left[fault] = number;
	if (fault == SESSIO_FAULT_LATE) {
		faults.is_late = false;
	}
	si_wdk_unlock(&faults.lock);
	if (fault == SESSIO_FAULT_LATE) {
		si_wdk_work_hold(true);
	}
	if (noted) {
		si_kit_end_note(kit, true, 0);
	}
	return SESSIO_OK;
}

sessio_status si_kit_fail_new_path(sessio_kit *kit, struct si_kit_paths *known)
{
	sessio_status status = sessio_kit_fault(kit, SESSIO_FAULT_PATH, UINT64_MAX);

	known->failed = 0;
	faults.known = status == SESSIO_OK ? known : NULL;
	return status;
}

bool sessio_kit_fault_is_ahead(const sessio_kit *kit, sessio_fault fault)
{
	bool ahead;

	if (kit == NULL || fault < SESSIO_FAULT_ALLOCATION || fault > SESSIO_FAULT_LATE) {
		return false;
	}
	si_wdk_lock(&faults.lock);
	ahead = faults.ahead[fault];
	si_wdk_unlock(&faults.lock);
	return ahead;
}

size_t sessio_kit_fault_count(const sessio_kit *kit)
{
	size_t count;

	if (kit == NULL) {
		return 0;
	}
	si_wdk_lock(&faults.lock);
	count = faults.count;
	si_wdk_unlock(&faults.lock);
	return count;
}

/* From timer to timer. One that is due again at once, for ever, does not hold time up. */
static void pass(void *arg)
{
	uint64_t left = *(const uint64_t *)arg;
	unsigned still = 0;

	do {
		uint64_t step = still < STILL_MAX ? si_wdk_timers_ahead(left) : left;

		still = step == 0 ? still + 1 : 0;
		atomic_fetch_add(&faults.passed_ns, step);
		si_wdk_timers_pass(step);
		left -= step;
	} while (left != 0);
}

sessio_status sessio_kit_pass_time(sessio_kit *kit, uint64_t ns)
{
	if (kit == NULL) {
		return SESSIO_INVALID_ARG;
	}
	if (kit->finished) {
		return SESSIO_BAD_STATE;
	}
	hook();
	return si_kit_step(kit, pass, &ns) ? SESSIO_OK : SESSIO_BAD_STATE;
}

uint64_t sessio_kit_time(const sessio_kit *kit)
{
	return kit != NULL ? atomic_load(&faults.passed_ns) : 0;
}
