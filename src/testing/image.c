/* SPDX-License-Identifier: MIT */
/* Code under test as it was linked: its variables start afresh at each load. */
#include <stdlib.h>

#include "testing/kit.h"

/*
 * The variables, byte by byte: address sanitizers have marked the room between them,
 * and would see an access there in any other copy.
 */
#if defined(__GNUC__)
__attribute__((no_sanitize("address", "thread")))
#endif
static void
copy_data(unsigned char *to, const unsigned char *from, size_t size)
{
	volatile unsigned char *out = to;
	const volatile unsigned char *in = from;

	for (size_t i = 0; i < size; i++) {
		out[i] = in[i];
	}
}

bool si_kit_image_restore(const sessio_kit_image *image)
{
	size_t size = (size_t)(image->data_end - image->data);

	if (*image->saved != NULL) {
		copy_data(image->data, *image->saved, size);
		return true;
	}
	*image->saved = malloc(size + 1); /* stays as long as the process */
	if (*image->saved == NULL) {
		return false;
	}
	copy_data(*image->saved, image->data, size);
	return true;
}
