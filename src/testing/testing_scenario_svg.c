/* SPDX-License-Identifier: MIT */
/*
 * A log as a picture. Time goes to the right, but not to scale: each step has its
 * room, and a longer time has more, as its logarithm grows. So nanoseconds and years
 * fit into one picture. Its width, its rows and its bytes are bounded. Where there is
 * more than can be seen, states become one grey bar and events one mark.
 *
 * Lengths are in tenths of a pixel.
 */
#include "testing/testing_scenario_draw.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define LEFT 2300u /* of the plot; the names are before it */
#define RIGHT 11800u
#define WIDTH (RIGHT - LEFT)
#define TOP 880u /* of the first row */
#define ROW 600u
#define LANE 120u /* of the texts of marks, which have two above the bar */
#define BAR 320u /* where the bar begins in its row */
#define BAR_HEIGHT 200u
#define LETTER 66u /* about the width of one */
#define ROWS 40u
#define FINDINGS 12u /* different ones */
#define LABEL 24u /* letters of a mark */
#define LEAST 5u /* of one that is cut */
#define TIP 48u /* of one that a pointer stands on */
#define NARROW 20u /* bars below this are put together */
#define NEAR 60u /* marks within this are one */

struct picture {
	struct si_draw draw;
	const sessio_scenario_log *log;
	uint64_t *at; /* of each entry, from 0 */
	uint64_t width; /* of all in these units, never 0 */
	size_t rows[ROWS]; /* of the log, as they are shown */
	size_t row_count;
	size_t rows_left;
	size_t findings;
	struct {
		size_t entry; /* the first of its text */
		size_t count;
	} shown[FINDINGS];
	size_t shown_count;
	size_t not_shown; /* findings of other texts */
	size_t events;
	bool has_time;
};

static const char style[] =
	"<style>\n"
	"text{font:12px system-ui,'Segoe UI','DejaVu Sans',sans-serif;fill:#1f2328}\n"
	".h{font-size:16px;font-weight:600}.g{font-size:11px;fill:#59636e}\n"
	".b{font-size:11px}.n{text-anchor:end}.k{stroke:#d1d9e0;fill:none}\n"
	".s0{fill:#eff2f5;stroke:#59636e}.s1{fill:#dafbe1;stroke:#1a7f37}\n"
	".s2{fill:#ddf4ff;stroke:#0969da}.s3{fill:#fff8c5;stroke:#9a6700}\n"
	".s4{fill:#fbefff;stroke:#8250df}.s5{fill:#afb8c1;stroke:#59636e}\n"
	".e{fill:#1f2328}.f{stroke:#cf222e;stroke-width:1.5;fill:none}\n"
	".r{fill:#cf222e}.w{fill:#fff;font-size:10px;text-anchor:middle}\n"
	"@media(prefers-color-scheme:dark){\n"
	"text{fill:#f0f6fc}.g{fill:#9198a1}.k{stroke:#3d444d}.e{fill:#f0f6fc}\n"
	".s0{fill:#212830;stroke:#9198a1}.s1{fill:#12261e;stroke:#3fb950}\n"
	".s2{fill:#121d2f;stroke:#4493f8}.s3{fill:#272115;stroke:#d29922}\n"
	".s4{fill:#271c3a;stroke:#ab7df8}.s5{fill:#656c76;stroke:#9198a1}\n"
	".f{stroke:#f85149}.r{fill:#f85149}.w{fill:#fff}\n"
	"}\n"
	"</style>\n";

static void put(struct picture *p, const char *text)
{
	si_draw_put(&p->draw, text);
}

static void put_px(struct picture *p, uint64_t tenths)
{
	si_draw_put_number(&p->draw, tenths / 10);
	if (tenths % 10 != 0) {
		put(p, ".");
		si_draw_put_number(&p->draw, tenths % 10);
	}
}

static void put_count(struct picture *p, size_t count, const char *one, const char *many)
{
	si_draw_put_number(&p->draw, count);
	put(p, count == 1 ? one : many);
}

/* <text class="c" x="" y=""> */
static void begin_text(struct picture *p, const char *class, uint64_t x, uint64_t y)
{
	put(p, "<text class=\"");
	put(p, class);
	put(p, "\" x=\"");
	put_px(p, x);
	put(p, "\" y=\"");
	put_px(p, y);
	put(p, "\">");
}

static void put_text(
	struct picture *p, const char *class, uint64_t x, uint64_t y, const char *text, size_t most)
{
	begin_text(p, class, x, y);
	si_draw_put_xml(&p->draw, text, most);
	put(p, "</text>\n");
}

