/* SPDX-License-Identifier: MIT */
#include "transport/transport_frame.h"

#include <string.h>

/* A kind's rules: how many handles, which fields, and whether more bytes may follow. */
struct rule {
	uint16_t kind;
	unsigned char handles_min;
	unsigned char handles_max;
	bool numbered; /* a request number other than 0 */
	bool more; /* the rest of the body is the peer's own */
	const char *fields; /* a letter a field, see visit() */
};

static const struct rule rules[] = {
	{ SI_FRAME_HELLO, 0, 0, false, false, "mvVfb" },
	{ SI_FRAME_OPEN, 0, 0, true, true, "rsn" },
	{ SI_FRAME_CALL, 0, SI_FRAME_HANDLES_MAX, true, true, "o" },
	{ SI_FRAME_CLOSE, 1, 1, true, false, "" },
	{ SI_FRAME_DROP, 1, 1, true, false, "" },
	{ SI_FRAME_PASS, 1, 1, true, false, "c" },
	{ SI_FRAME_CANCEL, 0, 0, true, false, "" },
	{ SI_FRAME_WELCOME, 0, 0, false, false, "mVzfbqc" },
	{ SI_FRAME_REPLY, 0, SI_FRAME_HANDLES_MAX, true, true, "k" },
	{ SI_FRAME_GIVEN, 1, 1, false, false, "c" },
	{ SI_FRAME_REVOKED, 1, 1, false, false, "" },
	{ SI_FRAME_GOODBYE, 0, 0, false, false, "et" },
	{ SI_FRAME_UNSUPPORTED, 0, 0, true, false, "o" },
};

#define RULES (sizeof(rules) / sizeof(rules[0]))

static const struct rule *rule_of(uint16_t kind)
{
	for (size_t i = 0; i < RULES; i++) {
		if (rules[i].kind == kind) {
			return &rules[i];
		}
	}
	return NULL;
}

/* Reads, writes or only counts the bytes of a body, in one order for all three. */
struct body {
	enum { READ, WRITE, COUNT } way;
	const unsigned char *in;
	unsigned char *out;
	size_t size; /* READ: bytes that are there */
	size_t at;
	bool good;
};

static void visit_number(struct body *body, uint32_t *value, size_t width)
{
	if (body->way == READ) {
		uint32_t read = 0;

		if (body->size - body->at < width) {
			body->good = false;
			return;
		}
		for (size_t i = 0; i < width; i++) {
			read |= (uint32_t)body->in[body->at + i] << (8 * i);
		}
		*value = read;
	} else if (body->way == WRITE) {
		for (size_t i = 0; i < width; i++) {
			body->out[body->at + i] = (unsigned char)(*value >> (8 * i));
		}
	}
	body->at += width;
}

static void visit_u16(struct body *body, uint16_t *value)
{
	uint32_t wide = *value;

	visit_number(body, &wide, 2);
	*value = (uint16_t)wide;
}

/* A length of two bytes, then that many bytes without a 0 among them. */
static void visit_text(struct body *body, struct si_frame *frame, size_t min, size_t max)
{
	uint16_t size = (uint16_t)frame->name_size;

	visit_u16(body, &size);
	if (!body->good || size < min || size > max) {
		body->good = false;
		return;
	}
	if (body->way == READ) {
		if (body->size - body->at < size || memchr(body->in + body->at, 0, size) != NULL) {
			body->good = false;
			return;
		}
		frame->name = (const char *)body->in + body->at;
		frame->name_size = size;
	} else if (body->way == WRITE && size != 0) {
		memcpy(body->out + body->at, frame->name, size);
	}
	body->at += size;
}

static void visit_code(struct body *body, int32_t *code)
{
	uint32_t bits = (uint32_t)*code;

	visit_number(body, &bits, 4);
	/* The wire has two's complement, as int32_t has. */
	memcpy(code, &bits, sizeof(bits));
}

static void visit_field(struct body *body, char field, struct si_frame *frame)
{
	uint16_t zero = 0;

	switch (field) {
	case 'm':
		visit_number(body, &frame->magic, 4);
		body->good = body->good && frame->magic == SI_FRAME_MAGIC;
		return;
	case 'v':
		visit_u16(body, &frame->version_min);
		return;
	case 'V':
		visit_u16(body, &frame->version);
		return;
	case 'z':
		visit_u16(body, &zero);
		body->good = body->good && zero == 0;
		return;
	case 'f':
		visit_number(body, &frame->features, 4);
		return;
	case 'b':
		visit_number(body, &frame->frame_bytes, 4);
		body->good = body->good && frame->frame_bytes >= SI_FRAME_BYTES_MIN;
		return;
	case 'q':
		visit_number(body, &frame->requests, 4);
		body->good = body->good && frame->requests != 0;
		return;
	case 'c':
		visit_number(body, &frame->connection, 4);
		return;
	case 'r':
		visit_number(body, &frame->rights, 4);
		return;
	case 's':
		visit_number(body, &frame->share, 4);
		return;
	case 'o':
		visit_number(body, &frame->operation, 4);
		return;
	case 'k':
		visit_code(body, &frame->code);
		return;
	case 'e':
		visit_u16(body, &frame->reason);
		return;
	case 'n':
		visit_text(body, frame, 1, SI_FRAME_NAME_MAX);
		return;
	default:
		visit_text(body, frame, 0, SI_FRAME_TEXT_MAX);
		return;
	}
}

static void visit(struct body *body, const struct rule *rule, struct si_frame *frame)
{
	for (const char *field = rule->fields; *field != '\0' && body->good; field++) {
		visit_field(body, *field, frame);
	}
}

static uint32_t read_u32(const unsigned char *at)
{
	return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static void write_u32(unsigned char *at, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++) {
		at[i] = (unsigned char)(value >> (8 * i));
	}
}

