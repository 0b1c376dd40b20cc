# SPDX-License-Identifier: MIT
# The faults that check_mutation.cmake must find, and what it must let pass.
#
#   cmake -DROOT=repository -DBASH=bash -DWORK=folder -P check_mutation_faults.cmake
cmake_minimum_required(VERSION 3.21)
include(${CMAKE_CURRENT_LIST_DIR}/faults.cmake)

# expect(result list): the checker's output for a list with that text.
function(expect result list)
  file(REMOVE_RECURSE ${WORK})
  file(COPY ${ROOT}/tests/prepare.sh DESTINATION ${WORK}/tests)
  file(COPY ${ROOT}/tests/mutation/run.sh DESTINATION ${WORK}/tests/mutation)
  file(WRITE ${WORK}/tests/mutation/a.mut "${list}")
  file(WRITE ${WORK}/src/base/x.c "/*\n * (x-1) One is one.\n */\nint one = 1;\nint two = 1;\n")
  judge("${result}" "[0-9]+ planted" check_mutation.cmake -DROOT=${WORK} -DBASH=${BASH})
endfunction()

set(head "file: src/base/x.c\n")
set(good "${head}breaks: x-1: one is two\nat: int one\n- = 1\n+ = 2\n")
expect("1 planted faults, for 1 invariants" "${good}")
expect("2 planted faults" "${good}\nbreaks: two is three\nat: int two\n- = 1\n+ = 3\n")
expect("2 planted faults" "${good}\nbreaks: x-1: nothing\nsurvives: no reason\nat: int two\n- = 1\n+ = 1\n")
expect("a.mut:5: not found in src/base/x.c: = 3" "${head}breaks: x-1: a\nat: int one\n- = 3\n+ = 2\n")
expect("not found in src/base/x.c: = 1" "${head}breaks: x-1: in two places\n- = 1\n+ = 2\n")
expect("not found in src/base/y.c" "file: src/base/y.c\nbreaks: x-1: a\n- = 1\n+ = 2\n")
expect("a fault without .?\\+" "${head}breaks: x-1: a\nat: int one\n- = 1\n\n")
expect("a fault without file" "${head}- = 1\n+ = 2\n")
expect("\\(x-1\\) is broken by no planted fault" "${head}breaks: all\nat: int one\n- = 1\n+ = 2\n")
expect("breaks \\(x-2\\), which is defined nowhere"
  "${good}\nbreaks: x-1, x-2: a\nat: int one\n- = 1\n+ = 2\n")

say_judged("lists of faults")
