# SPDX-License-Identifier: MIT
# cmake -DCC=<compiler> -DWORK=<scratch folder> -P check_headers_faults.cmake
#
# check_headers.cmake must find what it is there for: each fault is made once.
cmake_minimum_required(VERSION 3.21)
include(${CMAKE_CURRENT_LIST_DIR}/faults.cmake)

# expect(result text): the checker's output for a header with that text.
function(expect result text)
  file(REMOVE_RECURSE "${WORK}")
  file(WRITE "${WORK}/include/sessio/unit.h" "${text}")
  judge("${result}" "[0-9]+ headers" check_headers.cmake
    -DINCLUDE=${WORK}/include -DCC=${CC} -DSTANDARD=c11 -DWORK=${WORK})
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

say_judged(headers)
