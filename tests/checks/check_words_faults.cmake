# SPDX-License-Identifier: MIT
# cmake -DAWK=<awk> -DWORK=<scratch folder> -P check_words_faults.cmake
#
# check_words.cmake must find the faults that it is there for, and no others.
cmake_minimum_required(VERSION 3.21)
include(${CMAKE_CURRENT_LIST_DIR}/faults.cmake)

# expect(result file text): the checker's output for that file.
function(expect result file text)
  file(REMOVE_RECURSE "${WORK}")
  file(WRITE "${WORK}/${file}" "${text}")
  judge("${result}" "1 files" check_words.cmake
    -DROOT=${WORK} -DAWK=${AWK})
endfunction()

set(five "one two three four five")
set(ten "${five} ${five}")
set(long "${ten} ${ten} ${five} six")
set(short "${ten} ${ten} ${five}")

# Sentences: how long they are, where they end, what is none.
expect("src/x.c:1: a sentence of 26 words" src/x.c "/* ${long}. */\n")
expect("1 files" src/x.c "/* ${short}. */\n")
expect("src/x.c:2: a sentence of 26 words" src/x.c "/*\n * ${ten}\n * ${ten}\n * ${five} six.\n */\n")
expect("1 files" src/x.c "/*\n * ${ten}.\n * ${ten}\n * ${five} six.\n */\n")
expect("1 files" src/x.c "/*\n * ${ten}\n *\n * ${ten}\n * ${five} six.\n */\n")
expect("src/x.c:3: a sentence of 26" src/x.c "int x;\n\n// ${ten}\n// ${ten} ${five} six.\n")
expect("1 files" src/x.c "int x = 1; // ${ten}\nint y; // ${ten}\nint z; // ${ten}\n")
expect("1 files" src/x.c "const char *x = \"/* ${long} */\";\n")
expect("1 files" src/x.c "/*\n *     ${long}\n */\n")
expect("1 files" src/x.c "/*\n * - ${ten}\n * - ${ten}\n * - ${ten}\n */\n")
expect("1 files" src/x.c "/*\n * (x-1) ${ten}\n * (x-2) ${ten}\n * (x-3) ${ten}\n */\n")
expect("1 files" src/x.c "/*\n * Ref: ${ten}\n * Threads: ${ten}\n * Models: ${long}\n */\n")
expect("1 files" src/x.c "/*\n * @param x ${ten}\n * @param y ${ten}\n * @return ${ten}\n */\n")
expect("1 files" src/x.c "/**\n * @return rcOk (${ten}), rcBusy (${ten}), rcEnd (${ten}).\n */\n")
expect("src/x.c:2: a sentence of 27" src/x.c "/**\n * @return rcOk (${long}), rcBusy.\n */\n")
expect("1 files" src/x.c "/* Clauses: ${long} */\n")
expect("1 files" src/x.c "/* `${long}` is code. */\n")
expect("src/x.c:2: a sentence of 26" src/x.c "/*\n * (x-1) ${ten}\n *       ${ten} ${five} six\n */\n")
expect("README.md:3: a sentence of 26" README.md "# Head\n\n${long}.\n")
expect("1 files" README.md "```c\n${long}\n```\n| ${long} |\n# ${long}\n- ${short}\n- ${short}\n")
expect("tests/x.sh:2: a sentence of 26" tests/x.sh "#!/bin/sh\n# ${ten}\n# ${ten} ${five} six.\n")
expect("1 files" tests/x.sh "# ${short}\necho ${long}\n")
expect("tests/room/CMakeLists.txt:1: a sentence" tests/room/CMakeLists.txt "# ${long}\n")
expect("tests/models/x.pml:1: a sentence" tests/models/x.pml "/* ${long} */\n")

expect("1 files" src/x.c "/* It has: ${ten}; ${ten}; ${ten}. */\n")
expect("src/x.c:1: a sentence of 26" src/x.c "/* It has: ${ten}; ${long}; ${ten}. */\n")

# Clauses as subjects.
expect("a clause as the subject: Whoever" src/x.c "/* Whoever closes it waits. */\n")
expect("a clause as the subject: What" src/x.c "/* One. What is here is old. */\n")
expect("a clause as the subject" src/x.c "/* It waits; what is here is old. */\n")
expect("a clause as the subject" src/x.c "/* It is freed by whoever comes last. */\n")
expect("1 files" src/x.c "/* What is it? It says what it does and who calls. */\n")

# Words.
expect("src/x.c:2: a private word: graveyard" src/x.c "/*\n * In the graveyard.\n */\n")
expect("a private word: let_go" src/x.c "int x(void)\n{\n\tlet_go();\n}\n")
expect("1 files" src/x.c "/* It is untold and calming. */\nint graveyards;\n")

expect("no file found" x.c "")

say_judged(files)
