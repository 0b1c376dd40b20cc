/* SPDX-License-Identifier: MIT */
/*
 * The terminal services of Windows, by a message-only window on a thread of its own.
 *
 * - The thread subscribes, and then waits until the opening thread has
 *   looked at the list: no change falls between the two. An opening in a callback
 *   cannot wait for another thread's report, so it looks itself.
 * - While the terminal services are not ready, the opening goes on without
 *   them. The thread asks again from time to time, and then looks at the list. If
 *   only the list cannot be had, it looks again from time to time.
 * - The thread reports and ends before the state is freed.
 */
#include "source/windows_wts.h"

#include <windows.h>
#include <wtsapi32.h>

#include "base/diag.h"
#include "source/windows_sessions.h"

_Static_assert(WTS_CONSOLE_CONNECT == SI_WINDOWS_CONSOLE_CONNECT &&
		WTS_CONSOLE_DISCONNECT == SI_WINDOWS_CONSOLE_DISCONNECT &&
		WTS_REMOTE_CONNECT == SI_WINDOWS_REMOTE_CONNECT &&
		WTS_REMOTE_DISCONNECT == SI_WINDOWS_REMOTE_DISCONNECT &&
		WTS_SESSION_LOGON == SI_WINDOWS_LOGON && WTS_SESSION_LOGOFF == SI_WINDOWS_LOGOFF &&
		WTS_SESSION_LOCK == SI_WINDOWS_LOCK && WTS_SESSION_UNLOCK == SI_WINDOWS_UNLOCK &&
		WTS_SESSION_REMOTE_CONTROL == SI_WINDOWS_REMOTE_CONTROL,
	"codes have other values");
_Static_assert((int)WTSActive == SI_WINDOWS_ACTIVE && (int)WTSConnected == SI_WINDOWS_CONNECTED &&
		(int)WTSDisconnected == SI_WINDOWS_DISCONNECTED && (int)WTSInit == SI_WINDOWS_INIT,
	"connect states have other values");
_Static_assert(RPC_S_INVALID_BINDING == SI_WINDOWS_NOT_READY, "the error has another value");

/* --- The system's calls --- */

static uint32_t subscribe(void *window)
{
	return WTSRegisterSessionNotification(window, NOTIFY_FOR_ALL_SESSIONS) ? ERROR_SUCCESS
									       : GetLastError();
}

static void unsubscribe(void *window)
{
	(void)WTSUnRegisterSessionNotification(window);
}

/* Whether the text that is asked for is there and not empty; asks for the first letter. */
static bool has_user(DWORD id)
{
	WCHAR *name = NULL;
	DWORD bytes = 0;
	bool has = WTSQuerySessionInformationW(
			   WTS_CURRENT_SERVER_HANDLE, id, WTSUserName, &name, &bytes) &&
		name != NULL && name[0] != L'\0';

	WTSFreeMemory(name);
	return has;
}

/* 0 is the console's protocol, 2 that of remote desktops. */
static bool is_remote(DWORD id)
{
	USHORT *protocol = NULL;
	DWORD bytes = 0;
	bool remote = WTSQuerySessionInformationW(WTS_CURRENT_SERVER_HANDLE, id,
			      WTSClientProtocolType, (void *)&protocol, &bytes) &&
		protocol != NULL && bytes >= sizeof(*protocol) && *protocol != 0;

	WTSFreeMemory(protocol);
	return remote;
}

/* WTSEnumerateSessionsEx needs a right on each session; this one lists them all. */
static bool list(si_windows_each_fn *each, void *ctx)
{
	WTS_SESSION_INFOW *sessions = NULL;
	DWORD count = 0;

	if (!WTSEnumerateSessionsW(WTS_CURRENT_SERVER_HANDLE, 0, 1, &sessions, &count)) {
		return false;
	}
	for (DWORD i = 0; i < count; i++) {
		const struct si_windows_session session = { .id = sessions[i].SessionId,
			.connect_state = (unsigned)sessions[i].State,
			.has_user = has_user(sessions[i].SessionId),
			.remote = is_remote(sessions[i].SessionId) };

		each(ctx, &session);
	}
	WTSFreeMemory(sessions);
	return true;
}

static const struct si_windows_api system_api = { subscribe, unsubscribe, list };

const struct si_windows_api *const si_windows_system = &system_api;

/* --- The window and its thread --- */

#define WINDOW_CLASS L"sessio.windows_wts"
#define TIMER_ASK 1u /* timers of the window */
#define TIMER_LOOK 2u
#define ASK_MS 500u
#define LOOK_MS 1000u

struct wts {
	struct si_windows_mirror mirror;
	HANDLE thread;
	HANDLE ready; /* the thread has a window, or none */
	HANDLE go_on; /* the opening thread has looked */
	HWND window; /* NULL: the thread could not make one, or not subscribe */
	bool subscribed; /* the thread's, but for the start's look between ready and go_on */
};

static bool try_to_subscribe(struct wts *wts)
{
	uint32_t error = wts->mirror.api->subscribe(wts->window);

	wts->subscribed = error == ERROR_SUCCESS;
	return wts->subscribed || error == SI_WINDOWS_NOT_READY;
}

/* Outside of the opening there is nobody to return a status to. */
static void say(sessio_status status)
{
	if (status == SESSIO_NO_MEMORY) {
		si_diag_report(SESSIO_DIAG_MISUSE, NULL, NULL,
			"a change of a Windows session is lost: there is no memory");
	}
}

