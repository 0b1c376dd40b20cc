/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "peers.h"
#include "rows.h"

/* The first one starts a process, which should be small. */
static rows_fn *const rows[] = { rows_of_histories, rows_of_sessions, rows_of_events,
	rows_of_handles, rows_of_pipes, rows_of_growth };

static void usage(void)
{
	fputs("usage: sessio_bench [--quick] [--only PART_OF_A_NAME] [--json FILE] [--plot SVG]\n"
	      "                    [--compare OLD_JSON]\n",
		stderr);
	exit(2);
}

struct files {
	const char *json, *plot;
	struct bench_older *older;
};

static void read_arguments(
	int argc, char **argv, struct bench_options *options, struct files *files)
{
	for (int i = 1; i < argc; i++) {
		bool has_value = i + 1 < argc;

		if (strcmp(argv[i], "--quick") == 0) {
			options->repetitions = 3;
			options->milliseconds = 1;
		} else if (strcmp(argv[i], "--only") == 0 && has_value) {
			options->only = argv[++i];
		} else if (strcmp(argv[i], "--json") == 0 && has_value) {
			files->json = argv[++i];
		} else if (strcmp(argv[i], "--plot") == 0 && has_value) {
			files->plot = argv[++i];
		} else if (strcmp(argv[i], "--compare") == 0 && has_value) {
			files->older = bench_read_older(argv[++i]);
		} else {
			usage();
		}
	}
}

int main(int argc, char **argv)
{
	struct bench_options options = { .repetitions = 21, .milliseconds = 20 };
	struct files files = { NULL, NULL, NULL };
	struct floors floors;

	read_arguments(argc, argv, &options, &files);
	bench_keep_heap();
	options.counts = counters_open();
	floors.two_increments = bench_add_case(
		"two locked increments", floor_two_increments, bench_alone(sizeof(uint64_t)), 1, 1);
	floors.malloc_free = bench_add_case("malloc + free", floor_malloc_free, NULL, 1, 1);
	floors.call = bench_add_case("indirect call", floor_indirect_call, NULL, 1, 1);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		rows[i](&floors);
	}
	bench_measure(&options);
	bench_print(&options);
	bench_require(files.json == NULL || bench_write_json(&options, files.json),
		"the JSON cannot be written");
	bench_require(files.plot == NULL || bench_write_plots(&options, files.plot),
		"the plot cannot be written");
	return files.older == NULL || bench_compare(&options, files.older) ? 0 : 1;
}
