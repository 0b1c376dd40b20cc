// Everything at once that such drivers lean on: names, times, lists, lookaside
// lists, a rundown reference, a work item, wide formats, a log macro.
#include <ntifs.h>
#include <ntddk.h>
#include <ntstrsafe.h>
#include <wdm.h>

#ifndef MAX_PATH
#define MAX_PATH 260
#endif
#define DRIVER_TAG  'SsnT'
#define LOG(fmt, ...) DbgPrintEx(DPFLTR_IHVDRIVER_ID, DPFLTR_INFO_LEVEL, "[%s] " fmt "\n", __FUNCTION__, ##__VA_ARGS__)

_Analysis_mode_(_Analysis_code_type_kernel_driver_)

typedef struct _DEVICE_CONTEXT {
    PDEVICE_OBJECT  DeviceObject;
    UNICODE_STRING  SymLink;
    FAST_MUTEX      Mutex;
    LIST_ENTRY      SessionList;
    KEVENT          Event;
    EX_RUNDOWN_REF  Rundown;
    LOOKASIDE_LIST_EX Lookaside;
} DEVICE_CONTEXT, *PDEVICE_CONTEXT;
typedef struct _SESSION_NODE {
    LIST_ENTRY Entry;
    ULONG SessionId;
    IO_SESSION_STATE State;
    LARGE_INTEGER When;
    WCHAR Name[64];
} SESSION_NODE, *PSESSION_NODE;

static PDEVICE_CONTEXT g_Ctx = NULL;
static PVOID g_Handle = NULL;
static volatile LONG g_Events[IoSessionEventMax];

DRIVER_INITIALIZE DriverEntry;
_Function_class_(DRIVER_UNLOAD) _IRQL_requires_(PASSIVE_LEVEL) _IRQL_requires_same_
DRIVER_UNLOAD DriverUnload;
_Dispatch_type_(IRP_MJ_CREATE) _Dispatch_type_(IRP_MJ_CLOSE) DRIVER_DISPATCH DispatchCreateClose;
_Dispatch_type_(IRP_MJ_DEVICE_CONTROL) DRIVER_DISPATCH DispatchIoctl;
IO_WORKITEM_ROUTINE SessionWorker;

#if defined(ALLOC_PRAGMA)
#pragma alloc_text(INIT, DriverEntry)
#pragma alloc_text(PAGE, DriverUnload, DispatchCreateClose)
#pragma code_seg("PAGE")
#endif

FORCEINLINE const char* StateName(IO_SESSION_STATE s)
{
    switch (s) {
    case IoSessionStateCreated: return "Created";
    case IoSessionStateInitialized: return "Initialized";
    case IoSessionStateConnected: return "Connected";
    case IoSessionStateDisconnected: return "Disconnected";
    case IoSessionStateDisconnectedLoggedOn: return "DisconnectedLoggedOn";
    case IoSessionStateLoggedOn: return "LoggedOn";
    case IoSessionStateLoggedOff: return "LoggedOff";
    case IoSessionStateTerminated: return "Terminated";
    case IoSessionStateMax:
    default: return "Unknown";
    }
}

_IRQL_requires_max_(PASSIVE_LEVEL)
VOID SessionWorker(_In_ PDEVICE_OBJECT DeviceObject, _In_opt_ PVOID Context)
{
    PIO_WORKITEM Item = (PIO_WORKITEM)Context;
    UNREFERENCED_PARAMETER(DeviceObject);
    if (Item) IoFreeWorkItem(Item);
}

static NTSTATUS SessionCallback(_In_ PVOID SessionObject, _In_ PVOID IoObject, _In_ ULONG Event, _In_ PVOID Context, _In_reads_bytes_opt_(PayloadLength) PVOID NotificationPayload, _In_ ULONG PayloadLength)
{
    NTSTATUS status = STATUS_UNSUCCESSFUL;
    PDEVICE_CONTEXT ctx = (PDEVICE_CONTEXT)Context;
    IO_SESSION_STATE_INFORMATION info = {0};
    PSESSION_NODE node = NULL;
    TIME_FIELDS tf;
    LARGE_INTEGER local;

    UNREFERENCED_PARAMETER(IoObject);
    if (!ExAcquireRundownProtection(&ctx->Rundown)) return STATUS_DELETE_PENDING;
    __try {
        if (Event >= IoSessionEventMax) { status = STATUS_INVALID_PARAMETER; __leave; }
        InterlockedIncrement(&g_Events[Event]);
        status = IoGetContainerInformation(IoSessionStateInformation, SessionObject, &info, sizeof(info));
        if (!NT_SUCCESS(status)) { LOG("IoGetContainerInformation failed 0x%08X", status); __leave; }
        node = (PSESSION_NODE)ExAllocateFromLookasideListEx(&ctx->Lookaside);
        if (!node) { status = STATUS_INSUFFICIENT_RESOURCES; __leave; }
        RtlZeroMemory(node, sizeof(SESSION_NODE));
        node->SessionId = info.SessionId;
        node->State = info.SessionState;
        KeQuerySystemTime(&node->When);
        ExSystemTimeToLocalTime(&node->When, &local);
        RtlTimeToTimeFields(&local, &tf);
        status = RtlStringCbPrintfW(node->Name, sizeof(node->Name), L"\\Sessions\\%u\\%hs", info.SessionId, StateName(info.SessionState));
        if (!NT_SUCCESS(status)) __leave;
        if (NotificationPayload != NULL && PayloadLength == sizeof(IO_SESSION_CONNECT_INFO)) {
            PIO_SESSION_CONNECT_INFO ci = (PIO_SESSION_CONNECT_INFO)NotificationPayload;
            LOG("connect: session %lu local=%!bool!%d", ci->SessionId, ci->LocalSession);
        }
        ExAcquireFastMutex(&ctx->Mutex);
        InsertTailList(&ctx->SessionList, &node->Entry);
        ExReleaseFastMutex(&ctx->Mutex);
        LOG("%02hd:%02hd:%02hd.%03hd %ws pid=%p tid=%p irql=%u", tf.Hour, tf.Minute, tf.Second, tf.Milliseconds, node->Name, PsGetCurrentProcessId(), PsGetCurrentThreadId(), (ULONG)KeGetCurrentIrql());
        node = NULL;
        KeSetEvent(&ctx->Event, IO_NO_INCREMENT, FALSE);
    }
    __finally {
        if (node) ExFreeToLookasideListEx(&ctx->Lookaside, node);
        ExReleaseRundownProtection(&ctx->Rundown);
    }
    return status;
}

