// The smallest driver that follows user sessions: one registration for the driver
// object, and one callback that asks in which state its session is now.
#include <ntddk.h>

EXTERN_C_START
DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD StateUnload;
static IO_SESSION_NOTIFICATION_FUNCTION StateChanged;
EXTERN_C_END

static PVOID StateRegistration;

static NTSTATUS
StateChanged(
    _In_ PVOID Session,
    _In_ PVOID Object,
    _In_ ULONG Event,
    _In_opt_ PVOID Context,
    _In_opt_ PVOID Payload,
    _In_ ULONG PayloadLength)
{
    IO_SESSION_STATE_INFORMATION Now;
    NTSTATUS Status;

    UNREFERENCED_PARAMETER(Object);
    UNREFERENCED_PARAMETER(Event);
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Payload);
    UNREFERENCED_PARAMETER(PayloadLength);

    Status = IoGetContainerInformation(IoSessionStateInformation, Session, &Now, sizeof(Now));
    if (NT_SUCCESS(Status)) {
        DbgPrint("session_state: %lu is in %d\n", Now.SessionId, (int)Now.SessionState);
    }
    return Status;
}

static VOID
StateUnload(_In_ PDRIVER_OBJECT Driver)
{
    UNREFERENCED_PARAMETER(Driver);
    IoUnregisterContainerNotification(StateRegistration);
    StateRegistration = NULL;
}

NTSTATUS
DriverEntry(_In_ PDRIVER_OBJECT Driver, _In_ PUNICODE_STRING RegistryPath)
{
    IO_SESSION_STATE_NOTIFICATION Wanted = { 0 };
    NTSTATUS Status;

    UNREFERENCED_PARAMETER(RegistryPath);
    Wanted.Size = sizeof(Wanted);
    Wanted.IoObject = Driver;
    Wanted.EventMask = IO_SESSION_STATE_ALL_EVENTS;
    Status = IoRegisterContainerNotification(
        IoSessionStateNotification,
        (PIO_CONTAINER_NOTIFICATION_FUNCTION)(PVOID)StateChanged,
        &Wanted,
        sizeof(Wanted),
        &StateRegistration);
    if (!NT_SUCCESS(Status)) {
        DbgPrint("session_state: not registered, 0x%08X\n", Status);
        return Status;
    }
    Driver->DriverUnload = StateUnload;
    return STATUS_SUCCESS;
}
