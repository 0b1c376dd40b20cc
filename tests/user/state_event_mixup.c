/* SPDX-License-Identifier: MIT */
/* Takes an event for a state, which a compiler must report; never linked. */
#include <sessio/rules.h>

sessio_user_state mixed_up(sessio_user_event event);

sessio_user_state mixed_up(sessio_user_event event)
{
	return sessio_user_state_next(SESSIO_RULES_DOCUMENTED, event, event);
}
