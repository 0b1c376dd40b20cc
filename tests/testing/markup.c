/* SPDX-License-Identifier: MIT */
#include "markup.h"

#include <string.h>

#define DEPTH 32u
#define NAME 32u

static bool is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		c == '-' || c == ':';
}

static const char *skip_name(const char *at)
{
	while (is_name(*at)) {
		at++;
	}
	return at;
}

/* Behind the entity at an ampersand; NULL if it is none. */
static const char *skip_entity(const char *at)
{
	static const char *const entities[] = { "&amp;", "&lt;", "&gt;", "&quot;", "&apos;" };

	for (size_t i = 0; i < sizeof(entities) / sizeof(entities[0]); i++) {
		if (strncmp(at, entities[i], strlen(entities[i])) == 0) {
			return at + strlen(entities[i]);
		}
	}
	return NULL;
}

/* Behind the attributes; NULL if they are not well-formed. */
static const char *skip_attributes(const char *at)
{
	while (*at == ' ') {
		const char *name = at + 1;

		at = skip_name(name);
		if (at == name || at[0] != '=' || at[1] != '"') {
			return NULL;
		}
		for (at += 2; *at != '"'; at++) {
			if (*at == '\0' || *at == '<' || (*at == '&' && skip_entity(at) == NULL)) {
				return NULL;
			}
		}
		at++;
	}
	return at;
}

struct open_elements {
	char names[DEPTH][NAME];
	size_t depth;
};

/* Behind the tag; NULL if it does not fit. */
static const char *skip_tag(const char *at, struct open_elements *open)
{
	bool closes = at[1] == '/';
	const char *name = at + (closes ? 2 : 1);
	size_t length;

	at = skip_name(name);
	length = (size_t)(at - name);
	if (length == 0 || length >= NAME) {
		return NULL;
	}
	if (closes) {
		if (*at != '>' || open->depth == 0 ||
			strlen(open->names[open->depth - 1]) != length ||
			memcmp(open->names[open->depth - 1], name, length) != 0) {
			return NULL;
		}
		open->depth--;
		return at + 1;
	}
	at = skip_attributes(at);
	if (at == NULL) {
		return NULL;
	}
	if (at[0] == '/' && at[1] == '>') {
		return at + 2;
	}
	if (*at != '>' || open->depth == DEPTH) {
		return NULL;
	}
	memcpy(open->names[open->depth], name, length);
	open->names[open->depth++][length] = '\0';
	return at + 1;
}

bool markup_is_xml(const char *text)
{
	struct open_elements open = { .depth = 0 };
	const char *at = text;
	bool begun = false;

	while (at != NULL && *at != '\0') {
		if (begun && open.depth == 0) {
			return strcmp(at, "\n") == 0; /* behind the root */
		}
		if (*at == '<') {
			begun = true;
			at = skip_tag(at, &open);
		} else if (*at == '&') {
			at = skip_entity(at);
		} else if ((unsigned char)*at < ' ' && *at != '\n') {
			return false;
		} else {
			at++;
		}
	}
	return at != NULL && begun && open.depth == 0;
}

static const char *skip_blanks(const char *at)
{
	return at + strspn(at, " \n\t\r");
}

static const char *skip_string(const char *at)
{
	if (*at++ != '"') {
		return NULL;
	}
	for (; *at != '"'; at++) {
		if ((unsigned char)*at < ' ') {
			return NULL;
		}
		if (*at == '\\' && strchr("\"\\/bfnrt", *++at) == NULL) {
			return NULL;
		}
	}
	return at + 1;
}

static const char *skip_number(const char *at)
{
	size_t digits = strspn(at, "0123456789");

	if (digits == 0 || (digits > 1 && *at == '0')) {
		return NULL;
	}
	at += digits;
	if (*at == '.') {
		digits = strspn(at + 1, "0123456789");
		return digits != 0 ? at + 1 + digits : NULL;
	}
	return at;
}

static const char *skip_json(const char *at, unsigned depth);

static const char *skip_members(const char *at, unsigned depth)
{
	char end = *at == '{' ? '}' : ']';
	bool named = *at == '{';

	at = skip_blanks(at + 1);
	if (*at == end) {
		return at + 1;
	}
	for (;;) {
		if (named) {
			at = skip_string(at);
			at = at != NULL ? skip_blanks(at) : NULL;
			if (at == NULL || *at++ != ':') {
				return NULL;
			}
		}
		at = skip_json(skip_blanks(at), depth + 1);
		if (at == NULL) {
			return NULL;
		}
		at = skip_blanks(at);
		if (*at == end) {
			return at + 1;
		}
		if (*at != ',') {
			return NULL;
		}
		at = skip_blanks(at + 1);
	}
}

static const char *skip_json(const char *at, unsigned depth)
{
	if (depth == DEPTH) {
		return NULL;
	}
	return *at == '{' || *at == '[' ? skip_members(at, depth)
		: *at == '"'            ? skip_string(at)
					: skip_number(at);
}

bool markup_is_json(const char *text)
{
	const char *end = skip_json(skip_blanks(text), 0);

	return end != NULL && *skip_blanks(end) == '\0';
}
