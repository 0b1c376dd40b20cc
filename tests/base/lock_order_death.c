/* SPDX-License-Identifier: MIT */
/* Locks in an order that could make two threads wait for each other. */
#include "death.h"

#include "base/lock_order.h"

static void take(si_rank outer_rank, si_rank inner_rank)
{
	static si_mutex outer;
	static si_mutex inner;

	(void)si_mutex_init(&outer, outer_rank);
	(void)si_mutex_init(&inner, inner_rank);
	si_mutex_lock(&outer);
	si_mutex_lock(&inner);
	si_mutex_unlock(&inner);
	si_mutex_unlock(&outer);
}

static void resource_in_bind(void)
{
	take(SI_RANK_BIND, SI_RANK_RESOURCE);
}

static void two_of_a_rank(void)
{
	take(SI_RANK_HOST, SI_RANK_HOST);
}

static void host_in_resource(void)
{
	take(SI_RANK_RESOURCE, SI_RANK_HOST);
}

static void anything_in_alone(void)
{
	take(SI_RANK_ALONE, SI_RANK_SPACE);
}

static void gate_in_resource(void) SI_UNCHECKED_LOCKING
{
	si_mutex_lock(si_platform_lock_of(NULL));
	si_gate_enter();
}

/* The order as it is written: all of these live. */
static void in_order(void) SI_UNCHECKED_LOCKING
{
	static const si_rank chain[] = { SI_RANK_RESOURCE, SI_RANK_BIND, SI_RANK_LINEAGE,
		SI_RANK_SPACE };
	static si_mutex mutexes[sizeof(chain) / sizeof(chain[0])];

	for (unsigned round = 0; round < 2; round++) {
		si_gate_enter();
		for (unsigned i = 0; i < sizeof(chain) / sizeof(chain[0]); i++) {
			(void)si_mutex_init(&mutexes[i], chain[i]);
			si_mutex_lock(&mutexes[i]);
		}
		for (unsigned i = 0; i < sizeof(chain) / sizeof(chain[0]); i++) {
			si_mutex_unlock(&mutexes[i]);
		}
		si_gate_leave();
	}
}

int main(int argc, char **argv)
{
	static const struct death cases[] = {
		{ "resource_in_bind", resource_in_bind },
		{ "two_of_a_rank", two_of_a_rank },
		{ "host_in_resource", host_in_resource },
		{ "anything_in_alone", anything_in_alone },
		{ "gate_in_resource", gate_in_resource },
		{ "in_order", in_order },
	};

	return death_main(argc, argv, cases, sizeof(cases) / sizeof(cases[0]));
}
