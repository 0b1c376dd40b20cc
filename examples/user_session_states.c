/* SPDX-License-Identifier: MIT */
/*
 * Prints the life of a user session, from the library's own table. The argument
 * is the form: dot, markdown, or svg for the picture beside this file.
 *
 * The picture's layout is by hand; which arrows there are is not. A transition
 * without a route here, or a route without a transition, ends the program.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <sessio/rules.h>

#define STATE(name) SESSIO_USER_STATE_##name
#define EVENT(name) SESSIO_USER_EVENT_##name
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct node {
	sessio_user_state state;
	int x, y, width;
	const char *gloss;
};

/* Upper row: a terminal is attached. Lower row: none is. */
static const struct node nodes[] = {
	{ STATE(INITIALIZED), 76, 68, 120, "before its life" },
	{ STATE(CREATED), 330, 68, 120, "exists" },
	{ STATE(CONNECTED), 560, 68, 130, "a terminal" },
	{ STATE(LOGGED_ON), 800, 68, 150, "a terminal and a user" },
	{ STATE(LOGGED_OFF), 1030, 68, 150, "the user has gone" },
	{ STATE(DISCONNECTED), 560, 228, 130, "no terminal" },
	{ STATE(DISCONNECTED_LOGGED_ON), 800, 228, 190, "a user, no terminal" },
	{ STATE(TERMINATED), 76, 228, 120, "gone for ever" },
};

struct route {
	sessio_user_state from;
	sessio_user_event event;
	const char *path;
	int x, y; /* where its label stands */
	const char *anchor;
};

static const struct route routes[] = {
	{ STATE(INITIALIZED), EVENT(CREATED), "M136 68H264", 188, 60, "middle" },
	{ STATE(CREATED), EVENT(CONNECTED), "M390 68H489", 439, 60, "middle" },
	{ STATE(CREATED), EVENT(DISCONNECTED), "M330 92V216Q330 228 342 228H489", 413, 220,
		"middle" },
	{ STATE(CONNECTED), EVENT(LOGON), "M625 68H719", 672, 60, "middle" },
	{ STATE(CONNECTED), EVENT(DISCONNECTED), "M546 92V198", 538, 150, "end" },
	{ STATE(DISCONNECTED), EVENT(CONNECTED), "M574 204V98", 582, 150, "start" },
	{ STATE(DISCONNECTED), EVENT(LOGON), "M625 220H699", 661, 212, "middle" },
	{ STATE(DISCONNECTED_LOGGED_ON), EVENT(LOGOFF), "M705 237H631", 667, 255, "middle" },
	{ STATE(LOGGED_ON), EVENT(LOGOFF), "M875 68H949", 911, 60, "middle" },
	{ STATE(LOGGED_ON), EVENT(DISCONNECTED), "M786 92V198", 778, 150, "end" },
	{ STATE(DISCONNECTED_LOGGED_ON), EVENT(CONNECTED), "M814 204V98", 822, 150, "start" },
	{ STATE(LOGGED_OFF), EVENT(DISCONNECTED),
		"M1030 92V276Q1030 288 1018 288H572Q560 288 560 276V258", 1018, 280, "end" },
};

static const char style[] =
	"<style>\n"
	"text{font:13px system-ui,'Segoe UI','DejaVu Sans',sans-serif;fill:#1f2328}\n"
	".name{font-weight:600;text-anchor:middle}\n"
	".gloss{font-size:11px;fill:#59636e;text-anchor:middle}\n"
	".state{fill:#ddf4ff;stroke:#0969da;stroke-width:1.5}\n"
	".user{fill:#dafbe1;stroke:#1a7f37}\n"
	".end{fill:#f6f8fa;stroke:#59636e}\n"
	".box{fill:none;stroke:#8c959f;stroke-dasharray:2 4}\n"
	".edge{fill:none;stroke:#59636e;stroke-width:1.5}\n"
	".seen{stroke-dasharray:5 4}\n"
	".head{fill:#59636e}\n"
	"@media(prefers-color-scheme:dark){\n"
	"text{fill:#f0f6fc}.gloss{fill:#9198a1}\n"
	".state{fill:#121d2f;stroke:#4493f8}.user{fill:#12261e;stroke:#3fb950}\n"
	".end{fill:#151b23;stroke:#9198a1}.box{stroke:#656c76}\n"
	".edge{stroke:#9198a1}.head{fill:#9198a1}\n"
	"}\n"
	"</style>\n";

