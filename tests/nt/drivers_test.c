/* SPDX-License-Identifier: MIT */
/*
 * Whole drivers, from loading to unloading. Their sources in drivers/ are as
 * drivers are written; each has its entry under a name of its own here.
 */
#include "test.h"

#include <ntddk.h>
#include <sessio_nt.h>

#include <stdio.h>

#include <sessio/host.h>

#include "inside.h"

#define EVENT(name) SESSIO_USER_EVENT_##name
#define STATE(name) SESSIO_USER_STATE_##name

DRIVER_INITIALIZE session_filter_entry, session_log_entry, session_owner_entry, session_state_entry,
	session_wide_entry;
NTSTATUS FilterUnload(ULONG Flags);

static char printed[8192];

static void keep(void *ctx, ULONG component, ULONG level, const char *text, size_t length)
{
	(void)ctx;
	(void)component;
	(void)level;
	if (!note_that(strlen(printed) + length + 2 < sizeof(printed))) {
		return;
	}
	strcat(printed, text);
	if (length == 0 || text[length - 1] != '\n') {
		strcat(printed, "\n");
	}
}

static void expect_printed(const char *expected)
{
	assert_string_equal(printed, expected);
	printed[0] = '\0';
}

static sessio_host *host(void)
{
	return sessio_host_default();
}

static DRIVER_OBJECT driver;

static int set_up(void **state)
{
	(void)state;
	printed[0] = '\0';
	sessio_nt_set_debug_print(keep, NULL);
	return 0;
}

/* A driver takes nothing with it when it goes. */
static int tear_down(void **state)
{
	struct sessio_nt_usage usage;

	(void)state;
	sessio_nt_set_debug_print(NULL, NULL);
	sessio_nt_fini_driver(&driver);
	sessio_nt_get_usage(&usage);
	return usage.pool_blocks == 0 && usage.devices == 0 && usage.symbolic_links == 0 &&
			usage.requests == 0 && usage.work_items == 0 &&
			sessio_host_watch_count(host()) == 0 &&
			sessio_host_session_count(host()) == 0 &&
			sessio_host_set_default(NULL) == SESSIO_OK
		? 0
		: -1;
}

static void post(ULONG id, sessio_user_event event)
{
	assert_int_equal(sessio_host_post(host(), id, event, 0, NULL), SESSIO_OK);
}

#define IS_IN(state) "session_state: 7 is in " #state "\n"

/* Clauses: W-19, W-29, W-38 */
static void the_smallest_driver_prints_each_state_of_a_life(void **state)
{
	static const struct {
		sessio_user_event event;
		const char *printed;
	} life[] = {
		{ EVENT(CREATED), IS_IN(1) },
		{ EVENT(CONNECTED), IS_IN(3) },
		{ EVENT(LOGON), IS_IN(6) },
		{ EVENT(DISCONNECTED), IS_IN(5) },
		{ EVENT(LOGOFF), IS_IN(4) },
		{ EVENT(CONNECTED), IS_IN(3) },
		{ EVENT(LOGON), IS_IN(6) },
		{ EVENT(LOGOFF), IS_IN(7) },
		{ EVENT(TERMINATED), IS_IN(8) },
	};

	(void)state;
	sessio_nt_init_driver(&driver, NULL);
	assert_int_equal(session_state_entry(&driver, NULL), STATUS_SUCCESS);
	for (size_t i = 0; i < RTL_NUMBER_OF(life); i++) {
		post(7, life[i].event);
		expect_printed(life[i].printed);
	}
	driver.DriverUnload(&driver);
	post(8, EVENT(CREATED));
	post(8, EVENT(TERMINATED));
	expect_printed("");
}

static void the_smallest_driver_prints_why_it_was_refused(void **state)
{
	(void)state;
	sessio_nt_init_driver(&driver, NULL);
	assert_int_equal(session_state_entry(&driver, NULL), STATUS_SUCCESS);
	assert_int_equal(session_state_entry(&driver, NULL), STATUS_ALREADY_COMMITTED);
	expect_printed("session_state: not registered, 0xC0000021\n");
	driver.DriverUnload(&driver);
}

static PIRP make_request(UCHAR major, ULONG code, PVOID buffer, ULONG length)
{
	PIRP irp = IoAllocateIrp(1, FALSE);
	PIO_STACK_LOCATION next = IoGetNextIrpStackLocation(irp);

	next->MajorFunction = major;
	next->Parameters.DeviceIoControl.IoControlCode = code;
	next->Parameters.DeviceIoControl.OutputBufferLength = length;
	irp->AssociatedIrp.SystemBuffer = buffer;
	return irp;
}

static NTSTATUS send(PDEVICE_OBJECT device, UCHAR major, ULONG code, PVOID buffer, ULONG length,
	ULONG_PTR *information)
{
	PIRP irp = make_request(major, code, buffer, length);
	NTSTATUS status = IoCallDriver(device, irp);

	note_that(status == irp->IoStatus.Status);
	if (information != NULL) {
		*information = irp->IoStatus.Information;
	}
	IoFreeIrp(irp);
	return status;
}

