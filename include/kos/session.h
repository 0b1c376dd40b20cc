/* SPDX-License-Identifier: MIT */
/*
 * Resource sessions: open an object with rights and a share mode, operate on it,
 * close it.
 *
 * Our reading of <kos/session.h>. The functions, their purposes and some
 * parameter names are documented; the prototypes are not public. Ours are the
 * order and types of all arguments, the layout of KosSessionOps, and the names
 * KosSessionType, KosSessionOps, KosSessionOpen, KosSessionClose,
 * KosSessionCloseComplete and KosSessionHandler. This file is the place to
 * correct them.
 *
 * Handles of a session: KosSessionContextToIpcHandle() fills a container, which the
 * provider sends. Each handle that comes from it can be sent back, and then yields
 * the context. When the last of them is closed or revoked, the context's own
 * reference is dropped, which ends the session if it was the last. So a consumer
 * that dies ends its session. A provider that wants to end it itself takes a
 * reference before it sends the container, and puts it after the close:
 *
 *     KosRefObject(sessionCtx);
 *     ...
 *     rc = KosSessionCloseObject(sessionCtx);
 *     KosPutObject(sessionCtx);
 *
 * Handles stay valid while operations run. The end of the session revokes them, and
 * then runs closeComplete. A revoked handle is still its holder's to close.
 *
 * Whose the context is: a context has one reference of its own, which the end of
 * the session drops. A thread that uses a context while others may close or
 * unregister needs a reference besides. The open callback is the place to take
 * it, because there it cannot come too late:
 *
 *     static Retcode on_open(void *object, void *sessionCtx, void *openCtx, ...)
 *     {
 *             KosRefObject(sessionCtx); // the opener's: it puts it when it is done
 *
 * This reference always has an owner. If open refuses, the callback puts it. If
 * open agrees, the opener gets rcOk and the context, even of a session that was
 * closed meanwhile. Such a session refuses operations as any closed one.
 *
 * How a session ends: closing refuses new operations and runs the close
 * callback; it never waits. When the last operation is done, the rights are
 * released for others, closeComplete runs, and the context's own reference is
 * dropped. If somebody drops that one before, with KosPutObject(), and it is the
 * last, this closes the session. <sessio/wait.h> waits for the end, and
 * <sessio/inspect.h> says what holds it up and why it began.
 *
 * closeComplete callbacks do not nest. An end may become complete inside one, or
 * inside a destructor. Its closeComplete then runs after that has returned, or at
 * the thread's next wait. The same holds for an end that a last put begins there.
 *
 * A callback may not be left by an exception, a thread exit or a cancellation;
 * the library stops the program then. Nor may it be left by longjmp().
 *
 * Default: a call keeps no reference, does not block, calls nobody back, and is
 *          open to any thread. Callbacks run on the thread that causes them,
 *          several at once, and may call anything, on the same object, too.
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
#include <nk/types.h>

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
 * Ref:     may take references, on @p sessionCtx, too. On another code than rcOk it
 *          gives them back itself.
 * Threads: the opener's; the user session and the bind that it entered are seen.
 * Models:  CB-1..CB-3, CB-10
 */
typedef Retcode KosSessionOpen(
	void *object, void *sessionCtx, void *openCtx, rtl_uint32_t *handleRights);

/**
 * Runs once when a session's end begins, whether or not operations are active;
 * none begins any more. sessio_session_end_reason() says why it ends.
 *
 * @return ignored; a code other than rcOk is reported as SESSIO_DIAG_CALLBACK.
 *
 * Threads: that of the call that closes; nothing that it acts for is seen here.
 * Models:  CB-4..CB-6
 */
typedef Retcode KosSessionClose(void *object, void *sessionCtx);

/**
 * Runs once when a session's end is complete: the close callback has returned
 * and no operation is active. The rights of the session are free again.
 *
 * Threads: that of the last operation or of the close; nothing that it acts for
 *          is seen here.
 * Models:  CB-7..CB-9
 */
typedef void KosSessionCloseComplete(void *object, void *sessionCtx);

/** The callbacks of a session type. */
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
 * Threads: the walker's; the user session and the bind that it entered are seen.
 * Models:  WK-1, WK-2, WK-4
 */
typedef Retcode KosSessionHandler(void *object, void *sessionCtx, void *walkCtx);

/**
 * Create a session type.
 *
 * @param objectType  the objects that can be opened; inherits
 *                    kosSessionBaseObjectType, and is not that type itself.
 * @param sessionType the contexts: kosSessionBaseSessionType or a type that
 *                    inherits it; its constructor gets the openCtx.
 * @param ops         copied; open and close are mandatory.
 * @param outType     set on rcOk only.
 * @return rcOk, rcInvalidArgument (an argument is RTL_NULL, a type does not
 *         inherit its base, a mandatory callback is missing), rcOutOfMemory.
 *
 * Ref:     *outType is +1, owned by the caller until KosSessionDestroyType();
 *          both types are held.
 * Models:  ST-1..ST-9, SG-6
 */
Retcode KosSessionCreateType(KosObjectType *objectType, KosObjectType *sessionType,
	const KosSessionOps *ops, KosSessionType **outType);

