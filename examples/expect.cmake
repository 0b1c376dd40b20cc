# SPDX-License-Identifier: MIT
# cmake -DPROGRAM= -DEMULATOR= [-DARGUMENTS=] -DEXPECTED=<file> [-DCODE=<number>]
#   [-DSHORTENED=1] -P expect.cmake
#
# A program must print what the file says, to the letter, and end well, or with that exit
# code. A shortened file has parts of lines, in their order; what it leaves out may differ.
cmake_minimum_required(VERSION 3.21)

if(NOT DEFINED CODE)
  set(CODE 0)
endif()
execute_process(COMMAND ${EMULATOR} ${PROGRAM} ${ARGUMENTS}
  RESULT_VARIABLE code OUTPUT_VARIABLE output ERROR_VARIABLE errors)
file(READ ${EXPECTED} expected)
set(is_expected FALSE)
if(SHORTENED)
  set(is_expected TRUE)
  set(rest "${output}")
  file(STRINGS ${EXPECTED} parts)
  foreach(part IN LISTS parts)
    string(FIND "${rest}" "${part}" at)
    if(at EQUAL -1 OR part STREQUAL "")
      set(is_expected FALSE)
      break()
    endif()
    string(LENGTH "${part}" length)
    math(EXPR at "${at} + ${length}")
    string(SUBSTRING "${rest}" ${at} -1 rest)
  endforeach()
elseif(output STREQUAL expected)
  set(is_expected TRUE)
endif()
if(NOT code EQUAL CODE OR NOT "${errors}" STREQUAL "" OR NOT is_expected)
  message(FATAL_ERROR "ended with ${code} and said:\n${output}${errors}\nnot:\n${expected}")
endif()
