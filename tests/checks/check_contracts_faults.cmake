# SPDX-License-Identifier: MIT
# cmake -DWORK=<scratch folder> -P check_contracts_faults.cmake
#
# check_contracts.cmake must find what it is there for: each fault is made once.
cmake_minimum_required(VERSION 3.21)
include(${CMAKE_CURRENT_LIST_DIR}/faults.cmake)

# expect(result body [file]): the checker's output for a header with that body
# must match result, which is its summary if there is no fault. A body with a
# guard of its own is the whole header.
set(default "/*\n * Unit.\n *\n * Default: a call keeps no reference, does not block,\n *          calls nobody back, any thread.\n */\n")
function(expect result body)
  set(file "sessio/unit.h")
  if(ARGC GREATER 2)
    set(file "${ARGV2}")
  endif()
  file(REMOVE_RECURSE "${WORK}")
  file(WRITE "${WORK}/clauses.txt" "total 1\nA-1  The first\n")
  file(WRITE "${WORK}/include/sessio/status.h" "#define MAP(XX) XX(OK, 0) XX(BUSY, -1)\n")
  file(WRITE "${WORK}/include/rtl/retcode.h" "typedef enum { rcOk = 0, rcBusy } Retcode;\n")
  if(NOT body MATCHES "#ifndef")
    string(PREPEND body "#ifndef A_H\n#define A_H\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n")
    string(PREPEND body "${default}")
    string(APPEND body "\n#ifdef __cplusplus\n}\n#endif\n\n#endif\n")
  endif()
  file(WRITE "${WORK}/include/${file}" "${body}")
  judge("${result}" "[0-9]+ functions" check_contracts.cmake
    -DINCLUDE=${WORK}/include -DCLAUSES=${WORK}/clauses.txt)
endfunction()

set(returns " * @return SESSIO_OK, SESSIO_BUSY.\n")

expect("1 functions" "/** Does. */\nvoid does(int x);\n")
expect("1 functions" "/**\n * Does.\n *\n${returns} */\nSESSIO_MUST_CHECK\nsessio_status does(int x,\n\tint y);\n")
expect("1 functions"
  "/**\n * @return more.\n */\nstatic inline int does(int x)\n{\n\tif (x) {\n\t\treturn 1;\n\t}\n\treturn 0; /* enough,\n\t said */\n}\n")
expect("1 functions"
  "typedef void unit_fn(int x);\nstruct unit {\n\tvoid (*fn)(int x); /* two\n\t lines */\n};\n#define DO(x) \\\n\tdoes(x);\nextern int unit_value;\nenum unit_kind { UNIT_A, UNIT_B };\n\n/** Does. */\nvoid does(int x);\n")
expect("1 functions"
  "/**\n * @return rcOk.\n *\n * Ref:        gives one.\n * Blocks:     until it rains.\n * Calls back: open.\n * Threads:    one at a time.\n * Models:     A-1.\n */\nRetcode KosDoes(int x);\n" "kos/unit.h")
expect("1 functions"
  "${default}#ifndef A_H\n#define A_H\n\n__RTL_BEGIN_DECLS\n\n/** Does. */\nvoid does(int x);\n\n__RTL_END_DECLS\n\n#endif\n")

# Every comment needs these.
expect("does: no /\\*\\* comment directly above it" "void does(int x);\n")
expect("does: no /\\*\\* comment directly above it" "/* Does. */\nvoid does(int x);\n")
expect("does: no /\\*\\* comment directly above it" "/** Does. */\n\nvoid does(int x);\n")
expect("undoes: no /\\*\\* comment directly above it" "/** Does. */\nvoid does(int x);\nvoid undoes(int x);\n")
expect("KosDoes: no /\\*\\* comment" "static inline int KosDoes(int x)\n{\n\treturn x;\n}\n")
expect("does: no '@return'" "/** Does. */\nint does(int x);\n")
expect("does: '@return' names no status"
  "/**\n * @return what it came to.\n */\nSESSIO_MUST_CHECK sessio_status does(int x);\n")
expect("does: '@return' names SESSIO_WET, which is no status"
  "/**\n * @return SESSIO_OK, SESSIO_WET.\n */\nsessio_status does(int x);\n")
expect("KosDoes: '@return' names rcBus, which is no status"
  "/**\n * @return rcOk, rcBus.\n *\n * Models: A-1.\n */\nRetcode KosDoes(int x);\n")
expect("KosDoes: '@return' names rcWet, which is no status"
  "/**\n * @return rcOk, rcWet.\n *\n * Models: A-1.\n */\nRetcode KosDoes(int x);\n")
expect("KosDoes: '@return' names no status"
  "/**\n * @return what it came to.\n *\n * Models:  A-1.\n */\nRetcode KosDoes(int x);\n")
expect("KosDoes: no 'Models:' line" "/** Does. */\nvoid KosDoes(int x);\n")
expect("IoDoes: 'Models:' names no clause" "/**\n * Models:  much.\n */\nvoid IoDoes(int x);\n" "nt/container.h")
expect("KnDoes: 'Models:' names A-2, which is no clause"
  "/**\n * Models:  A-1, A-2.\n */\nvoid KnDoes(int x);\n")

# The lines, and the default that they deviate from.
expect("does: 'Threads:' is out of order" "/**\n * Threads: one.\n * Blocks:  long.\n */\nvoid does(int x);\n")
expect("KosDoes: 'Models:' is out of order" "/**\n * Models:  A-1.\n * Ref: gives one.\n */\nvoid KosDoes(int x);\n")
expect("does: 'Ref:' only repeats" "/**\n * Ref:     none.\n */\nvoid does(int x);\n")
expect("does: 'Blocks:' only repeats" "/**\n * Blocks:  no.\n */\nvoid does(int x);\n")
expect("does: 'Calls back:' only repeats" "/**\n * Calls back: nobody.\n */\nvoid does(int x);\n")
expect("does: 'Threads:' only repeats" "/**\n * Threads: any.\n */\nvoid does(int x);\n")
expect("1 functions" "/**\n * Threads: any but one.\n */\nvoid does(int x);\n")
expect("does: 'Locks:' is a line no more" "/**\n * Locks:   none.\n */\nvoid does(int x);\n")
expect("does: names a private lock: host lock" "/**\n * Does, under the host lock.\n */\nvoid does(int x);\n")
expect("does: gives a pointer and has no 'Ref:' line" "/**\n * @return more.\n */\nvoid *does(int x);\n")
expect("does: gives a pointer and has no 'Ref:' line" "/** Does. */\nvoid does(struct unit **out_unit);\n")
expect("1 functions" "/**\n * @return more.\n *\n * Ref: gives one.\n */\nvoid *does(int x);\n")
set(whole "#ifndef A_H\n#define A_H\nextern \"C\" {\n/** Does.\n * @return more. */\nvoid *does(int x);\n}\n#endif\n")
expect("unit.h: no paragraph 'Default:' on its top" "/*\n * Unit.\n */\n${whole}")
expect("unit.h: its default says nothing of: block"
  "/*\n * Default: a call keeps no reference, calls nobody back, any thread.\n */\n${whole}")
expect("1 functions"
  "/*\n * Default: a call does not block, calls nobody back, any thread. Results are borrowed.\n */\n${whole}")
expect("declares functions outside extern \"C\""
  "${default}#ifndef A_H\n#define A_H\n\n/** Does. */\nvoid does(int x);\n\n#endif\n")
expect("unit.h: not understood from here on" "void does(int x\n")
expect("no function found" "void DbgPrint(int x);\n" "nt/wdm.h")

say_judged(headers)