#define READ_LOG CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800, METHOD_BUFFERED, FILE_READ_ACCESS)

static void a_log_driver_hands_out_what_happened(void **state)
{
	char buffer[256];

	(void)state;
	sessio_nt_init_driver(&driver, NULL);
	assert_int_equal(session_log_entry(&driver, NULL), STATUS_SUCCESS);
	assert_int_equal(session_log_entry(&driver, NULL), STATUS_OBJECT_NAME_COLLISION);
	post(2, EVENT(CREATED));
	assert_int_equal(
		sessio_host_post(host(), 2, EVENT(CONNECTED), SESSIO_POST_REMOTE, NULL), SESSIO_OK);
	expect_printed("SessionLog: \\Device\\SessionLog session 2 Created state 1\n"
		       "SessionLog: \\Device\\SessionLog session 2 Connected state 3 remote\n");
	assert_int_equal(
		send(driver.DeviceObject, IRP_MJ_CREATE, 0, NULL, 0, NULL), STATUS_SUCCESS);
	assert_int_equal(send(driver.DeviceObject, IRP_MJ_DEVICE_CONTROL, READ_LOG, buffer,
				 sizeof(buffer), NULL),
		STATUS_SUCCESS);
	assert_int_equal(
		send(driver.DeviceObject, IRP_MJ_DEVICE_CONTROL, READ_LOG, buffer, 4, NULL),
		STATUS_BUFFER_TOO_SMALL);
	assert_int_equal(send(driver.DeviceObject, IRP_MJ_DEVICE_CONTROL, READ_LOG, buffer,
				 sizeof(buffer), NULL),
		STATUS_SUCCESS);
	assert_int_equal(send(driver.DeviceObject, IRP_MJ_DEVICE_CONTROL, READ_LOG, buffer,
				 sizeof(buffer), NULL),
		STATUS_NO_MORE_ENTRIES);
	assert_int_equal(send(driver.DeviceObject, IRP_MJ_POWER, 0, NULL, 0, NULL),
		STATUS_INVALID_DEVICE_REQUEST);
	/* More than it keeps: the oldest go. */
	for (int i = 0; i < 20; i++) {
		post(2, EVENT(DISCONNECTED));
		post(2, EVENT(CONNECTED));
	}
	post(2, EVENT(TERMINATED));
	driver.DriverUnload(&driver);
}

static void a_filter_keeps_a_table_of_sessions(void **state)
{
	(void)state;
	sessio_nt_init_driver(&driver, NULL);
	assert_int_equal(session_filter_entry(&driver, NULL), STATUS_SUCCESS);
	post(1, EVENT(CREATED));
	post(1, EVENT(CONNECTED));
	post(1, EVENT(LOGON));
	post(3, EVENT(CREATED));
	assert_int_equal(
		sessio_host_post(host(), 3, EVENT(CONNECTED), SESSIO_POST_REMOTE, NULL), SESSIO_OK);
	post(3, EVENT(TERMINATED));
	post(1, EVENT(LOGOFF));
	post(1, EVENT(TERMINATED));
	expect_printed("filter: 3 TERMINAL gone\nfilter: 1 CONSOLE gone\n");
	post(4, EVENT(CREATED));
	post(4, EVENT(CONNECTED));
	assert_int_equal(FilterUnload(0), STATUS_SUCCESS);
	post(4, EVENT(TERMINATED));
}

static void an_owner_is_dropped_when_its_session_goes(void **state)
{
	sessio_user_session *session;
	ULONG_PTR answer = 0;

	(void)state;
	sessio_nt_init_driver(&driver, NULL);
	assert_int_equal(session_owner_entry(&driver, NULL), STATUS_SUCCESS);
	assert_int_equal(
		send(driver.DeviceObject, IRP_MJ_CREATE, 0, NULL, 0, &answer), STATUS_SUCCESS);
	assert_int_equal(answer, MAXULONG);
	post(5, EVENT(CREATED));
	post(5, EVENT(CONNECTED));
	post(5, EVENT(LOGON));
	assert_int_equal(sessio_host_find_session(host(), 5, &session), SESSIO_OK);
	assert_int_equal(sessio_host_enter_session(host(), session), SESSIO_OK);
	assert_int_equal(
		send(driver.DeviceObject, IRP_MJ_CREATE, 0, NULL, 0, &answer), STATUS_SUCCESS);
	assert_int_equal(answer, 5);
	assert_int_equal(sessio_host_leave_session(host()), SESSIO_OK);
	sessio_user_session_unref(session);
	post(5, EVENT(LOGOFF));
	post(5, EVENT(TERMINATED));
	printed[0] = '\0';
	driver.DriverUnload(&driver);
	expect_printed("owner: dropped 1\n");
}

