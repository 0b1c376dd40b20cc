/* SPDX-License-Identifier: MIT */
/*
 * A stand-in for the Windows kernel's <wdm.h>, for hosts that are not a Windows
 * kernel build. It has the calls that drivers use beside the container calls.
 * Everything that is declared works, and nothing else is declared.
 *
 * A call that returns an NTSTATUS refuses NULL with STATUS_INVALID_PARAMETER where
 * its documents ask for a pointer. The other calls do not look, as in a kernel:
 * NULL ends the program.
 *
 * A build for Windows itself has the real header and must not have this folder on
 * its include path. <windows.h> does not go into the same file.
 */
#ifndef SESSIO_NT_WDM_H
#define SESSIO_NT_WDM_H

#include "sessio_nt/standard.h" /* first */

#include "container.h"
#include "sessio_nt/attach.h"
#include "sessio_nt/compiler.h"
#include "sessio_nt/csq.h"
#include "sessio_nt/debug.h"
#include "sessio_nt/device.h"
#include "sessio_nt/interlocked.h"
#include "sessio_nt/irp.h"
#include "sessio_nt/irql.h"
#include "sessio_nt/list.h"
#include "sessio_nt/lock.h"
#include "sessio_nt/lookaside.h"
#include "sessio_nt/mdl.h"
#include "sessio_nt/notify.h"
#include "sessio_nt/object.h"
#include "sessio_nt/pool.h"
#include "sessio_nt/power.h"
#include "sessio_nt/process.h"
#include "sessio_nt/reference.h"
#include "sessio_nt/remove_lock.h"
#include "sessio_nt/routine.h"
#include "sessio_nt/rtl.h"
#include "sessio_nt/sal.h"
#include "sessio_nt/seh.h"
#include "sessio_nt/spin_lock.h"
#include "sessio_nt/start_io.h"
#include "sessio_nt/status.h"
#include "sessio_nt/system.h"
#include "sessio_nt/thread.h"
#include "sessio_nt/time.h"
#include "sessio_nt/timer.h"
#include "sessio_nt/types.h"
#include "sessio_nt/wait.h"
#include "sessio_nt/work.h"

#endif /* SESSIO_NT_WDM_H */
