/* SPDX-License-Identifier: MIT */
/*
 * Frames: how bytes of a pipe become messages, and messages bytes. protocol.md
 * beside this file describes them for readers without C.
 *
 * (transport_frame-1) A parser reads no byte outside of its input, and its work and
 *      memory are linear in that input.
 * (transport_frame-2) Every field of a message is checked before any of it is used. A
 *      message that breaks a rule is refused whole, with a reason.
 * (transport_frame-3) A parser takes every frame that a writer makes, and gives it back unchanged.
 */
#ifndef SI_TRANSPORT_FRAME_H
#define SI_TRANSPORT_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SI_FRAME_MAGIC UINT32_C(0x73736573) /* "sess" on the wire */
#define SI_FRAME_VERSION 1u

/* The largest frame, its header included, and the smallest that a peer must take. */
#define SI_FRAME_BYTES_MAX 65536u
#define SI_FRAME_BYTES_MIN 512u
#define SI_FRAME_HEADER_BYTES 12u
#define SI_FRAME_HANDLE_BYTES 8u
#define SI_FRAME_HANDLES_MAX 8u
#define SI_FRAME_NAME_MAX 255u
#define SI_FRAME_TEXT_MAX 255u

/* XX(NAME, value, text): the kinds of frames. A provider sends those with the high bit. */
#define SI_FRAME_KIND_MAP(XX)          \
	XX(HELLO, 0x0001, "HELLO")     \
	XX(OPEN, 0x0002, "OPEN")       \
	XX(CALL, 0x0003, "CALL")       \
	XX(CLOSE, 0x0004, "CLOSE")     \
	XX(DROP, 0x0005, "DROP")       \
	XX(PASS, 0x0006, "PASS")       \
	XX(CANCEL, 0x0007, "CANCEL")   \
	XX(WELCOME, 0x8001, "WELCOME") \
	XX(REPLY, 0x8002, "REPLY")     \
	XX(GIVEN, 0x8003, "GIVEN")     \
	XX(REVOKED, 0x8004, "REVOKED") \
	XX(GOODBYE, 0x8005, "GOODBYE") \
	XX(UNSUPPORTED, 0x8006, "UNSUPPORTED")

enum si_frame_kind {
#define XX(name, value, text) SI_FRAME_##name = (value),
	SI_FRAME_KIND_MAP(XX)
#undef XX
};

/* XX(NAME, value, text): why a connection ends. Values are part of the protocol. */
#define SI_FRAME_REASON_MAP(XX)                                          \
	XX(NONE, 0, "the peer is done")                                  \
	XX(LENGTH, 1, "a frame's length is out of bounds")               \
	XX(HANDLES, 2, "a frame has too many handles, or too few")       \
	XX(BODY, 3, "a frame's body is not what its kind wants")         \
	XX(NUMBER, 4, "a request number is 0, or in use")                \
	XX(ORDER, 5, "a frame came before the greeting, or after it")    \
	XX(VERSION, 6, "there is no common version")                     \
	XX(FLOOD, 7, "more requests in flight than the greeting allows") \
	XX(QUEUE, 8, "the peer does not read what is sent to it")        \
	XX(REFUSED, 9, "the provider refuses this consumer")             \
	XX(STOPPING, 10, "the provider stops")                           \
	XX(MEMORY, 11, "out of memory")                                  \
	XX(SIDE, 12, "a frame that only the other side may send")        \
	XX(TIME, 13, "the greeting did not come in time")

enum si_frame_reason {
#define XX(name, value, text) SI_FRAME_REASON_##name = (value),
	SI_FRAME_REASON_MAP(XX)
#undef XX
};

/* A handle as it crosses: a value of the consumer's space, and rights. */
struct si_frame_handle {
	uint32_t value;
	uint32_t rights;
};

/* One message. Which fields its kind uses is said in protocol.md. */
struct si_frame {
	uint16_t kind;
	uint32_t number; /* of the request; 0: none */
	unsigned handle_count;
	struct si_frame_handle handles[SI_FRAME_HANDLES_MAX];
	/* Fixed fields of the body, in the order of the wire. */
	uint32_t magic; /* HELLO, WELCOME */
	uint16_t version_min; /* HELLO */
	uint16_t version; /* HELLO: the newest; WELCOME: the chosen one */
	uint32_t features; /* HELLO, WELCOME */
	uint32_t frame_bytes; /* HELLO, WELCOME: the largest frame that the sender takes */
	uint32_t requests; /* WELCOME: in flight at a time */
	uint32_t connection; /* WELCOME: the receiver's number; PASS: to; GIVEN: from */
	uint32_t rights; /* OPEN: required */
	uint32_t share; /* OPEN: share mode */
	uint32_t operation; /* CALL; UNSUPPORTED: the unknown kind */
	int32_t code; /* REPLY */
	uint16_t reason; /* GOODBYE */
	/* A name or text, and the rest of the body; borrowed from the input. */
	const char *name; /* OPEN, GOODBYE; not terminated */
	size_t name_size;
	const unsigned char *bytes; /* OPEN, CALL, REPLY */
	size_t size;
};

enum si_frame_result { SI_FRAME_WHOLE, SI_FRAME_PARTIAL, SI_FRAME_BROKEN };

/*
 * Parses the frame at the beginning of the input. PARTIAL: there are too few bytes,
 * and *out_size is how many are wanted, 12 or more. WHOLE: *out_size is how many the
 * frame takes. BROKEN: *out_reason says why. An unknown kind is WHOLE.
 */
enum si_frame_result si_frame_parse(const unsigned char *input, size_t input_size, size_t limit,
	struct si_frame *out_frame, size_t *out_size, enum si_frame_reason *out_reason);

/* How many bytes the frame takes; 0 if it is more than `limit`, or breaks a rule. */
size_t si_frame_size(const struct si_frame *frame, size_t limit);

/* Writes si_frame_size() bytes. */
void si_frame_write(const struct si_frame *frame, unsigned char *out);

/* Whether the kind is one of this version's. */
bool si_frame_is_known(uint16_t kind);

/* "HELLO" and the like; "?" for an unknown kind. */
const char *si_frame_kind_name(uint16_t kind);

/* The text of a reason; "an unknown reason" for any other number. */
const char *si_frame_reason_text(uint16_t reason);

#endif /* SI_TRANSPORT_FRAME_H */
