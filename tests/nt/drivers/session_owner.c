// A control device that remembers which session opened it last, and drops that
// when the session goes. It registers its device object. It looks the calls up by
// name, for older systems, and is written in the style of the Windows 7 kits.
#include <ntifs.h>

#if defined(__cplusplus)
extern "C" {
#endif

#define NO_SESSION ((ULONG)-1)

typedef NTSTATUS (NTAPI *PFN_REGISTER)(
    __in IO_CONTAINER_NOTIFICATION_CLASS NotificationClass,
    __in PIO_CONTAINER_NOTIFICATION_FUNCTION CallbackFunction,
    __in_bcount_opt(NotificationInformationLength) PVOID NotificationInformation,
    __in ULONG NotificationInformationLength,
    __out PVOID *CallbackRegistration
    );
typedef VOID (NTAPI *PFN_UNREGISTER)(__in PVOID CallbackRegistration);

typedef struct _OWNER_EXTENSION {
    KSPIN_LOCK  OwnerLock;
    ULONG       OwnerSession;
    ULONG       Dropped;
    PVOID       Cookie;
    PFN_UNREGISTER Unregister;
} OWNER_EXTENSION, *POWNER_EXTENSION;

static NTSTATUS NTAPI
OwnerSessionCallback(
    IN PVOID SessionObject,
    IN PVOID IoObject,
    IN ULONG Event,
    IN PVOID Context,
    IN PVOID NotificationPayload,
    IN ULONG PayloadLength
    )
{
    POWNER_EXTENSION Extension = (POWNER_EXTENSION)((PDEVICE_OBJECT)IoObject)->DeviceExtension;
    IO_SESSION_STATE_INFORMATION Info;
    KLOCK_QUEUE_HANDLE Lock;
    NTSTATUS Status;

    DBG_UNREFERENCED_PARAMETER(Context);
    DBG_UNREFERENCED_PARAMETER(NotificationPayload);
    DBG_UNREFERENCED_PARAMETER(PayloadLength);

    Status = IoGetContainerInformation(IoSessionStateInformation, SessionObject, &Info, sizeof Info);
    if (NT_ERROR(Status))
        return Status;

    KeAcquireInStackQueuedSpinLock(&Extension->OwnerLock, &Lock);
    if (Event == IoSessionEventLogoff || Event == IoSessionEventTerminated) {
        if (Extension->OwnerSession == Info.SessionId) {
            Extension->OwnerSession = NO_SESSION;
            ++Extension->Dropped;
        }
    }
    KeReleaseInStackQueuedSpinLock(&Lock);

    KdPrint(("owner: event %u in session %u\n", Event, Info.SessionId));
    return STATUS_SUCCESS;
}

static NTSTATUS
OwnerCreate(IN PDEVICE_OBJECT DeviceObject, IN PIRP Irp)
{
    POWNER_EXTENSION Extension = (POWNER_EXTENSION)DeviceObject->DeviceExtension;
    IO_SESSION_STATE_INFORMATION Info = {0};
    KLOCK_QUEUE_HANDLE Lock;
    ULONG Session = NO_SESSION;

    // The calling process's own session.
    if (NT_SUCCESS(IoGetContainerInformation(IoSessionStateInformation, NULL, &Info, sizeof(Info))))
        Session = Info.SessionId;

    KeAcquireInStackQueuedSpinLock(&Extension->OwnerLock, &Lock);
    Extension->OwnerSession = Session;
    KeReleaseInStackQueuedSpinLock(&Lock);

    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = Session;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

VOID
OwnerUnload(IN PDRIVER_OBJECT DriverObject)
{
    POWNER_EXTENSION Extension = (POWNER_EXTENSION)DriverObject->DeviceObject->DeviceExtension;

    DbgPrint("owner: dropped %lu", Extension->Dropped);
    if (Extension->Cookie)
        Extension->Unregister(Extension->Cookie);
    IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS
DriverEntry(IN OUT PDRIVER_OBJECT DriverObject, IN PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING Name, RoutineName;
    IO_SESSION_STATE_NOTIFICATION Notification = {0};
    PFN_REGISTER Register;
    POWNER_EXTENSION Extension;
    PDEVICE_OBJECT Device;
    NTSTATUS Status;

    (void)RegistryPath;
    RtlInitUnicodeString(&Name, L"\\Device\\SessionOwner");
    Status = IoCreateDevice(DriverObject, sizeof(OWNER_EXTENSION), &Name, FILE_DEVICE_UNKNOWN, 0, TRUE, &Device);
    if (!NT_SUCCESS(Status))
        return Status;

    Extension = (POWNER_EXTENSION)Device->DeviceExtension;
    KeInitializeSpinLock(&Extension->OwnerLock);
    Extension->OwnerSession = NO_SESSION;
    DriverObject->MajorFunction[IRP_MJ_CREATE] = OwnerCreate;
    DriverObject->DriverUnload = OwnerUnload;

    RtlInitUnicodeString(&RoutineName, L"IoRegisterContainerNotification");
    Register = (PFN_REGISTER)(ULONG_PTR)MmGetSystemRoutineAddress(&RoutineName);
    RtlInitUnicodeString(&RoutineName, L"IoUnregisterContainerNotification");
    Extension->Unregister = (PFN_UNREGISTER)(ULONG_PTR)MmGetSystemRoutineAddress(&RoutineName);
    if (Register == NULL || Extension->Unregister == NULL) {
        IoDeleteDevice(Device);
        return STATUS_NOT_SUPPORTED;
    }

    Notification.Size = sizeof(Notification);
    Notification.IoObject = Device;
    Notification.EventMask = IO_SESSION_STATE_VALID_EVENT_MASK;
    Status = Register(IoSessionStateNotification,
                      (PIO_CONTAINER_NOTIFICATION_FUNCTION)OwnerSessionCallback,
                      &Notification, sizeof(Notification), &Extension->Cookie);
    if (!NT_SUCCESS(Status))
        IoDeleteDevice(Device);
    return Status;
}

#if defined(__cplusplus)
}
#endif
