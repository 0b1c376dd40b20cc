/* SPDX-License-Identifier: MIT */
/*
 * __try, __finally, __except and __leave as far as macros carry them.
 *
 * (seh-1) __finally runs after the block and after __leave, from any depth of
 *      loops inside the block, in any number of blocks of a function.
 * (seh-2) Leaving a block by break or continue would only leave its macro. Leaving one
 *      by return or goto would skip __finally. Both stop the program with a reason.
 *      A block with __except may be left by return or goto.
 * (seh-3) Nothing raises here: a handler of __except never runs, and a bad address
 *      ends the program.
 *
 * C++ standard headers use __try themselves. See standard.h.
 */
#ifndef SESSIO_NT_SEH_H
#define SESSIO_NT_SEH_H

#include "status.h"

#ifdef __cplusplus
extern "C" {
#endif

struct sessio_nt_try {
	int pass; /* 0: not begun, 1: asks for its kind, 2: the block, 3: its end */
	int inside; /* a pass has not come to its end */
	int ended; /* the block came to its end or to __leave */
	int excepts; /* it has __except, which a return may leave */
};

/** Stops the program if a block was left so that __finally is skipped (seh-2). */
void sessio_nt_try_check(const struct sessio_nt_try *block);
/** The next pass; 0 after the last. Stops the program if one was left (seh-2). */
int sessio_nt_try_next(struct sessio_nt_try *block);

/** Whether __finally is to run; notes what follows the block. */
static inline int sessio_nt_try_is(struct sessio_nt_try *block, int excepts)
{
	block->excepts = excepts;
	return !excepts && block->pass == 3;
}

#define EXCEPTION_EXECUTE_HANDLER 1
#define EXCEPTION_CONTINUE_SEARCH 0
#define EXCEPTION_CONTINUE_EXECUTION (-1)

/* A compiler that has the real ones keeps them. */
#if !defined(_MSC_EXTENSIONS)
#undef __try
#undef __finally
#undef __leave
#undef __except
/* clang-format off */
#define __try \
	for (struct sessio_nt_try sessio_nt_block \
			__attribute__((cleanup(sessio_nt_try_check))) = { 0, 0, 0, 0 }; \
		sessio_nt_try_next(&sessio_nt_block);) \
	for (; sessio_nt_block.inside; sessio_nt_block.inside = 0) \
		if (sessio_nt_block.pass == 2) { \
			__label__ sessio_nt_leave;
#define SESSIO_NT_END_OF_BLOCK \
		sessio_nt_leave: __attribute__((unused)); \
			sessio_nt_block.ended = 1; \
		}
#define __finally SESSIO_NT_END_OF_BLOCK else if (sessio_nt_try_is(&sessio_nt_block, 0))
#define __except(filter) \
		SESSIO_NT_END_OF_BLOCK else if (sessio_nt_try_is(&sessio_nt_block, 1) && (filter))
#define __leave goto sessio_nt_leave
/* clang-format on */

#define AbnormalTermination() 0
#define GetExceptionCode() SESSIO_NT_CAST(ULONG, STATUS_SUCCESS)
#define GetExceptionInformation() SESSIO_NT_CAST(PVOID, NULL)
#define exception_code() GetExceptionCode()

/* The short forms, which are C only. */
#if !defined(__cplusplus)
#define try __try
#define finally __finally
#define except __except
#define leave __leave
#endif
#endif

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_NT_SEH_H */