/**
 * Destroy a session type, once. Contexts that still exist keep it alive. So do
 * objects that are still registered with it, which is reported as
 * SESSIO_DIAG_TYPE_IN_USE; nothing can be registered with it any more. RTL_NULL
 * is a no-op, anything else is reported as SESSIO_DIAG_MISUSE.
 *
 * Ref:     -1 on @p type; do not touch @p type after this.
 * Models:  DT-1, DT-2
 */
void KosSessionDestroyType(KosSessionType *type);

/**
 * Register an object, so that it can be opened.
 *
 * @param object of the type that the session type is for.
 * @return rcOk, rcInvalidArgument (one is RTL_NULL or of a wrong type),
 *         rcInvalidOperation (the session type is destroyed), rcAlreadyExists
 *         (it is registered, with this type or another), rcOutOfMemory.
 *
 * Ref:     the registration holds @p object and @p type.
 * Models:  RG-1..RG-4
 */
Retcode KosSessionRegisterObject(KosSessionType *type, void *object);

/**
 * Unregister an object and close its sessions, one after the other, each as
 * KosSessionCloseObject() would. It does not wait for their ends. When it returns
 * every close callback has returned, except where another thread is closing the
 * session. A session that is being opened meanwhile is closed, too, and ends
 * before its opening returns. The object can be registered again at once.
 *
 * @return rcOk, rcInvalidArgument (@p object is RTL_NULL or cannot be opened),
 *         rcResourceNotFound (it is not registered).
 *
 * Ref:     the registration lets go of @p object; keep one reference of your own.
 * Calls back: close and closeComplete of the sessions that it ends.
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
 * A session may be closed before this call returns, for instance because the
 * object is unregistered or the user of a bound session leaves. If open has
 * agreed, the session then ends as any other. The call returns rcOk and the
 * context of a closed session if somebody has a reference to it. Without such a
 * reference nobody could own the context, and the call fails.
 *
 * @param requiredRights the session's rights, bits as the provider likes; may be 0.
 * @param shareMode      what other sessions may have besides; 0 for nothing.
 * @param openCtx        passed to the open callback and to constructors.
 * @param sessionCtx     set on rcOk only.
 * @return rcOk, rcInvalidArgument (@p sessionCtx is RTL_NULL, or @p object is or
 *         cannot be opened), rcResourceNotFound (it is not registered,
 *         or not any more), rcBusy (the share rule forbids it), rcInvalidOperation
 *         (the thread is in a bind that is closed, or the session was closed
 *         meanwhile), rcOutOfMemory, or the code of the open callback or of a
 *         constructor.
 *
 * Ref:     *sessionCtx has one, which belongs to the session: see the top.
 * Calls back: constructors of the context, and open; if the session is closed
 *          meanwhile, also close and closeComplete.
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
 * Calls back: close; closeComplete if no operation is active.
 * Models:  CL-1, CL-2, CL-6
 */
Retcode KosSessionCloseObject(void *sessionCtx);

/**
 * Begin an operation. On rcOk the session does not end before the matching
 * KosSessionPut(), which may come from any thread.
 *
 * @param type   a session type, RTL_NULL for any. The context must be of the type
 *               that @p type has for its contexts, or of one that inherits it.
 * @param object the open object, set on rcOk only; RTL_NULL if not wanted.
 * @return rcOk, rcInvalidArgument (@p sessionCtx is RTL_NULL, no context, or of
 *         another type), rcInvalidOperation (the session is closed or
 *         not yet open), rcQuotaExceeded (too many operations).
 *
 * Ref:     *object is borrowed until the matching put.
 * Models:  RF-1..RF-4, SG-3, LO-2
 */
Retcode KosSessionRef(void *sessionCtx, KosSessionType *type, void **object);

/**
 * End an operation. The last one of a closed session completes its end on this
 * thread. RTL_NULL is a no-op, and an object that is no context is reported as
 * SESSIO_DIAG_MISUSE. A put without its ref stops the program, at the latest when the
 * session is closed and its last operation ends.
 *
 * Ref:     do not touch @p sessionCtx after this without a reference of your own.
 * Calls back: closeComplete, if it is the last operation of a closed session.
 * Models:  PU-1, PU-2
 */
void KosSessionPut(void *sessionCtx);

/**
 * Call a handler once for each session of an object: from the moment when open
 * agreed until just before closeComplete. A session for which that holds during
 * the whole walk is met exactly once, any other at most once. The order is not
 * promised.
 *
 * @param walkCtx passed to the handler.
 * @return rcOk (also if there is no session), rcInvalidArgument (@p object is
 *         RTL_NULL or cannot be opened, @p handler is RTL_NULL),
 *         rcResourceNotFound (it is not registered), or what the handler
 *         returned to stop the walk.
 *
 * Calls back: the handler.
 * Models:  WK-1..WK-4
 */
Retcode KosSessionWalk(void *object, KosSessionHandler *handler, void *walkCtx);

/**
 * The rights of a session, to compare with what an operation needs. They can be
 * read for as long as there is a context, in every callback, too.
 *
 * @return the requiredRights given at open; 0 if @p sessionCtx is RTL_NULL or no
 *         context.
 *
 * Models:  GR-1, GR-2
 */
