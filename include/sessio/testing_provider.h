/* SPDX-License-Identifier: MIT */
/*
 * Providers in a test: load them, be their consumers, unload them.
 *
 * CMake's sessio_add_provider(NAME source... [START function] [STOP function]
 * [EXPORT function...]) compiles a provider's sources as they are and makes a library NAME
 * to link. At each load the provider's variables are as they were when the program began.
 * START is a function `Retcode f(void)`, and STOP a function `void f(void)`. An exported
 * function is for the test, as SESSIO_PROVIDER_FUNCTION() says. All other symbols are no
 * one else's, so several providers fit into one program. It needs what sessio_add_driver()
 * needs.
 *
 * The kit counts what the provider takes: references, operations, registrations,
 * handles. Those that are left after the unload are findings. So is a context that is
 * used after it is gone, and each report of the library. The kit hears of calls from the
 * provider's own sources only. A reference or an operation may be handed over to other code,
 * as `find` of <sessio/transport.h> does. It is a finding if that code has not put it
 * when the provider is unloaded.
 *
 * A kit's consumer stands for a process. It has a handle space of its own, and may act for a
 * user session of the kit's host. It opens objects itself, or gets handles from the
 * provider's functions.
 *
 * Steps after a stop, or after sessio_kit_finish(), answer rcFail. A consumer's call that
 * fails changes nothing.
 *
 * Default: a call keeps no reference, does not block, and calls nobody back but the
 *          provider. The calls for a kit come one at a time, from any thread outside of
 *          callbacks. A call that reaches the provider is a step, on the calling thread.
 */
#ifndef SESSIO_TESTING_PROVIDER_H
#define SESSIO_TESTING_PROVIDER_H

/*
 * From examples/provider_mistakes/main.c:
 *
 *     if (test->session == NULL || sessio_kit_send(test->session, &desc) != rcOk) {
 *         return SESSIO_BAD_STATE;
 *     }
 */

#include <kos/session.h>

#include <sessio/testing.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A provider as sessio_add_provider() linked it; its members are not for tests. */
typedef struct sessio_provider_image {
	sessio_kit_image image;
	Retcode (*start)(void); /* may be NULL, and so may the next */
	void (*stop)(void);
} sessio_provider_image;

/* Declares the provider that sessio_add_provider(name ...) makes: SESSIO_PROVIDER(name); */
#ifdef __cplusplus
#define SESSIO_PROVIDER(name) extern "C" const sessio_provider_image sessio_provider_image_of_##name
#else
#define SESSIO_PROVIDER(name) extern const sessio_provider_image sessio_provider_image_of_##name
#endif

/*
 * Declares an exported function of a provider under the name that it has in the test:
 * after SESSIO_PROVIDER_FUNCTION(lamp, serve); that is lamp_serve(). The provider's header
 * has declared serve() before.
 */
#define SESSIO_PROVIDER_FUNCTION(name, function) extern __typeof__(function) name##_##function

typedef struct sessio_kit_provider sessio_kit_provider;
typedef struct sessio_kit_consumer sessio_kit_consumer;
typedef struct sessio_kit_session sessio_kit_session;

