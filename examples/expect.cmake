# SPDX-License-Identifier: MIT
# cmake -DPROGRAM= -DEMULATOR= [-DARGUMENTS=] -DEXPECTED=<file> -P expect.cmake
#
# A program must print what the file says, to the letter, and end well.
cmake_minimum_required(VERSION 3.21)

execute_process(COMMAND ${EMULATOR} ${PROGRAM} ${ARGUMENTS}
  RESULT_VARIABLE code OUTPUT_VARIABLE output ERROR_VARIABLE errors)
file(READ ${EXPECTED} expected)
if(NOT code EQUAL 0 OR NOT "${errors}" STREQUAL "" OR NOT output STREQUAL expected)
  message(FATAL_ERROR "ended with ${code} and said:\n${output}${errors}\nnot:\n${expected}")
endif()
