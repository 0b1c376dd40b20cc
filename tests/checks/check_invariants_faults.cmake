# SPDX-License-Identifier: MIT
# cmake -DWORK=<scratch folder> -P check_invariants_faults.cmake
#
# check_invariants.cmake must find what it is there for: each fault is made once.
cmake_minimum_required(VERSION 3.21)
include(${CMAKE_CURRENT_LIST_DIR}/faults.cmake)

# expect(result source [file text]): the checker's output for src/room/unit.c with
# that text, and perhaps another file.
function(expect result source)
  file(REMOVE_RECURSE "${WORK}")
  file(WRITE "${WORK}/src/room/unit.c" "${source}")
  if(ARGC GREATER 3)
    file(WRITE "${WORK}/${ARGV2}" "${ARGV3}")
  endif()
  judge("${result}" "[0-9]+ invariants" check_invariants.cmake -DROOT=${WORK})
endfunction()

set(head "/*\n * (unit-1) One lock.\n * (unit-2) Two of them.\n */\n")

expect("2 invariants, 0 citations" "${head}")
expect("2 invariants, 3 citations" "${head}int x; /* (unit-1), (unit-2, unit-1) */\n")
expect("1 invariants, 0 citations" "/*\n * (room_unit-1) One lock.\n */\n")
expect("2 invariants, 1 citations" "${head}" tests/room/unit_test.c "/* See (unit-2). */\n")
expect("3 invariants" "${head}" src/hall/unit.c "/*\n * (hall_unit-1) One lock.\n */\n")
expect("cites .unit-3., which is defined nowhere" "${head}int x; /* (unit-3) */\n")
expect("cites .unit-3., which is defined nowhere" "${head}int x; /* (unit-1, unit-3) */\n")
expect("cites .other-1., which is defined nowhere"
  "${head}" tests/room/unit_test.c "/* See (other-1). */\n")
expect(".unit-1. is defined in src/hall/unit.c, too"
  "${head}" src/hall/unit.c "/*\n * (unit-1) One lock.\n */\n")
expect(".unit-2. is defined in src/room/unit.c, too" "${head}/*\n * (unit-2) Again.\n */\n")
expect(".lamp-1. is not called after its file" "/*\n * (lamp-1) One lock.\n */\n")
expect("not a label of the form" "${head}int x; /* (U1) */\n")
expect("not a label of the form" "${head}/*\n * (U1) Whatever.\n */\n")
expect("none found" "int x;\n")
expect("2 invariants, 0 citations" "${head}" tests/models/unit.pml
  "/*\n *   (M1) nothing is freed twice.\n */\nassert(M1 || !freed);\n")
expect("asserts M2, which is defined nowhere" "${head}" tests/models/unit.pml
  "/*\n *   (M1) nothing is freed twice.\n */\nassert(M2 || !freed);\n")
expect("unit.pml: .M1. is defined twice" "${head}" tests/models/unit.pml
  "/*\n *   (M1) nothing is freed twice.\n *   (M1) nor at all.\n */\n")

say_judged(repositories)
