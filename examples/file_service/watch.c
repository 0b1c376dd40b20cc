/* SPDX-License-Identifier: MIT */
/* The open files and their holders: once, or at each change. */
#include <string.h>

#include "tool.h"

#define TICK_MS 1000

static void looked(void *ctx, const sessio_reply *reply)
{
	struct job *job = ctx;
	bool once = !job->verb->background;

	if (reply->code == FILES_CANCELLED && !job->cancelled) {
		job->version = 0; /* the tick cancelled it */
		watch_look(job);
		return;
	}
	if (reply->status != SESSIO_OK || reply->size < 4) {
		job_ended(job, reply);
		return;
	}
	job->version = files_get32(reply->bytes);
	table_print(job->tool, (const char *)reply->bytes + 4, reply->size - 4, !once);
	if (once || job->cancelled) {
		job_ended(job, reply);
	} else {
		watch_look(job);
	}
}

/* The provider answers when something is not as it was in the version that we have. */
void watch_look(struct job *job)
{
	unsigned char version[4];

	files_put32(version, job->version);
	job_call(job, FILES_WATCH, false, version, sizeof(version), looked);
}

static void on_tick(uv_timer_t *tick)
{
	struct tool *tool = tick->data;

	for (struct job *at = tool->jobs; at != NULL; at = at->next) {
		if (strcmp(at->verb->name, "watch") == 0) {
			(void)sessio_consumer_cancel(tool->consumer, at->number);
		}
	}
}

void watch_run(struct job *job)
{
	struct tool *tool = job->tool;

	if (tool->terminal && !tool->json) {
		tool->tick.data = tool;
		(void)uv_timer_start(&tool->tick, on_tick, TICK_MS, TICK_MS);
	}
	watch_look(job);
}
