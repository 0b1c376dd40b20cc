/* SPDX-License-Identifier: MIT */
/* The documented rules have no reconnect, the observed ones do. Prints where each leads. */
#include <stdio.h>

#include <sessio/rules.h>

static void print_next(const char *name, sessio_rules rules)
{
	sessio_user_state next = sessio_user_state_next(
		rules, SESSIO_USER_STATE_DISCONNECTED_LOGGED_ON, SESSIO_USER_EVENT_CONNECTED);

	printf("%s: %s\n", name,
		next == SESSIO_USER_STATE_NONE ? "refused" : sessio_user_state_name(next));
}

int main(void)
{
	print_next("documented", SESSIO_RULES_DOCUMENTED);
	print_next("observed", SESSIO_RULES_OBSERVED);
	return 0;
}