static unsigned log2_of(uint64_t number)
{
	unsigned log = 0;

	while ((number >>= 1) != 0) {
		log++;
	}
	return log;
}

/* The shortest time between two entries, and the end. */
static uint64_t shortest(const sessio_scenario_log *log, uint64_t end)
{
	uint64_t least = 0, before = 0;

	for (size_t i = 0; i <= log->count; i++) {
		uint64_t now = i < log->count ? log->entries[i].ns : end;
		uint64_t gap = now - before;

		if (gap != 0 && (least == 0 || gap < least)) {
			least = gap;
		}
		before = now;
	}
	return least;
}

static uint64_t room_of(uint64_t gap, uint64_t least, bool new_step)
{
	return (new_step ? 12u : 0u) + (gap != 0 ? 4u + log2_of(gap / least) : 0u);
}

/* Where each entry is. False if there is no memory. */
static bool place_entries(struct picture *p)
{
	const sessio_scenario_log *log = p->log;
	uint64_t end = si_scenario_log_time(log);
	uint64_t least = shortest(log, end);
	uint64_t at = 0, ns = 0;
	size_t step = 0;

	p->has_time = least != 0;
	p->at = malloc((log->count + 1) * sizeof(*p->at));
	if (p->at == NULL) {
		return false;
	}
	for (size_t i = 0; i < log->count; i++) {
		const struct si_log_entry *entry = &log->entries[i];

		at += room_of(entry->ns - ns, least, entry->step != step);
		p->at[i] = at;
		ns = entry->ns;
		step = entry->step;
	}
	p->width = at + room_of(end - ns, least, true);
	p->at[log->count] = p->width;
	return true;
}

/* The place of an entry, or with the count of entries the end. */
static uint64_t x_of(const struct picture *p, size_t entry)
{
	/* Below 2^21 entries of less than 2^7 each. */
	return LEFT + p->at[entry] * WIDTH / p->width;
}

static bool is_event(const struct si_log_entry *entry)
{
	return entry->kind == SI_LOG_EVENT || entry->kind == SI_LOG_ACTION ||
		entry->kind == SI_LOG_FAULT;
}

/* Equal findings are shown once, so that they do not hide others. */
static void count_finding(struct picture *p, size_t entry)
{
	const struct si_log_entry *entries = p->log->entries;

	p->findings++;
	for (size_t i = 0; i < p->shown_count; i++) {
		if (strcmp(entries[p->shown[i].entry].text, entries[entry].text) == 0) {
			p->shown[i].count++;
			return;
		}
	}
	if (p->shown_count == FINDINGS) {
		p->not_shown++;
		return;
	}
	p->shown[p->shown_count].entry = entry;
	p->shown[p->shown_count++].count = 1;
}

/* Rows of one kind after the other; the test's own only if something is in it. */
static void choose_rows(struct picture *p)
{
	const sessio_scenario_log *log = p->log;
	bool test = false;

	for (size_t i = 0; i < log->count; i++) {
		const struct si_log_entry *entry = &log->entries[i];

		p->events += is_event(entry) ? 1u : 0u;
		if (entry->kind == SI_LOG_FINDING) {
			count_finding(p, i);
		}
		test = test || (entry->row == 0 && is_event(entry));
	}
	for (int kind = SI_LOG_TEST; kind <= SI_LOG_RESOURCE; kind++) {
		for (size_t i = 0; i < log->row_count; i++) {
			if ((int)log->rows[i].kind != kind || (i == 0 && !test)) {
				continue;
			}
			if (p->row_count < ROWS) {
				p->rows[p->row_count++] = i;
			} else {
				p->rows_left++;
			}
		}
	}
}

static uint64_t bottom(const struct picture *p)
{
	return TOP + p->row_count * ROW;
}

static uint64_t height(const struct picture *p)
{
	size_t lines = p->shown_count + (p->not_shown != 0 ? 1u : 0u) +
		(p->rows_left != 0 ? 1u : 0u) + (p->row_count == 0 ? 1u : 0u);

	return bottom(p) + 200u + lines * 200u + 240u;
}

/* "12 steps in 3.2 s, 7 events, 1 finding" */
static void put_summary(struct picture *p)
{
	char time[SI_DRAW_TIME];

	put_count(p, p->log->step_count, " step", " steps");
	if (p->has_time) {
		si_draw_time(si_scenario_log_time(p->log), time);
		put(p, " in ");
		put(p, time);
	}
	put(p, ", ");
	put_count(p, p->events, " event", " events");
	put(p, ", ");
	put_count(p, p->findings, " finding", " findings");
	if (p->log->lost != 0) {
		put(p, ", ");
		put_count(p, p->log->lost, " thing left out", " things left out");
	}
}

