/* SPDX-License-Identifier: MIT */
/* File system filters: registered and started, with nothing to filter. */
#include "nt/fltKernel.h"

#include "platform/platform.h"

struct _FLT_FILTER {
	BOOLEAN started;
};

NTSTATUS FltRegisterFilter(
	PDRIVER_OBJECT driver, const FLT_REGISTRATION *registration, PFLT_FILTER *filter)
{
	struct _FLT_FILTER *made;

	if (driver == NULL || registration == NULL || filter == NULL) {
		return STATUS_INVALID_PARAMETER;
	}
	if (registration->Size != sizeof(*registration) ||
		registration->Version != FLT_REGISTRATION_VERSION) {
		return STATUS_INVALID_PARAMETER;
	}
	made = si_platform_alloc(sizeof(*made));
	if (made == NULL) {
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	made->started = FALSE;
	*filter = made;
	return STATUS_SUCCESS;
}

NTSTATUS FltStartFiltering(PFLT_FILTER filter)
{
	if (filter == NULL) {
		return STATUS_INVALID_PARAMETER;
	}
	if (filter->started) {
		return STATUS_INVALID_PARAMETER;
	}
	filter->started = TRUE;
	return STATUS_SUCCESS;
}

void FltUnregisterFilter(PFLT_FILTER filter)
{
	si_platform_free(filter);
}
