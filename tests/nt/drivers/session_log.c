/*++

Abstract:

    Keeps a log of what happened to user sessions and hands it out by a device
    control request. In the manner of Windows 8 drivers and later.

--*/

#include <ntddk.h>

#define LOG_TAG 'goLS'
#define LOG_MAXIMUM 32
#define IOCTL_SESSION_LOG_READ CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800, METHOD_BUFFERED, FILE_READ_ACCESS)

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD SessionLogUnload;
_Dispatch_type_(IRP_MJ_CREATE)
_Dispatch_type_(IRP_MJ_CLOSE)
DRIVER_DISPATCH SessionLogCreateClose;
_Dispatch_type_(IRP_MJ_DEVICE_CONTROL)
DRIVER_DISPATCH SessionLogControl;
IO_SESSION_NOTIFICATION_FUNCTION SessionLogNotify;

#ifdef ALLOC_PRAGMA
#pragma alloc_text(INIT, DriverEntry)
#pragma alloc_text(PAGE, SessionLogUnload)
#pragma alloc_text(PAGE, SessionLogCreateClose)
#endif

#pragma warning(push)
#pragma warning(disable : 4201)

typedef struct _SESSION_RECORD {
    LIST_ENTRY Link;
    LARGE_INTEGER Time;
    ULONG SessionId;
    ULONG Event;
    IO_SESSION_STATE State;
    BOOLEAN HasPayload;
    BOOLEAN Local;
    HANDLE ProcessId;
    HANDLE ThreadId;
} SESSION_RECORD, *PSESSION_RECORD;

#pragma warning(pop)

typedef struct _SESSION_LOG_EXTENSION {
    PDEVICE_OBJECT Self;
    PVOID Registration;
    KSPIN_LOCK Lock;
    _Guarded_by_(Lock) LIST_ENTRY Records;
    _Guarded_by_(Lock) ULONG Count;
    volatile LONG Lost;
    NPAGED_LOOKASIDE_LIST Lookaside;
} SESSION_LOG_EXTENSION, *PSESSION_LOG_EXTENSION;

DECLARE_GLOBAL_CONST_UNICODE_STRING(SessionLogDeviceName, L"\\Device\\SessionLog");
DECLARE_GLOBAL_CONST_UNICODE_STRING(SessionLogLinkName, L"\\DosDevices\\SessionLog");

static PCSTR
SessionLogEventName(
    _In_ ULONG Event
    )
{
    static const PCSTR Names[] = {
        "Ignore", "Created", "Terminated", "Connected", "Disconnected", "Logon", "Logoff"
    };
    C_ASSERT(ARRAYSIZE(Names) == IoSessionEventMax);

    return (Event < RTL_NUMBER_OF(Names)) ? Names[Event] : "?";
}

_IRQL_requires_max_(APC_LEVEL)
_IRQL_requires_same_
_Function_class_(IO_SESSION_NOTIFICATION_FUNCTION)
_Use_decl_annotations_
NTSTATUS
SessionLogNotify(
    _In_ PVOID SessionObject,
    _In_ PVOID IoObject,
    _In_ ULONG Event,
    _In_opt_ PVOID Context,
    _In_reads_bytes_opt_(PayloadLength) PVOID NotificationPayload,
    _In_ ULONG PayloadLength
    )
{
    PSESSION_LOG_EXTENSION Extension = (PSESSION_LOG_EXTENSION)Context;
    IO_SESSION_STATE_INFORMATION Information;
    PSESSION_RECORD Record;
    NTSTATUS Status;
    KIRQL OldIrql;

    UNREFERENCED_PARAMETER(IoObject);
    NT_ASSERT(Extension != NULL);

    RtlZeroMemory(&Information, sizeof(Information));
    Status = IoGetContainerInformation(IoSessionStateInformation,
                                       SessionObject,
                                       &Information,
                                       sizeof(Information));
    if (!NT_SUCCESS(Status)) {
        DbgPrintEx(DPFLTR_IHVDRIVER_ID, DPFLTR_ERROR_LEVEL, "SessionLog: query failed %08lX\n", Status);
        return STATUS_SUCCESS;
    }

    Record = (PSESSION_RECORD)ExAllocateFromNPagedLookasideList(&Extension->Lookaside);
    if (Record == NULL) {
        InterlockedIncrement(&Extension->Lost);
        return STATUS_SUCCESS;
    }

    KeQuerySystemTime(&Record->Time);
    Record->SessionId = Information.SessionId;
    Record->Event = Event;
    Record->State = Information.SessionState;
    Record->HasPayload = FALSE;
    Record->Local = FALSE;
    Record->ProcessId = PsGetCurrentProcessId();
    Record->ThreadId = PsGetCurrentThreadId();
    if (NotificationPayload != NULL && PayloadLength >= sizeof(IO_SESSION_CONNECT_INFO)) {
        PIO_SESSION_CONNECT_INFO Connect = (PIO_SESSION_CONNECT_INFO)NotificationPayload;

        Record->HasPayload = TRUE;
        Record->Local = Connect->LocalSession;
    }

    KeAcquireSpinLock(&Extension->Lock, &OldIrql);
    if (Extension->Count == LOG_MAXIMUM) {
        PSESSION_RECORD Oldest = CONTAINING_RECORD(RemoveHeadList(&Extension->Records), SESSION_RECORD, Link);

        ExFreeToNPagedLookasideList(&Extension->Lookaside, Oldest);
        Extension->Count--;
    }
    InsertTailList(&Extension->Records, &Record->Link);
    Extension->Count++;
    KeReleaseSpinLock(&Extension->Lock, OldIrql);

    DbgPrint("SessionLog: %wZ session %lu %s state %d%s\n",
             &SessionLogDeviceName,
             Information.SessionId,
             SessionLogEventName(Event),
             Information.SessionState,
             !Record->HasPayload ? "" : Record->Local ? " local" : " remote");
    return STATUS_SUCCESS;
}