/** Loads the provider that SESSIO_PROVIDER() declares; see sessio_kit_load_provider_image(). */
#define sessio_kit_load_provider(kit, name, out_provider) \
	sessio_kit_load_provider_image((kit), &sessio_provider_image_of_##name, (out_provider))

/**
 * Load a provider: restore its variables and call its START. If that fails, what it leaves
 * is a finding.
 *
 * @param out_provider  may be NULL; set on rcOk only.
 * @return the result of START; rcAlreadyExists (it is loaded), rcInvalidArgument (@p kit or
 *         @p image is NULL), rcOutOfMemory, rcFail.
 *
 * Ref:     *out_provider is borrowed, until the kit is destroyed.
 */
Retcode sessio_kit_load_provider_image(
	sessio_kit *kit, const sessio_provider_image *image, sessio_kit_provider **out_provider);

/**
 * Unload a provider: call its STOP and look for what is left. Each such thing is a finding,
 * and is given back. Consumers may still have sessions.
 *
 * @return rcOk, rcInvalidArgument (it is NULL or not loaded), rcFail.
 */
Retcode sessio_kit_unload_provider(sessio_kit_provider *provider);

/**
 * An object that a provider of this kit has registered.
 *
 * @return the oldest of this name; NULL if there is none, or for NULL.
 *
 * Ref:     borrowed, until it is unregistered.
 */
void *sessio_kit_find_object(sessio_kit *kit, const char *name);

/**
 * Create a consumer.
 *
 * @param session_id  a user session of the kit's host: its logoff and its end close the
 *                    sessions that the consumer opens. SESSIO_KIT_NO_SESSION for none.
 * @return SESSIO_OK, SESSIO_INVALID_ARG (a pointer is NULL), SESSIO_NOT_FOUND (there is no
 *         such user session), SESSIO_BAD_STATE (the kit is finished or stopped, or the user
 *         session has ended), SESSIO_NO_MEMORY.
 *
 * Ref:     *out_consumer is the kit's, for sessio_kit_kill_consumer().
 */
SESSIO_MUST_CHECK
sessio_status sessio_kit_create_consumer(
	sessio_kit *kit, uint32_t session_id, sessio_kit_consumer **out_consumer);

/**
 * Let a consumer die: its operations end, and its handles are closed. So are the sessions that
 * it opened itself, if it has no handle of them. All are freed. NULL is a no-op.
 *
 * Ref:     -1 on @p consumer.
 */
void sessio_kit_kill_consumer(sessio_kit_consumer *consumer);

/**
 * Open an object for a consumer, as KosSessionOpenObject() does. The consumer has a reference
 * to the context until it closes the session or gets a handle.
 *
 * @param out_session  set on rcOk only.
 * @return as KosSessionOpenObject(); rcInvalidArgument also for a consumer that is NULL; rcFail.
 *
 * Ref:     *out_session is the consumer's, for sessio_kit_close_session().
 */
Retcode sessio_kit_open_object(sessio_kit_consumer *consumer, void *object,
	rtl_uint32_t required_rights, rtl_uint32_t share_mode, void *open_arg,
	sessio_kit_session **out_session);

/**
 * Take a container from the provider, such as one that KosSessionContextToIpcHandle() has filled.
 *
 * @param out_session  set on rcOk only.
 * @return rcOk, rcInvalidArgument (a pointer is NULL, or it holds no handle of this process),
 *         rcHandleRevoked, rcNoCapability (it may not be passed on), rcQuotaExceeded,
 *         rcOutOfMemory, rcFail.
 *
 * Ref:     *out_session is the consumer's, for sessio_kit_close_session().
 */
Retcode sessio_kit_receive(sessio_kit_consumer *consumer, const nk_handle_desc_t *sent,
	sessio_kit_session **out_session);

/**
 * Give the consumer of a session a handle of it, in the place of its reference. From now on the
 * session ends with its last handle.
 *
 * @return as KosSessionContextToIpcHandle() and sessio_kit_receive(); rcAlreadyExists (it has
 *         one).
 */
Retcode sessio_kit_give_handle(sessio_kit_session *session);

/**
 * A container as the provider gets it with a request that carries the session's handle.
 *
 * @param out_desc  set on rcOk only.
 * @return rcOk, rcInvalidArgument (a pointer is NULL, or the session has no handle), rcHandleRevoked,
 *         rcOutOfMemory, rcFail.
 */
Retcode sessio_kit_send(sessio_kit_session *session, nk_handle_desc_t *out_desc);

/**
 * Pass a session's handle on to another consumer, with some of its rights.
 *
 * @param rights       a mask, or SESSIO_HANDLE_SAME_RIGHTS.
 * @param out_session  set on rcOk only.
 * @return as sessio_kit_receive(); rcInvalidArgument also for a session without a handle, and for
 *         a consumer of another kit.
 *
 * Ref:     *out_session is the receiver's, for sessio_kit_close_session().
 */
Retcode sessio_kit_pass(sessio_kit_session *session, rtl_uint32_t rights,
	sessio_kit_consumer *receiver, sessio_kit_session **out_session);

/**
 * Revoke the handles that were passed on from a session's handle; it stays itself.
 *
 * @return rcOk, rcInvalidArgument (it is NULL or has no handle), rcHandleRevoked, rcFail.
 */
Retcode sessio_kit_revoke_passed(sessio_kit_session *session);

/**
 * Begin an operation, as the provider's code does for a request: by the handle, if there is one,
 * and KosSessionRef().
 *
 * @return as KosSessionIpcHandleToSession() and KosSessionRef(); rcFail.
 */
Retcode sessio_kit_begin_operation(sessio_kit_session *session);

/**
 * End the oldest operation that sessio_kit_begin_operation() has begun on a session.
 *
 * @return rcOk, rcInvalidArgument (it is NULL), rcInvalidOperation (there is none), rcFail.
 */
Retcode sessio_kit_end_operation(sessio_kit_session *session);

/**
 * Close a session: its handle, if it has one, else as KosSessionCloseObject() does. Operations
 * go on, and can be ended. A second call finds it closed.
 *
 * @return rcOk, rcInvalidArgument (it is NULL), rcInvalidOperation (it is closed already), rcFail.
 */
Retcode sessio_kit_close_session(sessio_kit_session *session);

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_TESTING_PROVIDER_H */
