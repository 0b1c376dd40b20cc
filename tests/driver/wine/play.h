/* SPDX-License-Identifier: MIT */
/*
 * The user-mode half of stand_in_driver.c, and drivers as services. The first thing that
 * goes otherwise than expected ends the program with a failure, and is printed.
 *
 * Programs make, start and stop the services themselves: Wine ends all drivers when the
 * last program of a user has ended.
 */
#ifndef SESSIO_TESTS_PLAY_H
#define SESSIO_TESTS_PLAY_H

#include <windows.h>

#define EXPECT(condition) play_expect((condition) ? 1 : 0, #condition, __FILE__, __LINE__)
void play_expect(int fine, const char *what, const char *file, int line);

/* A kernel driver as a service, by the path of its file. */
SC_HANDLE play_make_service(const char *name, const char *file);
void play_end_service(SC_HANDLE service);

/* From the stand-in's start to its stop programs may play the kernel. */
void play_begin(void);
void play_end(void);

/* One request to the stand-in. False: it was refused. */
BOOL play(DWORD code, ULONG a, ULONG b, ULONG c);

/* Loads a service's driver into the stand-in's process, and unloads it there. */
BOOL play_load(const char *name);
BOOL play_unload(const char *name);

struct stand_in_counts play_count(void);

#endif /* SESSIO_TESTS_PLAY_H */
