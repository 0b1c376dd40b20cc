# SPDX-License-Identifier: MIT
# cmake -DWORK=<scratch folder> -P check_snippets_faults.cmake
#
# check_snippets.cmake must find what it is there for: each fault is made once.
cmake_minimum_required(VERSION 3.21)
include(${CMAKE_CURRENT_LIST_DIR}/faults.cmake)

# expect(result comment): the checker's output for a header with that comment.
function(expect result comment)
  file(REMOVE_RECURSE "${WORK}")
  file(WRITE "${WORK}/include/sessio/unit.h" "${comment}void sessio_unit(int x);\n")
  file(WRITE "${WORK}/include/sessio/types.h" "typedef int unit;\n")
  file(WRITE "${WORK}/examples/use.c"
    "int main(void)\n{\n\tint x[1] = { 1 };\n\n\tif (x[0]) {\n\t\tsessio_unit(1);\n\t}\n\treturn 0;\n}\n")
  file(WRITE "${WORK}/examples/idle.c" "int main(void)\n{\n\treturn 0;\n}\n")
  file(WRITE "${WORK}/examples/CMakeLists.txt" "sessio_example(use)\n")
  judge("${result}" "[0-9]+ snippets stand" check_snippets.cmake -DROOT=${WORK})
endfunction()

set(from "/*\n * Unit.\n *\n * From examples/use.c:\n *\n")

expect("1 snippets stand in their examples"
  "${from} *     if (x[0]) {\n *         sessio_unit(1);\n *     }\n */\n")
expect("1 snippets stand" "${from} *     int x[1] = { 1 };\n *\n *     if (x[0]) {\n *\n * More.\n */\n")
expect("unit.h: the snippet does not stand in examples/use.c" "${from} *     sessio_unit(2);\n */\n")
expect("unit.h: the snippet does not stand in examples/use.c" "${from} *     sessio_unit\n */\n")
expect("unit.h: the snippet does not stand"
  "${from} *     int x[1] = { 1 };\n *     sessio_unit(1);\n */\n")
expect("unit.h: no snippet of an example" "/*\n * Unit.\n */\n")
expect("unit.h: there is no examples/gone.c"
  "/*\n * From examples/gone.c:\n *\n *     sessio_unit(1);\n */\n")
expect("unit.h: no test runs examples/idle.c"
  "/*\n * From examples/idle.c:\n *\n *     return 0;\n */\n")
expect("unit.h: a snippet of more than 8 lines"
  "${from} *     int main(void)\n *     {\n *     int x[1] = { 1 };\n *\n *     if (x[0]) {\n *     sessio_unit(1);\n *     }\n *     return 0;\n *     }\n */\n")

say_judged(headers)