/* The body of a known kind; false: it is not what the kind wants. */
static bool parse_body(const struct rule *rule, struct si_frame *frame)
{
	struct body body = {
		.way = READ, .in = frame->bytes, .size = frame->size, .at = 0, .good = true
	};

	visit(&body, rule, frame);
	if (!body.good || (!rule->more && body.at != body.size)) {
		return false;
	}
	frame->bytes += body.at;
	frame->size -= body.at;
	return true;
}

static bool number_is_good(const struct rule *rule, uint32_t number)
{
	return rule->numbered ? number != 0 : number == 0;
}

static enum si_frame_reason judge(const struct rule *rule, struct si_frame *frame)
{
	if (frame->handle_count < rule->handles_min || frame->handle_count > rule->handles_max) {
		return SI_FRAME_REASON_HANDLES;
	}
	if (!number_is_good(rule, frame->number)) {
		return SI_FRAME_REASON_NUMBER;
	}
	return parse_body(rule, frame) ? SI_FRAME_REASON_NONE : SI_FRAME_REASON_BODY;
}

enum si_frame_result si_frame_parse(const unsigned char *input, size_t input_size, size_t limit,
	struct si_frame *out_frame, size_t *out_size, enum si_frame_reason *out_reason)
{
	struct si_frame frame = { 0 };
	const struct rule *rule;
	size_t length;
	size_t handles;
	enum si_frame_reason reason;

	if (input_size < SI_FRAME_HEADER_BYTES) {
		*out_size = SI_FRAME_HEADER_BYTES;
		return SI_FRAME_PARTIAL;
	}
	length = read_u32(input);
	handles = input[6] | (size_t)input[7] << 8;
	if (length < SI_FRAME_HEADER_BYTES || length > limit) {
		*out_reason = SI_FRAME_REASON_LENGTH;
		return SI_FRAME_BROKEN;
	}
	if (handles > SI_FRAME_HANDLES_MAX ||
		handles * SI_FRAME_HANDLE_BYTES > length - SI_FRAME_HEADER_BYTES) {
		*out_reason = SI_FRAME_REASON_HANDLES;
		return SI_FRAME_BROKEN;
	}
	*out_size = length;
	if (input_size < length) {
		return SI_FRAME_PARTIAL;
	}
	frame.kind = (uint16_t)(input[4] | input[5] << 8);
	frame.number = read_u32(input + 8);
	frame.handle_count = (unsigned)handles;
	for (size_t i = 0; i < handles; i++) {
		const unsigned char *at = input + SI_FRAME_HEADER_BYTES + i * SI_FRAME_HANDLE_BYTES;

		frame.handles[i] = (struct si_frame_handle){ read_u32(at), read_u32(at + 4) };
	}
	frame.bytes = input + SI_FRAME_HEADER_BYTES + handles * SI_FRAME_HANDLE_BYTES;
	frame.size = length - SI_FRAME_HEADER_BYTES - handles * SI_FRAME_HANDLE_BYTES;
	rule = rule_of(frame.kind);
	reason = rule == NULL ? SI_FRAME_REASON_NONE : judge(rule, &frame);
	if (reason != SI_FRAME_REASON_NONE) {
		*out_reason = reason;
		return SI_FRAME_BROKEN;
	}
	*out_frame = frame;
	return SI_FRAME_WHOLE;
}

size_t si_frame_size(const struct si_frame *frame, size_t limit)
{
	const struct rule *rule = rule_of(frame->kind);
	struct si_frame copy = *frame;
	struct body body = { .way = COUNT, .good = true };
	size_t size;

	if (rule == NULL || frame->handle_count < rule->handles_min ||
		frame->handle_count > rule->handles_max || !number_is_good(rule, frame->number) ||
		(!rule->more && frame->size != 0) || frame->size > limit) {
		return 0;
	}
	visit(&body, rule, &copy);
	size = SI_FRAME_HEADER_BYTES + frame->handle_count * SI_FRAME_HANDLE_BYTES + body.at +
		frame->size;
	return body.good && size <= limit ? size : 0;
}

void si_frame_write(const struct si_frame *frame, unsigned char *out)
{
	const struct rule *rule = rule_of(frame->kind);
	struct si_frame copy = *frame;
	struct body body = { .way = WRITE, .good = true };
	unsigned char *at = out + SI_FRAME_HEADER_BYTES;

	for (unsigned i = 0; i < frame->handle_count; i++, at += SI_FRAME_HANDLE_BYTES) {
		write_u32(at, frame->handles[i].value);
		write_u32(at + 4, frame->handles[i].rights);
	}
	body.out = at;
	visit(&body, rule, &copy);
	if (frame->size != 0) {
		memcpy(at + body.at, frame->bytes, frame->size);
	}
	write_u32(out, (uint32_t)((size_t)(at - out) + body.at + frame->size));
	out[4] = (unsigned char)frame->kind;
	out[5] = (unsigned char)(frame->kind >> 8);
	out[6] = (unsigned char)frame->handle_count;
	out[7] = 0;
	write_u32(out + 8, frame->number);
}

bool si_frame_is_known(uint16_t kind)
{
	return rule_of(kind) != NULL;
}

const char *si_frame_kind_name(uint16_t kind)
{
	switch (kind) {
#define XX(name, value, text) \
	case SI_FRAME_##name: \
		return text;
		SI_FRAME_KIND_MAP(XX)
#undef XX
	default:
		return "?";
	}
}

const char *si_frame_reason_text(uint16_t reason)
{
	switch (reason) {
#define XX(name, value, text)        \
	case SI_FRAME_REASON_##name: \
		return text;
		SI_FRAME_REASON_MAP(XX)
#undef XX
	default:
		return "an unknown reason";
	}
}
