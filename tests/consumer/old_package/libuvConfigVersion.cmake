# SPDX-License-Identifier: MIT
set(PACKAGE_VERSION 1.43.0)
