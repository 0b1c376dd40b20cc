/* SPDX-License-Identifier: MIT */
/* The sessions of Windows for a service, whose control handler passes on each change. */
#include "source/windows_sessions.h"

static bool is_offered(void)
{
	return si_windows_api() != NULL;
}

static sessio_status start(sessio_source *source, void **out_state)
{
	struct si_windows_mirror *mirror = si_platform_alloc(sizeof(*mirror));
	sessio_status status;

	if (mirror == NULL) {
		return SESSIO_NO_MEMORY;
	}
	si_windows_mirror_init(mirror, source);
	status = si_windows_look(mirror);
	if (status != SESSIO_OK) {
		si_windows_mirror_fini(mirror);
		si_platform_free(mirror);
		return status;
	}
	*out_state = mirror;
	return SESSIO_OK;
}

static void stop(void *state)
{
	(void)state; /* nobody reports but the handler, which is refused by now */
}

static void fini(void *state)
{
	si_windows_mirror_fini(state);
	si_platform_free(state);
}

const struct si_source_ops si_source_windows_service = {
	.name = "windows_service",
	.rules = SESSIO_RULES_OBSERVED,
	.only_by_name = true,
	.is_offered = is_offered,
	.start = start,
	.post = si_source_no_post,
	.stop = stop,
	.fini = fini,
};

sessio_status sessio_source_session_change(
	sessio_source *source, uint32_t code, uint32_t session_id)
{
	sessio_status status;

	if (source == NULL) {
		return SESSIO_INVALID_ARG;
	}
	if (source->ops != &si_source_windows_service) {
		return SESSIO_UNSUPPORTED;
	}
	if (!si_source_begin_report(source)) {
		return SESSIO_BAD_STATE;
	}
	status = si_windows_hear(source->state, code, session_id);
	if (status == SESSIO_OK && si_windows_should_look(source->state, code)) {
		status = si_windows_look(source->state);
	}
	si_source_end_report(source);
	return status;
}
