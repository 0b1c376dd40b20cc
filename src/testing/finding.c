/* SPDX-License-Identifier: MIT */
/* Findings, and the report of them. */
#include "sessio/testing_threads.h"
#include "testing/growing.h"
#include "testing/kit.h"

#include <stdio.h>
#include <stdlib.h>

const char *sessio_kit_rule_text(sessio_kit_rule rule)
{
	switch (rule) {
#define XX(name, value, text)        \
	case SESSIO_KIT_RULE_##name: \
		return text;
		SESSIO_KIT_RULE_MAP(XX)
#undef XX
	}
	return "unknown rule";
}

static bool is_same_place(const sessio_kit_place *a, const sessio_kit_place *b)
{
	return a->driver == b->driver && a->file == b->file && a->line == b->line;
}

/* The finding that this one repeats, or NULL. */
static struct si_kit_finding *find_same_locked(
	sessio_kit *kit, const struct si_kit_finding *finding)
{
	for (size_t i = 0; i < kit->finding_count; i++) {
		struct si_kit_finding *other = kit->findings[i];

		if (other->face.rule == finding->face.rule &&
			other->face.object == finding->face.object &&
			is_same_place(&other->face.at, &finding->face.at)) {
			return other;
		}
	}
	return NULL;
}

/* True if it is new and was kept. */
static bool add_locked(sessio_kit *kit, struct si_kit_finding *finding)
{
	struct si_kit_finding *same = find_same_locked(kit, finding);

	if ((kit->allowed & UINT64_C(1) << finding->face.rule) != 0) {
		return false;
	}
	if (same != NULL) {
		same->face.times++;
		return false;
	}
	if (kit->finding_count == SI_KIT_FINDINGS) {
		kit->lost++;
		return false;
	}
	kit->findings[kit->finding_count++] = finding;
	return true;
}

static void describe_locked(sessio_kit *kit, struct si_kit_finding *finding, const char *text)
{
	struct si_kit_record *record = si_kit_record_locked(kit, finding->face.object);
	const char *name = "";

	if (record != NULL) {
		record->found = true;
		name = record->name;
		finding->face.made = si_kit_place_face(record->made);
		finding->face.size = record->kind == SI_WDK_POOL ? record->size : 0;
		finding->face.tag = record->tag;
	}
	(void)snprintf(finding->text, sizeof(finding->text), "%s%s%s", text,
		name[0] != '\0' ? ": " : "", name);
}

/* In a schedule of threads the first finding is its end. */
static void end_schedule(const sessio_kit_finding *finding)
{
	char text[sizeof(((struct si_kit_finding *)0)->text) + 64];

	(void)snprintf(
		text, sizeof(text), "%s: %s", sessio_kit_rule_text(finding->rule), finding->text);
	sessio_threads_check_at(false, text, finding->at.file != NULL ? finding->at.file : "?",
		(int)finding->at.line);
}

void si_kit_find_at(sessio_kit *kit, sessio_kit_rule rule, const void *object, const char *text,
	struct si_kit_place at)
{
	struct si_kit_place nowhere = { 0 };

	si_kit_find_pair(kit, rule, object, text, at, nowhere);
}

void si_kit_find_pair(sessio_kit *kit, sessio_kit_rule rule, const void *object, const char *text,
	struct si_kit_place at, struct si_kit_place other)
{
	struct si_kit_finding *finding;
	bool kept = false;

	if (kit->unverified && rule != SESSIO_KIT_RULE_STOPPED) {
		return;
	}
	finding = calloc(1, sizeof(*finding));

	if (finding != NULL) {
		finding->face.rule = rule;
		finding->face.object = object;
		finding->face.text = finding->text;
		finding->face.at = si_kit_place_face(at);
		finding->face.made = si_kit_place_face(other);
		finding->face.times = 1;
	}
	si_wdk_lock(&kit->lock);
	if (finding != NULL) {
		describe_locked(kit, finding, text);
		kept = add_locked(kit, finding);
	} else {
		kit->lost++;
	}
	si_wdk_unlock(&kit->lock);
	if (!kept) {
		free(finding);
	} else {
		end_schedule(&finding->face);
	}
}

