/* SPDX-License-Identifier: MIT */
#include "peers.h"

#include <stdatomic.h>

#include <glib-object.h>
#include <urcu/ref.h>

#define CLOSED UINT64_C(1)
#define ONE UINT64_C(2)

void *peer_cas_create(void)
{
	return bench_alone(sizeof(_Atomic uint64_t));
}

/* Not inlined: its users call a library, too. */
__attribute__((noinline)) static bool cas_acquire(_Atomic uint64_t *word)
{
	uint64_t seen = atomic_load_explicit(word, memory_order_relaxed);

	do {
		if ((seen & CLOSED) != 0) {
			return false;
		}
	} while (!atomic_compare_exchange_weak_explicit(
		word, &seen, seen + ONE, memory_order_acquire, memory_order_relaxed));
	return true;
}

__attribute__((noinline)) static bool cas_release(_Atomic uint64_t *word)
{
	uint64_t seen = atomic_load_explicit(word, memory_order_relaxed);

	while (!atomic_compare_exchange_weak_explicit(
		word, &seen, seen - ONE, memory_order_acq_rel, memory_order_relaxed)) {
	}
	return seen == (ONE | CLOSED);
}

void peer_cas(void *state, uint64_t n)
{
	_Atomic uint64_t *word = (_Atomic uint64_t *)state;

	for (uint64_t i = 0; i < n; i++) {
		bench_require(cas_acquire(word), "the peer is closed");
		bench_barrier();
		bench_require(!cas_release(word), "the peer has run down");
	}
}

void *peer_urcu_create(void)
{
	struct urcu_ref *ref = (struct urcu_ref *)bench_alone(sizeof(*ref));

	urcu_ref_init(ref);
	return ref;
}

static void urcu_gone(struct urcu_ref *ref)
{
	(void)ref;
	bench_require(false, "the peer's last reference went");
}

void peer_urcu(void *state, uint64_t n)
{
	struct urcu_ref *ref = (struct urcu_ref *)state;

	for (uint64_t i = 0; i < n; i++) {
		bench_require(urcu_ref_get_unless_zero(ref), "the peer is gone");
		bench_barrier();
		urcu_ref_put(ref, urcu_gone);
	}
}

void *peer_gobject_create(void)
{
	return g_object_new(G_TYPE_OBJECT, NULL);
}

void peer_gobject(void *state, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++) {
		bench_use(g_object_ref(state));
		g_object_unref(state);
	}
}

void *peer_rc_box_create(void)
{
	return g_atomic_rc_box_alloc0(128);
}

void peer_rc_box(void *state, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++) {
		bench_use(g_atomic_rc_box_acquire(state));
		g_atomic_rc_box_release(state);
	}
}

static void on_signal(GObject *object, guint event, gpointer ctx)
{
	bench_use(object);
	bench_use(&event);
	bench_use(ctx);
}

static guint signal_id;

void *peer_signal_create(size_t handlers)
{
	GObject *object = (GObject *)g_object_new(G_TYPE_OBJECT, NULL);

	if (signal_id == 0) {
		signal_id = g_signal_new("bench", G_TYPE_OBJECT, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
			g_cclosure_marshal_VOID__UINT, G_TYPE_NONE, 1, G_TYPE_UINT);
	}
	for (size_t i = 0; i < handlers; i++) {
		g_signal_connect_data(object, "bench", (GCallback)on_signal, NULL, NULL, 0);
	}
	return object;
}

void peer_signal(void *state, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++) {
		g_signal_emit(state, signal_id, 0, 5u);
	}
}
