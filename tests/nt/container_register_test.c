/* SPDX-License-Identifier: MIT */
/* Registering, clause by clause. */
#include "test.h"

#include "calls.h"

/* Clauses: W-1 */
static void only_class_0_can_be_registered(void **state)
{
	static const int classes[] = { 1, 2, 1000, -1 };
	IO_SESSION_STATE_NOTIFICATION ask = ask_for(&driver);
	PVOID handle = &handle;

	(void)state;
	for (size_t i = 0; i < RTL_NUMBER_OF(classes); i++) {
		IO_CONTAINER_NOTIFICATION_CLASS class = (IO_CONTAINER_NOTIFICATION_CLASS)classes[i];

		assert_int_equal(IoRegisterContainerNotification(
					 class, CALLBACK(note_call), &ask, sizeof(ask), &handle),
			(NTSTATUS)0xC00000EFu);
		assert_ptr_equal(handle, &handle);
	}
	IoUnregisterContainerNotification(enroll_driver());
}

/* Clauses: W-2 */
static void the_length_must_be_the_structures(void **state)
{
	IO_SESSION_STATE_NOTIFICATION ask = ask_for(&driver);
	PVOID handle = NULL;

	(void)state;
	assert_int_equal(sizeof(ask), sizeof(void *) == 8 ? 32 : 20);
	for (ULONG length = 0; length < 2 * sizeof(ask); length++) {
		NTSTATUS status = IoRegisterContainerNotification(
			IoSessionStateNotification, CALLBACK(note_call), &ask, length, &handle);

		if (length == sizeof(ask)) {
			assert_int_equal(status, STATUS_SUCCESS);
			IoUnregisterContainerNotification(handle);
		} else {
			assert_int_equal(status, (NTSTATUS)0xC00000F2u);
		}
	}
	assert_int_equal(IoRegisterContainerNotification(IoSessionStateNotification,
				 CALLBACK(note_call), &ask, MAXULONG, &handle),
		(NTSTATUS)0xC00000F2u);
	/* The length comes before what it is the length of. */
	assert_int_equal(IoRegisterContainerNotification(
				 IoSessionStateNotification, NULL, NULL, sizeof(ask) - 1, &handle),
		(NTSTATUS)0xC00000F2u);
}

/* Clauses: W-3, W-11, W-13 */
static void wrong_content_is_the_third_parameters_error(void **state)
{
	IO_SESSION_STATE_NOTIFICATION good = ask_for(&driver);
	IO_SESSION_STATE_NOTIFICATION bad[9];
	struct {
		CSHORT type;
	} other = { IO_TYPE_IRP };
	PVOID handle = &handle;

	(void)state;
	for (size_t i = 0; i < RTL_NUMBER_OF(bad); i++) {
		bad[i] = good;
	}
	bad[0].Size--;
	bad[1].Size = 0;
	bad[2].Flags = 1;
	bad[3].Flags = 0x80000000u;
	bad[4].IoObject = NULL;
	bad[5].IoObject = &other;
	bad[6].EventMask = 0;
	bad[7].EventMask = ~IO_SESSION_STATE_VALID_EVENT_MASK;
	bad[8].Size++;
	for (size_t i = 0; i < RTL_NUMBER_OF(bad); i++) {
		assert_int_equal(enroll(&bad[i], &handle), (NTSTATUS)0xC00000F1u);
		assert_ptr_equal(handle, &handle);
	}
	assert_int_equal(enroll(NULL, &handle), (NTSTATUS)0xC00000F1u);
	assert_int_equal(sessio_host_watch_count(host()), 0);
}

/* As a test has it that knows nothing of sessio_nt_init_driver(). */
static void a_zeroed_driver_object_is_one(void **state)
{
	DRIVER_OBJECT zeroed;
	IO_SESSION_STATE_NOTIFICATION ask = ask_for(&zeroed);
	PVOID handle = NULL;

	(void)state;
	memset(&zeroed, 0, sizeof(zeroed));
	assert_int_equal(enroll(&ask, &handle), STATUS_SUCCESS);
	for (CSHORT size = -2; size <= 2; size++) {
		PVOID other;

		zeroed.Size = size;
		assert_int_equal(enroll(&ask, &other),
			size == 0 ? STATUS_ALREADY_COMMITTED : STATUS_INVALID_PARAMETER_3);
	}
	IoUnregisterContainerNotification(handle);
}

static void a_callback_and_a_place_for_the_handle_are_needed(void **state)
{
	IO_SESSION_STATE_NOTIFICATION ask = ask_for(&driver);
	PVOID handle = NULL;

	(void)state;
	assert_int_equal(IoRegisterContainerNotification(
				 IoSessionStateNotification, NULL, &ask, sizeof(ask), &handle),
		STATUS_INVALID_PARAMETER_2);
	assert_int_equal(IoRegisterContainerNotification(IoSessionStateNotification,
				 CALLBACK(note_call), &ask, sizeof(ask), NULL),
		STATUS_INVALID_PARAMETER_5);
}

