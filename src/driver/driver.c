/* SPDX-License-Identifier: MIT */
/* The library's beginning and end in a driver. */
#include <sessio/driver.h>

#include "base/bug.h"
#include "platform/kernel.h"
#include "resource/handle_space.h"
#include "resource/session_number.h"
#include "source/windows_kernel.h"

#define NOT_SUPPORTED ((int32_t)UINT32_C(0xC00000BB)) /* STATUS_NOT_SUPPORTED */

static sessio_host *host; /* NULL: not started */
static sessio_source *source; /* NULL: nothing is registered */

static sessio_status follow(int32_t *out_answer)
{
	sessio_status status;

	if (!si_source_windows_kernel.is_offered()) {
		return SESSIO_OK;
	}
	status = si_source_open(&si_source_windows_kernel, host, &source);
	*out_answer = si_windows_kernel_answer();
	/* A refusal, other than for want of memory, is not the driver's end. */
	return status == SESSIO_UNSUPPORTED ? SESSIO_OK : status;
}

static sessio_status begin(int32_t *out_answer)
{
	sessio_status status = sessio_host_create(si_source_windows_kernel.rules, &host);

	if (status == SESSIO_OK) {
		status = sessio_host_set_default(host);
	}
	if (status == SESSIO_OK) {
		status = follow(out_answer);
	}
	return status;
}

static void end(void)
{
	sessio_source *closing = source;
	sessio_host *ending = host;

	source = NULL;
	host = NULL;
	if (closing != NULL) {
		SI_BUG_IF(sessio_source_close(closing) != SESSIO_OK,
			"sessio_stop() was called in a callback");
	}
	si_windows_kernel_set_object(NULL);
	if (ending != NULL) {
		SI_BUG_IF(sessio_host_set_default(NULL) != SESSIO_OK,
			"a driver stops while it watches its default host");
		SI_BUG_IF(sessio_host_destroy(ending) != SESSIO_OK,
			"a driver stops while its default host is used");
	}
	si_handle_space_end_own();
	si_session_number_end();
	si_kernel_stop();
}

sessio_status sessio_start(void *io_object, int32_t *out_answer)
{
	int32_t answer = NOT_SUPPORTED;
	sessio_status status;

	if (!si_kernel_start()) {
		return SESSIO_BAD_STATE;
	}
	si_windows_kernel_set_object(io_object);
	status = begin(&answer);
	if (status != SESSIO_OK) {
		end();
		return status;
	}
	if (out_answer != NULL) {
		*out_answer = answer;
	}
	return SESSIO_OK;
}

void sessio_stop(void)
{
	if (si_kernel_is_started()) {
		end();
	}
}
