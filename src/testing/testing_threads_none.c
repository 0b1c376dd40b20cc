/* SPDX-License-Identifier: MIT */
/* Where schedules cannot be explored. */
#include "sessio/testing_threads.h"

sessio_status sessio_threads_explore(
	const sessio_threads_options *options, sessio_threads **out_threads)
{
	return options == NULL || out_threads == NULL ? SESSIO_INVALID_ARG : SESSIO_UNSUPPORTED;
}

sessio_status sessio_threads_replay(
	const sessio_threads_options *options, const char *schedule, sessio_threads **out_threads)
{
	return options == NULL || schedule == NULL || out_threads == NULL ? SESSIO_INVALID_ARG
									  : SESSIO_UNSUPPORTED;
}

const sessio_threads_result *sessio_threads_get_result(const sessio_threads *threads)
{
	(void)threads;
	return NULL;
}

void sessio_threads_destroy(sessio_threads *threads)
{
	(void)threads;
}

sessio_status sessio_threads_start(const char *name, void (*run)(void *arg), void *arg)
{
	(void)arg;
	return name == NULL || run == NULL ? SESSIO_INVALID_ARG : SESSIO_BAD_STATE;
}

void sessio_threads_join(void)
{
}

void sessio_threads_yield(void)
{
}

void sessio_threads_point_at(const char *file, int line)
{
	(void)file;
	(void)line;
}

void sessio_threads_check_at(bool condition, const char *text, const char *file, int line)
{
	(void)condition;
	(void)text;
	(void)file;
	(void)line;
}

bool sessio_threads_does(unsigned number)
{
	(void)number;
	return true;
}
