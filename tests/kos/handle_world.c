/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "handle_world.h"

struct handle_world world;

int world_start(void **state)
{
	if (provider_start(state) != 0 ||
		sessio_handle_space_create(&world.provider) != SESSIO_OK ||
		sessio_handle_space_create(&world.consumer) != SESSIO_OK ||
		sessio_handle_space_create(&world.third) != SESSIO_OK) {
		return 1;
	}
	provider.handle_rights = MASK;
	return sessio_handle_space_enter(world.provider, &world.scope) != SESSIO_OK;
}

/* The provider's stop looks for sessions that are left; here nothing may be left in its space. */
int world_stop(void **state)
{
	int result;

	sessio_handle_space_destroy(world.consumer);
	sessio_handle_space_destroy(world.third);
	result = provider_stop(state);
	if (sessio_handle_space_count(world.provider) != 0) {
		print_error("the provider has handles left\n");
		result = 1;
	}
	sessio_handle_space_leave(&world.scope);
	sessio_handle_space_destroy(world.provider);
	return result;
}

nk_handle_desc_t world_contain(void *context)
{
	nk_handle_desc_t desc;

	assert_int_equal(KosSessionContextToIpcHandle(context, &desc), rcOk);
	return desc;
}

sessio_status world_send(sessio_handle_space *from, nk_handle_desc_t sent, sessio_handle_space *to,
	nk_handle_desc_t *received)
{
	return sessio_handle_space_transfer(from, &sent, to, received);
}

Handle world_give(sessio_handle_space *from, nk_handle_desc_t sent, sessio_handle_space *to)
{
	nk_handle_desc_t received;

	assert_int_equal(world_send(from, sent, to, &received), SESSIO_OK);
	assert_false(nk_is_handle_dereferenced(&received));
	return nk_get_handle(&received);
}

Handle world_open(const char *name, void **context)
{
	*context = provider_open(name);
	return world_give(world.provider, world_contain(*context), world.consumer);
}

nk_handle_desc_t world_request(sessio_handle_space *from, Handle handle)
{
	nk_handle_desc_t received;

	assert_int_equal(
		world_send(from, nk_handle_desc(handle), world.provider, &received), SESSIO_OK);
	assert_true(nk_is_handle_dereferenced(&received));
	return received;
}

sessio_status world_status(sessio_handle_space *space, Handle handle)
{
	uint32_t rights;

	return sessio_handle_space_rights(space, handle, &rights);
}

void world_close(sessio_handle_space *space, Handle handle)
{
	assert_int_equal(sessio_handle_space_close(space, handle), SESSIO_OK);
}

Handle world_own_handle(void)
{
	Handle handle;

	assert_int_equal(KosSessionGetObjectHandle(provider.file, &handle), rcOk);
	return handle;
}
