/* SPDX-License-Identifier: MIT */
/*
 * Places in the code under test. The stack is walked up to the first frame that is in
 * a driver, and the driver's image knows its lines.
 */
#include "testing/provider.h"
#include "testing/walk.h"

struct search {
	const sessio_kit *kit;
	struct si_kit_place found;
};

static bool is_in(const sessio_kit_image *image, const unsigned char *address)
{
	return address > image->code && address <= image->code_end;
}

static const sessio_kit_image *image_at(const sessio_kit *kit, const unsigned char *address)
{
	for (struct si_list_node *node = kit->drivers.first; node != NULL; node = node->next) {
		const sessio_kit_image *image =
			&SI_LIST_ELEMENT(node, sessio_kit_driver, link)->image->image;

		if (is_in(image, address)) {
			return image;
		}
	}
	for (struct si_list_node *node = kit->providers.first; node != NULL; node = node->next) {
		const sessio_kit_image *image =
			&SI_LIST_ELEMENT(node, sessio_kit_provider, link)->image->image;

		if (is_in(image, address)) {
			return image;
		}
	}
	return NULL;
}

static bool is_in_driver(const unsigned char *address, void *arg)
{
	struct search *search = arg;

	search->found.image = image_at(search->kit, address);
	search->found.address = address;
	return search->found.image != NULL;
}

struct si_kit_place si_kit_here(const sessio_kit *kit)
{
	struct search search = { .kit = kit };

	si_kit_walk(is_in_driver, &search);
	return search.found;
}

struct si_kit_place si_kit_note_here(const sessio_kit *kit)
{
	return kit->placeless ? (struct si_kit_place){ 0 } : si_kit_here(kit);
}

struct si_kit_place si_kit_place_at(const sessio_kit *kit, const void *return_address)
{
	return (struct si_kit_place){ kit != NULL ? image_at(kit, return_address) : NULL,
		return_address };
}

struct si_kit_place si_kit_place_of(const sessio_kit *kit, const void *routine)
{
	/* As if returning to it from its first instruction. */
	const unsigned char *address = (const unsigned char *)routine + 1;

	return (struct si_kit_place){ image_at(kit, address), address };
}

sessio_kit_place si_kit_place_face(struct si_kit_place place)
{
	const sessio_kit_image *image = place.image;
	const struct sessio_kit_line *best = NULL;
	sessio_kit_place face = { 0 };
	size_t offset;

	if (image == NULL) {
		return face;
	}
	face.driver = image->name;
	/* A return address may belong to the next line. */
	offset = (size_t)(place.address - image->code) - 1;
	for (size_t i = 0; i < image->line_count; i++) {
		const struct sessio_kit_line *line = &image->lines[i];

		if (line->offset <= offset && (best == NULL || line->offset >= best->offset)) {
			best = line;
		}
	}
	if (best != NULL) {
		face.file = best->file;
		face.line = best->line;
	}
	return face;
}
