/* SPDX-License-Identifier: MIT */
/*
 * The inline way of KosSessionRef() and KosSessionPut(). <kos/session.h> includes it for
 * gcc and clang on 64-bit Linux with glibc, in code that is compiled for speed and without
 * the thread sanitizer. SESSIO_NO_INLINE before the first header leaves it out.
 *
 * A thread has a desk with a few slots. A session that a thread uses again and again
 * gets a slot, in which this thread counts its operations without a locked
 * instruction. The thread that closes the session takes the counts, and pays for that with
 * a system call. Where the system has no such call, no thread has a desk, and all is
 * counted as before.
 *
 * The documents keep the layout of a session private (ST-5). Ours is not, as far as it
 * is declared here. All of it is for those two inline functions alone, and may change with
 * each version. A program whose headers have another layout than the library does not link.
 */
#ifndef SESSIO_FAST_H
#define SESSIO_FAST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__) && defined(__linux__) && defined(__GLIBC__) && defined(__LP64__)
#define SESSIO_FAST

/* The thread sanitizer does not know the order that this relies on. */
#if defined(__SANITIZE_THREAD__)
#define SESSIO_FAST_IS_WATCHED
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define SESSIO_FAST_IS_WATCHED
#endif
#endif
#if !defined(SESSIO_FAST_IS_WATCHED)
#define SESSIO_FAST_IS_INLINE
#endif

