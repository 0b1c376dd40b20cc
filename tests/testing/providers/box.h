/* SPDX-License-Identifier: MIT */
/* A provider of one object, "box". It makes a mistake on request. */
#ifndef SESSIO_TESTS_BOX_H
#define SESSIO_TESTS_BOX_H

#include <kos/session.h>

enum { BOX_LOOK = 1, BOX_FILL = 2 };

enum box_mistake {
	BOX_NONE,
	BOX_NO_PUT, /* of an operation */
	BOX_PUT_TWICE,
	BOX_KEEP_CONTEXT,
	BOX_KEEP_OBJECT,
	BOX_PUT_OBJECT_TWICE,
	BOX_KEEP_HANDLE,
	BOX_KEEP_TYPES,
	BOX_STAY_REGISTERED,
	BOX_EARLY_RIGHTS,
	BOX_REMEMBER, /* the context, without a reference */
	BOX_USE_REMEMBERED,
	BOX_REPORT,
	BOX_REFUSE /* to open */
};

/* How many loads there were; always 1, as variables are restored. */
extern int box_loads;

Retcode box_start(void);
void box_stop(void);

/* Serves one request for a session, by its context. */
Retcode serve(void *context, enum box_mistake mistake);

/* The same by a handle of the session, with all that a provider does then. */
Retcode serve_handle(const nk_handle_desc_t *desc, rtl_uint32_t operation);

/* Opens the box and fills a container for a consumer. */
Retcode open_for(rtl_uint32_t rights, nk_handle_desc_t *desc);

/* Revokes the handles of all sessions. */
Retcode revoke_all(void);

/* How often the box was filled, opened and closed. */
int count_of(char what);

#endif /* SESSIO_TESTS_BOX_H */
