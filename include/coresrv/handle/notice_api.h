/* SPDX-License-Identifier: MIT */
/*
 * Notices: queues of the events of resources.
 *
 * Our reading of <coresrv/handle/notice_api.h>. The functions, their arguments and
 * the names Notice and INFINITE_TIMEOUT are documented; that a notice is a pointer
 * to a KosObject, too. The structure's name and the numbers are ours.
 *
 * A notice is given back with KosPutObject(). A thread that uses another's takes a
 * reference first. An entry collects its events until they are fetched, so none is
 * lost, and an event that comes twice in between is one.
 *
 * Default: a call keeps no reference, does not block, calls nobody back, and is
 *          open to any thread.
 */
#ifndef CORESRV_HANDLE_NOTICE_API_H
#define CORESRV_HANDLE_NOTICE_API_H

#include <handle/event_descr.h>
#include <handle/handletype.h>
#include <rtl/compiler.h>
#include <rtl/retcode.h>
#include <rtl/stddef.h>
#include <rtl/stdint.h>

__RTL_BEGIN_DECLS

/** A KosObject that receives events. */
typedef struct sessio_notice *Notice;

/** A time limit that never comes. */
#define INFINITE_TIMEOUT UINT64_MAX

/**
 * Make a notice.
 *
 * @return rcOk, rcInvalidArgument (@p notice is NULL), rcOutOfMemory.
 *
 * Ref:     *notice is the caller's, for KosPutObject().
 * Models:  N-26
 */
Retcode KnNoticeCreate(Notice *notice);

/**
 * Receive events of a handle's resource. The same entry of the same resource takes
 * the new mask.
 *
 * @param evMask which events; not 0.
 * @param evId   the entry under which they come.
 * @return rcOk, rcInvalidArgument (@p notice or @p object is none, or the mask is 0),
 *         rcHandleRevoked, rcNoCapability (OCAP_HANDLE_GET_EVENT is missing),
 *         rcOutOfMemory.
 *
 * Models:  N-22, N-23
 */
Retcode KnNoticeSubscribeToObject(
	Notice notice, Handle object, rtl_uint32_t evMask, rtl_uintptr_t evId);

/**
 * Raise events of a handle's resource.
 *
 * @param evMask events of the special parts; not 0.
 * @return rcOk, rcInvalidArgument (@p object is none, or the mask is 0 or has events
 *         of the general part), rcHandleRevoked, rcNoCapability
 *         (OCAP_HANDLE_SET_EVENT is missing).
 *
 * Models:  N-22, N-23, N-27
 */
Retcode KnNoticeSetObjectEvent(Handle object, rtl_uint32_t evMask);

/**
 * Fetch events, and wait for the first. Entries come in the order of their first
 * event.
 *
 * @param msec     milliseconds; 0 only looks, INFINITE_TIMEOUT waits without end.
 * @param countMax how many entries there is room for; not 0.
 * @param count    how many have come; set on rcOk only.
 * @return rcOk, rcInvalidArgument (@p notice is none, a pointer is NULL, or there is
 *         no room), rcTimeout.
 *
 * Blocks:  until there is an event, or the time is over.
 * Models:  N-23, N-25
 */
Retcode KnNoticeGetEvent(Notice notice, rtl_uint64_t msec, rtl_size_t countMax, EventDesc *events,
	rtl_size_t *count);

__RTL_END_DECLS

#endif /* CORESRV_HANDLE_NOTICE_API_H */