/* Clauses: W-4 */
static void a_second_registration_is_refused_and_the_first_stays(void **state)
{
	PVOID first = enroll_driver();
	IO_SESSION_STATE_NOTIFICATION ask = ask_for(&driver);
	PVOID second = &second;
	ULONG id = next_id++;

	(void)state;
	assert_int_equal(enroll(&ask, &second), (NTSTATUS)0xC0000021u);
	ask.Context = &ask;
	ask.EventMask = IO_SESSION_STATE_LOGON_EVENT;
	assert_int_equal(enroll(&ask, &second), (NTSTATUS)0xC0000021u);
	assert_ptr_equal(second, &second);
	post(id, EVENT(CREATED));
	assert_int_equal(call_count, 1);
	assert_null(calls[0].context);
	end_of(id);
	IoUnregisterContainerNotification(first);
}

static NTSTATUS note_other(
	PVOID session, PVOID object, ULONG event, PVOID context, PVOID payload, ULONG length)
{
	note_call(session, object, event, context, payload, length);
	calls[call_count - 1].event += 100;
	return STATUS_SUCCESS;
}

/* Clauses: W-5, W-9, W-10, W-12, W-14, W-19, W-26 */
static void one_driver_registers_several_objects(void **state)
{
	PDEVICE_OBJECT device;
	FILE_OBJECT file;
	IO_SESSION_STATE_NOTIFICATION ask = ask_for(&driver);
	PVOID handles[3];
	ULONG id = next_id++;

	(void)state;
	assert_int_equal(IoCreateDevice(&driver, 0, NULL, 1, 0, FALSE, &device), STATUS_SUCCESS);
	sessio_nt_init_file(&file, device);
	assert_int_equal(enroll(&ask, &handles[0]), STATUS_SUCCESS);
	ask.IoObject = &file;
	ask.Context = (PVOID)1; /* passed through, whatever it is */
	ask.EventMask = IO_SESSION_STATE_VALID_EVENT_MASK;
	assert_int_equal(IoRegisterContainerNotification(IoSessionStateNotification,
				 CALLBACK(note_other), &ask, sizeof(ask), &handles[1]),
		STATUS_SUCCESS);
	ask.IoObject = device;
	ask.Context = &file;
	ask.EventMask = IO_SESSION_STATE_CONNECT_EVENT | 0x80000000u;
	assert_int_equal(enroll(&ask, &handles[2]), STATUS_SUCCESS);
	assert_ptr_not_equal(handles[0], handles[1]);
	assert_ptr_not_equal(handles[1], handles[2]);
	post(id, EVENT(CREATED));
	post(id, EVENT(CONNECTED));
	assert_int_equal(call_count, 5);
	assert_int_equal(calls[0].event, IoSessionEventCreated);
	assert_ptr_equal(calls[0].object, &driver);
	assert_null(calls[0].context);
	assert_int_equal(calls[1].event, IoSessionEventCreated + 100);
	assert_ptr_equal(calls[1].object, &file);
	assert_ptr_equal(calls[1].context, (PVOID)1);
	assert_int_equal(calls[2].event, IoSessionEventConnected);
	assert_int_equal(calls[3].event, IoSessionEventConnected + 100);
	assert_int_equal(calls[4].event, IoSessionEventConnected);
	assert_ptr_equal(calls[4].object, device);
	/* Each had a payload of its own, whatever the one before did to it. */
	for (size_t i = 2; i < 5; i++) {
		assert_int_equal(calls[i].connect.SessionId, id);
	}
	assert_ptr_equal(calls[4].context, &file);
	for (size_t i = 0; i < 3; i++) {
		IoUnregisterContainerNotification(handles[i]);
	}
	end_of(id);
	assert_int_equal(call_count, 5);
	IoDeleteDevice(device);
}

/* Clauses: W-6, W-15, W-31 */
static void an_object_can_be_registered_again_after_its_end(void **state)
{
	ULONG id = next_id++;
	PVOID first = enroll_driver();
	PVOID second;

	(void)state;
	post(id, EVENT(CREATED));
	IoUnregisterContainerNotification(first);
	post(id, EVENT(CONNECTED));
	assert_int_equal(call_count, 1);
	second = enroll_driver();
	assert_ptr_not_equal(second, first);
	IoUnregisterContainerNotification(first); /* dead: not the second's */
	post(id, EVENT(LOGON));
	assert_int_equal(call_count, 2);
	IoUnregisterContainerNotification(second);
	end_of(id);
}

/* Clauses: W-8 */
static void the_structure_may_be_overwritten_after_the_call(void **state)
{
	IO_SESSION_STATE_NOTIFICATION ask = ask_for(&driver);
	PVOID handle;
	ULONG id = next_id++;

	(void)state;
	ask.Context = &driver;
	assert_int_equal(enroll(&ask, &handle), STATUS_SUCCESS);
	memset(&ask, 0xff, sizeof(ask));
	post(id, EVENT(CREATED));
	assert_ptr_equal(calls[0].object, &driver);
	assert_ptr_equal(calls[0].context, &driver);
	IoUnregisterContainerNotification(handle);
	end_of(id);
}

