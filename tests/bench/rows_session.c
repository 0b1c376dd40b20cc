/* SPDX-License-Identifier: MIT */
/* The rows of resource sessions. */
#include "peers.h"
#include "rows.h"
#include "subject.h"

static void measure_operations(const struct floors *floors)
{
	unsigned cores = bench_cores();
	const struct {
		const char *one, *all;
		bench_fn *run;
		void *state;
	} peers[] = {
		{ "liburcu urcu_ref", "liburcu urcu_ref, all cores", peer_urcu,
			peer_urcu_create() },
		{ "compare-exchange loop", "compare-exchange loop, all cores", peer_cas,
			peer_cas_create() },
		{ "std::shared_ptr", "std::shared_ptr, all cores", peer_shared_ptr,
			peer_shared_ptr_create() },
		{ "GLib GObject", "GLib GObject, all cores", peer_gobject, peer_gobject_create() },
		{ "GLib g_atomic_rc_box", "GLib g_atomic_rc_box, all cores", peer_rc_box,
			peer_rc_box_create() },
		{ "mutex and list", "mutex and list, all cores", peer_list_ref_put,
			peer_list_create(1) },
	};
	struct bench_row *one = bench_add_row("KosSessionRef + KosSessionPut, one thread",
		"at most 1.15 x two locked increments");
	struct bench_row *all = bench_add_row(
		"the same session, hot on all cores", "per thread at most 1.25 x one thread");
	struct bench_row *one_inline = bench_add_row(
		"KosSessionRef + KosSessionPut, inline", "at most 0.45 x two locked increments");
	struct bench_row *all_inline = bench_add_row("the same session, hot on all cores, inline",
		"per thread at most 0.5 x two locked increments");
	struct bench_case *subject =
		bench_add_case("sessio, ref + put", subject_ref_put, subject_create(1), 1, 1);
	struct bench_case *subject_all = bench_add_case(
		"sessio, ref + put, all cores", subject_ref_put, subject_create(1), cores, 1);
	struct bench_case *counted = bench_add_case("sessio, ref + put without a slot",
		subject_ref_put_counted, subject_create(1), 1, 1);

	bench_limit(one, subject, floors->two_increments, 1.15);
	bench_peer(one, counted, floors->two_increments);
	bench_limit(all, subject_all, subject, 1.25);
	bench_peer(all,
		bench_add_case("sessio, ref + put without a slot, all cores",
			subject_ref_put_counted, subject_create(1), cores, 1),
		counted);
	bench_limit(one_inline,
		bench_add_case("sessio, inline ref + put", subject_ref_put_inline,
			subject_create(1), 1, 1),
		floors->two_increments, 0.45);
	bench_limit(all_inline,
		bench_add_case("sessio, inline ref + put, all cores", subject_ref_put_inline,
			subject_create(1), cores, 1),
		floors->two_increments, 0.5);
	for (size_t i = 0; i < sizeof(peers) / sizeof(peers[0]); i++) {
		struct bench_case *peer =
			bench_add_case(peers[i].one, peers[i].run, peers[i].state, 1, 1);
		struct bench_case *peer_all =
			bench_add_case(peers[i].all, peers[i].run, peers[i].state, cores, 1);

		peer_all->sleeps = peers[i].run == peer_list_ref_put;
		bench_peer(one, peer, floors->two_increments);
		bench_peer(all, peer_all, peer);
	}
}

static void measure_opens(const struct floors *floors)
{
	void *subject_state = subject_create(1);
	void *list_state = peer_list_create(1);
	struct bench_row *open =
		bench_add_row("open + close, sessions on the object", "at most 5 x malloc + free");
	struct bench_row *kept =
		bench_add_row("open + close as documented, the opener has a reference",
			"at most 6.5 x malloc + free");
	struct bench_row *scale = bench_add_row(
		"open + close, from 1 session to 100 000", "within 1.2 x of each other");
	struct bench_row *refused = bench_add_row("refused open", "at most 0.7 x malloc + free");
	struct bench_case *few = bench_add_case(
		"sessio, open + close at 1", subject_open_close, subject_state, 1, 1);
	struct bench_case *many = bench_add_case("sessio, open + close at 100 000",
		subject_open_close, subject_create(100000), 1, 1);
	struct bench_case *list_few = bench_add_case(
		"mutex and list, open + close at 1", peer_list_open_close, list_state, 1, 1);
	struct bench_case *list_some = bench_add_case("mutex and list, open + close at 1 000",
		peer_list_open_close, peer_list_create(1000), 1, 1);
	struct bench_case *list_many = bench_add_case("mutex and list, open + close at 100 000",
		peer_list_open_close, peer_list_create(100000), 1, 1);

	bench_limit(open, few, floors->malloc_free, 5);
	bench_limit(open, many, floors->malloc_free, 5);
	bench_peer(open, list_few, floors->malloc_free);
	bench_peer(open, list_some, floors->malloc_free);
	bench_peer(open, list_many, floors->malloc_free);
	bench_limit(kept,
		bench_add_case("sessio, open with a reference + close + put",
			subject_open_keep_close, subject_state, 1, 1),
		floors->malloc_free, 6.5);
	bench_limit(scale, many, few, 1.2);
	bench_peer(scale, list_some, list_few);
	bench_peer(scale, list_many, list_few);
	bench_limit(refused,
		bench_add_case("sessio, refused open", subject_refused, subject_state, 1, 1),
		floors->malloc_free, 0.7);
	bench_peer(refused,
		bench_add_case("mutex and list, refused open", peer_list_refused, list_state, 1, 1),
		floors->malloc_free);
}

static void measure_walks(void)
{
	static const struct {
		size_t sessions;
		double limit;
		const char *floor, *subject, *list;
	} sizes[] = {
		{ 10, 3, "list walk of 10", "sessio, walk of 10", "mutex and list, walk of 10" },
		{ 1000, 2, "list walk of 1 000", "sessio, walk of 1 000",
			"mutex and list, walk of 1 000" },
		{ 100000, 2, "list walk of 100 000", "sessio, walk of 100 000",
			"mutex and list, walk of 100 000" },
	};
	struct bench_row *row = bench_add_row("walk of N sessions, each",
		"at most 3, 2 and 2 x a linked-list walk + callback, no lock across it");

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		size_t sessions = sizes[i].sessions;
		double parts = (double)sessions;
		struct bench_case *list = bench_add_case(
			sizes[i].floor, floor_list_walk, floor_list_create(sessions), 1, parts);

		bench_limit(row,
			bench_add_case(
				sizes[i].subject, subject_walk, subject_create(sessions), 1, parts),
			list, sizes[i].limit);
		bench_peer(row,
			bench_add_case(sizes[i].list, peer_list_walk, peer_list_create(sessions), 1,
				parts),
			list);
		bench_peer(row, list, list);
	}
}

static void measure_memory_and_floors(const struct floors *floors)
{
	struct bench_row *memory = bench_add_row("memory", "beside the payload, as asked for");
	struct bench_row *row;

	bench_bytes(memory, "sessio, a session", subject_session_bytes(), 128);
	bench_bytes(memory, "sessio, a registered object", subject_object_bytes(), 352);
	row = bench_add_row("what it is measured in", "the floors of this machine");
	bench_peer(row, floors->two_increments, floors->two_increments);
	bench_peer(row, floors->malloc_free, floors->malloc_free);
	bench_peer(row, floors->call, floors->call);
}

void rows_of_sessions(const struct floors *floors)
{
	measure_operations(floors);
	measure_opens(floors);
	measure_walks();
	measure_memory_and_floors(floors);
}
