# SPDX-License-Identifier: MIT
# cmake -DCC=<compiler> -DWORK=<scratch folder> -P check_headers_faults.cmake
#
# check_headers.cmake must find what it is there for: each fault is made once.
cmake_minimum_required(VERSION 3.21)

# expect(result text): the checker's output for a header with that text.
set(made 0)
function(expect result text)
  file(REMOVE_RECURSE "${WORK}")
  file(WRITE "${WORK}/include/sessio/unit.h" "${text}")
  execute_process(
    COMMAND ${CMAKE_COMMAND} -DINCLUDE=${WORK}/include -DCC=${CC} -DSTANDARD=c11 -DWORK=${WORK}
      -P ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/check_headers.cmake
    RESULT_VARIABLE code OUTPUT_VARIABLE output ERROR_VARIABLE output)
  string(REGEX REPLACE "[ \n]+" " " output "${output}")
  set(wanted_code 1)
  if(result MATCHES "^[0-9]+ headers")
    set(wanted_code 0)
  endif()
  if(NOT output MATCHES "${result}" OR NOT code EQUAL wanted_code)
    message(SEND_ERROR "wanted: ${result}\ngot ${code}: ${output}")
  endif()
  math(EXPR made "${made} + 1")
  set(made ${made} PARENT_SCOPE)
endfunction()

set(guard "/* Unit. */\n#ifndef UNIT_H\n#define UNIT_H\n")

expect("1 headers" "${guard}typedef int unit;\n#endif\n")
expect("unit.h: does not compile alone" "${guard}size_t unit(void);\n#endif\n")
expect("unit.h: does not compile alone" "${guard}#endif\nstruct unit { int x; };\n")
expect("unit.h: does not compile alone.*extra " "${guard}void unit(void);;\n#endif\n")
expect("unit.h: no guard of the form" "#pragma once\ntypedef int unit;\n")
expect("unit.h: no guard of the form"
  "/* Unit. */\n#ifndef _UNIT_H\n#define _UNIT_H\ntypedef int unit;\n#endif\n")
expect("unit.h: includes stdatomic.h" "${guard}#include <stdatomic.h>\n#endif\n")

message(STATUS "${made} headers, each judged as it should be")
