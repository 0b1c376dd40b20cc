/* SPDX-License-Identifier: MIT */
/* A provider gives a handle away, gets it back, and revokes it. Prints each answer. */
#include <stdio.h>

#include <coresrv/handle/handle_api.h>
#include <nk/types.h>

#define DIARY_READ OCAP_HANDLE_SPEC(0)
#define DIARY_WRITE OCAP_HANDLE_SPEC(1)

/* The consumer sends the handle with a request; the provider looks at it. */
static int serve(sessio_handle_space *consumer, Handle handle, sessio_handle_space *provider)
{
	nk_handle_desc_t request = nk_handle_desc(handle), served;
	nk_badge_t diary;
	sessio_status status = sessio_handle_space_transfer(consumer, &request, provider, &served);

	if (status != SESSIO_OK) {
		return printf("the handle is %s\n", sessio_status_text(status)) < 0;
	}
	if (!nk_is_handle_dereferenced(&served) ||
		nk_get_badge_op(&served, DIARY_READ, &diary) != NK_EOK) {
		return 1;
	}
	printf("the consumer may read %s\n", (const char *)diary);
	return nk_get_badge_op(&served, DIARY_WRITE, &diary) != NK_EPERM ||
		puts("and may not write it") < 0;
}

int main(void)
{
	static char diary[] = "the diary";
	sessio_handle_space *provider = sessio_handle_space_own(), *consumer;
	nk_handle_desc_t sent, received;
	Handle own;

	if (provider == RTL_NULL || sessio_handle_space_create(&consumer) ||
		KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST,
			OCAP_HANDLE_TRANSFER | DIARY_READ | DIARY_WRITE, diary, &own)) {
		return 1;
	}
	sent = nk_handle_desc(own, DIARY_READ);
	if (sessio_handle_space_transfer(provider, &sent, consumer, &received) ||
		serve(consumer, nk_get_handle(&received), provider) || KnHandleRevoke(own) ||
		serve(consumer, nk_get_handle(&received), provider)) {
		return 1;
	}
	sessio_handle_space_destroy(consumer);
	return 0;
}
