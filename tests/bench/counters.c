/* SPDX-License-Identifier: MIT */
#include "counters.h"

#if defined(__linux__)
#include <linux/perf_event.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static int leader = -1;

static int open_counter(uint64_t what, int group)
{
	struct perf_event_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.type = PERF_TYPE_HARDWARE;
	attr.size = sizeof(attr);
	attr.config = what;
	attr.disabled = group == -1;
	attr.exclude_kernel = 1;
	attr.exclude_hv = 1;
	attr.read_format = PERF_FORMAT_GROUP;
	return (int)syscall(SYS_perf_event_open, &attr, 0, -1, group, 0);
}

bool counters_open(void)
{
	leader = open_counter(PERF_COUNT_HW_INSTRUCTIONS, -1);
	if (leader >= 0 && open_counter(PERF_COUNT_HW_CPU_CYCLES, leader) < 0) {
		close(leader);
		leader = -1;
	}
	return leader >= 0;
}

void counters_start(void)
{
	if (leader >= 0) {
		ioctl(leader, PERF_EVENT_IOC_RESET, PERF_IOC_FLAG_GROUP);
		ioctl(leader, PERF_EVENT_IOC_ENABLE, PERF_IOC_FLAG_GROUP);
	}
}

void counters_stop(struct counters_sum *sum, double times)
{
	uint64_t values[3]; /* how many, and each */

	if (leader < 0) {
		return;
	}
	ioctl(leader, PERF_EVENT_IOC_DISABLE, PERF_IOC_FLAG_GROUP);
	/* The kernel counts nothing while other programs have the counters. */
	if (read(leader, values, sizeof(values)) == (ssize_t)sizeof(values) && values[1] != 0) {
		sum->instructions += (double)values[1];
		sum->cycles += (double)values[2];
		sum->times += times;
	}
}
#else
bool counters_open(void)
{
	return false;
}

void counters_start(void)
{
}

void counters_stop(struct counters_sum *sum, double times)
{
	(void)sum;
	(void)times;
}
#endif
