/* SPDX-License-Identifier: MIT */
/*
 * Our reading of <services/ocap.h>.
 *
 * The names are documented. The numbers are ours, and so is the place of the two
 * parts of a mask. OCAP_HANDLE_ALL_GENERAL is our name.
 */
#ifndef SERVICES_OCAP_H
#define SERVICES_OCAP_H

#include <sessio/handle_space.h>

#define OCAP_HANDLE_TRANSFER SESSIO_HANDLE_TRANSFER
#define OCAP_HANDLE_COPY SESSIO_HANDLE_COPY
#define OCAP_HANDLE_GET_SID SESSIO_HANDLE_GET_SID
#define OCAP_HANDLE_GET_EVENT SESSIO_HANDLE_GET_EVENT
#define OCAP_HANDLE_SET_EVENT SESSIO_HANDLE_SET_EVENT

/** Rights of the provider's own, by number from 0 to 15; published in its header. */
#define OCAP_HANDLE_SPEC(number) (1u << (number))

/** Every general right with a name. */
#define OCAP_HANDLE_ALL_GENERAL                                                                  \
	(OCAP_HANDLE_TRANSFER | OCAP_HANDLE_COPY | OCAP_HANDLE_GET_SID | OCAP_HANDLE_GET_EVENT | \
		OCAP_HANDLE_SET_EVENT)

#endif /* SERVICES_OCAP_H */