void si_kit_find(sessio_kit *kit, sessio_kit_rule rule, const void *object, const char *text)
{
	struct si_kit_place at = si_kit_here(kit);

	/* A routine that has returned, and left something, is the object itself. */
	if (at.image == NULL) {
		at = si_kit_place_of(kit, object);
	}
	si_kit_find_at(kit, rule, object, text, at);
}

void si_kit_free_findings(sessio_kit *kit)
{
	for (size_t i = 0; i < kit->finding_count; i++) {
		free(kit->findings[i]);
	}
	while (kit->dropped != NULL) {
		struct si_kit_finding *next = kit->dropped->next;

		free(kit->dropped);
		kit->dropped = next;
	}
}

/* The findings that stay keep their order; those that go stay readable. */
static void drop_locked(sessio_kit *kit, sessio_kit_rule rule)
{
	size_t kept = 0, looked_at = kit->looked_at;

	for (size_t i = 0; i < kit->finding_count; i++) {
		struct si_kit_finding *finding = kit->findings[i];

		if (finding->face.rule != rule) {
			kit->findings[kept++] = finding;
			continue;
		}
		finding->next = kit->dropped;
		kit->dropped = finding;
		kit->looked_at -= i < looked_at;
	}
	kit->finding_count = kept;
}

sessio_status sessio_kit_allow(sessio_kit *kit, sessio_kit_rule rule)
{
	if (kit == NULL || strcmp(sessio_kit_rule_text(rule), sessio_kit_rule_text(0)) == 0 ||
		rule == SESSIO_KIT_RULE_STOPPED || rule == SESSIO_KIT_RULE_WAITS_FOR_EVER) {
		return SESSIO_INVALID_ARG;
	}
	si_wdk_lock(&kit->lock);
	kit->allowed |= UINT64_C(1) << rule;
	drop_locked(kit, rule);
	si_wdk_unlock(&kit->lock);
	return SESSIO_OK;
}

size_t sessio_kit_finding_count(const sessio_kit *kit)
{
	return kit != NULL ? kit->finding_count : 0;
}

const sessio_kit_finding *sessio_kit_get_finding(const sessio_kit *kit, size_t index)
{
	sessio_kit *looked_at = (sessio_kit *)(uintptr_t)kit; /* only this count changes */

	if (index >= sessio_kit_finding_count(kit)) {
		return NULL;
	}
	if (looked_at->looked_at <= index) {
		looked_at->looked_at = index + 1;
	}
	return &kit->findings[index]->face;
}

static void add_place(struct si_growing *text, const char *what, const sessio_kit_place *place)
{
	if (place->file != NULL) {
		si_growing_add(text, "     %s %s:%u in %s\n", what, place->file,
			(unsigned)place->line, place->driver);
	} else if (place->driver != NULL) {
		si_growing_add(text, "     %s %s\n", what, place->driver);
	}
}

const char *si_kit_second_place(sessio_kit_rule rule)
{
	switch (rule) {
	case SESSIO_KIT_RULE_LOCK_ORDER:
		return "elsewhere at";
	case SESSIO_KIT_RULE_LOCK_LEFT:
		return "taken at";
	default:
		return "made at";
	}
}

static void add_finding(struct si_growing *text, size_t number, const sessio_kit_finding *finding)
{
	si_growing_add(text, "%2lu. %s: %s", (unsigned long)number,
		sessio_kit_rule_text(finding->rule), finding->text);
	if (finding->times > 1) {
		si_growing_add(text, " (%lu times)", (unsigned long)finding->times);
	}
	si_growing_add(text, "\n");
	add_place(text, "at", &finding->at);
	if (!is_same_place(&finding->at, &finding->made)) {
		add_place(text, si_kit_second_place(finding->rule), &finding->made);
	}
}

const char *sessio_kit_report(sessio_kit *kit)
{
	struct si_growing text = { 0 };

	if (kit == NULL) {
		return "";
	}
	for (size_t i = 0; i < kit->finding_count; i++) {
		add_finding(&text, i + 1, &kit->findings[i]->face);
	}
	if (kit->lost != 0) {
		si_growing_add(&text, "and %lu more\n", (unsigned long)kit->lost);
	}
	if (text.failed) {
		return "no memory for the report\n";
	}
	kit->looked_at = kit->finding_count;
	free(kit->report);
	kit->report = text.bytes;
	return text.bytes != NULL ? text.bytes : "";
}
