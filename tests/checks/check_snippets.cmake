# SPDX-License-Identifier: MIT
# cmake -DROOT=<repository> -P check_snippets.cmake
#
# Each public header with functions of its own shows once how they are used. It
# has at most 8 lines of an example that a test runs, in a comment of this form:
#
#    * From examples/reconnect.c:
#    *
#    *     code
# The lines stand in that example, one after the other; how far they are indented
# does not count.
cmake_minimum_required(VERSION 3.21)

set(faults "")
set(snippets 0)
set(most 8)

macro(fault text)
  string(APPEND faults "\n  ${text}")
endmacro()

# flat(text out): the text with a newline before and after each line, and no indent.
function(flat text out)
  string(REGEX REPLACE "\n[ \t]+" "\n" text "\n${text}\n")
  string(REGEX REPLACE "[ \t]*\n\n+" "\n" text "${text}")
  set(${out} "${text}" PARENT_SCOPE)
endfunction()

function(check_snippet header text)
  if(NOT text MATCHES "\n \\* From (examples/[a-z_/]+\\.c):\n \\*\n(( \\*(     [^\n]*)?\n)+)")
    fault("${header}: no snippet of an example")
    set(faults "${faults}" PARENT_SCOPE)
    return()
  endif()
  set(example "${CMAKE_MATCH_1}")
  set(code "${CMAKE_MATCH_2}")
  string(REGEX REPLACE "(^|\n) \\*" "\\1" code "${code}")
  string(STRIP "${code}" code)
  string(REGEX REPLACE "[^\n]" "" lines "${code}")
  string(LENGTH "${lines}" lines)
  if(NOT lines LESS most)
    fault("${header}: a snippet of more than ${most} lines")
  endif()
  if(NOT EXISTS "${ROOT}/${example}")
    fault("${header}: there is no ${example}")
  else()
    file(READ "${ROOT}/${example}" source)
    flat("${source}" source)
    flat("${code}" code)
    string(FIND "${source}" "${code}" found)
    if(found EQUAL -1)
      fault("${header}: the snippet does not stand in ${example}")
    endif()
    get_filename_component(name "${example}" NAME_WE)
    file(READ "${ROOT}/examples/CMakeLists.txt" run)
    if(NOT run MATCHES "[(/ ]${name}[). ]")
      fault("${header}: no test runs ${example}")
    endif()
  endif()
  set(faults "${faults}" PARENT_SCOPE)
endfunction()

file(GLOB headers RELATIVE "${ROOT}/include" "${ROOT}/include/sessio/*.h" "${ROOT}/include/kos/*.h"
  "${ROOT}/include/nt/container.h")
list(FILTER headers EXCLUDE REGEX "^sessio/fast\\.h$") # what two inline functions call
foreach(header IN LISTS headers)
  file(READ "${ROOT}/include/${header}" text)
  string(REGEX REPLACE "/\\*([^*]|\\*+[^*/])*\\*+/" " " code "${text}")
  if(code MATCHES "\\)[ \n]*;")
    check_snippet("${header}" "${text}")
    math(EXPR snippets "${snippets} + 1")
  endif()
endforeach()

if(NOT faults STREQUAL "")
  message(FATAL_ERROR "snippets:${faults}\n")
endif()
if(snippets EQUAL 0)
  message(FATAL_ERROR "snippets: no header found in ${ROOT}")
endif()
message(STATUS "${snippets} snippets stand in their examples")
