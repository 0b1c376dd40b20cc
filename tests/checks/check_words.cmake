# SPDX-License-Identifier: MIT
# cmake -DROOT=<repository> -DAWK=<awk> [-DALLOWED=<list of files>] -P check_words.cmake
#
# Reads the comments of C files, models, scripts and CMake files, and the README.
# Faults: a sentence of more than 25 words; a sentence or a clause with "who",
# "whoever", "what" or "whatever" as its subject; a private word for a thing that
# the field has a word for. Code in comments, tables and lists are left alone.
#
# ALLOWED lists files that are still to be rewritten. A listed file without a fault
# is a fault itself, so the list can only shrink; the line of a file that moves
# moves with it.
cmake_minimum_required(VERSION 3.21)

file(GLOB_RECURSE files RELATIVE "${ROOT}"
  "${ROOT}/include/*.h" "${ROOT}/src/*.[ch]" "${ROOT}/src/*.cmake" "${ROOT}/examples/*.[ch]"
  "${ROOT}/examples/*.sh" "${ROOT}/examples/CMakeLists.txt"
  "${ROOT}/tests/*.[ch]" "${ROOT}/tests/*.cpp" "${ROOT}/tests/*.pml" "${ROOT}/tests/*.sh"
  "${ROOT}/tests/*.cmake" "${ROOT}/tests/*/CMakeLists.txt")
foreach(file IN ITEMS README.md CMakeLists.txt .ci/run)
  if(EXISTS "${ROOT}/${file}")
    list(APPEND files ${file})
  endif()
endforeach()
list(FILTER files EXCLUDE REGEX "^tests/checks/check_words")
list(LENGTH files count)
if(count EQUAL 0)
  message(FATAL_ERROR "words: no file found in ${ROOT}")
endif()

execute_process(COMMAND ${AWK} -f ${CMAKE_CURRENT_LIST_DIR}/words.awk ${files}
  WORKING_DIRECTORY ${ROOT}
  RESULT_VARIABLE code OUTPUT_VARIABLE output ERROR_VARIABLE errors)
if(NOT code EQUAL 0)
  message(FATAL_ERROR "words: ${AWK}: ${errors}")
endif()
string(REGEX REPLACE "[][;\\]" " " output "${output}")
string(REPLACE "\n" ";" output "${output}")

set(allowed "")
if(DEFINED ALLOWED)
  file(STRINGS "${ALLOWED}" allowed REGEX "^[^#]")
endif()
set(faults "")
set(faulty "")
foreach(line IN LISTS output)
  if(NOT line MATCHES "^([^:]+):[0-9]+: ")
    continue()
  endif()
  list(APPEND faulty "${CMAKE_MATCH_1}")
  if(NOT CMAKE_MATCH_1 IN_LIST allowed)
    string(APPEND faults "\n  ${line}")
  endif()
endforeach()
foreach(file IN LISTS allowed)
  if(NOT file IN_LIST faulty)
    string(APPEND faults "\n  ${file} has no fault any more, take it out of ${ALLOWED}")
  endif()
endforeach()
if(NOT faults STREQUAL "")
  message(FATAL_ERROR "words:${faults}\n")
endif()
list(LENGTH allowed allowed)
message(STATUS "${count} files read; still to be rewritten: ${allowed}")
