/* SPDX-License-Identifier: MIT */
/*
 * Exploration, as its sources see it.
 *
 * Histories are a tree: a node is a history that led to a new state, and knows the node
 * without its last step. The nodes of one depth stand together, since shorter histories
 * are walked first. A copy of the process runs a batch of them, and reads the tree that
 * it has inherited. Its answers are in memory that it shares with the explorer.
 *
 * (explore-1) A history runs from a fresh kit to its finish, and leaves nothing to the
 *      next. The code under test may break this where the kit does not see it. So the
 *      state before the last step is compared with the one of the run that found it.
 * (explore-2) A failure of a batch counts as what it is if the history fails the same
 *      way alone, in a copy of its own.
 * (explore-3) A batch does not note where things are made, which costs more than all the
 *      rest. A history that fails, or needs such a place, runs again at once with places.
 *      After a stop it cannot. Then it runs alone.
 */
#ifndef SI_TESTING_EXPLORE_H
#define SI_TESTING_EXPLORE_H

#include <stdatomic.h>

#include "platform/copy.h"
#include "sessio/testing_explore.h"
#include "testing/kit.h"

#define SI_EXPLORE_BATCH 1024u
#define SI_EXPLORE_TEXT 65536u /* bytes of a shown history */
#define SI_EXPLORE_NO_NODE UINT32_MAX

enum si_explore_move_kind {
	SI_EXPLORE_BEGINS,
	SI_EXPLORE_POSTS,
	SI_EXPLORE_POSTS_REFUSED,
	SI_EXPLORE_OBSERVES,
	SI_EXPLORE_ACTS
};

/* A step of a history, small because there are many. */
struct si_explore_move {
	uint8_t kind;
	uint8_t event;
	uint8_t remote;
	uint8_t action; /* index */
	uint8_t session; /* 0: none */
	uint8_t fault; /* a sessio_fault that comes true in it; 0: none */
	uint16_t fault_number;
	uint64_t number;
};

struct si_explore_node {
	uint32_t parent; /* SI_EXPLORE_NO_NODE for the beginning */
	uint32_t states; /* of the user sessions, four bits each, 0 for none */
	uint32_t faults; /* in all its steps */
	uint64_t repeat; /* what must come again (explore-1); 0: not known */
	struct si_explore_move move; /* its last */
};

/* A history that is to be run: a node's, and one step. */
struct si_explore_candidate {
	uint32_t parent;
	struct si_explore_move move;
};

enum si_explore_what {
	SI_EXPLORE_NOT_RUN,
	SI_EXPLORE_FINE,
	SI_EXPLORE_IMPOSSIBLE,
	SI_EXPLORE_FAILED
};

/* The result of a history. */
struct si_explore_outcome {
	uint8_t what;
	uint8_t kind; /* a sessio_explore_kind, if it failed */
	uint8_t rule;
	bool ended; /* by a fault in its beginning */
	uint16_t path; /* that failed in its last step, with EACH_PATH; 0: none */
	bool placeless; /* the signature lacks places (explore-3) */
	uint32_t states;
	uint64_t state; /* a hash of all that makes states equal */
	uint64_t repeat; /* of what comes again */
	uint64_t signature; /* of the failure */
};

/* Of the explorer and its copies. */
struct si_explore_shared {
	_Atomic uint32_t progress; /* rises with each history that begins or ends */
	_Atomic uint32_t done; /* histories of the batch that have ended */
	struct si_explore_outcome outcomes[SI_EXPLORE_BATCH];
	struct si_kit_paths paths; /* that have failed, with EACH_PATH */
	size_t text_length;
	char line[512]; /* of a failure */
	sessio_kit_place crashed; /* where a copy did, if that is known */
	char touched[256]; /* the block of pool memory that it touched; "" if that is not known */
	char text[SI_EXPLORE_TEXT];
};

/* A set of hashes. */
struct si_explore_seen {
	uint64_t *slots; /* 0: free */
	size_t room; /* a power of 2 */
	size_t count;
};

struct si_explore_failed {
	struct sessio_explore_failure face;
	uint64_t signature;
	unsigned steps;
	char *text;
	char *shown;
	sessio_scenario *scenario;
};

struct sessio_explore {
	sessio_explore_options options;
	bool isolated;
	bool guards; /* kits are guarded */
	void *saved_ctx; /* its bytes, for each history */
	struct si_explore_node *nodes;
	size_t node_count;
	size_t node_room;
	struct si_explore_seen seen;
	struct si_explore_candidate batch[SI_EXPLORE_BATCH];
	size_t batch_count;
	struct si_explore_candidate *faulty; /* steps with a fault, to be put in batches */
	size_t faulty_count;
	size_t faulty_room;
	struct si_explore_shared *shared;
	size_t ends; /* histories that ended their copy */
	size_t hangs; /* of them */
	const char *stopped; /* why it ended before all was explored; NULL: it did not */
	bool out_of_memory;
	bool acted[SESSIO_EXPLORE_MAX_ACTIONS]; /* the action was possible */
	sessio_explore_counts counts;
	struct si_explore_failed failures[SESSIO_EXPLORE_MAX_FAILURES];
	size_t failure_count;
	char bounds[160];
	char summary[512];
	char *report;
};

