# SPDX-License-Identifier: MIT
# cmake -DINCLUDE=<folder of headers> -DCC=<compiler> -DSTANDARD=<c11, c++17>
#   -DWORK=<scratch folder> -P check_headers.cmake
#
# Every public header compiles alone, and again after itself, without a warning.
# Its guard is no reserved name. It brings in nothing that its users did not ask
# for: no libuv, no operating system, no atomics (which are not C++).
cmake_minimum_required(VERSION 3.21)

set(faults "")
set(language c)
set(warnings -Wall -Wextra -Wpedantic -Werror)
if(STANDARD MATCHES "\\+\\+")
  set(language c++)
  list(APPEND warnings -Wold-style-cast)
endif()

get_filename_component(INCLUDE "${INCLUDE}" ABSOLUTE)
file(GLOB_RECURSE headers RELATIVE "${INCLUDE}" "${INCLUDE}/*.h")
foreach(header IN LISTS headers)
  set(path -I "${INCLUDE}")
  if(header MATCHES "^nt/")
    # A driver's source says <ntddk.h>, so these find each other that way, too.
    list(APPEND path -I "${INCLUDE}/nt")
  endif()
  file(READ "${INCLUDE}/${header}" text)
  if(text MATCHES "# *include *[<\"](uv|windows|pthread|stdatomic)\\.h")
    string(APPEND faults "\n  ${header}: includes ${CMAKE_MATCH_1}.h")
  endif()
  if(NOT text MATCHES "\n# *ifndef [A-Za-z][A-Za-z0-9_]*_H\n" OR text MATCHES "\n# *ifndef _")
    string(APPEND faults "\n  ${header}: no guard of the form SESSIO_STATUS_H")
  endif()
  file(WRITE "${WORK}/twice.inc" "#include <${header}>\n#include <${header}>\n"
    "typedef int si_not_empty;\n")
  execute_process(
    COMMAND ${CC} -x ${language} -std=${STANDARD} -fsyntax-only ${warnings}
      ${path} "${WORK}/twice.inc"
    RESULT_VARIABLE code ERROR_VARIABLE output OUTPUT_VARIABLE output)
  if(NOT code EQUAL 0)
    string(APPEND faults "\n  ${header}: does not compile alone as ${STANDARD}:\n${output}")
  endif()
endforeach()

if(NOT faults STREQUAL "")
  message(FATAL_ERROR "headers:${faults}\n")
endif()
list(LENGTH headers count)
if(count EQUAL 0)
  message(FATAL_ERROR "headers: none found in ${INCLUDE}")
endif()
message(STATUS "${count} headers, each compiles alone as ${STANDARD}")
