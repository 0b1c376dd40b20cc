/* SPDX-License-Identifier: MIT */
/*
 * Resource sessions: open an object with rights and a share mode, operate on it,
 * close it.
 *
 * Our reading of <kos/session.h>. The functions, their purposes and some
 * parameter names are documented; the prototypes are not public. The order and
 * types of the arguments below, the name KosSessionOps and its layout are ours.
 * This file is the place to correct them.
 *
 * The calls that deal in resource handles (KosSessionContextToIpcHandle,
 * KosSessionIpcHandleToSession, KosSessionCloseObjectByIpcHandle,
 * KosSessionGetObjectHandle, KosSessionGetObjectHandleBySession) come with the
 * handles.
 *
 * Whose the context is: a session context has one reference of its own, which
 * the end of the session drops. Whoever uses a context that another thread may
 * close or unregister takes a reference first. The open callback is the place
 * where that cannot come too late:
 *
 *     static Retcode open(void *object, void *sessionCtx, void *openCtx, ...)
 *     {
 *             KosRefObject(sessionCtx); // for the one who called KosSessionOpenObject
 *
 * How a session ends: closing refuses new operations and runs the close
 * callback; it never waits. When the last operation is done, on whatever thread
 * that is, the rights are released for others, closeComplete runs, and the
 * context's own reference is dropped. <sessio/wait.h> waits for that, and
 * <sessio/inspect.h> says what holds it up.
 */
#ifndef KOS_SESSION_H
#define KOS_SESSION_H

/*
 * From examples/first_session.c:
 *
 *     Retcode rc = KosSessionOpenObject(lamp, CAN_READ | CAN_WRITE, CAN_READ, RTL_NULL, &mine);
 *
 *     if (rc != rcOk) {
 *         return rc;
 *     }
 */

#include <kos/objects.h>

__RTL_BEGIN_DECLS

/** Every object that is to be opened is of a type that inherits this one. */
extern KosObjectType *const kosSessionBaseObjectType;

/** Session contexts are of this type or of one that inherits it. */
extern KosObjectType *const kosSessionBaseSessionType;

/** A session type; an object, too. */
typedef struct KosSessionType KosSessionType;

/**
 * Runs when a session is created, after the context has been constructed.
 *
 * @param sessionCtx   the new context; no operation can begin on it yet.
 * @param openCtx      as given to KosSessionOpenObject().
 * @param handleRights what consumers' handles will be allowed; 0 unless set here.
 * @return rcOk, or any other code: then no session is created, neither close nor
 *         closeComplete runs, and the opener gets this code.
 *
 * Ref:     may take references, on @p sessionCtx, too.
 * Locks:   called with none held; may call anything, on @p object, too.
 * Threads: the opener's; several at once.
 * Models:  CB-1..CB-3, CB-10
 */
typedef Retcode KosSessionOpen(
	void *object, void *sessionCtx, void *openCtx, rtl_uint32_t *handleRights);

/**
 * Runs once when a session's end begins, whether or not operations are active;
 * none begins any more.
 *
 * @return ignored.
 *
 * Ref:     none to take care of.
 * Locks:   called with none held; may call anything, on @p object, too.
 * Threads: that of the call that closes or unregisters; several at once.
 * Models:  CB-4..CB-6
 */
typedef Retcode KosSessionClose(void *object, void *sessionCtx);

/**
 * Runs once when a session's end is complete: the close callback has returned
 * and no operation is active. The rights of the session are free again.
 *
 * Ref:     none to take care of.
 * Locks:   called with none held; may call anything, on @p object, too.
 * Threads: that of the last operation or of the close; several at once.
 * Models:  CB-7..CB-9
 */
typedef void KosSessionCloseComplete(void *object, void *sessionCtx);

/** What a session type does when its sessions come and go. */
typedef struct KosSessionOps {
	KosSessionOpen *open;
	KosSessionClose *close;
	KosSessionCloseComplete *closeComplete; /**< may be RTL_NULL */
} KosSessionOps;