/* The states that Terminated is entered from; the picture draws one frame around them. */
static bool is_in_the_box(sessio_user_state state)
{
	return state != STATE(INITIALIZED) && state != STATE(TERMINATED);
}

static bool print_edge(
	const char *path, bool seen_only, int x, int y, const char *anchor, sessio_user_event event)
{
	return printf("<path class=\"edge%s\" marker-end=\"url(#head)\" d=\"%s\"/>\n"
		      "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">%s</text>\n",
		       seen_only ? " seen" : "", path, x, y, anchor,
		       sessio_user_event_name(event)) > 0;
}

static bool print_edges_of(sessio_user_state from, sessio_user_event event)
{
	sessio_user_state to = sessio_user_state_next(SESSIO_RULES_OBSERVED, from, event);
	bool seen_only = sessio_user_state_next(SESSIO_RULES_DOCUMENTED, from, event) != to;

	if (event == EVENT(TERMINATED)) {
		return (to == STATE(TERMINATED)) == is_in_the_box(from);
	}
	for (size_t i = 0; i < COUNT(routes); i++) {
		const struct route *route = &routes[i];

		if (route->from == from && route->event == event) {
			return to != STATE(NONE) &&
				print_edge(route->path, seen_only, route->x, route->y,
					route->anchor, event);
		}
	}
	return to == STATE(NONE);
}

static bool print_node(const struct node *node)
{
	bool user = node->state == STATE(LOGGED_ON) || node->state == STATE(DISCONNECTED_LOGGED_ON);

	return printf("<rect class=\"state%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"48\""
		      " rx=\"10\"/>\n"
		      "<text class=\"name\" x=\"%d\" y=\"%d\">%s</text>\n"
		      "<text class=\"gloss\" x=\"%d\" y=\"%d\">%s</text>\n",
		       user                                  ? " user"
			       : !is_in_the_box(node->state) ? " end"
							     : "",
		       node->x - node->width / 2, node->y - 24, node->width, node->x, node->y - 3,
		       sessio_user_state_name(node->state), node->x, node->y + 14, node->gloss) > 0;
}

static bool print_svg(void)
{
	bool good = printf("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1140 362\""
			   " role=\"img\" aria-label=\"The states of a user session\">\n"
			   "%s<defs><marker id=\"head\" viewBox=\"0 0 8 8\" refX=\"2\" refY=\"4\""
			   " markerWidth=\"8\" markerHeight=\"8\" markerUnits=\"userSpaceOnUse\""
			   " orient=\"auto\"><path class=\"head\" d=\"M0 0L8 4L0 8z\"/></marker>"
			   "</defs>\n"
			   "<rect class=\"box\" x=\"240\" y=\"16\" width=\"888\" height=\"296\""
			   " rx=\"16\"/>\n",
			    style) > 0;

	good = good && print_edge("M240 228H142", false, 188, 220, "middle", EVENT(TERMINATED));
	for (int s = STATE(NONE) + 1; s < STATE(MAX); s++) {
		for (int e = EVENT(NONE) + 1; e < EVENT(MAX); e++) {
			good = good && print_edges_of((sessio_user_state)s, (sessio_user_event)e);
		}
	}
	for (size_t i = 0; i < COUNT(nodes); i++) {
		good = good && print_node(&nodes[i]);
	}
	return good &&
		printf("<text class=\"gloss\" x=\"684\" y=\"334\">Terminated is possible from"
		       " every state inside the frame.</text>\n"
		       "<text class=\"gloss\" x=\"684\" y=\"352\">Dashed: seen on a real system,"
		       " not in the documented table; only the observed rules have it.</text>\n"
		       "</svg>\n") > 0;
}

int main(int argc, char **argv)
{
	const char *what = argc == 2 ? argv[1] : "";
	char text[4096];
	size_t length = 0;

	if (strcmp(what, "svg") == 0) {
		return print_svg() ? 0 : 1;
	}
	if (strcmp(what, "dot") == 0) {
		length = sessio_user_rules_dot(SESSIO_RULES_OBSERVED, text, sizeof(text));
	} else if (strcmp(what, "markdown") == 0) {
		length = sessio_user_rules_markdown(SESSIO_RULES_OBSERVED, text, sizeof(text));
	} else {
		fprintf(stderr, "usage: %s dot|markdown|svg\n", argv[0]);
	}
	return length > 0 && length < sizeof(text) && fputs(text, stdout) >= 0 ? 0 : 1;
}