/* --- testing_explore_state.c --- */

struct si_explore_state {
	uint64_t state;
	uint64_t repeat;
	uint32_t states;
};

/* The state of the kit's world, and of the test's memory if it has no digest. */
void si_explore_look(
	sessio_kit *kit, const sessio_explore_options *options, struct si_explore_state *out_state);
/* The kit's world for people: one line. */
void si_explore_describe(sessio_kit *kit, unsigned sessions, char *text, size_t size);
uint64_t si_explore_hash(uint64_t hash, uint64_t word);

/* --- testing_explore_seen.c --- */

bool si_explore_seen_init(struct si_explore_seen *seen);
void si_explore_seen_fini(struct si_explore_seen *seen);
enum si_explore_added { SI_EXPLORE_NEW, SI_EXPLORE_KNOWN, SI_EXPLORE_NO_ROOM };
enum si_explore_added si_explore_seen_add(struct si_explore_seen *seen, uint64_t hash);

/* --- testing_explore_history.c --- */

/*
 * Runs one history in this process. With `shows` it writes it down in the shared memory.
 * Without, it runs twice if it has to (explore-3).
 */
void si_explore_play(sessio_explore *explore, const struct si_explore_candidate *candidate,
	bool shows, struct si_explore_outcome *out_outcome);
/* A history's moves, the oldest first; returns their number. */
unsigned si_explore_moves(const sessio_explore *explore,
	const struct si_explore_candidate *candidate,
	struct si_explore_move moves[SESSIO_EXPLORE_MAX_DEPTH + 1]);

/* --- testing_explore_batch.c --- */

/* Runs the batch from here on until it ends or is ended; returns how far it came. */
uint32_t si_explore_run_batch(sessio_explore *explore, uint32_t from);
/* Runs one history alone, and writes it down. False if there is no copy to be had. */
bool si_explore_run_alone(sessio_explore *explore, const struct si_explore_candidate *candidate,
	struct si_explore_outcome *out_outcome);

/* --- testing_explore_tree.c --- */

/* A node for a history; SI_EXPLORE_NO_NODE if there is no memory. */
uint32_t si_explore_add_node(sessio_explore *explore, const struct si_explore_candidate *candidate,
	const struct si_explore_outcome *outcome);
/* Gives each step that may follow a node to visit(), until that answers false. */
typedef bool si_explore_visit_fn(sessio_explore *explore, const struct si_explore_candidate *next);
bool si_explore_expand(sessio_explore *explore, uint32_t node, si_explore_visit_fn *visit);

/* --- testing_explore_fault.c --- */

/* A step was fine, so it comes again with faults, or with the next one of a kind. */
bool si_explore_add_faults(sessio_explore *explore, const struct si_explore_candidate *candidate);
/* The outcome's path. */
uint16_t si_explore_failed_path(const sessio_explore *explore);
/* A fault as a step. */
sessio_step si_explore_fault_step(const struct si_explore_move *move);
/* Whether these options have such a fault, which *move gets. */
bool si_explore_take_fault(
	const sessio_explore *explore, const sessio_step *step, struct si_explore_move *move);

/* --- testing_explore_step.c --- */

/* Appends to a line, and cuts what does not fit; returns the length then. */
__attribute__((format(printf, 4, 5))) size_t si_explore_put(
	char *text, size_t size, size_t length, const char *format, ...);
/* A move as a step. */
void si_explore_to_step(
	const sessio_explore *explore, const struct si_explore_move *move, sessio_step *out_step);
/* False if these options have no such step. */
bool si_explore_from_step(
	const sessio_explore *explore, const sessio_step *step, struct si_explore_move *out_move);

/* --- testing_explore_failure.c --- */

/*
 * Notes a failed history: pins it, shrinks it and writes it down, if it is the first of
 * its kind. If it was only slow, *outcome says what came of it. False if there is no
 * memory.
 */
bool si_explore_fail(sessio_explore *explore, const struct si_explore_candidate *candidate,
	struct si_explore_outcome *outcome);
/* The end of a failure. */
void si_explore_free_failure(struct si_explore_failed *failed);

/* --- testing_explore_report.c --- */

/* All has been explored: writes report and summary, and saves the first failure. */
sessio_status si_explore_conclude(sessio_explore *explore);
/* Prints them, or why there is no result, which it frees. Whether no history failed. */
bool si_explore_judge(const char *program, sessio_status status, sessio_explore *explore);

#endif /* SI_TESTING_EXPLORE_H */
