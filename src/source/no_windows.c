/* SPDX-License-Identifier: MIT */
/* Where there is no Windows: its sources have nothing to ask. */
#include "source/windows_sessions.h"

const struct si_windows_api *const si_windows_system = NULL;
