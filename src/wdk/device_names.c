/* SPDX-License-Identifier: MIT */
#include "wdk/device_names.h"

#include "wdk/thread.h"

/* FNV-1a: the seed and the factor of 64 bits that it is published with. */
#define HASH_SEED UINT64_C(0xcbf29ce484222325)
#define HASH_FACTOR UINT64_C(0x100000001b3)

/* More links in a row than anybody makes on purpose. */
#define MAX_LINKS 16

static KSPIN_LOCK lock;
static struct si_map names; /* under the lock, (device_names-1) */
static size_t link_count; /* under the lock */

/* A name without \DosDevices\ or \??\ in front, of which a flag remains. */
struct plain {
	bool is_dos;
	UNICODE_STRING rest;
};

static bool begins_with(PCUNICODE_STRING text, const char *prefix, size_t length)
{
	if (text->Length < length * sizeof(WCHAR)) {
		return false;
	}
	for (size_t i = 0; i < length; i++) {
		if (RtlUpcaseUnicodeChar(text->Buffer[i]) != (WCHAR)prefix[i]) {
			return false;
		}
	}
	return true;
}

static struct plain plain_of(PCUNICODE_STRING text)
{
	static const char *const aliases[] = { "\\DOSDEVICES\\", "\\??\\" };
	struct plain plain = { false, *text };

	for (size_t i = 0; i < RTL_NUMBER_OF(aliases); i++) {
		size_t length = strlen(aliases[i]);

		if (begins_with(text, aliases[i], length)) {
			plain.is_dos = true;
			plain.rest.Buffer += length;
			plain.rest.Length = (USHORT)(plain.rest.Length - length * sizeof(WCHAR));
			break;
		}
	}
	return plain;
}

static uint64_t hash_of(const struct plain *plain)
{
	uint64_t hash = HASH_SEED;

	for (size_t i = 0; i < plain->rest.Length / sizeof(WCHAR); i++) {
		hash = (hash ^ RtlUpcaseUnicodeChar(plain->rest.Buffer[i])) * HASH_FACTOR;
	}
	return hash;
}

static struct si_wdk_name *of_node(struct si_map_node *node)
{
	return CONTAINING_RECORD(node, struct si_wdk_name, by_hash);
}

/* The name that is the same as this one, whose hash this is, or NULL. */
static struct si_wdk_name *find_locked(const struct plain *plain, uint64_t hash)
{
	struct si_map_node *node;

	if (names.buckets == NULL) {
		si_map_init(&names);
	}
	for (node = si_map_find(&names, hash); node != NULL; node = si_map_skip(node->next, hash)) {
		struct plain other = plain_of(&of_node(node)->text);

		if (other.is_dos == plain->is_dos &&
			RtlEqualUnicodeString(&other.rest, &plain->rest, TRUE)) {
			return of_node(node);
		}
	}
	return NULL;
}

bool si_wdk_name_add(struct si_wdk_name *name)
{
	struct plain plain = plain_of(&name->text);
	uint64_t hash = hash_of(&plain);
	bool is_new;

	si_wdk_lock(&lock);
	is_new = find_locked(&plain, hash) == NULL;
	if (is_new) {
		si_map_add(&names, &name->by_hash, hash);
		link_count += name->is_link;
	}
	si_wdk_unlock(&lock);
	return is_new;
}

static void remove_locked(struct si_wdk_name *name)
{
	si_map_remove(&names, &name->by_hash);
	link_count -= name->is_link;
}

void si_wdk_name_remove(struct si_wdk_name *name)
{
	si_wdk_lock(&lock);
	remove_locked(name);
	si_wdk_unlock(&lock);
}

struct si_wdk_name *si_wdk_name_remove_link(PCUNICODE_STRING text)
{
	struct plain plain = plain_of(text);
	struct si_wdk_name *name;

	si_wdk_lock(&lock);
	name = find_locked(&plain, hash_of(&plain));
	if (name != NULL && !name->is_link) {
		name = NULL;
	}
	if (name != NULL) {
		remove_locked(name);
	}
	si_wdk_unlock(&lock);
	return name;
}

bool si_wdk_name_follow(PCUNICODE_STRING text, si_wdk_keep_fn *keep, void *arg)
{
	struct si_wdk_name *name = NULL;
	bool kept = false;

	si_wdk_lock(&lock);
	for (int links = 0; links < MAX_LINKS; links++) {
		struct plain plain = plain_of(text);

		name = find_locked(&plain, hash_of(&plain));
		if (name == NULL || !name->is_link) {
			break;
		}
		text = &name->target;
	}
	if (name != NULL && !name->is_link) {
		kept = keep(name, arg);
	}
	si_wdk_unlock(&lock);
	return kept;
}

size_t si_wdk_name_links(void)
{
	size_t count;

	si_wdk_lock(&lock);
	count = link_count;
	si_wdk_unlock(&lock);
	return count;
}
