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

#endif /* SI_TESTING_SCENARIO_H */
