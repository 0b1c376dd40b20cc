/* SPDX-License-Identifier: MIT */
/*
 * The version of these headers and of the library. CMake reads it here.
 *
 * The two must be of the same version. Each source that includes a header of ours
 * refers to a symbol that has the version in its name. Only a library of that
 * version defines the symbol, so a link of unequal versions fails:
 *
 *     undefined reference to `sessio_headers_of_0_1_0'
 *
 * Default: a call keeps no reference, does not block, calls nobody back, and is
 *          open to any thread.
 */
#ifndef SESSIO_VERSION_H
#define SESSIO_VERSION_H

/*
 * From examples/names_of_results.c:
 *
 *     if (strcmp(SESSIO_VERSION, sessio_version()) == 0) {
 *         printf("the headers are those of the library\n");
 *     }
 */

#ifdef __cplusplus
extern "C" {
#endif

#define SESSIO_VERSION_MAJOR 0
#define SESSIO_VERSION_MINOR 1
#define SESSIO_VERSION_PATCH 0

/** To compare: 0x000100 is 0.1.0. */
#define SESSIO_VERSION_NUMBER \
	(SESSIO_VERSION_MAJOR * 0x10000 + SESSIO_VERSION_MINOR * 0x100 + SESSIO_VERSION_PATCH)

/** As text: "0.1.0". */
#define SESSIO_VERSION \
	SESSIO_VERSION_TEXT(SESSIO_VERSION_MAJOR, SESSIO_VERSION_MINOR, SESSIO_VERSION_PATCH)
#define SESSIO_VERSION_TEXT(major, minor, patch) SESSIO_VERSION_TEXT_OF(major, minor, patch)
#define SESSIO_VERSION_TEXT_OF(major, minor, patch) #major "." #minor "." #patch

/** The symbol that holds headers and library together. */
#define SESSIO_VERSION_SYMBOL \
	SESSIO_VERSION_NAME(SESSIO_VERSION_MAJOR, SESSIO_VERSION_MINOR, SESSIO_VERSION_PATCH)
#define SESSIO_VERSION_NAME(major, minor, patch) SESSIO_VERSION_NAME_OF(major, minor, patch)
#define SESSIO_VERSION_NAME_OF(major, minor, patch) sessio_headers_of_##major##_##minor##_##patch
extern const char SESSIO_VERSION_SYMBOL;

/* A linker that drops unused sections keeps this one, or it would miss the symbol. */
#if defined(__GNUC__)
#if defined(__has_attribute)
#if __has_attribute(retain) && defined(__ELF__)
#define SESSIO_VERSION_KEEP __attribute__((used, retain))
#endif
#endif
#if !defined(SESSIO_VERSION_KEEP)
#define SESSIO_VERSION_KEEP __attribute__((used))
#endif
static const char *const sessio_headers_version SESSIO_VERSION_KEEP = &SESSIO_VERSION_SYMBOL;
#endif

/**
 * The version of the library, such as "0.1.0".
 *
 * @return a string that lives for ever; never NULL.
 *
 * Ref:     borrowed.
 */
const char *sessio_version(void);

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_VERSION_H */
