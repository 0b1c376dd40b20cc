/* SPDX-License-Identifier: MIT */
/*
 * Reads two scenarios from text. One has a mistake, and its line and column are
 * printed. Of the other, each event is.
 */
#include <stdio.h>
#include <string.h>

#include <sessio/testing_scenario.h>

static const char mistaken[] = "sessio-scenario 1\n"
			       "session 1 Created\n"
			       "session 1 Conected\n";

static const char correct[] = "sessio-scenario 1\n"
			      "session 1 Created\n"
			      "session 1 Connected\n"
			      "wait 2500 ms            # the user types a password\n"
			      "session 1 Logon\n"
			      "do open 7\n";

static int read_text(const char *text)
{
	sessio_scenario *scenario;
	sessio_scenario_error error = { 0 };
	const sessio_step *step;
	int events = 0;

	if (sessio_scenario_parse(text, strlen(text), &scenario, &error) != SESSIO_OK) {
		printf("%u:%u: %s\n", (unsigned)error.line, (unsigned)error.column, error.text);
		return 0;
	}
	for (size_t i = 0; (step = sessio_scenario_step(scenario, i)) != NULL; i++) {
		char line[SESSIO_SCENARIO_MAX_LINE];

		if (step->kind == SESSIO_STEP_EVENT) {
			(void)sessio_step_text(step, line, sizeof(line));
			printf("%s\n", line);
			events++;
		}
	}
	sessio_scenario_destroy(scenario);
	return events;
}

int main(void)
{
	return read_text(mistaken) == 0 && read_text(correct) == 3 ? 0 : 1;
}