/* Clauses: W-12 */
static void each_bit_of_the_mask_chooses_its_event(void **state)
{
	static const struct {
		ULONG bit;
		ULONG event;
	} rows[] = {
		{ IO_SESSION_STATE_CREATION_EVENT, IoSessionEventCreated },
		{ IO_SESSION_STATE_TERMINATION_EVENT, IoSessionEventTerminated },
		{ IO_SESSION_STATE_CONNECT_EVENT, IoSessionEventConnected },
		{ IO_SESSION_STATE_DISCONNECT_EVENT, IoSessionEventDisconnected },
		{ IO_SESSION_STATE_LOGON_EVENT, IoSessionEventLogon },
		{ IO_SESSION_STATE_LOGOFF_EVENT, IoSessionEventLogoff },
	};

	(void)state;
	for (size_t i = 0; i < RTL_NUMBER_OF(rows); i++) {
		IO_SESSION_STATE_NOTIFICATION ask = ask_for(&driver);
		ULONG id = next_id++;
		PVOID handle;

		ask.EventMask = rows[i].bit;
		assert_int_equal(rows[i].bit, 1u << (rows[i].event - 1));
		assert_int_equal(enroll(&ask, &handle), STATUS_SUCCESS);
		call_count = 0;
		post(id, EVENT(CREATED));
		post(id, EVENT(CONNECTED));
		post(id, EVENT(LOGON));
		post(id, EVENT(LOGOFF));
		post(id, EVENT(DISCONNECTED));
		post(id, EVENT(TERMINATED));
		assert_int_equal(call_count, 1);
		assert_int_equal(calls[0].event, rows[i].event);
		IoUnregisterContainerNotification(handle);
	}
}

/* Clauses: W-16 */
static void a_device_of_one_session_hears_of_that_session_only(void **state)
{
	PDEVICE_OBJECT device;
	ULONG mine = next_id++;
	ULONG other = next_id++;
	IO_SESSION_STATE_NOTIFICATION ask;
	PVOID handle;
	ULONG services = 0;

	(void)state;
	assert_int_equal(IoCreateDevice(&driver, 0, NULL, 1, 0, FALSE, &device), STATUS_SUCCESS);
	ask = ask_for(device);
	assert_int_equal(sessio_nt_set_device_session(device, mine), SESSIO_OK);
	assert_int_equal(enroll(&ask, &handle), STATUS_SUCCESS);
	post(other, EVENT(CREATED));
	post(mine, EVENT(CREATED));
	post(other, EVENT(TERMINATED));
	post(mine, EVENT(TERMINATED));
	assert_int_equal(call_count, 2);
	assert_int_equal(calls[0].info.SessionId, mine);
	assert_int_equal(calls[1].info.SessionId, mine);
	IoUnregisterContainerNotification(handle);

	/* Zero is the services', and follows all; so does a device without the property. */
	assert_int_equal(sessio_nt_set_device_session(device, services), SESSIO_OK);
	assert_int_equal(enroll(&ask, &handle), STATUS_SUCCESS);
	post(other, EVENT(CREATED));
	post(mine, EVENT(CREATED));
	assert_int_equal(call_count, 4);
	IoUnregisterContainerNotification(handle);
	IoDeleteDevice(device);
	end_of(other);
	end_of(mine);
}

/* Clauses: W-18 */
static void all_calls_may_come_at_apc_level_and_so_may_the_callback(void **state)
{
	IO_SESSION_STATE_INFORMATION info;
	PVOID handle;
	KIRQL before;

	(void)state;
	KeRaiseIrql(APC_LEVEL, &before);
	handle = enroll_driver();
	post(1, SESSIO_USER_EVENT_CREATED);
	assert_int_equal(call_count, 1);
	assert_int_equal(calls[0].info.SessionId, 1);
	assert_int_equal(
		IoGetContainerInformation(IoSessionStateInformation, NULL, &info, sizeof(info)),
		STATUS_INVALID_PARAMETER_2);
	IoUnregisterContainerNotification(handle);
	KeLowerIrql(before);
	end_of(1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(only_class_0_can_be_registered, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			the_length_must_be_the_structures, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			wrong_content_is_the_third_parameters_error, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_zeroed_driver_object_is_one, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_callback_and_a_place_for_the_handle_are_needed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_second_registration_is_refused_and_the_first_stays, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			one_driver_registers_several_objects, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			an_object_can_be_registered_again_after_its_end, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			the_structure_may_be_overwritten_after_the_call, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			each_bit_of_the_mask_chooses_its_event, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_device_of_one_session_hears_of_that_session_only, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			all_calls_may_come_at_apc_level_and_so_may_the_callback, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