static void on_timer(struct wts *wts, WPARAM timer)
{
	if (timer == TIMER_ASK) {
		/* A message of the timer may be under way when it is killed: one subscription only. */
		if (!wts->subscribed && (!try_to_subscribe(wts) || !wts->subscribed)) {
			return;
		}
		(void)KillTimer(wts->window, TIMER_ASK);
	}
	say(si_windows_look(&wts->mirror));
	if (wts->mirror.owes_look) {
		(void)SetTimer(wts->window, TIMER_LOOK, LOOK_MS, NULL);
	} else {
		(void)KillTimer(wts->window, TIMER_LOOK);
	}
}

static LRESULT CALLBACK on_message(HWND window, UINT message, WPARAM w, LPARAM l)
{
	struct wts *wts = (void *)GetWindowLongPtrW(window, GWLP_USERDATA);

	switch (message) {
	case WM_WTSSESSION_CHANGE:
		say(si_windows_hear(&wts->mirror, (uint32_t)w, (uint32_t)l));
		if (si_windows_should_look(&wts->mirror, (uint32_t)w)) {
			(void)SetTimer(window, TIMER_LOOK, LOOK_MS, NULL);
		}
		return 0;
	case WM_TIMER:
		on_timer(wts, w);
		return 0;
	case WM_CLOSE:
		PostQuitMessage(0);
		return 0;
	default:
		return DefWindowProcW(window, message, w, l);
	}
}

/* The class stays as long as the process: other sources may have windows of it. */
static bool make_window(struct wts *wts)
{
	const WNDCLASSW class = { .lpfnWndProc = on_message,
		.hInstance = GetModuleHandleW(NULL),
		.lpszClassName = WINDOW_CLASS };

	if (RegisterClassW(&class) == 0 && GetLastError() != ERROR_CLASS_ALREADY_EXISTS) {
		return false;
	}
	wts->window = CreateWindowExW(
		0, WINDOW_CLASS, NULL, 0, 0, 0, 0, 0, HWND_MESSAGE, NULL, class.hInstance, NULL);
	if (wts->window == NULL) {
		return false;
	}
	(void)SetWindowLongPtrW(wts->window, GWLP_USERDATA, (LONG_PTR)wts);
	if (!try_to_subscribe(wts)) {
		(void)DestroyWindow(wts->window);
		wts->window = NULL;
		return false;
	}
	return true;
}

static DWORD WINAPI run(void *arg)
{
	struct wts *wts = arg;
	bool made = make_window(wts);
	MSG message;

	(void)SetEvent(wts->ready);
	if (!made) {
		return 0;
	}
	(void)WaitForSingleObject(wts->go_on, INFINITE);
	if (!wts->subscribed) {
		(void)SetTimer(wts->window, TIMER_ASK, ASK_MS, NULL);
	} else if (wts->mirror.owes_look) {
		(void)SetTimer(wts->window, TIMER_LOOK, LOOK_MS, NULL);
	}
	while (GetMessageW(&message, NULL, 0, 0) > 0) {
		(void)DispatchMessageW(&message);
	}
	if (wts->subscribed) {
		wts->mirror.api->unsubscribe(wts->window);
	}
	(void)DestroyWindow(wts->window);
	return 0;
}

/* --- The source --- */

static bool is_offered(void)
{
	return si_windows_api() != NULL;
}

static void free_state(struct wts *wts)
{
	if (wts->ready != NULL) {
		(void)CloseHandle(wts->ready);
	}
	if (wts->go_on != NULL) {
		(void)CloseHandle(wts->go_on);
	}
	si_windows_mirror_fini(&wts->mirror);
	si_platform_free(wts);
}

static void end_thread(struct wts *wts)
{
	(void)SetEvent(wts->go_on);
	if (wts->window != NULL) {
		(void)PostMessageW(wts->window, WM_CLOSE, 0, 0);
	}
	(void)WaitForSingleObject(wts->thread, INFINITE);
	(void)CloseHandle(wts->thread);
}

static sessio_status start_thread(struct wts *wts)
{
	wts->ready = CreateEventW(NULL, TRUE, FALSE, NULL);
	wts->go_on = CreateEventW(NULL, TRUE, FALSE, NULL);
	if (wts->ready == NULL || wts->go_on == NULL) {
		return SESSIO_NO_MEMORY;
	}
	wts->thread = CreateThread(NULL, 0, run, wts, 0, NULL);
	if (wts->thread == NULL) {
		return SESSIO_NO_MEMORY;
	}
	(void)WaitForSingleObject(wts->ready, INFINITE);
	return wts->window != NULL ? SESSIO_OK : SESSIO_UNSUPPORTED;
}

static sessio_status start(sessio_source *source, void **out_state)
{
	struct wts *wts = si_platform_alloc(sizeof(*wts));
	sessio_status status;

	if (wts == NULL) {
		return SESSIO_NO_MEMORY;
	}
	*wts = (struct wts){ 0 };
	si_windows_mirror_init(&wts->mirror, source);
	status = start_thread(wts);
	if (status == SESSIO_OK && wts->subscribed) {
		status = si_windows_look(&wts->mirror);
	}
	if (status != SESSIO_OK) {
		if (wts->thread != NULL) {
			end_thread(wts);
		}
		free_state(wts);
		return status;
	}
	(void)SetEvent(wts->go_on);
	*out_state = wts;
	return SESSIO_OK;
}

static void stop(void *state)
{
	end_thread(state);
}

static void fini(void *state)
{
	free_state(state);
}

void *si_windows_wts_window(const sessio_source *source)
{
	return ((const struct wts *)source->state)->window;
}

const struct si_source_ops si_source_windows_wts = {
	.name = "windows_wts",
	.rules = SESSIO_RULES_OBSERVED,
	.is_offered = is_offered,
	.start = start,
	.post = si_source_no_post,
	.stop = stop,
	.fini = fini,
};