static void a_driver_that_uses_all_at_once_leaves_nothing_behind(void **state)
{
	UNICODE_STRING path = RTL_CONSTANT_STRING(L"\\Registry\\Machine\\X");

	(void)state;
	sessio_nt_init_driver(&driver, NULL);
	assert_int_equal(session_wide_entry(&driver, &path), STATUS_SUCCESS);
	expect_printed("[session_wide_entry] \\Registry\\Machine\\X\n");
	post(9, EVENT(CREATED));
	assert_non_null(strstr(printed, " \\Sessions\\9\\Created pid="));
	post(9, EVENT(CONNECTED));
	assert_non_null(strstr(printed, "connect: session 9 local="));
	assert_int_equal(send(driver.DeviceObject, IRP_MJ_DEVICE_CONTROL, 1, NULL, 0, NULL),
		STATUS_NOT_IMPLEMENTED);
	post(9, EVENT(TERMINATED));
	assert_non_null(strstr(printed, " \\Sessions\\9\\Terminated pid="));
	sessio_nt_wait_for_work();
	driver.DriverUnload(&driver);
}

/* The recorded trace: a user comes by RDP to a session that is open at the console. */
#define X 1
#define A 2
#define B 3
static const struct {
	unsigned ms;
	ULONG id;
	sessio_user_event event;
	unsigned flags;
	const char *name;
	sessio_user_state after;
} trace[] = {
	{ 208156, A, EVENT(CREATED), SESSIO_POST_REMOTE, "Created", STATE(CREATED) },
	{ 208348, A, EVENT(CONNECTED), SESSIO_POST_REMOTE, "Connected", STATE(CONNECTED) },
	{ 208675, X, EVENT(DISCONNECTED), 0, "Disconnected", STATE(DISCONNECTED_LOGGED_ON) },
	{ 208680, A, EVENT(DISCONNECTED), 0, "Disconnected", STATE(DISCONNECTED) },
	{ 208690, B, EVENT(CREATED), 0, "Created", STATE(CREATED) },
	{ 209152, B, EVENT(CONNECTED), 0, "Connected", STATE(CONNECTED) },
	{ 209277, X, EVENT(CONNECTED), SESSIO_POST_REMOTE, "Connected", STATE(LOGGED_ON) },
	{ 209287, A, EVENT(TERMINATED), 0, "Terminated", STATE(TERMINATED) },
	{ 233444, X, EVENT(DISCONNECTED), 0, "Disconnected", STATE(DISCONNECTED_LOGGED_ON) },
	{ 242166, B, EVENT(DISCONNECTED), 0, "Disconnected", STATE(DISCONNECTED) },
	{ 242570, X, EVENT(CONNECTED), 0, "Connected", STATE(LOGGED_ON) },
	{ 242574, B, EVENT(TERMINATED), 0, "Terminated", STATE(TERMINATED) },
};

static unsigned outside;

static void count_outside(const sessio_user_notice *notice, void *ctx)
{
	(void)ctx;
	outside += (notice->flags & SESSIO_NOTICE_OUTSIDE) != 0;
	note_that((notice->flags & SESSIO_NOTICE_OUTSIDE) == 0 ||
		(notice->session_id == X && notice->event == EVENT(CONNECTED)));
}

/* Clauses: W-17, W-20, W-23, W-24, D1, D2, D3, D6, D8 */
static void a_recorded_trace_is_replayed_through_a_driver(void **state)
{
	sessio_watch_options options = { .events = SESSIO_USER_EVENTS_ALL };
	sessio_watch watch;

	(void)state;
	sessio_nt_init_driver(&driver, NULL);
	assert_int_equal(sessio_host_adopt(host(), X, STATE(LOGGED_ON), 0), SESSIO_OK);
	assert_int_equal(session_log_entry(&driver, NULL), STATUS_SUCCESS);
	assert_int_equal(
		sessio_host_watch(host(), &options, count_outside, NULL, &watch), SESSIO_OK);
	expect_printed("");
	outside = 0;
	for (size_t i = 0; i < RTL_NUMBER_OF(trace); i++) {
		char line[128];
		const char *payload = trace[i].event != EVENT(CONNECTED) ? ""
			: trace[i].flags == SESSIO_POST_REMOTE           ? " remote"
									 : " local";

		assert_int_equal(
			sessio_host_observe(host(), trace[i].id, trace[i].event, trace[i].flags),
			SESSIO_OK);
		(void)snprintf(line, sizeof(line),
			"SessionLog: \\Device\\SessionLog session %u %s state %d%s\n",
			(unsigned)trace[i].id, trace[i].name, (int)trace[i].after, payload);
		expect_printed(line);
	}
	/* Reality left the table twice: X came back without a logon. */
	assert_int_equal(outside, 2);
	assert_int_equal(sessio_host_unwatch(host(), watch), SESSIO_OK);
	driver.DriverUnload(&driver);
	post(X, EVENT(TERMINATED));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			the_smallest_driver_prints_each_state_of_a_life, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			the_smallest_driver_prints_why_it_was_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_log_driver_hands_out_what_happened, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_filter_keeps_a_table_of_sessions, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			an_owner_is_dropped_when_its_session_goes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_driver_that_uses_all_at_once_leaves_nothing_behind, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_recorded_trace_is_replayed_through_a_driver, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
