/* SPDX-License-Identifier: MIT */
#include "nt/status.h"

NTSTATUS si_nt_status(sessio_status status)
{
	switch (status) { /* no default: -Wswitch sees a missing row */
	case SESSIO_OK:
		return STATUS_SUCCESS;
	case SESSIO_INVALID_ARG:
		return STATUS_INVALID_PARAMETER;
	case SESSIO_NO_RIGHTS:
		return STATUS_ACCESS_DENIED;
	case SESSIO_REVOKED:
		return STATUS_INVALID_HANDLE;
	case SESSIO_BAD_STATE:
		return STATUS_INVALID_DEVICE_STATE;
	case SESSIO_NOT_FOUND:
		return STATUS_NOT_FOUND;
	case SESSIO_EXISTS:
		return STATUS_ALREADY_COMMITTED; /* the documented word for a second registration */
	case SESSIO_BUSY:
		return STATUS_SHARING_VIOLATION;
	case SESSIO_LIMIT:
		return STATUS_QUOTA_EXCEEDED;
	case SESSIO_NO_MEMORY:
		return STATUS_INSUFFICIENT_RESOURCES;
	case SESSIO_TIMEOUT:
		return STATUS_IO_TIMEOUT; /* STATUS_TIMEOUT counts as success */
	case SESSIO_REFUSED:
		return STATUS_REQUEST_NOT_ACCEPTED;
	case SESSIO_UNSUPPORTED:
		return STATUS_NOT_SUPPORTED;
	case SESSIO_DISCONNECTED:
		return STATUS_PIPE_DISCONNECTED;
	}
	return STATUS_INTERNAL_ERROR;
}
