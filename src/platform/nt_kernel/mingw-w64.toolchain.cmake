# SPDX-License-Identifier: MIT
# A Windows kernel on x86-64, by mingw-w64 and its ddk headers:
#   cmake -S . -B build -DSESSIO_PLATFORM=nt_kernel
#     -DCMAKE_TOOLCHAIN_FILE=src/platform/nt_kernel/mingw-w64.toolchain.cmake
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR x86_64)
set(CMAKE_C_COMPILER x86_64-w64-mingw32-gcc)
# A kernel has no C runtime to link a trial program with.
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
# Generic systems have none of these names by themselves.
set(CMAKE_STATIC_LIBRARY_PREFIX lib)
set(CMAKE_STATIC_LIBRARY_SUFFIX .a)
set(CMAKE_C_OUTPUT_EXTENSION .o)

# The functions of stack protectors and stack probes are a C runtime's.
set(CMAKE_C_FLAGS_INIT
  "-ffreestanding -fno-builtin -fno-stack-protector -mno-stack-arg-probe -fno-ident")
find_path(SESSIO_DDK wdm.h HINTS /usr/x86_64-w64-mingw32/include PATH_SUFFIXES ddk
  NO_DEFAULT_PATH REQUIRED)