NTSTATUS DispatchCreateClose(_In_ PDEVICE_OBJECT DeviceObject, _Inout_ PIRP Irp)
{
    PAGED_CODE();
    UNREFERENCED_PARAMETER(DeviceObject);
    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = FILE_OPENED;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

NTSTATUS DispatchIoctl(_In_ PDEVICE_OBJECT DeviceObject, _Inout_ PIRP Irp)
{
    PIO_STACK_LOCATION irpSp = IoGetCurrentIrpStackLocation(Irp);
    PVOID buf = Irp->AssociatedIrp.SystemBuffer;
    ULONG inLen = irpSp->Parameters.DeviceIoControl.InputBufferLength;
    ULONG session = 0;
    UNREFERENCED_PARAMETER(DeviceObject); UNREFERENCED_PARAMETER(buf); UNREFERENCED_PARAMETER(inLen);
    if (Irp->RequestorMode == UserMode) { }
    if (NT_SUCCESS(IoGetRequestorSessionId(Irp, &session))) LOG("from session %u", session);
    Irp->IoStatus.Status = STATUS_NOT_IMPLEMENTED;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_NOT_IMPLEMENTED;
}

VOID DriverUnload(_In_ PDRIVER_OBJECT DriverObject)
{
    PAGED_CODE();
    if (g_Handle) { IoUnregisterContainerNotification(g_Handle); g_Handle = NULL; }
    ExWaitForRundownProtectionRelease(&g_Ctx->Rundown);
    while (!IsListEmpty(&g_Ctx->SessionList)) {
        PLIST_ENTRY e = RemoveHeadList(&g_Ctx->SessionList);
        PSESSION_NODE n = CONTAINING_RECORD(e, SESSION_NODE, Entry);
        ExFreeToLookasideListEx(&g_Ctx->Lookaside, n);
    }
    ExDeleteLookasideListEx(&g_Ctx->Lookaside);
    IoDeleteSymbolicLink(&g_Ctx->SymLink);
    IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS DriverEntry(_In_ PDRIVER_OBJECT DriverObject, _In_ PUNICODE_STRING RegistryPath)
{
    NTSTATUS status;
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\TestSsn");
    IO_SESSION_STATE_NOTIFICATION ssn;
    PDEVICE_OBJECT dev = NULL;
    ULONG i;

    LOG("%wZ", RegistryPath);
    status = IoCreateDevice(DriverObject, sizeof(DEVICE_CONTEXT), &name, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE, &dev);
    if (!NT_SUCCESS(status)) return status;
    dev->Flags |= DO_BUFFERED_IO;
    g_Ctx = (PDEVICE_CONTEXT)dev->DeviceExtension;
    g_Ctx->DeviceObject = dev;
    RtlInitUnicodeString(&g_Ctx->SymLink, L"\\??\\TestSsn");
    status = IoCreateSymbolicLink(&g_Ctx->SymLink, &name);
    if (!NT_SUCCESS(status)) { IoDeleteDevice(dev); return status; }
    ExInitializeFastMutex(&g_Ctx->Mutex);
    InitializeListHead(&g_Ctx->SessionList);
    KeInitializeEvent(&g_Ctx->Event, NotificationEvent, FALSE);
    ExInitializeRundownProtection(&g_Ctx->Rundown);
    status = ExInitializeLookasideListEx(&g_Ctx->Lookaside, NULL, NULL, NonPagedPoolNx, 0, sizeof(SESSION_NODE), DRIVER_TAG, 0);
    for (i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++) DriverObject->MajorFunction[i] = DispatchCreateClose;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = DispatchIoctl;
    DriverObject->DriverUnload = DriverUnload;
    RtlZeroMemory(&ssn, sizeof(ssn));
    ssn.Size = sizeof(ssn); ssn.Flags = 0; ssn.IoObject = DriverObject; ssn.EventMask = IO_SESSION_STATE_ALL_EVENTS; ssn.Context = g_Ctx;
    status = IoRegisterContainerNotification(IoSessionStateNotification, (PIO_CONTAINER_NOTIFICATION_FUNCTION)SessionCallback, &ssn, sizeof(ssn), &g_Handle);
    if (!NT_SUCCESS(status)) DriverUnload(DriverObject);
    dev->Flags &= ~DO_DEVICE_INITIALIZING;
    { PIO_WORKITEM w = IoAllocateWorkItem(dev); if (w) IoQueueWorkItem(w, SessionWorker, DelayedWorkQueue, w); }
    return status;
}
