/* SPDX-License-Identifier: MIT */
/*
 * Everything that neither of the two modelled APIs has. Those have their own
 * names: <kos/session.h> and its neighbours, and the headers in nt/.
 */
#ifndef SESSIO_SESSIO_H
#define SESSIO_SESSIO_H

#include <sessio/bind.h>
#include <sessio/diag.h>
#include <sessio/handle_space.h>
#include <sessio/host.h>
#include <sessio/inspect.h>
#include <sessio/loop.h>
#include <sessio/object.h>
#include <sessio/rules.h>
#include <sessio/source.h>
#include <sessio/status.h>
#include <sessio/transport.h>
#include <sessio/user_session.h>
#include <sessio/version.h>
#include <sessio/wait.h>

#endif /* SESSIO_SESSIO_H */
