/* SPDX-License-Identifier: MIT */
/*
 * Prints the picture beside this file: the life of a resource session and the
 * share rule. Only the layout is by hand. Each answer is that of a call that this
 * program makes, and each cell is an open that it tries.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <kos/session.h>
#include <rtl/retcode_hr.h>

enum { READ = 1, WRITE = 2, KINDS = 4, CELL = 20, GAP = 6, LEFT = 752, TOP = 104 };

static const char *const kinds[KINDS] = { "–", "r", "w", "rw" };
static const char *last_callback = "none"; /* that has run */

static Retcode on_open(void *object, void *session, void *openCtx, rtl_uint32_t *handleRights)
{
	(void)object, (void)session, (void)openCtx, (void)handleRights;
	last_callback = "open";
	return rcOk;
}

static Retcode on_close(void *object, void *session)
{
	(void)object, (void)session;
	last_callback = "close";
	return rcOk;
}

static void on_close_complete(void *object, void *session)
{
	(void)object, (void)session;
	last_callback = "closeComplete";
}

static const char style[] =
	"<style>\n"
	"text{font:13px system-ui,'Segoe UI','DejaVu Sans',sans-serif;fill:#1f2328}\n"
	".name{font-weight:600;text-anchor:middle}\n"
	".gloss{font-size:11px;fill:#59636e;text-anchor:middle}\n"
	".side{font-size:11px;fill:#59636e;text-anchor:end}\n"
	".state{fill:#ddf4ff;stroke:#0969da;stroke-width:1.5}\n"
	".end{fill:#f6f8fa;stroke:#59636e}\n"
	".edge{fill:none;stroke:#59636e;stroke-width:1.5}\n"
	".head{fill:#59636e}\n"
	".yes{fill:#aceebb;stroke:#1a7f37;stroke-width:.5}\n"
	".no{fill:none;stroke:#cf222e;stroke-width:1;stroke-dasharray:2 2}\n"
	"@media(prefers-color-scheme:dark){\n"
	"text{fill:#f0f6fc}.gloss,.side{fill:#9198a1}\n"
	".state{fill:#121d2f;stroke:#4493f8}.end{fill:#151b23;stroke:#9198a1}\n"
	".edge{stroke:#9198a1}.head{fill:#9198a1}\n"
	".yes{fill:#196c2e;stroke:#3fb950}.no{stroke:#f85149}\n"
	"}\n"
	"</style>\n";

static bool print_text(const char *kind, int x, int y, const char *text)
{
	return printf("<text class=\"%s\" x=\"%d\" y=\"%d\">%s</text>\n", kind, x, y, text) > 0;
}

/* A state of the session, with what the library answers in it. */
static bool print_state(const char *name, int y, void *object, void *session)
{
	Retcode ref = KosSessionRef(session, RTL_NULL, RTL_NULL);
	void *second = RTL_NULL;
	const char *callback = last_callback;
	Retcode open = KosSessionOpenObject(object, WRITE, READ | WRITE, RTL_NULL, &second);

	if (ref == rcOk) {
		KosSessionPut(session);
	}
	if (open == rcOk && KosSessionCloseObject(second) != rcOk) {
		return false;
	}
	last_callback = callback;
	return printf("<rect class=\"state\" x=\"60\" y=\"%d\" width=\"260\" height=\"72\""
		      " rx=\"10\"/>\n"
		      "<text class=\"gloss\" x=\"190\" y=\"%d\">a new operation: %s</text>\n"
		      "<text class=\"gloss\" x=\"190\" y=\"%d\">a second writer: %s</text>\n",
		       y, y + 42, sessio_retcode_name(ref), y + 58,
		       sessio_retcode_name(open)) > 0 &&
		print_text("name", 190, y + 22, name);
}

/* The arrow into the state at y, and the callback that has just run. */
static bool print_step(int y, const char *calls)
{
	return printf("<path class=\"edge\" marker-end=\"url(#head)\" d=\"M190 %dV%d\"/>\n"
		      "<text x=\"204\" y=\"%d\">%s</text>\n"
		      "<text x=\"204\" y=\"%d\">runs %s</text>\n",
		       y - 52, y - 6, y - 32, calls, y - 15, last_callback) > 0;
}