static void put_head(struct picture *p, const char *title)
{
	put(p, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1200 ");
	put_px(p, height(p));
	put(p, "\" width=\"1200\" height=\"");
	put_px(p, height(p));
	put(p, "\" role=\"img\">\n<title>");
	si_draw_put_xml(&p->draw, title, 100);
	put(p, "</title>\n<desc>");
	put_summary(p);
	put(p, ". Rows:");
	for (size_t i = 0; i < p->row_count; i++) {
		put(p, i == 0 ? " " : "; ");
		si_draw_put_xml(&p->draw, p->log->rows[p->rows[i]].name, 40);
	}
	put(p, ".</desc>\n");
	put(p, style);
	put_text(p, "h", 200, 280, title, 100);
	begin_text(p, "g", 200, 470);
	put_summary(p);
	put(p, p->has_time ? "; time is not to scale</text>\n" : "; no time passes</text>\n");
}

/* The moment of an entry: its time, or its step if no time passes. */
static void moment(const struct picture *p, size_t entry, char text[SI_DRAW_TIME])
{
	struct si_text out = si_text_start(text, SI_DRAW_TIME);

	if (p->has_time) {
		si_draw_time(p->log->entries[entry].ns, text);
		return;
	}
	si_text_put(&out, "step ");
	si_text_put_number(&out, p->log->entries[entry].step);
}

/* A line and its moment wherever there is room for it. */
static void put_axis(struct picture *p)
{
	char before[SI_DRAW_TIME] = "";
	uint64_t free_from = 0;

	for (size_t i = 0; i < p->log->count; i++) {
		char text[SI_DRAW_TIME];
		uint64_t x = x_of(p, i);
		uint64_t half;

		if (x < free_from) {
			continue;
		}
		moment(p, i, text);
		half = strlen(text) * LETTER / 2;
		if (strcmp(text, before) == 0 || x < free_from + half) {
			continue;
		}
		(void)memcpy(before, text, sizeof(before));
		free_from = x + half + 120;
		put(p, "<path class=\"k\" d=\"M");
		put_px(p, x);
		put(p, " 74V");
		put_px(p, bottom(p));
		put(p, "\"/>\n<text class=\"g\" text-anchor=\"middle\" x=\"");
		put_px(p, x);
		put(p, "\" y=\"69\">");
		put(p, text);
		put(p, "</text>\n");
	}
}

struct bar {
	uint64_t from, to;
	unsigned look;
	const char *text;
};

static void put_bar(struct picture *p, uint64_t y, const struct bar *bar)
{
	size_t letters = strlen(bar->text);

	put(p, "<path class=\"s");
	si_draw_put_number(&p->draw, bar->look);
	put(p, "\" d=\"M");
	put_px(p, bar->from);
	put(p, " ");
	put_px(p, y + BAR);
	put(p, "h");
	put_px(p, bar->to - bar->from);
	put(p, "v");
	put_px(p, BAR_HEIGHT);
	put(p, "H");
	put_px(p, bar->from);
	put(p, "z\"/>\n");
	if (bar->to - bar->from > 80 + 2 * LETTER) {
		size_t most = (size_t)(bar->to - bar->from - 80) / LETTER;

		if (letters <= most || most >= 6) {
			put_text(p, "b", bar->from + 40, y + BAR + 140, bar->text, most);
		}
	}
}

/* Adds a bar. Narrow ones in a row are one grey bar. */
static void add_bar(struct picture *p, uint64_t y, struct bar *last, struct bar next)
{
	bool last_is_narrow = last->to - last->from < NARROW || last->look == SI_LOG_LOOKS;

	if (last->to != last->from && last->to == next.from && last_is_narrow &&
		next.to - next.from < NARROW) {
		last->to = next.to;
		last->look = SI_LOG_LOOKS;
		last->text = "";
		return;
	}
	if (last->to != last->from) {
		put_bar(p, y, last);
	}
	*last = next;
}

static void put_bars(struct picture *p, size_t row, uint64_t y)
{
	const sessio_scenario_log *log = p->log;
	const struct si_log_entry *state = NULL;
	struct bar last = { .text = "" };
	uint64_t from = 0;

	for (size_t i = 0; i <= log->count; i++) {
		const struct si_log_entry *entry = i < log->count ? &log->entries[i] : NULL;

		if (entry != NULL && (entry->row != row || entry->kind != SI_LOG_STATE)) {
			continue;
		}
		if (state != NULL && state->text != NULL) {
			struct bar next = { from, x_of(p, i), state->look, state->text };

			add_bar(p, y, &last, next);
		}
		state = entry;
		from = x_of(p, i);
	}
	if (last.to != last.from) {
		put_bar(p, y, &last);
	}
}

struct mark {
	uint64_t x;
	size_t count;
	const char *text;
	bool fault;
};

static void put_triangle(struct picture *p, uint64_t y, const struct mark *mark)
{
	put(p, mark->fault ? "<path class=\"r\" d=\"M" : "<path class=\"e\" d=\"M");
	put_px(p, mark->x);
	put(p, " ");
	put_px(p, y + BAR);
	put(p, "l-3-5h6z\"><title>");
	si_draw_put_xml(&p->draw, mark->text, TIP);
	put(p, "</title></path>\n");
}

/* From where on each lane of a row is free. */
struct lanes {
	uint64_t low, high;
};

static void put_label(struct picture *p, uint64_t x, uint64_t y, const struct mark *mark,
	size_t letters, const char *more)
{
	begin_text(p, mark->fault ? "b r" : "b", x, y);
	si_draw_put_xml(&p->draw, mark->text, letters);
	put(p, more);
	put(p, "</text>\n");
}

/*
 * A mark and its text. That is whole in the low lane if there is room up to the next mark, or
 * else in the high lane. If that is taken, it is cut in the low one.
 */
static void put_mark(struct picture *p, uint64_t y, const struct mark *mark, uint64_t next,
	struct lanes *free_from)
{
	size_t letters = strlen(mark->text) < LABEL ? strlen(mark->text) : LABEL, room;
	char more[24] = "";
	struct si_text out = si_text_start(more, sizeof(more));
	uint64_t x = mark->x - 30, low = y + BAR - 75, width;

	put_triangle(p, y, mark);
	if (mark->count > 1) {
		si_text_put(&out, " +");
		si_text_put_number(&out, mark->count - 1);
	}
	width = (letters + out.length) * LETTER;
	x = x + width > RIGHT + 130 ? RIGHT + 130 - width : x;
	if (x >= free_from->low && x + width <= next) {
		put_label(p, x, low, mark, letters, more);
		free_from->low = x + width + 20;
	} else if (x >= free_from->high) {
		put_label(p, x, low - LANE, mark, letters, more);
		free_from->high = x + width + 60;
	} else if (mark->x - 30 >= free_from->low && next > mark->x - 30) {
		x = mark->x - 30;
		room = (size_t)((next - x) / LETTER);
		if (room >= LEAST + out.length) {
			put_label(p, x, low, mark, room - out.length, more);
			free_from->low = next;
		}
	}
}

static void put_marks(struct picture *p, size_t row, uint64_t y)
{
	struct mark mark = { .count = 0 };
	struct lanes free_from = { LEFT - 100, LEFT - 100 };

	for (size_t i = 0; i < p->log->count; i++) {
		const struct si_log_entry *entry = &p->log->entries[i];

		if (entry->row != row || !is_event(entry)) {
			continue;
		}
		if (mark.count != 0 && x_of(p, i) - mark.x < NEAR) {
			mark.count++;
			continue;
		}
		if (mark.count != 0) {
			put_mark(p, y, &mark, x_of(p, i) - 50, &free_from);
		}
		mark = (struct mark){ x_of(p, i), 1, entry->text, entry->kind == SI_LOG_FAULT };
	}
	if (mark.count != 0) {
		put_mark(p, y, &mark, RIGHT + 130, &free_from);
	}
}

/* A red line through all rows, and its number on top. */
static void put_finding_line(struct picture *p, uint64_t x, size_t number)
{
	put(p, "<path class=\"f\" d=\"M");
	put_px(p, x);
	put(p, " 86V");
	put_px(p, bottom(p) + 40);
	put(p, "\"/>\n<circle class=\"r\" cy=\"80\" r=\"7\" cx=\"");
	put_px(p, x);
	put(p, "\"/>\n");
	begin_text(p, "w", x, 835);
	si_draw_put_number(&p->draw, number);
	put(p, "</text>\n");
}

/* Below the texts of marks, so that those can be read. */
static void put_finding_lines(struct picture *p)
{
	uint64_t free_from = 0;

	for (size_t i = 0; i < p->shown_count; i++) {
		uint64_t x = x_of(p, p->shown[i].entry);

		if (x >= free_from) {
			put_finding_line(p, x, i + 1);
			free_from = x + 160;
		}
	}
}

static void put_rows(struct picture *p)
{
	for (size_t i = 0; i < p->row_count; i++) {
		const struct si_log_row *row = &p->log->rows[p->rows[i]];
		uint64_t y = TOP + i * ROW;

		put_text(p, "n", LEFT - 120, y + BAR + 140, row->name, 32);
		put_bars(p, p->rows[i], y);
	}
	put_finding_lines(p);
	for (size_t i = 0; i < p->row_count; i++) {
		put_marks(p, p->rows[i], TOP + i * ROW);
	}
}

static void put_finding(struct picture *p, size_t number, uint64_t y)
{
	size_t entry = p->shown[number - 1].entry, count = p->shown[number - 1].count;
	char time[SI_DRAW_TIME];

	moment(p, entry, time);
	begin_text(p, "b r", 200, y);
	si_draw_put_number(&p->draw, number);
	put(p, ", at ");
	put(p, time);
	put(p, ": ");
	si_draw_put_xml(&p->draw, p->log->entries[entry].text, count == 1 ? 165 : 150);
	if (count != 1) {
		put(p, " (");
		put_count(p, count, "", " times)");
	}
	put(p, "<title>");
	si_draw_put_xml(&p->draw, p->log->entries[entry].text, 400);
	put(p, "</title></text>\n");
}

static uint64_t put_findings(struct picture *p, uint64_t y)
{
	for (size_t i = 1; i <= p->shown_count; i++) {
		put_finding(p, i, y);
		y += 200;
	}
	if (p->not_shown != 0) {
		begin_text(p, "b r", 200, y);
		put(p, "and ");
		put_count(p, p->not_shown, " more finding", " more findings");
		put(p, "</text>\n");
		y += 200;
	}
	return y;
}

static void put_legend(struct picture *p, uint64_t y)
{
	static const char *const looks[] = { "there", "a user at a terminal, or in use",
		"a terminal only", "a user without a terminal", "ending", "too many to show" };
	uint64_t x = 200;

	for (unsigned i = 0; i <= SI_LOG_LOOKS; i++) {
		put(p, "<path class=\"s");
		si_draw_put_number(&p->draw, i);
		put(p, "\" d=\"M");
		put_px(p, x);
		put(p, " ");
		put_px(p, y - 90);
		put(p, "h14v10h-14z\"/>\n");
		put_text(p, "g", x + 200, y, looks[i], 40);
		x += 350 + strlen(looks[i]) * 62;
	}
}

static sessio_status draw(struct picture *p, const char *title)
{
	uint64_t y;

	choose_rows(p);
	put_head(p, title);
	if (p->row_count != 0) {
		put_axis(p);
	}
	put_rows(p);
	y = bottom(p) + 220;
	if (p->row_count == 0) {
		put_text(p, "g", 200, y, "Nothing happened.", 40);
		y += 200;
	}
	if (p->rows_left != 0) {
		begin_text(p, "g", 200, y);
		put(p, "and ");
		put_count(p, p->rows_left, " more row", " more rows");
		put(p, "</text>\n");
		y += 200;
	}
	y = put_findings(p, y);
	put_legend(p, y);
	put(p, "</svg>\n");
	return si_draw_finish(&p->draw);
}

sessio_status sessio_scenario_log_svg(
	const sessio_scenario_log *log, const char *title, sessio_write_fn *write, void *ctx)
{
	struct picture p = { .draw = si_draw_start(write, ctx), .log = log };
	sessio_status status;

	if (log == NULL || write == NULL) {
		return SESSIO_INVALID_ARG;
	}
	if (!place_entries(&p)) {
		return SESSIO_NO_MEMORY;
	}
	status = draw(&p, title != NULL ? title : "Sessions");
	free(p.at);
	return status;
}

struct titled {
	const sessio_scenario_log *log;
	const char *title;
};

static sessio_status draw_titled(const void *subject, sessio_write_fn *write, void *ctx)
{
	const struct titled *titled = subject;

	return sessio_scenario_log_svg(titled->log, titled->title, write, ctx);
}

sessio_status sessio_scenario_log_save_svg(
	const sessio_scenario_log *log, const char *title, const char *path)
{
	struct titled titled = { log, title };

	return log != NULL ? si_scenario_write_file(path, draw_titled, &titled)
			   : SESSIO_INVALID_ARG;
}
