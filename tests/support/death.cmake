# SPDX-License-Identifier: MIT
# cmake -DPROGRAM= -DEMULATOR= -DCASE= -DREASON=<regex> -DABORTED=<regex> -P death.cmake
#
# Runs a program that must be stopped by a broken invariant, and for that reason.
# It has to say so, and to end by abort(), not by an exit that says failure. ABORTED
# is how that looks from outside.
cmake_minimum_required(VERSION 3.21)

execute_process(COMMAND ${EMULATOR} ${PROGRAM} ${CASE}
  RESULT_VARIABLE code OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(NOT code MATCHES "${ABORTED}")
  message(FATAL_ERROR "${CASE}: ended with ${code}, not by abort(): ${output}")
endif()
if(NOT output MATCHES "sessio: [^\n]*${REASON}")
  message(FATAL_ERROR "${CASE}: does not say \"${REASON}\": ${output}")
endif()
