/* SPDX-License-Identifier: MIT */
/* Draws the plots side by side, as SVG: both axes are logarithmic. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bench.h"

#define CURVES_MAX 6u

/* All lengths are in pixels. A panel has its curves in a frame, and a legend below. */
#define PANEL_WIDTH 420.0
#define FRAME_LEFT 62.0
#define FRAME_TOP 52.0
#define FRAME_WIDTH 320.0
#define FRAME_HEIGHT 260.0
#define LEGEND_TOP (FRAME_TOP + FRAME_HEIGHT + 66.0)
#define LEGEND_LINE 18.0
#define HEIGHT (LEGEND_TOP + CURVES_MAX * LEGEND_LINE)

/* Colours that people who see fewer of them can tell apart. */
static const char *const colours[CURVES_MAX] = { "#0072b2", "#d55e00", "#009e73", "#cc79a7",
	"#e69f00", "#56b4e9" };

/* A panel's axes, in powers of ten. */
struct axes {
	double left; /* pixels */
	int x_first, x_last;
	int y_first, y_last;
};

static double x_of(const struct axes *axes, double value)
{
	return axes->left + FRAME_LEFT +
		FRAME_WIDTH * (log10(value) - axes->x_first) / (axes->x_last - axes->x_first);
}

static double y_of(const struct axes *axes, double value)
{
	return FRAME_TOP +
		FRAME_HEIGHT * (axes->y_last - log10(value)) / (axes->y_last - axes->y_first);
}

static double median_of(const struct bench_options *options, const struct bench_line *line)
{
	return bench_spread_of(line->ns, options->repetitions).median;
}

/* False: none of its points was measured. */
static bool find_axes(
	const struct bench_options *options, const struct bench_row *plot, struct axes *axes)
{
	double x_low = INFINITY, x_high = 0, y_low = INFINITY, y_high = 0;

	for (unsigned i = 0; i < plot->lines; i++) {
		const struct bench_line *line = &plot->line[i];
		double ns;

		if (!line->measured) {
			continue;
		}
		ns = median_of(options, line);
		x_low = fmin(x_low, line->at);
		x_high = fmax(x_high, line->at);
		y_low = fmin(y_low, ns);
		y_high = fmax(y_high, ns);
	}
	if (x_high <= 0 || y_low <= 0) {
		return false;
	}
	axes->x_first = (int)floor(log10(x_low));
	axes->x_last = (int)fmax(ceil(log10(x_high)), axes->x_first + 1);
	axes->y_first = (int)floor(log10(y_low));
	axes->y_last = (int)fmax(ceil(log10(y_high)), axes->y_first + 1);
	return true;
}

static void draw_text(FILE *out, double x, double y, const char *more, const char *text)
{
	fprintf(out, "<text x=\"%.1f\" y=\"%.1f\"%s>", x, y, more);
	for (; *text != '\0'; text++) {
		if (*text == '&' || *text == '<') {
			fputs(*text == '&' ? "&amp;" : "&lt;", out);
		} else {
			fputc(*text, out);
		}
	}
	fputs("</text>\n", out);
}

static void draw_grid_line(FILE *out, double x1, double y1, double x2, double y2)
{
	fprintf(out, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#ddd\"/>\n",
		x1, y1, x2, y2);
}

static const char *power_text(char *text, size_t size, int power)
{
	(void)snprintf(text, size, "%.*f", power < 0 ? -power : 0, pow(10, power));
	return text;
}

static void draw_axes(FILE *out, const struct bench_row *plot, const struct axes *axes)
{
	double bottom = FRAME_TOP + FRAME_HEIGHT;
	double left = axes->left + FRAME_LEFT;
	char text[32];

	for (int power = axes->x_first; power <= axes->x_last; power++) {
		double x = x_of(axes, pow(10, power));

		draw_grid_line(out, x, FRAME_TOP, x, bottom);
		draw_text(out, x, bottom + 18, " text-anchor=\"middle\"",
			power_text(text, sizeof(text), power));
	}
	for (int power = axes->y_first; power <= axes->y_last; power++) {
		double y = y_of(axes, pow(10, power));

		draw_grid_line(out, left, y, left + FRAME_WIDTH, y);
		draw_text(out, left - 6, y + 4, " text-anchor=\"end\"",
			power_text(text, sizeof(text), power));
	}
	fprintf(out,
		"<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"none\" "
		"stroke=\"#444\"/>\n",
		left, FRAME_TOP, FRAME_WIDTH, FRAME_HEIGHT);
	draw_text(out, left, FRAME_TOP - 28, " font-weight=\"bold\"", plot->path);
	draw_text(out, left, FRAME_TOP - 8, "", "nanoseconds (bars: quartiles)");
	draw_text(out, left + FRAME_WIDTH / 2, bottom + 38, " text-anchor=\"middle\"", plot->axis);
}

