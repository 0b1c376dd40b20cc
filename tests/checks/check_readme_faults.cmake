# SPDX-License-Identifier: MIT
# The faults that check_readme.cmake must find, and what it must let pass.
#
#   cmake -DWORK=folder -P check_readme_faults.cmake
cmake_minimum_required(VERSION 3.21)
include(${CMAKE_CURRENT_LIST_DIR}/faults.cmake)

# expect(result readme): the checker's output for a README with that text.
function(expect result readme)
  file(REMOVE_RECURSE ${WORK})
  file(WRITE ${WORK}/README.md "${readme}")
  file(WRITE ${WORK}/examples/x.c "int one;\nint two;\n")
  file(WRITE ${WORK}/examples/x.txt "one\ntwo\n")
  judge("${result}" "[0-9]+ pieces" check_readme.cmake -DROOT=${WORK})
endfunction()

expect("1 pieces stand" "Use\n\n<!-- examples/x.c -->\n```c\nint two;\n```\n")
expect("does not stand there" "Use\n\n<!-- examples/x.c -->\n```c\nint three;\n```\n")
expect("does not stand there" "Use\n\n<!-- examples/x.c -->\n```c\n```\n")
expect("names no example" "Use\n\n```c\nint two;\n```\n")
expect("there is no examples/y.c" "Use\n\n<!-- examples/y.c -->\n```c\nint two;\n```\n")
set(shows "\n<!-- examples/x.txt -->\n```text\n")
expect("2 pieces stand"
  "Use\n\n<!-- examples/x.c -->\n```c\nint two;\n```\n${shows}one\ntwo\n```\n")
expect("does not stand there" "${shows}one\n```\n")
expect("a piece of text names no example" "Use\n```text\none\n```\n")
expect("there is no picture gone.svg"
  "Use\n\n<!-- examples/x.c -->\n```c\nint two;\n```\n![A picture](gone.svg)\n")
set(page "Use\n\n<!-- examples/x.c -->\n```c\nint two;\n```\n")
expect("there is no gone.md, to which it links" "${page}See [this](gone.md).\n")
expect("1 pieces stand" "${page}See [this](examples/x.c) and [that](https://sessio.example).\n")
expect("no piece of C" "Use\n")

say_judged(READMEs)
