/* SPDX-License-Identifier: MIT */
/* The result of an exploration, for people and for tests. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "testing/explore.h"

const char *sessio_explore_kind_text(sessio_explore_kind kind)
{
	switch (kind) {
#define XX(name, value, text)       \
	case SESSIO_EXPLORE_##name: \
		return text;
		SESSIO_EXPLORE_KIND_MAP(XX)
#undef XX
	}
	return "unknown kind";
}

static unsigned long number(size_t value)
{
	return (unsigned long)value;
}

/* Actions that no history had. A replay has one history. */
static void put_impossible(sessio_explore *explore, size_t length)
{
	const char *before = "; never possible: ";

	for (size_t i = 0; i < explore->options.action_count && explore->counts.histories > 1;
		i++) {
		if (!explore->acted[i]) {
			length = si_explore_put(explore->summary, sizeof(explore->summary), length,
				"%s%s", before, explore->options.actions[i].name);
			before = ", ";
		}
	}
}

static void put_summary(sessio_explore *explore)
{
	const sessio_explore_counts *counts = &explore->counts;
	char *text = explore->summary;
	size_t size = sizeof(explore->summary);
	size_t length = si_explore_put(text, size, 0,
		"%lu histories of up to %u steps with %u user sessions: %lu states, %lu times "
		"one that was known, %lu failed",
		number(counts->histories), counts->depth, explore->options.sessions,
		number(counts->states), number(counts->equal), number(counts->failed));

	if (counts->cut != 0) {
		length = si_explore_put(
			text, size, length, ", %lu cut by the bounds", number(counts->cut));
	}
	if (explore->stopped != NULL) {
		length = si_explore_put(
			text, size, length, "; it ended early: %s", explore->stopped);
	}
	length = si_explore_put(
		text, size, length, "; %s", counts->complete ? "complete" : "not complete");
	if (!counts->isolated) {
		length = si_explore_put(text, size, length,
			"; not isolated: a crash or a hang would have ended or held up the test");
	}
	put_impossible(explore, length);
}

static bool put_report(sessio_explore *explore)
{
	size_t size = 1, length = 0;

	for (size_t i = 0; i < explore->failure_count; i++) {
		size += strlen(explore->failures[i].text) + strlen(explore->failures[i].shown) +
			160;
	}
	explore->report = malloc(size);
	if (explore->report == NULL) {
		return false;
	}
	explore->report[0] = '\0';
	for (size_t i = 0; i < explore->failure_count; i++) {
		const sessio_explore_failure *failure = &explore->failures[i].face;

		length = si_explore_put(explore->report, size, length,
			"%lu. %s\n   %lu of %lu histories; a shortest one has %lu steps:\n%s",
			number(i + 1), failure->text, number(failure->histories),
			number(explore->counts.histories), number(explore->failures[i].steps),
			failure->shown);
	}
	return true;
}

static bool write_to(const char *text, size_t length, void *file)
{
	return fwrite(text, 1, length, file) == length;
}

static sessio_status save(const sessio_explore *explore)
{
	FILE *file;
	sessio_status status;

	if (explore->options.save_to == NULL || explore->failure_count == 0) {
		return SESSIO_OK;
	}
	file = fopen(explore->options.save_to, "wb");
	if (file == NULL) {
		return SESSIO_REFUSED;
	}
	status = sessio_scenario_print(explore->failures[0].scenario, write_to, file);
	return fclose(file) == 0 ? status : SESSIO_REFUSED;
}

sessio_status si_explore_conclude(sessio_explore *explore)
{
	explore->counts.isolated = explore->isolated;
	explore->counts.complete =
		explore->counts.cut == 0 && explore->counts.failed == 0 && explore->stopped == NULL;
	put_summary(explore);
	return put_report(explore) ? save(explore) : SESSIO_NO_MEMORY;
}

bool si_explore_judge(const char *program, sessio_status status, sessio_explore *explore)
{
	bool passes = status == SESSIO_OK && explore->failure_count == 0;

	if (status == SESSIO_OK) {
		(void)printf("%s: %s\n%s", program, explore->summary, explore->report);
		sessio_explore_destroy(explore);
	} else {
		(void)printf("%s: not explored: %s\n", program, sessio_status_text(status));
	}
	(void)fflush(stdout);
	return passes;
}

bool sessio_explore_passes(const sessio_explore_options *options)
{
	sessio_explore *explore = NULL;
	sessio_status status = sessio_explore_run(options, &explore);
	const char *program = options != NULL ? options->program : NULL;

	return si_explore_judge(program != NULL ? program : "test", status, explore);
}

const char *sessio_explore_report(const sessio_explore *result)
{
	return result != NULL ? result->report : "";
}

const char *sessio_explore_summary(const sessio_explore *result)
{
	return result != NULL ? result->summary : "";
}

sessio_explore_counts sessio_explore_get_counts(const sessio_explore *result)
{
	static const sessio_explore_counts none = { 0 };

	return result != NULL ? result->counts : none;
}

size_t sessio_explore_failure_count(const sessio_explore *result)
{
	return result != NULL ? result->failure_count : 0;
}

const sessio_explore_failure *sessio_explore_get_failure(const sessio_explore *result, size_t index)
{
	return index < sessio_explore_failure_count(result) ? &result->failures[index].face : NULL;
}
