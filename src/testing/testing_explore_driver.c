/* SPDX-License-Identifier: MIT */
/*
 * Exploration of one driver. Its actions find files and driver in the kit, so that the
 * test's memory stays the test's. Explorations come one at a time, as kits do.
 */
#include "sessio/testing_explore_driver.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "testing/explore_driver.h"

#define BYTES 64u
#define OPEN_ACTION 1u /* its index */

static struct {
	const sessio_driver_image *image;
	PCWSTR device;
	sessio_explore_begin_fn *begin; /* the test's, or NULL */
} subject;

/* Of requests that may be pended for long. */
static unsigned char buffers[SESSIO_EXPLORE_MAX_SESSIONS + 1][BYTES];

static sessio_kit_driver *find_driver(const sessio_kit *kit)
{
	for (struct si_list_node *node = kit->drivers.first; node != NULL; node = node->next) {
		sessio_kit_driver *driver = SI_LIST_ELEMENT(node, sessio_kit_driver, link);

		if (driver->image == subject.image && driver->loaded) {
			return driver;
		}
	}
	return NULL;
}

static sessio_status load(sessio_kit *kit, void *ctx)
{
	if (!NT_SUCCESS(sessio_kit_load_image(kit, subject.image, NULL))) {
		return SESSIO_REFUSED;
	}
	return subject.begin != NULL ? subject.begin(kit, ctx) : SESSIO_OK;
}

static sessio_status open_device(sessio_kit *kit, uint32_t session, uint64_t number, void *ctx)
{
	sessio_kit_file *file;

	(void)number;
	(void)ctx;
	return sessio_kit_find_file(kit, session) == NULL &&
			NT_SUCCESS(sessio_kit_open(kit, session, subject.device, &file))
		? SESSIO_OK
		: SESSIO_BAD_STATE;
}

sessio_kit_request *si_explore_pended(sessio_kit_file *file, uint64_t first, uint64_t last)
{
	for (struct si_list_node *node = file != NULL ? file->requests.last : NULL; node != NULL;
		node = node->previous) {
		sessio_kit_request *request = SI_LIST_ELEMENT(node, sessio_kit_request, link);

		if (request->pended && si_kit_is_done(request)) {
			(void)si_kit_collect(request, NULL);
		} else if (request->pended && request->function >= first &&
			request->function <= last) {
			return request;
		}
	}
	return NULL;
}

static sessio_status read_or_write(sessio_kit *kit, uint32_t session,
	NTSTATUS (*send)(sessio_kit_file *file, PVOID buffer, ULONG length, ULONG_PTR *information))
{
	sessio_kit_file *file = sessio_kit_find_file(kit, session);

	if (file == NULL ||
		si_explore_pended(file, SI_FUNCTION(IRP_MJ_READ), SI_FUNCTION(IRP_MJ_WRITE)) !=
			NULL) {
		return SESSIO_BAD_STATE;
	}
	memset(buffers[session], 0, BYTES);
	(void)send(file, buffers[session], BYTES, NULL);
	return SESSIO_OK;
}

static sessio_status read_device(sessio_kit *kit, uint32_t session, uint64_t number, void *ctx)
{
	(void)number;
	(void)ctx;
	return read_or_write(kit, session, sessio_kit_read);
}

static sessio_status write_device(sessio_kit *kit, uint32_t session, uint64_t number, void *ctx)
{
	(void)number;
	(void)ctx;
	return read_or_write(kit, session, sessio_kit_write);
}

static sessio_status cancel_request(sessio_kit *kit, uint32_t session, uint64_t number, void *ctx)
{
	sessio_kit_request *request =
		si_explore_pended(sessio_kit_find_file(kit, session), 0, UINT64_MAX);

	(void)number;
	(void)ctx;
	if (request == NULL) {
		return SESSIO_BAD_STATE;
	}
	(void)sessio_kit_cancel(request, 0, NULL); /* it may complete it later */
	return SESSIO_OK;
}

static sessio_status close_device(sessio_kit *kit, uint32_t session, uint64_t number, void *ctx)
{
	sessio_kit_file *file = sessio_kit_find_file(kit, session);

	(void)number;
	(void)ctx;
	if (file == NULL) {
		return SESSIO_BAD_STATE;
	}
	(void)sessio_kit_close(file);
	return SESSIO_OK;
}

