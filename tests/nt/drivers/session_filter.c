/*
 * A file system filter that keeps a table of the sessions with a user in them.
 * The callback has types of its own in place of the declared ones, and is cast. The
 * locks are a fast mutex and a push lock.
 */
#include <fltKernel.h>

#define TABLE_TAG 'bTsS'

typedef struct _SESSION_ENTRY {
    SINGLE_LIST_ENTRY Next;
    ULONG SessionId;
    BOOLEAN Local;
    UNICODE_STRING Label;
} SESSION_ENTRY, *PSESSION_ENTRY;

typedef struct _FILTER_GLOBALS {
    PFLT_FILTER Filter;
    PVOID SessionHandle;
    FAST_MUTEX TableLock;
    EX_PUSH_LOCK CountLock;
    SINGLE_LIST_ENTRY Table;
    ULONG LoggedOn;
    PDRIVER_OBJECT Driver;
} FILTER_GLOBALS;

FILTER_GLOBALS Globals;

EXTERN_C_START
DRIVER_INITIALIZE DriverEntry;
NTSTATUS FilterUnload(_In_ FLT_FILTER_UNLOAD_FLAGS Flags);
EXTERN_C_END

static FLT_PREOP_CALLBACK_STATUS
FilterPreCreate(
    _Inout_ PFLT_CALLBACK_DATA Data,
    _In_ PCFLT_RELATED_OBJECTS FltObjects,
    _Flt_CompletionContext_Outptr_ PVOID *CompletionContext)
{
    UNREFERENCED_PARAMETER(Data);
    UNREFERENCED_PARAMETER(FltObjects);
    *CompletionContext = NULL;
    return FLT_PREOP_SUCCESS_NO_CALLBACK;
}

CONST FLT_OPERATION_REGISTRATION Callbacks[] = {
    { IRP_MJ_CREATE, 0, FilterPreCreate, NULL, NULL },
    { IRP_MJ_OPERATION_END, 0, NULL, NULL, NULL }
};

CONST FLT_REGISTRATION FilterRegistration = {
    sizeof(FLT_REGISTRATION),
    FLT_REGISTRATION_VERSION,
    0,
    NULL,
    Callbacks,
    FilterUnload,
    NULL, NULL, NULL, NULL,
    NULL, NULL, NULL, NULL, NULL, NULL
};

static PSESSION_ENTRY
FindEntry(_In_ ULONG SessionId, _In_ BOOLEAN Remove)
{
    PSINGLE_LIST_ENTRY Link = &Globals.Table;

    for (; Link->Next != NULL; Link = Link->Next) {
        PSESSION_ENTRY Entry = CONTAINING_RECORD(Link->Next, SESSION_ENTRY, Next);

        if (Entry->SessionId == SessionId) {
            if (Remove) {
                PopEntryList(Link);
            }
            return Entry;
        }
    }
    return NULL;
}

static NTSTATUS
AddEntry(_In_ ULONG SessionId, _In_ BOOLEAN Local)
{
    NTSTATUS Status = STATUS_SUCCESS;
    PSESSION_ENTRY Entry = NULL;
    DECLARE_UNICODE_STRING_SIZE(Label, 32);

    __try {
        Entry = (PSESSION_ENTRY)ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*Entry), TABLE_TAG);
        if (Entry == NULL) {
            Status = STATUS_INSUFFICIENT_RESOURCES;
            __leave;
        }
        Status = RtlIntegerToUnicodeString(SessionId, 10, &Label);
        if (!NT_SUCCESS(Status)) {
            __leave;
        }
        Status = RtlAppendUnicodeToString(&Label, Local ? L" console" : L" terminal");
        if (!NT_SUCCESS(Status)) {
            __leave;
        }
        Status = RtlUpcaseUnicodeString(&Entry->Label, &Label, TRUE);
        if (!NT_SUCCESS(Status)) {
            __leave;
        }
        Entry->SessionId = SessionId;
        Entry->Local = Local;
        PushEntryList(&Globals.Table, &Entry->Next);
    } __finally {
        if (!NT_SUCCESS(Status) && Entry != NULL) {
            ExFreePoolWithTag(Entry, TABLE_TAG);
        }
    }
    return Status;
}

static VOID
FreeEntry(_In_ _Post_ptr_invalid_ PSESSION_ENTRY Entry)
{
    RtlFreeUnicodeString(&Entry->Label);
    ExFreePoolWithTag(Entry, TABLE_TAG);
}

