/* SPDX-License-Identifier: MIT */
/* Files and requests, as their sources see them. */
#ifndef SI_TESTING_FILE_H
#define SI_TESTING_FILE_H

#include <stddef.h>

#include "testing/kit.h"

/* Memory for a request of a scenario. */
struct si_kit_buffer {
	struct si_kit_buffer *next;
	_Alignas(max_align_t) unsigned char bytes[];
};

struct sessio_kit_file {
	struct si_list_node link; /* kit->files */
	sessio_kit *kit;
	PDEVICE_OBJECT device; /* held until the file is closed */
	const DRIVER_OBJECT *driver; /* of the device */
	sessio_user_session *session; /* +1; NULL: none */
	struct si_list requests; /* all of this file, the oldest first */
	struct si_kit_buffer *buffers; /* the latest first; freed with the requests */
	uint32_t number; /* which file it was that was opened in the kit, from 1; 0: none yet */
	char label[SESSIO_SCENARIO_MAX_NAME + 1]; /* its name in a scenario, or empty */
	bool cleaned;
	bool closed;
	FILE_OBJECT object;
	WCHAR name[];
};

/* Freed with its file, so that a second completion finds it. */
struct sessio_kit_request {
	struct si_list_node link; /* file->requests */
	sessio_kit_file *file;
	PDEVICE_OBJECT target; /* the highest of the file's stack */
	const void *routine; /* of the target's driver, that got it */
	uint64_t function; /* major, and the code of a device control */
	PIRP irp;
	PIO_STACK_LOCATION location; /* of the file's device */
	IO_STATUS_BLOCK result; /* once it is done */
	KEVENT done;
	bool pended;
	bool collected;
	NTSTATUS status; /* of the dispatch routine */
	PVOID in, out; /* of the test */
	ULONG in_length, out_length;
	ULONG room; /* for data, as Information has it */
	bool has_room; /* that is known */
	PVOID direct; /* a copy of the test's buffer, NULL if there is none */
	PVOID direct_out; /* where it goes then, NULL if nowhere */
	ULONG direct_length;
};

/*
 * A file of a device that is held for it; NULL if there is no memory. The rest of its name
 * is copied.
 */
sessio_kit_file *si_kit_make_file(sessio_kit *kit, PDEVICE_OBJECT device, PCUNICODE_STRING rest);

/* The name that a scenario has for it; the open file of a name, or NULL. */
void si_kit_put_file_name(const sessio_kit_file *file, char name[SESSIO_SCENARIO_MAX_NAME + 1]);
sessio_kit_file *si_kit_file_of_name(const sessio_kit *kit, const char *name);
/* Its user session; SESSIO_KIT_NO_SESSION if it has none. */
uint32_t si_kit_file_session(const sessio_kit_file *file);

/* A request to the file's device, with this function; NULL if there is no memory. */
sessio_kit_request *si_kit_make_request(sessio_kit_file *file, UCHAR major);

/* Its buffers, by each way in which they reach a driver. False if there is no memory. */
bool si_kit_set_buffered(sessio_kit_request *request, bool copy_in);
bool si_kit_set_direct(sessio_kit_request *request, PVOID buffer, ULONG length, bool copy_out);

/* Inside of a step: sends it; the dispatch routine's result. */
NTSTATUS si_kit_send(sessio_kit_request *request);

/* Whether it was completed. */
bool si_kit_is_done(sessio_kit_request *request);

/* It is done: hands out its data and result once, and frees its buffers. */
NTSTATUS si_kit_collect(sessio_kit_request *request, ULONG_PTR *out_information);

/* A pended request of a file that this many others are later than; NULL if there is none. */
sessio_kit_request *si_kit_pended_at(sessio_kit_file *file, uint64_t later);

/* Cancels what this file has pended, and says what stays pending nevertheless. */
void si_kit_end_requests(sessio_kit_file *file);

void si_kit_free_requests(sessio_kit_file *file);

/*
 * Calls that a test makes itself, for the kit's log. They are noted before they are made. The
 * answer says whether there is a log that listens: then si_kit_end_note() must follow.
 */
bool si_kit_note_open(
	sessio_kit *kit, uint32_t session_id, PCWSTR name, const DEVICE_OBJECT *device);
bool si_kit_note_io(const sessio_kit_file *file, const sessio_step_call *call);
bool si_kit_note_request(const sessio_kit_request *request, sessio_call call);
bool si_kit_note_driver(const sessio_kit_driver *driver, sessio_call call);

#endif /* SI_TESTING_FILE_H */