/* The points of the curve of this name; the quartiles of each are a bar. */
static void draw_curve(FILE *out, const struct bench_options *options, const struct bench_row *plot,
	const struct axes *axes, const char *name, const char *colour)
{
	double x = 0, y = 0;
	bool begun = false;

	fprintf(out, "<g stroke=\"%s\" fill=\"%s\" stroke-width=\"2\">\n", colour, colour);
	for (unsigned i = 0; i < plot->lines; i++) {
		const struct bench_line *line = &plot->line[i];
		double next_x, next_y;
		struct bench_spread ns;

		if (!line->measured || strcmp(line->subject->name, name) != 0) {
			continue;
		}
		ns = bench_spread_of(line->ns, options->repetitions);
		next_x = x_of(axes, line->at);
		next_y = y_of(axes, ns.median);
		if (begun) {
			fprintf(out, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>\n", x,
				y, next_x, next_y);
		}
		fprintf(out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" stroke=\"none\"/>\n", next_x,
			next_y);
		fprintf(out,
			"<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" "
			"stroke-width=\"1\"/>\n",
			next_x, fmax(y_of(axes, ns.high), FRAME_TOP), next_x,
			fmin(y_of(axes, ns.low), FRAME_TOP + FRAME_HEIGHT));
		x = next_x;
		y = next_y;
		begun = true;
	}
	fputs("</g>\n", out);
}

/* The first line of each curve stands for it. */
static bool is_first(const struct bench_row *plot, unsigned number)
{
	for (unsigned i = 0; i < number; i++) {
		if (strcmp(plot->line[i].subject->name, plot->line[number].subject->name) == 0) {
			return false;
		}
	}
	return true;
}

static void draw_panel(FILE *out, const struct bench_options *options, const struct bench_row *plot,
	const struct axes *axes)
{
	unsigned curves = 0;

	draw_axes(out, plot, axes);
	for (unsigned i = 0; i < plot->lines; i++) {
		const char *name = plot->line[i].subject->name;
		double y = LEGEND_TOP + curves * LEGEND_LINE;
		double x = axes->left + FRAME_LEFT;

		if (!is_first(plot, i)) {
			continue;
		}
		bench_require(curves < CURVES_MAX, "too many curves in a plot");
		draw_curve(out, options, plot, axes, name, colours[curves]);
		fprintf(out,
			"<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\" "
			"stroke-width=\"3\"/>\n",
			x, y - 4, x + 20, y - 4, colours[curves]);
		draw_text(out, x + 28, y, "", name);
		curves++;
	}
}

bool bench_write_plots(const struct bench_options *options, const char *path)
{
	unsigned count;
	const struct bench_row *rows = bench_rows(&count);
	FILE *out = fopen(path, "w");
	unsigned panels = 0;
	struct axes axes;

	if (out == NULL) {
		return false;
	}
	for (unsigned i = 0; i < count; i++) {
		panels += rows[i].axis != NULL && find_axes(options, &rows[i], &axes);
	}
	fprintf(out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" "
		"font-family=\"sans-serif\" font-size=\"12\">\n"
		"<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n",
		fmax(panels, 1) * PANEL_WIDTH, HEIGHT);
	panels = 0;
	for (unsigned i = 0; i < count; i++) {
		if (rows[i].axis != NULL && find_axes(options, &rows[i], &axes)) {
			axes.left = panels++ * PANEL_WIDTH;
			draw_panel(out, options, &rows[i], &axes);
		}
	}
	fputs("</svg>\n", out);
	return fclose(out) == 0;
}