static bool print_life(void *object)
{
	void *session = RTL_NULL;
	bool good = print_text("name", 190, 30, "The life of a resource session") &&
		printf("<rect class=\"end\" x=\"60\" y=\"40\" width=\"260\" height=\"36\""
		       " rx=\"10\"/>\n") > 0 &&
		print_text("name", 190, 63, "a registered object");

	if (KosSessionOpenObject(object, READ | WRITE, READ, RTL_NULL, &session) != rcOk) {
		return false;
	}
	KosRefObject(session); /* to ask it when it has ended */
	good = good && print_step(128, "KosSessionOpenObject") &&
		print_state("open", 128, object, session) &&
		KosSessionRef(session, RTL_NULL, RTL_NULL) == rcOk &&
		KosSessionCloseObject(session) == rcOk &&
		print_step(252, "KosSessionCloseObject, KosSessionUnregisterObject, or a logoff") &&
		print_state("closed, an operation runs", 252, object, session);
	KosSessionPut(session);
	good = good && print_step(376, "the last KosSessionPut") &&
		print_state("ended", 376, object, session);
	KosPutObject(session);
	return good;
}

static int at(int base, unsigned kind)
{
	return base + (int)kind * CELL + (int)(kind / KINDS) * GAP;
}

/* One open beside another. Of the 4 low bits, 2 are rights and 2 what is shared. */
static bool print_cell(void *object, unsigned first, unsigned second)
{
	void *one = RTL_NULL;
	void *two = RTL_NULL;
	Retcode rc;

	if (KosSessionOpenObject(object, first / KINDS, first % KINDS, RTL_NULL, &one) != rcOk) {
		return false;
	}
	rc = KosSessionOpenObject(object, second / KINDS, second % KINDS, RTL_NULL, &two);
	if (KosSessionCloseObject(one) != rcOk ||
		(rc == rcOk && KosSessionCloseObject(two) != rcOk)) {
		return false;
	}
	return (rc == rcOk || rc == rcBusy) &&
		printf("<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"18\" height=\"18\" "
		       "rx=\"3\"/>\n",
			rc == rcOk ? "yes" : "no", at(LEFT, second), at(TOP, first)) > 0;
}

static bool print_rule(void *object)
{
	bool good = print_text("name", 924, 30, "The share rule") &&
		print_text("gloss", 924, 50, "a second session: its rights, and what it shares") &&
		print_text("side", 690, 86, "a first session:") &&
		print_text("side", 690, 100, "its rights, and what it shares");
	char text[16];

	for (unsigned i = 0; i < KINDS * KINDS; i++) {
		good = good && print_text("gloss", at(LEFT, i) + 9, TOP - 8, kinds[i % KINDS]) &&
			print_text("side", LEFT - 8, at(TOP, i) + 13, kinds[i % KINDS]);
		if (i % KINDS == 0) {
			(void)snprintf(text, sizeof(text), "rights %s", kinds[i / KINDS]);
			good = good && print_text("gloss", at(LEFT, i) + 39, TOP - 26, text) &&
				print_text("side", LEFT - 34, at(TOP, i) + 43, text);
		}
		for (unsigned k = 0; good && k < KINDS * KINDS; k++) {
			good = print_cell(object, i, k);
		}
	}
	return good;
}

static bool print_picture(void *object)
{
	return printf("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1140 480\""
		      " role=\"img\" aria-label=\"Resource sessions and the share rule\">\n"
		      "%s<defs><marker id=\"head\" viewBox=\"0 0 8 8\" refX=\"2\" refY=\"4\""
		      " markerWidth=\"8\" markerHeight=\"8\" markerUnits=\"userSpaceOnUse\""
		      " orient=\"auto\"><path class=\"head\" d=\"M0 0L8 4L0 8z\"/></marker>"
		      "</defs>\n",
		       style) > 0 &&
		print_life(object) && print_rule(object) &&
		print_text("gloss", 924, 462,
			"filled: both are open; dashed: rcBusy. r: read, w: write, –: nothing.") &&
		printf("</svg>\n") > 0;
}

int main(int argc, char **argv)
{
	const KosSessionOps ops = { on_open, on_close, on_close_complete };
	KosObjectType *lamps;
	KosSessionType *sessions;
	void *lamp;
	bool good;

	if (argc != 2 || strcmp(argv[1], "svg") != 0) {
		fprintf(stderr, "usage: %s svg\n", argv[0]);
		return 1;
	}
	if (KosCreateObjectType("lamp", kosSessionBaseObjectType, 0, RTL_NULL, RTL_NULL, &lamps) ||
		KosSessionCreateType(lamps, kosSessionBaseSessionType, &ops, &sessions) ||
		KosCreateObject(lamps, "hall", RTL_NULL, &lamp) ||
		KosSessionRegisterObject(sessions, lamp)) {
		return 1;
	}
	good = print_picture(lamp);
	if (KosSessionUnregisterObject(lamp) != rcOk) {
		return 1;
	}
	KosPutObject(lamp);
	KosSessionDestroyType(sessions);
	sessio_object_type_unref(lamps);
	return good ? 0 : 1;
}
