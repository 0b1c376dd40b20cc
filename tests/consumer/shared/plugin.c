/* SPDX-License-Identifier: MIT */
/* Something of each part of the library, behind one function. */
#include <kos/session.h>
#include <sessio/bind.h>
#include <sessio/source.h>

#include <ntddk.h>

const char *plugin_use(void);

const char *plugin_use(void)
{
	sessio_source *source;
	void *session;

	if (KosSessionOpenObject(RTL_NULL, 0, 0, RTL_NULL, &session) != rcInvalidArgument ||
		sessio_bind_add(NULL, NULL) != SESSIO_INVALID_ARG ||
		sessio_source_default(NULL, &source) != SESSIO_INVALID_ARG) {
		return "wrong";
	}
	DbgPrint("the plug-in has it all\n");
	return sessio_version();
}
