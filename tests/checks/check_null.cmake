# SPDX-License-Identifier: MIT
# cmake -DROOT=<repository> -DAWK=<awk> -P check_null.cmake
#
# No public call crashes on NULL. For each pointer of each function in a public header,
# some test must pass NULL in its place. So a new function cannot be forgotten.
#
# A test counts if it names the function and writes NULL, without a macro in between.
# Functions of Windows other than the container calls are left out: there NULL stops a
# kernel, too. So are those of fast.h, which only two inline functions call.
cmake_minimum_required(VERSION 3.21)

file(GLOB_RECURSE headers "${ROOT}/include/*.h")
list(FILTER headers EXCLUDE REGEX "/include/(nt/(sessio_nt/|[a-bd-z])|sessio/fast\\.h$)")
file(GLOB tests "${ROOT}/tests/*/*.c")
execute_process(COMMAND ${AWK} -f ${CMAKE_CURRENT_LIST_DIR}/null.awk ${headers} ${tests}
  RESULT_VARIABLE code OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(NOT code EQUAL 0)
  string(REPLACE "\n" "\n  " output "\n${output}")
  message(FATAL_ERROR "null:${output}")
endif()
string(STRIP "${output}" output)
message(STATUS "${output}")