/**
 * Is called for each session that KosSessionWalk() finds.
 *
 * @return rcOk to go on; any other code ends the walk, which returns it.
 *
 * Ref:     the walk holds @p sessionCtx for the time of the call.
 * Locks:   called with none held; may call anything, on @p object, too.
 * Threads: the walker's.
 * Models:  WK-1, WK-2, WK-4
 */
typedef Retcode KosSessionHandler(void *object, void *sessionCtx, void *walkCtx);

/**
 * Create a session type.
 *
 * @param objectType  what can be opened; inherits kosSessionBaseObjectType.
 * @param sessionType of the contexts: kosSessionBaseSessionType or one that
 *                    inherits it; its constructor gets the openCtx.
 * @param ops         copied; open and close are mandatory.
 * @param outType     set on rcOk only.
 * @return rcOk, rcInvalidArgument (an argument is RTL_NULL, a type does not
 *         inherit what it must, a mandatory callback is missing), rcOutOfMemory.
 *
 * Ref:     *outType is +1, owned by the caller until KosSessionDestroyType();
 *          both types are held.
 * Locks:   takes none.
 * Threads: any.
 * Models:  ST-1..ST-9, SG-6
 */
Retcode KosSessionCreateType(KosObjectType *objectType, KosObjectType *sessionType,
	const KosSessionOps *ops, KosSessionType **outType);

/**
 * Destroy a session type, once. Sessions that still end keep it alive, and so do
 * objects that are still registered with it, which is reported as
 * SESSIO_DIAG_TYPE_IN_USE; nothing can be registered with it any more. RTL_NULL
 * is a no-op, anything else is reported as SESSIO_DIAG_MISUSE.
 *
 * Ref:     -1 on @p type; do not touch @p type after this.
 * Locks:   takes none, but the last drop runs destructors: hold none.
 * Threads: any.
 * Models:  DT-1, DT-2
 */
void KosSessionDestroyType(KosSessionType *type);

/**
 * Register an object, so that it can be opened.
 *
 * @param object of the type that the session type is for.
 * @return rcOk, rcInvalidArgument (one is RTL_NULL or of a wrong type),
 *         rcInvalidOperation (the session type is destroyed), rcAlreadyExists
 *         (it is registered, with this type or another).
 *
 * Ref:     the registration holds @p object and @p type.
 * Locks:   takes the resource lock.
 * Threads: any.
 * Models:  RG-1..RG-4
 */
Retcode KosSessionRegisterObject(KosSessionType *type, void *object);

/**
 * Unregister an object and close all its sessions. It does not wait for their
 * ends; it returns when every close callback has run, but for those of sessions
 * that others were closing already. A session that is being opened meanwhile
 * ends, too, before its opening fails. The object can be registered again at
 * once.
 *
 * @return rcOk, rcInvalidArgument (@p object is RTL_NULL or cannot be opened),
 *         rcResourceNotFound (it was never registered), rcInvalidOperation (it
 *         was, but is not now).
 *
 * Ref:     the registration lets go of @p object; keep one reference of your own.
 * Locks:   takes the resource lock for moments; runs callbacks: hold none.
 * Threads: any.
 * Models:  UN-1..UN-3, UN-5
 */
Retcode KosSessionUnregisterObject(void *object);

/**
 * Open an object: create a session on it.
 *
 * The share rule, over all sessions of this object that have not ended yet:
 * @p requiredRights must lie within the shareMode of each, and @p shareMode
 * must include the requiredRights of each.
 *
 * @param requiredRights the session's rights, bits as the provider likes; may be 0.
 * @param shareMode      what other sessions may have besides; 0 for nothing.
 * @param openCtx        passed to the open callback and to constructors.
 * @param sessionCtx     set on rcOk only.
 * @return rcOk, rcInvalidArgument (@p object is RTL_NULL or cannot be opened,
 *         @p sessionCtx is RTL_NULL), rcResourceNotFound (it is not registered,
 *         or not any more), rcBusy (the share rule forbids it), rcInvalidOperation
 *         (the thread is in a bind that is spent, or somebody whom the open
 *         callback told of the context has closed it by now), rcOutOfMemory, or
 *         the code of the open callback or of a constructor.
 *
 * Ref:     *sessionCtx has one, which belongs to the session: see the top.
 * Locks:   takes the resource lock for moments; runs callbacks: hold none.
 * Threads: any.
 * Models:  OP-1..OP-10, SG-2, SG-4, LO-1
 */
