/* SPDX-License-Identifier: MIT */
/* Plots: the cost of a path as more and more things are there. */
#include "peers.h"
#include "rows.h"
#include "subject.h"
#include "subject_handle.h"

static const size_t sizes[] = { 1, 10, 100, 1000, 10000, 100000 };

#define SIZES (sizeof(sizes) / sizeof(sizes[0]))

static void add_point(struct bench_row *plot, const char *name, bench_fn *run, void *state,
	size_t at, bool each, struct bench_case *yardstick)
{
	double parts = each ? (double)at : 1;

	bench_point(plot, (double)at, bench_add_case(name, run, state, 1, parts), yardstick);
}

static void grow_sessions(const struct floors *floors)
{
	struct bench_row *plot = bench_add_plot("cost beside N sessions", "sessions on the object");
	struct bench_case *yardstick = floors->malloc_free;

	for (size_t i = 0; i < SIZES; i++) {
		size_t n = sizes[i];
		void *subject = subject_create(n);

		add_point(plot, "ref + put", subject_ref_put, subject, n, false, yardstick);
		add_point(plot, "open + close", subject_open_close, subject, n, false, yardstick);
		add_point(plot, "walk, each", subject_walk, subject, n, true, yardstick);
		add_point(plot, "mutex and list, open + close", peer_list_open_close,
			peer_list_create(n), n, false, yardstick);
	}
}

static void grow_watchers(const struct floors *floors)
{
	struct bench_row *plot = bench_add_plot("cost of an event to N watchers", "watchers");

	for (size_t i = 0; i < SIZES && sizes[i] <= 10000; i++) {
		size_t n = sizes[i];

		add_point(plot, "event that all want, each", subject_post,
			subject_host_create(n, true), n, true, floors->call);
		add_point(plot, "event that nobody wants", subject_post,
			subject_host_create(n, false), n, false, floors->call);
		add_point(plot, "GLib signal, each", peer_signal, peer_signal_create(n), n, true,
			floors->call);
	}
}

static void grow_handles(const struct floors *floors)
{
	struct bench_row *plot = bench_add_plot("cost beside N handles", "handles in the space");
	struct bench_case *yardstick = floors->two_increments;

	for (size_t i = 0; i < SIZES; i++) {
		size_t n = sizes[i];
		void *subject = subject_handles_create(n);
		void *peer = peer_lookup_create(n);

		add_point(plot, "operation by one handle", subject_handle_operate, subject, n,
			false, yardstick);
		add_point(plot, "operation by any handle", subject_handle_operate_anywhere, subject,
			n, false, yardstick);
		add_point(plot, "liburcu rculfhash, any", peer_lookup_hash_anywhere, peer, n, false,
			yardstick);
		add_point(plot, "transfer + close", subject_handle_transfer_close, subject, n,
			false, yardstick);
	}
}

void rows_of_growth(const struct floors *floors)
{
	grow_sessions(floors);
	grow_watchers(floors);
	grow_handles(floors);
}