rtl_uint32_t KosSessionGetOpenRights(void *sessionCtx);

/**
 * Fill a container with a handle of the session, to be sent to the consumer. It
 * carries the mask that open has set, and the context is its transfer context.
 * Another call gives another container for the same transfer context. A container
 * does not keep the session open. Sent after the session has ended, it is refused as
 * revoked. The session ends when the last handle of it is closed, unless the provider has
 * taken a reference to the context before: examples/last_handle.c shows both.
 *
 * @param desc set on rcOk only.
 * @return rcOk, rcInvalidArgument (@p sessionCtx is RTL_NULL or no context, @p desc
 *         is RTL_NULL), rcNoCapability (the mask has a bit that the object's handle
 *         has not: all specialised and all named general ones), rcInvalidOperation
 *         (the session is closed, its open callback runs still, or the object's
 *         handle is in another space), rcHandleRevoked (the object's handle was
 *         revoked, and the session's are just going), rcResourceNotFound (the object
 *         is being unregistered), rcQuotaExceeded (the space is full, or there are
 *         too many operations), rcOutOfMemory.
 *
 * Calls back: closeComplete, if the session is closed meanwhile.
 * Models:  IH-1..IH-11
 */
Retcode KosSessionContextToIpcHandle(void *sessionCtx, nk_handle_desc_t *desc);

/**
 * The session of a container that has come with a request.
 *
 * @param type       a session type, RTL_NULL for any, as for KosSessionRef(). With
 *                   RTL_NULL the caller checks the type before it casts.
 * @param operation  the rights that the operation needs, in bits of the handle's
 *                   mask; all must be there.
 * @param sessionCtx set on rcOk only.
 * @return rcOk, rcInvalidArgument (a pointer is RTL_NULL, the container is not
 *         dereferenced or no session's, the context is of another type),
 *         rcHandleRevoked (the session has ended), rcNoCapability (a right is
 *         missing), rcInvalidOperation (the session is closed).
 *
 * Ref:     *sessionCtx is borrowed from the request, or from the handles of the
 *          session; KosSessionRef() before the use.
 * Models:  IS-1..IS-6
 */
Retcode KosSessionIpcHandleToSession(const nk_handle_desc_t *desc, KosSessionType *type,
	rtl_uint32_t operation, void **sessionCtx);

/**
 * Close the object for the session of a container that has come with a request, as
 * KosSessionCloseObject() does.
 *
 * @param type a session type, RTL_NULL for any, as for KosSessionRef().
 * @return rcOk, rcInvalidArgument (@p desc is RTL_NULL, not dereferenced or no
 *         session's, or the context is of another type), rcHandleRevoked (the
 *         session has ended), rcInvalidOperation (the session is closed already).
 *
 * Calls back: close; closeComplete if no operation is active.
 * Models:  CL-1..CL-6
 */
Retcode KosSessionCloseObjectByIpcHandle(const nk_handle_desc_t *desc, KosSessionType *type);

/**
 * The handle of a registered object: for notices, and for questions to the security
 * module. It is made at the first use, in the space that the thread uses, with all
 * specialised and all named general rights. Revoking it revokes the handles of all
 * sessions, and ends those that nobody has another reference to. The next use makes a
 * new one.
 *
 * @return rcOk, rcInvalidArgument (a pointer is RTL_NULL, or @p object cannot be
 *         opened), rcResourceNotFound (it is not registered), rcInvalidOperation
 *         (its handle is in another space), rcQuotaExceeded (the space is full),
 *         rcOutOfMemory.
 *
 * Ref:     *handle is borrowed until the object is unregistered. KnHandleClose() refuses it.
 * Models:  GH-1..GH-3
 */
Retcode KosSessionGetObjectHandle(void *object, Handle *handle);

/**
 * The same for the object of a session.
 *
 * @return rcOk, rcInvalidArgument (a pointer is RTL_NULL, or @p sessionCtx is no
 *         context), rcResourceNotFound (the object is not registered),
 *         rcInvalidOperation (its handle is in another space), rcQuotaExceeded (the
 *         space is full), rcOutOfMemory.
 *
 * Ref:     *handle is borrowed until the object is unregistered. KnHandleClose() refuses it.
 * Models:  GH-1..GH-3
 */
Retcode KosSessionGetObjectHandleBySession(void *sessionCtx, Handle *handle);

__RTL_END_DECLS

/*
 * The inline ways of KosSessionRef() and KosSessionPut(), where there are any. Other uses of
 * the names, such as their addresses, are the functions'.
 */
#if defined(__OPTIMIZE__) && !defined(__OPTIMIZE_SIZE__) && !defined(SESSIO_NO_INLINE)
#include <sessio/fast.h>
#if defined(SESSIO_FAST_IS_INLINE)
__RTL_BEGIN_DECLS
SESSIO_FAST_DEFINE(KosSessionRef, KosSessionPut, Retcode, KosSessionType);
__RTL_END_DECLS
#endif
#endif

#endif /* KOS_SESSION_H */