#ifdef __cplusplus
extern "C" {
#define SESSIO_FAST_ADDRESS(pointer) (reinterpret_cast<uintptr_t>(pointer))
#else
#define SESSIO_FAST_ADDRESS(pointer) ((uintptr_t)(pointer))
#endif

/* ISO C wants no static function in those two, which are extern. */
#define SESSIO_FAST_INLINE extern __inline__ __attribute__((gnu_inline, always_inline))

#define SESSIO_FAST_SLOTS 16u

/* The key of an empty slot; no context is there. */
#define SESSIO_FAST_NOBODY 1u

/* A test that wants threads to meet stops them here. */
#if !defined(SESSIO_FAST_PAUSE)
#define SESSIO_FAST_PAUSE() ((void)0)
#endif

struct sessio_fast_slot {
	uintptr_t key;
	uint64_t begun;
	uint64_t ended;
	uint64_t harvest;
	void *object;
	const void *type;
	uintptr_t wanted;
	uint64_t times;
} __attribute__((aligned(64)));

struct sessio_fast_desk {
	struct sessio_fast_slot slot[SESSIO_FAST_SLOTS];
};

/* The calling thread's; never NULL. The number in the name is the layout's. */
#define SESSIO_FAST_DESK sessio_fast_desk_1
extern __thread struct sessio_fast_desk *SESSIO_FAST_DESK
	__attribute__((tls_model("initial-exec"), visibility("hidden")));

/* Whether a step that met a slot on its way out is counted. */
bool sessio_fast_settle(struct sessio_fast_slot *slot);

/* The two functions without their inline way, which calls them. */
int32_t sessio_fast_ref_slowly(void *context, const void *type, void **object);
void sessio_fast_put_slowly(void *context);

/* The slot on a desk that this context would have. */
SESSIO_FAST_INLINE struct sessio_fast_slot *sessio_fast_slot_of(
	struct sessio_fast_desk *desk, uintptr_t key)
{
	struct sessio_fast_slot *slot =
		&desk->slot[key / sizeof(struct sessio_fast_slot) % SESSIO_FAST_SLOTS];

	__asm__("" : "+r"(slot)); /* one register, whatever is done with it */
	return slot;
}

/*
 * A look and a step, in one instruction each. Compilers make three of what is atomic, and
 * the number of instructions is all that these cost. The step is not locked: other threads
 * only read that word.
 */
#if defined(__x86_64__)
SESSIO_FAST_INLINE bool sessio_fast_is(struct sessio_fast_slot *slot, uintptr_t key)
{
	bool is;

	/* The register gives the size. */
	__asm__ volatile("cmp %2, %1" : "=@cce"(is) : "m"(slot->key), "r"(key));
	return __builtin_expect(is, 1);
}

SESSIO_FAST_INLINE void sessio_fast_count(uint64_t *word)
{
	__asm__ volatile("addq $1, %0" : "+m"(*word) : : "cc");
}
#else
SESSIO_FAST_INLINE bool sessio_fast_is(struct sessio_fast_slot *slot, uintptr_t key)
{
	return __builtin_expect(__atomic_load_n(&slot->key, __ATOMIC_RELAXED) == key, 1);
}

SESSIO_FAST_INLINE void sessio_fast_count(uint64_t *word)
{
	__atomic_store_n(word, __atomic_load_n(word, __ATOMIC_RELAXED) + 1, __ATOMIC_RELEASE);
}
#endif

/* After a step: it is counted if the slot is still the session's. */
SESSIO_FAST_INLINE bool sessio_fast_look_again(struct sessio_fast_slot *slot, uintptr_t key)
{
	/* The compiler keeps the order; the thread that takes the slot sees to the processor's. */
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	SESSIO_FAST_PAUSE();
	return sessio_fast_is(slot, key) || sessio_fast_settle(slot);
}

SESSIO_FAST_INLINE bool sessio_fast_begin(struct sessio_fast_slot *slot, uintptr_t key)
{
	SESSIO_FAST_PAUSE();
	sessio_fast_count(&slot->begun);
	return sessio_fast_look_again(slot, key);
}

SESSIO_FAST_INLINE bool sessio_fast_end(struct sessio_fast_slot *slot, uintptr_t key)
{
	SESSIO_FAST_PAUSE();
	/* The compiler keeps the operation's work before this. */
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	sessio_fast_count(&slot->ended);
	return sessio_fast_look_again(slot, key);
}

/* Begins an operation in the thread's slot. False: there is none, and nothing is done. */
SESSIO_FAST_INLINE bool sessio_fast_ref(const void *context, const void *type, void **object)
{
	uintptr_t key = SESSIO_FAST_ADDRESS(context);
	struct sessio_fast_slot *slot = sessio_fast_slot_of(SESSIO_FAST_DESK, key);

	if (!sessio_fast_is(slot, key) ||
		!__builtin_expect(type == NULL || slot->type == type, 1) ||
		!__builtin_expect(sessio_fast_begin(slot, key), 1)) {
		return false;
	}
	if (object != NULL) {
		*object = slot->object;
	}
	return true;
}

/* Ends an operation in the thread's slot, likewise. */
SESSIO_FAST_INLINE bool sessio_fast_put(const void *context)
{
	uintptr_t key = SESSIO_FAST_ADDRESS(context);
	struct sessio_fast_slot *slot = sessio_fast_slot_of(SESSIO_FAST_DESK, key);

	return sessio_fast_is(slot, key) && __builtin_expect(sessio_fast_end(slot, key), 1);
}

/* The inline ways by the names that <kos/session.h> has for them; the end needs a semicolon. */
#define SESSIO_FAST_DEFINE(ref_name, put_name, status, session_type)                         \
	SESSIO_FAST_INLINE status ref_name(void *context, session_type *type, void **object) \
	{                                                                                    \
		return sessio_fast_ref(context, type, object)                                \
			? 0                                                                  \
			: sessio_fast_ref_slowly(context, type, object);                     \
	}                                                                                    \
	SESSIO_FAST_INLINE void put_name(void *context)                                      \
	{                                                                                    \
		if (!sessio_fast_put(context)) {                                             \
			sessio_fast_put_slowly(context);                                     \
		}                                                                            \
	}                                                                                    \
	struct sessio_fast_slot

#ifdef __cplusplus
}
#endif

#else
static inline bool sessio_fast_ref(const void *context, const void *type, void **object)
{
	(void)context;
	(void)type;
	(void)object;
	return false;
}

static inline bool sessio_fast_put(const void *context)
{
	(void)context;
	return false;
}
#endif

#endif /* SESSIO_FAST_H */
