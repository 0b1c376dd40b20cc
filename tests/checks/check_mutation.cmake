# SPDX-License-Identifier: MIT
# cmake -DROOT=<repository> -DBASH=<bash> -P check_mutation.cmake
#
# The lists of planted faults, tests/mutation/*.mut. No fault is made here.
#
# Faults:
# - a planted fault whose place is not found in the code any more;
# - a list that cannot be read;
# - an invariant of src/ that no planted fault breaks, or says that it does;
# - a planted fault that breaks an invariant which is defined nowhere.
cmake_minimum_required(VERSION 3.21)

set(faults "")
set(label "[a-z][a-z_]*-[0-9]+")

file(GLOB lists "${ROOT}/tests/mutation/*.mut")
execute_process(COMMAND ${BASH} ${ROOT}/tests/mutation/run.sh --check ${lists}
  RESULT_VARIABLE code OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(NOT code EQUAL 0)
  string(APPEND faults "\n  ${output}")
endif()

set(broken "")
set(count 0)
foreach(list IN LISTS lists)
  file(STRINGS "${list}" lines REGEX "^breaks: ")
  foreach(line IN LISTS lines)
    math(EXPR count "${count} + 1")
    # Only what stands in front of the words.
    string(REGEX MATCH "^breaks: (${label}(, )?)+" labels "${line}")
    string(REGEX MATCHALL "${label}" labels "${labels}")
    list(APPEND broken ${labels})
  endforeach()
endforeach()
list(REMOVE_DUPLICATES broken)

set(defined "")
set(declared "") # by headers: they may be broken, too
file(GLOB_RECURSE files "${ROOT}/src/*.[ch]" "${ROOT}/include/*.h")
foreach(file IN LISTS files)
  file(STRINGS "${file}" lines REGEX "^ \\* +\\(${label}\\) [^ ]")
  foreach(line IN LISTS lines)
    string(REGEX MATCH "${label}" text "${line}")
    if(file MATCHES "/include/")
      list(APPEND declared "${text}")
    else()
      list(APPEND defined "${text}")
    endif()
  endforeach()
endforeach()

foreach(text IN LISTS defined)
  if(NOT text IN_LIST broken)
    string(APPEND faults "\n  (${text}) is broken by no planted fault")
  endif()
endforeach()
foreach(text IN LISTS broken)
  if(NOT text IN_LIST defined AND NOT text IN_LIST declared)
    string(APPEND faults "\n  a planted fault breaks (${text}), which is defined nowhere")
  endif()
endforeach()

if(NOT faults STREQUAL "")
  message(FATAL_ERROR "mutation:${faults}\n")
endif()
list(LENGTH defined invariants)
message(STATUS "${count} planted faults, for ${invariants} invariants")
