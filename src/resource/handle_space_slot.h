/* SPDX-License-Identifier: MIT */
/* The slots of a handle space, for handle_space.c alone. */
#ifndef SI_HANDLE_SPACE_SLOT_H
#define SI_HANDLE_SPACE_SLOT_H

#include "resource/handle_space.h"

/* A slot for a handle to come, and its value. */
sessio_status si_handle_reserve(
	struct sessio_handle_space *space, uint32_t *out_index, uint32_t *out_value);
/* A reserved slot is not needed. */
void si_handle_give_back(struct sessio_handle_space *space, uint32_t index);
/* A reserved slot becomes a handle, which takes the node's reference. */
void si_handle_publish(struct sessio_handle_space *space, uint32_t index,
	struct si_lineage_node *node, uint32_t rights);
/* Closes a pinned handle; false if another thread has. It goes with the last pin. */
bool si_handle_mark_closed(const struct si_handle_pin *pin);
/* Closes every handle; nobody else uses the space. */
void si_handle_close_all(struct sessio_handle_space *space);

#endif /* SI_HANDLE_SPACE_SLOT_H */