NTSTATUS
SessionLogCreateClose(
    PDEVICE_OBJECT DeviceObject,
    PIRP Irp
    )
{
    PAGED_CODE();
    UNREFERENCED_PARAMETER(DeviceObject);

    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

NTSTATUS
SessionLogControl(
    PDEVICE_OBJECT DeviceObject,
    PIRP Irp
    )
{
    PSESSION_LOG_EXTENSION Extension = (PSESSION_LOG_EXTENSION)DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION Stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS Status = STATUS_INVALID_DEVICE_REQUEST;
    ULONG_PTR Length = 0;
    KIRQL OldIrql;

    switch (Stack->Parameters.DeviceIoControl.IoControlCode) {
    case IOCTL_SESSION_LOG_READ:
        if (Stack->Parameters.DeviceIoControl.OutputBufferLength < sizeof(SESSION_RECORD)) {
            Status = STATUS_BUFFER_TOO_SMALL;
            break;
        }
        KeAcquireSpinLock(&Extension->Lock, &OldIrql);
        if (IsListEmpty(&Extension->Records)) {
            Status = STATUS_NO_MORE_ENTRIES;
        } else {
            PSESSION_RECORD Record = CONTAINING_RECORD(RemoveHeadList(&Extension->Records), SESSION_RECORD, Link);

            RtlCopyMemory(Irp->AssociatedIrp.SystemBuffer, Record, sizeof(*Record));
            ExFreeToNPagedLookasideList(&Extension->Lookaside, Record);
            Extension->Count--;
            Length = sizeof(*Record);
            Status = STATUS_SUCCESS;
        }
        KeReleaseSpinLock(&Extension->Lock, OldIrql);
        break;
    default:
        break;
    }

    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Length;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

VOID
SessionLogUnload(
    _In_ PDRIVER_OBJECT DriverObject
    )
{
    PSESSION_LOG_EXTENSION Extension = (PSESSION_LOG_EXTENSION)DriverObject->DeviceObject->DeviceExtension;

    PAGED_CODE();

    if (Extension->Registration != NULL) {
        IoUnregisterContainerNotification(Extension->Registration);
        Extension->Registration = NULL;
    }
    while (!IsListEmpty(&Extension->Records)) {
        PLIST_ENTRY Entry = RemoveHeadList(&Extension->Records);

        ExFreeToNPagedLookasideList(&Extension->Lookaside, CONTAINING_RECORD(Entry, SESSION_RECORD, Link));
    }
    ExDeleteNPagedLookasideList(&Extension->Lookaside);
    IoDeleteSymbolicLink((PUNICODE_STRING)&SessionLogLinkName);
    IoDeleteDevice(Extension->Self);
}

NTSTATUS
DriverEntry(
    _In_ PDRIVER_OBJECT DriverObject,
    _In_ PUNICODE_STRING RegistryPath
    )
{
    IO_SESSION_STATE_NOTIFICATION Notification = { 0 };
    PSESSION_LOG_EXTENSION Extension;
    PDEVICE_OBJECT Device = NULL;
    NTSTATUS Status;

    UNREFERENCED_PARAMETER(RegistryPath);

    ExInitializeDriverRuntime(DrvRtPoolNxOptIn);
    Status = IoCreateDevice(DriverObject,
                            sizeof(SESSION_LOG_EXTENSION),
                            (PUNICODE_STRING)&SessionLogDeviceName,
                            FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN,
                            FALSE,
                            &Device);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    Status = IoCreateSymbolicLink((PUNICODE_STRING)&SessionLogLinkName, (PUNICODE_STRING)&SessionLogDeviceName);
    if (!NT_SUCCESS(Status)) {
        IoDeleteDevice(Device);
        return Status;
    }

    Extension = (PSESSION_LOG_EXTENSION)Device->DeviceExtension;
    Extension->Self = Device;
    KeInitializeSpinLock(&Extension->Lock);
    InitializeListHead(&Extension->Records);
    ExInitializeNPagedLookasideList(&Extension->Lookaside, NULL, NULL, 0, sizeof(SESSION_RECORD), LOG_TAG, 0);

    DriverObject->MajorFunction[IRP_MJ_CREATE] = SessionLogCreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = SessionLogCreateClose;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = SessionLogControl;
    DriverObject->DriverUnload = SessionLogUnload;

    Notification.Size = sizeof(Notification);
    Notification.IoObject = DriverObject;
    Notification.EventMask = IO_SESSION_STATE_ALL_EVENTS;
    Notification.Context = Extension;
    Status = IoRegisterContainerNotification(IoSessionStateNotification,
                                             (PIO_CONTAINER_NOTIFICATION_FUNCTION)SessionLogNotify,
                                             &Notification,
                                             sizeof(Notification),
                                             &Extension->Registration);
    if (!NT_SUCCESS(Status)) {
        SessionLogUnload(DriverObject);
        return Status;
    }

    Device->Flags &= ~DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}
