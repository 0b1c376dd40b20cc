/* SPDX-License-Identifier: MIT */
/* Scenarios, as their sources see them. */
#ifndef SI_TESTING_SCENARIO_H
#define SI_TESTING_SCENARIO_H

#include "sessio/testing_scenario.h"

#define SI_SCENARIO_HEAD "sessio-scenario" /* the first word, and the version behind it */
#define SI_SCENARIO_VERSION 1u

/* The units of time, the smallest first. */
struct si_scenario_unit {
	const char *name;
	uint64_t ns;
};
#define SI_SCENARIO_UNITS 7u
extern const struct si_scenario_unit si_scenario_units[SI_SCENARIO_UNITS];

/* The word for a fault in a text; NULL if it is none. */
const char *si_scenario_fault_word(sessio_fault fault);

/* Whether these bytes can name an action. */
bool si_scenario_is_action(const char *name, size_t length);

/* Whether these bytes can be the name of a program, or bounds. */
bool si_scenario_is_origin(const char *text, size_t length);

/* Whether this is one, but for an action's name. */
bool si_scenario_is_step(const sessio_step *step);

/* Calls. The step's call may be anything but NULL. */
bool si_scenario_is_call(const sessio_step *step);
/* With the members that the call names, in memory of its own; NULL if there is none. */
sessio_step_call *si_scenario_copy_call(const sessio_step_call *call);
/* The word for a call; NULL if it is none. */
const char *si_scenario_call_word(sessio_call call);
bool si_scenario_is_device(const char *name, size_t length);
/* Whether these bytes are printed as a text. */
bool si_scenario_is_text(const unsigned char *data, size_t length);

/* Removes the last step, or adds flags to it. */
void si_scenario_drop_last(sessio_scenario *scenario);
void si_scenario_mark_last(sessio_scenario *scenario, unsigned flags);

/* Does a call in a kit. Why it failed may be set. */
sessio_status si_scenario_do_call(sessio_kit *kit, const sessio_step *step, const char **out_wrong);

/* Writes a text about the subject into a file that is made anew. */
typedef sessio_status si_scenario_writing_fn(
	const void *subject, sessio_write_fn *write, void *ctx);
sessio_status si_scenario_write_file(
	const char *path, si_scenario_writing_fn *writing, const void *subject);

/* Before a step of a run, and after it: why it failed, or NULL. */
void si_scenario_log_begin_step(sessio_scenario_log *log, const sessio_step *step);
void si_scenario_log_end_step(sessio_scenario_log *log, const char *failure);

#endif /* SI_TESTING_SCENARIO_H */
