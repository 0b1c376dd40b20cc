/* SPDX-License-Identifier: MIT */
/* Whether a text is well-formed: SVG as we write it, and JSON. For tests. */
#ifndef SESSIO_TESTS_MARKUP_H
#define SESSIO_TESTS_MARKUP_H

#include <stdbool.h>

/* XML of elements, attributes in double quotes and the five entities, with one root. */
bool markup_is_xml(const char *text);

/* One JSON value, of ASCII or what bytes there are. */
bool markup_is_json(const char *text);

#endif /* SESSIO_TESTS_MARKUP_H */
