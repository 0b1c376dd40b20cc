/* SPDX-License-Identifier: MIT */
#include <memory>

#include "peers.h"

namespace
{
struct session {
	uint64_t payload[16];
};
} // namespace

void *peer_shared_ptr_create(void)
{
	return new std::shared_ptr<session>(std::make_shared<session>());
}

void peer_shared_ptr(void *state, uint64_t n)
{
	auto &shared = *static_cast<std::shared_ptr<session> *>(state);

	for (uint64_t i = 0; i < n; i++) {
		std::shared_ptr<session> mine(shared);

		bench_use(mine.get());
	}
}
