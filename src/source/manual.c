/* SPDX-License-Identifier: MIT */
/* The source that mirrors nothing: its sessions are what the program makes of them. */
#include "source/source.h"

static bool is_offered(void)
{
	return true;
}

static sessio_status start(sessio_source *source, void **out_state)
{
	/* There is nothing to begin and nothing to keep. */
	*out_state = source;
	return SESSIO_OK;
}

static sessio_status post(sessio_source *source, uint32_t session_id, sessio_user_event event,
	unsigned flags, sessio_refusal *refusal)
{
	return sessio_host_post(source->host, session_id, event, flags, refusal);
}

static void stop(void *state)
{
	(void)state;
}

const struct si_source_ops si_source_manual = {
	.name = "manual",
	.rules = SESSIO_RULES_DOCUMENTED,
	.is_offered = is_offered,
	.start = start,
	.post = post,
	.stop = stop,
	.fini = si_source_no_fini,
};