static NTSTATUS
SessionChange(
    _In_ PVOID SessionObject,
    _In_ PDRIVER_OBJECT DriverObject,
    _In_ IO_SESSION_EVENT Event,
    _In_opt_ PVOID Context,
    _In_opt_ PIO_SESSION_CONNECT_INFO ConnectInfo,
    _In_ ULONG ConnectInfoLength)
{
    IO_SESSION_STATE_INFORMATION Info = { 0 };
    PSESSION_ENTRY Entry;
    NTSTATUS Status;

    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(ConnectInfoLength);
    if (DriverObject != Globals.Driver) {
        return STATUS_INVALID_PARAMETER;
    }
    Status = IoGetContainerInformation(IoSessionStateInformation, SessionObject, &Info, sizeof(Info));
    if (!NT_SUCCESS(Status)) {
        return Status;
    }

    ExAcquireFastMutex(&Globals.TableLock);
    switch (Event) {
    case IoSessionEventConnected:
        Entry = FindEntry(Info.SessionId, FALSE);
        if (Entry == NULL) {
            Status = AddEntry(Info.SessionId, ConnectInfo->LocalSession);
        } else {
            Entry->Local = ConnectInfo->LocalSession;
        }
        break;
    case IoSessionEventLogon:
        FltAcquirePushLockExclusive(&Globals.CountLock);
        Globals.LoggedOn++;
        FltReleasePushLock(&Globals.CountLock);
        break;
    case IoSessionEventLogoff:
        FltAcquirePushLockExclusive(&Globals.CountLock);
        Globals.LoggedOn--;
        FltReleasePushLock(&Globals.CountLock);
        break;
    case IoSessionEventTerminated:
        Entry = FindEntry(Info.SessionId, TRUE);
        if (Entry != NULL) {
            DbgPrint("filter: %wZ gone\n", &Entry->Label);
            FreeEntry(Entry);
        }
        break;
    default:
        break;
    }
    ExReleaseFastMutex(&Globals.TableLock);
    return Status;
}

NTSTATUS
FilterUnload(_In_ FLT_FILTER_UNLOAD_FLAGS Flags)
{
    UNREFERENCED_PARAMETER(Flags);
    PAGED_CODE();

    if (Globals.SessionHandle) {
        IoUnregisterContainerNotification(Globals.SessionHandle);
        Globals.SessionHandle = NULL;
    }
    while (Globals.Table.Next != NULL) {
        FreeEntry(CONTAINING_RECORD(PopEntryList(&Globals.Table), SESSION_ENTRY, Next));
    }
    FltDeletePushLock(&Globals.CountLock);
    if (Globals.Filter) {
        FltUnregisterFilter(Globals.Filter);
        Globals.Filter = NULL;
    }
    return STATUS_SUCCESS;
}

NTSTATUS
DriverEntry(_In_ PDRIVER_OBJECT DriverObject, _In_ PUNICODE_STRING RegistryPath)
{
    IO_SESSION_STATE_NOTIFICATION Notification;
    NTSTATUS Status;

    UNREFERENCED_PARAMETER(RegistryPath);
    RtlZeroMemory(&Globals, sizeof(Globals));
    Globals.Driver = DriverObject;
    ExInitializeFastMutex(&Globals.TableLock);
    FltInitializePushLock(&Globals.CountLock);

    Status = FltRegisterFilter(DriverObject, &FilterRegistration, &Globals.Filter);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }

    RtlZeroMemory(&Notification, sizeof(Notification));
    Notification.Size = sizeof(IO_SESSION_STATE_NOTIFICATION);
    Notification.IoObject = DriverObject;
    Notification.EventMask = IO_SESSION_STATE_CONNECT_EVENT | IO_SESSION_STATE_LOGON_EVENT |
                             IO_SESSION_STATE_LOGOFF_EVENT | IO_SESSION_STATE_TERMINATION_EVENT;
    Status = IoRegisterContainerNotification(IoSessionStateNotification,
                                             (PIO_CONTAINER_NOTIFICATION_FUNCTION)SessionChange,
                                             &Notification,
                                             sizeof(Notification),
                                             (PVOID)&Globals.SessionHandle);
    if (NT_SUCCESS(Status)) {
        Status = FltStartFiltering(Globals.Filter);
    }
    if (!NT_SUCCESS(Status)) {
        FilterUnload(0);
    }
    return Status;
}
