/* SPDX-License-Identifier: MIT */
/*
 * A log in the Trace Event Format, which counts in microseconds. Rows are threads of
 * one process. States are complete events (X), all else are instants (i), and names of
 * rows are metadata (M).
 */
#include "testing/testing_scenario_draw.h"

struct trace {
	struct si_draw draw;
	const sessio_scenario_log *log;
	bool first;
};

static void put(struct trace *trace, const char *text)
{
	si_draw_put(&trace->draw, text);
}

static void put_us(struct trace *trace, uint64_t ns)
{
	uint64_t rest = ns % 1000;

	si_draw_put_number(&trace->draw, ns / 1000);
	if (rest != 0) {
		put(trace, rest < 10 ? ".00" : rest < 100 ? ".0" : ".");
		si_draw_put_number(&trace->draw, rest);
	}
}

/*
 * When an entry came, or with the count of entries the end, in nanoseconds. Each step takes
 * a microsecond besides, so that two of the same time are apart.
 */
static uint64_t moment(const struct trace *trace, size_t entry)
{
	const sessio_scenario_log *log = trace->log;
	bool is_end = entry == log->count;
	uint64_t ns = is_end ? si_scenario_log_time(log) : log->entries[entry].ns;
	uint64_t steps = (is_end ? log->step_count + UINT64_C(1) : log->entries[entry].step) * 1000;

	return ns < UINT64_MAX - steps ? ns + steps : UINT64_MAX;
}

/* The arguments of an entry, and the end of its event: its own time. */
static void end_event(struct trace *trace, size_t entry)
{
	const struct si_log_entry *at = &trace->log->entries[entry];
	char time[SI_DRAW_TIME];

	si_draw_time(at->ns, time);
	put(trace, ",\"args\":{\"step\":");
	si_draw_put_number(&trace->draw, at->step);
	put(trace, ",\"time\":\"");
	put(trace, time);
	put(trace, "\"}}");
}

/* Up to the arguments: {"ph":"X","pid":1,"tid":2,"name":"LoggedOn" */
static void begin_event(struct trace *trace, const char *phase, uint64_t row, const char *name)
{
	put(trace, trace->first ? "\n" : ",\n");
	trace->first = false;
	put(trace, "{\"ph\":\"");
	put(trace, phase);
	put(trace, "\",\"pid\":1,\"tid\":");
	si_draw_put_number(&trace->draw, row + 1);
	put(trace, ",\"name\":\"");
	si_draw_put_json(&trace->draw, name);
	put(trace, "\"");
}

static void put_names(struct trace *trace)
{
	begin_event(trace, "M", 0, "process_name");
	put(trace, ",\"args\":{\"name\":\"sessio\"}}");
	for (size_t i = 0; i < trace->log->row_count; i++) {
		begin_event(trace, "M", i, "thread_name");
		put(trace, ",\"args\":{\"name\":\"");
		si_draw_put_json(&trace->draw, trace->log->rows[i].name);
		put(trace, "\"}}");
		begin_event(trace, "M", i, "thread_sort_index");
		put(trace, ",\"args\":{\"sort_index\":");
		si_draw_put_number(&trace->draw, i);
		put(trace, "}}");
	}
}

/* From an entry to the next state of its row. */
static void put_state(struct trace *trace, size_t entry, size_t next)
{
	const struct si_log_entry *state = &trace->log->entries[entry];
	uint64_t from = moment(trace, entry);

	if (state->text == NULL) {
		return;
	}
	begin_event(trace, "X", state->row, state->text);
	put(trace, ",\"cat\":\"state\",\"ts\":");
	put_us(trace, from);
	put(trace, ",\"dur\":");
	put_us(trace, moment(trace, next) - from);
	end_event(trace, entry);
}

static void put_instant(struct trace *trace, size_t entry)
{
	static const char *const categories[] = { "state", "event", "action", "fault", "finding" };
	const struct si_log_entry *at = &trace->log->entries[entry];

	begin_event(trace, "i", at->row, at->text);
	put(trace, ",\"cat\":\"");
	put(trace, categories[at->kind]);
	put(trace, "\",\"ts\":");
	put_us(trace, moment(trace, entry));
	put(trace, at->kind == SI_LOG_FINDING ? ",\"s\":\"g\"" : ",\"s\":\"t\"");
	end_event(trace, entry);
}

/* Puts each row's states and instants in the order of time. */
static void put_row(struct trace *trace, uint32_t row)
{
	const sessio_scenario_log *log = trace->log;
	size_t state = log->count;

	for (size_t i = 0; i < log->count; i++) {
		if (log->entries[i].row != row) {
			continue;
		}
		if (log->entries[i].kind != SI_LOG_STATE) {
			put_instant(trace, i);
			continue;
		}
		if (state != log->count) {
			put_state(trace, state, i);
		}
		state = i;
	}
	if (state != log->count) {
		put_state(trace, state, log->count);
	}
}

sessio_status sessio_scenario_log_trace(
	const sessio_scenario_log *log, sessio_write_fn *write, void *ctx)
{
	struct trace trace = { .draw = si_draw_start(write, ctx), .log = log, .first = true };

	if (log == NULL || write == NULL) {
		return SESSIO_INVALID_ARG;
	}
	put(&trace, "{\"displayTimeUnit\":\"ns\",\"traceEvents\":[");
	put_names(&trace);
	for (size_t i = 0; i < log->row_count && trace.draw.good; i++) {
		put_row(&trace, (uint32_t)i);
	}
	put(&trace, "\n]}\n");
	return si_draw_finish(&trace.draw);
}

static sessio_status trace_log(const void *subject, sessio_write_fn *write, void *ctx)
{
	return sessio_scenario_log_trace(subject, write, ctx);
}

sessio_status sessio_scenario_log_save_trace(const sessio_scenario_log *log, const char *path)
{
	return log != NULL ? si_scenario_write_file(path, trace_log, log) : SESSIO_INVALID_ARG;
}
