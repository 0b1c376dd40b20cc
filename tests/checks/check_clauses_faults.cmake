# SPDX-License-Identifier: MIT
# cmake -DWORK=<scratch folder> -P check_clauses_faults.cmake
#
# check_clauses.cmake must find what it is there for: each fault is made once,
# in a small repository of its own.
cmake_minimum_required(VERSION 3.21)
include(${CMAKE_CURRENT_LIST_DIR}/faults.cmake)

# expect(result list source [programs]): the checker's output for that list and
# that test file must match result. It is the summary if there is no fault.
function(expect result list source)
  set(programs "sessio_test(unit)\n")
  if(ARGC GREATER 3)
    set(programs "${ARGV3}")
  endif()
  file(REMOVE_RECURSE "${WORK}")
  file(WRITE "${WORK}/include/there.h" "")
  file(WRITE "${WORK}/tests/checks/clauses.txt" "${list}")
  file(WRITE "${WORK}/tests/room/CMakeLists.txt" "${programs}")
  file(WRITE "${WORK}/tests/room/unit_test.c" "${source}")
  judge("${result}" "2 clauses" check_clauses.cmake
    -DROOT=${WORK} -DTESTS=${WORK}/tests)
endfunction()

set(list "# A comment.\ntotal 2\nA-1 ours The first\nB2  documented The second | later: include/gone.h\n")
set(table "int main(void)\n{\n\tconst struct CMUnitTest tests[] = { cmocka_unit_test(works) };\n}\n")
set(body "static void works(void **state)\n{\n\t(void)state;\n}\n")

expect("2 clauses, 1 citing tests -- 1 documented: 0 cited, 1 not in reach yet, 0 beyond proof -- 0 inferred: .* -- 1 ours: 1 cited, 0 not"
  "${list}" "/* Clauses: A-1 */\n${body}${table}")
expect("2 clauses, 1 citing tests -- 0 documented: .* -- 1 inferred: 1 cited, .* -- 1 ours: 1 cited,"
  "total 2\nA-1 ours The first\nA-2 inferred The second\n" "/* Clauses: A-1..A-2 */\n${body}${table}")
expect("2 clauses, 1 citing tests"
  "total 2\nA-1 ours The first\nA-2 inferred The second\n"
  "/* Clauses: A-1 */\n/* Clauses: A-2 */\n${body}${table}")
expect("2 clauses, 1 citing tests"
  "${list}" "/* Clauses: A-1 */\n${body}#define WITH(test) \\\n\tcmocka_unit_test_setup(test, start)\nint main(void)\n{\n\tconst struct CMUnitTest tests[] = {\n\t\tWITH(works),\n\t};\n}\n")
expect("A-1: no test cites it, and no reason is given" "${list}" "${body}${table}")
expect("works cites A-3, which is no clause"
  "${list}" "/* Clauses: A-1, A-3 */\n${body}${table}")
expect("works cites A-2, which is no clause"
  "${list}" "/* Clauses: A-1..A-2 */\n${body}${table}")
expect("B2: its reason has become untrue: include/there.h exists"
  "total 2\nA-1 ours The first\nB2 documented The second | later: include/there.h\n"
  "/* Clauses: A-1 */\n${body}${table}")
expect("B2: cited by works, and has a reason not to be: later: include/gone.h"
  "${list}" "/* Clauses: A-1, B2 */\n${body}${table}")
expect("B2: not a reason: soon"
  "total 2\nA-1 ours The first\nB2 documented The second | soon\n" "/* Clauses: A-1 */\n${body}${table}")
expect("2 clauses, 1 citing tests -- 1 documented: 0 cited, 0 not in reach yet, 1 beyond proof"
  "total 2\nA-1 ours The first\nB2 documented The second | a ban: reported\n"
  "/* Clauses: A-1 */\n${body}${table}")
expect("2 clauses, 1 citing tests -- 1 documented: 0 cited, 0 not in reach yet, 1 beyond proof"
  "total 2\nA-1 ours The first\nB2 documented The second | unbreakable: so it is\n"
  "/* Clauses: A-1, B2 */\n${body}${table}")
expect("B2: said to be unbreakable, and no test cites it"
  "total 2\nA-1 ours The first\nB2 documented The second | unbreakable: so it is\n"
  "/* Clauses: A-1 */\n${body}${table}")
expect("clauses.txt: B2 is of no kind: guessed"
  "total 2\nA-1 ours The first\nB2 guessed The second\n" "/* Clauses: A-1, B2 */\n${body}${table}")
expect("A-1 is not directly above a test function"
  "${list}" "/* Clauses: A-1 */\n\n${body}${table}")
expect("A-1 is not directly above a test function"
  "${list}" "/* Clauses: A-1 */\nstatic int helper(void)\n{\n}\n${body}${table}")
expect("works cites clauses and is in no table of tests"
  "${list}" "/* Clauses: A-1 */\n${body}int main(void)\n{\n}\n")
expect("works cites clauses and is in no table of tests"
  "${list}" "/* Clauses: A-1 */\n${body}#define WITH(test) call(test)\nint main(void)\n{\n\tWITH(works);\n}\n")
expect("unit_test.c: cites clauses and is not registered in CMakeLists.txt"
  "${list}" "/* Clauses: A-1 */\n${body}${table}" "sessio_test(other)\n")
expect("not of the form .* /\\* Clauses: A-1"
  "${list}" "/* Clauses: A-1: all of it */\n${body}${table}")
expect("not of the form" "${list}" "/* Clauses: A-1\n */\n${body}${table}")
expect("clauses.txt: A-1 is listed twice"
  "total 2\nA-1 ours The first\nA-1 ours Again\n" "/* Clauses: A-1 */\n${body}${table}")
expect("clauses.txt: 1 clauses, not 2"
  "total 2\nA-1 ours The first\n" "/* Clauses: A-1 */\n${body}${table}")
expect("clauses.txt: not a clause: A-2"
  "total 2\nA-1 ours The first\nA-2\n" "/* Clauses: A-1 */\n${body}${table}")

say_judged(repositories)
