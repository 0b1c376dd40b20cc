# SPDX-License-Identifier: MIT
# cmake -DROOT=<repository> -DAWK=<awk> -P check_words.cmake
#
# Reads the comments of C files, models, scripts and CMake files, and the README.
# Faults: a sentence of more than 25 words; a sentence or a clause with "who",
# "whoever", "what" or "whatever" as its subject; a private word for a thing that
# the field has a word for. Code in comments, tables and lists are left alone.
cmake_minimum_required(VERSION 3.21)

file(GLOB_RECURSE files RELATIVE "${ROOT}"
  "${ROOT}/include/*.h" "${ROOT}/src/*.[ch]" "${ROOT}/src/*.cmake" "${ROOT}/examples/*.[ch]"
  "${ROOT}/examples/*.sh" "${ROOT}/examples/CMakeLists.txt"
  "${ROOT}/tests/*.[ch]" "${ROOT}/tests/*.cpp" "${ROOT}/tests/*.pml" "${ROOT}/tests/*.sh"
  "${ROOT}/tests/*.cmake" "${ROOT}/tests/*/CMakeLists.txt")
foreach(file IN ITEMS README.md CMakeLists.txt examples/driver_guide.md examples/provider_guide.md .ci/run)
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
if(NOT output STREQUAL "")
  string(STRIP "${output}" output)
  string(REPLACE "\n" "\n  " output "\n${output}")
  message(FATAL_ERROR "words:${output}\n")
endif()
message(STATUS "${count} files read")
