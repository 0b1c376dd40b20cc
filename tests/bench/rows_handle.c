/* SPDX-License-Identifier: MIT */
/* The rows of handles. */
#include "peers.h"
#include "rows.h"
#include "subject_handle.h"

static void measure_lookups(const struct floors *floors)
{
	static const struct {
		size_t handles;
		const char *subject, *hash, *array;
	} sizes[] = {
		{ 1, "sessio, the handle of 1", "liburcu rculfhash of 1", "mutex and array of 1" },
		{ 1000, "sessio, one handle of 1 000", "liburcu rculfhash of 1 000",
			"mutex and array of 1 000" },
		{ 100000, "sessio, one handle of 100 000", "liburcu rculfhash of 100 000",
			"mutex and array of 100 000" },
	};
	struct bench_row *row = bench_add_row(
		"handle to session with rights, type, ref, put (through the documented calls)",
		"at most 3 x two locked increments, for any table size");
	void *subject = NULL;
	void *peer = NULL;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		subject = subject_handles_create(sizes[i].handles);
		peer = peer_lookup_create(sizes[i].handles);
		bench_limit(row,
			bench_add_case(sizes[i].subject, subject_handle_operate, subject, 1, 1),
			floors->two_increments, 3);
		bench_peer(row, bench_add_case(sizes[i].hash, peer_lookup_hash, peer, 1, 1),
			floors->two_increments);
		bench_peer(row, bench_add_case(sizes[i].array, peer_lookup_array, peer, 1, 1),
			floors->two_increments);
	}
	row = bench_add_row("the same, by 100 000 handles that are out of the cache", "peers only");
	bench_peer(row,
		bench_add_case("sessio, all of 100 000 handles", subject_handle_operate_anywhere,
			subject, 1, 1),
		floors->two_increments);
	bench_peer(row,
		bench_add_case(
			"liburcu rculfhash, all of 100 000", peer_lookup_hash_anywhere, peer, 1, 1),
		floors->two_increments);
	bench_peer(row,
		bench_add_case(
			"mutex and array, all of 100 000", peer_lookup_array_anywhere, peer, 1, 1),
		floors->two_increments);
}

static void measure_life(const struct floors *floors)
{
	struct bench_row *row = bench_add_row("life of a handle", "no limit: beside malloc + free");
	void *subject = subject_handles_create(1);

	bench_peer(row,
		bench_add_case("sessio, create + close of a handle", subject_handle_create_close,
			subject, 1, 1),
		floors->malloc_free);
	bench_peer(row,
		bench_add_case("sessio, transfer + close of a handle",
			subject_handle_transfer_close, subject, 1, 1),
		floors->malloc_free);
	bench_peer(row,
		bench_add_case("sessio, open + send + close by the handle",
			subject_handle_send_close, subject, 1, 1),
		floors->malloc_free);
}

/* Beside as many other handles as make the sum of all the same, so that caches are as cold. */
static struct bench_case *revocation(const char *name, size_t descendants)
{
	size_t others = SUBJECT_REVOKED * (100000 - descendants);
	void *state = subject_revoke_create(descendants, others);
	struct bench_case *c = bench_add_case(name, subject_revoke, state, 1, SUBJECT_REVOKED);

	c->prepare = subject_revoke_prepare;
	c->sleeps = true; /* a microsecond is too short for a thread's clock */
	return c;
}

static void measure_revocations(void)
{
	struct bench_row *row = bench_add_row(
		"revoke of a handle with N descendants", "the same for 1 and 100 000");
	struct bench_case *one = revocation("sessio, revoke with 1 descendant", 1);
	struct bench_case *many = revocation("sessio, revoke with 100 000", 100000);

	bench_limit(row, many, one, 1.5);
	bench_peer(row, one, one);
}

static void measure_memory(void)
{
	struct bench_row *row = bench_add_row("memory of handles", "as asked for");
	double slot;
	double node;

	subject_handle_bytes(&slot, &node);
	bench_bytes(row, "sessio, a handle slot", slot, 16);
	bench_bytes(row, "sessio, a lineage node", node, 64);
}

void rows_of_handles(const struct floors *floors)
{
	measure_lookups(floors);
	measure_life(floors);
	measure_revocations();
	measure_memory();
}