Retcode KosSessionOpenObject(void *object, rtl_uint32_t requiredRights, rtl_uint32_t shareMode,
	void *openCtx, void **sessionCtx);

/**
 * Close an object: begin the end of one session. It does not wait; the end is
 * complete when no operation is active. May be called inside an operation of
 * the same session.
 *
 * @return rcOk, rcInvalidArgument (@p sessionCtx is RTL_NULL or no context),
 *         rcInvalidOperation (the session is closed already, or its open
 *         callback has not returned).
 *
 * Ref:     the end drops the context's own; keep one of your own to look at it
 *          afterwards.
 * Locks:   takes the resource lock for moments; runs callbacks: hold none.
 * Threads: any.
 * Models:  CL-1, CL-2, CL-6
 */
Retcode KosSessionCloseObject(void *sessionCtx);

/**
 * Begin an operation. On rcOk the session does not end before the matching
 * KosSessionPut(), which may come from any thread.
 *
 * @param type   the session type that the context must be of, RTL_NULL for any.
 * @param object the open object, set on rcOk only; RTL_NULL if not wanted.
 * @return rcOk, rcInvalidArgument (@p sessionCtx is RTL_NULL, no context, or of
 *         another session type), rcInvalidOperation (the session is closed or
 *         not yet open), rcQuotaExceeded (too many operations).
 *
 * Ref:     *object is borrowed until the matching put.
 * Locks:   takes none.
 * Threads: any; several operations at once.
 * Models:  RF-1..RF-4, SG-3, LO-2
 */
Retcode KosSessionRef(void *sessionCtx, KosSessionType *type, void **object);

/**
 * End an operation. The last one of a closed session completes its end on this
 * thread. RTL_NULL is a no-op, what is no context is reported as
 * SESSIO_DIAG_MISUSE; a put without its ref stops the program.
 *
 * Ref:     do not touch @p sessionCtx after this without a reference of your own.
 * Locks:   takes none, but may complete an end and run callbacks: hold none.
 * Threads: any.
 * Models:  PU-1, PU-2
 */
void KosSessionPut(void *sessionCtx);

/**
 * Call a handler once for each open session of an object. Sessions that are
 * open during the whole walk are met exactly once; those that are opened or
 * closed meanwhile may be met or not. The order is not promised.
 *
 * @param walkCtx passed to the handler.
 * @return rcOk (also if there is no session), rcInvalidArgument (@p object is
 *         RTL_NULL or cannot be opened, @p handler is RTL_NULL),
 *         rcResourceNotFound (it is not registered), or what the handler
 *         returned to stop the walk.
 *
 * Ref:     none.
 * Locks:   takes the resource lock for moments, never across the handler.
 * Threads: any; several walks at once.
 * Models:  WK-1..WK-4
 */
Retcode KosSessionWalk(void *object, KosSessionHandler *handler, void *walkCtx);

/**
 * The rights of a session, to compare with what an operation needs.
 *
 * @return the requiredRights given at open; 0 if @p sessionCtx is RTL_NULL or no
 *         context, and once the session is closed.
 *
 * Ref:     none.
 * Locks:   takes none.
 * Threads: any.
 * Models:  GR-1, GR-2
 */
rtl_uint32_t KosSessionGetOpenRights(void *sessionCtx);

__RTL_END_DECLS

#endif /* KOS_SESSION_H */