static sessio_status unload(sessio_kit *kit, uint32_t session, uint64_t number, void *ctx)
{
	(void)session;
	(void)number;
	(void)ctx;
	return NT_SUCCESS(sessio_kit_unload(find_driver(kit))) ? SESSIO_OK : SESSIO_BAD_STATE;
}

static const sessio_explore_action own_actions[] = {
	{ .name = "unload", .run = unload },
	[OPEN_ACTION] = { .name = "open", .run = open_device, .for_sessions = true },
	{ .name = "read", .run = read_device, .for_sessions = true },
	{ .name = "write", .run = write_device, .for_sessions = true },
	{ .name = "cancel", .run = cancel_request, .for_sessions = true },
	{ .name = "close", .run = close_device, .for_sessions = true },
};
#define OWN_ACTIONS (sizeof(own_actions) / sizeof(own_actions[0]))

/* All actions: the driver's own, the test's, and those of its controls. */
static sessio_status put_actions(
	sessio_explore_options *all, PCWSTR device, sessio_explore_action *actions)
{
	size_t own = device != NULL ? OWN_ACTIONS : 1;

	memcpy(actions, own_actions, own * sizeof(*actions));
	if (all->action_count != 0) {
		memcpy(actions + own, all->actions, all->action_count * sizeof(*actions));
	}
	all->actions = actions;
	all->action_count += own;
	return si_explore_add_controls(all, actions);
}

static bool are_in_bounds(const sessio_explore_options *all, PCWSTR device)
{
	return all->action_count <= SESSIO_EXPLORE_MAX_ACTIONS &&
		all->control_count <= SESSIO_EXPLORE_MAX_ACTIONS &&
		(all->actions != NULL || all->action_count == 0) &&
		(all->controls != NULL || all->control_count == 0) &&
		(device != NULL || all->control_count == 0);
}

static sessio_status run(const sessio_driver_image *image, PCWSTR device,
	const sessio_explore_options *options, const sessio_scenario *scenario,
	sessio_explore **out_result)
{
	sessio_explore_options all = { 0 };
	sessio_explore_action *actions;
	sessio_status status;

	if (options != NULL) {
		all = *options;
	}
	if (image == NULL || !are_in_bounds(&all, device)) {
		return SESSIO_INVALID_ARG;
	}
	actions = calloc(OWN_ACTIONS + all.action_count + all.control_count, sizeof(*actions));
	if (actions == NULL) {
		return SESSIO_NO_MEMORY;
	}
	subject.image = image;
	subject.device = device;
	subject.begin = all.begin;
	all.program = all.program != NULL ? all.program : image->image.name;
	all.begin = load;
	status = put_actions(&all, device, actions);
	if (status == SESSIO_OK) {
		status = scenario != NULL ? sessio_explore_replay(&all, scenario, out_result)
					  : sessio_explore_run(&all, out_result);
	}
	si_explore_free_controls();
	free(actions);
	return status;
}

sessio_status sessio_explore_driver_image(const sessio_driver_image *image, PCWSTR device,
	const sessio_explore_options *options, sessio_explore **out_result)
{
	return run(image, device, options, NULL, out_result);
}

sessio_status sessio_explore_driver_replay(const sessio_driver_image *image, PCWSTR device,
	const sessio_explore_options *options, const sessio_scenario *scenario,
	sessio_explore **out_result)
{
	return scenario != NULL ? run(image, device, options, scenario, out_result)
				: SESSIO_INVALID_ARG;
}

bool sessio_explore_driver_image_passes(
	const sessio_driver_image *image, PCWSTR device, const sessio_explore_options *options)
{
	sessio_explore *explore = NULL;
	sessio_status status = run(image, device, options, NULL, &explore);
	bool was_open = device == NULL || (status == SESSIO_OK && explore->acted[OPEN_ACTION]);
	const char *program = options != NULL && options->program != NULL ? options->program
		: image != NULL                                           ? image->image.name
									  : "no driver";

	if (status == SESSIO_OK && !was_open) {
		(void)printf("%s: no history could open the device\n", program);
	}
	return si_explore_judge(program, status, explore) && was_open;
}
