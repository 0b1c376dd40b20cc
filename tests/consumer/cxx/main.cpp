// SPDX-License-Identifier: MIT
// A C++ program uses our headers and their macros without a warning.
#include <kos/session.h>
#include <rtl/retcode_hr.h>
#include <sessio/sessio.h>

#include <ntifs.h>

#include <cstdio>

namespace {

struct entry {
	int value;
	LIST_ENTRY link;
};

Retcode on_open(void *, void *, void *, rtl_uint32_t *)
{
	return rcOk;
}

Retcode on_close(void *, void *)
{
	return rcOk;
}

bool windows_face()
{
	LIST_ENTRY list;
	LONG bits = 0;
	UNICODE_STRING text = { 0, 0, NULL };
	OBJECT_ATTRIBUTES attributes;
	entry one = { 7, { NULL, NULL } };
	NTSTATUS status = STATUS_SUCCESS;

	InitializeObjectAttributes(&attributes, &text, OBJ_KERNEL_HANDLE, NULL, NULL);
	InitializeListHead(&list);
	InsertTailList(&list, &one.link);
	return NT_SUCCESS(status) && !NT_ERROR(STATUS_PENDING) &&
		CONTAINING_RECORD(list.Flink, entry, link)->value == 7 &&
		PtrToUlong(ULongToPtr(9)) == 9 && InterlockedBitTestAndSet(&bits, 3) == 0 &&
		BooleanFlagOn(bits, 8) && RTL_FIELD_SIZE(entry, value) == sizeof(int) &&
		ALIGN_UP_BY(3, 8) == 8 && METHOD_FROM_CTL_CODE(7) == METHOD_NEITHER &&
		KeNumberProcessors > 0 && attributes.ObjectName == &text;
}

} // namespace

int main()
{
	const KosSessionOps ops = { on_open, on_close, RTL_NULL };
	KosObjectType *object_type;
	KosSessionType *session_type;
	void *object;
	void *session;
	void *second;

	if (KosCreateObjectType("file", kosSessionBaseObjectType, 16, RTL_NULL, RTL_NULL,
		    &object_type) != rcOk ||
		KosCreateObject(object_type, "file", RTL_NULL, &object) != rcOk ||
		KosSessionCreateType(object_type, kosSessionBaseSessionType, &ops, &session_type) !=
			rcOk ||
		KosSessionRegisterObject(session_type, object) != rcOk ||
		KosSessionOpenObject(object, 1, 0, RTL_NULL, &session) != rcOk || !windows_face()) {
		return 1;
	}
	std::printf(RETCODE_HR_FMT "\n",
		RETCODE_HR_PARAMS(KosSessionOpenObject(object, 1, 1, RTL_NULL, &second)));
	return KosSessionCloseObject(session) != rcOk ||
		KosSessionUnregisterObject(object) != rcOk;
}
