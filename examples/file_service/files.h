/* SPDX-License-Identifier: MIT */
/* The agreement between the provider of files and its consumers. */
#ifndef FILES_H
#define FILES_H

#include <stdint.h>

/* Rights, in requiredRights, in share modes and in the masks of handles. */
#define FILE_READ 1u
#define FILE_WRITE 2u

/* Operations. Numbers are little-endian, and names have no zero byte at the end. */
enum files_operation {
	FILES_LIST = 1, /* answers with a line a file: its size, a tab, its name */
	FILES_READ = 2, /* a handle, offset 4; answers with bytes, none at the end */
	FILES_AWAIT = 3, /* as FILES_READ, but at the end it waits until there is more */
	FILES_WRITE = 4, /* a handle, bytes to add at the end */
	FILES_WATCH = 5, /* version 4; answers with version 4 and lines, once it is another */
	FILES_LOGON = 6, /* a user's name: the consumer acts for that user from now on */
	FILES_LOGOFF = 7, /* a user's name; for administrators */
	FILES_WITHDRAW = 8 /* a file's name; for administrators */
};

/* As offset: the end of the file. */
#define FILES_END UINT32_MAX

/* How much an operation reads or writes at most. */
#define FILES_PIECE (32u * 1024u)

/* How large writes may make a file. */
#define FILES_MOST (128u * 1024u)

/* Codes of the provider's own. */
enum files_code {
	FILES_CANCELLED = 1, /* the consumer cancelled it */
	FILES_WITHDRAWN = 2, /* the file was withdrawn meanwhile */
	FILES_FAILED = 3, /* the file cannot be read or written */
	FILES_FULL = 4 /* a write would make it larger than FILES_MOST */
};

/*
 * A FILES_WATCH answer is lines of fields with tabs in between. The first line has
 * the numbers of files, sessions, operations and connections. Each session has a
 * line. Its first fields are the file, the connection and process that opened it, the
 * system's number of its user, and the user it acts for. Then come rights, share mode,
 * milliseconds since the open, the phase, and the operations that run.
 */
enum { FILES_WATCH_TOTALS = 4, FILES_WATCH_FIELDS = 10 };

static inline uint32_t files_get32(const unsigned char *bytes)
{
	return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
		(uint32_t)bytes[3] << 24;
}

static inline void files_put32(unsigned char *bytes, uint32_t number)
{
	bytes[0] = (unsigned char)number;
	bytes[1] = (unsigned char)(number >> 8);
	bytes[2] = (unsigned char)(number >> 16);
	bytes[3] = (unsigned char)(number >> 24);
}

#endif /* FILES_H */
