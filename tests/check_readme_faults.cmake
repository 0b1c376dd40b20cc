# SPDX-License-Identifier: MIT
# The faults that check_readme.cmake must find, and what it must let pass.
#
#   cmake -DWORK=folder -P check_readme_faults.cmake
set(script ${CMAKE_CURRENT_LIST_DIR}/check_readme.cmake)

function(expect words readme)
  file(REMOVE_RECURSE ${WORK})
  file(WRITE ${WORK}/README.md "${readme}")
  file(WRITE ${WORK}/examples/x.c "int one;\nint two;\n")
  execute_process(COMMAND ${CMAKE_COMMAND} -DROOT=${WORK} -P ${script}
    OUTPUT_VARIABLE said ERROR_VARIABLE said)
  string(REGEX REPLACE "[ \n]+" " " said "${said}")
  if(NOT said MATCHES "${words}")
    message(FATAL_ERROR "expected \"${words}\", got \"${said}\"")
  endif()
endfunction()

expect("1 pieces of C stand" "Use\n\n<!-- examples/x.c -->\n```c\nint two;\n```\n")
expect("does not stand there" "Use\n\n<!-- examples/x.c -->\n```c\nint three;\n```\n")
expect("does not stand there" "Use\n\n<!-- examples/x.c -->\n```c\n```\n")
expect("names no example" "Use\n\n```c\nint two;\n```\n")
expect("there is no examples/y.c" "Use\n\n<!-- examples/y.c -->\n```c\nint two;\n```\n")
expect("no piece of C" "Use\n")
