/* SPDX-License-Identifier: MIT */
/*
 * Sequences of real systems. The kernel's events of the trace were recorded by a driver
 * on Windows; its times count from its first event. The others follow from published
 * lists of user-mode codes, and the kernel's events for them are inferred.
 */
#include "testing/testing_scenario.h"

#include <string.h>

#define HEAD "sessio-scenario 1\n"
#define OBSERVED HEAD "rules observed\n"

static const struct {
	const char *name;
	const char *text;
} sequences[] = {
	{ "session-0",
		HEAD "# The machine starts: services have a session without a terminal.\n"
		     "session 0 Created\n"
		     "session 0 Disconnected\n"
		     "session 1 Created\n"
		     "session 1 Connected       # the console's logon screen\n" },
	{ "console-logon",
		HEAD "session 1 is Connected    # an idle logon screen becomes the user's\n"
		     "session 1 Logon\n" },
	{ "switch-user",
		HEAD "# A second user logs on at the console.\n"
		     "session 1 is LoggedOn\n"
		     "session 1 Disconnected\n"
		     "session 2 Created         # a new logon screen\n"
		     "session 2 Connected\n"
		     "session 2 Logon\n" },
	{ "switch-back",
		OBSERVED "# The first user comes back to the console.\n"
			 "session 1 is DisconnectedLoggedOn\n"
			 "session 2 is LoggedOn\n"
			 "session 2 Disconnected\n"
			 "session 3 Created         # a logon screen, for a moment\n"
			 "session 3 Connected\n"
			 "session 3 Disconnected\n"
			 "session 1 Connected\n"
			 "session 3 Terminated\n" },
	{ "logoff",
		HEAD "session 1 is LoggedOn\n"
		     "session 1 Logoff\n"
		     "session 1 Disconnected\n"
		     "session 1 Terminated\n"
		     "session 2 Created         # the next logon screen\n"
		     "session 2 Connected\n" },
	{ "remote-logon",
		HEAD "session 1 is Connected    # the console stays as it is\n"
		     "session 2 Created remote\n"
		     "session 2 Connected remote\n"
		     "session 2 Logon\n" },
	{ "remote-disconnect",
		HEAD "session 1 is LoggedOn remote\n"
		     "session 1 Disconnected\n" },
	{ "remote-take-over",
		OBSERVED "# A remote client's user turns out to be logged on at the console.\n"
			 "session 1 is LoggedOn\n"
			 "session 2 Created remote  # for the client\n"
			 "wait 192 ms\n"
			 "session 2 Connected remote\n"
			 "wait 327 ms\n"
			 "session 1 Disconnected    # leaves the console\n"
			 "wait 5 ms\n"
			 "session 2 Disconnected    # gives its terminal up\n"
			 "wait 10 ms\n"
			 "session 3 Created         # the console's logon screen\n"
			 "wait 462 ms\n"
			 "session 3 Connected\n"
			 "wait 125 ms\n"
			 "session 1 Connected remote\n"
			 "wait 10 ms\n"
			 "session 2 Terminated\n" },
	{ "reconnect",
		OBSERVED "# The remote client goes, and the user comes back at the console.\n"
			 "session 1 is LoggedOn remote\n"
			 "session 3 is Connected    # the console's logon screen\n"
			 "session 1 Disconnected\n"
			 "wait 8722 ms\n"
			 "session 3 Disconnected    # makes way\n"
			 "wait 404 ms\n"
			 "session 1 Connected\n"
			 "wait 4 ms\n"
			 "session 3 Terminated\n" },
	{ "trace",
		OBSERVED "# A take-over and a return, as a driver on Windows recorded them.\n"
			 "session 1 is LoggedOn\n"
			 "session 2 observed Created remote\n"
			 "wait 192 ms\n"
			 "session 2 observed Connected remote\n"
			 "wait 327 ms\n"
			 "session 1 observed Disconnected\n"
			 "wait 5 ms\n"
			 "session 2 observed Disconnected\n"
			 "wait 10 ms\n"
			 "session 3 observed Created\n"
			 "wait 462 ms\n"
			 "session 3 observed Connected\n"
			 "wait 125 ms\n"
			 "session 1 observed Connected remote\n"
			 "wait 10 ms\n"
			 "session 2 observed Terminated\n"
			 "wait 24157 ms\n"
			 "session 1 observed Disconnected\n"
			 "wait 8722 ms\n"
			 "session 3 observed Disconnected\n"
			 "wait 404 ms\n"
			 "session 1 observed Connected\n"
			 "wait 4 ms\n"
			 "session 3 observed Terminated\n" },
};

#define SEQUENCES (sizeof(sequences) / sizeof(sequences[0]))

const char *sessio_scenario_documented_name(size_t index)
{
	return index < SEQUENCES ? sequences[index].name : NULL;
}

sessio_status sessio_scenario_documented(const char *name, sessio_scenario **out_scenario)
{
	if (name == NULL || out_scenario == NULL) {
		return SESSIO_INVALID_ARG;
	}
	for (size_t i = 0; i < SEQUENCES; i++) {
		if (strcmp(sequences[i].name, name) == 0) {
			return sessio_scenario_parse(
				sequences[i].text, strlen(sequences[i].text), out_scenario, NULL);
		}
	}
	return SESSIO_NOT_FOUND;
}
