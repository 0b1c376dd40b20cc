/* SPDX-License-Identifier: MIT */
#include <coresrv/handle/notice_api.h>

#include "base/waiting.h"
#include "kos/retcode.h"
#include "resource/handle_space.h"
#include "resource/notice.h"
#include <services/ocap.h>

_Static_assert(EVENT_OBJECT_DESTROYED == SI_EVENT_OBJECT_DESTROYED &&
		EVENT_BADGE_CLOSED == SI_EVENT_BADGE_CLOSED,
	"the general events have one number");

/* Events fetched in one go: few enough for any stack. */
#define BATCH 16u

Retcode KnNoticeCreate(Notice *notice)
{
	void *object;
	sessio_status status;

	if (notice == NULL) {
		return rcInvalidArgument;
	}
	status = si_notice_create(&object);
	if (status == SESSIO_OK) {
		*notice = object;
	}
	return si_retcode(status);
}

Retcode KnNoticeSubscribeToObject(
	Notice notice, Handle object, rtl_uint32_t evMask, rtl_uintptr_t evId)
{
	sessio_handle_space *space = sessio_handle_space_entered();
	struct si_notice *known = si_notice_of(notice);
	struct si_handle_pin pin;
	sessio_status status;

	if (known == NULL || space == NULL || evMask == 0) {
		return rcInvalidArgument;
	}
	status = si_handle_look_up(space, object, OCAP_HANDLE_GET_EVENT, &pin);
	if (status == SESSIO_OK) {
		status = si_notice_subscribe(known, pin.node->object, evMask, evId);
		(void)si_handle_unpin(space, &pin);
	}
	return si_retcode(status);
}

Retcode KnNoticeSetObjectEvent(Handle object, rtl_uint32_t evMask)
{
	sessio_handle_space *space = sessio_handle_space_entered();
	struct si_handle_pin pin;
	sessio_status status;

	if (space == NULL || evMask == 0 || (evMask & SI_EVENTS_GENERAL) != 0) {
		return rcInvalidArgument;
	}
	status = si_handle_look_up(space, object, OCAP_HANDLE_SET_EVENT, &pin);
	if (status == SESSIO_OK) {
		si_notice_raise(pin.node->object, evMask);
		(void)si_handle_unpin(space, &pin);
	}
	return si_retcode(status);
}

static uint64_t nanoseconds(rtl_uint64_t msec)
{
	return msec >= SI_WAIT_FOREVER / UINT64_C(1000000) ? SI_WAIT_FOREVER
							   : msec * UINT64_C(1000000);
}

/* Fetches as many as there is room for, a batch at a time. Only the first batch waits. */
static sessio_status fetch(struct si_notice *notice, uint64_t timeout_ns, size_t limit,
	EventDesc *events, size_t *out_count)
{
	struct si_notice_event batch[BATCH];
	size_t total = 0;
	size_t got = BATCH;
	sessio_status status = SESSIO_OK;

	while (status == SESSIO_OK && got == BATCH && total < limit) {
		size_t room = limit - total < BATCH ? limit - total : BATCH;

		status = si_notice_get(notice, total == 0 ? timeout_ns : 0, room, batch, &got);
		for (size_t i = 0; status == SESSIO_OK && i < got; i++) {
			events[total++] = (EventDesc){ batch[i].id, batch[i].mask };
		}
	}
	*out_count = total;
	return total == 0 ? status : SESSIO_OK;
}

Retcode KnNoticeGetEvent(
	Notice notice, rtl_uint64_t msec, rtl_size_t countMax, EventDesc *events, rtl_size_t *count)
{
	struct si_notice *known = si_notice_of(notice);
	size_t got;
	sessio_status status;

	if (known == NULL || countMax == 0 || events == NULL || count == NULL) {
		return rcInvalidArgument;
	}
	status = fetch(known, nanoseconds(msec), countMax, events, &got);
	if (status == SESSIO_OK) {
		*count = got;
	}
	return si_retcode(status);
}
