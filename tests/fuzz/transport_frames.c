/* SPDX-License-Identifier: MIT */
/*
 * Frames: any bytes, in pieces of any size, as a connection would get them. The
 * first byte chooses the limit, the second the size of the pieces. By the third the
 * rest is the stream itself, or says which frames to make it of.
 *
 * Every frame that is taken is written again byte for byte, and every prefix of it
 * is incomplete. There are no more parses than frames and pieces.
 */
#include "fuzz.h"

#include "transport/transport_frame.h"

static const uint32_t limits[] = { SI_FRAME_BYTES_MIN, 600, 4096, SI_FRAME_BYTES_MAX };

/* The frame again, from its fields alone. */
static void check_again(const struct si_frame *frame, const unsigned char *bytes, size_t size)
{
	unsigned char *again = malloc(size);

	FUZZ_CHECK(again != NULL);
	FUZZ_CHECK(si_frame_size(frame, size) == size);
	FUZZ_CHECK(size <= 1 || si_frame_size(frame, size - 1) == 0);
	si_frame_write(frame, again);
	FUZZ_CHECK(memcmp(again, bytes, size) == 0);
	free(again);
}

static void check_borrowed(const struct si_frame *frame, const unsigned char *bytes, size_t size)
{
	const unsigned char *name = (const unsigned char *)frame->name;

	FUZZ_CHECK(frame->handle_count <= SI_FRAME_HANDLES_MAX);
	FUZZ_CHECK(name == NULL || (name >= bytes && name + frame->name_size <= bytes + size));
	FUZZ_CHECK(frame->bytes >= bytes && frame->bytes + frame->size <= bytes + size);
}

/* One whole frame; a copy of its own size, so that a sanitizer sees every byte beyond. */
static void check_frame(const unsigned char *bytes, size_t size, size_t limit)
{
	struct si_frame frame;
	enum si_frame_reason reason;
	size_t wanted;
	unsigned char *copy = malloc(size);

	FUZZ_CHECK(copy != NULL);
	memcpy(copy, bytes, size);
	for (size_t part = 0; part < size; part += 1 + size / 16) {
		FUZZ_CHECK(si_frame_parse(copy, part, limit, &frame, &wanted, &reason) ==
			SI_FRAME_PARTIAL);
		FUZZ_CHECK(wanted > part &&
			wanted <= (part < SI_FRAME_HEADER_BYTES ? SI_FRAME_HEADER_BYTES : size));
	}
	FUZZ_CHECK(si_frame_parse(copy, size, limit, &frame, &wanted, &reason) == SI_FRAME_WHOLE);
	FUZZ_CHECK(wanted == size && size <= limit);
	check_borrowed(&frame, copy, size);
	if (si_frame_is_known(frame.kind)) {
		check_again(&frame, copy, size);
	}
	free(copy);
}

static const uint16_t kinds[] = { SI_FRAME_HELLO, SI_FRAME_OPEN, SI_FRAME_CALL, SI_FRAME_CLOSE,
	SI_FRAME_DROP, SI_FRAME_PASS, SI_FRAME_CANCEL, SI_FRAME_WELCOME, SI_FRAME_REPLY,
	SI_FRAME_GIVEN, SI_FRAME_REVOKED, SI_FRAME_GOODBYE, SI_FRAME_UNSUPPORTED, 0x7f, 0x80ff };

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* Adds a frame with a right length, and now and then with a wrong byte. */
static size_t add_frame(struct fuzz_input *in, unsigned char *out, size_t room)
{
	uint16_t kind = kinds[fuzz_below(in, KINDS)];
	size_t handles = fuzz_below(in, 10);
	size_t size = SI_FRAME_HEADER_BYTES + handles * SI_FRAME_HANDLE_BYTES + fuzz_below(in, 48);

	if (size > room) {
		return 0;
	}
	for (size_t i = SI_FRAME_HEADER_BYTES; i < size; i++) {
		out[i] = fuzz_byte(in);
	}
	memset(out, 0, SI_FRAME_HEADER_BYTES);
	out[0] = (unsigned char)size;
	out[4] = (unsigned char)kind;
	out[5] = (unsigned char)(kind >> 8);
	out[6] = (unsigned char)handles;
	out[8] = fuzz_byte(in) & 3u;
	if (fuzz_below(in, 16) == 0) {
		out[fuzz_below(in, SI_FRAME_HEADER_BYTES)] ^= fuzz_byte(in);
	}
	return size;
}

static int judge(const uint8_t *data, size_t size, size_t limit, size_t piece)
{
	size_t there = 0; /* bytes that have come */
	size_t parses = 0;
	size_t frames = 0;
	size_t pieces = 0;

	while (there != size) {
		size_t more = piece < size - there ? piece : size - there;

		there += more;
		pieces++;
		for (;;) {
			struct si_frame frame;
			enum si_frame_reason reason = SI_FRAME_REASON_NONE;
			size_t wanted = 0;
			enum si_frame_result result =
				si_frame_parse(data, there, limit, &frame, &wanted, &reason);

			parses++;
			if (result == SI_FRAME_BROKEN) {
				FUZZ_CHECK(reason != SI_FRAME_REASON_NONE);
				FUZZ_CHECK(parses <= pieces + frames);
				return 0;
			}
			if (result == SI_FRAME_PARTIAL) {
				FUZZ_CHECK(wanted > there && wanted <= limit);
				break;
			}
			FUZZ_CHECK(wanted >= SI_FRAME_HEADER_BYTES && wanted <= there);
			check_frame(data, wanted, limit);
			frames++;
			data += wanted;
			size -= wanted;
			there -= wanted;
		}
	}
	FUZZ_CHECK(parses <= pieces + frames);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static unsigned char stream[4096];
	struct fuzz_input in = { data, data + size };
	size_t limit = limits[fuzz_below(&in, 4)];
	size_t piece = fuzz_byte(&in) + 1u;
	size_t made = 0;

	if (fuzz_below(&in, 4) == 0) {
		return judge(in.at, (size_t)(in.end - in.at), limit, piece);
	}
	while (fuzz_has_more(&in)) {
		size_t added = add_frame(&in, stream + made, sizeof(stream) - made);

		if (added == 0) {
			break;
		}
		made += added;
	}
	return judge(stream, made, limit, piece);
}
