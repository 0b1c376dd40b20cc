# SPDX-License-Identifier: MIT
# The library of a driver: sessio_core, the KasperskyOS face, the source that follows
# the kernel's sessions, and the platform. It is read by the project's CMakeLists.txt.
if(NOT SESSIO_DDK)
  message(FATAL_ERROR "SESSIO_PLATFORM=nt_kernel needs SESSIO_DDK, the folder of wdm.h; "
    "src/platform/nt_kernel/mingw-w64.toolchain.cmake looks for it")
endif()

add_library(sessio STATIC $<TARGET_OBJECTS:sessio_core>
  src/driver/driver.c
  src/kos/handle_api.c
  src/kos/notice_api.c
  src/kos/objcontainer.c
  src/kos/objects.c
  src/kos/objhandles.c
  src/kos/retcode.c
  src/kos/session.c
  src/platform/nt_kernel/lock.c
  src/platform/nt_kernel/memory.c
  src/platform/nt_kernel/nt_kernel.c
  src/platform/nt_kernel/thread.c
  src/source/manual.c
  src/source/source.c
  src/source/windows_kernel.c)
add_library(sessio::sessio ALIAS sessio)
target_compile_features(sessio PUBLIC c_std_11)
target_compile_definitions(sessio PRIVATE SESSIO_NT_KERNEL)
target_include_directories(sessio SYSTEM PUBLIC ${SESSIO_DDK})
target_include_directories(sessio
  PUBLIC ${CMAKE_CURRENT_SOURCE_DIR}/include
  PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/src)
sessio_own_objects(sessio)

# sessio_driver(target source... [IMPORTS library...]): target.sys, which begins with
# DriverEntry. A function that one of the libraries has does not come from the kernel.
function(sessio_driver target)
  cmake_parse_arguments(PARSE_ARGV 1 "" "" "" IMPORTS)
  add_executable(${target} ${_UNPARSED_ARGUMENTS})
  set_target_properties(${target} PROPERTIES SUFFIX .sys)
  target_link_options(${target} PRIVATE -nostdlib -shared
    -Wl,--subsystem,native -Wl,--entry,DriverEntry -Wl,--exclude-all-symbols)
  target_link_libraries(${target} PRIVATE sessio::sessio ${_IMPORTS} ntoskrnl hal)
endfunction()
