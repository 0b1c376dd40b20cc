# SPDX-License-Identifier: MIT
# cmake -DWORK=<scratch folder> -P check_contracts_faults.cmake
#
# check_contracts.cmake must find what it is there for: each fault is made once.
cmake_minimum_required(VERSION 3.21)
include(${CMAKE_CURRENT_LIST_DIR}/faults.cmake)

# expect(result body [file]): the checker's output for a header with that body
# must match result, which is its summary if there is no fault. A body with a
# guard of its own is the whole header.
function(expect result body)
  set(file "sessio/unit.h")
  if(ARGC GREATER 2)
    set(file "${ARGV2}")
  endif()
  file(REMOVE_RECURSE "${WORK}")
  file(WRITE "${WORK}/clauses.txt" "total 1\nA-1  The first\n")
  if(NOT body MATCHES "^#ifndef")
    string(PREPEND body "#ifndef A_H\n#define A_H\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n")
    string(APPEND body "\n#ifdef __cplusplus\n}\n#endif\n\n#endif\n")
  endif()
  file(WRITE "${WORK}/include/${file}" "${body}")
  judge("${result}" "[0-9]+ functions" check_contracts.cmake
    -DINCLUDE=${WORK}/include -DCLAUSES=${WORK}/clauses.txt)
endfunction()

set(lines " * Ref:     none.\n * Locks:   takes none.\n * Threads: any.\n")
set(returns " * @return SESSIO_OK, SESSIO_BUSY.\n *\n")

expect("1 functions" "/**\n * Does.\n *\n${lines} */\nvoid does(int x);\n")
expect("1 functions"
  "/**\n * Does.\n *\n${returns}${lines} */\nSESSIO_MUST_CHECK\nsessio_status does(int x,\n\tint y);\n")
expect("1 functions"
  "/**\n * @return more.\n *\n${lines} */\nstatic inline int does(int x)\n{\n\tif (x) {\n\t\treturn 1;\n\t}\n\treturn 0; /* enough,\n\t said */\n}\n")
expect("1 functions"
  "typedef void unit_fn(int x);\nstruct unit {\n\tvoid (*fn)(int x); /* two\n\t lines */\n};\n#define DO(x) \\\n\tdoes(x);\nextern int unit_value;\nenum unit_kind { UNIT_A, UNIT_B };\n\n/**\n * Does.\n *\n${lines} */\nvoid does(int x);\n")
expect("1 functions"
  "/**\n * @return rcOk.\n *\n${lines} * Models:  A-1.\n */\nRetcode KosDoes(int x);\n" "kos/unit.h")
expect("1 functions"
  "#ifndef A_H\n#define A_H\n\n__RTL_BEGIN_DECLS\n\n/**\n * Does.\n *\n${lines} */\nvoid does(int x);\n\n__RTL_END_DECLS\n\n#endif\n")
expect("does: no /\\*\\* comment directly above it" "void does(int x);\n")
expect("does: no /\\*\\* comment directly above it" "/* Does. */\nvoid does(int x);\n")
expect("does: no /\\*\\* comment directly above it" "/**\n * Does.\n *\n${lines} */\n\nvoid does(int x);\n")
expect("undoes: no /\\*\\* comment directly above it"
  "/**\n * Does.\n *\n${lines} */\nvoid does(int x);\nvoid undoes(int x);\n")
expect("KosDoes: no /\\*\\* comment" "static inline int KosDoes(int x)\n{\n\treturn x;\n}\n")
expect("does: no 'Ref:' line" "/**\n * Locks:   none.\n * Threads: any.\n */\nvoid does(int x);\n")
expect("does: no 'Locks:' line" "/**\n * Ref:     none.\n * Threads: any.\n */\nvoid does(int x);\n")
expect("does: no 'Threads:' line" "/**\n * Ref:     none.\n * Locks:   none.\n */\nvoid does(int x);\n")
expect("does: no 'Threads:' line"
  "/**\n * Ref:     none.\n * Locks:   none.\n * Threads:\n */\nvoid does(int x);\n")
expect("does: 'Threads:' is out of order"
  "/**\n * Ref:     none.\n * Threads: any.\n * Locks:   none.\n */\nvoid does(int x);\n")
expect("does: no '@return'" "/**\n * Does.\n *\n${lines} */\nint does(int x);\n")
expect("does: no '@return'" "/**\n * Does.\n *\n${lines} */\nvoid *does(int x);\n")
expect("does: '@return' names no status"
  "/**\n * @return what it came to.\n *\n${lines} */\nSESSIO_MUST_CHECK sessio_status does(int x);\n")
expect("KosDoes: '@return' names no status"
  "/**\n * @return what it came to.\n *\n${lines} * Models:  A-1.\n */\nRetcode KosDoes(int x);\n")
expect("KosDoes: no 'Models:' line" "/**\n * Does.\n *\n${lines} */\nvoid KosDoes(int x);\n")
expect("IoDoes: 'Models:' names no clause"
  "/**\n * Does.\n *\n${lines} * Models:  much.\n */\nvoid IoDoes(int x);\n" "nt/container.h")
expect("KnDoes: 'Models:' names A-2, which is no clause"
  "/**\n * Does.\n *\n${lines} * Models:  A-1, A-2.\n */\nvoid KnDoes(int x);\n")
expect("declares functions outside extern \"C\""
  "#ifndef A_H\n#define A_H\n\n/**\n * Does.\n *\n${lines} */\nvoid does(int x);\n\n#endif\n")
expect("unit.h: not understood from here on" "void does(int x\n")
expect("no function found" "void DbgPrint(int x);\n" "nt/wdm.h")

say_judged(headers)
