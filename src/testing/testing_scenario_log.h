/* SPDX-License-Identifier: MIT */
/* Logs, as their sources see them. */
#ifndef SI_TESTING_SCENARIO_LOG_H
#define SI_TESTING_SCENARIO_LOG_H

#include "testing/testing_scenario.h"

#define SI_LOG_ENTRIES ((size_t)1 << 21) /* more of them are counted only */
#define SI_LOG_ROWS 4096u
#define SI_LOG_OBJECTS 16u
#define SI_LOG_NAME 80u

enum si_log_row_kind { SI_LOG_TEST, SI_LOG_SESSION, SI_LOG_DEVICE, SI_LOG_RESOURCE };

enum si_log_kind {
	SI_LOG_STATE, /* from here on; without a text it is not there */
	SI_LOG_EVENT,
	SI_LOG_ACTION,
	SI_LOG_FAULT,
	SI_LOG_FINDING /* or a step that failed */
};

/* Looks of states: no more than there, a user, a terminal only, a user without one, ending. */
enum si_log_look { SI_LOG_THERE, SI_LOG_USER, SI_LOG_TERMINAL, SI_LOG_AWAY, SI_LOG_ENDING };
#define SI_LOG_LOOKS 5u

struct si_log_entry {
	uint64_t ns;
	size_t step; /* how many steps there were before */
	char *text; /* NULL: a state that is none */
	uint32_t row;
	uint8_t kind; /* enum si_log_kind */
	uint8_t look; /* enum si_log_look, of a state */
};

struct si_log_row {
	enum si_log_row_kind kind;
	uintptr_t key; /* among the rows of this kind that have not ended: an id, or a pointer */
	bool ended; /* and its key is free */
	bool met; /* while it is looked for */
	size_t state; /* index + 1 of its latest state; 0: none */
	char name[SI_LOG_NAME];
};

struct sessio_scenario_log {
	sessio_host *host; /* NULL: stopped */
	sessio_watch watch;
	struct sessio_kit *kit; /* NULL: none, or stopped */
	/* Adds the devices and findings of a kit. NULL without a kit. */
	void (*look_at_kit)(sessio_scenario_log *log);
	uint64_t (*now)(const sessio_scenario_log *log);
	void (*forget_kit)(sessio_scenario_log *log);
	/* The user session of a kit's open file; SESSIO_KIT_NO_SESSION if it has none. */
	uint32_t (*session_of_file)(const sessio_scenario_log *log, const char *name);
	size_t findings; /* of the kit, in the log */
	uint64_t start_ns;
	uint64_t end_ns; /* once it is stopped */
	uint64_t step_ns; /* until when time is in the steps */
	bool in_step; /* of a run, or in a call */
	bool call_is_step; /* the latest step is the call, until that ends */
	bool broken; /* the library stopped, and is let alone */
	sessio_scenario *steps;
	size_t step_count;
	struct si_log_entry *entries;
	size_t count;
	size_t room;
	struct si_log_row *rows; /* the first is the test's own */
	size_t row_count;
	size_t row_room;
	size_t lost;
	void *objects[SI_LOG_OBJECTS];
	size_t object_count;
	size_t resources; /* how many there were: the number of the latest */
};

/* A log without a host. NULL: no memory. */
sessio_scenario_log *si_scenario_log_make(sessio_rules rules);
/* Follows the host from now on. */
sessio_status si_scenario_log_follow(sessio_scenario_log *log, sessio_host *host);
/* The watcher's part of the end. */
void si_scenario_log_unfollow(sessio_scenario_log *log);

uint64_t si_scenario_log_time(const sessio_scenario_log *log);

/* The row that has not ended, made if there is none; SI_LOG_ROWS if there can be none. */
#define SI_LOG_NO_ROW ((uint32_t)SI_LOG_ROWS)
uint32_t si_scenario_log_row(
	sessio_scenario_log *log, enum si_log_row_kind kind, uintptr_t key, const char *name);

/* Adds an entry of now; a state only if it is another. The text is copied. */
void si_scenario_log_add(
	sessio_scenario_log *log, uint32_t row, enum si_log_kind kind, const char *text);
void si_scenario_log_state(
	sessio_scenario_log *log, uint32_t row, enum si_log_look look, const char *text);

/* Rows of this kind that were not met since end now; begins anew. */
void si_scenario_log_begin_meeting(sessio_scenario_log *log, enum si_log_row_kind kind);
void si_scenario_log_end_meeting(sessio_scenario_log *log, enum si_log_row_kind kind);

/* Around a call that a test makes itself; see struct sessio_kit. */
bool si_scenario_log_begin_call(sessio_scenario_log *log, const sessio_step *step);
void si_scenario_log_end_call(sessio_scenario_log *log, bool counts, unsigned flags);

#endif /* SI_TESTING_SCENARIO_LOG_H */
